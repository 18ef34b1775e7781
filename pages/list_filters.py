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
    query: str
    is_current: bool


class YearField(forms.TypedChoiceField):
    """A year among those of the list; none for anything else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, coerce=int, empty_value=None, **kwargs)


class PastEventsFilter(forms.Form):
    """``passes=1`` shows what is over, ``annee`` what was over in a year; nothing is refused."""

    passes = forms.ChoiceField(required=False, choices=[("1", "passés")])
    annee = YearField()

    def __init__(self, data: Mapping[str, Any], years: Sequence[int]) -> None:
        super().__init__(data)
        self.years = years
        self.fields["annee"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def year(self) -> int | None:
        """The year that was asked for, if the list has it."""
        return self.cleaned_data.get("annee")

    @property
    def show_past(self) -> bool:
        """Whether what is over is asked for."""
        return bool(self.cleaned_data.get("passes") or self.year)

    @property
    def query(self) -> str:
        """What stands before ``page=`` in the addresses of the other pages of the list."""
        asked = {"passes": "1" if self.show_past else "", "annee": self.year}
        return _before_page(asked)


class NewsFilter(forms.Form):
    """``annee`` and ``theme``, the name of an activity in addresses; nothing is refused."""

    annee = YearField()
    theme = forms.ChoiceField(required=False)

    def __init__(
        self, data: Mapping[str, Any], years: Sequence[int], themes: Mapping[str, str]
    ) -> None:
        super().__init__(data)
        self.years, self.themes = years, themes
        self.fields["annee"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        self.fields["theme"].choices = list(themes.items())  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def year(self) -> int | None:
        """The year that was asked for, if the list has it."""
        return self.cleaned_data.get("annee")

    @property
    def theme_slug(self) -> str:
        """The activity that was asked for, if the list has it: its name in addresses."""
        return self.cleaned_data.get("theme", "")

    @property
    def theme_name(self) -> str:
        """The activity that was asked for, as it is called."""
        return self.themes.get(self.theme_slug, "")

    @property
    def query(self) -> str:
        """What stands before ``page=`` in the addresses of the other pages of the list."""
        return _before_page({"annee": self.year, "theme": self.theme_slug})

    def year_choices(self) -> list[Choice]:
        """The links from year to year, within the same activity."""
        kept = _before_page({"theme": self.theme_slug})
        newest = Choice("Les plus récentes", f"?{kept}".rstrip("&?") or ".", self.year is None)
        return [newest, *year_choices(self.years, self.year, kept)]

    def theme_choices(self) -> list[Choice]:
        """The links from one activity to another, within the same year."""
        kept = _before_page({"annee": self.year})
        every = Choice("Toutes", f"?{kept}".rstrip("&?") or ".", not self.theme_slug)
        return [
            every,
            *(
                Choice(name, f"?{kept}{urlencode({'theme': slug})}", slug == self.theme_slug)
                for slug, name in self.themes.items()
            ),
        ]


def year_choices(years: Sequence[int], current: int | None, kept: str) -> list[Choice]:
    """A link for each year; ``kept`` is the part of the address that stays."""
    return [Choice(str(year), f"?{kept}annee={year}", year == current) for year in years]


def _before_page(asked: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{query}&" if query else ""
