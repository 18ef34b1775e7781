"""Puts the delivered content in the database: each thing once, never over an editor's work.

One rule: what has been delivered once (``LoadedItem``) is not touched again, whether editors
kept it, changed it, moved it or deleted it. What they had made before the first delivery, at
the same address or under the same name, is left as it is and counts as delivered.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Orderable, Page, Site

from pages.models import LoadedItem, NotPublishable, OrganisationSettings, SitePage, Trade
from partners.models import Partner

from .blocks import Block, Ref, resolved

HOME = "/"
# The kinds of things that others may point to, by the beginning of their key.
MODELS: dict[str, type[models.Model]] = {
    "page": Page,
    "image": get_image_model(),
    "document": get_document_model(),
    "trade": Trade,
    "partner": Partner,
}


@dataclass(frozen=True)
class PageSpec:
    """A page to deliver: its address, its type, its texts.

    ``terms`` gives the words chosen in a list (activities…), by the key of their delivery;
    ``inlines`` the rows of the page's own lists (doors, milestones…), as dictionaries; ``streams``
    the content of its streams other than the body. A page that is not ``published`` waits as a
    draft until staff have read it.
    """

    address: str
    model: type[SitePage]
    title: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    body: list[Block] = field(default_factory=list)
    terms: Mapping[str, list[str]] = field(default_factory=dict)
    inlines: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    streams: Mapping[str, list[Block]] = field(default_factory=dict)
    in_menus: bool = False
    published: bool = True

    @property
    def key(self) -> str:
        """The key of its delivery."""
        return f"page:{self.address}"

    @property
    def parent(self) -> str:
        """The address of the page above."""
        return self.address.rstrip("/").rpartition("/")[0] + "/"

    @property
    def slug(self) -> str:
        """Its own part of the address."""
        return self.address.strip("/").rpartition("/")[2] or "accueil"


class Loader:
    """One delivery. ``created`` counts what it made, by kind."""

    def __init__(self, *, examples: bool = False) -> None:
        self.examples = examples
        self.created: dict[str, int] = {}
        self._delivered = dict(LoadedItem.objects.values_list("key", "object_id"))
        # What can be linked to: editors may have deleted the rest.
        self._ids = {key: pk for key, pk in self._delivered.items() if self._exists(key, pk)}

    @staticmethod
    def _exists(key: str, pk: int) -> bool:
        model = MODELS.get(key.partition(":")[0])
        return model is None or model._default_manager.filter(pk=pk).exists()

    def once(
        self,
        key: str,
        find: Callable[[], models.Model | None],
        make: Callable[[], models.Model],
    ) -> models.Model | None:
        """Make an object unless it was delivered before, or is there already.

        Returns the object if it was made now.
        """
        if key in self._delivered:
            return None
        found = find()
        if found:
            self._remember(key, found)
            return None
        made = make()
        self._remember(key, made)
        kind = key.partition(":")[0]
        self.created[kind] = self.created.get(kind, 0) + 1
        return made

    def row(self, key: str, model: type[models.Model], known_by: str, /, **fields: Any) -> None:
        """Deliver a row of a list (a commune, a partner), recognised by a field of its own."""
        self.once(
            key,
            lambda: model._default_manager.filter(**{known_by: fields[known_by]}).first(),
            lambda: model._default_manager.create(**fields),
        )

    def organisation(self, facts: Mapping[str, Any]) -> None:
        """Fill the settings that are empty, the first time only."""
        if "organisation:faits" in self._delivered:
            return
        organisation = OrganisationSettings.load()
        for name, value in facts.items():
            if not getattr(organisation, name):
                setattr(organisation, name, value)
        organisation.save()
        self._remember("organisation:faits", organisation)
        self.created["organisation"] = 1

    def pages(self, specs: list[PageSpec]) -> None:
        """Deliver pages, parents first.

        They are all made before any is filled: a page may link to one that comes later.
        """
        new = [(spec, made) for spec in specs if (made := self._new_page(spec))]
        for spec, made in new:
            self._fill(made, spec)

    def _new_page(self, spec: PageSpec) -> SitePage | None:
        if spec.address == HOME:
            parent = Page.objects.filter(depth=1).first()
        else:
            parent = Page.objects.filter(pk=self._ids.get(f"page:{spec.parent}")).first()
        if (
            parent is None or spec.key in self._delivered
        ):  # without a parent: deleted by an editor, with what was below
            return None
        made = self.once(
            spec.key, lambda: self._page_there(parent, spec), lambda: self._add(parent, spec)
        )
        return made if isinstance(made, SitePage) else None

    @staticmethod
    def _page_there(parent: Page, spec: PageSpec) -> Page | None:
        there = parent.get_children()
        if spec.address != HOME:
            there = there.filter(slug=spec.slug)
        return there.first()

    def _add(self, parent: Page, spec: PageSpec) -> SitePage:
        made = spec.model(
            title=spec.title,
            slug=spec.slug,
            live=False,
            show_in_menus=spec.in_menus,
            is_example=self.examples,
            **self._resolved(spec.fields),
        )
        parent.add_child(instance=made)
        return made

    def _fill(self, made: SitePage, spec: PageSpec) -> None:
        """Write the body and the lists of a new page, then publish it, unless it waits."""
        # Its children came after it was made: the object does not know them.
        made.refresh_from_db(fields=["numchild"])
        streams = {"body": spec.body, **spec.streams}
        for name, content in streams.items():
            if content:
                stored = resolved(content, self._ids, spec.address)
                setattr(made, name, made._meta.get_field(name).to_python(stored))
        for name, terms in spec.terms.items():
            setattr(made, name, list(self._terms(terms)))
        for name, rows in spec.inlines.items():
            model = getattr(type(made), name).rel.related_model
            setattr(made, name, [model(**row) for row in self._resolved_rows(model, rows)])
        revision = made.save_revision()
        if spec.published:
            # A page whose conditions are not met here waits as a draft.
            with suppress(NotPublishable):
                revision.publish()

    def _terms(self, keys: list[str]) -> models.QuerySet[Any]:
        kind = MODELS[keys[0].partition(":")[0]]
        return kind._default_manager.filter(pk__in=[self._ids[k] for k in keys if k in self._ids])

    def _resolved(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {
            f"{name}_id" if isinstance(value, Ref) else name: (
                self._ids.get(value.key) if isinstance(value, Ref) else value
            )
            for name, value in fields.items()
        }

    def _resolved_rows(
        self, model: type[models.Model], rows: list[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """The rows of a list in order, less those about something that is gone."""
        is_ranked = issubclass(model, Orderable)
        for rank, row in enumerate(rows):
            references = [value for value in row.values() if isinstance(value, Ref)]
            if all(reference.key in self._ids for reference in references):
                yield {**self._resolved(row), **({"sort_order": rank} if is_ranked else {})}

    def site(self, name: str) -> None:
        """Declare the site at ``SITE_URL``, whose home page is the one delivered.

        The address is configuration, not content: it follows ``SITE_URL`` at each delivery.
        """
        address = urlsplit(settings.SITE_URL)
        default_port = 443 if address.scheme == "https" else 80
        wanted = {"hostname": address.hostname or "localhost", "port": address.port or default_port}
        site = Site.objects.filter(is_default_site=True).first()
        if site is None:
            home = Page.objects.filter(pk=self._ids["page:/"]).first()
            if home:
                Site.objects.create(is_default_site=True, site_name=name, root_page=home, **wanted)
        elif {"hostname": site.hostname, "port": site.port} != wanted:
            site.hostname, site.port = wanted["hostname"], wanted["port"]
            site.save()

    def _remember(self, key: str, delivered: models.Model) -> None:
        LoadedItem.objects.create(key=key, object_id=delivered.pk, is_example=self.examples)
        self._delivered[key] = self._ids[key] = delivered.pk
