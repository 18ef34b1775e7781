"""What somebody comes for, read from the address of the contact page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms

from activities.models import ReferencePage
from pages.models import Trade

from .reasons import Reason

# What the page says to who comes for something.
SENTENCES = {
    Reason.QUOTE: "Vous demandez un devis",
    Reason.JOB: "Vous cherchez un travail",
    Reason.MEDIATION: "Vous voulez parler de médiation",
    Reason.PARTNERSHIP: "Vous proposez un partenariat",
    Reason.TAKING_PART: "Vous voulez participer",
    Reason.PRESS: "Vous écrivez pour la presse",
    Reason.OTHER: "Vous avez une question",
}

# The subject of the e-mail, in the words of the one who writes it.
SUBJECTS = {
    Reason.QUOTE: "Demande de devis",
    Reason.JOB: "Je cherche un travail",
    Reason.MEDIATION: "Médiation",
    Reason.PARTNERSHIP: "Proposition de partenariat",
    Reason.TAKING_PART: "Je veux participer",
    Reason.PRESS: "Presse",
    Reason.OTHER: "Une question",
}


@dataclass(frozen=True)
class Intention:
    """What the visitor comes for: a sentence to reassure them, a subject for their e-mail."""

    reason: Reason
    trade: Trade | None = None
    reference: ReferencePage | None = None

    @property
    def sentence(self) -> str:
        """« Vous demandez un devis pour : espaces verts »."""
        label = SENTENCES[self.reason]
        return f"{label} pour\u00a0: {self._activity}" if self._activity else label

    @property
    def subject(self) -> str:
        """« Demande de devis : espaces verts (comme : Le jardin) »."""
        subject = SUBJECTS[self.reason]
        if self._activity:
            subject += f"\u00a0: {self._activity}"
        if self.reference:
            subject += f" (comme\u00a0: {self.reference.title})"
        return subject

    @property
    def mailto_query(self) -> str:
        """The subject as an address carries it (RFC 6068): no « + » for a space."""
        return f"?subject={quote(self.subject, safe='')}"

    @property
    def _activity(self) -> str:
        """The activity, unless the reason is the activity itself."""
        if not self.trade or self.reason == Reason.MEDIATION:
            return ""
        return self.trade.name[:1].lower() + self.trade.name[1:]


class IntentionForm(forms.Form):
    """``?motif=…&activite=…&realisation=…``; what is not known is dropped."""

    motif = forms.ChoiceField(choices=Reason.choices, required=False)
    activite = forms.SlugField(required=False)
    realisation = forms.SlugField(required=False)

    def clean_activite(self) -> Trade | None:
        """The activity of this name, if there is one."""
        slug = self.cleaned_data["activite"]
        return Trade.objects.filter(slug=slug).first() if slug else None

    def clean_realisation(self) -> ReferencePage | None:
        """The reference of this name that anybody may read, if there is one."""
        slug = self.cleaned_data["realisation"]
        return ReferencePage.objects.visible().filter(slug=slug).first() if slug else None

    @property
    def intention(self) -> Intention | None:
        """What is asked for; nothing without a reason."""
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        if not data.get("motif"):
            return None
        return Intention(Reason(data["motif"]), data.get("activite"), data.get("realisation"))
