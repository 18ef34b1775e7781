"""How often something was done of late: counted for every process at once, and soon forgotten.

No address is written: what is kept is a keyed fingerprint, another one in each period.
"""

import time

from allauth.core.internal.ratelimit import get_ip
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

SHARED = "throttles"
# Sorts before « allauth »: when the table is too full, Django empties its beginning first, and
# who writes from ten thousand addresses does not wipe out the bad passwords that were counted.
PREFIX = "abuse"
# The lock of PostgreSQL under which a number is read and written again.
LOCK = 0x1A11E5


def address_of(http: HttpRequest) -> str:
    """Where a request comes from: what our own proxy wrote, one network of IPv6 being one.

    Empty when it cannot be told: then nobody is counted rather than everybody together.
    """
    try:
        return str(get_ip(http))
    except (ImproperlyConfigured, PermissionDenied):
        return ""


def add_up(kind: str, what: str, seconds: int, amount: int = 1) -> int:
    """Add to a count of this period, and return the count.

    Periods follow one another: each begins at zero.
    """
    period = int(time.time()) // seconds
    name = f"{PREFIX}:{kind}:{fingerprint(f'{kind}:{period}:{what}')}"
    with transaction.atomic():
        # SQLite lets one transaction write at a time; PostgreSQL must be asked.
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        count = int(caches[SHARED].get(name, 0)) + amount
        caches[SHARED].set(name, count, timeout=seconds)
    return count


def is_first(kind: str, seconds: int) -> bool:
    """Whether nothing of this kind happened in this period: to say it once."""
    return add_up(kind, "", seconds) == 1


def fingerprint(text: str) -> str:
    """What cannot be read back without the key of the site."""
    return salted_hmac("contact.tallies", text, algorithm="sha256").hexdigest()[:40]
