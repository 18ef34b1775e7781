"""Every address there is, admin included, and who may open it: what is asked for, and the rules.

The addresses come from the URL resolver, every pattern opened, and from the tree of pages with
public, reserved and draft ones in it. The rules are written by hand (``RULES``): the first whose
expression is found in the name of an address says what each persona gets there. A new address
that no rule speaks of makes ``tests/test_access_matrix.py`` fail, as does a rule without address.
"""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.messages import ERROR, get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pages.models import SitePage

from .routes import page_routes

# --- What is asked for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """An address, under the name that the rules know it by."""

    name: str
    address: str


# What a pattern of the resolver is given for its arguments, when their names do not tell;
# several addresses when its answer depends on what it is given.
SPECIAL: dict[str, dict[str, str]] = {
    r"admin/pages/^(\d+)/revisions/compare/(live|earliest|\d+)\.\.\.(live|latest|\d+)/$": {
        "": "admin/pages/{page}/revisions/compare/earliest...latest/"
    },
    "admin/^.*/$": {"": "admin/nulle-part/"},
    r"compte/^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": {
        "": "compte/mot-de-passe/oublie/a-absente/"
    },
    "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/": {
        " publish": "admin/bulk/wagtailcore/page/publish/?id={page}",
        " delete": "admin/bulk/wagtailcore/page/delete/?id={page}",
        " users": "admin/bulk/pages/user/assign_role/?id={user}",
    },
    "admin/settings/<slug:app_name>/<slug:model_name>/": {
        " notice": "admin/settings/pages/sitenotice/",
        " organisation": "admin/settings/pages/organisationsettings/",
    },
    "admin/settings/<slug:app_name>/<slug:model_name>/<int:pk>/": {
        " notice": "admin/settings/pages/sitenotice/{notice}/",
        " organisation": "admin/settings/pages/organisationsettings/{organisation}/",
    },
    "admin/settings/<slug:app_name>/<slug:model_name>/<int:pk>/preview/": {
        " organisation": "admin/settings/pages/organisationsettings/{organisation}/preview/"
    },
    "documents/<int:document_id>/<path:document_filename>": {
        " public": "{public_document}",
        " all partners": "{partners_document}",
        " A": "{document_of_a}",
        " wrong name": "documents/{document}/autre.pdf",
    },
    "media/images/<path:name>": {
        " public": "{rendition}",
        " all partners": "{partners_rendition}",
        " A": "{rendition_of_a}",
    },
    "media/<path:name>": {
        " stored document": "{stored_document}",
        " stored image": "{stored_image}",
        " nothing": "media/absent",
    },
}
# Answered by the pages of the tree (``page_targets``), not by an address of their own.
TREE = {
    r"^((?:[\w\-]+/)*[\w\-]+\.(?:xml|ics|pdf|csv|xlsx|json))\Z",
    r"^((?:[\w\-]+/)*)$",
}
# What the name of an argument says; the prefix of the pattern says which « pk » it is.
ARGUMENTS = {
    "parent_page_id": "section",
    "destination_id": "section",
    "page_to_move_id": "page",
    "page_id": "page",
    "page_pk": "page_with_workflow",
    "workflow_pk": "workflow",
    "revision_id": "revision",
    "task_state_id": "task_state",
    "workflow_state_id": "workflow_state",
    "task_id": "task",
    "content_type_app_name": "app_of_page",
    "content_type_model_name": "model_of_page",
    "collection_id": "collection",
    "redirect_id": "redirect",
    "document_id": "document",
    "doc_id": "document",
    "image_id": "image",
    "filter_spec": "filter_spec",
    "object_id": "page",
    "session_id": "editing_session",
    "report_id": "report",
    "pdf_id": "pdf",
    "import_id": "figures_import",
    "year": "year",
    "family": "family",
    "page_view_restriction_id": "restriction",
    "member_id": "member",
    "invitation_id": "invitation",
    "partner_id": "partner",
    "pack_id": "pack",
    # The link of an invitation that is not there.
    "uidb64": "absent_word",
    "token": "absent_word",
    "action_name": "workflow_action",
}
ARGUMENTS_BELOW = {
    "admin/pages/create/": {"app_label": "app_of_page", "model_name": "model_of_page"},
    "admin/editing-sessions/": {"app_label": "app_of_page", "model_name": "model_of_page"},
    "admin/api/main/^pages/": {"pk": "page", "action_name": "api_action"},
    "admin/api/main/^documents/": {"pk": "document"},
    "admin/api/main/^images/": {"pk": "image"},
    "admin/collections/": {"pk": "collection"},
    "admin/workflows/tasks/add/": {"app_label": "app_of_task", "model_name": "model_of_task"},
    "admin/workflows/tasks/": {"pk": "task"},
    "admin/workflows/": {"pk": "workflow"},
    "admin/courriels/": {"pk": "mail"},
    "admin/demandes/": {"pk": "request", "file_pk": "request_file", "extension": "extension"},
    "admin/users/": {"pk": "user"},
    "admin/groups/": {"pk": "group"},
    "admin/sites/": {"pk": "site"},
    # The passkey of somebody else.
    "compte/cles-d-acces/": {"pk": "authenticator"},
    "admin/documents/chooser/": {"pk": "document"},
    "admin/images/chooser/": {"pk": "image"},
    "admin/images/multiple/create": {"uploaded_file_id": "uploaded_image"},
    "admin/images/multiple/delete": {"uploaded_file_id": "uploaded_image"},
    "admin/documents/multiple/": {"uploaded_file_id": "uploaded_document"},
    "admin/tag-autocomplete/": {"app_name": "app_of_tag", "model_name": "model_of_tag"},
}
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
SNIPPET = re.compile(r"admin/snippets/(?:choose/)?(\w+)/(\w+)/")


