"""Run the background work that is due."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connections

from pages.chores import run_due


class Command(BaseCommand):
    """``manage.py chores`` once (from a timer), ``--loop`` beside gunicorn."""

    help = "Fait les tâches de fond qui sont à faire."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the options."""
        parser.add_argument("--loop", action="store_true", help="recommencer sans fin")
        parser.add_argument("--pause", type=float, default=10, help="secondes entre deux tours")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, or until told to stop; the chore under way is finished first."""
        if not options["loop"]:
            self._turn(options["verbosity"])
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                self._turn(options["verbosity"])
            except DatabaseError as error:
                # The database is away: the worker outlives it and tries again.
                self.stderr.write(f"Base de données injoignable : {error}")
            connections.close_all()
            stop.wait(options["pause"])

    def _turn(self, verbosity: int) -> None:
        for name in run_due():
            if verbosity > 1:
                self.stdout.write(f"Fait : {name}")
