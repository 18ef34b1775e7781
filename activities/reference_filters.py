"""The filters of the references, read from the address of their list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from .facets import Combination, Selection, Term, counts, terms_of, total


class ReferenceFilterForm(forms.Form):
    """``?activite=…&commune=…&client=…&partenaire=…``: what is not a choice is dropped."""

    activite = forms.ChoiceField(label="Activité", required=False)
    commune = forms.ChoiceField(label="Commune", required=False)
    client = forms.ChoiceField(label="Pour qui", required=False)
    partenaire = forms.ChoiceField(label="Partenaire", required=False)


@dataclass(frozen=True)
class Choice:
    """A choice of a filter, with the number of references that it would leave."""

    label: str
    value: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter as the page shows it: a list of choices, the first of which filters nothing."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Active:
    """A filter in use: what it says, and the address without it."""

    label: str
    query_without: str


class ReferenceFilters:
    """The filters of one request. A value that no reference has filters nothing."""

    # The words of the choice that filters nothing. Partners are many: one comes here from the
    # page of the partners, by a link.
    OFFERED: Mapping[str, str] = {
        "activite": "Toutes les activités",
        "commune": "Toutes les communes",
        "client": "Tous les clients",
    }

    def __init__(self, data: Mapping[str, Any], combinations: list[Combination]) -> None:
        self.combinations = combinations
        self.selection: Selection = self._read(data)

    def _read(self, data: Mapping[str, Any]) -> Selection:
        form = ReferenceFilterForm(data)
        known: dict[str, dict[str, Term]] = {}
        for name, field in form.fields.items():
            known[name] = {term.slug: term for term in terms_of(self.combinations, name)}
            field.choices = [(slug, term.label) for slug, term in known[name].items()]  # type: ignore[attr-defined]
        form.is_valid()
        return {name: known[name][value] for name, value in form.cleaned_data.items() if value}

    @property
    def keys(self) -> dict[str, Any]:
        """What the database compares, by the name of the filter."""
        return {name: term.key for name, term in self.selection.items()}

    @property
    def total(self) -> int:
        """How many references answer."""
        return total(self.combinations, self.selection)

    @property
    def everything(self) -> int:
        """How many references there are without any filter."""
        return total(self.combinations, {})

    @property
    def words(self) -> str:
        """What is chosen, in words; empty when everything is shown."""
        return ", ".join(term.label for term in self.selection.values())

    @property
    def offered(self) -> list[Filter]:
        """The filters to show: those that have something to choose from."""
        labels = {name: str(field.label) for name, field in ReferenceFilterForm.base_fields.items()}
        return [
            Filter(name, labels[name], self._choices(name))
            for name in self.OFFERED
            if terms_of(self.combinations, name)
        ]

    def _choices(self, name: str) -> list[Choice]:
        chosen = self.selection.get(name)
        found = counts(self.combinations, self.selection, name)
        others = {key: term for key, term in self.selection.items() if key != name}
        everything = Choice(
            self.OFFERED[name], "", total(self.combinations, others), chosen is None
        )
        return [
            everything,
            *(
                Choice(term.label, term.slug, found[term], term == chosen)
                for term in terms_of(self.combinations, name)
            ),
        ]

    @property
    def active(self) -> list[Active]:
        """The filters in use, each with the way to take it off."""
        return [
            Active(term.label, self._query(without=name)) for name, term in self.selection.items()
        ]

    @property
    def partner(self) -> str:
        """The partner that is filtered by, to be kept when another filter changes."""
        term = self.selection.get("partenaire")
        return term.slug if term else ""

    @property
    def query(self) -> str:
        """The part of an address that keeps these filters; empty without any."""
        return self._query()

    def _query(self, without: str = "") -> str:
        return urlencode({n: term.slug for n, term in self.selection.items() if n != without})
