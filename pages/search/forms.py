"""The parameters of the search page: whatever is sent, there is something to look for or not."""

from typing import Any

from django import forms

from .query import clean_text


class QueryField(forms.CharField):
    """A text of any length and content, cleaned before Django's own checks refuse it."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class SearchForm(forms.Form):
    """``q`` and ``page``, read with ``query`` and ``page_number``; it never refuses anything."""

    q = QueryField(required=False)
    page = forms.IntegerField(required=False)

    @property
    def query(self) -> str:
        """What was typed, safe to look for and to show."""
        self.is_valid()
        return self.cleaned_data["q"]

    @property
    def page_number(self) -> int:
        """The page asked for; 1 when it is no number."""
        self.is_valid()
        return self.cleaned_data.get("page") or 1
