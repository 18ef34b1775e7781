"""What the public may see, in one place: every list of the site goes through ``visible()``."""

from typing import Any

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageManager,
    PageViewRestriction,
    Site,
)
from wagtail.query import PageQuerySet

# The path of the page (or collection) being judged, typed: a bare OuterRef takes no lookup.
OUTER_PATH = ExpressionWrapper(OuterRef("path"), output_field=CharField())


# An alias is reserved like its source, even when the source was reserved after it.
_IS_ABOVE = Q(page_path__startswith=F("page__path")) | Q(
    page_path__startswith=F("page__aliases__path")
)


def restrictions_above() -> QuerySet[PageViewRestriction]:
    """A subquery: the restrictions on the page being judged and on those above it."""
    return PageViewRestriction.objects.annotate(page_path=OUTER_PATH).filter(_IS_ABOVE)


class AnyReaderOf:
    """Whoever may read this page, and nobody in particular: what each of them may read.

    What passes the restrictions of the page and of those above it, and no other.
    """

    is_authenticated = True

    def __init__(self, page: Page) -> None:
        self.passed = (
            PageViewRestriction.objects.annotate(page_path=Value(page.path))
            .filter(_IS_ABOVE)
            .exclude(restriction_type=PageViewRestriction.PASSWORD)
            .values("pk")
        )

    def passed_of_folders(self) -> list[int]:
        """The restrictions of folders that let in each of them: all of a group that is let in."""
        rules = PageViewRestriction.objects.filter(pk__in=self.passed).prefetch_related("groups")
        readers = [groups for rule in rules if (groups := _groups_of(rule))]
        return [
            rule.pk
            for rule in CollectionViewRestriction.objects.prefetch_related("groups")
            if rule.restriction_type == rule.LOGIN
            or any(groups <= _groups_of(rule) for groups in readers)
        ]


def _groups_of(restriction: Any) -> set[int]:
    return {group.pk for group in restriction.groups.all()}


def restrictions_against(user: Any) -> QuerySet[PageViewRestriction]:
    """A subquery: those of ``restrictions_above()`` that keep this person out.

    As Wagtail decides when it serves the page, but for passwords: one that was given in a browser
    is not known here, so a page under a password is read by nobody.

    Args:
        user: An account, nobody (``None``, ``AnonymousUser``), or ``AnyReaderOf`` a page.
    """
    if isinstance(user, AnyReaderOf):
        return restrictions_above().exclude(pk__in=user.passed)
    return _not_satisfied(restrictions_above(), user)


def _not_satisfied(restrictions: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of some restrictions, of pages or of collections, that keep this person out."""
    if user is None or not user.is_authenticated:
        return restrictions
    kind = restrictions.model
    satisfied = Q(restriction_type=kind.LOGIN)
    if user.is_superuser:
        satisfied |= Q(restriction_type=kind.GROUPS)
    else:
        satisfied |= Q(restriction_type=kind.GROUPS, groups__in=user.groups.values("pk"))
    return restrictions.exclude(pk__in=kind.objects.filter(satisfied).order_by().values("pk"))


def _collection_restrictions_above() -> QuerySet[CollectionViewRestriction]:
    return CollectionViewRestriction.objects.annotate(collection_path=OUTER_PATH).filter(
        collection_path__startswith=F("collection__path")
    )


def restricted_collections() -> QuerySet[Collection]:
    """The collections of files that are reserved to some people."""
    return Collection.objects.filter(Exists(_collection_restrictions_above()))


def collections_reserved_to(user: Any) -> QuerySet[Collection]:
    """Those of them whose files this person may read."""
    if isinstance(user, AnyReaderOf):
        kept_out = _collection_restrictions_above().exclude(pk__in=user.passed_of_folders())
    else:
        kept_out = _not_satisfied(_collection_restrictions_above(), user)
    return restricted_collections().filter(~Exists(kept_out))


class SitePageQuerySet(PageQuerySet):
    """The querysets of this site's page types."""

    def visible(self) -> "SitePageQuerySet":
        """Pages anybody may read: published, under no restriction, in this site's tree.

        Written as subqueries, so that a page with five lists does not read the restrictions
        five times. Wagtail's own ``public()`` is not enough: it includes drafts.
        """
        return self.readable_by(None)

    def readable_by(self, user: Any) -> "SitePageQuerySet":
        """Pages this person may read: ``visible()``, and those reserved to them."""
        site = Site.objects.annotate(page_path=OUTER_PATH).filter(
            is_default_site=True, page_path__startswith=F("root_page__path")
        )
        # A list of keys made once, not a test of each page: PostgreSQL repeats the joins of the
        # test for every row when its statistics are older than the pages (seconds for 5,000).
        kept_out = Page.objects.filter(Exists(restrictions_against(user))).order_by().values("pk")
        return self.filter(~Q(pk__in=kept_out), Exists(site), live=True)

    def unlisted(self) -> "SitePageQuerySet":
        """Pages that search engines must not keep: the rows' side of ``is_for_search_engines``."""
        return self.filter(is_example=True)

    def over(self) -> "SitePageQuerySet":
        """Pages whose time is past; a type that has some redefines this, and ``over_note``."""
        return self.none()


SitePageManager = PageManager.from_queryset(SitePageQuerySet)


def all_pages() -> SitePageQuerySet:
    """Pages of every type, as plain ``Page`` rows, with ``visible()``."""
    return SitePageQuerySet(Page)
