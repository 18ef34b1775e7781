"""What the worker does for the activities."""

from datetime import timedelta

from django.utils import timezone

from activities.models import FiguresImport
from pages.chores import register_chore

IMPORT_KEPT = timedelta(days=1)


@register_chore("imports-abandonnes", "Imports de chiffres abandonnés", timedelta(hours=1))
def forget_imports() -> None:
    """Let go of the spreadsheets that nobody confirmed."""
    FiguresImport.objects.filter(read_at__lt=timezone.now() - IMPORT_KEPT).delete()
