"""What only the pages of a report hold: figures, tables and charts bound to what was typed.

A block names indicators, never numbers. It shows those of the year of its report, which the page
reads once for all its blocks (``activities.figures.publication``): with the structure of a report
copied to another year, the same blocks show that other year.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StructValue,
)
from wagtail.blocks.struct_block import StructBlockValidationError

from activities.figures import charts
from activities.figures.citations import FigureBlock
from activities.figures.tables import Row, Table
from pages.blocks import (
    TEXT_FEATURES,
    BodyBlock,
    CalloutBlock,
    ContentBlock,
    ParagraphBlock,
    SectionBlock,
)
from pages.streams import KeepingStructBlock
from partners.models import by_family
from partners.reports import supporters_of

FIGURES = "Chiffres du rapport"
FIGURE_FEATURE = "figure"
REPORT_FEATURES = [*TEXT_FEATURES, FIGURE_FEATURE]
SALES, SUBSIDIES, INCOME, FUNDER = "chiffre_affaires", "subventions", "total_produits", "financeur"
OTHERS = "autres_produits"
EXITS = ("sorties_durable", "sorties_transition", "sorties_positives", "sorties_autres")
EXITS_RATE = "taux_dynamiques"
# In the order of accounts: what comes in, what is spent, what is left, what is owned.
ACCOUNTS = (
    SALES,
    SUBSIDIES,
    OTHERS,
    INCOME,
    "masse_salariale",
    "autres_charges",
    "total_charges",
    "resultat_exercice",
    "fonds_propres",
    "tresorerie_jours",
)
ALL_YEARS = 0
NO_LONGER = "Qui ne sont plus comptés"


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The indicators by family, then those that are not counted any more, for older reports."""
    from activities.models import Indicator

    groups: dict[str, list[tuple[str, str]]] = {}
    for indicator in Indicator.objects.order_by("-is_active", *Indicator._meta.ordering):
        unit = f" ({indicator.unit})" if indicator.unit else ""
        group = indicator.get_family_display() if indicator.is_active else NO_LONGER
        groups.setdefault(group, []).append((indicator.code, f"{indicator.label}{unit}"))
    return list(groups.items())


def breakdown_choices() -> list[tuple[str, str]]:
    """The ways to break a figure down."""
    from activities.models import Breakdown

    return list(Breakdown.objects.values_list("code", "label"))


class CodeBlock(ChoiceBlock):
    """A choice of the database, by its code: read as it is stored, without looking for it."""

    def to_python(self, value: Any) -> Any:
        """The code."""
        return value

    normalize = to_python


class IndicatorBlock(CodeBlock):
    """An indicator."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": indicator_choices, "label": "Indicateur", **kwargs})

    def get_searchable_content(self, value: Any) -> list[str]:
        """Nothing: the name of an indicator is no text of the page."""
        return []


class FindingBlock(CharBlock):
    """What a chart teaches, in a sentence."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Ce qu’il faut retenir",
            required=False,
            max_length=140,
            help_text="Une phrase courte, au-dessus du graphique. Vide : un titre neutre.",
            **kwargs,
        )


class ReportBlock(FigureBlock, KeepingStructBlock):
    """A block of figures; ``shown()`` gives its template what it shows, nothing without figures."""

    def get_context(self, value: StructValue, parent_context: Any = None) -> dict[str, Any]:
        """Add what the block shows of the figures that this reader may read."""
        context = super().get_context(value, parent_context=parent_context)
        figures, year = context.get("cited"), context.get("report_year")
        if figures is None:
            from activities.figures.publication import sample

            figures, year = sample(self.codes(value))
        context["shown"] = self.shown(value, figures, year) if year else None
        return context

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        """What the template shows; nothing when no figure may be read.

        Args:
            value: What the editor chose.
            figures: Those that the reader may read (``activities.figures.reading``).
            year: That of the report.
        """
        raise NotImplementedError


class KeyFigureBlock(ReportBlock):
    indicator = IndicatorBlock()
    words = CharBlock(
        label="Ce que dit ce chiffre",
        required=False,
        max_length=120,
        help_text="Par exemple : « ont trouvé un emploi durable ». Vide : le nom de l’indicateur.",
    )

    class Meta:
        label = "Chiffre clé"
        description = "Un chiffre en grand, avec son année et sa définition."
        icon = "order"
        group = FIGURES
        template = "activities/blocks/key_figure.html"
        preview_value: ClassVar[Any] = {"indicator": "salaries_parcours_annee", "words": ""}

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return [value.get("indicator") or ""]

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        code = value["indicator"]
        figure = figures.get(code, year) if code in figures else None
        return figure if figure and figure.is_known else None


