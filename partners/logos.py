"""The logo of a partner at the size that it may be shown at."""

from dataclasses import dataclass

from pages.models import SiteImage
from pages.pictures import Picture, build_picture
from partners.models import Partner

WIDTHS = (160, 320)
# Logos stand at the same width, unless they would be too high, or smaller than they may be.
WIDTH, HEIGHT = 160, 120


@dataclass(frozen=True)
class ShownLogo:
    """A logo, and its size on the screen in whole pixels."""

    picture: Picture
    width: int
    height: int
    scheme: str = ""


def shown_logos(partner: Partner) -> list[ShownLogo]:
    """The logos of a partner that may be shown: one for both schemes, or one for each."""
    images = [image for image in (partner.logo, partner.logo_dark) if image and image.is_usable]
    if not images:
        return []
    if len(images) == 1:
        return [_shown(images[0], partner.logo_min_width)]
    return [
        _shown(image, partner.logo_min_width, scheme)
        for image, scheme in zip(images, ("light", "dark"), strict=True)
    ]


def _shown(image: SiteImage, least: int, scheme: str = "") -> ShownLogo:
    ratio = image.height / image.width if image.width else 1
    width = max(least, round(min(WIDTH, HEIGHT / ratio if ratio else WIDTH)))
    return ShownLogo(build_picture(image, WIDTHS), width, max(1, round(width * ratio)), scheme)
