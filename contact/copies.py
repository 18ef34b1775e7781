"""What a person is given when they ask for their data: a file to read, one for a program."""

import io
import json
from collections.abc import Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from pages.models import OrganisationSettings

from .models import ContactRequest, RequestEvent, RequestFile
from .people import Found

# What the person wrote or that was written of them, in the order of the form.
TOLD = (
    *("subject_title", "client_kind", "organisation", "trade", "commune", "message"),
    *("wanted_when", "name", "phone", "email", "best_time", "notice"),
)


def copy_of(found: Found) -> io.BytesIO:
    """A ZIP of what the site holds of a person; what others wrote of them is not theirs to read."""
    data = {
        "fait_le": _moment(timezone.now()),
        "responsable": OrganisationSettings.load().name,
        "demandes": [_request(one) for one in found.requests],
        "courriels": [_mail(one) for one in found.mails if not _is_of_another(one, found)],
        "invitations": [{"envoyee_le": _moment(one.sent_at)} for one in found.invitations],
        "comptes": [{"nom": str(one), "adresse": one.email} for one in found.accounts],
    }
    copy = io.BytesIO()
    with ZipFile(copy, "w", ZIP_DEFLATED) as archive:
        archive.writestr("donnees.html", render_to_string("contact/copy.html", data))
        archive.writestr("donnees.json", json.dumps(data, ensure_ascii=False, indent=2))
        for path, content in _files(found):
            archive.writestr(path, content)
    copy.seek(0)
    return copy


def _request(request: ContactRequest) -> dict[str, Any]:
    told = []
    for name in TOLD:
        shown: Any = getattr(request, f"get_{name}_display", None)
        value = shown() if shown else getattr(request, name)
        if value:
            field: Any = ContactRequest._meta.get_field(name)
            label = str(field.verbose_name)
            told.append({"quoi": label[:1].upper() + label[1:], "valeur": str(value)})
    return {
        "reference": request.reference,
        "motif": request.get_reason_display(),
        "recue_le": _moment(request.received_at),
        "etat": request.get_state_display(),
        "champs": told,
        "fichiers": [path for path, _pk in _paths(request)],
        "suite": [_event(event) for event in request.events.all()],
    }


def _event(event: RequestEvent) -> dict[str, str]:
    # Who of the team did it is another's data.
    return {
        "quand": _moment(event.at),
        "quoi": str(event.get_kind_display()),
        "texte": event.text if event.kind != RequestEvent.Kind.ASSIGNED else "",
    }


def _mail(mail: Any) -> dict[str, str]:
    return {
        "ecrit_le": _moment(mail.created_at),
        "objet": mail.subject,
        "etat": str(mail.get_state_display()),
    }


def _is_of_another(mail: Any, found: Found) -> bool:
    """Whether a mail speaks of somebody else's request, and only names the person."""
    own = {f"request:{one.pk}" for one in found.requests}
    return bool(mail.about) and mail.about not in own


def _paths(request: ContactRequest) -> Iterator[tuple[str, int]]:
    """Where each file of a request stands in the copy; two of one name do not meet."""
    for rank, (pk, name) in enumerate(request.files.values_list("pk", "name"), 1):
        yield f"fichiers/{request.reference}/{rank}-{name.replace('/', '-')}", pk


def _files(found: Found) -> Iterator[tuple[str, bytes]]:
    for request in found.requests:
        for path, pk in _paths(request):
            content = RequestFile.objects.filter(pk=pk).values_list("content", flat=True).get()
            yield path, bytes(content)


def _moment(when: Any) -> str:
    return date_format(timezone.localtime(when), "d/m/Y à H:i")