class FiguresTableBlock(ReportBlock):
    title = CharBlock(label="Titre du tableau", max_length=120)
    indicators = ListBlock(IndicatorBlock(), label="Indicateurs", min_num=1, max_num=20)
    with_parts = BooleanBlock(
        label="Avec le détail",
        required=False,
        help_text="Par dispositif, par type de client… quand le chiffre est détaillé.",
    )

    class Meta:
        label = "Tableau de chiffres"
        description = "Des indicateurs sur trois années, avec leurs définitions."
        icon = "table"
        group = FIGURES
        template = "activities/blocks/figures_table.html"
        preview_value: ClassVar[Any] = {
            "title": "Les parcours",
            "indicators": ["entrees", "sorties_total"],
        }

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        items = value.get("indicators", [])
        return [str(item["value"] if isinstance(item, dict) else item) for item in items]

    def shown(self, value: StructValue, figures: Any, year: int) -> Table | None:
        codes = [code for code in value["indicators"] if code in figures]
        years = _years(figures, codes, year, 3)
        rows = []
        for code in codes:
            rows.append(_row(figures, code, years))
            if value["with_parts"]:
                for breakdown in figures.breakdowns_of(code):
                    rows += _part_rows(figures, code, breakdown, years)
        return _table(value["title"], years, rows)


class EvolutionBlock(ReportBlock):
    indicator = IndicatorBlock()
    years = ChoiceBlock(
        label="Sur combien d’années",
        choices=[("3", "3 ans"), ("5", "5 ans"), ("10", "10 ans"), ("0", "toutes")],
        default="5",
    )
    finding = FindingBlock()

    class Meta:
        label = "Évolution"
        description = "Un chiffre d’année en année : une courbe, et son tableau."
        icon = "history"
        group = FIGURES
        template = "activities/blocks/chart.html"
        preview_value: ClassVar[Any] = {
            "indicator": "salaries_parcours_annee", "years": "5", "finding": "",
        }  # fmt: skip

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return [value.get("indicator") or ""]

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        code = value["indicator"]
        if code not in figures:
            return None
        how_many = int(value["years"] or ALL_YEARS)
        years = _years(figures, [code], year, how_many or year)
        if not years:
            return None
        return evolution(figures, code, years, value["finding"])


