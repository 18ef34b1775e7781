"""What is stored and may be fetched: the renditions of images, and nothing else."""

from email.utils import formatdate
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from pages.models import SiteDocument, SiteImage, SiteRendition

from . import sample_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    SiteRendition.cache_backend.clear()
    file = ContentFile(files.image_bytes("JPEG"), name="photo.jpg")
    return SiteImage.objects.create(title="Photo", file=file)


@pytest.mark.parametrize(
    ("format", "content_type"),
    [
        ("avif", "image/avif"),
        ("webp", "image/webp"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
    ],
)
def test_a_rendition_is_served_for_a_year(client, image, format, content_type, monkeypatch):
    # Bare machines know neither AVIF nor WebP.
    monkeypatch.setattr("mimetypes.guess_type", lambda *args, **kwargs: (None, None))
    rendition = image.get_rendition(f"width-100|format-{format}")
    answer = client.get(rendition.url)
    with rendition.file.open() as file:
        assert b"".join(answer.streaming_content) == file.read()
    assert answer["Content-Type"] == content_type
    assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["Content-Length"] == str(rendition.file.size)
    assert "Set-Cookie" not in answer
    assert "Content-Disposition" not in answer or answer["Content-Disposition"].startswith("inline")


def test_conditional_requests_and_other_methods(client, image):
    url = image.get_rendition("width-100").url
    answer = client.get(url, headers={"if-modified-since": formatdate(usegmt=True)})
    assert answer.status_code == 304
    assert "immutable" in answer["Cache-Control"]
    head = client.head(url)
    assert (head.status_code, head["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(head.streaming_content if head.streaming else [head.content]) == b""
    partial = client.get(url, headers={"range": "bytes=0-9"})
    assert partial.status_code == 200, "a part may be refused, never made up"
    assert partial["Content-Length"] == head["Content-Length"]
    assert client.get(url, headers={"if-modified-since": "hier"}).status_code == 200
    assert client.post(url).status_code == 405


def test_originals_and_documents_are_not_served_as_files(client, image):
    file = ContentFile(files.PDF, name="rapport.pdf")
    document = SiteDocument.objects.create(title="Rapport", file=file)
    for stored in (image.file, document.file):
        assert default_storage.exists(stored.name)
        assert client.get(stored.url).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "absente.jpg",
        "",
        "../original_images/secret.jpg",
        "..%2Foriginal_images%2Fsecret.jpg",
        "%2e%2e/original_images/secret.jpg",
        "/etc/passwd",
        "sous/secret.jpg",
        ".secret.jpg",
        "secret.txt",
        "secret.svg",
        "secret",
        "dossier.jpg",
        "lien.jpg",
        "secret.jpg%00.png",
        "secret.jpg/",
        "x" * 5000 + ".jpg",
    ],
)
def test_every_other_address_under_media_is_a_404(client, name):
    media = Path(settings.MEDIA_ROOT)
    for folder in ("original_images", "images/sous", "images/dossier.jpg"):
        (media / folder).mkdir(parents=True, exist_ok=True)
    for place in (
        "original_images/secret.jpg",
        "images/sous/secret.jpg",
        "images/.secret.jpg",
        "images/secret.txt",
        "images/secret.svg",
        "images/secret",
    ):
        (media / place).write_bytes(b"secret")
    link = media / "images" / "lien.jpg"
    if not link.is_symlink():
        link.symlink_to(media / "original_images" / "secret.jpg")
    assert client.get(f"/media/images/{name}").status_code == 404
    assert client.get(f"/media/{name}").status_code == 404
