"""What personal data add to the admin: three screens, behind one entry of the menu.

Read by ``contact.wagtail_hooks``, which Wagtail looks for.
"""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import privacy_views

ROOT = "donnees-personnelles"


@hooks.register("register_admin_urls")
def privacy_urls() -> list[URLPattern]:
    """The screens of personal data."""
    view = privacy_views
    return [
        path(f"{ROOT}/", view.person, name="personal_data"),
        path(f"{ROOT}/copie/", view.give, name="personal_data_give"),
        path(f"{ROOT}/effacer/", view.forget, name="personal_data_erase"),
        path(f"{ROOT}/registre/", view.processing, name="processing_register"),
        path(f"{ROOT}/registre.csv", view.processing_csv, name="processing_register_csv"),
        path(f"{ROOT}/acces/", view.AccessesView.as_view(), name="personal_data_accesses"),
        path(
            f"{ROOT}/acces/liste/",
            view.AccessesView.as_view(results_only=True),
            name="personal_data_accesses_results",
        ),
    ]


class PrivacyMenuItem(MenuItem):
    """Personal data, for those who answer for them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the screens."""
        return privacy_views.may_handle_people(request.user)


@hooks.register("register_reports_menu_item")
def privacy_menu_item() -> MenuItem:
    """Among the reports, beside the readings of partners."""
    return PrivacyMenuItem(
        "Données personnelles", reverse("personal_data"), icon_name="user", order=310
    )


@hooks.register("register_permissions")
def privacy_permissions() -> QuerySet[Permission]:
    """The right to read the register, on the screen of a group."""
    return Permission.objects.filter(
        content_type__app_label="contact", content_type__model="personaldataaccess"
    )
