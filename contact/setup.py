"""The rows that the form needs: a reason is there from the first migration on."""

from typing import Any

from django.db import connection

from .models import ReasonSettings
from .reasons import Reason

# What editors find the first time: label, help, what happens next, months kept.
_FIRST: dict[Reason, tuple[str, str, str, int]] = {
    Reason.QUOTE: (
        "Je demande un devis ou une intervention",
        "Espaces verts, petits travaux, nettoyage, médiation.",
        "Nous regardons votre demande, puis nous vous appelons ou vous écrivons pour en parler.",
        36,
    ),
    Reason.JOB: (
        "Je cherche un travail",
        "Laissez votre numéro : nous vous rappelons.",
        "Nous vous rappelons pour parler de votre recherche. Vous n’avez aucun papier à préparer.",
        24,
    ),
    Reason.MEDIATION: (
        "Je veux parler avec la médiation",
        "Un souci dans votre quartier ou votre immeuble.",
        "L’équipe de médiation lit votre message, puis vous rappelle ou vous écrit.",
        12,
    ),
    Reason.PARTNERSHIP: (
        "Je propose un partenariat",
        "Une entreprise, une commune, une association, un financeur.",
        "Nous lisons votre proposition, puis nous vous répondons.",
        36,
    ),
    Reason.TAKING_PART: (
        "Je veux participer",
        "Adhérer, donner un coup de main, proposer une idée.",
        "Nous lisons votre message, puis nous vous rappelons ou vous écrivons.",
        12,
    ),
    Reason.PRESS: (
        "J’écris pour la presse",
        "Une question, un entretien, une photo.",
        "Nous lisons votre message et nous vous répondons.",
        12,
    ),
    Reason.OTHER: (
        "J’ai une autre question",
        "",
        "Nous lisons votre message, puis nous vous répondons.",
        12,
    ),
}


def ensure_reasons(**_: Any) -> None:
    """Write the reasons that are missing; what editors changed is left alone."""
    if ReasonSettings._meta.db_table not in connection.introspection.table_names():
        return  # migrated backwards
    known = set(ReasonSettings.objects.values_list("code", flat=True))
    for rank, code in enumerate(Reason):
        if code in known:
            continue
        label, help_text, next_steps, months = _FIRST[code]
        ReasonSettings.objects.create(
            code=code,
            label=label,
            help=help_text,
            next_steps=next_steps,
            kept_months=months,
            sort_order=rank,
        )
