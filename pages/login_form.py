"""The form that opens the admin."""

from typing import Any

from wagtail.admin.forms.auth import LoginForm


class SiteLoginForm(LoginForm):
    """Wagtail's, which leaves the name of one field in English."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = "Mot de passe"
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"
