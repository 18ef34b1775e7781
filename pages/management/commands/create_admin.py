"""Make an administrator whose password is shown once."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

PASSWORD_BYTES = 15  # 120 bits, twenty characters


class Command(BaseCommand):
    """``manage.py create_admin [--email …] [--if-none]``."""

    help = "Crée un compte d’administration et affiche son mot de passe, une seule fois."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the options."""
        parser.add_argument("--email", default="", help="adresse e-mail du compte")
        parser.add_argument(
            "--if-none", action="store_true", help="ne rien faire s’il y en a déjà un"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account; print the address and the password.

        Raises:
            CommandError: the address is not one, or an account has it already.
        """
        users = get_user_model().objects
        if options["if_none"] and users.filter(is_superuser=True, is_active=True).exists():
            return
        email = options["email"] or self._free_address()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"« {email} » n’est pas une adresse e-mail.") from error
        if users.filter(email__iexact=email).exists():
            raise CommandError(f"Un compte existe déjà avec l’adresse {email}.")
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        user = users.create_superuser(email, password)
        user.groups.add(*Group.objects.filter(name="Administration"))
        self.stdout.write("Compte d’administration (le mot de passe ne sera plus affiché)")
        self.stdout.write(f"  adresse e-mail : {email}")
        self.stdout.write(f"  mot de passe   : {password}")

    @staticmethod
    def _free_address() -> str:
        users = get_user_model().objects
        number, email = 1, "admin@example.org"
        while users.filter(email__iexact=email).exists():
            number += 1
            email = f"admin{number}@example.org"
        return email
