"""Images: what the library accepts, what it says, what it keeps, what the public receives."""

import io
import json
import re
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.template import Context, Template
from django.urls import reverse
from PIL import Image, ImageCms
from wagtail.models import Collection, UploadedFile

from pages import uploads
from pages.models import PendingPicture, SiteImage, SiteRendition, User
from pages.pictures import make_pending_pictures, prefetch_pictures, warm_renditions

from . import sample_files as files
from .conftest import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    sign_in(client, User.objects.create_superuser("edition@example.org", "mot-de-passe"))
    return client


@pytest.fixture(autouse=True)
def no_rendition_of_an_earlier_test():
    """Databases give the same numbers to the images of each test."""
    SiteRendition.cache_backend.clear()


def make_image(content=None, name="photo.jpg", **fields) -> SiteImage:
    file = ContentFile(content or files.image_bytes("JPEG"), name=name)
    return SiteImage.objects.create(title="Titre du fichier", file=file, **fields)


# The four screens where a file can be sent. Each answers what the editor reads.

DETAILS = {"title": "Chantier", "description": "Deux jardiniers taillent une haie"}


def send_alone(client, upload) -> str:
    answer = client.post(reverse("wagtailimages:add"), {"file": upload, **DETAILS}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def send_among_several(client, upload) -> str:
    collection = Collection.get_first_root_node().pk
    answer = client.post(
        reverse("wagtailimages:add_multiple"),
        {"files[]": upload, "title": "Chantier", "collection": collection},
    )
    assert answer.status_code == 200
    reply = json.loads(answer.content)
    if not reply["success"]:
        return reply["error_message"]
    pk = reply["uploaded_file_id"]
    details = {**DETAILS, "collection": collection}
    answer = client.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[pk]),
        {f"uploaded-image-{pk}-{name}": value for name, value in details.items()},
    )
    assert json.loads(answer.content)["success"]
    return ""


def send_in_chooser(client, upload) -> str:
    fields = {"file": upload, **DETAILS}
    answer = client.post(
        reverse("wagtailimages_chooser:create"),
        {f"image-chooser-upload-{name}": value for name, value in fields.items()},
    )
    assert answer.status_code == 200
    return json.loads(answer.content).get("htmlFragment", "")


def replace_file(client, upload) -> str:
    image = make_image(name="avant.jpg")
    answer = client.post(
        reverse("wagtailimages:edit", args=[image.pk]), {"file": upload, **DETAILS}, follow=True
    )
    assert answer.status_code == 200
    image.refresh_from_db()
    if "avant" in image.file.name:
        image.delete()
    return answer.content.decode()


SCREENS = [send_alone, send_among_several, send_in_chooser, replace_file]

BAD_FILES = {
    "truncated": ("photo.jpg", files.truncated_jpeg, "incomplète ou abîmée"),
    "bomb": ("plan.png", files.bomb_png, "40\u00a0millions de pixels"),
    "too many pixels": ("plan.png", lambda: files.bomb_png(6_500), "40\u00a0millions de pixels"),
    "text": ("photo.jpg", lambda: b"Bonjour, ceci est un texte.", "n’est pas une image lisible"),
    "empty": ("photo.jpg", lambda: b"", "vide"),
    "too heavy": ("photo.jpg", lambda: bytes(11 * 1024**2), "la limite est de 10\u00a0Mo"),
    "other extension": (
        "photo.png",
        lambda: files.image_bytes("JPEG"),
        "Renommez-le en «\u00a0.jpg\u00a0»",
    ),
    "svg": (
        "logo.svg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "Enregistrez l’image au format JPG, PNG",
    ),
    "svg named png": ("logo.png", lambda: b"<svg></svg>", "n’est pas une image lisible"),
    "bmp named jpg": ("a.jpg", lambda: files.image_bytes("BMP"), "n’est pas une image lisible"),
}


@pytest.mark.parametrize("send", SCREENS)
@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_french_on_every_screen(editor, send, case):
    name, content, sentence = BAD_FILES[case]
    assert sentence in send(editor, files.upload(name, content()))
    assert not SiteImage.objects.exists()
    assert not UploadedFile.objects.exists()


def test_a_bomb_is_refused_before_it_is_decoded(editor):
    bomb = files.bomb_png()
    assert len(bomb) < 60_000
    send_alone(editor, files.upload("echauffement.jpg", b"rien"))
    before = _reset_peak_memory()
    started = time.perf_counter()
    send_alone(editor, files.upload("plan.png", bomb))
    assert time.perf_counter() - started < 1
    assert _peak_memory() - before < 100 * 1024


def _reset_peak_memory() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_memory()


