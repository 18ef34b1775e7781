"""The figures: formulas, what may be written, the history, what is computed and checked."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.figures import formulas
from activities.figures.checks import Severity, check_year
from activities.figures.formulas import FormulaError, Term
from activities.figures.reading import DIVIDED_BY_ZERO, NOT_AVAILABLE, Figures
from activities.figures.recording import (
    Entry,
    RecordingRefused,
    forget_examples,
    record,
    record_many,
)
from activities.models import Breakdown, Indicator, Status, Value, ValueChange
from activities.models.values import DirectWrite

from . import factories
from .test_repository import relative, sources

pytestmark = pytest.mark.django_db

YEAR = 2020
PROVISIONAL, VALIDATED, APPROVED = Status.PROVISIONAL, Status.VALIDATED, Status.APPROVED
# One database for all the examples: each makes rows of its own.
several = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def indicator(db: None) -> Indicator:
    return factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")


def refusal(**entry: Any) -> str:
    """The sentence that refuses an entry."""
    with pytest.raises(RecordingRefused) as refused:
        record(**entry)
    (sentence,) = refused.value.messages
    return sentence


# --- Formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("a", (Term(1, "a"),)),
        ("a+b", (Term(1, "a"), Term(1, "b"))),
        (" a + b - 50_plus ", (Term(1, "a"), Term(1, "b"), Term(-1, "50_plus"))),
        ("a \u2212 b", (Term(1, "a"), Term(-1, "b"))),
        ("-a", (Term(-1, "a"),)),
    ],
)
def test_a_formula_is_read(text: str, terms: tuple[Term, ...]) -> None:
    assert formulas.parse(text) == terms


@pytest.mark.parametrize(
    "text",
    ["a b", "a +", "+", "a ++ b", "a * b", "a / b", "2 + a", "12", "(a)", "A", "é", "a + a", "a;b"],
)
def test_what_is_no_formula_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(FormulaError, match=r"\.$"):
        formulas.parse(text)


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"numerator": "inconnu"}, "numerator", "Aucun indicateur"),
        ({"numerator": "taux"}, "numerator", "lui-même"),
        ({"numerator": "calcule"}, "numerator", "écrivez plutôt sa formule (entrees)"),
        ({"numerator": "entrees", "denominator": "entrees -"}, "denominator", "ne se lit pas"),
        ({"denominator": "entrees"}, "numerator", "rien à diviser"),
        ({"counts_people": True, "decimals": 1}, "decimals", "entiers"),
        ({"minimum": 2, "maximum": 1}, "maximum", "minimum"),
        ({"code": "Taux"}, "code", "petites lettres"),
        ({"code": "123"}, "code", "petites lettres"),
        ({"decimals": 5}, "decimals", ""),
    ],
)
def test_an_indicator_that_would_lie_is_refused(
    indicator: Indicator, fields: dict[str, Any], name: str, words: str
) -> None:
    factories.IndicatorFactory(code="calcule", numerator="entrees")
    made = factories.IndicatorFactory.build(**{"code": "taux", **fields})
    with pytest.raises(ValidationError) as refused:
        made.full_clean()
    assert words in refused.value.message_dict[name][0]


def test_a_code_that_is_used_does_not_change(indicator: Indicator) -> None:
    indicator.code = "arrivees"
    indicator.full_clean()  # nothing uses it yet
    factories.IndicatorFactory(code="double", numerator="entrees")
    with pytest.raises(ValidationError, match="gardez « entrees »"):
        indicator.full_clean()


def test_an_indicator_that_has_figures_stays_typed(indicator: Indicator) -> None:
    other = factories.IndicatorFactory(code="sorties")
    record(indicator, YEAR, 3)
    indicator.numerator, indicator.code = "sorties", "autre"
    with pytest.raises(ValidationError) as refused:
        indicator.full_clean()
    assert set(refused.value.message_dict) == {"numerator", "code"}
    factories.IndicatorFactory(code="double", numerator="sorties")
    other.numerator = "entrees"
    with pytest.raises(ValidationError, match="doit rester saisi"):
        other.full_clean()


def test_a_definition_holds_from_its_year_on(indicator: Indicator) -> None:
    for since in (2015, 2010):
        factories.IndicatorDefinitionFactory(
            indicator=indicator, since=since, definition=f"Depuis {since}."
        )
    found = {year: indicator.definition_in(year) for year in (2003, 2010, 2014, 2015, 2024)}
    assert [d.since for d in found.values() if d] == [2010, 2010, 2010, 2015, 2015]
    assert [indicator.version_in(year) for year in found] == [1, 1, 1, 2, 2]
    assert indicator.series_breaks() == [2015]
    assert factories.IndicatorFactory().definition_in(2020) is None


# --- Writing ----------------------------------------------------------------------------------


def test_a_figure_is_written_with_its_trace(indicator: Indicator) -> None:
    by = factories.UserFactory()
    value = record(indicator, YEAR, 12, note="Estimé : c'est un début.", by=by)
    value.refresh_from_db()
    assert (value.number, value.status, value.updated_by) == (12, PROVISIONAL, by)
    assert value.note == "Estimé\u00a0: c’est un début."
    (change,) = value.changes.all()
    assert (change.old_number, change.new_number, change.by) == (None, 12, by)
    assert (change.old_status, change.new_status) == ("", PROVISIONAL)
    assert not change.is_erratum


def test_writing_the_same_again_leaves_no_trace(indicator: Indicator) -> None:
    record(indicator, YEAR, Decimal("12.0"), status=VALIDATED, note="Bien compté.")
    record(indicator, YEAR, 12)
    record(indicator, YEAR, 12, status=VALIDATED, note="Bien compté.")
    assert ValueChange.objects.count() == 1


def test_a_new_number_is_to_be_validated_again(indicator: Indicator) -> None:
    record(indicator, YEAR, 12, status=VALIDATED)
    assert record(indicator, YEAR, 13).status == PROVISIONAL
    assert record(indicator, YEAR, 14, status=VALIDATED).status == VALIDATED
    assert record(indicator, YEAR, 14, note="Vu.").status == VALIDATED


def test_an_erased_figure_keeps_its_history(indicator: Indicator) -> None:
    value = record(indicator, YEAR, 12, status=VALIDATED)
    record(indicator, YEAR, None)
    assert not Value.objects.known().exists()
    assert [c.new_number for c in value.changes.all()] == [12, None]
    assert "vide" in refusal(indicator=indicator, year=YEAR, number=None, status=VALIDATED)


def test_erasing_what_was_never_there_writes_nothing(indicator: Indicator) -> None:
    record(indicator, YEAR, None, note="Rien.")
    assert not Value.objects.exists()


def test_an_approved_figure_changes_only_with_a_public_reason(indicator: Indicator) -> None:
    record(indicator, YEAR, 12, status=APPROVED)
    wanted = {"indicator": indicator, "year": YEAR}
    assert "dites pourquoi" in refusal(**wanted, number=13)
    assert "dites pourquoi" in refusal(**wanted, number=13, reason="  ")
    assert "ne s’efface pas" in refusal(**wanted, number=None, reason="Une erreur.")
    for status in (PROVISIONAL, VALIDATED):
        assert "reste approuvé" in refusal(**wanted, number=12, status=status, reason="Oups.")
    value = record(indicator, YEAR, 13, reason="Une personne était oubliée.")
    assert (value.number, value.status) == (13, APPROVED)
    (erratum,) = ValueChange.objects.errata()
    assert (erratum.old_number, erratum.new_number) == (12, 13)
    assert erratum.reason == "Une personne était oubliée."
    assert erratum.at.date() == timezone.now().date()


def test_approving_is_no_erratum(indicator: Indicator) -> None:
    record(indicator, YEAR, 12, status=VALIDATED)
    record(indicator, YEAR, 12, status=APPROVED)
    record(indicator, YEAR, 12, note="Relu.")
    assert not ValueChange.objects.errata().exists()
    assert Value.objects.get().status == APPROVED


@pytest.mark.parametrize(
    ("fields", "number", "words"),
    [
        ({}, "1.5", "entier"),
        ({"decimals": 2}, "1.234", "2 chiffres"),
        ({}, "-1", "Pas moins de 0"),
        ({"counts_people": True, "minimum": None}, "-1", "Pas moins de 0"),
        ({"counts_people": True, "minimum": -5}, "-1", "Pas moins de 0"),
        ({"unit": "%"}, "101", "Pas plus de 100"),
        ({"maximum": 24}, "25", "Pas plus de 24"),
        ({"minimum": None}, "-10000000000", "trop grand"),
        ({}, "10000000000", "trop grand"),
        ({}, "NaN", "trop grand"),
        ({}, "sNaN", "trop grand"),
        ({}, "Infinity", "trop grand"),
        ({}, "-Infinity", "trop grand"),
        ({"numerator": "entrees"}, "1", "se calcule tout seul"),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    indicator: Indicator, fields: dict[str, Any], number: str, words: str
) -> None:
    other = factories.IndicatorFactory(**fields)
    assert words in refusal(indicator=other, year=YEAR, number=Decimal(number))
    assert not Value.objects.exists()


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"minimum": None, "unit": "€", "decimals": 2}, "-9999999999.99"),
        ({"unit": "€", "decimals": 4}, "9999999999.9999"),
        ({"unit": "%", "maximum": 150}, "120"),
        ({"decimals": 2}, "12.50"),
        ({}, "0"),
    ],
)
def test_a_number_is_kept_to_its_last_digit(fields: dict[str, Any], number: str) -> None:
    indicator = factories.IndicatorFactory(**fields)
    record(indicator, YEAR, Decimal(number))
    assert Value.objects.get().number == Decimal(number)


def test_years_that_cannot_be_are_refused(indicator: Indicator) -> None:
    for year in (0, 2002, timezone.localdate().year + 1, 99999):
        assert "n’est pas une année" in refusal(indicator=indicator, year=year, number=1)
    record(indicator, timezone.localdate().year, 1)


def test_a_part_must_be_one_of_the_indicator(indicator: Indicator) -> None:
    item = factories.BreakdownItemFactory(label="Ailleurs")
    assert "n’est pas détaillé" in refusal(indicator=indicator, year=YEAR, number=1, item=item)
    indicator.breakdowns = [item.breakdown]
    indicator.save()
    record(indicator, YEAR, 1, item=item)
    record(indicator, YEAR, 2)
    assert Value.objects.count() == 2
    assert Value.objects.totals().get().number == 2


def test_long_texts_and_unknown_states_are_refused(indicator: Indicator) -> None:
    wanted = {"indicator": indicator, "year": YEAR, "number": 1}
    assert "caractères" in refusal(**wanted, note="x" * 301)
    assert "caractères" in refusal(**wanted, reason="x" * 301)
    assert "état" in refusal(**wanted, status="secret")


def test_all_or_nothing_with_every_refusal(indicator: Indicator) -> None:
    entries = [Entry(indicator, 2018, 1), Entry(indicator, 2019, -1), Entry(indicator, 2002, 1)]
    with pytest.raises(RecordingRefused) as refused:
        record_many(entries)
    assert [entry for entry, _ in refused.value.refused] == entries[1:]
    assert not Value.objects.exists()
    with pytest.raises(RecordingRefused, match="deux fois"):
        record_many([Entry(indicator, 2018, 1), Entry(indicator, 2018, 2)])


def test_many_figures_cost_as_many_queries_as_a_few(django_assert_max_num_queries: Any) -> None:
    indicators = [factories.IndicatorFactory() for _ in range(60)]
    entries = [Entry(i, year, 1) for i in indicators for year in (2018, 2019)]
    with django_assert_max_num_queries(14):
        assert len(record_many(entries)) == 120
    with django_assert_max_num_queries(14):
        record_many([Entry(e.indicator, e.year, 2) for e in entries])
    assert ValueChange.objects.count() == 240


def test_writers_of_a_figure_wait_for_each_other_where_they_can(indicator: Indicator) -> None:
    """SQLite has one writer at a time; the others lock the indicator before they read."""
    with CaptureQueriesContext(connection) as queries:
        record(indicator, YEAR, 1)
    reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert reads[0].endswith("FOR UPDATE") == connection.features.has_select_for_update


@pytest.mark.parametrize("model", [Value, ValueChange])
def test_nothing_else_writes(indicator: Indicator, model: Any) -> None:
    value = record(indicator, YEAR, 12)
    row = model.objects.get()
    writes = [
        row.save,
        row.delete,
        lambda: model.objects.create(indicator=indicator, year=YEAR, number=1),
        lambda: model.objects.update(number=3),
        lambda: model.objects.filter(pk=row.pk).delete(),
        lambda: model.objects.bulk_create([row]),
        lambda: model.objects.bulk_update([row], ["note"]),
        lambda: model.objects.get_or_create(pk=1),
        lambda: model.objects.update_or_create(pk=1),
        lambda: indicator.values.update(number=3),
        lambda: value.changes.update(reason=""),
    ]
    for write in writes:
        with pytest.raises(DirectWrite):
            write()


# They look for a person in every table, and change those of the requests only.
SEARCH_EVERY_TABLE = {f"contact/{name}.py" for name in ("people", "persons", "privacy_views")}


def test_the_way_around_the_models_is_in_one_module() -> None:
    around = {
        relative(path)
        for path in sources("activities", "contact", "impulsion_site")
        if "_base_manager" in path.read_text()
    }
    assert around - SEARCH_EVERY_TABLE == {"activities/figures/recording.py"}
    assert around >= SEARCH_EVERY_TABLE


def test_an_indicator_with_figures_cannot_be_deleted(indicator: Indicator) -> None:
    record(indicator, YEAR, 12)
    with pytest.raises(IntegrityError):
        indicator.delete()


@pytest.mark.parametrize("with_item", [False, True])
def test_the_database_holds_one_figure_only(indicator: Indicator, with_item: bool) -> None:
    item = factories.BreakdownItemFactory() if with_item else None
    fields = {
        "indicator": indicator,
        "year": YEAR,
        "item": item,
        "number": 1,
        "updated_at": timezone.now(),
    }
    Value._base_manager.bulk_create([Value(**fields)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Value._base_manager.bulk_create([Value(**fields)])


def test_figures_of_an_example_year_are_examples(indicator: Indicator) -> None:
    factories.ReportPageFactory(year=2019, is_example=True)
    assert record(indicator, 2019, 1).is_example
    assert not record(indicator, 2018, 1).is_example
    assert forget_examples() == 1
    assert [value.year for value in Value.objects.all()] == [2018]
    assert ValueChange.objects.count() == 1


actions = st.lists(
    st.tuples(
        st.none() | st.integers(0, 5),
        st.none() | st.sampled_from(Status.values),
        st.none() | st.sampled_from(["", "Une note."]),
        st.sampled_from(["", "Une raison."]),
    ),
    max_size=8,
)


@several
@given(actions)
def test_the_history_of_a_figure_replays_to_its_present(steps: list[Any]) -> None:
    indicator = factories.IndicatorFactory()
    for number, status, note, reason in steps:
        try:
            record(indicator, YEAR, number, status=status, note=note, reason=reason)
        except RecordingRefused:
            continue
    value = Value.objects.filter(indicator=indicator).first()
    state: tuple[Any, str, str] = (None, "", "")
    for change in ValueChange.objects.filter(value__indicator=indicator):
        assert (change.old_number, change.old_status) == state[:2]
        after = (change.new_number, change.new_status, change.note)
        assert after != state
        assert change.is_erratum == (state[1] == APPROVED and state[0] != after[0])
        assert not change.is_erratum or change.reason
        assert state[1] != APPROVED or after[1] == APPROVED
        state = after
    assert state == ((value.number, value.status, value.note) if value else (None, "", ""))


# --- Computed ---------------------------------------------------------------------------------

SIGNS = st.sampled_from(["+", "-"])
amounts = st.none() | st.integers(-20, 20)


@several
@given(
    above=st.lists(st.tuples(SIGNS, amounts), min_size=1, max_size=4),
    below=st.lists(st.tuples(SIGNS, amounts), max_size=4),
    scale=st.sampled_from([1, 100, 1_000_000]),
    decimals=st.integers(0, 4),
    with_item=st.booleans(),
)
def test_a_derived_figure_is_what_its_definition_says(
    above: list[Any], below: list[Any], scale: int, decimals: int, with_item: bool
) -> None:
    item = factories.BreakdownItemFactory() if with_item else None
    breakdowns = [item.breakdown] if item else []

    def formula(terms: list[Any]) -> str:
        written = []
        for sign, number in terms:
            part = factories.IndicatorFactory(minimum=None, breakdowns=breakdowns)
            if number is not None:
                record(part, YEAR, number, item=item)
            written.append(f"{sign} {part.code}")
        return " ".join(written)

    derived = factories.IndicatorFactory(
        numerator=formula(above), denominator=formula(below), scale=scale, decimals=decimals
    )
    figure = Figures.internal(codes=[derived.code]).get(derived.code, YEAR, item)

    if any(number is None for _, number in (*above, *below)):
        assert (figure.number, figure.text, figure.reason) == (None, NOT_AVAILABLE, NOT_AVAILABLE)
        assert figure.missing
        return
    top, bottom = (
        sum(-number if sign == "-" else number for sign, number in terms)
        for terms in (above, below)
    )
    if below and bottom <= 0:
        assert (figure.number, figure.text, figure.reason) == (None, NOT_AVAILABLE, DIVIDED_BY_ZERO)
        return
    exact = Fraction(top * scale, bottom if below else 1)
    assert figure.number is not None
    assert abs(Fraction(figure.number) - exact) <= Fraction(1, 2 * 10**decimals)
    assert figure.numerator == top
    assert figure.denominator == (bottom if below else None)


@pytest.fixture
def exits(db: None) -> Indicator:
    """The rate of exits, and figures of 2020 that give 12 out of 20."""
    for code in ("durable", "transition", "total", "neutralisees"):
        factories.IndicatorFactory(code=code)
    numbers = {"durable": 5, "transition": 7, "total": 21, "neutralisees": 1}
    for code, number in numbers.items():
        record(Indicator.objects.get(code=code), YEAR, number, status=VALIDATED)
    return factories.IndicatorFactory(
        code="taux",
        unit="%",
        decimals=1,
        numerator="durable + transition",
        denominator="total - neutralisees",
        scale=100,
    )


def test_a_rate_shows_what_it_is_made_of(exits: Indicator) -> None:
    figure = Figures.internal().get("taux", YEAR)
    assert (figure.text, figure.fraction) == ("60,0\u00a0%", "12\u00a0sur\u00a020")
    assert figure.status == VALIDATED
    record(Indicator.objects.get(code="durable"), YEAR, 6)
    figure = Figures.internal().get("taux", YEAR)
    assert (figure.text, figure.status) == ("65,0\u00a0%", PROVISIONAL)


def test_a_missing_part_is_named(exits: Indicator) -> None:
    record(Indicator.objects.get(code="total"), YEAR, None)
    figure = Figures.internal().get("taux", YEAR)
    assert (figure.text, figure.fraction, figure.missing) == (NOT_AVAILABLE, "", ("total",))


def test_series_newest_and_all(exits: Indicator) -> None:
    durable = Indicator.objects.get(code="durable")
    record(durable, 2018, 4)
    figures = Figures.internal()
    assert figures.years == [2018, 2020]
    assert [f.number for f in figures.series("durable")] == [4, 5]
    assert [f.is_known for f in figures.series("taux")] == [False, True]
    assert figures.newest("taux").year == YEAR
    assert figures.newest("durable").number == 5
    assert {f.indicator.code for f in figures.all_of(2018)} == {"durable"}
    assert len(figures.all_of(YEAR)) == 5
    assert "taux" in figures
    with pytest.raises(KeyError):
        figures.get("inconnu", YEAR)


# --- Checks -----------------------------------------------------------------------------------


def typed(code: str, *numbers: Any, note: str = "", **fields: Any) -> Indicator:
    """An indicator with its figure of 2020, and of 2019 if it is given first."""
    indicator = factories.IndicatorFactory(code=code, label=code, **fields)
    for year, number in zip((YEAR, YEAR - 1), reversed(numbers), strict=False):
        record(indicator, year, number, note=note)
    return indicator


def findings() -> list[tuple[Severity, tuple[str, ...]]]:
    found = check_year(Figures.internal(years=[YEAR - 1, YEAR]), YEAR)
    assert all(finding.sentence.endswith(".") for finding in found)
    return [(finding.severity, finding.codes) for finding in found]


EXITS = ("durable", "transition", "positives", "autres", "neutralisees")


@pytest.mark.parametrize(
    ("total", "kinds", "blocked"),
    [
        (10, (2, 2, 2, 3, 1), False),
        (11, (2, 2, 2, 3, 1), True),
        (9, (2, 2, 2, 3, 1), True),
        (10, (2, 2), False),  # the rest is still to come
        (3, (2, 2), True),
        (0, (0, 0, 0, 0, 0), False),
    ],
)
def test_exits_add_up(total: int, kinds: tuple[int, ...], blocked: bool) -> None:
    typed("sorties_total", total)
    for code, number in zip(EXITS, kinds, strict=False):
        typed(f"sorties_{code}", number)
    severities = [severity for severity, _ in findings()]
    assert severities == ([Severity.BLOCKING] if blocked else [])


@pytest.mark.parametrize(("women", "blocked"), [(9, False), (10, False), (11, True)])
def test_a_part_of_the_people_is_not_more_than_the_people(women: int, blocked: bool) -> None:
    typed("entrees", 10)
    typed("femmes", women)
    expected = [(Severity.BLOCKING, ("femmes", "entrees"))] if blocked else []
    assert findings() == expected


@pytest.mark.parametrize(
    ("adds_up", "parts", "severity"),
    [
        (True, (6, 4), None),
        (True, (6, 3), Severity.WARNING),
        (True, (6, 5), Severity.BLOCKING),
        (True, (), None),
        (False, (6, 5), None),
        (False, (10, 10), None),
        (False, (6, 11), Severity.BLOCKING),
    ],
)
def test_parts_against_their_total(
    adds_up: bool, parts: tuple[int, ...], severity: Severity | None
) -> None:
    breakdown = factories.BreakdownFactory(adds_up=adds_up)
    items = [factories.BreakdownItemFactory(breakdown=breakdown) for _ in range(2)]
    indicator = typed("surface", 10, breakdowns=[breakdown])
    for item, number in zip(items, parts, strict=False):
        record(indicator, YEAR, number, item=item)
    assert findings() == ([(severity, ("surface",))] if severity else [])


def test_the_parts_of_a_mean_do_not_add_up() -> None:
    item = factories.BreakdownItemFactory()
    indicator = typed("duree", 10, breakdowns=[item.breakdown], is_additive=False)
    record(indicator, YEAR, 12, item=item)
    assert findings() == []


@pytest.mark.parametrize(
    ("done", "agreed", "people", "hours", "count"),
    [
        ("18.5", 20, 40, 31_000, 0),
        ("41", 40, 40, 70_000, 1),  # more jobs than people
        ("8", 20, 40, 14_000, 1),  # far from what was agreed
        ("18.5", 20, 40, 3_100, 1),  # a digit is missing
        ("0", 0, 0, 0, 0),
    ],
)
def test_full_time_jobs_are_plausible(
    done: str, agreed: int, people: int, hours: int, count: int
) -> None:
    typed("etp_realises", Decimal(done), decimals=2)
    typed("etp_conventionnes", agreed, decimals=2)
    typed("salaries_parcours_annee", people)
    typed("heures_insertion", hours)
    assert [severity for severity, _ in findings()] == [Severity.WARNING] * count


@pytest.mark.parametrize(
    ("before", "now", "note", "asked"),
    [
        (100, 150, "", False),
        (100, 151, "", True),
        (100, 49, "", True),
        (100, 151, "Un nouveau client.", False),
        (1, 5, "", False),  # tiny
        (0, 5, "", True),
    ],
)
def test_a_jump_asks_for_a_word(before: int, now: int, note: str, asked: bool) -> None:
    typed("clients", before, now, note=note)
    assert findings() == ([(Severity.WARNING, ("clients",))] if asked else [])


def test_what_cannot_be_true_comes_first() -> None:
    typed("clients", 100, 500)
    typed("entrees", 10)
    typed("femmes", 11)
    assert [severity for severity, _ in findings()] == [Severity.BLOCKING, Severity.WARNING]


def test_checks_cost_the_same_for_many_breakdowns(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        item = factories.BreakdownItemFactory()
        typed(f"surface_{number}", 10, breakdowns=[item.breakdown])
    assert Breakdown.objects.count() == 20
    with django_assert_max_num_queries(6):
        check_year(Figures.internal(years=[YEAR - 1, YEAR]), YEAR)
