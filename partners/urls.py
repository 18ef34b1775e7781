"""The addresses of this room that are not pages of the tree."""

from django.urls import path

from .accounts import views

urlpatterns = [
    path("espace-partenaires/invitation/", views.invitation, name="invitation"),
    path(
        "espace-partenaires/invitation/<slug:token>/",
        views.invitation_link,
        name="invitation_link",
    ),
]
