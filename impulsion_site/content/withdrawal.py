"""Takes the examples out of the site, and nothing else.

An example that something real depends on stays, and is named: a page under which editors wrote
a page of their own, an image or a file that they used elsewhere.
"""

from dataclasses import dataclass, field

from django.db import models, transaction
from wagtail.models import Collection, Page, PageLogEntry, ReferenceIndex

from activities.figures.recording import forget_examples
from activities.models import BreakdownItem
from pages.demonstration import example_pages
from pages.models import LoadedItem
from partners.models import Partner

from .demonstration import COLLECTION
from .loader import MODELS

# Remembers that somebody wanted no examples, so that the next loading does not bring them back.
WITHDRAWN = "exemples:retirés"


@dataclass
class Withdrawal:
    """What was taken out, by kind, and what was kept, with the reason."""

    removed: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def note(self, kind: str) -> None:
        """Count one more."""
        self.removed[kind] = self.removed.get(kind, 0) + 1


def was_withdrawn() -> bool:
    """Whether somebody took the examples out."""
    return LoadedItem.objects.filter(key=WITHDRAWN).exists()


def forget_withdrawal() -> None:
    """Let the examples come back."""
    LoadedItem.objects.filter(key=WITHDRAWN).delete()


@transaction.atomic
def withdraw() -> Withdrawal:
    """Delete every example: pages, partners, figures, images, files."""
    done = Withdrawal()
    _pages(done)
    for partner in Partner.objects.filter(is_example=True):
        partner.delete()
        done.note("partner")
    _figures(done)
    _files(done)
    _collection()
    LoadedItem.objects.filter(is_example=True).delete()
    LoadedItem.objects.get_or_create(key=WITHDRAWN, defaults={"object_id": 0})
    return done


def _pages(done: Withdrawal) -> None:
    """Delete the example pages, the deepest first."""
    for page in example_pages(Page.objects.all()).order_by("-depth"):
        if page.get_descendants().exists():  # its own examples are gone: these are real
            done.kept.append(f"la page « {page.title} », qui contient des pages de la rédaction")
            continue
        page.specific.delete()
        PageLogEntry.objects.filter(page=page.pk).delete()
        done.note("page")


def _figures(done: Withdrawal) -> None:
    """Delete the figures of the example years, all fictional, and the parts made for them."""
    done.removed["figure"] = forget_examples()
    for item in BreakdownItem.objects.filter(is_example=True):
        if item.values.exists():
            done.kept.append(f"« {item} », qui a des chiffres de la rédaction")
        else:
            item.delete()


def _files(done: Withdrawal) -> None:
    """Delete the images and documents of the examples; their files go after the transaction."""
    for kind in ("image", "document"):
        delivered = LoadedItem.objects.filter(is_example=True, key__startswith=f"{kind}:")
        wanted = delivered.values_list("object_id", flat=True)
        for item in MODELS[kind]._default_manager.filter(pk__in=list(wanted)):
            if _is_used(item):
                done.kept.append(f"« {item} », qui sert dans une page de la rédaction")
            else:
                item.delete()
                done.note(kind)


def _is_used(item: models.Model) -> bool:
    return bool(ReferenceIndex.get_references_to(item).exists())


def _collection() -> None:
    """Delete the collection of the examples, once it is empty."""
    for collection in Collection.objects.filter(name=COLLECTION, depth=2):
        holds_something = any(
            MODELS[kind]._default_manager.filter(collection=collection).exists()
            for kind in ("image", "document")
        )
        if not holds_something and collection.is_leaf():
            collection.delete()
