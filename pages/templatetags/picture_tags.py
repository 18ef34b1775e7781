"""`{% picture_for %}`: an image of the library, in the sizes and formats browsers choose from."""

from typing import Any

from django import template

from pages.models import SiteImage
from pages.pictures import DEFAULT_WIDTHS, build_picture

register = template.Library()


@register.inclusion_tag("components/picture.html")
def picture_for(
    image: SiteImage | None,
    widths: str = "",
    sizes: str = "100vw",
    ratio: str = "",
    alt: str | None = None,
    decorative: bool = False,
    eager: bool = False,
) -> dict[str, Any]:
    """Shows an image; a placeholder when its file is unreadable.

    Nothing when there is none, or when it may not be shown any more (`Agreement.is_usable`).

    `{% picture_for page.image widths="320 640" sizes="(min-width: 60em) 30rem, 100vw" %}`
    `ratio="16:9"` crops around the focal point; `eager=True` is for the picture one sees first.
    The alternative text is that of the use (`alt`, or Wagtail's ImageBlock), else the image's.
    """
    if not (image and image.is_usable):
        return {}
    picture = build_picture(image, [int(w) for w in widths.split()] or DEFAULT_WIDTHS, ratio)
    return {
        "image": image,
        "picture": picture,
        "sizes": sizes,
        "alt": _alternative_text(image, alt, decorative),
        "eager": eager,
    }


def _alternative_text(image: SiteImage, alt: str | None, decorative: bool) -> str:
    if decorative or image.decorative:
        return ""
    if alt is not None:
        return alt
    return image.contextual_alt_text or image.default_alt_text
