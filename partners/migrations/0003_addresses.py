"""Give each partner that there is the address of its name."""

from typing import Any

from django.db import migrations
from django.utils.text import slugify

LENGTH = 120


def give_addresses(apps: Any, schema_editor: Any) -> None:
    """Write the addresses: the name, with a number for a namesake."""
    partner_model = apps.get_model("partners", "Partner")
    taken: set[str] = set()
    for partner in partner_model.objects.order_by("pk"):
        base = slugify(partner.name)[:LENGTH] or "partenaire"
        number, slug = 1, base
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        partner_model.objects.filter(pk=partner.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_dated_names")]

    operations = [migrations.RunPython(give_addresses, migrations.RunPython.noop)]
