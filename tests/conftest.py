"""What every test may ask for."""

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Site

from pages.accounts.adapter import ADMIN_ACCESS
from pages.accounts.middleware import SECOND_FACTOR
from pages.models import HomePage, OrganisationSettings, SitePage, SiteRendition, User

from . import factories


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Caches outlive the database of a test: empty them before each one."""
    cache.clear()
    Site.clear_site_root_paths_cache()
    SiteRendition.cache_backend.clear()


@pytest.fixture
def site(db: None) -> Site:
    """A site of Wagtail with an empty home page."""
    return factories.SiteFactory()


@pytest.fixture
def home(site: Site) -> HomePage:
    """The home page of the site."""
    return site.root_page.specific


@pytest.fixture
def organisation(db: None) -> OrganisationSettings:
    """The settings of the association, with what a test may want to find on pages."""
    return factories.OrganisationFactory(
        phone="03 21 00 00 00",
        street_address="1 rue d’essai",
        postcode="62000",
        city="Ville-d’essai",
    )


@pytest.fixture
def one_page_of_each_type(home: HomePage) -> dict[str, SitePage]:
    """A small site: a published page of every type, by the name of its model."""
    pages: dict[str, SitePage] = {"HomePage": home}
    fields_of = {factories.ReportPageFactory: {"year": 2024}}
    for make in factories.PAGE_FACTORIES:
        name = make._meta.model.__name__
        if name not in pages:
            known = make._meta.model.objects.first()
            pages[name] = known or make(**fields_of.get(make, {}))
    # A report gives its files once it has figures.
    factories.ValueFactory(year=2024)
    return pages


@pytest.fixture
def writer(db: None) -> User:
    """A person of the group *Rédaction*."""
    return factories.WriterFactory()


@pytest.fixture
def publisher(db: None) -> User:
    """A person of the group *Publication*."""
    return factories.PublisherFactory()


@pytest.fixture
def administrator(db: None) -> User:
    """A person of the group *Administration*, who is no superuser."""
    return factories.AdministratorFactory()


@pytest.fixture
def receptionist(db: None) -> User:
    """A person of the group *Accueil*: the requests, and nothing else."""
    return factories.ReceptionistFactory(first_name="Nadia", last_name="Lefebvre")


def sign_in(client: Client, user: User) -> None:
    """Sign in, with a second factor for those who work on the site."""
    client.force_login(user)
    if user.has_perm(ADMIN_ACCESS):
        factories.AuthenticatorFactory(user=user)
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    sign_in(client, user)
    return client
