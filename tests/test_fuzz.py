"""Whatever stands after « ? », on every address of the inventory: an answer, never an error."""

from collections import Counter
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .routes import Route, public_routes

pytestmark = pytest.mark.django_db

# As they stand in an address.
HOSTILE = [
    "", "%00", "a%00b", "%ff%fe", "%ed%a0%80", "%f0%9f%98%80", "%C2%B2", "%D9%A3", "%", "%zz",
    "a" * 10_000, "%C3%A9" * 3_000, "x+" * 5_000, "0", "-1", "-" + "9" * 30, "9" * 22, "9" * 5_000,
    "9223372036854775808", "1e9", "1.5", "NaN", "0001", "1969", "9999", "10000", "zzz",
    "2026-13-45", "[]", "%5B%5D", "%7B%7D", "..%2f..%2f", "%3Cscript%3E", "%27+OR+1%3D1+--",
    "%22", "%0d%0aSet-Cookie:+a", "%E2%80%AE", "//mechant.example", "javascript:alert(1)",
    "last", "jardin", "1", "devis", "bailleurs",
]  # fmt: skip
ANSWERS = {200, 301, 302, 304, 400, 404, 410}
# More parameters than Django accepts, on an address and on the page that says so.
TOO_MANY = "&".join(["page=1"] * 1_001)


def written(text: str) -> str:
    """Any text, lone surrogates too, as an address carries it."""
    return quote(text.encode("utf-8", "surrogatepass"))


random_text = st.text(st.characters(), max_size=30).map(written)


def query_strings(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Known names most of the time, alone, repeated or as arrays, with hostile values."""
    known = st.sampled_from([*names, *(f"{name}[]" for name in names)]) if names else random_text
    name = st.one_of(known, known, st.sampled_from(["date_from", "page", "q"]), random_text)
    value = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE), random_text)
    pairs = st.lists(st.builds("{}={}".format, name, value), min_size=1, max_size=5)
    return pairs.map("&".join)


def every_value(names: tuple[str, ...]) -> list[str]:
    """Each hostile value in all the parameters at once: what a bounded draw may miss."""
    return ["&".join(f"{name}={value}" for name in names) for value in HOSTILE] if names else []


def fuzz(visitor: Client, route: Route) -> Counter[int]:
    """Ask for an address in many ways; the answers, counted."""
    statuses: Counter[int] = Counter()

    def ask(query: str) -> None:
        answer = visitor.get(route.path, QUERY_STRING=query)
        statuses[answer.status_code] += 1
        shown = f"{route.path}?{query[:200]}"
        # The PDF files are made by a chore, which has not run here: they say so.
        waiting = {503} if route.path.endswith(".pdf") else set()
        assert answer.status_code in ANSWERS | waiting, shown
        assert "Set-Cookie" not in answer.get("Location", ""), shown
        assert not answer.get("Location", "").startswith(("//", "javascript:")), shown

    @settings(
        max_examples=20 if route.parameters else 5,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(query_strings(route.parameters))
    @example(TOO_MANY)
    @example("date_from=zzz&&&=&a")
    def drawn(query: str) -> None:
        ask(query)

    drawn()
    for query in every_value(route.parameters):
        ask(query)
    return statuses


def test_no_query_is_an_error_of_the_site(one_page_of_each_type) -> None:
    """The client raises what a view raises: 500 is an exception here, with where it was."""
    visitor = Client()
    statuses: Counter[int] = Counter()
    for route in public_routes(one_page_of_each_type):
        statuses += fuzz(visitor, route)
    assert statuses[200] > 300  # not a walk among pages that are not there
