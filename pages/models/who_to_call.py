"""« Qui appeler »: the emergency numbers, then who deals with what, commune by commune."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.blocks import StructValue

from pages.call_blocks import AnswerValue, EmergencyNumbersBlock, ProblemsBlock
from pages.streams import SlimStreamField

from .base import SitePage
from .terms import Commune


@dataclass(frozen=True)
class Place:
    """A commune of the territory, as the address of the page names it."""

    code: str
    name: str

    @property
    def slug(self) -> str:
        """Its name in an address: « evin-malmaison »."""
        return slugify(self.name)


@dataclass(frozen=True)
class Group:
    """The answers that hold in the same place; in every commune when it has no name."""

    where: str
    answers: list[AnswerValue]


@dataclass(frozen=True)
class Problem:
    """A problem, and who answers it in the commune that was chosen, or commune by commune."""

    text: str
    explanation: str
    groups: list[Group]


class CommuneForm(forms.Form):
    """``?commune=``: one of the communes, or none when it is anything else."""

    commune = forms.CharField(required=False, max_length=80)

    def chosen(self, places: Iterable[Place]) -> Place | None:
        """The commune asked for, if it is one of them."""
        slug = self.cleaned_data.get("commune") if self.is_valid() else ""
        return next((place for place in places if slug and place.slug == slug), None)


class WhoToCallPage(SitePage):
    """Who to call. Nothing is reported here, and nothing is kept."""

    emergencies = SlimStreamField(
        EmergencyNumbersBlock(),
        verbose_name="numéros d’urgence",
        blank=True,
        help_text="En très grand, en haut de la page.",
    )
    problems = SlimStreamField(
        ProblemsBlock(),
        verbose_name="problèmes de tous les jours",
        blank=True,
        help_text="Un lampadaire, des encombrants, un voisin… et qui appeler, commune par commune.",
    )

    content_panels: ClassVar[list[Panel]] = [
        *SitePage.content_panels,
        FieldPanel("emergencies"),
        FieldPanel("problems"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "Les numéros d’urgence, et qui appeler pour chaque problème."
    kind = "Qui appeler"

    class Meta:
        verbose_name = "page « Qui appeler »"
        verbose_name_plural = "pages « Qui appeler »"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the communes to choose from, the one chosen, and the problems as it sees them."""
        context = super().get_context(request, *args, **kwargs)
        chosen = CommuneForm(request.GET).chosen(self.places)
        context["places"] = self.places
        context["chosen"] = chosen
        context["answered"] = [self._seen_from(row.value, chosen) for row in self._rows]
        return context

    @cached_property
    def _rows(self) -> list[Any]:
        return [row for row in self.problems if row.block_type == "problem"]

    @cached_property
    def places(self) -> list[Place]:
        """The communes, when an answer depends on them; one query."""
        codes = {code for row in self._rows for a in row.value["answers"] for code in a.communes}
        if not codes:
            return []
        return [
            Place(code, name) for code, name in Commune.objects.values_list("insee_code", "name")
        ]

    def _seen_from(self, value: StructValue, chosen: Place | None) -> Problem:
        answers = list(value["answers"])
        everywhere = [answer for answer in answers if not answer.communes]
        if chosen:
            here = [answer for answer in answers if chosen.code in answer.communes]
            groups = [Group("", here + everywhere)] if here + everywhere else []
        else:
            groups = [*self._by_places(answers), *([Group("", everywhere)] if everywhere else [])]
        return Problem(value["problem"], value["explanation"], groups)

    def _by_places(self, answers: list[AnswerValue]) -> list[Group]:
        """The answers that do not hold everywhere, those of the same communes together."""
        groups: dict[str, list[AnswerValue]] = {}
        for answer in answers:
            names = [place.name for place in self.places if place.code in answer.communes]
            if names:
                groups.setdefault(", ".join(names), []).append(answer)
        return [Group(where, found) for where, found in groups.items()]
