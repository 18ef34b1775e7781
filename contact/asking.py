"""The answers of the contact page: the reasons, the form of one of them, and the thanks.

Whatever goes wrong, the form is shown again with all that was typed and all the files that were
sent: nobody writes twice.
"""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from pages.models import Commune, OrganisationSettings
from pages.reserved import NOBODY_KEEPS
from pages.territory_map import territory_map

from . import held_files, spam
from .attachments import CleanFile
from .form_keys import FormKey, has_mark, mark_of, new_key, read_key, renew
from .forms import RequestForm, Wanted, WantedForm, typed
from .models import ContactPage, ReasonSettings
from .notices import notice_for
from .reasons import Reason
from .receiving import Submission, receive
from .uploads import dropped as uploads_dropped

logger = logging.getLogger(__name__)

FORM, CHOICE, THANKS = "contact/form.html", "contact/contact_page.html", "contact/thanks.html"
# Fields of the form that are not those of a request.
KEY, REMOVED, FILES, AGAIN = "formulaire", "retirer", "files", "sans_cookie"

RECEIPT_SALT = "contact.merci"
RECEIPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Problem:
    """Why a form comes back although nothing in it is wrong."""

    status: int
    sentence: str


TOO_OLD = Problem(
    200,
    "Cette page était ouverte depuis longtemps. Votre texte est toujours là\u00a0: "
    "relisez-le, puis envoyez-le de nouveau.",
)
NO_TOKEN = Problem(
    403,
    "Le formulaire avait expiré, ou votre navigateur refuse les cookies. Votre texte est "
    "toujours là\u00a0: envoyez-le de nouveau.",
)
FILES_AGAIN = "Vos fichiers n’ont pas pu être gardés\u00a0: choisissez-les de nouveau."
NOT_WRITTEN = Problem(
    503,
    "Votre message n’a pas été enregistré\u00a0: le site a un souci. Votre texte est toujours "
    "là\u00a0: réessayez dans quelques minutes.",
)


def answer(page: ContactPage, request: HttpRequest) -> HttpResponse:
    """The page at its own address: the reasons, or the form of one of them."""
    wanted = WantedForm(request.GET).wanted
    if request.method == "POST" and wanted.reason:
        return _answer_to_post(request, page, wanted)
    setup = _setup(wanted.reason)
    if setup is None or not setup.is_open:
        return _choice(page, request, wanted)
    initial = {"trade": wanted.trade.slug} if wanted.trade else {}
    form = RequestForm(Reason(setup.code), initial=initial)
    return _Asked(page, request, wanted, setup).show(form, new_key())


@sensitive_post_parameters()
def answer_without_token(request: HttpRequest) -> HttpResponse | None:
    """The form again, when its token is missing or too old; nothing for another page's form.

    A browser that keeps no cookie would see it come back for ever: the second time, the form that
    comes from our own page is received. Nobody is signed in here, there is no right to protect;
    another site still cannot have its visitors send it.
    """
    page = ContactPage.objects.visible().first()
    wanted = WantedForm(request.GET).wanted
    if page is None or page.get_url(request) != request.path or wanted.reason is None:
        return None
    is_known = _is_from_here(request) and has_mark(
        read_key(request.POST.get(KEY, "")), request.POST.get(AGAIN, "")
    )
    response = _answer_to_post(request, page, wanted, None if is_known else NO_TOKEN)
    return page.with_headers(request, response)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: every browser tells a site that another one's form posts."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def thanks(page: ContactPage, request: HttpRequest) -> HttpResponse:
    """What becomes of the message; its reference, for a day."""
    reference, reason = _read_receipt(request.GET.get("demande", ""))
    context = page.get_context(request) | {"reference": reference, "setup": _setup(reason)}
    return _for_nobody_to_keep(render(request, THANKS, context))


def _choice(page: ContactPage, request: HttpRequest, wanted: Wanted) -> HttpResponse:
    context = page.get_context(request) | {
        "reasons": list(ReasonSettings.objects.filter(is_open=True)),
        "wanted": wanted,
        "territory_map": territory_map(Commune.objects.all()),
    }
    return render(request, CHOICE, context)


@sensitive_post_parameters()
def _answer_to_post(
    request: HttpRequest, page: ContactPage, wanted: Wanted, problem: Problem | None = None
) -> HttpResponse:
    """Write the request and lead to the thanks, or show the form again.

    A reason that was closed meanwhile is still received: somebody was writing.
    """
    setup = _setup(wanted.reason)
    if setup is None:
        return _choice(page, request, wanted)
    form = RequestForm(Reason(setup.code), typed(request.POST, RequestForm.base_fields))
    asked = _Asked(page, request, wanted, setup)
    try:
        return asked.receive(form, problem)
    except Error as error:
        # Not its text, which may hold what was written.
        logger.error("a request could not be written: %s", type(error).__name__)
        return asked.show_not_written(form)


