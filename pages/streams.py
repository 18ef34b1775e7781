"""StreamFields that never lose a word, stay out of migrations and survive a broken template.

Stock Wagtail drops, without a word, the content of a type that the code no longer declares, and the
next save erases it. Here such content is kept as it was stored: its type, its value, its identifier
and its place. Editors see its text, read-only; visitors do not; it is itself again when its type
comes back.
"""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from wagtail.admin.compare import BlockComparison
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.blocks import (
    Block,
    CharBlock,
    FieldBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    StructValue,
    TextBlock,
)
from wagtail.blocks.stream_block import StreamBlockAdapter
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import StreamField
from wagtail.rich_text import get_text_for_indexing

from pages import preload

logger = logging.getLogger(__name__)

KEPT = "kept"
KEPT_SALT = "pages.streams.kept"


# --- Walking stored content -------------------------------------------------------------------


def map_leaves(raw: Any, block: Block, func: Callable[[Block, Any], Any]) -> Any:
    """Return a copy of stored (JSON) content where each leaf is `func(its block, its value)`.

    What the definition does not know (a removed type, a removed field, an unexpected shape) is
    returned as it is.
    """
    if isinstance(block, StreamBlock) and isinstance(raw, list):
        return [
            {**child, "value": map_leaves(child.get("value"), block.child_blocks[child_type], func)}
            if (child_type := child.get("type")) in block.child_blocks
            else child
            for child in raw
        ]
    if isinstance(block, StructBlock) and isinstance(raw, dict):
        return {
            name: map_leaves(value, block.child_blocks[name], func)
            if name in block.child_blocks
            else value
            for name, value in raw.items()
        }
    if isinstance(block, ListBlock) and isinstance(raw, list):
        return [_map_list_item(item, block.child_block, func) for item in raw]
    if isinstance(block, TypedTableBlock) and isinstance(raw, dict):
        return _map_table(raw, block, func)
    if isinstance(block, StreamBlock | StructBlock | ListBlock | TypedTableBlock):
        return raw
    return func(block, raw)


def _map_list_item(item: Any, block: Block, func: Callable[[Block, Any], Any]) -> Any:
    if isinstance(item, dict) and item.get("type") == "item":
        return {**item, "value": map_leaves(item.get("value"), block, func)}
    return map_leaves(item, block, func)


def _map_table(raw: dict, block: TypedTableBlock, func: Callable[[Block, Any], Any]) -> dict:
    heading = CharBlock()
    columns = raw.get("columns", [])
    cell_blocks = [block.child_blocks.get(column.get("type")) for column in columns]
    return {
        **raw,
        "caption": func(heading, raw.get("caption", "")),
        "columns": [{**col, "heading": func(heading, col.get("heading", ""))} for col in columns],
        "rows": [
            {
                **row,
                "values": [
                    map_leaves(cell, cell_block, func) if cell_block else cell
                    for cell, cell_block in zip(row.get("values", []), cell_blocks, strict=True)
                ],
            }
            for row in raw.get("rows", [])
        ],
    }


def map_text(
    value: StreamValue | list,
    block: StreamBlock,
    plain: Callable[[str], str],
    html: Callable[[str], str],
) -> StreamValue | list:
    """Apply `plain` to the plain texts of a stream and `html` to its rich texts.

    Addresses (web, e-mail), telephone numbers, choices, files and identifiers are left alone: their
    blocks are neither CharBlock nor TextBlock. Returns what it was given: a stream value for a
    stream value, stored content for stored content.
    """

    def convert(leaf: Block, text: Any) -> Any:
        if not isinstance(text, str) or not text:
            return text
        if isinstance(leaf, RichTextBlock):
            return html(text)
        if isinstance(leaf, CharBlock | TextBlock):
            return plain(text)
        return text

    if not isinstance(value, StreamValue):
        return map_leaves(value, block, convert)
    stored = block.get_prep_value(value)
    converted = map_leaves(stored, block, convert)
    return value if converted == stored else block.to_python(converted)


def plain_text(value: StreamValue) -> str:
    """The words of a stream as its visitors read them, in order (search, excerpts, counts)."""
    return " ".join(text for text in value.stream_block.get_searchable_content(value) if text)


