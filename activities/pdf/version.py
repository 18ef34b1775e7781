"""Whether a PDF still says what the site says.

Two answers. ``fingerprint()`` is one query, and errs on the side of caution: it changes with
anything that any report may show or hide, so that asking it costs a reader's page next to nothing.
``activities.pdf.document`` then hashes what a report really says: when only the first has changed,
the file stays as it is.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast
from wagtail.models import (
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
    ReferenceIndex,
    Site,
)

from activities.models import (
    PUBLIC_STATUSES,
    Breakdown,
    BreakdownItem,
    Indicator,
    IndicatorDefinition,
    ValueChange,
)
from activities.models.reports import ReportChapterPage, ReportIndexPage, ReportPage
from pages.models import SiteDocument, SiteImage
from pages.models.agreements import Testimony, not_usable
from pages.models.organisation import OrganisationSettings
from partners.models import FormerName, OperationPage, Partner, Support

STYLE = 1
# As many as the widest model has, and some.
COLUMNS = 32
PARTNER_COLUMNS = (
    "pk", "name", "slug", "family", "sort_order", "is_example", "logo", "logo_min_width",
    "logo_alt", "required_mention", "mention_with_logo",
)  # fmt: skip
PICTURE_COLUMNS = ("title", "file", "description", "is_decorative")
OPERATION_COLUMNS = ("title", "live", "path", "funder", "starts_on", "ends_on", "is_example")
# Besides those of the folders.
COMPONENTS = ("components/eu_block.html", "components/mention.html", "components/partner_logo.html")
TEMPLATES = ("activities/pdf", "activities/blocks", "activities/charts", "blocks")


def fingerprint() -> str:
    """The same as long as nothing has changed that a report may show or hide; one query."""
    parts = _parts()
    rows = sorted(repr(row) for row in parts[0].union(*parts[1:], all=True))
    text = "\n".join([style_version(), *rows])
    return hashlib.sha256(text.encode()).hexdigest()


def _parts() -> list[QuerySet[Any, Any]]:
    """Everything that decides, each row in one text."""
    public = Q(old_status__in=PUBLIC_STATUSES) | Q(new_status__in=PUBLIC_STATUSES)
    newest = ValueChange.objects.filter(
        pk__in=ValueChange.objects.filter(public).order_by("-pk").values("pk")[:1]
    )
    types = ContentType.objects.get_for_models(ReportPage, ReportChapterPage, ReportIndexPage)
    pages = Page.objects.filter(content_type__in=types.values())
    groups = PageViewRestriction.groups.through.objects.all()
    folder_groups = CollectionViewRestriction.groups.through.objects.all()
    return [
        _texts(pages, "pk", "path", "live", "live_revision", "last_published_at", "slug", "title"),
        _texts(PageViewRestriction.objects.all(), "pk", "page", "restriction_type"),
        _texts(groups, "pageviewrestriction_id", "group_id"),
        _texts(CollectionViewRestriction.objects.all(), "pk", "collection", "restriction_type"),
        _texts(folder_groups, "collectionviewrestriction_id", "group_id"),
        _texts(SiteImage.objects.filter(not_usable()), "pk"),
        _texts(_used(SiteImage), "pk", "collection", *PICTURE_COLUMNS),
        _texts(_used(SiteDocument), "pk", "collection", "title", "file", "file_size"),
        _texts(Testimony.objects.all(), "pk"),
        # One column more: not the same row as above.
        _texts(Testimony.objects.filter(not_usable()), "pk", "agreement"),
        _texts(Site.objects.all(), "pk", "root_page", "is_default_site"),
        _texts(Indicator.objects.all(), *_columns(Indicator)),
        _texts(IndicatorDefinition.objects.all(), *_columns(IndicatorDefinition)),
        _texts(Breakdown.objects.all(), *_columns(Breakdown)),
        _texts(BreakdownItem.objects.all(), *_columns(BreakdownItem)),
        # What names the funders of a year, and what they ask to be written.
        _texts(Partner.objects.all(), *PARTNER_COLUMNS),
        _texts(FormerName.objects.all(), *_columns(FormerName)),
        _texts(Support.objects.all(), "pk", "partner", "starts_on", "ends_on", "purpose"),
        _texts(OperationPage.objects.all(), "pk", *OPERATION_COLUMNS),
        _texts(OrganisationSettings.objects.all(), "name", "short_name", "phone", "email"),
        # Every figure is written with its trace: the last one says whether any has changed.
        _texts(newest, "pk"),
    ]


def _used(model: Any) -> QuerySet[Any, Any]:
    """The images or documents that the reports name."""
    types = ContentType.objects.get_for_models(ReportPage, ReportChapterPage, ReportIndexPage)
    named = ReferenceIndex.objects.filter(
        content_type__in=types.values(),
        to_content_type=ContentType.objects.get_for_model(model),
    )
    keys = named.annotate(key=Cast("to_object_id", IntegerField())).order_by().values("key")
    return model.objects.filter(pk__in=keys)


def _columns(model: Any) -> list[str]:
    """The fields of a model that are columns."""
    return [field.attname for field in model._meta.concrete_fields]


def _texts(rows: QuerySet[Any], *columns: Any) -> QuerySet[Any, Any]:
    """The columns as texts, as many for every model: a union wants the same of each."""
    texts = [Cast(column, CharField()) for column in columns]
    blank = [Value("", output_field=CharField())] * (COLUMNS - len(texts))
    name = Value(rows.model.__name__, output_field=CharField())
    cells = {f"cell_{rank}": cell for rank, cell in enumerate([name, *texts, *blank])}
    return rows.order_by().annotate(**cells).values_list(*cells)


@cache
def style_version() -> str:
    """Changes with the templates and the style sheet: read once, as they are."""
    found = hashlib.sha256(str(STYLE).encode())
    for folder in TEMPLATES:
        for path in sorted(Path(settings.BASE_DIR, "templates", folder).rglob("*")):
            if path.is_file():
                found.update(path.read_bytes())
    for name in COMPONENTS:
        found.update(Path(settings.BASE_DIR, "templates", name).read_bytes())
    return found.hexdigest()
