"""The screens of the follow-up: the list of requests, one request, what is done of it.

Only *Accueil* and *Administration* open them. Every reading is noted in the register.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from pages.models import OutgoingMail, User
from pages.pagination import paginate

from . import finding, follow_up, statistics
from .exports import FORMATS
from .follow_up import Meanwhile, Seen
from .follow_up_forms import AssignForm, CallForm, NoteForm, ReplyForm
from .models import ContactRequest, PersonalDataAccess, RequestEvent, RequestFile
from .reasons import Reason
from .register import note_access
from .team import may_follow_up, may_read, team

Action = PersonalDataAccess.Action
State = ContactRequest.State

View = Callable[..., HttpResponse]

PER_PAGE = 30
MEANWHILE = (
    "Un collègue vient de changer cette demande\u00a0: rien n’a été fait de votre côté. "
    "Lisez la suite, puis recommencez si besoin."
)


def only_readers(view: View) -> View:
    """For the views that show what people asked.

    Raises:
        PermissionDenied: it is not this person's business.
    """

    @wraps(view)
    def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read(http.user):
            raise PermissionDenied
        return view(http, *args, **kwargs)

    return guarded


def only_followers(view: View) -> View:
    """For the views that change something of a request.

    Raises:
        PermissionDenied: the person may not answer requests.
    """

    @wraps(view)
    def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_follow_up(http.user):
            raise PermissionDenied
        return view(http, *args, **kwargs)

    return require_POST(guarded)


def _user(http: HttpRequest) -> User:
    """Whoever opened the admin is somebody."""
    return cast(User, http.user)


# --- The list -----------------------------------------------------------------------------


@only_readers
def requests(http: HttpRequest) -> HttpResponse:
    """What people asked, the newest first; the search is posted, and leads to its address."""
    if http.method == "POST":
        form = finding.FindForm(http.POST, _user(http))
        view = http.POST.get("vue", "")
        query = f"vue={view if view == 'indesirables' else 'toutes'}&{form.query}"
        return redirect(f"{reverse('contact_requests')}?{query}".rstrip("&"))
    view, form, found = _asked(http)
    page = paginate(finding.for_list(found), http, PER_PAGE)
    _note_list(http, form, len(page.object_list))
    known = finding.counts(_user(http))
    context = {
        "form": form,
        "query": form.query,
        "view": view,
        "tabs": [
            {"name": name, "label": label, "count": known.get(name.replace("-", "_"))}
            for name, label in finding.VIEWS
        ],
        "counts": known,
        "items": page,
        "today": timezone.localdate().isoformat(),
        "is_looking": bool(form.asked("cherche") or form.is_narrowed),
    }
    return render(http, "contact/admin/requests.html", context)


def _asked(http: HttpRequest) -> tuple[str, finding.FindForm, QuerySet[ContactRequest]]:
    """The tab, the form and the requests that the address asks for."""
    names = dict(finding.VIEWS)
    view = http.GET.get("vue", "")
    view = view if view in names else finding.FIRST_VIEW
    form = finding.FindForm.of_address(http.GET, _user(http))
    return view, form, form.narrow(finding.of_view(view, _user(http)))


def _note_list(http: HttpRequest, form: finding.FindForm, count: int) -> None:
    action = Action.SEARCHED if form.asked("cherche") else Action.LISTED
    note_access(_user(http), action, _some_requests(count))


def _some_requests(count: int) -> str:
    return f"{count} demande{'s' if count > 1 else ''}"


@only_readers
@require_GET
def export_requests(http: HttpRequest, extension: str) -> HttpResponse:
    """The requests of the list as it is narrowed, in a spreadsheet.

    Raises:
        Http404: there is no such kind of file.
    """
    if (file := FORMATS.get(extension)) is None:
        raise Http404
    _view, _form, found = _asked(http)
    content = file.make(finding.for_list(found))
    note_access(_user(http), Action.EXPORTED, _some_requests(found.count()))
    name = f"demandes-{timezone.localdate():%Y-%m-%d}.{extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=file.content_type, headers=headers)


@only_readers
@require_GET
def request_statistics(http: HttpRequest) -> HttpResponse:
    """How many people wrote, by month and reason; nobody is named."""
    years = statistics.years()
    asked = http.GET.get("annee", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else years[0]
    context = {"years": years, "reasons": Reason.labels, "found": statistics.of_year(year)}
    return render(http, "contact/admin/statistics.html", context)


# --- One request --------------------------------------------------------------------------


@only_readers
@require_GET
def request_detail(http: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a request: what was asked, what was done, what can be done."""
    asked = _request(pk)
    follow_up.mark_read(asked)
    note_access(_user(http), Action.OPENED, asked.reference)
    return _show(http, asked)


def _request(pk: int) -> ContactRequest:
    found = ContactRequest.objects.select_related(
        "trade", "commune", "assigned_to", "subject_page"
    ).defer("search_text")
    return get_object_or_404(found, pk=pk)


def _show(
    http: HttpRequest, asked: ContactRequest, status: int = 200, **bound: Any
) -> HttpResponse:
    events = list(asked.events.select_related("user"))
    _say_what_became_of_mails(events)
    seen = Seen.of(asked, max((event.pk for event in events), default=0))
    words = {"texte": follow_up.first_words(asked, _user(http)), "cle": get_random_string(22)}
    context = {
        "asked": asked,
        "files": list(asked.files.all()),
        "events": events,
        "seen": seen.token,
        "may_act": may_follow_up(http.user),
        "is_waiting": asked.state in follow_up.WAITING,
        "assign_form": AssignForm(team(), initial={"a": asked.assigned_to_id}),
        "reply_form": ReplyForm(initial=words),
        "note_form": NoteForm(),
        "call_form": CallForm(),
        **bound,
    }
    return render(http, "contact/admin/request.html", context, status=status)


