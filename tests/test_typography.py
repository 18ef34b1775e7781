"""French typography by the machine: what it sets, what it must never touch."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pages.typography import french, french_html

# In the expected texts below: ~ is U+00A0 (no-break space), ^ is U+202F (narrow no-break space).


def shown(text: str) -> str:
    return text.replace("~", "\u00a0").replace("^", "\u202f")


SET = [
    # Colon, semicolon, question and exclamation marks.
    ("Horaires : de 8 h à 12 h", "Horaires~: de 8~h à 12~h"),
    ("Horaires: le matin", "Horaires~: le matin"),
    ("Nos métiers :", "Nos métiers~:"),
    ("Bonjour !", "Bonjour^!"),
    ("Bonjour!", "Bonjour^!"),
    ("Quoi ?! Non ; oui", "Quoi^?! Non^; oui"),
    ("Quoi ?", "Quoi^?"),
    ("Quoi\u00a0?", "Quoi^?"),
    ("Vraiment  ?", "Vraiment^?"),
    ("(vraiment ?)", "(vraiment^?)"),
    ("Encore !!!", "Encore^!!!"),
    ("Une « question » : oui", "Une «~question~»~: oui"),
    ("Fin 2024 : douze salariés", "Fin 2024~: douze salariés"),
    ("Et après... ?", "Et après…^?"),
    ("Un travail, etc.!", "Un travail, etc.^!"),
    ("Déjà fini\u202f: non", "Déjà fini~: non"),
    # Quotes.
    ('Dire "bonjour" ici', "Dire «~bonjour~» ici"),
    ('" bonjour "', "«~bonjour~»"),
    ('"Un" et "deux".', "«~Un~» et «~deux~»."),
    ('Il dit : "Venez !"', "Il dit~: «~Venez^!~»"),
    ('« Il dit "oui" ici »', "«~Il dit “oui” ici~»"),
    ("«bonjour»", "«~bonjour~»"),
    ("«\u202fbonjour\u202f»", "«~bonjour~»"),
    # Apostrophes.
    ("l'eau d'aujourd'hui", "l’eau d’aujourd’hui"),
    ("L'ÉCOLE, qu'Éric", "L’ÉCOLE, qu’Éric"),
    ("rock'n'roll", "rock’n’roll"),
    ('l\'"impulsion"', "l’«~impulsion~»"),
    ("jusqu'« ici »", "jusqu’«~ici~»"),
    ("l'11 novembre", "l’11 novembre"),
    ("le mot d' seul", "le mot d’ seul"),
    # Numbers and units.
    ("12 500 habitants", "12^500 habitants"),
    ("126 840 habitants", "126^840 habitants"),
    ("1 234 567,50 €", "1^234^567,50~€"),
    ("123 456 789 €", "123^456^789~€"),
    ("12\u00a0500 m²", "12^500~m²"),
    ("50 %, 50%, 3 m², 12 km, 5 kg", "50~%, 50~%, 3~m², 12~km, 5~kg"),
    ("20€ de l'heure", "20~€ de l’heure"),
    ("de 8 h 30 à 17 h", "de 8~h~30 à 17~h"),
    ("17 966 habitants en 2022", "17^966 habitants en 2022"),
    # Ellipsis.
    ("Jardins, espaces verts...", "Jardins, espaces verts…"),
    ("[...]", "[…]"),
    # Around what is left alone.
    ("Voir https://exemple.fr/a?b=1 !", "Voir https://exemple.fr/a?b=1^!"),
    ("Écrire à l'adresse contact@exemple.fr !", "Écrire à l’adresse contact@exemple.fr^!"),
    ("Aller sur impulsion.fr!", "Aller sur impulsion.fr^!"),
]

KEPT = [
    "",
    "Régie de quartier Impulsion",
    "Rendez-vous à 14:30 ou 09:05",
    "Échelle 1:200, format 16:9",
    "https://exemple.fr/chemin?q=l'eau!&x=12 et la suite",
    "https://exemple.fr:8080/a;b/c...d",
    "mailto:contact@exemple.fr?subject=l'eau",
    "tel:+33321000000",
    "www.exemple.fr/l'eau?",
    "exemple.fr/l'eau?",
    "o'brien@exemple.fr",
    "prenom.nom@exemple.fr",
    "l'affiche.pdf et bilan-d'activite.xlsx",
    "`d'ici : 12 500 !`",
    "&nbsp; &#39; &amp;",
    "Super :-) :) ;) ;-) :D :p :/",
    "Téléphone 03 21 00 00 00",
    "+33 3 21 00 00 00",
    "+33 800 123 456",
    "0 800 123 456",
    "62220 Carvin",
    "62 220 Carvin",
    "SIREN 246 200 299",
    "SIRET 246 200 299 00012",
    "FR 12 345 678 901",
    "En 2024 500 personnes, de 1990 à 2024",
    "le 12 05 2024",
    "3 000.50.20",
    "un coeur, une oeuvre, des voeux",
    'un écran 24" et un autre de 32"',
    'une "paire non fermée',
    "les 'guillemets' simples",
    "a != b, index?q, !important, (?), [!]",
    "50%20de, printf %s",
    "../dossier .../autre ....",
    "Un\n! deux\n: trois",
    "35h par semaine, 14h30",
]


@pytest.mark.parametrize(("typed", "expected"), SET)
def test_sets_french_typography(typed: str, expected: str) -> None:
    assert french(typed) == shown(expected)


@pytest.mark.parametrize("right", [shown(expected) for _, expected in SET] + KEPT)
def test_leaves_right_text_identical(right: str) -> None:
    assert french(right) == right


HTML_SET = [
    ("<p>Bonjour !</p>", "<p>Bonjour^!</p>"),
    ("<p>Bonjour<b> !</b></p>", "<p>Bonjour<b>^!</b></p>"),
    ("<p>Bonjour <b>!</b></p>", "<p>Bonjour^<b>!</b></p>"),
    ("<p><b>Bonjour</b>!</p>", "<p><b>Bonjour</b>^!</p>"),
    ("<p>l'<i>eau</i></p>", "<p>l’<i>eau</i></p>"),
    ("<p>l<i>'</i>eau</p>", "<p>l<i>’</i>eau</p>"),
    ('<p>"<b>Oui</b>"</p>', "<p>«~<b>Oui</b>~»</p>"),
    (
        '<p><a href="/a" title="l\'eau : ici !">l\'eau</a> : ici</p>',
        '<p><a href="/a" title="l\'eau : ici !">l’eau</a>~: ici</p>',
    ),
    (
        "<p>Tapez <code>d'ici : 12 500 !</code> !</p>",
        "<p>Tapez <code>d'ici : 12 500 !</code>^!</p>",
    ),
    ("<p>l'<kbd>a'b</kbd></p>", "<p>l’<kbd>a'b</kbd></p>"),
    ("<p>12<b> 500</b> €</p>", "<p>12<b>^500</b>~€</p>"),
    ("<p>a.<b>.</b>.</p>", "<p>a…<b></b></p>"),
    ("<p>Dire &quot;oui&quot; &amp; c&#39;est tout</p>", "<p>Dire «~oui~» &amp; c’est tout</p>"),
    ("<p>Lui ?<br/>Oui !</p>", "<p>Lui^?<br/>Oui^!</p>"),
    ("<!-- l'eau ! --><p>l'eau</p>", "<!-- l'eau ! --><p>l’eau</p>"),
    (
        '<p>Ouvert : <embed alt="l\'eau !" embedtype="image"/></p>',
        '<p>Ouvert~: <embed alt="l\'eau !" embedtype="image"/></p>',
    ),
]

HTML_KEPT = [
    "<p>Bonjour&nbsp;: oui</p>",
    "<p>Bonjour&#8239;!</p>",
    "<pre>l'eau : 12 500 !</pre>",
    "<pre><code>l'eau !</code> l'eau !</pre>",
    '<p><a href="https://exemple.fr/?a=1">https://exemple.fr/?a=1&amp;b=l\'eau!</a></p>',
    '<p><a href="tel:+33321000000">03 21 00 00 00</a></p>',
    "<p>Un</p><p>! deux</p>",
    '<ul><li>"ouvert</li><li>fermé"</li></ul>',
    "<p>inachevé <a href=\"l'eau !",
    "<p>1 < 2 & l’on",
]


@pytest.mark.parametrize(("typed", "expected"), HTML_SET)
def test_sets_rich_text(typed: str, expected: str) -> None:
    assert french_html(typed) == shown(expected)


@pytest.mark.parametrize("right", [shown(expected) for _, expected in HTML_SET] + HTML_KEPT)
def test_leaves_right_rich_text_identical(right: str) -> None:
    assert french_html(right) == right


# Properties. Texts are made of pieces that meet the rules far more often than random characters.

PIECES = [
    *" \u00a0\u202f\n\t'\"«»“”’:;?!.…,()[]/-+%€&@#*`~",
    *"aé1203l", "d'", "qu'", "...", "12 500", "m²", " h ", "km", "14:30", "http://", "www.", ".fr",
    ".pdf", "mailto:", "FR ", "Carvin", "&amp;", "oe", "Œ", "²", "\ufffc",
]  # fmt: skip
TAGS = [
    "<b>", "</b>", "<i class=\"l'a : !\">", "</i>", "<p>", "</p>", "<br/>", '<a href="/x?a=1 !">',
    "</a>", "<code>", "</code>", "<pre>", "</pre>", "<!-- l'eau ! -->", "<img alt='a !'>", "&quot;",
    "&#39;", "&nbsp;", "&lt;", "<", ">",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40)
htmls = st.lists(st.sampled_from(PIECES + TAGS), max_size=16).map("".join)


def letters_and_digits(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def tags(source: str) -> list[str]:
    return re.findall(r"<!--.*?-->|</?[a-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", source, re.DOTALL)


@given(texts)
@example("12 500m²")
def test_is_idempotent(text: str) -> None:
    assert french(french(text)) == french(text)


@given(htmls)
def test_is_idempotent_on_html(source: str) -> None:
    assert french_html(french_html(source)) == french_html(source)


@given(texts)
def test_keeps_letters_and_digits(text: str) -> None:
    assert letters_and_digits(french(text)) == letters_and_digits(text)


@given(htmls)
def test_keeps_tags_and_attributes(source: str) -> None:
    assert tags(french_html(source)) == tags(source)


@given(texts.filter(lambda text: not set(text) & set("<>&")))
def test_html_without_tags_is_plain_text(text: str) -> None:
    assert french_html(text) == french(text)


@given(
    st.sampled_from(["https://exemple.fr/l'eau?a=12;b!", "d'ici@exemple.fr", "l'eau.pdf"]), texts
)
def test_keeps_addresses(address: str, text: str) -> None:
    assert address in french(f"{text} {address} {text}")
