"""Every public address of the site: what can be asked for without an account, and with what.

The inventory is compared with the URL resolver and with the page types (tests/test_routes.py):
whoever adds an address, or reads a new parameter, says so here, and the tests that walk through
everything (tests/test_fuzz.py, tests/test_leaks.py) then walk through it too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import PageViewRestriction

from activities.models import Indicator
from pages.models import SitePage
from partners.models import Partner

from . import factories

# The patterns that anybody may ask for, with an address of each and the parameters it reads.
# {document}, {restriction} and {page} are filled by ``addresses()``.
PATTERNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "documents/<int:document_id>/<path:document_filename>": ("/documents/{document}", ()),
    "media/images/<path:name>": ("/media/images/absente.jpg", ()),
    "media/<path:name>": ("/media/documents/absent.pdf", ()),
    "recherche/": ("/recherche/", ("q", "sorte", "page")),
    "robots.txt": ("/robots.txt", ()),
    "sitemap.xml": ("/sitemap.xml", ("p",)),
    ".well-known/security.txt": ("/.well-known/security.txt", ()),
    "favicon.ico": ("/favicon.ico", ()),
    # The link of an invitation, opened without one.
    "espace-partenaires/invitation/": ("/espace-partenaires/invitation/", ()),
    "espace-partenaires/invitation/<slug:token>/": ("/espace-partenaires/invitation/absente/", ()),
    # A file of a page that has none: those that there are come from ``page_routes()``.
    r"^((?:[\w\-]+/)*[\w\-]+\.(?:xml|ics|pdf|csv|xlsx|json))\Z": ("/aucun/fichier.ics", ()),
    # The forms that a visitor meets on a reserved page.
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": (
        "/_util/authenticate_with_password/{restriction}/{page}/",
        (),
    ),
    # Signing in and what comes around it; Wagtail's own address leads there.
    "_util/login/": ("/_util/login/", ()),
    "compte/connexion/": ("/compte/connexion/", ("next",)),
    "compte/deconnexion/": ("/compte/deconnexion/", ("next",)),
    "compte/ferme/": ("/compte/ferme/", ("next",)),
    "compte/mot-de-passe/choisir/": ("/compte/mot-de-passe/choisir/", ()),
    "compte/mot-de-passe/oublie/": ("/compte/mot-de-passe/oublie/", ("next",)),
    "compte/mot-de-passe/oublie/envoye/": ("/compte/mot-de-passe/oublie/envoye/", ("next",)),
    "compte/mot-de-passe/oublie/change/": ("/compte/mot-de-passe/oublie/change/", ("next",)),
    "compte/^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "/compte/mot-de-passe/oublie/1-faux/",
        ("next",),
    ),
    "compte/cles-d-acces/connexion/": ("/compte/cles-d-acces/connexion/", ()),
    "compte/double-authentification/code/": ("/compte/double-authentification/code/", ()),
    # The tree of pages; the address of none of them.
    r"^((?:[\w\-]+/)*)$": ("/aucune-page/", ()),
}
# Those of the people who write; strangers are sent to the form where one signs in.
PRIVATE_PATTERNS = {
    "composants/": "/composants/",
    **{
        f"compte/{path}": f"/compte/{path.replace('<int:pk>', '1')}"
        for path in (
            "",
            "confirmation/",
            "mot-de-passe/",
            "double-authentification/",
            "double-authentification/confirmation/",
            "double-authentification/activer/",
            "double-authentification/retirer/",
            "double-authentification/codes-de-secours/",
            "double-authentification/codes-de-secours/nouveaux/",
            "double-authentification/codes-de-secours/telecharger/",
            "cles-d-acces/",
            "cles-d-acces/ajouter/",
            "cles-d-acces/confirmation/",
            "cles-d-acces/<int:pk>/retirer/",
            "cles-d-acces/<int:pk>/renommer/",
        )
    },
}
PRIVATE_PREFIXES = ("admin/", "^admin/")

# What each page type reads of its address, and each file: nothing when it is not here.
PAGE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "AgendaPage": ("annee", "passes", "page"),
    "NewsIndexPage": ("annee", "theme", "page"),
    "ReferenceIndexPage": ("activite", "commune", "client", "partenaire", "page"),
    "JobIndexPage": ("page",),
    "ContactPage": ("motif", "activite", "realisation", "offre"),
    "WhoToCallPage": ("commune",),
}

# What page types answer below their own address without a page there, and an address of each;
# {indicator} and {partner} are filled by ``page_routes()``.
SUB_PAGES: dict[str, dict[str, str]] = {
    "ReportIndexPage": {
        "indicateurs/": "indicateurs/",
        "indicateurs/<slug:code>/": "indicateurs/{indicator}/",
        "indicateurs/<slug:code>.csv/": "indicateurs/{indicator}.csv",
        "indicateurs/financeurs/<slug:slug>.<str:extension>/": (
            "indicateurs/financeurs/{partner}.csv"
        ),
    },
    "PartnerIndexPage": {"<slug:slug>/": "{partner}/"},
    "ContactPage": {"merci/": "merci/"},
    "PartnerSpacePage": {
        "consultations/": "consultations/",
        "supprimer-mon-compte/": "supprimer-mon-compte/",
    },
}
# What those read of their addresses.
SUB_PAGE_PARAMETERS: dict[str, tuple[str, ...]] = {"merci/": ("demande",)}


@dataclass(frozen=True)
class Route:
    """An address, and the names of the parameters that it reads."""

    path: str
    parameters: tuple[str, ...] = ()


def resolver_patterns(
    patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    """Every pattern of the resolver, whole; those under a private prefix are not opened."""
    for known in get_resolver().url_patterns if patterns is None else patterns:
        pattern = f"{prefix}{known.pattern}"
        if isinstance(known, URLResolver) and not pattern.startswith(PRIVATE_PREFIXES):
            yield from resolver_patterns(known.url_patterns, pattern)
        else:
            yield pattern


def page_routes(pages: dict[str, SitePage]) -> list[Route]:
    """The pages, and the files that they make at their own addresses."""
    routes = []
    for name, page in pages.items():
        address = page.get_url()
        routes.append(Route(address, PAGE_PARAMETERS.get(name, ())))
        # A name without a dot is that of a page.
        routes += [
            Route(f"{address}{file}{'' if '.' in file else '/'}")
            for file in getattr(page, "files", dict)()
        ]
        routes += [
            Route(f"{address}{_filled(below)}", SUB_PAGE_PARAMETERS.get(below, ()))
            for below in SUB_PAGES.get(name, {}).values()
        ]
    return routes


def _filled(address: str) -> str:
    """An address of ``SUB_PAGES`` with the names that it asks for."""
    makers = {"indicator": _any_indicator, "partner": _any_partner}
    return address.format(
        **{name: make() for name, make in makers.items() if f"{{{name}}}" in address}
    )


def _any_indicator() -> str:
    """The code of an indicator that has a figure."""
    return Indicator.objects.filter(values__isnull=False).values_list("code", flat=True)[0]


def _any_partner() -> str:
    """The address of a partner, which checks a figure."""
    indicator = Indicator.objects.get(code=_any_indicator())
    indicator.checked_by = [Partner.objects.all()[0]]
    indicator.save()
    return Partner.objects.values_list("slug", flat=True)[0]


def public_routes(pages: dict[str, SitePage]) -> list[Route]:
    """The whole inventory, for a site of these pages; what its addresses name is made."""
    document = factories.SiteDocumentFactory()
    reserved = factories.ContentPageFactory(title="Sous mot de passe")
    restriction = PageViewRestriction.objects.create(
        page=reserved, restriction_type=PageViewRestriction.PASSWORD, password="sésame"
    )
    names = {
        "document": f"{document.pk}/{document.filename}",
        "restriction": restriction.pk,
        "page": reserved.pk,
    }
    fixed = [Route(path.format(**names), parameters) for path, parameters in PATTERNS.values()]
    private = [Route(path) for path in PRIVATE_PATTERNS.values()]
    return [*page_routes(pages), Route(reserved.get_url()), *fixed, *private]
