"""What is set aside, what is refused, and above all who never is."""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import caches
from django.db import DatabaseError, OperationalError, connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from contact import spam, spam_rules, tallies
from contact.models import ContactRequest
from contact.spam import Verdict, admit, judge

from . import factories

pytestmark = pytest.mark.django_db

SOMEBODY = {
    "name": "Dominique Martin",
    "email": "dominique@example.org",
    "message": "Bonjour, la haie devant l’immeuble est à tailler avant l’automne. Merci.",
}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    caches["throttles"].clear()


def post(address: str = "192.0.2.1", **headers):
    return RequestFactory().post("/contact/", {}, REMOTE_ADDR=address, **headers)


def form(key: str = "form", seconds: float = 90) -> SimpleNamespace:
    return SimpleNamespace(key=key, age=timedelta(seconds=seconds))


def verdict(http=None, form_key=None, honeypot: str = "", **values) -> Verdict:
    return judge(http or post(), {**SOMEBODY, **values}, form_key or form(), honeypot)


# --- People are left alone ----------------------------------------------------------------

PEOPLE = {
    "anybody": {},
    "Ukrainian name": {"name": "Ковальчук Олександра"},
    "Arabic name": {"name": "فاطمة الزهراء"},
    "name of one letter": {"name": "Ý"},
    "long composed name": {"name": "Marie-Élisabeth de La Tour d’Auvergne-Lauraguais"},
    "name in capitals, glued": {"name": "JeanMarieDUPONT"},
    "Scottish name": {"name": "MacDonaldMacGregor"},
    "message in Ukrainian": {
        "message": "Добрий день, я шукаю роботу в Карвені. Дякую за відповідь."
    },
    "message in Arabic": {"message": "مرحبا، أبحث عن عمل في مدينة كارفان. شكرا لكم على المساعدة."},
    "a link to a plan": {"message": "Le plan est ici : https://mairie.example.fr/plan.pdf Merci."},
    "three links of a journalist": {
        "organisation": "La Voix d’ici",
        "message": "Voir https://a.example/1, https://a.example/2 et www.b.example",
    },
    "address in the field of the name": {"name": "dominique@example.org"},
    "another address to answer": {
        "message": "Répondez plutôt à ma fille : lea@example.org, merci."
    },
    "own address again": {
        "message": "Mon adresse : dominique@example.org. Un plan : www.example.org"
    },
    "speciality": {"message": "Je cherche un spécialiste, voir www.specialistes.example"},
    "loan between neighbours": {"message": "Faites-vous une offre de prêt de tondeuse ?"},
    "a town hall, its site and a colleague": {
        "email": "jardins@mairie.example",
        "message": "Répondez aussi à voirie@mairie.example. Le plan : https://www.mairie.example/p",
    },
    "a town hall and its four documents": {
        "email": "jardins@mairie.example",
        "message": " ".join(f"https://mairie.example/{n}.pdf" for n in range(4)),
    },
    "an association that glues its name": {"organisation": "AssociationDuPiedALaTerre"},
    "short": {"message": "rappelez moi"},
    "all in capitals": {"message": "BONJOUR JE VOUDRAIS UN DEVIS POUR MA HAIE"},
    "very long, pasted": {"message": "Bonjour, " + "la haie est trop haute ; " * 180},
    "lesser than": {"message": "La pièce fait < 12 m² et le mur > 3 m [voir la photo]"},
    "nothing but a number": {"name": "", "email": "", "message": "", "phone": "06 00 00 00 00"},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_people_are_not_set_aside(who: str) -> None:
    assert verdict(**PEOPLE[who]) == Verdict()


def test_who_takes_two_hours_is_not_suspected() -> None:
    assert verdict(form_key=form(seconds=7200)) == Verdict()


def test_ten_people_of_a_town_hall_are_heard() -> None:
    for n in range(10):
        assert not admit(post()).refused
        assert (
            verdict(form_key=form(f"f{n}"), name=f"Personne {n}", message=f"Je suis {n}")
            == Verdict()
        )


def test_who_corrects_sends_again_and_clicks_twice_is_heard() -> None:
    for _ in range(5):
        assert not admit(post()).refused
        assert verdict() == Verdict()


# --- Robots are set aside, and nobody refused for what they write --------------------------

ROBOTS = {
    "four links": {"message": " ".join(f"https://x{n}.example" for n in range(4))},
    "page code": {"message": 'Hello <a href="//x.example">here</a>'},
    "forum code": {"message": "[url=http://x.example]click[/url]"},
    "notes code": {"message": "[click](https://x.example)"},
    "link for a name": {"name": "WIN http://x.example"},
    "code for a name": {"name": "<script>alert(1)</script>"},
    "letters at random": {"name": "KqXwMzPlRtVb", "message": "sDfGhJkLqWeR"},
    "advertisement with a link": {"message": "Get on the first page of Google: www.x.example"},
    "two advertisements": {"message": "Bitcoin and casino for you"},
    "loan with an address": {"message": "Offre de prêt entre particuliers : bank@x.example"},
    "other letters with a link": {"message": "Здравствуйте, посмотрите наш сайт www.x.example"},
    "organisation with a link": {"organisation": "www.x.example"},
}


@pytest.mark.parametrize("what", ROBOTS)
def test_robots_are_set_aside_with_sentences(what: str) -> None:
    thought = verdict(**ROBOTS[what])
    assert thought.suspicions
    assert not thought.refused
    for sentence in thought.suspicions:
        assert sentence.endswith(".")
        assert "example" not in sentence, "nothing of what was written is repeated"
    assert len(" ".join(thought.suspicions)) < 300


def test_the_field_that_nobody_sees() -> None:
    assert verdict(honeypot="https://x.example").suspicions == ("Un champ invisible a été rempli.",)


@pytest.mark.parametrize(("seconds", "suspected"), [(0, True), (2.9, True), (3, False)])
def test_who_fills_it_in_a_moment_is_set_aside_and_not_refused(seconds, suspected) -> None:
    thought = verdict(form_key=form(seconds=seconds))
    assert (bool(thought.suspicions), thought.refused) == (suspected, False)


def test_a_form_harvested_once_is_used_from_everywhere_in_vain() -> None:
    thoughts = [
        verdict(post(f"198.51.100.{n}"), name=f"N {n}", message=f"Texte {n}") for n in range(100)
    ]
    assert sum(not one.suspicions for one in thoughts) == spam.MOST_FROM_A_FORM


def test_the_same_text_from_many_forms_is_set_aside() -> None:
    factories.ContactRequestFactory.create_batch(3, message=SOMEBODY["message"])
    assert verdict().suspicions == ("Le même message est arrivé plusieurs fois ce jour-là.",)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        assert verdict() == Verdict()


def test_short_texts_are_alike_only_from_the_same_person() -> None:
    factories.ContactRequestFactory.create_batch(5, message="Rappelez-moi", phone="")
    assert verdict(message="Rappelez-moi") == Verdict()
    same = {"name": "Zoé", "phone": "06", "email": "", "message": ""}
    factories.ContactRequestFactory.create_batch(3, **same)
    assert verdict(**same).suspicions


def test_an_address_that_asks_too_much_is_set_aside_then_refused() -> None:
    answers = []
    for n in range(70):
        if admit(post()).refused:
            answers.append("refused")
            continue
        thought = verdict(form_key=form(f"f{n}"), name=f"N {n}", message=f"Texte {n}")
        answers.append("aside" if thought.suspicions else "valid")
    assert answers == ["valid"] * 10 + ["aside"] * 50 + ["refused"] * 10
    assert not admit(post("192.0.2.2")).refused
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert not admit(post()).refused


def test_a_crowd_is_kept_and_set_aside() -> None:
    factories.ContactRequestFactory.create_batch(3)
    assert verdict() == Verdict()
    spam_limit, spam.MOST_IN_AN_HOUR = spam.MOST_IN_AN_HOUR, 3
    try:
        assert verdict(form_key=form("g")).suspicions
    finally:
        spam.MOST_IN_AN_HOUR = spam_limit


# --- What is kept is bounded --------------------------------------------------------------


@pytest.mark.parametrize("limit", ["MOST_SET_ASIDE_IN_AN_HOUR", "MOST_SET_ASIDE_IN_A_DAY"])
def test_more_suspects_than_may_be_kept_are_refused_and_told(monkeypatch, caplog, limit) -> None:
    monkeypatch.setattr(spam, limit, 2)
    factories.ContactRequestFactory.create_batch(2, state=ContactRequest.State.SPAM)
    for n in range(5):
        thought = verdict(form_key=form(f"f{n}"), honeypot="x")
        assert thought.refusal == spam.TOO_MANY_SUSPECTS
    assert verdict() == Verdict(), "people still pass"
    assert len(caplog.records) == 1, "said once"


def heavy(address: str, megabytes: int):
    return post(address, CONTENT_LENGTH=str(megabytes * 1024**2))


def test_an_address_has_its_share_of_the_disk() -> None:
    assert [admit(heavy("192.0.2.1", 29)).takes_files for _ in range(7)] == [True] * 5 + [False] * 2
    assert admit(post("192.0.2.1")).takes_files, "a message without files has no weight"
    assert not admit(heavy("192.0.2.1", 29)).refused, "the message may go"
    assert admit(heavy("192.0.2.2", 29)).takes_files


def test_the_disk_is_shared_by_all(monkeypatch, caplog) -> None:
    monkeypatch.setattr(spam, "MOST_WEIGHT_IN_A_DAY", 100 * 1024**2)
    kept = [admit(heavy(f"192.0.2.{n}", 29)).takes_files for n in range(6)]
    assert kept == [True] * 3 + [False] * 3
    assert len(caplog.records) == 1


@pytest.mark.parametrize("length", ["", "abc", "-5", "١٢", None])
def test_a_length_that_is_no_number_weighs_nothing(length) -> None:
    http = post()
    http.META["CONTENT_LENGTH"] = length
    assert admit(http).takes_files


# --- Where it comes from ------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "one_place"), [(0, True), (1, True), (2, False)])
def test_a_forged_address_does_not_count(settings, proxies: int, one_place: bool) -> None:
    """The last ones are written by our own proxies; those before by whoever wants."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    told = {
        tallies.address_of(
            post("10.0.0.1", HTTP_X_FORWARDED_FOR=f"9.9.9.{n}, 198.51.100.{n}, 192.0.2.1")
        )
        for n in range(5)
    }
    assert (len(told) == 1) == one_place


def test_a_network_of_ipv6_is_one_place() -> None:
    assert tallies.address_of(post("2001:db8::1")) == tallies.address_of(post("2001:db8::ffff"))


@pytest.mark.parametrize("forwarded", ["", "nonsense", "192.0.2.1"])
def test_a_place_that_cannot_be_told_is_not_counted(settings, forwarded: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    http = post("", HTTP_X_FORWARDED_FOR=forwarded)
    assert tallies.address_of(http) == ""
    assert not any(admit(http).refused for _ in range(100))


def test_no_address_is_written() -> None:
    admit(post("203.0.113.77"))
    verdict(post("203.0.113.77"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM throttles")
        kept = str(cursor.fetchall())
    assert "abuse:post:" in kept
    assert "203.0.113.77" not in kept


def test_robots_do_not_wipe_out_the_bad_passwords(settings) -> None:
    """The table empties its beginning first: ours."""
    cache = caches["throttles"]
    cache.set("allauth:rl:login_failed:somebody", [1], 900)
    cache._max_entries, before = 50, cache._max_entries
    try:
        for n in range(200):
            admit(post(f"198.51.{n}.1"))
    finally:
        cache._max_entries = before
    assert cache.get("allauth:rl:login_failed:somebody") == [1]


def test_without_a_database_nobody_is_suspected(monkeypatch) -> None:
    def broken(*_args, **_options):
        raise DatabaseError

    monkeypatch.setattr(spam, "add_up", broken)
    monkeypatch.setattr(ContactRequest.objects, "filter", broken)
    assert not any(admit(post()).refused for _ in range(100))
    assert verdict() == Verdict()


# --- Texts made to break rules ------------------------------------------------------------


@given(st.text(max_size=500), st.text(max_size=120))
def test_any_text_is_judged(message: str, name: str) -> None:
    assert isinstance(spam_rules.suspicions({"message": message, "name": name}), tuple)


@pytest.mark.parametrize(
    "text", ["http://" * 2000, "a@" * 5000, "a." * 5000, "<" * 10_000, "[url" * 3000, "aB" * 5000]
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.monotonic()
    spam_rules.suspicions({"message": text, "name": text})
    assert time.monotonic() - begun < 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_two_processes_count_at_once_is_counted_twice() -> None:
    """An exact number on both databases, whoever comes at the same moment."""

    def count() -> None:
        done = 0
        while done < 20:
            # The SQLite of tests, in memory, does not wait its turn as a file does.
            with suppress(OperationalError):
                tallies.add_up("post", "192.0.2.1", 86_400)
                done += 1
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tallies.add_up("post", "192.0.2.1", 86_400) == 81
