"""The parameters of the search page: whatever is sent, there is something to look for or not."""

from typing import Any

from django import forms

from .answers import search_groups
from .query import clean_text


class CleanField(forms.CharField):
    """A text of any length and content, cleaned before Django's own checks refuse it."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class SearchForm(forms.Form):
    """``q``, ``sorte`` and ``page``, read with the properties; it never refuses anything."""

    q = CleanField(required=False)
    sorte = CleanField(required=False)
    page = forms.IntegerField(required=False)

    @property
    def query(self) -> str:
        """What was typed, safe to look for and to show."""
        self.is_valid()
        return self.cleaned_data["q"]

    @property
    def group(self) -> str:
        """The name of the group of answers to keep; empty for all of them."""
        self.is_valid()
        return search_groups().get(self.cleaned_data["sorte"], "")

    @property
    def page_number(self) -> int:
        """The page asked for; 1 when it is no number."""
        self.is_valid()
        return self.cleaned_data.get("page") or 1
