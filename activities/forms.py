"""What the forms of the admin check only when the page goes to the public.

A draft may be half filled, and its words are saved while one types; Wagtail calls that a
« deferred » validation. What is checked here is checked when one publishes, plans a
publication, or asks for a re-reading.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm


class PublicationForm(WagtailAdminPageForm):
    """A page form whose ``refusals()`` are heard when the page goes to the public."""

    def clean(self) -> dict[str, Any]:
        """Add the refusals to the fields they are about."""
        cleaned = super().clean()
        if not self.is_deferred_validation:
            for field, sentence in self.refusals(cleaned).items():
                if field not in self.errors:  # « required » is said already
                    self.add_error(field, ValidationError(sentence))
        return self.cleaned_data

    def refusals(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """Why the page may not go to the public, by field."""
        raise NotImplementedError


class JobPageForm(PublicationForm):
    """An offer is not born closed."""

    def refusals(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """A new offer has its last day before it; one that is on line may be closed early."""
        refusals = {}
        if not (cleaned.get("place") or cleaned.get("commune")):
            refusals["place"] = "Dites où est le travail : une commune, un lieu, ou les deux."
        closes_on: date | None = cleaned.get("closes_on")
        # A page that was never saved says « live » already: it is Wagtail's default.
        is_on_line = self.instance.pk and self.instance.live
        if closes_on and not is_on_line:
            if closes_on < timezone.localdate():
                refusals["closes_on"] = (
                    "Cette date est passée. Choisissez aujourd’hui ou un jour à venir."
                )
            elif closes_on < _day(cleaned.get("go_live_at")):
                refusals["closes_on"] = (
                    "L’offre paraîtrait après son dernier jour. Changez l’une des deux dates."
                )
        return refusals


def _day(moment: datetime | None) -> date:
    """The day of a planned publication in Paris; today when it is not planned."""
    return timezone.localtime(moment).date() if moment else timezone.localdate()


class EligibilityPageForm(PublicationForm):
    """The list of criteria is published once somebody has answered for it."""

    def refusals(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """What the page itself says is missing of its confirmation."""
        return self.instance.missing_confirmation(
            bool(cleaned.get("is_confirmed")), cleaned.get("confirmed_on")
        )


class ReportForm(PublicationForm):
    """A report, or a chapter, is published once the figures that it cites are validated."""

    def clean_chapter(self) -> str:
        """A report has a chapter once: a second page, even a draft, would hide its figures."""
        chapter: str = self.cleaned_data["chapter"]
        others = type(self.instance).objects.child_of(self.parent_page).filter(chapter=chapter)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError("Ce rapport a déjà une page pour ce chapitre.")
        return chapter

    def refusals(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """What the page itself says of the figures of its text."""
        own_year, report = cleaned.get("year"), self.parent_page
        year = own_year or getattr(report and report.specific, "year", None)
        return self.instance.missing_figures(cleaned.get("body"), year)
