"""Load once what a stream points to: pages, images, files.

Stock choosers read the database once per type and level of nesting, links inside rich text once
per paragraph. While a stream is rendered, all of them look first among the objects loaded here:
a constant number of queries (pages, files, images, their renditions), whatever the stream holds.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import copy
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from wagtail import hooks
from wagtail.blocks import Block, ChooserBlock, PageChooserBlock, RichTextBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.documents.models import AbstractDocument
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.models import AbstractImage
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.blocks import SnippetChooserBlock

from pages.querysets import all_pages, restricted_collections

Loaded = dict[type[Model], dict[str, Model]]

_LINK = re.compile(r"<(?:a|embed)\b[^>]*>")
# Every number of that many digits fits in the databases' keys.
_LONGEST_NUMBER = 18

_loaded: ContextVar[Loaded | None] = ContextVar(
    "objects of the stream being rendered", default=None
)


@contextmanager
def objects_of(raw: Any, block: Block) -> Iterator[None]:
    """Inside it, choosers and rich text use the objects that stored content `raw` points to.

    Nested streams find the objects of the outer one.
    """
    if _loaded.get() is not None:
        yield
        return
    token = _loaded.set(_load(raw, block))
    try:
        yield
    finally:
        _loaded.reset(token)


def _load(raw: Any, block: Block) -> Loaded:
    # streams.py imports this module for its rendering.
    from pages.streams import map_leaves

    wanted: dict[type[Model], set[str]] = defaultdict(set)

    def note(leaf: Block, value: Any) -> Any:
        if isinstance(leaf, ChooserBlock) and value is not None:
            wanted[leaf.model_class].add(str(value))
        elif isinstance(leaf, RichTextBlock) and isinstance(value, str):
            for model, pk in _references(value):
                wanted[model].add(pk)
        return value

    map_leaves(list(raw), block, note)
    return {
        model: {str(found.pk): found for found in _queryset(model).filter(pk__in=_numbers(pks))}
        for model, pks in wanted.items()
    }


def _references(html: str) -> Iterator[tuple[type[Model], str]]:
    """What the links of a rich text point to; a link that does not say it points to nothing."""
    for tag in _LINK.findall(html):
        with suppress(KeyError):
            for model, pk, *_paths in extract_references_from_rich_text(tag):
                yield model, str(pk)


def _numbers(pks: Iterable[str]) -> list[int]:
    """The identifiers that can be one: rich text may hold anything."""
    return sorted(
        int(pk) for pk in pks if pk.isascii() and pk.isdigit() and len(pk) <= _LONGEST_NUMBER
    )


def _queryset(model: type[Model]) -> QuerySet:
    if issubclass(model, Page):
        return with_visibility(model._default_manager.all())
    if issubclass(model, AbstractImage):
        return model._default_manager.prefetch_related("renditions")
    if issubclass(model, AbstractDocument):
        reserved = restricted_collections().filter(pk=OuterRef("collection_id"))
        return model._default_manager.annotate(is_reserved=Exists(reserved))
    return model._default_manager.all()


def with_visibility(pages: QuerySet) -> QuerySet:
    """Pages with `is_visible`: may anybody read this one?"""
    visible = all_pages().visible().filter(pk=OuterRef("pk"))
    return pages.annotate(is_visible=Exists(visible))


def _find(model: type[Model], pks: list[Any]) -> list[Model | None] | None:
    """The loaded objects in the order of `pks`; None when they were not loaded."""
    found = (_loaded.get() or {}).get(model)
    if found is None:
        return None
    # A copy each: an image carries the alternative text of the place where it is shown.
    return [copy(found[str(pk)]) if str(pk) in found else None for pk in pks]


class _PreloadedChooser:
    """What the choosers below have in common."""

    model_class: type[Model]

    def bulk_to_python(self, values: Any) -> list[Model | None]:
        pks = list(values)
        found = _find(self.model_class, pks)
        return super().bulk_to_python(pks) if found is None else found  # type: ignore[misc]


class PreloadedPageChooserBlock(_PreloadedChooser, PageChooserBlock):
    pass


class PreloadedImageChooserBlock(_PreloadedChooser, ImageChooserBlock):
    pass


class PreloadedDocumentChooserBlock(_PreloadedChooser, DocumentChooserBlock):
    pass


class PreloadedSnippetChooserBlock(_PreloadedChooser, SnippetChooserBlock):
    pass


class VisiblePageLinkHandler(PageLinkHandler):
    """Links of rich text to pages; a page that the public may not read gives no link."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Any]:
        pks = [attrs.get("id") for attrs in attrs_list]
        pages: list[Any] | None = _find(Page, pks)
        if pages is None:
            numbers = _numbers({str(pk) for pk in pks})
            known = {str(page.pk): page for page in _queryset(Page).filter(pk__in=numbers)}
            pages = [known.get(str(pk)) for pk in pks]
        return [page if page and page.is_visible else None for page in pages]


class PreloadedDocumentLinkHandler(DocumentLinkHandler):
    """Links of rich text to files."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Model | None]:
        found = _find(cls.get_model(), [attrs.get("id") for attrs in attrs_list])
        return super().get_many(attrs_list) if found is None else found


# After Wagtail's own registration, which it replaces.
@hooks.register("register_rich_text_features", order=100)
def register_link_handlers(features: FeatureRegistry) -> None:
    features.register_link_type(VisiblePageLinkHandler)
    features.register_link_type(PreloadedDocumentLinkHandler)
