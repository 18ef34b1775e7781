"""The small forms of the follow-up: who follows, a note, a call, a reply."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from pages.models import User

LONGEST = 10_000


class AssignForm(forms.Form):
    """Who follows the request; nobody is an answer."""

    a = forms.ModelChoiceField(
        User.objects.none(), label="Suivie par", required=False, empty_label="Personne"
    )

    def __init__(self, people: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["a"]).queryset = people


class NoteForm(forms.Form):
    """What only the team reads."""

    note = forms.CharField(
        label="Note pour l’équipe",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez la note."},
    )


class CallForm(forms.Form):
    """What was said on the telephone, if there is anything to keep."""

    appel = forms.CharField(
        label="Ce qui a été dit (facultatif)",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReplyForm(forms.Form):
    """The reply, and the key that tells a second click from a second reply."""

    texte = forms.CharField(
        label="Votre réponse",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Écrivez la réponse."},
    )
    cle = forms.CharField(max_length=64, widget=forms.HiddenInput)
