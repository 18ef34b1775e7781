"""What the admin's own programming interface tells of files: those that one may choose, no other.

Stock Wagtail lists to anybody of the team the documents and pictures of every folder.
"""

from typing import Any

from django.db.models import QuerySet
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.permissions import permission_policy as documents_policy
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.permissions import permission_policy as images_policy

USES = ["choose", "change", "delete"]


class ChosenDocuments(DocumentsAdminAPIViewSet):
    """The documents of the folders where this person works."""

    def get_queryset(self) -> QuerySet[Any]:
        """Those that the lists of the admin show."""
        mine = documents_policy.instances_user_has_any_permission_for(self.request.user, USES)
        return super().get_queryset().filter(pk__in=mine.values("pk"))


class ChosenImages(ImagesAdminAPIViewSet):
    """The pictures of the folders where this person works."""

    def get_queryset(self) -> QuerySet[Any]:
        """Those that the lists of the admin show."""
        mine = images_policy.instances_user_has_any_permission_for(self.request.user, USES)
        return super().get_queryset().filter(pk__in=mine.values("pk"))
