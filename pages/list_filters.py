"""What narrows a list, in its address: ``?annee=2026&theme=espaces-verts``.

Each choice offered is a link, so that filters need neither button nor script; what the address
says is read by a form, which forgets whatever is not among the choices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms


@dataclass(frozen=True)
class Choice:
    """One of the links of a line of filters."""

    label: str
    address: str
    is_current: bool


class YearField(forms.TypedChoiceField):
    """A year among those of the list; none for anything else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, coerce=int, empty_value=None, **kwargs)


class ListFilter(forms.Form):
    """Abstract: what the address of a list asks for; nothing is refused."""

    annee = YearField()

    def __init__(self, data: Mapping[str, Any], years: Sequence[int]) -> None:
        super().__init__(data)
        self.years = years
        self.set_choices("annee", [(year, year) for year in years])

    def set_choices(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        """Say what a field may be, which only the list knows."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self, name: str) -> Any:
        """What was asked of a field, if the list has it."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def year(self) -> int | None:
        """The year that was asked for."""
        return self.asked("annee")

    @property
    def address(self) -> str:
        """The first page of the narrowed list, each part always in the same order."""
        raise NotImplementedError

    @property
    def query(self) -> str:
        """What stands before ``page=`` in the addresses of the other pages of the list."""
        return f"{self.address[1:]}&" if self.address.startswith("?") else ""


class PastEventsFilter(ListFilter):
    """``passes=1`` shows what is over, ``annee`` what was over in a year."""

    passes = forms.ChoiceField(required=False, choices=[("1", "passés")])

    @property
    def show_past(self) -> bool:
        """Whether what is over is asked for."""
        return bool(self.asked("passes") or self.year)

    @property
    def address(self) -> str:
        """The first page of what is asked for."""
        return _address(passes=1 if self.show_past else None, annee=self.year)

    def choices(self) -> list[Choice]:
        """The links to what is over: all of it, or year by year."""
        everything = Choice("Tous", _address(passes=1), self.show_past and self.year is None)
        return [
            everything,
            *(
                Choice(str(year), _address(passes=1, annee=year), year == self.year)
                for year in self.years
            ),
        ]


class NewsFilter(ListFilter):
    """``annee`` and ``theme``, the name of an activity in addresses."""

    theme = forms.ChoiceField(required=False)

    def __init__(
        self, data: Mapping[str, Any], years: Sequence[int], themes: Mapping[str, str]
    ) -> None:
        super().__init__(data, years)
        self.themes = themes
        self.set_choices("theme", list(themes.items()))

    @property
    def theme_slug(self) -> str:
        """The activity that was asked for: its name in addresses."""
        return self.asked("theme") or ""

    @property
    def theme_name(self) -> str:
        """The activity that was asked for, as it is called."""
        return self.themes.get(self.theme_slug, "")

    @property
    def address(self) -> str:
        """The first page of what is asked for."""
        return _address(annee=self.year, theme=self.theme_slug)

    def year_choices(self) -> list[Choice]:
        """The links from year to year, within the same activity."""
        newest = Choice("Les plus récentes", _address(theme=self.theme_slug), self.year is None)
        return [
            newest,
            *(
                Choice(str(year), _address(annee=year, theme=self.theme_slug), year == self.year)
                for year in self.years
            ),
        ]

    def theme_choices(self) -> list[Choice]:
        """The links from one activity to another, within the same year."""
        every = Choice("Toutes", _address(annee=self.year), not self.theme_slug)
        return [
            every,
            *(
                Choice(name, _address(annee=self.year, theme=slug), slug == self.theme_slug)
                for slug, name in self.themes.items()
            ),
        ]


def _address(**asked: Any) -> str:
    """The address, from the page itself, of what is asked for."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else "."