class BreakdownChartBlock(ReportBlock):
    indicator = IndicatorBlock()
    breakdown = CodeBlock(label="Détaillé par", choices=breakdown_choices)
    form = ChoiceBlock(
        label="Pour montrer",
        choices=[
            ("comparison", "les parts, avec l’année d’avant"),
            ("share", "la part de chacun dans le total"),
        ],
        default="comparison",
    )
    finding = FindingBlock()

    class Meta:
        label = "Répartition"
        description = "Un chiffre par client, par activité, par financeur… : des barres."
        icon = "list-ul"
        group = FIGURES
        template = "activities/blocks/chart.html"
        preview_value: ClassVar[Any] = {
            "indicator": "chiffre_affaires", "breakdown": "client", "form": "share", "finding": "",
        }  # fmt: skip

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return [value.get("indicator") or ""]

    def details(self, value: dict[str, Any]) -> Sequence[tuple[str, str]]:
        return [(value.get("indicator") or "", value.get("breakdown") or "")]

    def clean(self, value: StructValue) -> StructValue:
        """Refuse a breakdown that the indicator does not have."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        from activities.models import Indicator

        indicator = Indicator.objects.filter(code=cleaned["indicator"]).first()
        if indicator and not indicator.breakdowns.filter(code=cleaned["breakdown"]).exists():
            possible = ", ".join(f"« {b.label} »" for b in indicator.breakdowns.all())
            sentence = f"« {indicator} » n’est pas détaillé ainsi."
            hint = f" Choisissez {possible}." if possible else " Choisissez un autre indicateur."
            raise StructBlockValidationError({"breakdown": ValidationError(sentence + hint)})
        return cleaned

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        code, breakdown = value["indicator"], figures.breakdowns.get(value["breakdown"])
        if code not in figures or breakdown is None:
            return None
        return breakdown_chart(
            figures, code, breakdown, year, value["finding"], is_share=value["form"] == "share"
        )


class ExitsBlock(ReportBlock):
    finding = FindingBlock()

    class Meta:
        label = "Sorties"
        description = (
            "Les sorties de trois années, par catégorie, et le taux de sorties dynamiques."
        )
        icon = "redirect"
        group = FIGURES
        template = "activities/blocks/chart.html"
        preview_value: ClassVar[Any] = {"finding": ""}

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return [*EXITS, EXITS_RATE]

    def must_be_known(self, value: dict[str, Any]) -> Sequence[str]:
        return EXITS

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        codes = [code for code in EXITS if code in figures]
        years = _years(figures, codes, year, 3)
        rows = [_row(figures, code, years) for code in codes]
        if EXITS_RATE in figures:
            rows.append(_row(figures, EXITS_RATE, years))
        table = _table("Les sorties par catégorie", years, rows)
        if table is None:
            return None
        names = [str(figures.indicators[code]) for code in codes]
        numbers = [
            (str(y), [figures.get(code, y).number for code in codes])
            for y in reversed(years)
            # A stack without one of its parts would look like a smaller total.
            if not any(figures.get(code, y).is_masked for code in codes)
        ]
        return Chart(
            value["finding"],
            charts.stacks(numbers, names),
            charts.describe_stacks(numbers, names),
            table,
        )


class FundingBlock(ReportBlock):
    finding = FindingBlock()

    class Meta:
        label = "Financements"
        description = "D’où vient l’argent : les ventes, puis chaque financeur, et leur part."
        icon = "group"
        group = FIGURES
        template = "activities/blocks/chart.html"
        preview_value: ClassVar[Any] = {"finding": ""}

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return [SALES, SUBSIDIES, OTHERS, INCOME]

    def must_be_known(self, value: dict[str, Any]) -> Sequence[str]:
        return [SALES, SUBSIDIES]

    def details(self, value: dict[str, Any]) -> Sequence[tuple[str, str]]:
        return [(SUBSIDIES, FUNDER)]

    def shown(self, value: StructValue, figures: Any, year: int) -> Any:
        codes = [code for code in (SALES, SUBSIDIES, OTHERS, INCOME) if code in figures]
        years = _years(figures, codes, year, 3)
        rows = [_row(figures, code, years) for code in codes if code in (SALES, SUBSIDIES)]
        funders = figures.breakdowns.get(FUNDER)
        if SUBSIDIES in codes and funders:
            rows += _part_rows(figures, SUBSIDIES, funders, years)
        rows += [_row(figures, code, years) for code in codes if code in (OTHERS, INCOME)]
        table = _table(f"Les financements de {year}", years, rows)
        if table is None:
            return None
        whole = figures.get(INCOME, year).number if INCOME in codes else None
        parts = [(r.part or str(r.indicator), r.newest, None) for r in rows if _is_origin(r, rows)]
        drawing = charts.bars(parts, whole)
        words = charts.describe_bars(parts, whole)
        return Chart(value["finding"], drawing, words, table)


class AccountsBlock(ReportBlock):
    class Meta:
        label = "Comptes simplifiés"
        description = "Ce qui est entré, ce qui a été dépensé, ce qui reste, sur trois années."
        icon = "table"
        group = FIGURES
        template = "activities/blocks/figures_table.html"
        preview_value: ClassVar[Any] = {}

    def codes(self, value: dict[str, Any]) -> Sequence[str]:
        return ACCOUNTS

    def must_be_known(self, value: dict[str, Any]) -> Sequence[str]:
        return [INCOME, "total_charges"]

    def shown(self, value: StructValue, figures: Any, year: int) -> Table | None:
        codes = [code for code in ACCOUNTS if code in figures]
        years = _years(figures, codes, year, 3)
        rows = [_row(figures, code, years) for code in codes]
        known = [row for row in rows if any(figure.is_shown for figure in row.figures)]
        return _table("Les comptes simplifiés", years, known)


class YearPartnersBlock(KeepingStructBlock):
    class Meta:
        label = "Partenaires de l’année"
        description = "Les partenaires qui ont soutenu l’année, par famille, sous leur nom d’alors."
        icon = "group"
        group = FIGURES
        template = "activities/blocks/year_partners.html"
        preview_value: ClassVar[Any] = {}

    def get_context(self, value: StructValue, parent_context: Any = None) -> dict[str, Any]:
        """Add the families, each with its partners of the year of the report."""
        context = super().get_context(value, parent_context=parent_context)
        page, year = context.get("page"), context.get("report_year")
        examples = getattr(page, "is_example", False)
        known = supporters_of(year, examples=examples) if year else []
        groups = by_family(supporter.partner for supporter in known)
        named = {supporter.partner.pk: supporter for supporter in known}
        context["families"] = [(label, [named[p.pk] for p in some]) for label, some in groups]
        return context


# --- What the blocks are made of ----------------------------------------------------------------


class Chart:
    """A drawing, what it says in words, and the table of its figures.

    Args:
        finding: What the editor says that it teaches; a neutral title otherwise.
        drawing: What is drawn (``activities.figures.charts``); nothing when there is too little.
        description: What it shows, for those who do not see it.
        table: Its figures.
    """

    def __init__(self, finding: str, drawing: Any, description: str, table: Table) -> None:
        self.title = finding or table.title
        self.drawing, self.description, self.table = drawing, description, table


def evolution(figures: Any, code: str, years: Sequence[int], finding: str = "") -> Chart:
    """The chart of an indicator over years that follow one another, the oldest first."""
    series = figures.series(code, range(years[0], years[-1] + 1))
    label = str(figures.indicators[code])
    title = f"{label}, de {years[0]} à {years[-1]}" if len(years) > 1 else f"{label}, {years[0]}"
    table = Table(
        title, tuple(years), (Row(figures.indicators[code], tuple(figures.series(code, years))),)
    )
    return Chart(finding, charts.line(series), charts.describe_line(series), table)


def breakdown_chart(
    figures: Any, code: str, breakdown: Any, year: int, finding: str = "", *, is_share: bool
) -> Chart | None:
    """The chart of the parts of an indicator in a year; nothing if none may be read."""
    years = _years(figures, [code], year, 2 if is_share else 3)
    parts = _part_rows(figures, code, breakdown, years)
    if not parts:
        return None
    total = figures.get(code, year)
    whole = total.number if is_share and breakdown.adds_up else None
    by_size = sorted(parts, key=lambda row: row.newest.number or 0, reverse=True)
    rows = [
        (row.part, row.newest, None if is_share else _year_before(row, year)) for row in by_size
    ]
    drawing = charts.bars(rows, whole)
    words = charts.describe_bars(rows, whole)
    title = f"{figures.indicators[code]} en {year}, par {_lower(breakdown.label)}"
    table = Table(title, tuple(years), (_row(figures, code, years), *parts))
    return Chart(finding, drawing, words, table)


def _year_before(row: Row, year: int) -> Any:
    """The figure of the year before, if it is known: an older one would be taken for it."""
    return next((f for f in row.figures if f.year == year - 1 and f.is_known), None)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _is_origin(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a line is an origin of money: the subsidies are not, when their funders are."""
    has_funders = any(other.part for other in rows)
    return (
        bool(row.part)
        or row.indicator.code in (SALES, OTHERS)
        or (row.indicator.code == SUBSIDIES and not has_funders)
    )


