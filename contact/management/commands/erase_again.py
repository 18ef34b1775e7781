"""``manage.py erase_again``: after a restore, erase again what was erased since the backup."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from contact import erasures, retention
from contact.again import erase_again


class Command(BaseCommand):
    """Reads the erasures that are remembered, and what is over; names nobody."""

    help = "Efface de nouveau, après une restauration, ce qui l’avait été depuis la sauvegarde."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder of the erasures, when it is not the one of this site."""
        parser.add_argument("folder", nargs="?", type=Path, default=erasures.folder())

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, and say how much."""
        known = erasures.known(options["folder"])
        if not known:
            self.stderr.write(f"Aucun effacement dans {options['folder']}.")
        people = erase_again(known)
        count = retention.purge()
        self.stdout.write(
            f"{len(known)} effacements connus : {people} personnes effacées de nouveau. "
            f"{count} demandes dont le temps était passé."
        )
