"""`{% enriched %}…{% endenriched %}`: the texts of a page, the words of the glossary linked."""

from functools import partial

from django import template
from django.http import HttpRequest
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from pages.models import GlossaryPage
from pages.rich_text import Rewriter, rewritten
from pages.vocabulary import vocabulary

register = template.Library()


@register.tag
def enriched(parser: Parser, token: Token) -> "EnrichedNode":
    """Around the rendered texts of a page, as many times as there are: first uses count once."""
    nodes = parser.parse(("endenriched",))
    parser.delete_first_token()
    return EnrichedNode(nodes)


class EnrichedNode(template.Node):
    """What is inside, after the rewriters."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """The words of the page, completed."""
        return rewritten(self.nodelist.render(context), *_rewriters(context))


def _rewriters(context: Context) -> list[Rewriter]:
    """What completes the texts of this page, in order."""
    glossary = _glossary(context)
    return [glossary] if glossary else []


def _glossary(context: Context) -> Rewriter | None:
    """The links to the glossary; none on its own page, or when it is not in the menus."""
    request, navigation = context.get("request"), context.get("navigation")
    if request is None or navigation is None or isinstance(context.get("page"), GlossaryPage):
        return None
    terms = vocabulary(getattr(context.get("organisation"), "glossary_stamp", None))
    address = terms and navigation.url_of(GlossaryPage)
    if not terms or not address:
        return None
    return partial(terms.link_first_uses, address=address, said=_said(request))


def _said(request: HttpRequest) -> set[str]:
    """The words that the page has linked so far."""
    said: set[str] | None = getattr(request, "_terms_said", None)
    if said is None:
        said = request._terms_said = set()  # type: ignore[attr-defined]
    return said
