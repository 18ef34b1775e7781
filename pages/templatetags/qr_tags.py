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
