"""The page of the partners, and a page below it for each of them."""

from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.contrib.routable_page.models import RoutablePageMixin

from pages.models import BodyPage
from pages.pictures import prefetch_pictures

from .partners import Partner


def partners_by_family() -> list[tuple[str, list[Partner]]]:
    """Every partner that exists today, grouped in the order of the families; one query."""
    return by_family(Partner.objects.current().select_related("logo"))


def by_family(partners: Any) -> list[tuple[str, list[Partner]]]:
    """Partners grouped in the order of the families, without the empty ones."""
    known = list(partners)
    groups = [
        (str(family.label), [p for p in known if p.family == family]) for family in Partner.Family
    ]
    return [(label, members) for label, members in groups if members]


class PartnerIndexPage(RoutablePageMixin, BodyPage):
    """The partners, in four families; below it, each of them and the co-financed operations."""

    subpage_types: ClassVar[list[str]] = ["partners.OperationPage"]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    max_count = 1
    page_description = "La page des partenaires, rangés en quatre familles."
    kind = "Partenaires"
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = "page des partenaires"
        verbose_name_plural = "pages des partenaires"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the families."""
        context = super().get_context(request, *args, **kwargs)
        context["families"] = families = partners_by_family()
        prefetch_pictures(partner.logo for _label, members in families for partner in members)
        return context
