"""Who may open what: the rules, written by hand, in the order in which they are tried."""

import re
from typing import NamedTuple

from .access import Outcome

Allowed = frozenset[Outcome]

OPEN = frozenset({Outcome.OPEN})
LOGIN = frozenset({Outcome.LOGIN})
REFUSED = frozenset({Outcome.REFUSED})
MISSING = frozenset({Outcome.MISSING})
# Refused or not there: it is the same for who asks.
CLOSED = REFUSED | MISSING
BROKEN = frozenset({Outcome.BROKEN})
SECOND_FACTOR = frozenset({Outcome.SECOND_FACTOR})

# Those who are nobody for the site, or not any more.
STRANGERS = ("anonymous", "revoked", "deactivated")
PARTNERS = ("partner A", "partner B")
EDITORS = ("editor", "publisher", "administrator")
TEAM = (*EDITORS, "receptionist")
# Of the team, and without a second factor: for the admin, not yet somebody.
HALF = "one factor"
PERSONAS = (*STRANGERS, *PARTNERS, *TEAM, HALF)

Outcomes = dict[str, Allowed]


class Rule(NamedTuple):
    """What each persona gets of the addresses whose name the expression is found in."""

    expression: str
    expected: Outcomes
    why: str


def everybody(outcome: Allowed) -> Outcomes:
    """The same for all."""
    return dict.fromkeys(PERSONAS, outcome)


def team(*who: str, others: Allowed = CLOSED) -> Outcomes:
    """A screen of the admin, which opens for these of the team; never for anybody else."""
    return {
        **dict.fromkeys(STRANGERS, LOGIN),
        **dict.fromkeys(PARTNERS, REFUSED),
        **{name: OPEN if name in who else others for name in TEAM},
        HALF: SECOND_FACTOR,
    }


def readers(*who: str, others: Allowed = CLOSED) -> Outcomes:
    """Something reserved: strangers are asked who they are, the others are refused.

    A picture has no form in front of it: it is simply not there.
    """
    return {
        **dict.fromkeys(STRANGERS, LOGIN | MISSING),
        **{name: OPEN if name in who else others for name in (*PARTNERS, *TEAM, HALF)},
    }


def account(outcome: Allowed = OPEN) -> Outcomes:
    """A screen of one's own account."""
    return everybody(outcome) | dict.fromkeys(STRANGERS, LOGIN)


PUBLISHERS = ("publisher", "administrator")
ADMINISTRATORS = ("administrator",)

