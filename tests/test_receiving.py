"""A request is written whole, once, whatever is clicked twice."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from contact.attachments import MOST_FILES, CleanFile
from contact.models import ContactRequest, HeldFile, RequestEvent
from contact.reasons import Reason
from contact.receiving import MOST_FILES_ADDED, Submission, receive
from pages.models import OutgoingMail

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


def test_a_photo_that_an_error_held_joins_the_request_at_the_second_click() -> None:
    receive(submission())
    factories.HeldFileFactory(form_key="form", original_sha256="b" * 64)
    again = receive(submission())
    assert not again.is_new
    assert again.request.files.get().original_sha256 == "b" * 64
    assert not HeldFile.objects.exists()


def test_who_has_read_a_request_sees_that_photos_came_since() -> None:
    request = receive(submission()).request
    ContactRequest.objects.update(read_at=request.received_at)
    receive(submission())
    assert ContactRequest.objects.get().read_at is not None
    receive(submission(files=(photo(),)))
    assert ContactRequest.objects.get().read_at is None


def test_sending_again_and_again_does_not_fill_the_disk() -> None:
    def photos(first: int) -> tuple[CleanFile, ...]:
        return tuple(photo(f"{first + n:064x}") for n in range(MOST_FILES))

    for first in range(0, MOST_FILES_ADDED, MOST_FILES):
        assert receive(submission(files=photos(first))).left_out == ()
    receipt = receive(submission(files=photos(1000)))
    assert len(receipt.left_out) == MOST_FILES
    assert receipt.request.files.count() == MOST_FILES_ADDED
    assert receive(submission(files=photos(0))).left_out == ()


def test_what_no_column_holds_is_no_reason_to_lose_a_request() -> None:
    odd = "Zo\x00é \ud800"
    values = {"name": odd, "message": odd, "email": "zoe@example.org", "phone": "9" * 200}
    files = (CleanFile(f"{odd}{'x' * 200}.jpg", "image/jpeg", b"pixels", "a" * 64),)
    weird = Submission("form", Reason.OTHER, values, f"La mention {odd}", files, ("Trop. " * 200,))
    request = receive(weird).request
    request.refresh_from_db()
    assert request.name == request.message == "Zo\ufffdé \ufffd"
    assert request.phone == "9" * 40
    assert len(request.suspicions) == 300
    assert len(request.files.get().name) == 120
    assert not receive(weird).is_new


def test_every_reason_can_be_written_with_nothing_but_what_it_asks() -> None:
    for reason in Reason:
        receive(Submission(f"form {reason}", reason, {"phone": "06 12 34 56 78"}, "La mention"))
    assert ContactRequest.objects.count() == len(Reason)
    assert {one.recipient for one in OutgoingMail.objects.all()} <= {"accueil@regie.example"}


def test_nothing_around_it_may_take_a_request_back() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        receive(submission())
