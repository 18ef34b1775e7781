"""The admin: in plain French, each person before what they may do, the home as a work plan."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext, pgettext
from wagtail.admin.menu import admin_menu

from deploy import make_catalogue
from impulsion_site.roles import ADMINISTRATION, FIGURES, PUBLISHING, WRITING
from pages.completeness import EXPECTED_SETTINGS
from pages.models import OrganisationSettings, User

from . import factories
from .conftest import signed_in

HOME = "/admin/"
# Words of the trade that an editor must never meet (quality, section 6), and English.
JARGON = re.compile(
    r"\b(?:sous-pages?|slugs?|promotion|fragments?|workflows?|blocs?|corps|collection root|racine|"
    r"template|snippets?|hooks?|modération|wagtail|root|username|password|search|submit|save|"
    r"publish|edit|delete|page type|settings|help)\b",
    re.IGNORECASE,
)
# Strings of the catalogues that no screen of this site shows, each with its reason.
NEVER_SHOWN = {
    "Wagtail %(current_version)s editor guide",
}


@pytest.fixture
def clients(site: Any) -> dict[str, Client]:
    """A signed-in browser for each group."""
    return {
        name: signed_in(factories.UserFactory(group=name))
        for name in (WRITING, PUBLISHING, ADMINISTRATION)
    }


class Reader(HTMLParser):
    """Keeps what people read or hear: text, and the attributes that are spoken or shown."""

    SILENT = {"script", "style", "template", "head", "svg"}

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silences: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silences.append(tag)
        given = dict(attrs)
        spoken = ["aria-label", "title", "placeholder", "alt"]
        if given.get("type") in ("submit", "button"):
            spoken.append("value" if tag == "input" else "")
        self.words += [given[name] or "" for name in spoken if name in given]

    def handle_endtag(self, tag: str) -> None:
        if self.silences and self.silences[-1] == tag:
            self.silences.pop()

    def handle_data(self, data: str) -> None:
        if not self.silences:
            self.words.append(data)


def visible_text(page: str) -> str:
    """What people read or hear of a page."""
    reader = Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.words).split(" "))


def page_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def menu_labels(user: User, rf: Any) -> dict[str, list[str]]:
    """The labels of the menu and of its sub-menus, as the sidebar receives them."""
    request = rf.get(HOME)
    request.user = user
    labels: dict[str, list[str]] = {}
    for item in admin_menu.render_component(request):
        described, *rest = item.js_args()
        children = rest[0] if rest and isinstance(rest[0], list) else []
        labels[described["label"]] = [child.js_args()[0]["label"] for child in children]
    return labels


# --- Words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", make_catalogue.DOMAINS)
def test_the_committed_words_are_those_the_script_makes(domain: str, tmp_path: Path) -> None:
    catalogue = make_catalogue.make_catalogue(domain)
    catalogue.save_as_mofile(str(tmp_path / "made.mo"))
    committed = make_catalogue.OUTPUT / f"{domain}.mo"
    advice = "lancez : .venv/bin/python -m deploy.make_catalogue"
    assert committed.read_bytes() == (tmp_path / "made.mo").read_bytes(), advice
    assert str(polib.pofile(str(make_catalogue.OUTPUT / f"{domain}.po"))) == str(catalogue), advice


def test_no_word_of_the_trade_is_left_in_the_words_of_the_admin() -> None:
    jargon = re.compile(
        r"sous-page|slug|promotion|promouvoir|fragment|workflow|\bblocs?\b|wagtail|snippet|"
        r"\bcorps\b|racine|\broot\b|template|modérat|\bhook",
        re.IGNORECASE,
    )
    left = []
    for application in make_catalogue.APPLICATIONS:
        folder = make_catalogue.WAGTAIL / application / "locale/fr/LC_MESSAGES"
        for entry in polib.pofile(str(folder / "django.po")) if folder.exists() else []:
            if entry.msgid in NEVER_SHOWN:
                continue
            for shown in as_django_says(entry):
                text = make_catalogue.PLACEHOLDERS.sub("", shown)
                if jargon.search(text):
                    left.append(text)
    assert not left


def as_django_says(entry: polib.POEntry) -> list[str]:
    if entry.msgid_plural:
        return [ngettext(entry.msgid, entry.msgid_plural, number) for number in (1, 5)]
    if entry.msgctxt:
        return [pgettext(entry.msgctxt, entry.msgid)]
    return [gettext(entry.msgid)]


def test_a_rewording_never_breaks_what_the_program_fills_in() -> None:
    for domain in make_catalogue.DOMAINS:
        for entry in polib.pofile(str(make_catalogue.OUTPUT / f"{domain}.po")):
            wanted = set(re.findall(r"%\(\w+\)[sd]", f"{entry.msgid} {entry.msgid_plural}"))
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                assert set(re.findall(r"%\(\w+\)[sd]", text)) <= wanted, entry.msgid


def test_the_browser_receives_our_words_too(db: None, client: Client) -> None:
    # The login page reads them: nobody is signed in yet.
    words = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert "Ins\\u00e9rer un \\u00e9l\\u00e9ment" in words
    assert "Ins\\u00e9rer un bloc" not in words


SCREENS = [
    HOME,
    "/admin/guide/",
    "/admin/pages/",
    "/admin/images/",
    "/admin/images/add/",
    "/admin/documents/",
    "/admin/account/",
    "/admin/reports/aging-pages/",
    "/admin/reports/site-history/",
    "/admin/reports/workflow/",
]
ADMINISTRATOR_SCREENS = [
    "/admin/settings/pages/organisationsettings/",
    "/admin/settings/pages/sitenotice/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/collections/add/",
    "/admin/collections/",
    "/admin/redirects/",
    "/admin/redirects/add/",
    "/admin/snippets/partners/partner/",
    "/admin/snippets/partners/partner/add/",
    "/admin/snippets/pages/commune/",
    "/admin/snippets/pages/trade/",
    "/admin/snippets/pages/term/",
    "/admin/snippets/pages/term/add/",
    "/admin/snippets/pages/testimony/",
    "/admin/snippets/pages/testimony/add/",
    "/admin/autorisations/",
    "/admin/taches-de-fond/",
    "/admin/courriels/",
    "/admin/snippets/contact/reasonsettings/",
]
# Those who answer requests read them too.
REQUEST_SCREENS = ["/admin/demandes/", "/admin/demandes/statistiques/"]


@pytest.mark.parametrize("group", [WRITING, PUBLISHING])
def test_editors_read_plain_french_on_every_screen(
    clients: dict[str, Client], group: str, one_page_of_each_type: Any
) -> None:
    for address in SCREENS:
        found = JARGON.findall(visible_text(page_of(clients[group], address)))
        assert not found, (address, found)


def test_administrators_read_plain_french_too(
    clients: dict[str, Client], one_page_of_each_type: Any
) -> None:
    factories.PartnerFactory()
    for address in [*SCREENS, *ADMINISTRATOR_SCREENS]:
        found = JARGON.findall(visible_text(page_of(clients[ADMINISTRATION], address)))
        assert not found, (address, found)


def test_the_reception_reads_plain_french(site: Any) -> None:
    client = signed_in(factories.ReceptionistFactory())
    asked = factories.RequestFileFactory().request
    rescued = factories.ContactRequestFactory(state="indesirable")
    one = [f"/admin/demandes/{request.pk}/" for request in (asked, rescued)]
    for address in [HOME, "/admin/guide/", *REQUEST_SCREENS, *one]:
        found = JARGON.findall(visible_text(page_of(client, address)))
        assert not found, (address, found)


def test_every_editing_form_is_in_plain_french(
    clients: dict[str, Client], one_page_of_each_type: dict[str, Any]
) -> None:
    for name, page in one_page_of_each_type.items():
        for address in ("edit", "delete", "history", "copy"):
            url = reverse(f"wagtailadmin_pages:{address}", args=[page.pk])
            text = visible_text(page_of(clients[ADMINISTRATION], url)).replace(page.slug, "")
            assert not JARGON.findall(text), (name, address, JARGON.findall(text))


def test_the_door_is_in_french_and_asks_for_an_address(db: None, client: Client) -> None:
    page = client.get(reverse("account_login")).content.decode()
    text = visible_text(page)
    assert not JARGON.findall(text), JARGON.findall(text)
    assert "Adresse e-mail" in text
    assert "Mot de passe" in text
    assert "Impulsion" in text
    assert "<title>Se connecter – Régie de quartier Impulsion</title>" in page


def test_a_forgotten_password_is_found_again_in_french(db: None, client: Client) -> None:
    user = factories.WriterFactory()
    answer = client.post(reverse("account_reset_password"), {"email": user.email}, follow=True)
    assert not JARGON.findall(visible_text(answer.content.decode()))
    (message,) = mail.outbox
    assert not JARGON.findall(re.sub(r"https?://\S+", "", f"{message.subject} {message.body}"))
    link = re.search(r"https?://\S+", message.body)
    assert link
    assert link[0].startswith(f"{settings.SITE_URL}{reverse('account_reset_password')}")
    page = client.get(link[0].removeprefix(settings.SITE_URL), follow=True).content.decode()
    assert not JARGON.findall(visible_text(page))


def test_what_awaits_a_reader_is_said_without_the_words_of_the_trade(db: None) -> None:
    """The message to those who publish, and what is read when a field is empty."""
    page = factories.NewsPageFactory(title="La haie")
    context = {
        "page": page,
        "task": {"name": "Relecture", "id": 1},
        "user": factories.PublisherFactory(),
    }
    with translation.override("fr"):
        names = (f"notifications/task_state_submitted{end}" for end in ("_subject.txt", ".txt"))
        texts = [render_to_string(f"wagtailadmin/{name}", context) for name in names]
        for text in texts:
            assert "La page «\u00a0La haie\u00a0» attend votre relecture" in text
        assert "Bonjour" in texts[1]
        error = gettext("The page could not be created due to validation errors.")
    assert "un champ est vide ou mal rempli" in error


def test_the_one_copied_template_differs_from_the_original_by_one_word() -> None:
    name = "wagtailadmin/shared/header.html"
    original = (make_catalogue.WAGTAIL / "admin" / "templates" / name).read_text()
    ours = (Path(settings.BASE_DIR) / "templates" / name).read_text()
    assert ours == original.replace('value="Search"', 'value="Rechercher"')


def test_the_choosers_are_in_plain_french(clients: dict[str, Client], home: Any) -> None:
    factories.SiteImageFactory()
    factories.SiteDocumentFactory()
    for address in ("choose-page/", "images/chooser/", "documents/chooser/"):
        text = visible_text(clients[WRITING].get(f"/admin/{address}").json()["html"])
        assert not JARGON.findall(text), (address, JARGON.findall(text))


# --- Menus ------------------------------------------------------------------------------------


def test_each_group_sees_what_it_may_use_and_nothing_else(site: Any, rf: Any) -> None:
    writer = menu_labels(factories.WriterFactory(), rf)
    publisher = menu_labels(factories.PublisherFactory(), rf)
    administrator = menu_labels(factories.AdministratorFactory(), rf)
    assert list(writer) == ["Pages", "Images", "Documents", "Suivi", "Guide"]
    assert set(publisher) - set(writer) == {
        "Autorisations", "Bandeau d’annonce", "Chiffres", "Glossaire", "Partenaires",
    }  # fmt: skip
    assert publisher["Chiffres"] == ["Saisir", "Importer un tableur", "Dossiers des financeurs"]
    assert publisher["Autorisations"] == ["À vérifier", "Témoignages"]
    assert set(administrator) - set(publisher) == {
        "Accès partenaires", "Demandes", "L’association", "Réglages",
    }  # fmt: skip
    assert administrator["Chiffres"] == [
        "Saisir",
        "Importer un tableur",
        "Indicateurs",
        "Ventilations",
        "Dossiers des financeurs",
    ]
    figures = menu_labels(factories.UserFactory(group=FIGURES), rf)
    assert list(figures) == ["Chiffres", "Guide"]
    assert not {"Tâches de fond", "Courriels"} & {*writer["Suivi"], *publisher["Suivi"]}
    assert {"Tâches de fond", "Courriels"} <= set(administrator["Suivi"])
    reception = menu_labels(factories.ReceptionistFactory(), rf)
    assert list(reception) == ["Demandes", "Guide"]
    assert {"Comptes", "Communes", "Métiers et couleurs", "Motifs de contact"} <= set(
        administrator["Réglages"]
    )
    # Already in the first level.
    assert "L’association" not in administrator["Réglages"]


def test_nothing_leads_to_the_program_s_own_site(clients: dict[str, Client]) -> None:
    page = page_of(signed_in(factories.UserFactory(is_superuser=True)), HOME)
    assert "wagtail.org" not in page
    assert "Wagtail v" not in page


def test_the_screens_of_others_are_closed(clients: dict[str, Client]) -> None:
    closed = {
        WRITING: ["settings/pages/sitenotice/", "settings/pages/organisationsettings/"],
        PUBLISHING: ["settings/pages/organisationsettings/", "users/", "taches-de-fond/"],
    }
    for group, addresses in closed.items():
        for address in addresses:
            answer = clients[group].get(f"/admin/{address}")
            assert answer.status_code in (302, 403), (group, address)


# --- Home -------------------------------------------------------------------------------------


def actions(page: str) -> dict[str, str]:
    """The actions of the home: label → address."""
    links = re.findall(
        r'<a class="actions__link" href="([^"]*)">.*?actions__label">([^<]*)<', page, re.DOTALL
    )
    return {html.unescape(label): address for address, label in links}


def test_each_group_finds_its_actions_one_click_away(clients: dict[str, Client]) -> None:
    factories.NewsIndexPageFactory()
    factories.AgendaPageFactory()
    found = {group: actions(page_of(client, HOME)) for group, client in clients.items()}
    assert list(found[WRITING]) == [
        "Écrire une actualité",
        "Proposer un rendez-vous",
        "Voir le site",
    ]
    assert list(found[PUBLISHING]) == [
        "Publier une actualité",
        "Ajouter un rendez-vous",
        "Mettre une annonce en haut du site",
        "Voir le site",
    ]
    assert "Changer le téléphone ou les horaires" in found[ADMINISTRATION]
    for group, links in found.items():
        for label, address in links.items():
            if label != "Voir le site":
                assert clients[group].get(address.split("#")[0], follow=True).status_code == 200
                assert "<form" in page_of(clients[group], address.split("#")[0]), label


def test_the_home_lists_what_nobody_has_typed_until_it_is(
    clients: dict[str, Client], organisation: OrganisationSettings
) -> None:
    page = page_of(clients[ADMINISTRATION], HOME)
    assert "SIRET" in page
    assert "Téléphone" not in page  # the fixture knows it
    factories.OrganisationFactory(siret="123 456 789 00012")
    assert "SIRET" not in page_of(clients[ADMINISTRATION], HOME)
    # Those who cannot fill it in are not asked to.
    assert "Numéro RNA" not in page_of(clients[WRITING], HOME)


def test_each_missing_setting_leads_to_its_own_field(clients: dict[str, Client]) -> None:
    home = page_of(clients[ADMINISTRATION], HOME)
    form = page_of(clients[ADMINISTRATION], "/admin/settings/pages/organisationsettings/")
    anchors = set(re.findall(r'organisationsettings/#([^"]+)"', home))
    fields = {name for names in EXPECTED_SETTINGS.values() for name in names}
    assert len(anchors) == len(fields)  # nothing is filled in: all are asked for
    for anchor in anchors:
        assert f'id="{anchor}"' in form, anchor
    # The groups of the home are the tabs of the form.
    for tab in EXPECTED_SETTINGS:
        assert re.search(rf'role="tab"[^>]*>\s*{tab}', form), tab


def test_the_home_lists_the_pages_to_visit_with_the_reason(clients: dict[str, Client]) -> None:
    late = factories.ContentPageFactory(title="Vieille page", review_on=timezone.localdate())
    factories.ContentPageFactory(title="Page muette", summary="")
    factories.ContentPageFactory(title="Page vide", body="")
    factories.ContentPageFactory(title="Page bien faite")
    factories.ContentPageFactory(title="Page d’exemple", summary="", is_example=True)
    factories.ContentPageFactory(title="Brouillon", summary="", live=False)
    page = visible_text(page_of(clients[WRITING], HOME)).split("Ce qui reste à renseigner")[1]
    assert re.search(r"Vieille page\s+à revoir depuis", page)
    assert re.search(r"Page muette\s+sans résumé", page)
    assert re.search(r"Page vide\s+sans texte", page)
    for absent in ("Page bien faite", "Brouillon"):
        assert absent not in page
    assert not re.search(r"exemple\s+sans résumé", page)
    assert f"/admin/pages/{late.pk}/edit/#id_review_on" in page_of(clients[WRITING], HOME)


def test_the_home_says_that_examples_are_on_line(clients: dict[str, Client]) -> None:
    assert "en ligne" not in page_of(clients[WRITING], HOME)
    factories.ContentPageFactory(is_example=True)
    assert "Une page d’exemple est en ligne" in page_of(clients[WRITING], HOME)


def test_the_home_costs_the_same_whatever_the_number_of_pages(clients: dict[str, Client]) -> None:
    factories.NewsIndexPageFactory()
    factories.AgendaPageFactory()
    factories.ContentPageFactory(summary="", is_example=True)
    factories.ContentPageFactory.create_batch(2, summary="")

    def cost() -> int:
        page_of(clients[ADMINISTRATION], HOME)
        with CaptureQueriesContext(connection) as queries:
            page_of(clients[ADMINISTRATION], HOME)
        return len(queries)

    few = cost()
    factories.ContentPageFactory.create_batch(30, summary="", is_example=True)
    factories.ContentPageFactory.create_batch(30, summary="")
    assert cost() == few
    assert few <= 28  # one of them counts the requests


# --- Editing ----------------------------------------------------------------------------------


def test_the_button_publishes_for_those_who_may(clients: dict[str, Client]) -> None:
    address = reverse(
        "wagtailadmin_pages:add", args=["pages", "newspage", factories.NewsIndexPageFactory().pk]
    )

    def first_button(client: Client) -> str:
        footer = page_of(client, address).split('class="footer', 1)[1]
        return visible_text(footer[: footer.index("</button>")])

    assert "Publier" in first_button(clients[PUBLISHING])
    assert "Enregistrer le brouillon" in first_button(clients[WRITING])


def test_the_title_of_a_new_page_writes_its_address(clients: dict[str, Client]) -> None:
    news, agenda = factories.NewsIndexPageFactory(), factories.AgendaPageFactory()
    section = factories.SectionPageFactory()
    for parent, kind in ((news, "newspage"), (agenda, "eventpage"), (section, "contentpage")):
        form = page_of(clients[WRITING], f"/admin/pages/add/pages/{kind}/{parent.pk}/")
        (title,) = re.findall(r'<input[^>]* name="title"[^>]*>', form)
        assert "w-sync" in title, kind
        assert "#id_slug" in title, kind


def test_the_list_of_pages_says_kind_state_and_example(clients: dict[str, Client]) -> None:
    parent = factories.SectionPageFactory()
    factories.ContentPageFactory(parent=parent, title="Un", is_example=True)
    factories.HistoryPageFactory(parent=parent, title="Deux", live=False)
    text = visible_text(page_of(clients[WRITING], f"/admin/pages/{parent.pk}/"))
    assert "Exemple – Un" in text
    for expected in ("Page de contenu", "Histoire", "publiée", "brouillon"):
        assert expected in text, expected


def test_dates_are_written_as_in_french(clients: dict[str, Client]) -> None:
    news = factories.NewsPageFactory()
    form = page_of(clients[WRITING], reverse("wagtailadmin_pages:edit", args=[news.pk]))
    assert f'value="{news.date:%d/%m/%Y}"' in form


# --- Accounts ---------------------------------------------------------------------------------


def test_an_administrator_opens_and_changes_an_account(clients: dict[str, Client]) -> None:
    client = clients[ADMINISTRATION]
    group = Group.objects.get(name=WRITING)
    account = {
        "email": "nouvelle@example.org",
        "first_name": "Nour",
        "last_name": "Diallo",
        "password1": "haie-plantee-jeudi",
        "password2": "haie-plantee-jeudi",
        "groups": [group.pk],
    }
    client.post("/admin/users/new/", account)
    user = User.objects.get(email="nouvelle@example.org")
    assert list(user.groups.all()) == [group]
    visitor = Client()
    door = {"login": "Nouvelle@Example.org", "password": "haie-plantee-jeudi"}
    assert visitor.post(reverse("account_login"), door).status_code == 302
    changed = {
        **account,
        "first_name": "Noura",
        "is_active": "on",
        "password1": "",
        "password2": "",
    }
    client.post(f"/admin/users/edit/{user.pk}/", changed)
    user.refresh_from_db()
    assert (user.first_name, user.is_active) == ("Noura", True)
    assert user.check_password("haie-plantee-jeudi")
    assert 'name="username"' not in page_of(client, f"/admin/users/edit/{user.pk}/")


def test_a_wrong_password_is_told_in_french(db: None, client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "a@example.org", "password": "non"})
    assert "adresse e-mail" in visible_text(answer.content.decode())
    assert not JARGON.findall(visible_text(answer.content.decode()))


# --- Guide ------------------------------------------------------------------------------------


def test_the_guide_is_read_in_the_admin_and_names_true_entries(
    clients: dict[str, Client], rf: Any
) -> None:
    text = visible_text(page_of(clients[WRITING], "/admin/guide/"))
    assert "Publier une actualité avec une photo" in text
    assert "**" not in text
    guide = (Path(settings.BASE_DIR) / "docs" / "guide-des-redacteurs.md").read_text()
    labels = menu_labels(factories.AdministratorFactory(), rf)
    named = re.findall(r"Menu \*\*([^*]+)\*\*", guide)
    assert named
    assert set(named) <= set(labels)
