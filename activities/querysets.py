"""Pages that are always read with the terms that they show."""

from typing import Any

from pages.querysets import SitePageManager, SitePageQuerySet


class JoinedQuerySet(SitePageQuerySet):
    """A queryset that may start with joins, and drops them where only some columns are read.

    Treebeard deletes pages that way, and Django refuses to leave out a column that it joins on.
    """

    def only(self, *fields: Any) -> "JoinedQuerySet":
        """As Django's, without the joins."""
        return super(JoinedQuerySet, self.select_related(None)).only(*fields)


def joined_manager(queryset: type[JoinedQuerySet], *relations: str) -> Any:
    """A manager of pages that come with these relations: one query where each would cost one."""

    class JoinedManager(SitePageManager.from_queryset(queryset)):  # type: ignore[misc]
        def get_queryset(self) -> JoinedQuerySet:
            return super().get_queryset().select_related(*relations)

    return JoinedManager()