def _years(figures: Any, codes: Sequence[str], year: int, how_many: int) -> list[int]:
    """The years up to ``year`` in which one of the indicators is known, the oldest first.

    None at all if ``year`` is not among them: what speaks of a year shows it or nothing.
    """
    known = [
        y
        for y in figures.years
        if year - how_many < y <= year and any(figures.get(code, y).is_shown for code in codes)
    ]
    return known if year in known else []


def _row(figures: Any, code: str, years: Sequence[int]) -> Row:
    return Row(figures.indicators[code], tuple(figures.series(code, years)))


def _part_rows(figures: Any, code: str, breakdown: Any, years: Sequence[int]) -> list[Row]:
    """The parts that are known in the last of these years, in their order."""
    if not years:
        return []
    rows = (
        Row(
            figures.indicators[code],
            tuple(figures.series(code, years, item)),
            item.name_in(years[-1]),
        )
        for item in figures.items_of(breakdown)
    )
    return [row for row in rows if row.newest.is_shown]


def _table(title: str, years: Sequence[int], rows: Sequence[Row]) -> Table | None:
    return Table(title, tuple(years), tuple(rows)) if years and rows else None


# --- The body of a report -----------------------------------------------------------------------


class ReportParagraphBlock(ParagraphBlock):
    """A paragraph that may cite figures."""

    def __init__(self, **kwargs: Any) -> None:
        RichTextBlock.__init__(self, features=REPORT_FEATURES, **kwargs)


class ReportCalloutBlock(CalloutBlock):
    text = RichTextBlock(label="Texte", features=REPORT_FEATURES)


class ReportContentBlock(ContentBlock):
    """The content of a section of a report."""

    paragraph = ReportParagraphBlock()
    callout = ReportCalloutBlock()
    key_figure = KeyFigureBlock()
    figures_table = FiguresTableBlock()
    evolution = EvolutionBlock()
    breakdown = BreakdownChartBlock()
    exits = ExitsBlock()
    funding = FundingBlock()
    accounts = AccountsBlock()
    partners = YearPartnersBlock()


class ReportSectionBlock(SectionBlock):
    content = ReportContentBlock(label="Contenu")


class ReportBodyBlock(BodyBlock, ReportContentBlock):
    """The body of a report or of one of its chapters."""

    section = ReportSectionBlock()
