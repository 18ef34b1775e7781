"""Who may do what: *Rédaction* writes, *Publication* publishes, *Administration* manages."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission, Workflow

from impulsion_site.roles import (
    ADMINISTRATION,
    FIGURES,
    PUBLISHING,
    RECEPTION,
    WRITING,
    ensure_roles,
)
from pages.models import ContentPage, HomePage, OrganisationSettings, SiteNotice, User
from partners.models import PARTNERS_GROUP

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(
    writer: User, publisher: User, administrator: User, receptionist: User
) -> dict[str, Client]:
    """A browser for each group, and for somebody without an account."""
    return {
        "visitor": Client(),
        WRITING: signed_in(writer),
        PUBLISHING: signed_in(publisher),
        ADMINISTRATION: signed_in(administrator),
        RECEPTION: signed_in(receptionist),
    }


@pytest.fixture
def article(home: HomePage) -> ContentPage:
    return factories.ContentPageFactory(title="Avant")


SCREENS = {
    # address: the groups that may open it
    "/admin/": {WRITING, PUBLISHING, ADMINISTRATION, RECEPTION},
    "/admin/pages/": {WRITING, PUBLISHING, ADMINISTRATION},
    "/admin/images/": {WRITING, PUBLISHING, ADMINISTRATION},
    "/admin/documents/": {WRITING, PUBLISHING, ADMINISTRATION},
    "/admin/settings/pages/sitenotice/": {PUBLISHING, ADMINISTRATION},
    "/admin/settings/pages/organisationsettings/": {ADMINISTRATION},
    "/admin/snippets/partners/partner/": {PUBLISHING, ADMINISTRATION},
    "/admin/snippets/pages/commune/": {ADMINISTRATION},
    "/admin/snippets/pages/term/": {PUBLISHING, ADMINISTRATION},
    "/admin/snippets/pages/testimony/": {PUBLISHING, ADMINISTRATION},
    "/admin/autorisations/": {PUBLISHING, ADMINISTRATION},
    "/admin/dossiers/": {PUBLISHING, ADMINISTRATION},
    "/admin/recherches/": {WRITING, PUBLISHING, ADMINISTRATION},
    "/admin/courriels/": {ADMINISTRATION},
    "/admin/users/": {ADMINISTRATION},
    # Rights are given by code and by superusers: who may edit a group may do everything.
    "/admin/groups/": set(),
    "/admin/demandes/": {ADMINISTRATION, RECEPTION},
    "/admin/snippets/contact/reasonsettings/": {ADMINISTRATION},
    "/admin/redirects/": {ADMINISTRATION},
    "/admin/personnes-des-partenaires/": {ADMINISTRATION},
    "/admin/consultations/": {ADMINISTRATION},
    "/admin/sites/": set(),
}


@pytest.mark.parametrize("address", SCREENS)
def test_each_screen_opens_for_its_groups_only(people, home, address) -> None:
    opened = set()
    for name, browser in people.items():
        answer = browser.get(address, follow=True)
        # A settings screen sends to its own address with the number of the row.
        arrived = answer.request["PATH_INFO"]
        if answer.status_code == 200 and arrived.startswith(address) and "login" not in arrived:
            opened.add(name)
    assert opened == SCREENS[address]


def edit(browser: Client, page: ContentPage, title: str, **action) -> ContentPage:
    data = {
        "title": title,
        "slug": page.slug,
        "heading": "",
        "summary": page.summary,
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        **action,
    }
    browser.post(f"/admin/pages/{page.pk}/edit/", data)
    return ContentPage.objects.get(pk=page.pk)


def test_writing_saves_a_draft_and_publishes_nothing(people, article) -> None:
    after = edit(people[WRITING], article, "Brouillon")
    assert after.get_latest_revision_as_object().title == "Brouillon"
    after = edit(people[WRITING], article, "Publié", **{"action-publish": "1"})
    assert after.title == "Avant"
    assert Client().get(article.get_url()).content.decode().count("Publié") == 0


@pytest.mark.parametrize("group", [PUBLISHING, ADMINISTRATION])
def test_publication_and_administration_publish(people, article, group) -> None:
    assert edit(people[group], article, "Publié", **{"action-publish": "1"}).title == "Publié"


@pytest.mark.parametrize("action", ["unpublish", "delete"])
def test_writing_takes_nothing_back(people, article, action) -> None:
    people[WRITING].post(f"/admin/pages/{article.pk}/{action}/")
    assert ContentPage.objects.filter(pk=article.pk, live=True).exists()


def test_what_writing_submits_publication_is_asked_to_accept(people, article) -> None:
    edit(people[WRITING], article, "À relire", **{"action-submit": "1"})
    assert article.current_workflow_state.status == "in_progress"
    task = article.current_workflow_state.current_task_state.task.specific
    assert set(task.groups.values_list("name", flat=True)) == {PUBLISHING}


def test_nobody_without_an_account_sees_the_admin(article) -> None:
    for address in ("/admin/", f"/admin/pages/{article.pk}/edit/", "/admin/users/"):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/compte/connexion/")


def test_an_account_of_no_group_sees_nothing_of_the_admin(home) -> None:
    browser = signed_in(factories.UserFactory())
    assert browser.get("/admin/").status_code == 403


def test_an_account_without_rights_cannot_make_itself_some(people, publisher) -> None:
    people[PUBLISHING].post(
        f"/admin/users/edit/{publisher.pk}/", {"email": publisher.email, "is_superuser": "on"}
    )
    publisher.refresh_from_db()
    assert not publisher.is_superuser


@pytest.mark.parametrize("typed", ["camille@example.org", "CAMILLE@Example.ORG"])
def test_the_login_is_the_address_however_it_is_typed(home, typed) -> None:
    factories.PublisherFactory(email="camille@example.org")
    browser = Client()
    answer = browser.post(
        "/compte/connexion/", {"login": typed, "password": factories.PASSWORD, "next": "/admin/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_a_wrong_password_is_refused_in_french(home) -> None:
    factories.PublisherFactory(email="camille@example.org")
    answer = Client().post(
        "/compte/connexion/", {"login": "camille@example.org", "password": "non"}
    )
    assert answer.status_code == 200
    assert "ne vont pas ensemble" in answer.content.decode()


def test_login_sends_nobody_elsewhere(home) -> None:
    factories.PublisherFactory(email="camille@example.org")
    for target in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        answer = Client().post(
            "/compte/connexion/",
            {
                "login": "camille@example.org",
                "password": factories.PASSWORD,
                "next": target,
            },
        )
        assert "evil" not in answer["Location"]
        assert answer["Location"].startswith("/admin/")


def test_two_accounts_cannot_differ_by_case_only() -> None:
    from django.db import IntegrityError

    factories.UserFactory(email="camille@example.org")
    with pytest.raises(IntegrityError):
        User(email="Camille@Example.org").save()


def test_making_the_roles_again_changes_nothing_and_removes_nothing() -> None:
    group = Group.objects.get(name=WRITING)
    more = Permission.objects.exclude(group=group).first()
    group.permissions.add(more)
    before = (
        GroupPagePermission.objects.count(),
        Group.objects.count(),
        Workflow.objects.count(),
        set(group.permissions.values_list("pk", flat=True)),
    )
    ensure_roles()
    assert before == (
        GroupPagePermission.objects.count(),
        Group.objects.count(),
        Workflow.objects.count(),
        set(group.permissions.values_list("pk", flat=True)),
    )


def test_the_groups_are_ours_and_no_other() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {
        WRITING,
        PUBLISHING,
        ADMINISTRATION,
        FIGURES,
        RECEPTION,
        # It gives no right: what is reserved to all the partners names it.
        PARTNERS_GROUP,
    }


@pytest.mark.parametrize("model", [OrganisationSettings, SiteNotice])
def test_the_right_to_the_banner_is_not_the_right_to_the_settings(model, publisher) -> None:
    name = f"pages.change_{model._meta.model_name}"
    assert publisher.has_perm(name) is (model is SiteNotice)


def test_no_account_exists_before_somebody_makes_one() -> None:
    assert not User.objects.exists()