def _say_what_became_of_mails(events: list[RequestEvent]) -> None:
    """Beside each mail of the history: it left, it waits, or it will not arrive."""
    known: dict[str, Any] = {one.message_id: one for one in events if one.message_id}
    mails = OutgoingMail.objects.filter(message_id__in=known).defer("message")
    for mail in mails:
        known[mail.message_id].mail = mail


@only_readers
@require_GET
def request_file(http: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A file, to be kept on the computer: never shown by this site as a page of its own."""
    found = RequestFile.objects.filter(request=pk).defer(None).select_related("request")
    file = get_object_or_404(found, pk=file_pk)
    reference = file.request.reference
    # A photo that the screen of the request shows is a part of its reading: nobody took it away.
    if http.headers.get("Sec-Fetch-Dest") == "image":
        note_access(_user(http), Action.OPENED, reference)
    else:
        note_access(_user(http), Action.FILE, f"{reference}, fichier {file.pk}")
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition_header(True, file.name),
    }
    return HttpResponse(bytes(file.content), content_type=file.content_type, headers=headers)


# --- What is done of it -------------------------------------------------------------------


def _act(
    http: HttpRequest, asked: ContactRequest, do: Callable[[], None], said: str
) -> HttpResponse:
    """Do something of a request, say so, and show it again."""
    try:
        do()
    except Meanwhile:
        messages.warning(http, MEANWHILE)
    else:
        messages.success(http, said)
    return redirect("contact_request", asked.pk)


def _seen(http: HttpRequest) -> Seen:
    return Seen.read(http.POST.get("vu", ""))


@only_followers
def assign_request(http: HttpRequest, pk: int) -> HttpResponse:
    """Say who follows a request."""
    asked = _request(pk)
    form = AssignForm(team(), http.POST)
    if not form.is_valid():
        messages.error(http, "Cette personne ne peut pas suivre de demande.")
        return redirect("contact_request", pk)
    person = form.cleaned_data["a"]
    said = "Vous suivez cette demande." if person == _user(http) else f"Suivie par {person}."
    if person is None:
        said = "Plus personne ne suit cette demande."
    return _act(
        http, asked, lambda: follow_up.assign(asked, _user(http), person, _seen(http)), said
    )


DONE = {
    "clore": "La demande est close. Elle reste dans «\u00a0Toutes\u00a0».",
    "rouvrir": "La demande est de nouveau à traiter.",
    "repondue": "La demande est notée comme répondue.",
    "ecarter": "La demande est rangée avec les indésirables, où elle peut être reprise.",
    "reprendre": "La demande est reprise\u00a0: elle est à traiter, comme les autres.",
}


@only_followers
def change_request(http: HttpRequest, pk: int) -> HttpResponse:
    """Close, open again, set aside, rescue."""
    asked, change = _request(pk), http.POST.get("faire", "")
    if change not in DONE:
        return redirect("contact_request", pk)
    return _act(http, asked, lambda: _change(http, asked, change), DONE[change])


def _change(http: HttpRequest, asked: ContactRequest, change: str) -> None:
    if change == "ecarter":
        follow_up.set_aside(asked, _user(http), _seen(http))
    elif change == "reprendre":
        follow_up.rescue(asked, _user(http))
    else:
        follow_up.change_state(asked, _user(http), change, _seen(http))


@only_followers
def note_request(http: HttpRequest, pk: int) -> HttpResponse:
    """Write something for the team."""
    asked, form = _request(pk), NoteForm(http.POST)
    if not form.is_valid():
        return _show(http, asked, note_form=form)
    text = form.cleaned_data["note"]
    return _act(
        http,
        asked,
        lambda: follow_up.add_note(asked, _user(http), text),
        "La note est ajoutée. Seule l’équipe la lit.",
    )


@only_followers
def call_request(http: HttpRequest, pk: int) -> HttpResponse:
    """Write that somebody called the person."""
    asked, form = _request(pk), CallForm(http.POST)
    if not form.is_valid():
        return _show(http, asked, call_form=form)
    reached = "jointe" in http.POST
    said = "L’appel est noté\u00a0: la demande est répondue." if reached else "L’essai est noté."
    text = form.cleaned_data["appel"]
    return _act(
        http, asked, lambda: follow_up.note_call(asked, _user(http), text, reached=reached), said
    )


@only_followers
def reply_request(http: HttpRequest, pk: int) -> HttpResponse:
    """Answer by e-mail; what was typed is never lost."""
    asked, form = _request(pk), ReplyForm(http.POST)
    if not asked.email:
        raise Http404
    if form.is_valid() and _replied(http, asked, form):
        messages.success(http, "La réponse part dans quelques secondes.")
        # At the top, where that is said: the form led to « Répondre », filled in anew.
        return redirect(f"{reverse('contact_request', args=[pk])}#")
    return _show(http, asked, reply_form=form)


def _replied(http: HttpRequest, asked: ContactRequest, form: ReplyForm) -> bool:
    data = form.cleaned_data
    try:
        follow_up.reply(asked, _user(http), data["texte"], data["cle"], _seen(http))
    except Meanwhile:
        _request(asked.pk)  # erased, there is nothing left to show
        form.add_error(
            "texte",
            "Un collègue a répondu pendant que vous écriviez\u00a0: lisez sa réponse plus bas. "
            "Votre texte est resté ici\u202f; envoyez-le s’il est encore utile.",
        )
        return False
    except ValueError:
        form.add_error("texte", "Aucun courriel ne peut partir à l’adresse de cette personne.")
        return False
    return True
