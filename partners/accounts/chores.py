"""What is forgotten with time."""

from datetime import timedelta

from pages.chores import register_chore


@register_chore(
    "comptes-des-partenaires", "Comptes des partenaires et consultations", timedelta(hours=6)
)
def forget_people_and_readings() -> None:
    """Erase what was kept long enough: lines of the register, accounts, dead invitations."""
    # The models are those of this application: not before it is ready.
    from .access import erase_old_accounts
    from .invitations import forget_old_invitations
    from .register import forget_old_consultations

    forget_old_consultations()
    erase_old_accounts()
    forget_old_invitations()