RULES = [
    # --- The admin ---
    Rule(
        r"^admin/login/",
        everybody(LOGIN) | dict.fromkeys(PARTNERS, REFUSED),
        "Wagtail’s own doors lead to the one door; partners are not even led to it",
    ),
    Rule(
        r"^\^?admin/(logout|password_reset)/",
        everybody(OPEN) | dict.fromkeys(PARTNERS, REFUSED),
        "so do its ways out, and its forgotten passwords",
    ),
    Rule(r"^_util/login/", everybody(LOGIN), "the same door, for who reads"),
    Rule(
        r"^admin/(jsi18n|sprite)/",
        everybody(OPEN) | dict.fromkeys(PARTNERS, REFUSED) | {HALF: SECOND_FACTOR},
        "the words and drawings of the interface, without any content",
    ),
    Rule(r"^admin/failwhale/", team(others=BROKEN), "how Wagtail tries its own error page"),
    Rule(
        r"^admin/redirects/import/process/",
        team() | {"administrator": BROKEN},
        "the second step of an import that was not begun: Wagtail’s own error",
    ),
    Rule(
        r"^admin/(\^\.\*/\$|block-preview/|api/main/\^\w+/find/)|/generate_url/|/convert_alias/"
        r"|/multiple/\w+/<int:uploaded_file_id>/|^admin/settings/.*/preview/|/unlock/$",
        team(),
        "what is not there, or belongs to who is sending it",
    ),
    Rule(
        r"^admin/(groups|sites|snippets/$|workflows/(?!task_chooser))"
        r"|^admin/snippets/(contact/reasonsettings/(add|delete|copy)"
        r"|choose/contact/reasonsettings/create)/",
        team(),
        "rights, sites, workflows and reasons to write are made by code: no role may add one",
    ),
    Rule(
        r"^admin/(users|redirects|collections|taches-de-fond|courriels)/|^admin/bulk/.* users"
        r"|^admin/(personnes-des-partenaires|consultations|donnees-personnelles)/"
        r"|^admin/settings/.*<int:pk>/ organisation",
        team(*ADMINISTRATORS),
        "people, what they read, mails, settings, folders and what runs in the background",
    ),
    Rule(
        r"^admin/demandes/",
        team("administrator", "receptionist"),
        "what people asked, which names them: those who answer, and nobody else",
    ),
    Rule(
        r"^admin/snippets/(contact/reasonsettings|pages/(trade|commune)"
        r"|activities/(indicator|breakdown))/"
        r"|^admin/snippets/choose/(pages/(trade|commune)|activities/\w+)/create/",
        team(*ADMINISTRATORS),
        "the lists that everything else is made of",
    ),
    Rule(
        r"^admin/snippets/(pages/(term|testimony)|partners/partner)/"
        r"|^admin/snippets/choose/(pages/(term|testimony)|partners/partner)/create/",
        team(*PUBLISHERS),
        "words, testimonies and partners: who publishes vouches for them",
    ),
    Rule(
        r"^admin/(autorisations|reports/locked|dossiers)/|^admin/settings/.*<int:pk>/ notice",
        team(*PUBLISHERS),
        "agreements, locks, the packs of funders and the banner",
    ),
    Rule(
        r"^admin/chiffres/<int:year>/|^admin/rapports/.*/refaire/",
        team(*PUBLISHERS),
        "figures are typed by who vouches for them",
    ),
    Rule(
        r"^admin/pages/(workflow/(action|collect|preview)|<int:page_id>/(lock|unpublish)/)",
        team("publisher"),
        "a page that waits for an approval: Publication gives it",
    ),
    Rule(
        r"^admin/pages/.*/(delete|privacy|unschedule|move|set_position|confirm)/$"
        r"|^admin/api/main/\^pages/.*/action/",
        team(*PUBLISHERS),
        "what changes the public site, or what is reserved",
    ),
    Rule(
        r"^admin/(documents|images)/(edit/|delete/|usage/|multiple/<|<int:image_id>)",
        team(*PUBLISHERS),
        "files that others have put there",
    ),
    Rule(
        r"^admin/((documents|images)/chooser/($|chosen-multiple|results|<int:image_id>/select)"
        r"|api/main/\^\w+/$|choose-|embeds/|tag-autocomplete/|workflows/task_chooser/"
        r"|snippets/choose/|bulk/|pages/create/<slug:app_label>/<slug:model_name>$"
        r"|pages/<int:page_id>/revisions/$|pages/workflow/confirm_cancellation/)",
        team(*TEAM),
        "what the team chooses from, which holds nothing reserved, or says that one may not",
    ),
    Rule(
        r"^admin/(pages|images|documents|rapports|api/main)/",
        team(*EDITORS),
        "pages and files: to see, to write, to add, to choose",
    ),
    Rule(
        r"^admin/(editing-sessions/ping|recherches|reports/(aging|page-types|workflow))",
        team(*EDITORS),
        "what helps to write pages",
    ),
    Rule(
        r"^admin/($|account|dismissibles|editing-sessions|guide|reports|test404"
        r"|chiffres/|settings/[^ ]*model_name>/ )",
        team(*TEAM),
        "the dashboard, one’s own account, the guide",
    ),
    # --- What is reserved ---
    Rule(
        r"^(documents|media/images)/.* all partners",
        readers(*PARTNERS, *TEAM, HALF),
        "documents and pictures for all partners, filed by the team",
    ),
    Rule(
        r"^(documents|media/images)/.* A$",
        readers("partner A", *TEAM, HALF),
        "documents and pictures for A, filed by the team",
    ),
    Rule(r"^tree all partners", readers(*PARTNERS), "pages that are open to every partner"),
    Rule(r"^tree A:", readers("partner A"), "pages that are A’s"),
    Rule(r"^tree nobody", readers(), "what is left to a group that has nobody"),
    Rule(r"^composants/", readers(*TEAM, HALF), "the components of the site, for who works on it"),
    Rule(
        r"^tree public: /espace-partenaires/$",
        readers(*PARTNERS, *TEAM, HALF),
        "the partners’ own page, and what the team is told of it",
    ),
    Rule(r"^tree public: /espace-partenaires/", readers(*PARTNERS), "what is each partner’s own"),
    # --- Accounts ---
    Rule(
        r"^compte/(connexion|deconnexion|ferme|mot-de-passe/(oublie|choisir))/"
        r"|^compte/\^mot-de-passe|^espace-partenaires/invitation/<",
        everybody(OPEN),
        "to come in, to go out, to have forgotten",
    ),
    Rule(
        r"^espace-partenaires/invitation/$",
        everybody(OPEN) | dict.fromkeys(STRANGERS, MISSING),
        "the form of an invitation, without one",
    ),
    Rule(
        r"^compte/(cles-d-acces/(ajouter|confirmation|<)"
        r"|double-authentification/(activer|codes-de-secours/nouveaux))",
        everybody(LOGIN),
        "the password once more, before a second factor is touched",
    ),
    Rule(
        r"^compte/double-authentification/retirer/",
        account(MISSING) | dict.fromkeys(TEAM, LOGIN),
        "the same, for those who have one",
    ),
    Rule(
        r"^compte/double-authentification/confirmation/",
        account(LOGIN) | dict.fromkeys(TEAM, OPEN),
        "the second factor once more, for those who have one",
    ),
    Rule(
        r"^compte/double-authentification/codes-de-secours/($|telecharger)",
        account(CLOSED),
        "codes are shown and taken away when they are drawn, never later",
    ),
    Rule(r"^compte/", account(), "one’s own account"),
    # --- The public site ---
    Rule(
        r"^media/<path:name>|^documents/.* wrong name|^tree draft|^\.well-known/",
        everybody(MISSING),
        "files by where they are stored, drafts, and what is not there",
    ),
    Rule(
        r"^tree public|^(documents|media/images)/.* public",
        everybody(OPEN),
        "the pages, their files, the pictures and documents of everybody",
    ),
    Rule(
        r"^(recherche/|robots\.txt|sitemap\.xml|favicon\.ico|_util/)",
        everybody(OPEN),
        "what goes with the pages",
    ),
]


def rule_of(name: str) -> Rule | None:
    """The first rule that speaks of an address."""
    return next((rule for rule in RULES if re.search(rule.expression, name)), None)
