"""Make the words of the admin: Wagtail's own French, without its jargon and well typeset.

    .venv/bin/python -m deploy.make_catalogue

Wagtail's French catalogues are read from the installed package; where a word of its trade
stands for a plain one, it is replaced (``REWORDINGS``, then ``deploy/phrases.po`` for what needs
a whole sentence), and French typography is set. Only what differs from Wagtail is written, in
``impulsion_site/locale``, where Django reads it first. The result is committed, compiled: a
machine that runs the site needs neither gettext nor this script. Run it after each update of
Wagtail; a test says when it was forgotten.
"""

import re
from collections.abc import Callable
from pathlib import Path

import polib
import wagtail

from pages.typography import french_html

ROOT = Path(__file__).resolve().parent.parent
PHRASES = ROOT / "deploy" / "phrases.po"
OUTPUT = ROOT / "impulsion_site" / "locale" / "fr" / "LC_MESSAGES"
WAGTAIL = Path(wagtail.__file__).parent
DOMAINS = ("django", "djangojs")

# The applications of Wagtail that the site uses, in the order of INSTALLED_APPS: of two
# translations of the same words, Django keeps that of the first one.
APPLICATIONS = (
    "contrib/redirects",
    "contrib/settings",
    "contrib/typed_table_block",
    "users",
    "sites",
    "snippets",
    "documents",
    "images",
    "embeds",
    "search",
    "admin",
    ".",
)

# (what is written, what is read instead), in this order.
REWORDINGS: list[tuple[str, str]] = [
    # Re-reading, as people call it.
    (r"workflow de modération", "circuit de relecture"),
    (r"soumis(e|\(e\))? pour modération", r"envoyé\1 en relecture"),
    (r"soumis\(e\) dans le workflow", "envoyé(e) en relecture,"),
    (r"planifié\(e\) pour modération", "envoyé(e) en relecture"),
    (r"\bmodération", "relecture"),
    (r"\bmodérateur", "relecteur"),
    (r"\bWorkflows\b", "Circuits de relecture"),
    (r"\bworkflows\b", "circuits de relecture"),
    (r"\bWorkflow\b", "Circuit de relecture"),
    (r"\bworkflow\b", "circuit de relecture"),
    (r"\bStatus\b", "Statut"),
    # Pages under a page.
    (r"\bsous-page\(s\)", "pages en dessous"),
    (r"\b(1|une) sous-page\b", r"\1 page en dessous"),
    (r"\b(?:ses|l['’]ensemble de ses) sous-pages\b", "les pages en dessous"),
    (r"\bsous-page(s?)\b", r"page\1 en dessous"),
    # Bricks of a page and rows of lists: « élément », with its elisions.
    (r"\b([Ll])e (?:fragment|bloc)\b", r"\1’élément"),
    (r"\b([Cc])e (?:fragment|bloc)\b", r"\1et élément"),
    (r"\b([Dd])e (?:fragment|bloc)", r"\1’élément"),
    (r"\b([Dd])u (?:fragment|bloc)\b", r"\1e l’élément"),
    (r"\bpages?/fragments?\b", "pages"),
    (r"\bPages?/[Ff]ragments?\b", "Pages"),
    (r"\b(?:fragment|bloc)(s?)\b", r"élément\1"),
    (r"\b(?:Fragment|Bloc)(s?)\b", r"Élément\1"),
    # The name of the program.
    (r"^Règles de Redirections Wagtail$", "Redirections"),
    (r"^Noyau de Wagtail$", "Pages"),
    (r"^Plan des sites Wagtail$", "Plan du site"),
    (r"^Bloc « tableau » Wagtail$", "Tableaux"),
    (r" (?:de |pour |avec )?Wagtail\b", ""),
    # A rule of redirection is not a title.
    (r"[Rr]ègle(s?) de Redirection\b", r"Règle\1 de redirection"),
]

# What the program fills in, and tags: out of reach of the rules.
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")
HOLE = "\ue000"


def plain(text: str) -> str:
    """``text`` in plain words and French typography, its placeholders and tags untouched."""
    kept = PLACEHOLDERS.findall(text)
    reworded = PLACEHOLDERS.sub(HOLE, text)
    for pattern, words in REWORDINGS:
        reworded = re.sub(pattern, words, reworded)
    return french_html(_filled(reworded, kept))


def _filled(text: str, kept: list[str]) -> str:
    return re.sub(HOLE, lambda _: kept.pop(0), text)


def make_catalogue(domain: str) -> polib.POFile:
    """The entries of a domain that differ from Wagtail's, in a stable order."""
    known: dict[tuple[str | None, str], polib.POEntry] = {}
    for application in APPLICATIONS:
        source = WAGTAIL / application / "locale" / "fr" / "LC_MESSAGES" / f"{domain}.po"
        if not source.exists():
            continue
        for entry in polib.pofile(str(source)):
            if entry.translated() and not entry.obsolete:
                known.setdefault((entry.msgctxt, entry.msgid), entry)
    changed = {key: new for key, entry in known.items() if (new := _reworded(entry))}
    # Phrases serve both domains; the browser is only sent those that it uses.
    changed |= {
        (entry.msgctxt, entry.msgid): _copy(entry, french_html)
        for entry in polib.pofile(str(PHRASES))
        if domain == "django" or (entry.msgctxt, entry.msgid) in known
    }
    catalogue = polib.POFile()
    catalogue.header = "Fait par deploy/make_catalogue.py : ne pas modifier à la main."
    # The same plural rule as Wagtail's: Django then puts both in one catalogue.
    catalogue.metadata = {
        "Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=3; plural=(n == 0 || n == 1) ? 0 : "
        "n != 0 && n % 1000000 == 0 ? 1 : 2;",
    }
    catalogue.extend(
        changed[key] for key in sorted(changed, key=lambda key: (key[1], key[0] or ""))
    )
    return catalogue


def _reworded(entry: polib.POEntry) -> polib.POEntry | None:
    new = _copy(entry, plain)
    same = new.msgstr == entry.msgstr and new.msgstr_plural == entry.msgstr_plural
    return None if same else new


def _copy(entry: polib.POEntry, change: Callable[[str], str]) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=change(entry.msgstr),
        msgstr_plural={number: change(text) for number, text in entry.msgstr_plural.items()},
        flags=[flag for flag in entry.flags if flag.endswith("-format")],
    )


def main() -> None:
    """Write both catalogues, readable and compiled."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for domain in DOMAINS:
        catalogue = make_catalogue(domain)
        catalogue.save(str(OUTPUT / f"{domain}.po"))
        catalogue.save_as_mofile(str(OUTPUT / f"{domain}.mo"))
        print(f"{domain} : {len(catalogue)} phrases")


if __name__ == "__main__":
    main()
