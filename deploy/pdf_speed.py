"""What making the longest PDF costs: the fullest year of the examples, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.console import ROOT, Failure, step
from deploy.environment import PYTHON

MOST_SECONDS = 20.0
MOST_BYTES = 500_000_000
# The memory is that of the whole process: what the site takes before it makes anything too.
MEASURE = """
import json, resource, time
from django.db.models import Count
from activities.models import ReportPage, ReportPdf, Value
from activities.pdf.document import document_of
from activities.pdf.render import render
counts = Value.objects.readable().order_by().values_list("year").annotate(Count("pk"))
years = {year: count for year, count in counts}
report = max(ReportPage.objects.visible(), key=lambda p: (years.get(p.year, 0), p.year))
start = time.monotonic()
document = document_of(report, ReportPdf.Kind.FULL, ReportPdf.Visibility.PUBLIC)
made = render(document.html)
print(json.dumps({
    "year": report.year,
    "pages": made.pages,
    "size": len(made.content),
    "seconds": time.monotonic() - start,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""


@dataclass(frozen=True)
class Made:
    """What making a PDF cost."""

    year: int
    pages: int
    size: int
    seconds: float
    memory: int

    def missed(self) -> list[str]:
        """The targets that it misses."""
        lines = []
        if self.seconds >= MOST_SECONDS:
            lines.append(f"PDF de {self.year}\u00a0: {_seconds(self.seconds)}, cible 20 s")
        if self.memory >= MOST_BYTES:
            lines.append(f"PDF de {self.year}\u00a0: {self.memory / 1e6:.0f} Mo, cible 500 Mo")
        return lines


def measure(environment: Mapping[str, str]) -> Made:
    """Make the PDF of the fullest year of this site. Raises Failure otherwise."""
    command = [PYTHON, "manage.py", "shell", "--no-imports", "--command", MEASURE]
    with step("Fabrication du PDF le plus long"):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Failure(f"le PDF n’a pas pu être fait\u00a0:\n{done.stderr[-2000:]}")
    return Made(**json.loads(done.stdout.splitlines()[-1]))


def table(made: Made) -> str:
    """What it cost, beside its targets."""
    return "\n".join(
        [
            f"PDF du rapport {made.year}, {made.pages} pages, {made.size / 1000:.0f} ko",
            f"  {'temps de fabrication':<38} {_seconds(made.seconds):>9} (cible 20 s)",
            f"  {'mémoire du processus':<38} {made.memory / 1e6:>6.0f} Mo (cible 500 Mo)",
        ]
    )


def _seconds(value: float) -> str:
    return f"{value:.1f}\u00a0s".replace(".", ",")