def all_patterns(
    patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    """Every pattern of the resolver, whole, each of them once."""
    for known in get_resolver().url_patterns if patterns is None else patterns:
        pattern = f"{prefix}{known.pattern}"
        if isinstance(known, URLResolver):
            yield from all_patterns(known.url_patterns, pattern)
        else:
            yield pattern


def pattern_targets(objects: dict[str, Any], patterns: Iterable[str] | None = None) -> list[Target]:
    """One address or more of these patterns; of all but those of the tree of pages by default."""
    targets = []
    for pattern in sorted({*all_patterns()} - TREE if patterns is None else patterns):
        for variant, address in SPECIAL.get(pattern, {"": pattern}).items():
            filled = address.format(**objects) if pattern in SPECIAL else _filled(pattern, objects)
            targets.append(Target(f"{pattern}{variant}", f"/{filled.lstrip('/')}"))
    return targets


def _filled(pattern: str, objects: dict[str, Any]) -> str:
    """The pattern with an object for each argument; ``KeyError`` names what is to be added."""
    names = dict(ARGUMENTS)
    for prefix, below in reversed(ARGUMENTS_BELOW.items()):
        if pattern.startswith(prefix):
            names |= below

    def value(argument: re.Match[str]) -> str:
        snippet = SNIPPET.match(pattern)
        if snippet and argument[1] == "pk":
            return str(apps.get_model(*snippet.groups())._default_manager.all()[:1].get().pk)
        if argument[1] not in names:
            raise KeyError(
                f"L’adresse « {pattern} » a un argument « {argument[1]} » que personne ne "
                "connaît : dites dans tests/access.py (ARGUMENTS) quel objet lui donner."
            )
        return str(objects[names[argument[1]]])

    return ARGUMENT.sub(value, pattern.replace("^", ""))


# --- What is answered -----------------------------------------------------------------------


class Outcome(Enum):
    """What somebody gets of an address."""

    OPEN = "an answer, or a place inside the site where the work goes on"
    LOGIN = "the form where one signs in"
    REFUSED = "a refusal: 403, or the dashboard of the admin with the reason"
    MISSING = "404, or 410 for what is not there any more"
    SECOND_FACTOR = "the screen where a second factor is set up"
    POST_ONLY = "405: the address only takes what is sent to it"
    BROKEN = "an error of the site"


# The PDF files of reports are made by a chore, which has not run: the answer asks to come back.
WAITING = 503


def outcome_of(answer: Any) -> Outcome:
    """What an answer says."""
    known = {
        403: Outcome.REFUSED,
        404: Outcome.MISSING,
        405: Outcome.POST_ONLY,
        410: Outcome.MISSING,
    }
    if answer.status_code in known:
        return known[answer.status_code]
    if answer.status_code == WAITING and "Retry-After" in answer.headers:
        return Outcome.OPEN
    if answer.status_code >= 500:
        return Outcome.BROKEN
    if answer.status_code in (301, 302, 303):
        return _arrival(answer)
    return Outcome.OPEN


def _arrival(answer: Any) -> Outcome:
    path = answer["Location"].split("?")[0]
    if path in login_addresses():
        return Outcome.LOGIN
    if path == reverse("mfa_activate_totp"):
        return Outcome.SECOND_FACTOR
    told = get_messages(answer.wsgi_request)
    if path == reverse("wagtailadmin_home") and any(
        message.level >= ERROR for message in told._queued_messages
    ):
        return Outcome.REFUSED
    return Outcome.OPEN


def login_addresses() -> set[str]:
    """Where people are sent to sign in."""
    names = ("account_login", "account_reauthenticate", "wagtailadmin_login")
    return {reverse(name) for name in names}


def ask(client: Client, address: str, method: str = "get", **headers: str) -> Any:
    """One answer, of which nothing remains: neither in the database nor in the browser."""
    cookies = copy.deepcopy(client.cookies)
    client.raise_request_exception = False
    with transaction.atomic():
        answer: Any = getattr(client, method)(address, headers=headers)
        if answer.streaming:
            answer.body = b"".join(answer.streaming_content)
        else:
            answer.body = answer.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


# --- The site they are asked of -------------------------------------------------------------


def page_targets(pages: dict[str, dict[str, SitePage]]) -> list[Target]:
    """The pages and their files, by what is reserved: « tree public: /agenda/agenda.ics »."""
    return [
        Target(f"tree {who}: {route.path}", route.path)
        for who, known in pages.items()
        for route in page_routes(known)
    ]
