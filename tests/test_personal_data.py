"""Personal data: who reads them, how long they are kept, how somebody's are given or erased."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.utils import timezone

from contact.models import PersonalDataAccess, ReasonSettings
from contact.notices import notice_for
from contact.reasons import Reason
from contact.register import note_access
from pages.models import OrganisationSettings, User

pytestmark = pytest.mark.django_db
Action = PersonalDataAccess.Action


# --- The register of readings ---------------------------------------------------------------


def test_a_reading_is_written_once_in_ten_minutes(publisher: User) -> None:
    note_access(publisher, Action.OPENED, "R-2026-0001")
    note_access(publisher, Action.OPENED, "R-2026-0001")
    note_access(publisher, Action.OPENED, "R-2026-0002")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        note_access(publisher, Action.OPENED, "R-2026-0001")
    lines = PersonalDataAccess.objects.order_by("pk").values_list("person", "what")
    assert list(lines) == [
        (str(publisher), "R-2026-0001"),
        (str(publisher), "R-2026-0002"),
        (str(publisher), "R-2026-0001"),
    ]


def test_what_is_taken_away_is_written_each_time(publisher: User) -> None:
    for _ in range(2):
        note_access(publisher, Action.EXPORTED, "12 demandes")
    assert PersonalDataAccess.objects.count() == 2


def test_a_register_that_cannot_be_written_stops_nobody(
    publisher: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("row with secret@example.org")

    monkeypatch.setattr(PersonalDataAccess, "save", full)
    note_access(publisher, Action.EXPORTED, "12 demandes")
    assert "was not recorded" in caplog.text
    assert "secret" not in caplog.text


# --- What is said under the form ------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_the_notice_says_what_the_law_asks(
    reason: Reason, organisation: OrganisationSettings
) -> None:
    setup = ReasonSettings.objects.get(code=reason)
    setup.kept_months = 18
    organisation.data_protection_contact = "donnees@example.org"
    notice = notice_for(setup, organisation)
    for told in (organisation.name, "18\u00a0mois", "donnees@example.org", "cnil.fr", "effacer"):
        assert told in notice
    assert len(notice) <= ReasonSettings._meta.get_field("notice").max_length


def test_a_site_without_settings_still_has_a_notice() -> None:
    setup = ReasonSettings.objects.get(code=Reason.JOB)
    notice = notice_for(setup, OrganisationSettings())
    assert notice.startswith("L’association utilise")
    assert "2\u00a0ans" in notice
    assert " \u00a0" not in notice
