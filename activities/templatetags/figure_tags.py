"""Figures, for any template: in running text, on the home page, on the page of an activity."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context

from activities.figures.publication import figures_for
from activities.figures.reading import Figure, newest_figures
from activities.figures.rich_text import cited_in_page, put_numbers
from activities.models import ReportIndexPage, Value
from pages.models import Trade

register = template.Library()

SHOWN = 4


@register.tag
def figures_in_text(parser: Parser, token: Token) -> "FiguresNode":
    """Around rendered texts: puts the figures that they cite in their places."""
    nodes = parser.parse(("endfigures_in_text",))
    parser.delete_first_token()
    return FiguresNode(nodes)


class FiguresNode(template.Node):
    """What is inside, with its figures; they are read only if there is one."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        """The texts of the page, with the numbers that its reader may read."""
        html = self.nodelist.render(context)
        cited = cited_in_page(html)
        if not cited:
            return html
        figures = context.get("cited")
        if figures is None:
            codes, years = {c.code for c in cited}, {c.year for c in cited}
            figures = figures_for(context["request"], codes=codes, years=years)
        navigation = context.get("navigation")
        index = navigation.url_of(ReportIndexPage) if navigation else ""
        return put_numbers(html, figures, lambda code: index and f"{index}indicateurs/{code}/")


@register.simple_tag
def home_figures() -> list[Figure]:
    """The newest public figure of the indicators shown on the home page; one query."""
    values = Value.objects.readable().totals().filter(indicator__on_home=True)
    return newest_figures(values)[:SHOWN]


@register.simple_tag
def activity_figures(trade: Trade) -> list[Figure]:
    """The newest public figure of the indicators of an activity; one query."""
    values = Value.objects.readable().totals().filter(indicator__trade=trade)
    return newest_figures(values)[:SHOWN]
