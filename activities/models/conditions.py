"""Pages that wait for something before anybody may read them."""

from typing import Any

from django.core.exceptions import ValidationError

from pages.models import BodyPage, NotPublishable


class ConditionalPage(BodyPage):
    """Abstract: a page whose ``check_publishable()`` has conditions."""

    class Meta:
        abstract = True

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Whatever publishes, form, schedule, workflow or code, meets the same refusal.

        Raises:
            NotPublishable: the page would be public and one of its conditions is not met.
        """
        if clean and self.live:
            try:
                self.check_publishable()
            except ValidationError as refused:
                raise NotPublishable(refused.message_dict) from refused
        return super().save(clean=clean, **kwargs)
