"""The states of each component, for the style guide: models that are never saved.

One entry per file of ``templates/components/``: for each state, its name and the context that the
component is given. An empty context is the site itself: its coordinates, its menus.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils import timezone
from wagtail.images.models import Filter
from wagtail.models import Page, Site

from activities.figures import charts
from activities.figures.checked import Checked
from activities.figures.publication import Export
from activities.figures.reading import Figure
from activities.figures.tables import Row, Table
from activities.models import (
    ActivityPage,
    Audience,
    ClientShown,
    Indicator,
    IndicatorDefinition,
    JobPage,
    ReferencePage,
)
from activities.report_blocks import Chart
from pages.list_filters import Choice
from pages.models import (
    Commune,
    ContentPage,
    EventPage,
    EventSession,
    NewsPage,
    OrganisationSettings,
    SiteDocument,
    SiteImage,
    Trade,
)
from pages.navigation import Entry
from pages.pictures import DEFAULT_WIDTHS, Picture, picture_specs
from pages.qr import qr_code
from pages.territory_map import SHAPES, territory_map
from partners.accounts.contents import Reserved
from partners.logos import shown_logos
from partners.models import Partner, Support

States = dict[str, dict[str, Any]]

SUMMARY = "Une ou deux phrases simples, qui disent à qui la page s’adresse et ce qu’on y trouve."
LONG_TITLE = "Un titre très long, qui tient sur plusieurs lignes même sur un grand écran de bureau"
THE_SITE: States = {"comme sur le site": {}}
SCENES = ("actualites", "agenda", "rapports", "documents", "perdu", "panne")
MOTIFS = ("espaces-verts", "second-oeuvre", "entretien", "mediation", "coron", "chevalement", "")
# The sizes that components ask for; asking for another one fails, which is how one finds out.
PICTURE_USES: list[tuple[Iterable[int], str]] = [
    (DEFAULT_WIDTHS, ""),
    ((160, 320), ""),
    ((320, 640), "3:2"),
]
LOGO = "height-128"


def component_states() -> dict[str, States]:
    """Every component, by the name of its file."""
    return {
        **_frame(),
        **_page_parts(),
        **_lists(),
        **_terms(),
        **_drawings(),
        **_work(),
        **_figures(),
        **_forms(),
        **_references(),
    }


def block_samples() -> dict[str, Any]:
    """The values of the blocks whose previews need something that is in the database."""
    picture = {"image": _described_image(), "caption": "Une légende"}
    return {
        "image": picture,
        "gallery": [picture, {**picture, "caption": ""}],
        "documents": [_document(), _document("xlsx", 48_000)],
        "links": [{"page": None, "url": "https://example.org/", "label": "Un autre site"}],
    }


# --- What the states are made of ----------------------------------------------------------


def _page(model: type[Page], **fields: Any) -> Any:
    """A page that is not in the tree; its address is that of the home page."""
    roots = Site.get_site_root_paths()
    return model(url_path=roots[0].root_path if roots else "", **fields)


@dataclass
class SampleRendition:
    """A rendition as components see it, without its file: the share image of the site."""

    image: SiteImage | None
    filter_spec: str
    width: int
    height: int

    @property
    def focal_point_key(self) -> str:
        return Filter(spec=self.filter_spec).get_cache_key(self.image)

    @property
    def url(self) -> str:
        return static("img/partage.png")


def _image(**fields: Any) -> SiteImage:
    """An image that has all its renditions, and is in no library."""
    image = SiteImage(title="Image", width=1200, height=630, file="partage.png", **fields)
    found = {LOGO: SampleRendition(image, LOGO, 244, 128)}
    for widths, ratio in PICTURE_USES:
        for specs in picture_specs(image, widths, ratio).values():
            found |= {spec: SampleRendition(image, spec, 1200, 630) for spec in specs}
    image.prefetched_renditions = list(found.values())
    return image


def _withdrawn_image() -> SiteImage:
    """An image whose people no longer agree: components do as if there were none."""
    return _image(revoked_on=date(2026, 1, 15))


def _described_image() -> SiteImage:
    image = _image()
    image.contextual_alt_text = "Le paysage du site, dessiné d’un seul trait"
    image.decorative = False
    return image


def _document(extension: str = "pdf", size: int = 1_200_000) -> SiteDocument:
    # A document has no address without an identifier; this one leads to no document.
    return SiteDocument(pk=0, title="Un document", file=f"document.{extension}", file_size=size)


def _rows(kind: str, *values: dict[str, Any]) -> str:
    return json.dumps([{"type": kind, "value": value} for value in values])


def _organisation(**fields: Any) -> OrganisationSettings:
    """Coordinates of nobody."""
    return OrganisationSettings(
        **{
            "name": "Une association",
            "phone": "03 21 00 00 00",
            "email": "bonjour@example.org",
            "street_address": "1, rue de l’Exemple",
            "postcode": "62000",
            "city": "Exempleville",
            **fields,
        }
    )


def _open_organisation(**fields: Any) -> OrganisationSettings:
    days = [
        {"weekday": str(day), "opens": opens, "closes": closes}
        for day in range(4)
        for opens, closes in (("09:00", "12:00"), ("13:30", "17:00"))
    ]
    return _organisation(opening_hours=_rows("slot", *days), **fields)


def _exceptions() -> str:
    start = timezone.localdate() + timedelta(days=30)
    end = start + timedelta(days=14)
    return _rows(
        "days",
        {"starts_on": start.isoformat(), "ends_on": end.isoformat(), "note": "congés"},
        {"starts_on": end.isoformat(), "opens": "09:00", "closes": "12:00"},
    )


def _entry(title: str, **fields: Any) -> Entry:
    return Entry(title=title, url="/", path="", **fields)


def _menus(**entries: list[Entry]) -> SimpleNamespace:
    """The menus that a state shows; no page of the site is in them."""
    return SimpleNamespace(url_of=lambda model: "", **entries)


def _navigation(*trail: str) -> SimpleNamespace:
    return _menus(
        breadcrumb=[_entry(title) for title in trail],
        main=[
            _entry(
                "La régie",
                is_ancestor=True,
                children=[_entry("Notre histoire", is_current=True), _entry("L’équipe")],
            ),
            _entry("Nos activités", is_current=True),
            _entry("Nous contacter"),
        ],
        footer=[_entry("Mentions légales", is_current=True), _entry("Plan du site")],
    )


def _body() -> str:
    def section(title: str) -> dict[str, Any]:
        paragraph = {"type": "paragraph", "value": f"<p>{SUMMARY}</p>"}
        return {"type": "section", "value": {"title": title, "content": [paragraph]}}

    return json.dumps([section(title) for title in ("Pour qui", "Comment", "Et après")])


# --- The components -----------------------------------------------------------------------


def _frame() -> dict[str, States]:
    """What surrounds every page."""
    with_logo = {"organisation": _organisation(logo=_image())}
    alone = {"organisation": _organisation(phone="", street_address="", postcode="", city="")}
    return {
        "header": {
            **THE_SITE,
            "page en cours": {"navigation": _navigation()},
            "avec un logo": with_logo,
        },
        "wordmark": {**THE_SITE, "avec un logo": with_logo},
        "search_box": THE_SITE,
        "notice": {
            "annonce": {"organisation": _organisation(notice_text="Fermé jeudi après-midi.")},
            "avec une page": {
                "organisation": SimpleNamespace(
                    notice="Fermé jeudi après-midi.",
                    public_notice_page=_page(ContentPage, title="Nos horaires"),
                )
            },
            "sans annonce, rien": {"organisation": _organisation()},
        },
        "breadcrumb": {
            "trois niveaux": {"navigation": _navigation("Accueil", "La régie", "Notre histoire")},
            "titre long": {"navigation": _navigation("Accueil", LONG_TITLE)},
        },
        "footer": {
            **THE_SITE,
            "avec les horaires": {
                "organisation": _open_organisation(),
                "navigation": _navigation(),
            },
        },
        "reach": {
            **THE_SITE,
            "tout est connu": {"organisation": _organisation()},
            "une adresse e-mail seulement": alone,
        },
        "ask": {
            **THE_SITE,
            "autre titre": {"title": "Demander un devis", "organisation": _organisation()},
            "sans téléphone": alone,
            "avec la personne à joindre": {
                "navigation": _menus(main=[Entry("Contact", "/contact/", "")]),
                "organisation": _organisation(),
                "title": "Demander ce service",
                "label": "Demander un devis",
                "who": ActivityPage(
                    contact_name="Camille Exemple",
                    contact_function="cheffe d’équipe",
                    phone="03 21 00 00 01",
                ),
            },
        },
        "opening_hours": {
            "la semaine": {"organisation": _open_organisation()},
            "avec des exceptions": {
                "organisation": _open_organisation(opening_exceptions=_exceptions())
            },
        },
    }


def _page_parts() -> dict[str, States]:
    trail = {"navigation": _navigation("Accueil", "La régie", "Notre histoire")}
    page = _page(ContentPage, title="Notre histoire", body=_body())
    return {
        "page_head": {
            "titre seul": {**trail, "page": page},
            "titre long et résumé": {
                **trail,
                "page": _page(ContentPage, title=LONG_TITLE, summary=SUMMARY),
                "motif": "coron",
            },
            "exemple": {
                **trail,
                "page": _page(ContentPage, title="Une page", summary=SUMMARY, is_example=True),
            },
        },
        "body": {
            "avec sommaire": {"page": page},
            "avec sa date": {
                "page": _page(
                    ContentPage,
                    title="Une page",
                    body=_body(),
                    last_published_at=datetime(2026, 1, 15, 9, tzinfo=UTC),
                ),
                "updated": True,
            },
        },
        "side": {
            "dans une rubrique": {"navigation": _navigation(), "organisation": _organisation()},
            "seule": {
                "navigation": _navigation(),
                "organisation": _organisation(phone=""),
                "without_section": True,
            },
        },
        "next": {
            "vers une page du menu": {
                "navigation": _menus(main=[_entry("Nous contacter")]),
                "text": "Une question\u202f?",
                "label": "Nous écrire",
                "to": "/",
            }
        },
        "back_link": {"vers la liste": {**trail, "label": "Toutes les pages de la rubrique"}},
        "example_badge": {"en tête de page": {}, "dans une liste": {"short": True}},
        "empty": {
            "une phrase": {"text": "Aucun rendez-vous n’est annoncé."},
            "avec une suite": {
                "text": "Aucun rendez-vous n’est annoncé.",
                "url": "/",
                "link": "Voir les rendez-vous passés",
            },
        },
        "pull_quote": {
            "avec son auteur": {
                "quote": "On apprend un métier en rendant service à son quartier.",
                "author": "Une personne",
                "role": "sa fonction",
            },
            "seule": {"quote": "On apprend un métier en rendant service à son quartier."},
        },
        "picture": {
            "image": {
                "picture": Picture([], SampleRendition(None, "", 1200, 630), 1200, 630),  # type: ignore[arg-type]
                "image": True,
                "alt": "Le paysage du site, dessiné d’un seul trait",
            },
            "fichier illisible": {
                "picture": Picture([], None, 0, 0),
                "image": True,
                "alt": "Ce que l’image montrait",
            },
            "fichier illisible, décoratif": {"picture": Picture([], None, 0, 0), "image": True},
        },
    }


def _lists() -> dict[str, States]:
    moment = datetime(2026, 3, 5, 13, 30, tzinfo=UTC)

    def session(start: datetime = moment, **lasting: int) -> EventSession:
        return EventSession(
            starts_at=start, ends_at=start + timedelta(**lasting) if lasting else None
        )

    def event(*sessions: EventSession, **fields: Any) -> dict[str, Any]:
        title = fields.pop("title", "Portes ouvertes")
        dates = sessions or [session()]
        return {"event": _page(EventPage, title=title, sessions=dates, **fields)}

    def news(**fields: Any) -> dict[str, Any]:
        title = fields.pop("title", "Une nouvelle")
        return {"item": _page(NewsPage, title=title, date=date(2026, 1, 15), **fields)}

    def listing(number: int) -> dict[str, Any]:
        return {"items": Paginator(range(30), 10).page(number)}

    children = [
        _page(ContentPage, title="Une page", summary=SUMMARY),
        _page(ContentPage, title=LONG_TITLE),
    ]
    return {
        "event_line": {
            "confirmé": event(place="À la régie", summary=SUMMARY),
            "reporté": event(status=EventPage.Status.POSTPONED),
            "annulé": event(status=EventPage.Status.CANCELLED, title=LONG_TITLE),
            "exemple": event(is_example=True),
            "complet, plusieurs dates": event(
                *(session(timezone.now() + timedelta(days=7 * week)) for week in range(1, 7)),
                capacity=EventPage.Capacity.FULL,
            ),
            "aujourd’hui": event(session(timezone.now(), minutes=10), place="À la régie"),
            "en ce moment, sur trois jours": event(
                session(timezone.now() - timedelta(days=1), days=2)
            ),
        },
        "date_block": {
            "un jour": {"session": session()},
            "en grand": {"session": session(), "giant": True},
            "plusieurs jours": {"session": session(days=2)},
            "d’un mois à l’autre": {"session": session(days=30)},
            "d’une année à l’autre": {"session": session(days=330)},
        },
        "session_hours": {
            "un début": {"session": session()},
            "un début et une fin": {"session": session(hours=2)},
            "plusieurs jours": {"session": session(days=2)},
        },
        "filter_line": {
            "des années": {
                "label": "Année",
                "choices": [
                    Choice("Les plus récentes", "/", False),
                    Choice("2026", "/", True),
                    Choice("2025", "/", False),
                ],
            }
        },
        "news_item": {
            "texte": news(summary=SUMMARY),
            "jour en grand": {**news(summary=SUMMARY), "with_day": True},
            "archive": news(summary=SUMMARY, archive_on=date(2026, 2, 1)),
            "avec image": {**news(summary=SUMMARY, image=_image()), "with_picture": True},
            "image retirée": {
                **news(summary=SUMMARY, image=_withdrawn_image()),
                "with_picture": True,
            },
            "titre long, exemple": news(title=LONG_TITLE, is_example=True),
        },
        "index_list": {"pages d’une rubrique": {"children": children}},
        "reserved_list": {"un rapport, un document": {"list": _reserved()}},
        "page_tree": {
            "deux niveaux": {
                "entries": [
                    _entry("La régie", children=[_entry("Notre histoire"), _entry("L’équipe")]),
                    _entry("Nous contacter"),
                ]
            }
        },
        "pagination": {
            "première page": listing(1),
            "au milieu": listing(2),
            "dernière page": listing(3),
            "une seule page, rien": {"items": Paginator(range(3), 10).page(1)},
        },
    }


def _logos(**fields: Any) -> dict[str, Any]:
    logos = shown_logos(Partner(name="Un partenaire", **fields))
    return {"logos": logos, "alt": "Un partenaire"}


def _mention(**fields: Any) -> dict[str, Any]:
    partner = Partner(
        name="Un financeur",
        slug="un-financeur",
        required_mention="Avec le soutien d’un financeur.",
        **fields,
    )
    return {"partner": partner, "name": partner.name}


def _support(**fields: Any) -> Support:
    support = Support(purpose="Un soutien", starts_on=date(2024, 1, 1), **fields)
    support.trades = [
        Trade(name=colour.label, colour_key=colour.value) for colour in list(Trade.Colour)[:2]
    ]
    return support


def _terms() -> dict[str, States]:
    def partner(**fields: Any) -> dict[str, Any]:
        return {"partner": Partner(name="Un partenaire", **fields)}

    communes = [
        Commune(name=f"Commune-{number}", insee_code=code, postcode="62000", is_founder=number < 3)
        for number, code in enumerate(SHAPES, 1)
    ]
    return {
        "trade_row": {
            colour.label: {
                "activity": _page(
                    ActivityPage,
                    title=f"Une activité ({colour.label.lower()})",
                    summary=SUMMARY,
                    trade=Trade(name=colour.label, colour_key=colour.value),
                )
            }
            for colour in Trade.Colour
        },
        "partner": {
            "nom": partner(),
            "lien et précision": {**partner(detail="Une précision"), "url": "/"},
            "logo": {**partner(logo=_image()), "url": "/"},
            "logo retiré": partner(logo=_withdrawn_image()),
            "nom repris": {**partner(), "url": "/", "formerly": ["Un ancien partenaire"]},
            "exemple": partner(is_example=True),
        },
        "partner_logo": {
            "un seul, sur un fond clair": _logos(logo=_image()),
            "un pour chaque fond": _logos(logo=_image(), logo_dark=_image()),
            "grand au moins": _logos(logo=_image(), logo_min_width=240),
            "sans logo, rien": _logos(),
        },
        "mention": {
            "phrase seule": _mention(),
            "avec le logo": _mention(logo=_image()),
            "sous son nom de l’année": {**_mention(), "name": "Un ancien nom"},
            "sans phrase, rien": partner(),
        },
        "eu_block": {"à ses couleurs": {}},
        "support": {
            "qui continue": {"support": _support()},
            "avec son montant et ses activités": {
                "support": _support(
                    ends_on=date(2026, 12, 31), amount=Decimal(12500), amount_is_public=True
                )
            },
            "montant non public": {"support": _support(amount=Decimal(12500))},
        },
        "partner_names": {
            "à la suite": {
                "families": [("", [Partner(name=f"Partenaire {letter}") for letter in "ABCDEF"])]
            }
        },
        "territory_map": {
            "toutes les communes": {"map": territory_map(communes)},
            "une commune sans tuile": {
                "map": territory_map(
                    [*communes[3:], Commune(name="Nouvelle-venue", insee_code="00000")]
                )
            },
        },
    }


def _drawings() -> dict[str, States]:
    return {
        "landscape": THE_SITE,
        "skyline": THE_SITE,
        "scene": {name: {"name": name} for name in [*MOTIFS[:4], *SCENES]},
        "motif": {name or "terrils": {"name": name} for name in MOTIFS},
    }


def _work() -> dict[str, States]:
    """Offers of work, and what turns them into posters."""
    today = timezone.localdate()

    def offer(in_days: int, **fields: Any) -> dict[str, Any]:
        title = fields.pop("title", "Un poste à pourvoir")
        closes_on = today + timedelta(days=in_days)
        values = {"hours": 26, "place": "Exempleville", "support": JobPage.Support.ACI}
        return {"offer": _page(JobPage, title=title, closes_on=closes_on, **values, **fields)}

    return {
        "offer": {
            "ouverte": offer(20, summary=SUMMARY),
            "bientôt fermée": offer(3, summary=SUMMARY),
            "dernier jour": offer(0),
            "titre long, exemple": offer(20, title=LONG_TITLE, is_example=True),
            "fermée": offer(-1, summary=SUMMARY),
        },
        "qr_code": {"l’adresse de l’accueil": {"qr": qr_code("https://example.org/")}},
        "poster_foot": {"sur papier seulement": {"page": _page(ContentPage, title="Une page")}},
    }


class SampleForm(forms.Form):
    """The kinds of fields of a form."""

    name = forms.CharField(label="Votre nom", required=False)
    email = forms.EmailField(
        label="Votre adresse e-mail", help_text="Par exemple\u00a0: nom@example.org"
    )
    message = forms.CharField(label="Votre message", widget=forms.Textarea)
    when = forms.ChoiceField(
        label="Quand vous appeler",
        choices=[("matin", "Le matin"), ("soir", "Après 17 heures")],
        initial="matin",
        widget=forms.RadioSelect,
        required=False,
    )


def _forms() -> dict[str, States]:
    empty, wrong = SampleForm(), SampleForm({"email": "nom"})
    said = [
        (constants.SUCCESS, "Votre mot de passe est changé."),
        (constants.INFO, "Par sécurité, il faut vous connecter de nouveau."),
        (constants.WARNING, "Activez d’abord la double authentification."),
    ]
    return {
        "messages": {
            "trois": {"messages": [Message(*one) for one in said]},
        },
        "form_errors": {
            "deux points à corriger": {"form": wrong},
            "rien n’est perdu": {"form": wrong, "kept": True},
            "revenu sans faute": {"form": empty, "problem": "Il avait expiré : envoyez-le encore."},
        },
        "held_files": {
            "deux": {
                "held": [
                    SimpleNamespace(pk=1, name="haie.jpg", size=820 * 1024),
                    SimpleNamespace(pk=2, name=f"{LONG_TITLE}.pdf", size=3 * 1024 * 1024),
                ]
            }
        },
        "form": {
            "vide": {"form": empty, "submit": "Envoyer"},
            "en erreur, et qui retire quelque chose": {
                "form": wrong,
                "submit": "Retirer",
                "danger": True,
            },
        },
        "form_field": {
            "facultatif": {"field": empty["name"]},
            "avec une aide": {"field": empty["email"]},
            "avec une erreur": {"field": wrong["email"]},
            "texte long, en erreur": {"field": wrong["message"]},
            "l’un ou l’autre": {"field": empty["name"], "either": True},
            "une réponse parmi quelques-unes": {"field": empty["when"]},
        },
    }


def _figures() -> dict[str, States]:
    rows = [("Première ligne", 1240, 100.0), ("Deuxième ligne", 620, 50.0), ("Autre", 31, 2.5)]
    frame = {
        "title": "Heures de travail (exemple)",
        "columns": ["Activité", "Heures"],
        "rows": rows,
        "source": "chiffres inventés pour cette page",
    }
    return {
        "key_figure": {
            "avec sa source": {
                "value": 12500,
                "unit": "h",
                "label": "de travail (exemple)",
                "source": "chiffre inventé pour cette page",
                "as_of": date(2026, 1, 1),
            },
            "sans source, rien": {"value": 12500, "label": "de travail"},
        },
        "data_frame": {
            "tableau": frame,
            "graphique, avec le fichier": {**frame, "is_chart": True, "download": _document()},
        },
        "figure_row": {
            "avec et sans unité": {"figures": [_figure(1620, "h"), _figure(251, year=2024)]},
            "un exemple": {"figures": [_figure(45, "personnes", is_example=True)]},
        },
        "chart": {
            "évolution": {"chart": _evolution((31, 34, None, 38, 41))},
            "deux nombres, titre qui dit quelque chose": {
                "chart": _evolution((900, 1234), finding="Un tiers de plus en un an")
            },
            "un seul nombre\u00a0: le tableau": {"chart": _evolution((12,))},
            "répartition, avec l’année d’avant": {"chart": _bars()},
            "empilé": {"chart": _stacks()},
        },
        "checked_figures": {
            "sur deux ans, avec les fichiers": {
                "partner": Partner(name="Un financeur"),
                "checked": _checked(None, 1234),
            },
            "un exemple, sans page des rapports": {
                "partner": Partner(name="Un financeur"),
                "checked": _checked(1050, 1234, is_example=True),
            },
        },
        "download": {
            "avec ses pages": {"document": _document(), "pages": 24},
            "sans": {"document": _document("ods", 48_000)},
        },
    }


def _indicator(unit: str = "", label: str = "Un indicateur") -> Indicator:
    indicator = Indicator(code="exemple", label=label, unit=unit)
    indicator.definitions = [
        IndicatorDefinition(definition="Ce que l’on compte."),
        IndicatorDefinition(definition="Ce que l’on compte depuis.", since=2020),
    ]
    return indicator


def _figure(
    number: int | None, unit: str = "", year: int = 2025, *, is_example: bool = False
) -> Figure:
    known = None if number is None else Decimal(number)
    return Figure(_indicator(unit), year, number=known, is_example=is_example)


def _reserved() -> list[Reserved]:
    at = datetime(2026, 3, 12, tzinfo=UTC)
    return [
        Reserved("Rapport d’activité 2025", "/", "Rapport d’activité", at, False, summary=SUMMARY),
        Reserved(LONG_TITLE, "/", "Document", at, True, facts="PDF, 1,2 Mo"),
    ]


def _checked(before: int | None, now: int, *, is_example: bool = False) -> Checked:
    """What a funder checks; an example has neither page nor files."""
    figures = (_figure(before, "h", 2024), _figure(now, "h", is_example=is_example))
    table = Table("Les chiffres vérifiés", (2024, 2025), (Row(_indicator("h"), figures),))
    files = [] if is_example else [Export("xlsx", "#", 8_000), Export("csv", "#", 2_000)]
    return Checked(table, files, "" if is_example else "#")


def _evolution(numbers: Iterable[int | None], finding: str = "") -> Chart:
    figures = [_figure(number, "h", 2018 + rank) for rank, number in enumerate(numbers)]
    years = tuple(figure.year for figure in figures)
    table = Table(
        "Un indicateur, année après année", years, (Row(_indicator("h"), tuple(figures)),)
    )
    return Chart(finding, charts.line(figures), charts.describe_line(figures), table)


def _bars() -> Chart:
    names = (
        "Bailleurs sociaux",
        "Un nom de part trop long pour tenir à côté de son nombre",
        "Autres",
    )
    rows = [
        (name, _figure(number), _figure(number - 300, year=2024))
        for name, number in zip(names, (1240, 620, 310), strict=True)
    ]
    lines = tuple(Row(_indicator(), (before, now), name) for name, now, before in rows)
    table = Table("Un indicateur en 2025, par type de client", (2024, 2025), lines)
    return Chart("", charts.bars(rows), charts.describe_bars(rows), table)


def _stacks() -> Chart:
    series = ["Durable", "Transition", "Positive", "Autre"]
    rows = [(str(year), [Decimal(n) for n in (5, 4, 3, year - 2020)]) for year in (2025, 2024)]
    lines = tuple(
        Row(_indicator(label=name), (_figure(rank), _figure(rank + 1)))
        for rank, name in enumerate(series)
    )
    table = Table("Des sorties par catégorie", (2024, 2025), lines)
    return Chart("", charts.stacks(rows, series), charts.describe_stacks(rows, series), table)


def _references() -> dict[str, States]:
    """Work done, as lists show it."""

    def reference(**fields: Any) -> dict[str, Any]:
        known = {
            "title": "Un terrain devenu jardin",
            "trade": Trade(name="Une activité", colour_key=Trade.Colour.GREEN),
            "client_kind": Audience.LANDLORDS,
            "starts_on": date(2025, 3, 3),
            "ends_on": date(2025, 4, 4),
        }
        return {"reference": _page(ReferencePage, **{**known, **fields})}

    figure = {"quantity": Decimal("1250.00"), "unit": "m² de jardin"}
    partner = {"client": Partner(name="Bailleur Exemple"), "client_shown": ClientShown.NAME}
    return {
        "reference": {
            "un chiffre et une photo": reference(**figure, **partner, after=_image()),
            "sans chiffre\u00a0: l’année": reference(place="Résidence de l’Exemple"),
            "client non nommé, en cours": reference(
                **figure, client_shown=ClientShown.NOTHING, ends_on=None, years_only=True
            ),
            "titre long, exemple": reference(**figure, title=LONG_TITLE, is_example=True),
            "sur la page de son activité": {**reference(**figure), "without_trade": True},
        },
        "reference_count": {
            "plusieurs": {"found": {"total": 3, "url": "/"}},
            "une": {"found": {"total": 1, "url": "/"}},
            "aucune, rien": {},
        },
    }
