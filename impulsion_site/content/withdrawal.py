"""Takes the examples out of the site, and nothing else."""

from pages.models import LoadedItem

WITHDRAWN = "exemples:retirés"


def was_withdrawn() -> bool:
    """Whether somebody took the examples out."""
    return LoadedItem.objects.filter(key=WITHDRAWN).exists()


def forget_withdrawal() -> None:
    """Let the examples come back."""
    LoadedItem.objects.filter(key=WITHDRAWN).delete()


def withdraw() -> None:
    """Not yet."""
