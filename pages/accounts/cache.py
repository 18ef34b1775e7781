"""What allauth counts (bad passwords, codes already used) is counted for every process at once."""

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.utils import timezone

SHARED_PREFIX = "allauth"
SHARED = "throttles"


class SplitCache(LocMemCache):
    """In memory as before, but for the keys of allauth: those are in the database.

    allauth knows only the default cache. Moving all of it to the database would make each public
    page ask a question more; leaving it in memory would give an attacker as many tries as there
    are processes, and let a code be played twice.
    """

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value unless there is one."""
        if is_shared(key):
            return bool(caches[SHARED].add(key, value, *args, **kwargs))
        return bool(super().add(key, value, *args, **kwargs))

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        """The value kept under this key."""
        return (
            caches[SHARED].get(key, *args, **kwargs)
            if is_shared(key)
            else super().get(key, *args, **kwargs)
        )

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value."""
        if is_shared(key):
            caches[SHARED].set(key, value, *args, **kwargs)
        else:
            super().set(key, value, *args, **kwargs)

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Forget a value."""
        if is_shared(key):
            return bool(caches[SHARED].delete(key, *args, **kwargs))
        return bool(super().delete(key, *args, **kwargs))


def is_shared(key: Any) -> bool:
    """Whether this key is one of allauth's."""
    return str(key).startswith(SHARED_PREFIX)


def forget_expired() -> None:
    """Drop the counts whose time is over: Django leaves them until the table is full."""
    shared: Any = settings.CACHES[SHARED]
    table = connection.ops.quote_name(shared["LOCATION"])
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(" ".join(["DELETE FROM", table, "WHERE expires < %s"]), [now])
