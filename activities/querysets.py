"""The querysets of activities that more than one module names."""

from django.utils import timezone

from pages.querysets import SitePageQuerySet


class JobQuerySet(SitePageQuerySet):
    """Querysets of offers. An offer is open until the end of its last day, in Paris."""

    def open(self) -> "JobQuerySet":
        """Still open, the one that closes first at the head."""
        return self.filter(closes_on__gte=timezone.localdate()).order_by("closes_on", "pk")

    def closed(self) -> "JobQuerySet":
        """No longer open, the one that closed last at the head."""
        return self.filter(closes_on__lt=timezone.localdate()).order_by("-closes_on", "-pk")

    def for_list(self) -> "JobQuerySet":
        """What a list shows, in one query."""
        return self.select_related("trade", "commune").defer_streamfields()
