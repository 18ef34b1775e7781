"""Tags that any template of the site may use."""

from datetime import time
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.html import json_script
from django.utils.safestring import SafeString

from pages.models import EventPage, NewsPage, SitePage
from pages.structured_data import absolute

register = template.Library()

UNIT = 1024


@register.simple_tag(takes_context=True)
def json_ld(context: RequestContext) -> SafeString | str:
    """The page's schema.org description, in a script element that runs nothing.

    Django's ``json_script`` does the escaping; only the type it writes is changed.
    """
    page = context.get("page")
    if not isinstance(page, SitePage):
        return ""
    return as_json_ld(page.json_ld(context["request"]))


@register.simple_tag
def as_json_ld(data: list[dict[str, Any]]) -> SafeString | str:
    """Descriptions that are not those of the page itself; nothing without any."""
    if not data:
        return ""
    script = json_script(data if len(data) > 1 else data[0])
    return SafeString(script.replace('"application/json"', '"application/ld+json"', 1))


@register.filter
def absolute_url(url: str) -> str:
    """The address with the host of the site in front."""
    return absolute(url)


@register.simple_tag(takes_context=True)
def is_signed_in(context: RequestContext) -> bool:
    """Whether somebody may be signed in; a visitor's session is never looked for."""
    request: HttpRequest | None = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return bool(request.user.is_authenticated)


@register.filter
def file_weight(size: int | None) -> str:
    """A number of bytes as French readers write it: « 820 ko », « 1,2 Mo »."""
    if not size:
        return ""
    if size < UNIT * UNIT:
        return f"{max(1, round(size / UNIT))}\u00a0ko"
    return f"{size / UNIT / UNIT:.1f}\u00a0Mo".replace(".", ",")


@register.filter(expects_localtime=True)
def clock(moment: time | None) -> str:
    """An hour as French readers write it: « 9 h », « 9 h 30 »."""
    if not moment:
        return ""
    minutes = f"\u00a0{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}\u00a0h{minutes}"


@register.simple_tag
def newest_news(count: int = 3) -> list[NewsPage]:
    """The newest news items that anybody may read, not archived, for lines without pictures."""
    items = NewsPage.objects.visible().current().newest_first().select_related("image")
    return list(items.defer_streamfields()[:count])


@register.simple_tag
def next_events(count: int = 1) -> list[EventPage]:
    """The next events that anybody may read and that hold: the agenda says what does not."""
    return list(EventPage.objects.visible().upcoming().holding().for_list()[:count])
