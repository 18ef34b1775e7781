"""What the worker does for contact."""

from datetime import timedelta

from pages.chores import register_chore


@register_chore("demandes-anciennes", "Effacement des demandes anciennes", timedelta(hours=1))
def forget_old_requests() -> None:
    """Erase the requests whose time is over, the files of forms that nobody sent, old readings."""
    # The models are those of this application: not before it is ready.
    from .retention import purge

    purge()
