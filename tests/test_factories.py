"""The factories make valid objects: a test that uses one tests what it thinks it tests."""

import pytest
from django.apps import apps
from factory.base import FactoryMetaClass
from wagtail.models import Page

from pages.models import SitePage
from partners.models import PartnerSpacePage

from . import factories

pytestmark = pytest.mark.django_db


def concrete() -> list[type[factories.DjangoModelFactory]]:
    return [
        value
        for value in vars(factories).values()
        if isinstance(value, FactoryMetaClass) and not value._meta.abstract and value._meta.model
    ]


@pytest.mark.parametrize("make", concrete(), ids=lambda make: make.__name__)
def test_a_factory_makes_a_valid_object(make: type[factories.DjangoModelFactory]) -> None:
    made = make()
    assert made.pk
    if not isinstance(made, Page):  # a page compares its slug with its own saved row
        made.full_clean()


@pytest.mark.parametrize("make", factories.PAGE_FACTORIES, ids=lambda make: make.__name__)
def test_a_page_factory_makes_a_page_that_answers(
    make: type[factories.SitePageFactory], site, client
) -> None:
    page = site.root_page.specific if make is factories.HomePageFactory else make()
    page.full_clean()
    # The partners' page leads strangers to the form where one signs in.
    expected = 302 if isinstance(page, PartnerSpacePage) else 200
    assert client.get(page.get_url()).status_code == expected


def test_every_page_type_has_a_factory() -> None:
    types = {model for model in apps.get_models() if issubclass(model, SitePage)}
    assert {make._meta.model for make in factories.PAGE_FACTORIES} == types
