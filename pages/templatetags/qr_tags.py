"""QR codes, for any template."""

from django import template

from pages.qr import QrCode
from pages.qr import qr_code as make_qr_code
from pages.structured_data import absolute

register = template.Library()


@register.simple_tag
def qr_code(url: str) -> QrCode:
    """The QR code of an address of the site, with the host of SITE_URL in front."""
    return make_qr_code(absolute(url))


@register.simple_tag
def qr_code_of_text(text: str) -> QrCode:
    """The QR code of a text that is no address of the site."""
    return make_qr_code(text)


@register.filter
def in_groups(text: str) -> str:
    """A long key in groups of four letters, which one copies without losing one's place."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
