"""Who may open what: every address of the site, asked for by somebody of each kind.

The rules are in ``tests/access_rules.py``, what is asked for in ``tests/access.py``, the site and
the people in ``tests/access_world.py``.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from . import access, access_world
from .access import Outcome, Target, outcome_of
from .access_rules import PERSONAS, RULES, STRANGERS, rule_of
from .conftest import signed_in

pytestmark = pytest.mark.django_db

# What can be kept by everybody is asked for again by front caches within a minute.
LONGEST = 60
# What needs no second try: it was answered, or broke where Wagtail means it to.
ANSWERED = (Outcome.OPEN, Outcome.BROKEN)
SPOKEN = "\n".join


class World:
    """The addresses and, by persona, who asks for them."""

    def __init__(self) -> None:
        pages = access_world.pages_by_reader()
        objects = access_world.objects_to_name(pages)
        self.targets: list[Target] = [
            *access.pattern_targets(objects),
            *access.page_targets(pages),
        ]
        people = access_world.people()
        self.clients = {
            name: signed_in(user) if user else Client() for name, user in people.items()
        }
        access_world.close_accounts(people)
        access_world.take_second_factor(people)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One site for all these tests: it takes seconds to make, and no request changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def test_every_address_has_its_rule_and_every_rule_its_addresses(world: World) -> None:
    spoken_of = {rule.why for target in world.targets if (rule := rule_of(target.name))}
    unknown = [target.name for target in world.targets if rule_of(target.name) is None]
    assert not unknown, (
        "Personne n’a dit qui peut ouvrir ces adresses. Écrivez-le dans tests/access_rules.py : "
        "une règle qui existe et dont l’expression s’étend, ou une règle de plus, avec sa raison."
        f"\n{SPOKEN(unknown)}"
    )
    unused = [rule.why for rule in RULES if rule.why not in spoken_of]
    assert not unused, (
        "Ces règles ne parlent plus d’aucune adresse : elles sont cachées par une règle d’avant, "
        f"ou l’adresse n’est plus. Retirez-les.\n{SPOKEN(unused)}"
    )
    assert len(world.targets) > 350
    assert len(RULES) < 40, "a rule is a sentence that somebody can remember; this is a recording"
    assert all(rule.expected.keys() == set(PERSONAS) for rule in RULES)


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_person_opens_what_the_rules_say(world: World, persona: str) -> None:
    faults = [
        f"{target.name}: {fault}"
        for target in world.targets
        for fault in faults_of(world.clients[persona], target, persona)
    ]
    assert not faults, f"{persona}\n{SPOKEN(faults)}"


# Where people come in, what is reserved, and what is not theirs.
DOORS = [
    "/admin/", "/admin/users/", "/admin/login/", "/admin/logout/", "/compte/", "/_util/login/",
    "/compte/double-authentification/activer/", "/espace-partenaires/", "/reservee-2021/",
    "/rapports/2022/", "/composants/",
]  # fmt: skip


@pytest.mark.parametrize("persona", PERSONAS)
def test_nobody_goes_round_in_circles(world: World, persona: str) -> None:
    """Whatever is refused ends in words: a form, a reason, never a browser that gives up."""
    for address in DOORS:
        client = Client()
        client.cookies = copy.deepcopy(world.clients[persona].cookies)
        with transaction.atomic():
            answer = client.get(address, follow=True)  # raises where it turns in circles
            transaction.set_rollback(True)
        assert answer.status_code in (200, 403, 404), address
        assert len(answer.redirect_chain) < 5, address


def faults_of(client: Client, target: Target, persona: str) -> Iterator[str]:
    """What is wrong with what somebody gets of an address."""
    rule = rule_of(target.name)
    answer = access.ask(client, target.address)
    got = outcome_of(answer)
    sent = outcome_of(access.ask(client, target.address, "post")) if got not in ANSWERED else got
    if got is Outcome.POST_ONLY:
        got = sent
    if rule and got not in rule.expected[persona]:
        yield f"{got.name}, not {' or '.join(known.name for known in rule.expected[persona])}"
    if got is not Outcome.OPEN and sent in (Outcome.OPEN, *ANSWERED) and sent is not got:
        yield f"{got.name}, but {sent.name} when something is sent to it"
    yield from faults_of_keeping(answer, persona)


def faults_of_keeping(answer: Any, persona: str) -> Iterator[str]:
    """A cache keeps nothing of who is signed in, and what is public for a minute at most."""
    control = answer.get("Cache-Control", "")
    may_be_kept = not {"no-store", "no-cache", "private"} & set(re.split(r"[ ,=]+", control))
    shared = re.search(r"s-maxage=(\d+)", control) or re.search(r"max-age=(\d+)", control)
    if may_be_kept and (shared is None or int(shared[1]) > LONGEST):
        yield f"kept for too long: « {control} »"
    is_a_file = answer.request["PATH_INFO"].startswith(("/media/images/", "/documents/"))
    if persona not in STRANGERS and not is_a_file and "no-store" not in control:
        yield f"kept, though somebody is signed in: « {control} »"
