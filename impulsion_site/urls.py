"""The public addresses that are not pages of the tree, then the tree."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap

from pages.accounts.urls import instead_of_wagtails
from pages.search.views import search

from . import errors, wellknown
from .documents import serve_document
from .media import serve_nothing, serve_rendition
from .style_guide import style_guide

# A file that a page makes at its own address (pages/page_files.py); Wagtail's pattern has no dot.
PAGE_FILE = r"^((?:[\w\-]+/)*[\w\-]+\.(?:xml|ics|pdf|csv|xlsx|json))\Z"

urlpatterns = [
    *instead_of_wagtails,
    path("compte/", include("pages.accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path(
        "documents/<int:document_id>/<path:document_filename>",
        serve_document,
        name="wagtaildocs_serve",
    ),
    path("media/images/<path:name>", serve_rendition, name="rendition"),
    path("media/<path:name>", serve_nothing),
    path("recherche/", search, name="search"),
    path("composants/", style_guide),
    path("robots.txt", wellknown.robots),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": wellknown.PublicPages}}),
    path(".well-known/security.txt", wellknown.security_txt),
    path("favicon.ico", wellknown.favicon),
    path("", include("partners.urls")),
    re_path(PAGE_FILE, wagtail_views.serve, name="page_file"),
    path("", include(wagtail_urls)),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
handler429 = errors.too_many_requests
