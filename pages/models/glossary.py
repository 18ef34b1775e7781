"""The glossary: the words of the trade, each with a short plain definition."""

import secrets
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Subquery, Sum, Value
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.search.query import fold

from .base import SitePage

DIGITS = "0-9"
STAMP_BITS = 31


def new_stamp() -> int:
    """A number that no other state of a term has."""
    return secrets.randbits(STAMP_BITS)


class Term(models.Model):
    """A word or an acronym that not everybody knows. Its first use in a page leads to it."""

    name = models.CharField(
        "mot ou sigle",
        max_length=60,
        unique=True,
        help_text="Tel qu’on le lit dans les pages : « IAE », « prescripteur ». Les pluriels en "
        "« s » sont reconnus.",
    )
    expansion = models.CharField(
        "ce que disent les lettres",
        max_length=160,
        blank=True,
        help_text="Pour un sigle seulement : « insertion par l’activité économique ». "
        "Ajouté entre parenthèses la première fois qu’une page emploie le sigle.",
    )
    other_forms = models.CharField(
        "autres écritures",
        max_length=300,
        blank=True,
        help_text="Séparées par des virgules. Par exemple : structure d’insertion.",
    )
    definition = models.TextField(
        "définition",
        max_length=600,
        help_text="Une ou deux phrases simples, que comprend quelqu’un qui n’est pas du métier.",
    )
    link = models.URLField(
        "pour en savoir plus", blank=True, help_text="L’adresse d’une page officielle."
    )
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    # Changes at each saving: their sum tells whether any term changed (pages.vocabulary).
    stamp = models.PositiveIntegerField(default=new_stamp, editable=False)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("expansion"),
        FieldPanel("definition"),
        FieldPanel("other_forms"),
        FieldPanel("link"),
    ]

    class Meta:
        verbose_name = "mot du glossaire"
        verbose_name_plural = "mots du glossaire"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give it its address, once, and the stamp of this change."""
        self.stamp = new_stamp()
        self.slug = self.slug or self._free_slug()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "stamp"}
        super().save(*args, **kwargs)

    @property
    def forms(self) -> list[str]:
        """Every way to write it: its name, what it stands for, the others."""
        others = (form.strip() for form in self.other_forms.split(","))
        return [form for form in (self.name, self.expansion, *others) if form]

    @property
    def letter(self) -> str:
        """Under which letter it is found; figures are together."""
        first = unicodedata.normalize("NFD", self.name)[:1].upper()
        return first if first.isalpha() else DIGITS

    def _free_slug(self) -> str:
        slug = slugify(self.name) or "mot"
        taken = set(
            Term.objects.filter(slug__startswith=slug).exclude(pk=self.pk).values_list("slug")
        )
        numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
        return next(free for free in (slug, *numbered) if (free,) not in taken)

    def clean(self) -> None:
        """Refuse a form that another term has: a word has one definition.

        Raises:
            ValidationError: on the field ``other_forms`` or ``name``.
        """
        super().clean()
        mine = {fold(form): form for form in self.forms}
        for other in Term.objects.exclude(pk=self.pk):
            shared = next((mine[f] for f in map(fold, other.forms) if f in mine), None)
            if shared:
                field = "name" if shared == self.name else "other_forms"
                raise ValidationError({field: f"« {shared} » est déjà expliqué à « {other} »."})


def glossary_stamp() -> Subquery:
    """What changes when any term does, to be read along with another row."""
    terms = Term.objects.order_by().annotate(all=Value(1)).values("all")
    return Subquery(terms.annotate(total=Sum("stamp")).values("total"))


def by_letter(terms: Iterable[Term]) -> list[tuple[str, list[Term]]]:
    """The terms under their letters, as in a dictionary: accents and capitals do not count."""
    ordered = sorted(terms, key=lambda term: (fold(term.name), term.pk))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=lambda t: t.letter)]


class GlossaryPage(SitePage):
    """The words of the trade, from A to Z."""

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "Les mots du métier et les sigles, expliqués simplement."
    menu = "footer"
    kind = "Glossaire"

    class Meta:
        verbose_name = "glossaire"
        verbose_name_plural = "glossaires"

    def letters(self) -> list[tuple[str, list[Term]]]:
        """Every term, under its letter; one query."""
        return by_letter(Term.objects.all())

    def search_extras(self) -> Iterable[str]:
        """The terms and what is said of them."""
        for term in Term.objects.all():
            yield f"{', '.join(term.forms)} : {term.definition}"


class TermViewSet(SnippetViewSet):
    """The terms, in the main menu."""

    model = Term
    icon = "openquote"
    menu_label = "Glossaire"
    menu_name = "glossaire"
    menu_order = 550
    add_to_admin_menu = True
    list_display = ["name", "expansion", "definition"]
    search_fields = ["name", "expansion", "other_forms", "definition"]


register_snippet(TermViewSet)
