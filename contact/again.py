"""After a backup is restored: what had been erased since it was made is erased again."""

import re
from collections.abc import Iterable, Iterator

from .erasures import Erasure, digests_of
from .models import ContactRequest, RequestEvent
from .people import erase
from .persons import Person
from .phones import digits

_ADDRESSES = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBERS = re.compile(r"(?<![\d\w])(?:\+|00)?\d[\d\s().\-–/_]{6,24}\d(?!\d)")


def erase_again(erasures: Iterable[Erasure]) -> int:
    """Erase whoever these erasures are about, up to the moment of each; how many people."""
    latest: dict[str, Erasure] = {}
    for one in erasures:
        if one.digest not in latest or latest[one.digest].at < one.at:
            latest[one.digest] = one
    people = {
        person: erasure.at
        for person in _everybody()
        for digest in digests_of(person.email or person.phone)
        if (erasure := latest.get(digest))
    }
    for person, at in people.items():
        erase(person, until=at)
    return len(people)


def _everybody() -> set[Person]:
    """Each address and each number that a request or its history holds."""
    people: set[Person] = set()
    requests = ContactRequest.objects.values_list(
        "email", "phone", "message", "name", "organisation"
    )
    for texts in requests.iterator(chunk_size=200):
        people.update(_named_in(" \n ".join(texts)))
    for text in RequestEvent.objects.exclude(text="").values_list("text", flat=True).iterator():
        people.update(_named_in(text))
    return people


def _named_in(text: str) -> Iterator[Person]:
    for address in _ADDRESSES.findall(text):
        yield Person.reached_at(email=address.rstrip("."))
    for number in _NUMBERS.findall(text):
        if digits(number):
            yield Person.reached_at(phone=number)
