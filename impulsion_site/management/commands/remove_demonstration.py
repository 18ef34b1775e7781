"""``manage.py remove_demonstration``: take every example out of the site."""

import logging
from typing import Any

from django.core.management.base import BaseCommand

from impulsion_site.content import counted, withdraw


class Command(BaseCommand):
    """Remove the examples; the rest is left alone."""

    help = "Retire du site tous les exemples, sans toucher au reste."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove, and say what was kept and why."""
        logging.disable(logging.INFO)  # two lines of log an object would bury what follows
        try:
            done = withdraw()
        finally:
            logging.disable(logging.NOTSET)
        found = counted(done.removed)
        self.stdout.write(f"Exemples retirés : {found}." if found else "Aucun exemple à retirer.")
        for kept in done.kept:
            self.stdout.write(f"Gardé : {kept}.")
