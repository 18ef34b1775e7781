"""A request is written whole, once, whatever is clicked twice."""

from datetime import UTC, datetime

import pytest
import time_machine

from contact.attachments import CleanFile
from contact.models import ContactRequest, HeldFile, RequestEvent
from contact.reasons import Reason
from contact.receiving import Submission, receive

from . import factories

pytestmark = pytest.mark.django_db


def submission(key: str = "form", message: str = "Bonjour", **others) -> Submission:
    values = {"name": "Zoé", "email": "zoe@example.org", "message": message}
    return Submission(key, Reason.OTHER, values, "La mention", **others)


def photo(digest: str = "a" * 64) -> CleanFile:
    return CleanFile("photo.jpg", "image/jpeg", b"pixels", digest)


def test_a_request_has_a_reference_of_its_year() -> None:
    # Already the new year in Carvin, not yet in London.
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert receive(submission("a")).request.reference == "R-2027-0001"
        assert receive(submission("b")).request.reference == "R-2027-0002"


def test_the_number_of_an_erased_request_is_not_given_again() -> None:
    first = receive(submission("a")).request
    number = first.number
    first.delete()
    assert receive(submission("b")).request.number == number + 1


def test_a_second_click_is_the_same_request() -> None:
    first, second = receive(submission()), receive(submission())
    assert (first.is_new, second.is_new) == (True, False)
    assert first.request == second.request


def test_the_same_form_with_other_words_is_another_request() -> None:
    receive(submission())
    assert receive(submission(message="Bonjour, encore moi")).is_new
    assert ContactRequest.objects.count() == 2


def test_files_kept_by_an_error_and_files_of_this_try_are_all_joined() -> None:
    factories.HeldFileFactory(form_key="form", original_sha256="b" * 64)
    factories.HeldFileFactory(form_key="other")
    kept = receive(submission(files=(photo(), photo("b" * 64)))).request.files.all()
    assert [one.original_sha256 for one in kept] == ["b" * 64, "a" * 64]
    assert HeldFile.objects.get().form_key == "other"


def test_a_photo_added_by_going_back_joins_the_request() -> None:
    receive(submission())
    again = receive(submission(files=(photo(),)))
    assert not again.is_new
    assert again.request.files.get().name == "photo.jpg"
    assert again.request.events.last().kind == RequestEvent.Kind.FILES


def test_what_looks_like_spam_is_set_aside_with_its_reasons() -> None:
    request = receive(submission(suspicions=("Trois liens.",))).request
    assert request.state == ContactRequest.State.SPAM
    assert request.suspicions == "Trois liens."
    assert request.events.get().kind == RequestEvent.Kind.SET_ASIDE
