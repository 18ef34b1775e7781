"""Who comes in today: the account of a request, and how an account is closed, by anybody."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from pages.outbox import forget_address
from partners.models import Consultation, Invitation, Member, Partner
from partners.models.accounts import ACCOUNT_KEPT, ERASED_PERSON

from .groups import groups_of_readers


class PartnerReader:
    """Somebody who may read what a partner may: no account in particular."""

    is_authenticated = True
    is_superuser = False

    def __init__(self, groups: list[int]) -> None:
        from django.contrib.auth.models import Group

        self.groups = Group.objects.filter(pk__in=groups)

    @classmethod
    def of(cls, partner: Partner) -> "PartnerReader":
        """Somebody of this partner."""
        return cls(groups_of_readers(partner))


def member_of(request: HttpRequest) -> Member | None:
    """The partner's person who asks; nothing is read for those who have no session."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    if not request.user.is_authenticated:
        return None
    return Member.objects.select_related("partner").filter(user=request.user.pk).first()


def revoke(member: Member) -> None:
    """Close the account now: the next request of any of its sessions is that of a stranger.

    Its password opens nothing any more, so that a session kept somewhere never lives again.
    """
    with transaction.atomic():
        member.revoked_at = timezone.now()
        member.user.is_active = False
        member.user.set_unusable_password()
        member.user.save(update_fields=["is_active", "password"])
        member.save()


def erase(member: Member) -> None:
    """Forget the person: the account goes, the lines of the register stay without a name."""
    with transaction.atomic():
        Consultation.objects.filter(user=member.user_id).update(person=ERASED_PERSON, user=None)
        Invitation.objects.filter(email__iexact=member.user.email).delete()
        forget_address(member.user.email)
        get_user_model().objects.get(pk=member.user_id).delete()


def erase_old_accounts() -> int:
    """Erase the accounts that ended, or were revoked, long enough ago; how many there were."""
    limit = timezone.now() - ACCOUNT_KEPT
    old = [member for member in Member.objects.of_list() if _closed_before(member, limit)]
    for member in old:
        erase(member)
    return len(old)


def _closed_before(member: Member, limit: Any) -> bool:
    if member.revoked_at is not None:
        return member.revoked_at < limit
    return member.last_day is not None and member.last_day < timezone.localdate(limit)