def stored_texts(raw: Any) -> Iterator[str]:
    """Every text found in stored content whose definition is gone, in reading order."""
    if isinstance(raw, str):
        text = get_text_for_indexing(raw)
        if text:
            yield text
    elif isinstance(raw, list):
        for item in raw:
            yield from stored_texts(item)
    elif isinstance(raw, dict):
        for key, item in raw.items():
            if key not in ("type", "id"):
                yield from stored_texts(item)


# --- Content whose type is gone ---------------------------------------------------------------


class SignedBlock(FieldBlock):
    """The stored content on its way through the form, signed: an editor cannot forge it."""

    @cached_property
    def field(self) -> forms.Field:
        return forms.CharField(required=False, widget=forms.HiddenInput)


class KeptBlock(StructBlock):
    """Stored content of an unknown type. Its value is the stored item itself (None if forged)."""

    text = TextBlock(
        required=False,
        label="Texte conservé",
    )
    data = SignedBlock(label="")

    class Meta:
        label = "Ancien contenu conservé"
        icon = "history"
        form_template = "blocks/kept_form.html"
        default = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_blocks["text"].field.widget.attrs["readonly"] = True

    def get_default(self) -> dict:
        return {}

    def normalize(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        return value

    def bulk_to_python(self, values: Any) -> list:
        return list(values)

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_form_state(self, value: Any) -> dict:
        if not value:
            return {"text": "", "data": ""}
        signed = signing.dumps(value, salt=KEPT_SALT, compress=True)
        return {"text": "\n".join(stored_texts(value.get("value"))), "data": signed}

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> dict | None:
        try:
            return signing.loads(data.get(f"{prefix}-data", ""), salt=KEPT_SALT)
        except signing.BadSignature:
            return None

    def clean(self, value: Any) -> Any:
        if not isinstance(value, dict) or "type" not in value:
            message = "Cet ancien contenu est arrivé abîmé. Rechargez la page avant d’enregistrer."
            raise StructBlockValidationError(non_block_errors=[ValidationError(message)])
        return value

    def get_searchable_content(self, value: Any) -> list[str]:
        return []

    def extract_references(self, value: Any) -> Iterator:
        return iter(())

    def get_block_by_content_path(self, value: Any, path_elements: Any) -> Any:
        return None if path_elements else self.bind(value)

    def get_comparison_class(self) -> type[BlockComparison]:
        return KeptComparison

    def render(self, value: Any, context: dict | None = None) -> str:
        """Nothing: what the code no longer knows is not for visitors."""
        return ""


class KeptComparison(BlockComparison):
    """Kept content in the comparison of two versions: its text."""

    def htmlvalue(self, val: Any) -> str:
        return escape("\n".join(stored_texts((val or {}).get("value"))))


class KeepingStreamBlock(StreamBlock):
    """A StreamBlock that keeps the children of unknown types and isolates the broken ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = KeptBlock()
        kept.set_name(KEPT)
        self.child_blocks[KEPT] = kept

    def _wrap_unknown(self, raw: list) -> list:
        return [
            child
            if child["type"] in self.child_blocks
            else {"type": KEPT, "value": child, "id": child.get("id")}
            for child in raw
        ]

    def to_python(self, value: Any) -> StreamValue:
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except ValueError:
                # Not a stream: the parent keeps it as `raw_text`.
                return super().to_python(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = self._wrap_unknown(value)
        return super().to_python(value)

    def bulk_to_python(self, values: Any) -> list[StreamValue]:
        return super().bulk_to_python([self._wrap_unknown(raw) for raw in values])

    def get_prep_value(self, value: Any) -> list:
        return [
            {**child["value"], "id": child["id"]} if child["type"] == KEPT else child
            for child in super().get_prep_value(value)
        ]

    def render_basic(self, value: StreamValue, context: dict | None = None) -> SafeString:
        """The children one after the other, without wrappers.

        Linked pages, images and files are loaded once for the whole stream. A child that raises is
        logged and left out; signed-in staff see a note in its place (F17).
        """
        with preload.objects_of(value.raw_data, self):
            rendered = [self._render_child(value, index, context) for index in range(len(value))]
        return format_html_join("\n", "{}", ((html,) for html in rendered if html))

    def child_context(self, value: StreamValue, index: int, context: dict | None) -> dict:
        """The template context of one child; a subclass adds what depends on its place."""
        return dict(context or {})

    def _render_child(self, value: StreamValue, index: int, context: dict | None) -> str:
        try:
            return value[index].render(context=self.child_context(value, index, context))
        # Whatever goes wrong inside one block must not take the page down: that is the promise.
        except Exception:
            child_type = value.raw_data[index]["type"]
            logger.exception("Le contenu « %s » n’a pas pu être affiché.", child_type)
            return self._broken_note(child_type, context)

    def _broken_note(self, child_type: str, context: dict | None) -> str:
        request = (context or {}).get("request")
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        label = self.child_blocks[child_type].label
        return render_to_string("blocks/broken.html", {"label": label})


class KeepingStreamBlockAdapter(StreamBlockAdapter):
    """The stock form, minus « Ancien contenu conservé » in the list of what can be added."""

    js_constructor = "pages.KeepingStreamBlock"

    @cached_property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=[versioned_static("js/admin-kept-content.js")])


register(KeepingStreamBlockAdapter(), KeepingStreamBlock)


# --- Fields that are gone ---------------------------------------------------------------------


class KeepingStructBlock(StructBlock):
    """A StructBlock whose value remembers the stored fields that the code no longer declares.

    They do not travel through the form; `SlimStreamField` puts them back when a form is saved.
    """

    def _with_unknown(self, value: StructValue, raw: Any) -> StructValue:
        value.unknown = {name: raw[name] for name in raw if name not in self.child_blocks}
        return value

    def to_python(self, value: Any) -> StructValue:
        return self._with_unknown(super().to_python(value), value)

    def bulk_to_python(self, values: Any) -> list[StructValue]:
        raws = list(values)
        converted = super().bulk_to_python(raws)
        return [self._with_unknown(value, raw) for value, raw in zip(converted, raws, strict=True)]

    def get_prep_value(self, value: Any) -> dict:
        return {**getattr(value, "unknown", {}), **super().get_prep_value(value)}


def with_removed_fields(new: Any, old: Any, block: Block) -> Any:
    """Stored content `new`, plus the fields of `old` that `block` no longer declares.

    Items are recognised by their identifiers.
    """
    if isinstance(block, KeepingStructBlock) and isinstance(new, dict) and isinstance(old, dict):
        known = {
            name: with_removed_fields(value, old.get(name), block.child_blocks[name])
            for name, value in new.items()
            if name in block.child_blocks
        }
        removed = {name: value for name, value in old.items() if name not in block.child_blocks}
        return {**removed, **new, **known}
    if isinstance(block, StreamBlock | ListBlock) and isinstance(new, list) and old:
        old_items = {item["id"]: item for item in old if isinstance(item, dict) and item.get("id")}
        return [_item_with_removed_fields(item, old_items, block) for item in new]
    return new


def _item_with_removed_fields(item: dict, old_items: dict, block: StreamBlock | ListBlock) -> dict:
    old = old_items.get(item["id"])
    if old is None or old["type"] != item["type"]:
        return item
    if isinstance(block, ListBlock):
        child_block = block.child_block
    elif item["type"] in block.child_blocks:
        child_block = block.child_blocks[item["type"]]
    else:
        return item
    return {**item, "value": with_removed_fields(item["value"], old["value"], child_block)}


# --- The field --------------------------------------------------------------------------------


class SlimStreamField(StreamField):
    """A StreamField whose block definitions stay out of migrations.

    A migration sees a stream of unknown content: it reads and writes the stored JSON, and loses
    none of it (docs/decisions tells the price and the reason).
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types or KeepingStreamBlock, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, _args, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs

    def save_form_data(self, instance: models.Model, data: StreamValue) -> None:
        new = self.get_prep_value(data)
        merged = with_removed_fields(
            new, self.get_prep_value(self.value_from_object(instance)), self.stream_block
        )
        super().save_form_data(instance, data if merged == new else self.to_python(merged))