class _Asked:
    """The form of a reason, for a visitor."""

    def __init__(
        self, page: ContactPage, request: HttpRequest, wanted: Wanted, setup: ReasonSettings
    ) -> None:
        self.page, self.request, self.wanted, self.setup = page, request, wanted, setup
        self.organisation = OrganisationSettings.load(request_or_site=request)

    @property
    def notice(self) -> str:
        """What becomes of what one writes."""
        return self.setup.notice or notice_for(self.setup, self.organisation)

    def receive(self, form: RequestForm, problem: Problem | None) -> HttpResponse:
        """Judge what was sent, then write it or show it again.

        The files are read last: they cost the most, and only those who may send are served.
        """
        signed_key = self.request.POST.get(KEY, "")
        key = read_key(signed_key)
        if key is None:
            problem = problem or TOO_OLD
            signed_key, key = renew(signed_key)
        form.is_valid()
        admission = spam.admit(self.request)
        if admission.refused:
            self._say_that_files_are_gone(form)
            return self.show(form, signed_key, Problem(429, admission.refusal))
        files = self._files(form, key, admission.takes_files)
        if form.errors or problem:
            held_files.hold(key.key, files)
            return self.show(form, signed_key, problem)
        values = self._values(form)
        honeypot = self.request.POST.get(spam.HONEYPOT_NAME, "")
        verdict = spam.judge(self.request, values, key, honeypot)
        if verdict.refused:
            held_files.hold(key.key, files)
            return self.show(form, signed_key, Problem(429, verdict.refusal))
        receipt = receive(
            Submission(
                form_key=key.key,
                reason=form.reason,
                values=values,
                notice=self.notice,
                files=tuple(files),
                suspicions=verdict.suspicions,
            )
        )
        return self._to_thanks(receipt.request.reference)

    def _files(self, form: RequestForm, key: FormKey, takes_files: bool) -> list[CleanFile]:
        """What was sent now, besides what waits already and was not taken out."""
        if FILES not in form.fields:
            return []
        ticked = self.request.POST.getlist(REMOVED)
        held = held_files.drop(held_files.held_for(key.key), ticked)
        uploads = self.request.FILES.getlist(FILES)
        if uploads and not takes_files:
            form.add_error(FILES, spam.NO_FILES_NOW)
            return []
        files, errors = held_files.clean_all(uploads, held)
        for error in (*uploads_dropped(self.request), *errors):
            form.add_error(FILES, error)
        return files

    def _say_that_files_are_gone(self, form: RequestForm) -> None:
        """Nobody believes that the photos are there still, and sends the rest without them."""
        if FILES in form.fields and self.request.FILES.getlist(FILES):
            form.add_error(FILES, FILES_AGAIN)

    def _values(self, form: RequestForm) -> dict[str, Any]:
        subject = self.wanted.subject
        return {
            "trade": self.wanted.trade,
            "subject_page": subject,
            "subject_title": subject.title if subject else "",
        } | form.values

    def show(
        self, form: RequestForm, signed_key: str, problem: Problem | None = None
    ) -> HttpResponse:
        """The form, with what is wrong."""
        key = read_key(signed_key)
        context = self.page.get_context(self.request) | {
            "form": form,
            "form_key": signed_key if key else new_key(),
            "held": held_files.held_for(key.key) if key and form.is_bound else [],
            "honeypot": {"name": spam.HONEYPOT_NAME, "label": spam.HONEYPOT_LABEL},
            "notice": self.notice,
            "problem": problem.sentence if problem else "",
            "mark": mark_of(key) if key and problem is NO_TOKEN else "",
            "setup": self.setup,
            "wanted": self.wanted,
        }
        response = render(self.request, FORM, context, status=problem.status if problem else 200)
        return _for_nobody_to_keep(response)

    def show_not_written(self, form: RequestForm) -> HttpResponse:
        """The form, when the database took nothing: neither the text nor the files."""
        self._say_that_files_are_gone(form)
        return self.show(form, self.request.POST.get(KEY, ""), NOT_WRITTEN)

    def _to_thanks(self, reference: str) -> HttpResponse:
        receipt = signing.TimestampSigner(salt=RECEIPT_SALT).sign(f"{reference} {self.setup.code}")
        address = self.page.get_url(self.request) + self.page.reverse_subpage("thanks")
        response = HttpResponse(status=303)
        response.headers["Location"] = f"{address}?{urlencode({'demande': receipt})}"
        return _for_nobody_to_keep(response)


def _setup(reason: Reason | None) -> ReasonSettings | None:
    return ReasonSettings.objects.filter(code=reason).first() if reason else None


def _read_receipt(text: str) -> tuple[str, Reason | None]:
    """The reference and the reason; nothing of what is no receipt, or is too old."""
    signer = signing.TimestampSigner(salt=RECEIPT_SALT)
    try:
        reference, code = signer.unsign(text, max_age=RECEIPT_SECONDS).split(" ")
        return reference, Reason(code)
    except (signing.BadSignature, ValueError):
        return "", None


def _for_nobody_to_keep(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = NOBODY_KEEPS
    response.headers["X-Robots-Tag"] = "noindex"
    return response
