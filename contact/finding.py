"""The list of requests: what one looks for in it, and its address.

What is searched (a name, a number) never stands in an address, which servers write in their
logs: the form is posted, and its words go on encrypted in the address of the list.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from pages.accounts.secrets import decrypt, encrypt
from pages.models import Trade, User
from pages.search.query import MAX_QUERY_LENGTH, clean_text, fold

from .models import ContactRequest
from .models.requests import ContactRequestQuerySet
from .reasons import Reason
from .team import team

State = ContactRequest.State

# Under six digits, it is a house number or a postcode rather than a telephone.
_FEWEST_DIGITS = 6
_PHONE = re.compile(r"[\d\s.()/+\u00a0\u202f-]+")

VIEWS = (
    ("a-traiter", "À traiter"),
    ("miennes", "Les miennes"),
    ("toutes", "Toutes"),
    ("indesirables", "Indésirables"),
)
FIRST_VIEW = "a-traiter"
NOBODY = "personne"


class FindForm(forms.Form):
    """What is looked for. Everything is optional, and nothing is refused."""

    cherche = forms.CharField(
        label="Nom, téléphone, e-mail, référence ou mot du message",
        required=False,
        widget=forms.TextInput(attrs={"maxlength": MAX_QUERY_LENGTH}),
    )
    motif = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "Tous"), *Reason.choices]
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous"), *(choice for choice in State.choices if choice[0] != State.SPAM)],
    )
    activite = forms.ModelChoiceField(
        Trade.objects.all(),
        label="Activité",
        required=False,
        empty_label="Toutes",
        to_field_name="slug",
    )
    suivie = forms.ChoiceField(label="Suivie par", required=False)
    du = forms.DateField(
        label="Reçue à partir du", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    au = forms.DateField(
        label="Jusqu’au", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Mapping[str, Any], user: User) -> None:
        super().__init__(data, label_suffix="")
        self.user = user
        people = [(str(one.pk), str(one)) for one in team()]
        followers = cast(forms.ChoiceField, self.fields["suivie"])
        followers.choices = [
            ("", "Tout le monde"),
            (NOBODY, "Personne"),
            *people,
        ]

    @classmethod
    def of_address(cls, query: Mapping[str, Any], user: User) -> "FindForm":
        """The form as the address of the list says it."""
        known = {name: query.get(name, "") for name in cls.base_fields}
        known["cherche"] = _read(query.get("mots", ""))
        return cls(known, user)

    def asked(self, name: str) -> Any:
        """What was asked of a field, if it was understood."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def query(self) -> str:
        """What the address of the list carries."""
        self.is_valid()
        told = {name: self.data.get(name, "") for name in self.cleaned_data if name != "cherche"}
        if words := self.asked("cherche"):
            told["mots"] = encrypt(clean_text(words))
        return urlencode({name: value for name, value in told.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked besides words."""
        return any(self.asked(name) for name in self.base_fields if name != "cherche")

    def narrow(self, requests: ContactRequestQuerySet) -> ContactRequestQuerySet:
        """The requests that are asked for."""
        if words := self.asked("cherche"):
            requests = requests.filter(found_by(words))
        for name, field in {"motif": "reason", "etat": "state", "activite": "trade"}.items():
            if value := self.asked(name):
                requests = requests.filter(**{field: value})
        if person := self.asked("suivie"):
            requests = requests.filter(assigned_to=None if person == NOBODY else person)
        if first := self.asked("du"):
            requests = requests.filter(received_at__gte=_midnight(first))
        if last := self.asked("au"):
            requests = requests.filter(received_at__lt=_midnight(last + timedelta(days=1)))
        return requests


def _read(token: str) -> str:
    """The words of an address; none when it was tampered with, or the key has changed."""
    try:
        return decrypt(token) if token.isascii() else ""
    except ValueError:
        return ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def found_by(words: str) -> Q:
    """What a search finds: every word of it, or the number however it is written."""
    text = clean_text(words)
    every = Q()
    for word in fold(text).split():
        every &= Q(search_text__contains=word)
    digits = dialled(text) if _PHONE.fullmatch(text) else ""
    return every | Q(phone_digits__contains=digits) if digits else every


def dialled(typed: str) -> str:
    """The beginning or a part of a number as it is kept: « 06 12 34 » gives 336 12 34."""
    digits = re.sub(r"\D", "", typed.replace("(0)", ""))
    if len(digits) < _FEWEST_DIGITS:
        return ""
    if digits.startswith("00"):
        return digits[2:]
    return f"33{digits[1:]}" if digits.startswith("0") else digits


def of_view(name: str, user: Any) -> ContactRequestQuerySet:
    """The requests of a tab of the list."""
    requests = ContactRequest.objects.all()
    if name == "indesirables":
        return requests.filter(state=State.SPAM)
    if name == "toutes":
        return requests.in_hand()
    waiting = requests.unanswered()
    return waiting.filter(assigned_to=user) if name == "miennes" else waiting


def counts(user: Any) -> dict[str, int]:
    """How many requests stand under each tab, and how many nobody has opened; one query."""
    waiting = Q(state__in=[State.NEW, State.IN_PROGRESS])
    return ContactRequest.objects.aggregate(
        a_traiter=Count("pk", filter=waiting),
        miennes=Count("pk", filter=waiting & Q(assigned_to=user.pk)),
        indesirables=Count("pk", filter=Q(state=State.SPAM)),
        unread=Count("pk", filter=Q(read_at__isnull=True) & ~Q(state=State.SPAM)),
        # Somebody may be among them: the eleventh person of a room, a town hall and its links.
        set_aside=Count("pk", filter=Q(read_at__isnull=True, state=State.SPAM)),
    )


def for_list(requests: QuerySet[ContactRequest]) -> QuerySet[ContactRequest]:
    """With what a line of the list says, and without what it does not."""
    return (
        requests.select_related("trade", "commune", "assigned_to")
        .defer("search_text", "notice")
        .annotate(file_count=Count("files"))
        .order_by("-received_at", "-pk")
    )
