"""What the site does not know yet: listed for the editors, never shown to the public."""

from collections.abc import Iterator

from django.utils import timezone
from wagtail.models import Page

from .demonstration import page_types
from .models import ContentPage, HomePage, LegalPage, OrganisationSettings, SiteMapPage

# What a reader or the law expects of an association's site, with the words for editors.
EXPECTED_SETTINGS = {
    "phone": "Téléphone",
    "street_address": "Adresse",
    "postcode": "Code postal",
    "city": "Ville",
    "email": "Adresse e-mail",
    "by_bus": "Venir en bus",
    "parking": "Se garer",
    "wheelchair_access": "Accès des personnes à mobilité réduite",
    "map_url": "Lien vers un plan",
    "legal_form": "Forme juridique",
    "rna": "Numéro RNA",
    "siret": "SIRET",
    "registered_office": "Siège social",
    "publication_director": "Direction de la publication",
    "host_name": "Hébergeur",
    "host_address": "Adresse de l’hébergeur",
    "data_protection_contact": "Contact pour les données personnelles",
    "log_retention_months": "Durée de conservation des journaux techniques",
    "data_licence": "Licence des données",
    "accessibility_audit_date": "Audit d’accessibilité",
}

# Page types that say what they are without a summary.
SELF_EXPLAINED = (HomePage, LegalPage, SiteMapPage)


def missing_settings(organisation: OrganisationSettings) -> list[str]:
    """The expected settings that are empty, in the words of the form."""
    missing = [
        label for name, label in EXPECTED_SETTINGS.items() if not getattr(organisation, name)
    ]
    if not len(organisation.opening_hours):
        missing.append("Horaires d’ouverture")
    return missing


def pages_to_complete() -> list[tuple[Page, str]]:
    """The pages that deserve a visit, each with the reason."""
    return [*_to_review(), *_without_summary(), *_without_text()]


def _to_review() -> Iterator[tuple[Page, str]]:
    today = timezone.localdate()
    for model in page_types():
        for page in model.objects.filter(live=True, review_on__lte=today):
            yield page, f"à revoir depuis le {page.review_on:%d/%m/%Y}"


def _without_summary() -> Iterator[tuple[Page, str]]:
    for model in page_types():
        if model in SELF_EXPLAINED:
            continue
        for page in model.objects.filter(live=True, summary=""):
            yield page, "sans résumé"


def _without_text() -> Iterator[tuple[Page, str]]:
    for page in ContentPage.objects.filter(live=True):
        if not len(page.body):
            yield page, "sans texte"
