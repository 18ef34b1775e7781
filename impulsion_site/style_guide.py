"""The style guide, ``/composants/``: every component with real data, in all its states.

For those who work on the site: staff may open it, visitors and search engines may not. The
states are in ``style_guide_states.py``; a component without any makes a test fail.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from pages.blocks import BodyBlock
from pages.context_processors import site as site_context

from .style_guide_states import block_samples, component_states

COMPONENTS = settings.BASE_DIR / "templates" / "components"
# The attributes that hold the identifier of an element, or of several.
IDENTIFIERS = re.compile(
    r"(?P<name>\b(?:id|for|headers|popovertarget|aria-(?:labelledby|describedby|controls)))"
    r'="(?P<value>[^"]+)"'
)


@dataclass
class Shown:
    """A component or a block, and what each of its states looks like."""

    name: str
    states: list[tuple[str, str]]


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state.

    Raises:
        PermissionDenied: signed in, but without access to the admin.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    response = render(
        request,
        "pages/style_guide.html",
        {"components": _components(request), "blocks": _blocks(request)},
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def component_files() -> list[str]:
    """The names of the components: one file each."""
    return sorted(path.stem for path in COMPONENTS.glob("*.html"))


def _components(request: HttpRequest) -> list[Shown]:
    states = component_states()
    return [
        Shown(
            name,
            [
                (label, _html(f"components/{name}.html", context, request, f"{name}-{number}"))
                for number, (label, context) in enumerate(states.get(name, {}).items())
            ],
        )
        for name in component_files()
    ]


def _blocks(request: HttpRequest) -> list[Shown]:
    """The kinds of content of a body, with the values that the admin's previews show."""
    samples = block_samples()
    shown = []
    for name, block in BodyBlock().child_blocks.items():
        value = block.normalize(samples[name]) if name in samples else block.get_preview_value()
        html = str(block.render(value, {"request": request, **site_context(request)}))
        shown.append(Shown(str(block.label), [("", with_own_identifiers(html, f"bloc-{name}"))]))
    return shown


def _html(template: str, context: dict[str, Any], request: HttpRequest, prefix: str) -> SafeString:
    return with_own_identifiers(render_to_string(template, context, request), prefix)


def with_own_identifiers(html: str, prefix: str) -> SafeString:
    """The same piece of page with other identifiers: it is there several times.

    Safe: ``html`` is what a template or a block has rendered, escaped; only identifiers change.
    """

    def renamed(match: re.Match[str]) -> str:
        names = [f"{prefix}-{name}" for name in match["value"].split()]
        return f'{match["name"]}="{" ".join(names)}"'

    return SafeString(IDENTIFIERS.sub(renamed, html))
