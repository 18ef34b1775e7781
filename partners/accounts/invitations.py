"""Invitations: sent by the team, accepted once by the person who receives them."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from partners.models import Invitation, Member, Partner
from partners.models.accounts import (
    INVITATION_KEPT,
    INVITATION_LASTS,
    hash_of,
    new_token,
    works_here,
)

from .groups import common_folder, folder_of
from .mails import send_invitation


def invite(partner: Partner, email: str, by: Any, ends_on: date | None = None) -> Invitation:
    """Send the link that opens an account; a link that was sent to the address before is dead.

    Raises:
        ValidationError: the address has an account already, is one of the team, or somebody
            invites it at this very moment.
    """
    email = email.strip().lower()
    check_address(partner, email)
    token = new_token()
    new = Invitation(
        partner=partner,
        email=email,
        ends_on=ends_on,
        invited_by=by,
        token_hash=hash_of(token),
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    try:
        with transaction.atomic():
            folder_of(partner)
            common_folder()
            cancel(email)
            new.save()
            send_invitation(new, token)
    except IntegrityError as twice:
        raise ValidationError("Une invitation part déjà à cette adresse.") from twice
    return new


def check_address(partner: Partner, email: str) -> None:
    """Refuse an address that cannot become an account of this partner.

    Raises:
        ValidationError: with what to do instead.
    """
    user = _account_of(email)
    if user is None:
        return
    member = Member.objects.select_related("partner").filter(user=user).first()
    if member is None and works_here(user):
        raise ValidationError(
            "Cette adresse est celle d’une personne de l’équipe, qui ne peut pas avoir en plus un "
            "compte de partenaire. Invitez une autre adresse."
        )
    if member is None:
        raise ValidationError(
            "Un compte existe déjà avec cette adresse. Invitez une autre adresse."
        )
    if member.partner_id != partner.pk:
        raise ValidationError(
            f"Cette adresse a déjà un compte pour « {member.partner} ». Une adresse ne vaut que "
            "pour un partenaire."
        )
    if member.is_open:
        raise ValidationError(
            "Cette personne a déjà un compte ouvert pour ce partenaire. Si elle a perdu son mot "
            "de passe, elle en choisit un autre depuis l’écran de connexion."
        )


def cancel(email: str) -> None:
    """Make the link that was sent to this address open nothing any more."""
    Invitation.objects.waiting().filter(email=email).update(cancelled_at=timezone.now())


def usable_invitation(token: str) -> Invitation | None:
    """The invitation of a link, while it works and the address is free to take it."""
    found = Invitation.objects.usable().select_related("partner").filter(token_hash=hash_of(token))
    invitation = found.first()
    if invitation is None:
        return None
    try:
        check_address(invitation.partner, invitation.email)
    except ValidationError:
        return None
    return invitation


def accept(invitation: Invitation, password: str, first_name: str, last_name: str) -> Any:
    """Open the account (or open it again), and return it; ``None`` if the link was used meanwhile.

    The first who writes the acceptance has it: two clicks open one account. An account that was
    made for this address meanwhile is left alone.
    """
    try:
        with transaction.atomic():
            return _accept(invitation, password, first_name, last_name)
    except (ValidationError, IntegrityError):
        return None


def _accept(invitation: Invitation, password: str, first_name: str, last_name: str) -> Any:
    usable = Invitation.objects.usable().filter(pk=invitation.pk)
    if not usable.update(accepted_at=timezone.now()):
        return None
    check_address(invitation.partner, invitation.email)
    user = _account_of(invitation.email) or get_user_model()(email=invitation.email)
    user.first_name, user.last_name, user.is_active = first_name, last_name, True
    user.set_password(password)
    user.save()
    member = Member.objects.filter(user=user).first() or Member(user=user)
    member.partner = invitation.partner
    member.ends_on, member.invited_by = invitation.ends_on, invitation.invited_by
    member.joined_at, member.revoked_at = timezone.now(), None
    member.save()
    return user


def _account_of(email: str) -> Any:
    return get_user_model().objects.filter(email__iexact=email).first()


def forget_old_invitations() -> int:
    """Forget the links that open nothing any more; how many there were.

    One that is too old is still listed for a while: the team may send it again.
    """
    limit = timezone.now() - INVITATION_KEPT
    over = Q(accepted_at__isnull=False) | Q(cancelled_at__isnull=False) | Q(expires_at__lt=limit)
    return Invitation.objects.filter(over, sent_at__lt=limit).delete()[0]
