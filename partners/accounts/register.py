"""The register of what the partners' people read: written as they read, kept twelve months."""

import logging
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from pages.models import SitePage
from pages.reserved import given_by
from partners.models import Consultation, Member

logger = logging.getLogger(__name__)

# A reader that asks for a file in parts, or a page that is read again, is one consultation.
SAME_READING = timedelta(minutes=10)
GIVEN = (200, 206)


def record(request: HttpRequest, response: HttpResponseBase, member: Member) -> None:
    """Write what this answer gave to the person; what cannot be written is logged, and read.

    Reading never fails because the register does: it informs, it does not guard.
    """
    try:
        with transaction.atomic():
            _note_visit(member)
            if request.method == "GET" and response.status_code in GIVEN:
                for item in given_by(request):
                    _write(item, request, response, member)
    except DatabaseError:
        logger.exception("a consultation of account %s could not be recorded", member.user_id)


def _note_visit(member: Member) -> None:
    today = timezone.localdate()
    if member.last_seen_on != today:
        Member.objects.filter(pk=member.pk).update(last_seen_on=today)


def _write(item: Any, request: HttpRequest, response: HttpResponseBase, member: Member) -> None:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    action = Consultation.Action.OPENED if is_page else Consultation.Action.DOWNLOADED
    address = request.path[:500]
    label = _label(item)
    recent = timezone.now() - SAME_READING
    same = Consultation.objects.filter(
        user=member.user_id, address=address, label=label, at__gt=recent
    )
    if same.exists():
        return
    Consultation.objects.create(
        user_id=member.user_id,
        partner=member.partner,
        partner_name=str(member.partner)[:120],
        person=str(request.user)[:310],
        action=action,
        kind=_kind_of(item, request.path, is_page=is_page),
        label=label,
        address=address,
    )


def _label(item: Any) -> str:
    """What was read, as somebody names it who does not see the page it stands below."""
    if isinstance(item, SitePage) and (above := item.get_parent()):
        return item.title_below(above.title)[:300]
    return str(item)[:300]


def _kind_of(item: Any, path: str, *, is_page: bool) -> str:
    if is_page:
        return str(getattr(item, "kind", "Page"))[:60]
    return f"Fichier {PurePosixPath(path).suffix[1:].upper()}".strip()


def forget_old_consultations() -> int:
    """Forget what was kept long enough; how many lines there were."""
    return Consultation.objects.all().to_forget().delete()[0]
