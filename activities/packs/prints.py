"""The print of a captured page: its words and its pictures, under a line that says when and where.

The style sheets and scripts of the page are left out: WeasyPrint knows neither, and the proof is
the HTML, which stands beside the print. Nothing is fetched but pictures and fonts of ours.
"""

import re
from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string

from activities.pdf.document import with_named_drawings, without_reserved_pictures
from activities.pdf.render import Made, render

from .visitor import Answer

# What the print does not take: it is in the HTML, word for word.
_LEFT_OUT = re.compile(
    r"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<link\b[^>]*>|<base\b[^>]*>"
    r"|<(?:iframe|object|embed|video|audio)\b.*?</(?:iframe|object|embed|video|audio)\s*>",
    re.DOTALL | re.IGNORECASE,
)
# A link is worth nothing on a proof; WeasyPrint tags some of them wrongly.
_LINK = re.compile(r"""(<a\b[^>]*?)\shref=(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Stamp:
    """What is written on each page of a print."""

    address: str
    moment: str
    sha256: str
    mention: str


def title_of(answer: Answer) -> str:
    """The title of the page."""
    found = _TITLE.search(answer.content.decode(errors="replace"))
    return " ".join(unescape(found[1]).split()) if found else answer.address


def printed(answer: Answer, stamp: Stamp) -> Made:
    """The print of a page.

    Raises:
        Unavailable: Pango is missing.
    """
    html = _LEFT_OUT.sub("", answer.content.decode(errors="replace"))
    html = _LINK.sub(r"\1", html)
    context = {"stamp": stamp, "site_name": settings.WAGTAIL_SITE_NAME}
    head = render_to_string("activities/packs/capture_head.html", context)
    sheet = render_to_string("activities/packs/capture.css")
    html = _BODY.sub(lambda body: f"{body[0]}{head}", with_named_drawings(html), count=1)
    html = without_reserved_pictures(html)
    return render(html.replace("</head>", f"<style>{sheet}</style></head>", 1))
