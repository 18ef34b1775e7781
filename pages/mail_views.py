"""The list of mails in the admin: what left, what waits, what nobody will receive, and why.

The texts of the mails are never shown: they hold links that open accounts.
"""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from . import mail_folder
from .models import OutgoingMail
from .outbox import give_up, send_again


def may_see_mails(user: Any) -> bool:
    """Whether the addresses of people who receive mails are this person's business."""
    return bool(user.has_perm("pages.view_outgoingmail"))


def may_handle_mails(user: Any) -> bool:
    """Whether the person may have a mail sent again, or given up."""
    return bool(user.has_perm("pages.change_outgoingmail"))


class MailFilters(WagtailFilterSet):
    """By state, and by who receives."""

    state = django_filters.MultipleChoiceFilter(
        label="État", choices=OutgoingMail.State.choices, widget=forms.CheckboxSelectMultiple
    )
    recipient = django_filters.CharFilter(label="Destinataire", lookup_expr="icontains")

    class Meta:
        model = OutgoingMail
        fields = ["state", "recipient"]


class MailsView(ReportView):
    """Every mail of the last weeks, the newest first."""

    page_title = "Courriels"
    header_icon = "mail"
    model = OutgoingMail
    permission_policy = ModelPermissionPolicy(OutgoingMail)
    permission_required = "view"
    index_url_name = "mails"
    index_results_url_name = "mails_results"
    results_template_name = "pages/admin/mails_results.html"
    filterset_class = MailFilters
    default_ordering = ["-created_at", "-pk"]
    # The template writes them; their names are those of the table that Wagtail expects.
    columns = [Column("subject", label="Courriel")]

    def get_base_queryset(self) -> Any:
        """The rows without the mails themselves, which may be heavy and are nobody's to read."""
        return OutgoingMail.objects.defer("message")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The mails, with what the person may do of each."""
        context = super().get_context_data(*args, **kwargs)
        page = list(context["object_list"])
        kept = OutgoingMail.objects.filter(
            pk__in=[mail.pk for mail in page], message__isnull=False
        ).exclude(state=OutgoingMail.State.SENDING)
        context["actionable"] = (
            set(kept.values_list("pk", flat=True)) if may_handle_mails(self.request.user) else set()
        )
        context["destination"] = destination()
        context["delayed"] = delayed_mails().count()
        return context


def delayed_mails() -> Any:
    """What waits because an attempt failed."""
    return OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, attempts__gt=0)


def destination() -> str:
    """Where mails go, in words: a server, or a folder of this machine."""
    if settings.MAIL_DELIVERY_BACKEND.endswith("SmtpBackend"):
        return (
            f"Ils partent par le serveur {settings.EMAIL_HOST} ; s’il ne répond pas, le site "
            "essaie encore, de plus en plus tard, pendant deux jours."
        )
    if settings.MAIL_DELIVERY_BACKEND.endswith("FolderBackend"):
        return (
            "Aucun serveur de messagerie n’est réglé : ils ne partent pas, "
            f"ils sont gardés dans le dossier {mail_folder.folder()} de ce serveur."
        )
    return "Ce site est un essai : ils ne partent pas."


@require_POST
def handle_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again at once, or give it up.

    Raises:
        PermissionDenied: the person may not handle mails.
    """
    if not may_handle_mails(request.user):
        raise PermissionDenied
    mail = OutgoingMail.objects.filter(pk=pk)
    if "give_up" in request.POST:
        done, said = give_up(mail, by=str(request.user)), "Le courriel est abandonné."
    else:
        done, said = send_again(mail), "Le courriel va repartir dans quelques secondes."
    if done:
        messages.success(request, said)
    else:
        messages.warning(
            request, "Rien n’a changé : ce courriel est parti, ou part en ce moment même."
        )
    return back_to_list(request)


@require_POST
def resend_delayed(request: HttpRequest) -> HttpResponse:
    """Try at once all that waits: the mail server is mended.

    Raises:
        PermissionDenied: the person may not handle mails.
    """
    if not may_handle_mails(request.user):
        raise PermissionDenied
    count = send_again(delayed_mails())
    plural = "s" if count > 1 else ""
    messages.success(request, f"{count} courriel{plural} à renvoyer dans quelques secondes.")
    return back_to_list(request)


def back_to_list(request: HttpRequest) -> HttpResponse:
    """The list, as it was filtered."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('mails')}?{query}" if query else reverse("mails"))
