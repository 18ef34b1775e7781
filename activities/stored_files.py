"""The files that chores make and rows name: what a killed worker left does not stay."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

# A file that no row names is what a killed worker left, unless another is just writing it.
FORGOTTEN_AFTER = timedelta(hours=1)


def forget_files(folder: str, named: Iterable[str]) -> None:
    """Remove the files of a folder that no row names any more.

    Args:
        folder: Where they are, in the storage.
        named: The names that rows hold.
    """
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    kept = set(named)
    for name in (f"{folder}/{name}" for name in names):
        if name in kept:
            continue
        if timezone.now() - default_storage.get_modified_time(name) > FORGOTTEN_AFTER:
            default_storage.delete(name)