def _peak_memory() -> int:
    """In kilobytes, memory of the decoders written in C included."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


def _stored(image: SiteImage) -> Image.Image:
    with image.file.open() as file:
        return Image.open(io.BytesIO(file.read()))


def _assert_nothing_private(content: bytes) -> None:
    assert files.SECRET not in content
    opened = Image.open(io.BytesIO(content))
    assert not opened.getexif()
    assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp"} & set(opened.info)


@pytest.mark.parametrize("send", SCREENS)
@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.jpg", "JPEG"),
        ("a.JPEG", "JPEG"),
        ("a.png", "PNG"),
        ("a.webp", "WEBP"),
        ("a.avif", "AVIF"),
        ("IMG_1.HEIC", "HEIF"),
        ("a.heif", "HEIF"),
    ],
)
def test_nothing_private_is_kept_of_a_photo(editor, send, name, format):
    send(editor, files.upload(name, files.phone_photo(format)))
    image = SiteImage.objects.get()
    with image.file.open() as file:
        content = file.read()
    _assert_nothing_private(content)
    assert image.file.name.endswith(".png" if format == "PNG" else ".jpg")
    assert (image.width, image.height) == (400, 300)
    assert image.file_size == len(content)


def test_the_sample_photos_do_hold_private_data():
    for format in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF"):
        assert files.SECRET in files.phone_photo(format)
    opened = Image.open(io.BytesIO(files.phone_photo("JPEG")))
    assert opened.getexif().get_ifd(files.GPS_IFD)


@pytest.mark.parametrize("send", SCREENS)
def test_a_photo_taken_upright_stays_upright(editor, send):
    send(editor, files.upload("a.jpg", files.phone_photo("JPEG", orientation=6)))
    image = SiteImage.objects.get()
    assert (image.width, image.height) == (300, 400)
    stored = _stored(image)
    assert stored.getpixel((150, 20))[0] > 200, "red on top"
    assert stored.getpixel((150, 380))[2] > 200, "blue below"


def test_a_phone_file_that_holds_several_pictures_is_accepted(editor):
    second = files.picture((200, 100))
    content = files.image_bytes("MPO", save_all=True, append_images=[second])
    send_alone(editor, files.upload("a.jpg", content))
    assert SiteImage.objects.get().width == 400


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_its_first_view(editor, format):
    send_alone(editor, files.upload(f"a.{format.lower()}", files.animation(format)))
    stored = _stored(SiteImage.objects.get())
    assert getattr(stored, "n_frames", 1) == 1
    assert stored.convert("RGB").getpixel((40, 30))[1] > 100, "the first view is green"


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_transparency_is_kept(editor, format):
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    clear.paste((200, 10, 10, 255), (0, 0, 30, 40))
    send_alone(editor, files.upload(f"a.{format.lower()}", files.image_bytes(format, clear)))
    stored = _stored(SiteImage.objects.get()).convert("RGBA")
    assert (stored.getpixel((5, 5))[3], stored.getpixel((55, 5))[3]) == (255, 0)


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "LA", "I;16", "P"])
def test_other_kinds_of_colours_are_accepted(editor, mode):
    format = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (50, 40))
    send_alone(editor, files.upload(f"a.{format.lower()}", files.image_bytes(format, image)))
    assert _stored(SiteImage.objects.get()).mode in ("L", "RGB", "RGBA")


def test_colours_are_converted_by_the_profile_of_the_photo(editor):
    """A profile that swaps nothing but is large: gone from the file, the colours unchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = files.image_bytes("JPEG", icc_profile=profile)
    send_alone(editor, files.upload("a.jpg", content))
    stored = _stored(SiteImage.objects.get())
    assert stored.getpixel((10, 10))[0] > 245
    assert "icc_profile" not in stored.info


def test_a_profile_that_makes_no_sense_does_not_refuse_the_photo(editor):
    send_alone(editor, files.upload("a.jpg", files.image_bytes("JPEG", icc_profile=b"x" * 200)))
    assert SiteImage.objects.get().width == 400


def test_a_large_photo_is_reduced(editor):
    content = files.image_bytes("JPEG", files.picture((6400, 4800)))
    send_alone(editor, files.upload("a.jpg", content))
    image = SiteImage.objects.get()
    assert (image.width, image.height) == (3200, 2400)


def test_an_upload_that_django_keeps_on_disk_is_cleaned_too():
    upload = TemporaryUploadedFile("a.heic", "image/heic", 0, None)
    upload.write(files.phone_photo("HEIF"))
    upload.size = upload.tell()
    uploads.clean_uploaded_image(upload)
    content = Path(upload.temporary_file_path()).read_bytes()
    _assert_nothing_private(content)
    assert (upload.name, upload.size) == ("a.jpg", len(content))


