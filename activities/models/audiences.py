"""Those whom the association works for."""

from django.db import models


class Audience(models.TextChoices):
    """The four kinds of clients, the residents first. The values are read in addresses."""

    RESIDENTS = "habitants", "Habitants"
    LANDLORDS = "bailleurs", "Bailleurs"
    AUTHORITIES = "collectivites", "Collectivités"
    COMPANIES = "entreprises", "Entreprises"

    @property
    def one(self) -> str:
        """One of them, when it is not named."""
        return ONE_OF[self]


ONE_OF = {
    Audience.RESIDENTS: "Des habitants",
    Audience.LANDLORDS: "Un bailleur",
    Audience.AUTHORITIES: "Une collectivité",
    Audience.COMPANIES: "Une entreprise",
}
