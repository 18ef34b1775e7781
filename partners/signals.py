"""What happens by itself when partners change."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from modelsearch.index import insert_or_update_object

from .models import FormerName, Partner, PartnerIndexPage


def connect_search() -> None:
    """Let search know the partners by all their names, which are not in the row of their page."""
    for model in (Partner, FormerName):
        for signal in (post_save, post_delete):
            signal.connect(index_partners, sender=model, dispatch_uid=f"search {model.__name__}")


def index_partners(**_kwargs: Any) -> None:
    """Index the page of the partners again."""
    for page in PartnerIndexPage.objects.all():
        insert_or_update_object(page)