# Alternative text


@pytest.mark.parametrize(("extra", "accepted"), [({}, False), ({"is_decorative": "on"}, True)])
def test_an_image_is_described_or_said_decorative(editor, extra, accepted):
    upload = files.upload("IMG_1.jpg", files.image_bytes("JPEG"))
    answer = editor.post(
        reverse("wagtailimages:add"), {"title": "IMG", "description": " ", "file": upload, **extra}
    )
    assert SiteImage.objects.exists() == accepted
    assert ("Dites en une phrase" in answer.content.decode()) is not accepted


def test_several_uploads_wait_for_their_description(editor):
    """Nothing enters the library until it is described; the title is proposed without .jpg."""
    upload = files.upload("Haie taillée.jpg", files.phone_photo())
    answer = editor.post(reverse("wagtailimages:add_multiple"), {"files[]": upload})
    reply = json.loads(answer.content)
    assert reply["success"]
    assert 'value="Haie taillée"' in reply["form"]
    assert "Texte alternatif" in reply["form"]
    assert "Image décorative" in reply["form"]
    assert not SiteImage.objects.exists()
    kept_aside = UploadedFile.objects.get()
    with kept_aside.file.open() as file:
        _assert_nothing_private(file.read())
    prefix = f"uploaded-image-{kept_aside.pk}"
    url = reverse("wagtailimages:create_multiple_from_uploaded_image", args=[kept_aside.pk])
    reply = json.loads(editor.post(url, {f"{prefix}-title": "Haie"}).content)
    assert not reply["success"]
    assert "Dites en une phrase" in reply["form"]
    reply = json.loads(
        editor.post(url, {f"{prefix}-title": "Haie", f"{prefix}-is_decorative": "on"}).content
    )
    assert reply["success"]
    assert SiteImage.objects.get().is_decorative


def test_the_alternative_text_is_never_the_title():
    assert make_image().default_alt_text == ""
    assert make_image(description="Une haie").default_alt_text == "Une haie"
    assert make_image(description="Une haie", is_decorative=True).default_alt_text == ""


def test_the_upload_screens_are_in_french(editor):
    for url in (reverse("wagtailimages:add"), reverse("wagtailimages:add_multiple")):
        page = editor.get(url).content.decode()
        assert "10\u00a0Mo" in page
        assert "JPG, PNG, WebP, AVIF, GIF ou HEIC" in page
    page = editor.get(reverse("wagtailimages:add")).content.decode()
    for label in (
        "Texte alternatif",
        "Image décorative",
        "Crédit",
        "Licence",
        "Droits et accord des personnes",
        "Accord valable jusqu’au",
    ):
        assert label in page


# Renditions and pictures


@pytest.mark.parametrize("format", ["jpeg", "png", "gif", "webp", "avif"])
@pytest.mark.parametrize("original", ["JPEG", "PNG"])
def test_renditions_carry_nothing_private_even_of_originals_put_there_by_hand(original, format):
    image = make_image(files.phone_photo(original), f"a.{original.lower()}")
    for spec in (f"width-100|format-{format}", f"original|format-{format}"):
        with image.get_rendition(spec).file.open() as file:
            _assert_nothing_private(file.read())


def test_another_picture_never_has_the_address_of_an_older_one(
    django_capture_on_commit_callbacks,
):
    first = make_image()
    old = first.get_rendition("width-100").url
    with django_capture_on_commit_callbacks(execute=True):
        first.delete()
    assert not default_storage.exists(old.removeprefix("/media/"))
    second = make_image(files.image_bytes("JPEG", files.picture().rotate(180)))
    assert second.get_rendition("width-100").url != old


def test_files_disappear_with_the_image(django_capture_on_commit_callbacks):
    image = make_image()
    names = [image.file.name, *(r.file.name for r in warm_renditions(image).values())]
    assert len(names) > 3
    assert all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert not any(default_storage.exists(name) for name in names)


def show(image, options="") -> str:
    """What visitors see once the chore has passed."""
    show_at_first(image, options)
    make_pending_pictures()
    return show_at_first(image, options)


def show_at_first(image, options="") -> str:
    template = Template("{% load picture_tags %}{% picture_for image " + options + " %}")
    return template.render(Context({"image": image}))


