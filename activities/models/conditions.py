"""Pages that wait for something before anybody may read them."""

from typing import Any

from django.core.exceptions import ValidationError

from pages.models import NotPublishable


class ConditionalPublication:
    """A page whose ``check_publishable()`` has conditions. It stands before ``SitePage``."""

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Whatever publishes, form, schedule, workflow or code, meets the same refusal.

        Raises:
            NotPublishable: the page would be public and one of its conditions is not met.
        """
        if clean and self.live:  # type: ignore[attr-defined]
            try:
                self.check_publishable()  # type: ignore[attr-defined]
            except ValidationError as refused:
                raise NotPublishable(refused.message_dict) from refused
        return super().save(clean=clean, **kwargs)  # type: ignore[misc]
