"""Responsive pictures: which renditions a picture needs, found in one query, made by a chore.

Making twelve renditions takes seconds (AVIF above all), so nobody waits for them: the first time
a picture is shown, in a preview most often, its fallback alone is made; the rest is noted and the
chore makes it within a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet, prefetch_related_objects
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_renditions_or_not_found

from pages.chores import register_chore
from pages.models import PendingPicture, SiteImage, SiteRendition
from pages.models.agreements import not_usable
from pages.querysets import restricted_collections

# The formats browsers choose from, best first; the fallback is for those that know neither.
SOURCES = (("avif", "image/avif"), ("webp", "image/webp"))
DEFAULT_WIDTHS = (320, 640, 960, 1280)
FALLBACK_WIDTH = 960


@dataclass
class Picture:
    """What the component `picture.html` shows. Without renditions, a placeholder."""

    sources: list[dict[str, str]]
    fallback: SiteRendition | None
    width: int
    height: int


def picture_specs(
    image: SiteImage, widths: Iterable[int] = DEFAULT_WIDTHS, ratio: str = ""
) -> dict[str, list[str]]:
    """The Wagtail filters of a picture, narrowest first, per format (the last is the fallback).

    `ratio` ("16:9") crops around the focal point. Never upscales: of the widths above the
    image's own, only the first is kept, and Wagtail gives it the image's own size.
    """
    available = image.width
    if ratio:
        across, down = (int(part) for part in ratio.split(":"))
        available = min(image.width, image.height * across // down)
    widths = sorted(widths)
    kept = [width for width in widths if width < available]
    kept += widths[len(kept) : len(kept) + 1]

    def size(width: int) -> str:
        return f"fill-{width}x{round(width * down / across)}" if ratio else f"width-{width}"

    fallback_format = "png" if image.file.name.lower().endswith(".png") else "jpeg"
    fallback_width = max([width for width in kept if width <= FALLBACK_WIDTH], default=kept[0])
    specs = {name: [f"{size(width)}|format-{name}" for width in kept] for name, _ in SOURCES}
    specs[fallback_format] = [f"{size(fallback_width)}|format-{fallback_format}"]
    return specs


def warm_renditions(
    image: SiteImage, widths: Iterable[int] = DEFAULT_WIDTHS, ratio: str = ""
) -> dict[str, SiteRendition]:
    """The renditions of a picture by filter; makes at once those that are missing.

    An original that is missing or unreadable gives renditions named "not-found".
    """
    specs = picture_specs(image, widths, ratio)
    return get_renditions_or_not_found(image, [spec for group in specs.values() for spec in group])


def build_picture(
    image: SiteImage, widths: Iterable[int] = DEFAULT_WIDTHS, ratio: str = ""
) -> Picture:
    """A picture ready to be shown: one query at most, none when renditions are prefetched.

    Formats whose renditions are not all there yet are left out, and noted for the chore.
    """
    specs = picture_specs(image, widths, ratio)
    *source_groups, (fallback_spec,) = specs.values()
    wanted = [spec for group in specs.values() for spec in group]
    filters = [Filter(spec=spec) for spec in wanted]
    found = {
        filter.spec: rendition
        for filter, rendition in image.find_existing_renditions(*filters).items()
    }
    if fallback_spec not in found:
        found |= get_renditions_or_not_found(image, [fallback_spec])
    fallback = found[fallback_spec]
    if not fallback.width:
        return Picture([], None, 0, 0)
    missing = [spec for spec in wanted if spec not in found]
    if missing:
        PendingPicture.objects.bulk_create(
            [PendingPicture(image=image, specs=" ".join(missing))], ignore_conflicts=True
        )
    sources = [
        {"type": mime_type, "srcset": _srcset([found[spec] for spec in group])}
        for (_, mime_type), group in zip(SOURCES, source_groups, strict=True)
        if found.keys() >= set(group)
    ]
    largest = found.get(source_groups[0][-1], fallback)
    return Picture(sources, fallback, largest.width, largest.height)


@register_chore("images", "Tailles et formats des images", timedelta(minutes=1))
def make_pending_pictures() -> None:
    """Make the renditions that pictures were shown without."""
    for pending in PendingPicture.objects.select_related("image"):
        get_renditions_or_not_found(pending.image, pending.specs.split())
        pending.delete()


def public_images() -> QuerySet[SiteImage]:
    """The images that anybody may see, with their renditions, in two queries.

    Those of a reserved collection, or that may not be shown any more, are left out: the page
    does as if there were none.
    """
    hidden = Q(collection__in=restricted_collections()) | not_usable()
    return SiteImage.objects.exclude(hidden).prefetch_related("renditions")


def prefetch_pictures(images: Iterable[SiteImage | None]) -> None:
    """Finds the renditions of many images in one query.

    For a queryset, `prefetch_related("image__renditions")` does the same.
    """
    prefetch_related_objects([image for image in images if image], "renditions")


def _srcset(renditions: list[SiteRendition]) -> str:
    return ", ".join(f"{rendition.url} {rendition.width}w" for rendition in renditions)
