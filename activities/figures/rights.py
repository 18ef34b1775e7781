"""Who may write figures, and who vouches for them; the groups are in ``impulsion_site.roles``."""

from typing import Any


def may_enter(user: Any) -> bool:
    """Whether this person may write provisional figures (group *Chiffres*)."""
    return user.has_perms(["activities.add_value", "activities.change_value"])


def may_validate(user: Any) -> bool:
    """Whether this person may validate, approve, and correct what is approved."""
    return may_enter(user) and user.has_perm("activities.validate_value")
