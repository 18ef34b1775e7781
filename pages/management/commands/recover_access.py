"""Give back an account to the person who lost everything that opens it."""

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.http import int_to_base36

from pages.accounts.sessions import end_sessions
from pages.models import User

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """``manage.py recover_access ADDRESS``: typed on the server, by who may do it anyway."""

    help = (
        "Rend son compte à qui a perdu son mot de passe et son téléphone : "
        "affiche un lien, une seule fois."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the options."""
        parser.add_argument("email", help="adresse e-mail du compte")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove what was lost, close what is open, and print a link to a new password.

        Raises:
            CommandError: no account has this address, or it is closed.
        """
        email = options["email"]
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Aucun compte n’a l’adresse {email}.")
        if not user.is_active:
            raise CommandError(f"Le compte {user.email} est fermé : rouvrez-le d’abord.")
        with transaction.atomic():
            # Whoever found the telephone or the old password has nothing left.
            removed, _by_model = Authenticator.objects.filter(user=user).delete()
            user.set_unusable_password()
            user.save(update_fields=["password"])
            closed = end_sessions(user)
        logger.warning("access of account %s given back from the command line", user.pk)
        key = f"{int_to_base36(user.pk)}-{PasswordResetTokenGenerator().make_token(user)}"
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "U", "key": "K"})
        self.stdout.write(f"Compte {user.email}")
        self.stdout.write(f"  moyens de double authentification retirés : {removed}")
        self.stdout.write(f"  sessions fermées : {closed}")
        self.stdout.write("  lien pour choisir un mot de passe (une fois, 24 heures) :")
        self.stdout.write(f"  {settings.SITE_URL}{path.replace('U-K', key)}")
        self.stdout.write(
            "Ensuite, le site demande d’activer de nouveau la double authentification."
        )
