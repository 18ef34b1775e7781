"""Which figures are hidden because they count few people; found for the figures already there."""

from typing import Any

from django.db import migrations, models

from activities.figures.formulas import parse
from activities.figures.protection import Counted, Published, protected


def find_hidden(apps: Any, schema_editor: Any) -> None:
    """What ``activities.figures.protecting`` does each time that a figure is written."""
    indicators = {i.code: i for i in apps.get_model("activities.Indicator").objects.all()}
    values = apps.get_model("activities.Value").objects.filter(
        number__isnull=False,
        status__in=["valide", "approuve"],
        indicator__counts_people=True,
        indicator__numerator="",
    )
    rows = values.values_list("indicator__code", "year", "item", "number")
    items = apps.get_model("activities.BreakdownItem").objects.values_list("pk", "breakdown")
    published = Published(
        {(code, year, item): int(number) for code, year, item, number in rows},
        {
            code: Counted(i.counts_people, parse(i.numerator), parse(i.denominator))
            for code, i in indicators.items()
        },
        dict(items),
    )
    for code, year, item in sorted(protected(published), key=str):
        indicators[code].hidden_figures.append([year, item])
    for indicator in indicators.values():
        indicator.save(update_fields=["hidden_figures"])


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0006_figures_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='indicator',
            name='hidden_figures',
            field=models.JSONField(default=list, editable=False, verbose_name='chiffres masqués'),
        ),
        migrations.RunPython(find_hidden, migrations.RunPython.noop),
    ]
