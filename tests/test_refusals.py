"""In the admin, what cannot be done ends in a sentence, never in an error."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from partners.accounts.groups import group_of
from partners.models import Member, Partner

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db

PARTNERS = "/admin/snippets/partners/partner"


@pytest.fixture
def member(home) -> Member:
    return factories.MemberFactory(partner=factories.PartnerFactory(name="Ville d’essai"))


@pytest.fixture
def team(home) -> Client:
    """Somebody who may do everything."""
    return signed_in(factories.UserFactory(is_superuser=True, is_staff=True))


def test_a_partner_whose_people_have_accounts_is_not_deleted(member, team) -> None:
    key = member.partner_id
    addresses = (
        f"{PARTNERS}/delete/{key}/",
        f"/admin/bulk/partners/partner/delete/?id={key}",
    )
    for address in addresses:
        told = team.post(address, follow=True).content.decode()
        assert "Rien n’a été supprimé" in told
        assert "personnes des partenaires\u00a0: 1" in told
    assert Partner.objects.filter(pk=key).exists()


def test_the_group_of_a_partner_is_not_deleted(member, team) -> None:
    group = group_of(member.partner)
    told = team.post(f"/admin/groups/delete/{group.pk}/", follow=True).content.decode()
    assert "Rien n’a été supprimé" in told
    assert Group.objects.filter(pk=group.pk).exists()


def test_the_group_of_a_partner_is_given_no_right(member, team) -> None:
    group = group_of(member.partner)
    writing = Group.objects.get(name="Rédaction").permissions.values_list("pk", flat=True)
    answer = team.post(
        f"/admin/groups/edit/{group.pk}/",
        {
            "name": group.name,
            "permissions": [*writing],
            **{
                f"{prefix}-{name}": 0
                for prefix in _formsets(team, group)
                for name in ("TOTAL_FORMS", "INITIAL_FORMS")
            },
        },
        follow=True,
    )
    assert "ne donne aucun droit" in answer.content.decode()
    assert not group.permissions.exists()


def _formsets(team: Client, group: Group) -> set[str]:
    """The prefixes of the forms below the form of a group."""
    html = team.get(f"/admin/groups/edit/{group.pk}/").content.decode()
    return {part.split('"')[-1] for part in html.split("-TOTAL_FORMS")[:-1]}
