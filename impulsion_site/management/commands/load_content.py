"""``manage.py load_content [--demonstration]``: the content the site is delivered with."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from impulsion_site.content import counted, deliver


class Command(BaseCommand):
    """Load the content; what is there already is left alone."""

    help = "Charge le contenu initial, sans jamais toucher à ce qui a été modifié."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which content."""
        parser.add_argument(
            "--demonstration",
            action="store_true",
            help="Charge aussi les exemples, tous marqués « Exemple ».",
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="Remet les exemples qui ont été retirés par remove_demonstration.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was new."""
        # Two lines of log an object would bury what this command has to say.
        logging.disable(logging.INFO)
        try:
            delivery = deliver(demonstration=options["demonstration"], again=options["again"])
        finally:
            logging.disable(logging.NOTSET)
        if delivery.examples_refused:
            self.stdout.write(
                "Les exemples ont été retirés de ce site : ils ne reviennent pas d’eux-mêmes. "
                "Pour les remettre : manage.py load_content --demonstration --again"
            )
        new = counted(delivery.created)
        self.stdout.write(f"Contenu ajouté : {new}." if new else "Rien à ajouter.")
