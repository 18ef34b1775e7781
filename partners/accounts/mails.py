"""What the site writes to the people of partners: plain words, no tracking."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pages.outbox import SiteMail
from partners.models import Invitation

INVITATION = """\
Bonjour,

La régie de quartier Impulsion vous invite dans l’espace de ses partenaires, pour {partner}. \
Vous y lirez les rapports et les documents qu’elle vous réserve.

Pour ouvrir votre compte, cliquez sur ce lien et choisissez un mot de passe :

{link}

Ce lien sert une seule fois, jusqu’au {day} à {time}. Passé ce délai, demandez-nous une nouvelle \
invitation.

Le site note quels documents réservés vous ouvrez, et quand. Ces lignes sont gardées douze mois ; \
vous pouvez les lire dans votre espace.

Vous n’attendiez pas ce message ? N’en faites rien : sans vous, aucun compte n’est ouvert.

La régie de quartier Impulsion
"""


def send_invitation(invitation: Invitation, token: str) -> None:
    """Write to the person, with an address of this site and no other: it is that of the settings.

    The link is in no other place than the mail: the database only keeps its hash.
    """
    until = timezone.localtime(invitation.expires_at)
    # A name that was pasted may hold an end of line, which no subject may.
    name = " ".join(str(invitation.partner).split())
    SiteMail(
        subject=f"Votre accès à l’espace partenaires de la régie Impulsion ({name})",
        body=INVITATION.format(
            partner=name,
            link=f"{settings.SITE_URL}{reverse('invitation_link', args=[token])}",
            day=date_format(until, "j F Y"),
            time=date_format(until, "H\\ \\h\\ i"),
        ),
        to=[invitation.email],
        purpose="invitation",
        about=f"invitation:{invitation.pk}",
    ).send()
