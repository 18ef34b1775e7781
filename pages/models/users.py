"""People who sign in: their e-mail address is their login."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Creates accounts; addresses are compared without regard to case."""

    use_in_migrations = True

    def get_queryset(self) -> models.QuerySet["User"]:
        """Accounts with their preferences: every screen of the admin reads the two together."""
        accounts = super().get_queryset()
        # A migration of another application may read accounts before preferences exist.
        related = {relation.name for relation in self.model._meta.related_objects}
        preferences = "wagtail_userprofile"
        return accounts.select_related(preferences) if preferences in related else accounts

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of this address, however it is typed at the login form."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an ordinary account.

        Raises:
            ValueError: the address is empty.
        """
        if not email:
            raise ValueError("Une adresse e-mail est nécessaire pour créer un compte.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person with an account: staff today, partners later."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        "adresse e-mail",
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse e-mail."},
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_case",
                violation_error_message="Un compte existe déjà avec cette adresse e-mail.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email
