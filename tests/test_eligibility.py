"""« Est-ce pour moi ? »: the State's list waits for staff, then reads without a script."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from activities.models import Criterion, EligibilityPage
from impulsion_site.content import deliver
from impulsion_site.content.work import CRITERIA
from pages.models import User

from . import factories
from .conftest import signed_in
from .factories import paris
from .site_text import text_of

pytestmark = pytest.mark.django_db

TICK = "puis cochez cette case"
DAY = "Donnez le jour où vous avez comparé la liste."
NOT_YET = "Ce jour n’est pas encore venu."


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


# --- Nobody reads the list before staff have confirmed it -----------------------------------------


@pytest.fixture
def delivered() -> EligibilityPage:
    """The list as the initial content delivers it."""
    deliver()
    return EligibilityPage.objects.get()


def form_data(page: EligibilityPage, **fields: Any) -> dict[str, Any]:
    """What the form sends; the rows are those of the latest draft."""
    draft = page.get_latest_revision_as_object()
    rows = list(draft.criteria.all())
    data: dict[str, Any] = {
        "title": draft.title,
        "slug": draft.slug,
        "heading": "",
        "summary": draft.summary,
        "list_name": draft.list_name,
        "list_version": draft.list_version,
        "list_source": draft.list_source,
        "list_source_url": draft.list_source_url,
        "level_1_needed": "1",
        "level_2_needed": "3",
        "confirmed_on": "",
        "body-count": "0",
        "criteria-TOTAL_FORMS": len(rows),
        "criteria-INITIAL_FORMS": "0",
        "criteria-MIN_NUM_FORMS": "1",
        "criteria-MAX_NUM_FORMS": "1000",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    for rank, row in enumerate(rows):
        data |= {
            f"criteria-{rank}-id": "",
            f"criteria-{rank}-ORDER": rank + 1,
            f"criteria-{rank}-level": row.level,
            f"criteria-{rank}-label": row.label,
            f"criteria-{rank}-official_label": row.official_label,
            f"criteria-{rank}-explanation": row.explanation,
        }
    return data | fields


def edit(user: User, page: EligibilityPage, **fields: Any) -> Any:
    return signed_in(user).post(f"/admin/pages/{page.pk}/edit/", form_data(page, **fields))


def said(answer: Any) -> str:
    return re.sub(r"\s", " ", text_of(answer.content.decode()))


def test_the_list_is_delivered_as_a_draft_with_every_criterion(delivered: EligibilityPage) -> None:
    assert not delivered.live
    draft = delivered.get_latest_revision_as_object()
    assert len(draft.criteria.all()) == len(CRITERIA) == 18
    levels = [c.level for c in draft.criteria.all()]
    assert (levels.count(Criterion.Level.ONE), levels.count(Criterion.Level.TWO)) == (4, 14)
    assert (draft.level_1_needed, draft.level_2_needed) == (1, 3)
    assert (draft.is_confirmed, draft.confirmed_on) == (False, None)


def test_a_draft_list_is_nowhere(delivered: EligibilityPage, client: Client) -> None:
    assert client.get("/travailler/est-ce-pour-moi/").status_code == 404
    for address in ("/", "/travailler/", "/travailler/offres/", "/plan-du-site/", "/sitemap.xml"):
        assert "est-ce-pour-moi" not in client.get(address).content.decode(), address
    assert "Bénéficiaire" not in client.get("/recherche/?q=rsa").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({}, [TICK, DAY]),
        ({"is_confirmed": "on"}, [DAY]),
        ({"confirmed_on": "2026-01-15"}, [TICK]),
        ({"is_confirmed": "on", "confirmed_on": "2099-01-01"}, [NOT_YET]),
    ],
)
@pytest.mark.parametrize("when", [{}, {"go_live_at": "2098-01-01 09:00"}], ids=["now", "planned"])
def test_publishing_is_refused_until_somebody_confirms(
    delivered, publisher, fields, sentences, when
) -> None:
    answer = edit(publisher, delivered, **fields, **when, **{"action-publish": "1"})
    assert answer.status_code == 200
    for sentence in (TICK, DAY, NOT_YET):
        assert (sentence in said(answer)) is (sentence in sentences), sentence
    delivered.refresh_from_db()
    assert not delivered.live
    assert not delivered.revisions.filter(approved_go_live_at__isnull=False).exists()


def test_asking_for_a_re_reading_is_refused_too(delivered, writer) -> None:
    assert TICK in said(edit(writer, delivered, **{"action-submit": "1"}))
    delivered.refresh_from_db()
    assert delivered.current_workflow_state is None


def test_a_draft_is_kept_without_any_confirmation(delivered, writer) -> None:
    answer = edit(writer, delivered, list_version="une autre version")
    assert answer.status_code == 302
    draft = Page.objects.get(pk=delivered.pk).get_latest_revision_as_object()
    assert draft.list_version == "une autre version"
    assert len(draft.criteria.all()) == len(CRITERIA)


def test_once_confirmed_it_goes_on_line_and_says_when(delivered, publisher, client) -> None:
    today = timezone.localdate()
    answer = edit(
        publisher,
        delivered,
        is_confirmed="on",
        confirmed_on=today.isoformat(),
        **{"action-publish": "1"},
    )
    assert answer.status_code == 302
    html = client.get("/travailler/est-ce-pour-moi/").content.decode()
    assert f'Liste vérifiée par la régie le <time datetime="{today.isoformat()}">' in html
    assert "liste de 2020, complétée en 2021" in html
    assert "est-ce-pour-moi" in client.get("/travailler/offres/").content.decode()


def test_a_planned_publication_of_a_confirmed_list_happens(
    delivered, publisher, client, time_machine
) -> None:
    time_machine.move_to(paris(2026, 6, 1, 9), tick=False)
    edit(
        publisher,
        delivered,
        is_confirmed="on",
        confirmed_on="2026-06-01",
        go_live_at="2026-06-02 09:00",
        **{"action-publish": "1"},
    )
    assert client.get("/travailler/est-ce-pour-moi/").status_code == 404
    time_machine.move_to(paris(2026, 6, 2, 9, 1), tick=False)
    call_command("publish_scheduled")
    assert client.get("/travailler/est-ce-pour-moi/").status_code == 200


def test_an_unticked_draft_of_a_public_list_is_kept_but_not_published(publisher, home) -> None:
    page = factories.EligibilityPageFactory()
    assert edit(publisher, page, list_version="2027").status_code == 302
    page.refresh_from_db()
    assert page.live
    assert page.has_unpublished_changes
    assert TICK in said(edit(publisher, page, **{"action-publish": "1"}))


def test_code_and_workflow_meet_the_same_refusal(delivered: EligibilityPage) -> None:
    with pytest.raises(ValidationError) as refused:
        delivered.get_latest_revision().publish()
    assert set(refused.value.message_dict) == {"is_confirmed", "confirmed_on"}
    assert not Page.objects.get(pk=delivered.pk).live
    with pytest.raises(ValidationError):
        factories.EligibilityPageFactory(is_confirmed=False)


@pytest.mark.parametrize("modal", [{}, {"X-Requested-With": "XMLHttpRequest"}])
def test_approving_what_was_unticked_meanwhile_is_refused_with_the_reason(
    delivered, writer, publisher, modal
) -> None:
    confirmed = {"is_confirmed": "on", "confirmed_on": timezone.localdate().isoformat()}
    edit(writer, delivered, **confirmed, **{"action-submit": "1"})
    edit(publisher, delivered, list_version="une autre version")
    task = delivered.current_workflow_task_state
    browser = signed_in(publisher)
    answer = browser.post(
        f"/admin/pages/workflow/action/{delivered.pk}/approve/{task.pk}/", headers=modal
    )
    assert answer.status_code == (200 if modal else 302)
    told = said(browser.get("/admin/"))
    assert "Rien n’a été publié." in told
    assert TICK in told
    delivered.refresh_from_db()
    assert not delivered.live
    assert delivered.current_workflow_state.status == "in_progress"


@pytest.mark.parametrize("below", ["", "on"])
def test_publishing_several_pages_at_once_refuses_it_with_the_reason(
    delivered, publisher, below
) -> None:
    target = delivered.get_parent() if below else delivered
    address = f"/admin/bulk/wagtailcore/page/publish/?id={target.pk}&next=/admin/pages/"
    answer = signed_in(publisher).post(address, {"include_descendants": below}, follow=True)
    assert answer.status_code == 200
    assert "« Est-ce pour moi ? » ne peut pas être publiée." in said(answer)
    assert TICK in said(answer)
    assert not Page.objects.get(pk=delivered.pk).live


# --- What visitors read -----------------------------------------------------------------------


def test_without_a_script_it_is_a_readable_list(home, client: Client) -> None:
    page = factories.EligibilityPageFactory(
        level_2_needed=2,
        criteria=[
            factories.CriterionFactory.build(page=None, level=2, label="Deuxième"),
            factories.CriterionFactory.build(
                page=None, level=1, label="Première", official_label="PREM", explanation="Sigle."
            ),
        ],
    )
    html = main_of(client.get(page.get_url()).content.decode())
    text = text_of(html)
    assert "1 seule de ces situations peut suffire" in text
    assert "2 de ces situations, ensemble, peuvent suffire" in text
    assert text.index("Première") < text.index("Deuxième")
    assert "Sigle. Dans la liste officielle : PREM" in text
    assert "un conseiller vérifiera" in text.casefold()


def test_nothing_on_the_page_can_be_sent(home, client: Client) -> None:
    page = factories.EligibilityPageFactory()
    html = main_of(client.get(page.get_url()).content.decode())
    assert not re.search(r"<(?:form|input|textarea|select)\b", html)
    assert " name=" not in html


def test_a_level_without_situations_says_nothing(home, client: Client) -> None:
    only = factories.CriterionFactory.build(page=None, level=1, label="Seule")
    page = factories.EligibilityPageFactory(criteria=[only])
    assert "ensemble" not in main_of(client.get(page.get_url()).content.decode())


def test_search_finds_the_situations(home, client: Client) -> None:
    row = factories.CriterionFactory.build(page=None, label="Je vis en péniche")
    factories.EligibilityPageFactory(title="Pour moi", criteria=[row]).save()
    assert "Pour moi" in client.get("/recherche/?q=peniche").content.decode()


def test_a_confirmation_of_today_is_accepted_all_day_long_in_paris() -> None:
    missing = EligibilityPage.missing_confirmation
    today = timezone.localdate()
    assert missing(True, today) == {}
    assert set(missing(True, today + timedelta(days=1))) == {"confirmed_on"}