def test_a_picture_offers_formats_and_sizes_without_enlarging():
    image = make_image(
        files.image_bytes("JPEG", files.picture((700, 500))), description="Une haie & un mur"
    )
    html = show(image, 'widths="320 640 960 1280" sizes="(min-width: 60em) 30rem, 100vw"')
    assert re.findall(r'type="([^"]+)"', html) == ["image/avif", "image/webp"]
    for source in re.findall(r'srcset="([^"]+)"', html):
        assert re.findall(r" (\d+)w", source) == ["320", "640", "700"]
    assert re.search(r'<img src="/media/images/photo[\w.-]*\.jpg" width="700" height="500"', html)
    assert 'alt="Une haie &amp; un mur" loading="lazy" decoding="async"' in html
    assert html.count('sizes="(min-width: 60em) 30rem, 100vw"') == 2
    assert "style" not in html


def test_nobody_waits_for_the_slow_formats():
    """The first visitor gets the fallback; the chore makes the rest, once, whatever is damaged."""
    image = make_image()
    html = show_at_first(image)
    assert "<source" not in html
    assert re.search(r'<img src="[^"]+\.jpg" width="400" height="300"', html)
    assert list(image.renditions.values_list("filter_spec", flat=True)) == ["width-640|format-jpeg"]
    show_at_first(image)
    assert PendingPicture.objects.count() == 1
    lost = make_image()
    show_at_first(lost)
    Path(lost.file.path).unlink()
    make_pending_pictures()
    assert not PendingPicture.objects.exists()
    assert show_at_first(image).count("<source") == 2
    assert "<img" in show_at_first(lost)


def test_the_first_picture_of_a_page_does_not_wait():
    html = show(make_image(), 'widths="320" eager=True')
    assert "loading" not in html
    assert 'fetchpriority="high"' in html


def test_a_picture_with_transparency_falls_back_on_png():
    html = show(make_image(files.image_bytes("PNG"), "logo.png"), 'widths="320"')
    assert re.search(r'<img src="[^"]+\.png"', html)


def test_the_use_of_a_picture_decides_of_its_alternative_text():
    image = make_image(description="Une haie")
    assert 'alt="Une haie"' in show(image)
    assert 'alt="Autre"' in show(image, 'alt="Autre"')
    assert 'alt=""' in show(image, "decorative=True")
    image.contextual_alt_text = "Dans ce texte"
    assert 'alt="Dans ce texte"' in show(image)
    image.decorative = True
    assert 'alt=""' in show(image)
    assert show(None).strip() == ""


def test_a_crop_follows_the_focal_point():
    """Red left, blue right: a square around a point on the right is blue."""
    image = make_image(files.image_bytes("JPEG", files.picture((800, 200))))
    image.focal_point_x, image.focal_point_y = 700, 100
    image.focal_point_width = image.focal_point_height = 50
    image.save()
    html = show(image, 'widths="100 400" ratio="1:1"')
    assert 'width="200" height="200"' in html, "as large as the image allows, and square"
    name = re.search(r'<img src="/media/([^"]+)"', html)[1]
    with default_storage.open(name) as file:
        square = Image.open(file).convert("RGB")
    assert all(square.getpixel((x, 50))[2] > 200 for x in (5, square.width - 5))


def test_pictures_cost_one_query_each_or_one_in_all(django_assert_num_queries):
    for _ in range(3):
        warm_renditions(make_image())
    one = SiteImage.objects.first()
    SiteRendition.cache_backend.clear()
    with django_assert_num_queries(1):
        show_at_first(one)
    images = list(SiteImage.objects.all())
    SiteRendition.cache_backend.clear()
    with django_assert_num_queries(1):
        prefetch_pictures([*images, None])
        for image in images:
            show_at_first(image)
    SiteRendition.cache_backend.clear()
    with django_assert_num_queries(2):
        for image in SiteImage.objects.prefetch_related("renditions"):
            show_at_first(image)


# Files that are damaged later


def _damage(image: SiteImage, how: str) -> None:
    path = Path(image.file.path)
    match how:
        case "missing":
            path.unlink()
        case "truncated":
            path.write_bytes(path.read_bytes()[:2000])
        case "text":
            path.write_text("Ceci n’est pas une image.")
        case "bomb":
            path.write_bytes(files.bomb_png())


@pytest.mark.parametrize("how", ["missing", "truncated", "text", "bomb"])
def test_a_damaged_file_leaves_a_placeholder_and_an_open_library(editor, how):
    noise = Image.effect_noise((600, 400), 80).convert("RGB")
    image = make_image(files.image_bytes("JPEG", noise), description="Une haie")
    _damage(image, how)
    html = show(SiteImage.objects.get())
    assert '<span class="picture-missing" role="img" aria-label="Une haie">' in html
    assert "<img" not in html
    for url in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages:edit", args=[image.pk]),
    ):
        assert editor.get(url).status_code == 200
    image.description = ""
    assert '<span class="picture-missing" aria-hidden="true">' in show(image)
