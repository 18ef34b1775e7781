"""What happens to a file between an editor's computer and the library.

Images are decoded, turned upright, reduced and written anew: nothing of the original but its
pixels is kept (no GPS position, no name of a phone). Documents are kept as they are, once their
content has been seen to be what their extension says. Every refusal says what to do next.
"""

import io
import os.path
import struct
import warnings
import zipfile
import zlib
from typing import BinaryIO, cast

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

# What Pillow and its decoders raise on truncated, corrupted or gigantic files (found by corrupting
# some fifteen hundred files of each format at random).
UNREADABLE_IMAGE_ERRORS = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
)

# The format Pillow finds in the content → how people call it, and the extensions it may have.
# MPO is what several phones write under .jpg: a JPEG followed by others.
IMAGE_FORMATS = {
    "JPEG": ("JPEG", ("jpg", "jpeg")),
    "MPO": ("JPEG", ("jpg", "jpeg")),
    "PNG": ("PNG", ("png",)),
    "WEBP": ("WebP", ("webp",)),
    "GIF": ("GIF", ("gif",)),
    "AVIF": ("AVIF", ("avif",)),
    "HEIF": ("HEIC", ("heic", "heif")),
}
ACCEPTED_IMAGES = "JPG, PNG, WebP, AVIF, GIF ou HEIC"

# Twice the largest rendition: no use for more, and renditions are made from it.
MAX_STORED_SIDE = 3200
JPEG_QUALITY = 90

NOT_AN_IMAGE = (
    "Ce fichier n’est pas une image lisible. "
    "Choisissez une photo ou un dessin au format " + ACCEPTED_IMAGES + "."
)
DAMAGED_IMAGE = (
    "Cette image est incomplète ou abîmée\u00a0: l’envoi a pu être interrompu. "
    "Ouvrez-la sur votre appareil pour la vérifier, puis envoyez-la de nouveau."
)
IMAGE_EXTENSION_REFUSED = (
    "Ce format d’image n’est pas accepté. Enregistrez l’image au format " + ACCEPTED_IMAGES + "."
)


def image_too_heavy(size: int | None = None) -> str:
    """The refusal of a file above WAGTAILIMAGES_MAX_UPLOAD_SIZE, with its size when known."""
    weight = f" ({megabytes(size)})" if size else ""
    limit = megabytes(settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
    return (
        f"Cette image est trop lourde{weight}\u00a0: la limite est de {limit}. "
        "Réduisez ses dimensions ou enregistrez-la en JPG, puis envoyez-la de nouveau."
    )


def clean_uploaded_image(upload: UploadedFile) -> None:
    """Replaces, in place, an uploaded image by its clean copy.

    In place, because Wagtail's multiple upload sets the raw upload aside when another field is
    still missing, and makes the image from it later: that copy must be clean as well.

    Raises ValidationError, in French, for anything that is not an image we accept.
    """
    if (upload.size or 0) > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        raise ValidationError(image_too_heavy(upload.size), code="file_too_large")
    cleaned = clean_image(upload)
    content = cleaned.read()
    upload.seek(0)
    upload.truncate()
    upload.write(content)
    upload.flush()
    upload.seek(0)
    upload.name = str(cleaned.name)
    upload.size = len(content)
    upload.content_type = "image/png" if upload.name.endswith(".png") else "image/jpeg"


def clean_image(source: File) -> ContentFile:
    """An upright sRGB copy, without metadata, of an image file; PNG or JPEG.

    Animations keep their first view only: nothing moves by itself on the site.
    Scripts that fill the library use it too. Raises ValidationError as clean_uploaded_image does.
    """
    stem, extension = os.path.splitext(os.path.basename(str(source.name)))
    extension = extension[1:].lower()
    if extension not in settings.WAGTAILIMAGES_EXTENSIONS:
        raise ValidationError(IMAGE_EXTENSION_REFUSED, code="invalid_image_extension")
    return _encoded(read_picture(source, extension), stem)


def read_picture(source: File, extension: str = "", max_side: int = MAX_STORED_SIDE) -> Image.Image:
    """The pixels of an image file: upright, sRGB, nothing else of it.

    With an extension, what the file contains must be what its name says.
    Raises ValidationError as clean_uploaded_image does.
    """
    source.seek(0)
    with warnings.catch_warnings():
        # Pillow warns from 89 megapixels on; our own limit is lower and refuses.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = _open_image(cast(BinaryIO, source), extension)
    try:
        return _normalised(picture, max_side)
    except UNREADABLE_IMAGE_ERRORS as error:
        raise ValidationError(DAMAGED_IMAGE, code="damaged_image") from error


def _open_image(source: BinaryIO, extension: str) -> Image.Image:
    """Reads the header only: kind and dimensions are judged before any pixel is decoded."""
    try:
        picture = Image.open(source, formats=[name for name in IMAGE_FORMATS if name != "MPO"])
    except Image.DecompressionBombError as error:
        raise ValidationError(_too_many_pixels(), code="file_too_many_pixels") from error
    except UNREADABLE_IMAGE_ERRORS as error:
        raise ValidationError(NOT_AN_IMAGE, code="invalid_image") from error
    label, extensions = IMAGE_FORMATS[str(picture.format)]
    if extension and extension not in extensions:
        raise ValidationError(
            f"Ce fichier se termine par «\u00a0.{extension}\u00a0» mais contient une image {label}."
            f" Renommez-le en «\u00a0.{extensions[0]}\u00a0», puis envoyez-le de nouveau.",
            code="invalid_image_known_format",
        )
    width, height = picture.size
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise ValidationError(_too_many_pixels(width, height), code="file_too_many_pixels")
    return picture


def _normalised(picture: Image.Image, max_side: int) -> Image.Image:
    """Decodes: first view only, upright, no larger than we need, in sRGB."""
    keeps_transparency = picture.has_transparency_data
    lossless = picture.format in ("PNG", "GIF") or keeps_transparency
    # A JPEG can be decoded straight at half or a quarter of its size: much less memory.
    picture.draft(None, (max_side, max_side))
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.mode == "P" or keeps_transparency:
        picture = picture.convert("RGBA" if keeps_transparency else "RGB")
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    picture = _in_srgb(picture)
    picture.info = {"lossless": lossless}
    return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Converts colours by the embedded profile, so that the profile itself need not be kept."""
    wanted = picture.mode if picture.mode in ("RGB", "RGBA", "L") else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode=wanted
            )
            return converted or picture
        except (ImageCms.PyCMSError, OSError):
            # A profile that does not fit its image: its colours are taken as sRGB.
            pass
    return picture.convert(wanted)


def _encoded(picture: Image.Image, stem: str) -> ContentFile:
    output = io.BytesIO()
    if picture.info.pop("lossless"):
        picture.save(output, "PNG")
        return ContentFile(output.getvalue(), name=f"{stem}.png")
    picture.save(output, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return ContentFile(output.getvalue(), name=f"{stem}.jpg")


def _too_many_pixels(width: int = 0, height: int = 0) -> str:
    limit = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000
    size = f" ({width}\u00a0×\u00a0{height} pixels)" if width else ""
    return (
        f"Les dimensions de cette image sont trop grandes{size}\u00a0: la limite est de "
        f"{limit}\u00a0millions de pixels. Réduisez-la, par exemple à 3200\u00a0pixels de large, "
        "puis envoyez-la de nouveau."
    )


def megabytes(size: int) -> str:
    return f"{size / 1024**2:.1f}".replace(".", ",").removesuffix(",0") + "\u00a0Mo"


# Documents

# The member that a format's own applications cannot do without.
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OPEN_DOCUMENT_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
DOCUMENT_LABELS = {
    "pdf": "un PDF",
    "odt": "un document texte ODT",
    "docx": "un document Word",
    "ods": "un classeur ODS",
    "xlsx": "un classeur Excel",
    "csv": "un fichier CSV",
    "mp4": "une vidéo MP4",
    "webm": "une vidéo WebM",
}
# What zipfile raises on what is no archive, or a damaged, encrypted or forged one.
UNREADABLE_ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
# Control characters that no text holds: all below the space but tab, line feed and return.
BINARY_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r")


def check_document_content(source: File) -> None:
    """Raises ValidationError, on `file`, when the content is not what the extension says.

    Extensions without a rule here are refused by WAGTAILDOCS_EXTENSIONS beforehand.
    """
    extension = os.path.splitext(str(source.name))[1][1:].lower()
    checks = {
        "pdf": _is_pdf,
        "csv": _is_text,
        "mp4": _is_mp4,
        "webm": _is_webm,
        **dict.fromkeys(OFFICE_PARTS, _is_office),
        **dict.fromkeys(OPEN_DOCUMENT_TYPES, _is_open_document),
    }
    if extension not in checks:
        return
    source.seek(0)
    try:
        genuine = checks[extension](cast(BinaryIO, source), extension)
    except UNREADABLE_ARCHIVE_ERRORS:
        genuine = False
    source.seek(0)
    if not genuine:
        raise ValidationError(
            {
                "file": ValidationError(
                    f"Ce fichier n’est pas {DOCUMENT_LABELS[extension]}, ou il est incomplet. "
                    "Ouvrez-le dans le logiciel qui l’a créé, enregistrez-le au format "
                    f"{extension.upper()}, puis envoyez-le de nouveau.",
                    code="document_content",
                )
            }
        )


def _is_pdf(source: BinaryIO, extension: str) -> bool:
    return looks_like_pdf(source)


def looks_like_pdf(source: BinaryIO) -> bool:
    """Begins and ends as a PDF does: an interrupted upload has no end mark."""
    if not source.read(1024).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-"):
        return False
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - 2048))
    return b"%%EOF" in source.read()


def _is_text(source: BinaryIO, extension: str) -> bool:
    content = source.read()
    return not content.lstrip().startswith(b"<") and content == content.translate(
        None, BINARY_BYTES
    )


def _is_mp4(source: BinaryIO, extension: str) -> bool:
    return source.read(8)[4:] == b"ftyp"


def _is_webm(source: BinaryIO, extension: str) -> bool:
    return source.read(64).startswith(b"\x1a\x45\xdf\xa3")


def _is_office(source: BinaryIO, extension: str) -> bool:
    """A Word or Excel file without macros (a .docm renamed .docx is refused)."""
    names = _zip_names(source)
    return OFFICE_PARTS[extension] in names and not any(
        name.endswith("vbaProject.bin") for name in names
    )


def _is_open_document(source: BinaryIO, extension: str) -> bool:
    """An OpenDocument file names its type first, uncompressed, in a member called `mimetype`."""
    expected = OPEN_DOCUMENT_TYPES[extension]
    if "content.xml" not in _zip_names(source):
        return False
    with zipfile.ZipFile(source) as archive:
        first = archive.infolist()[0]
        if first.filename != "mimetype" or first.file_size != len(expected):
            return False
        with archive.open(first) as member:
            return member.read(len(expected)) == expected


def _zip_names(source: BinaryIO) -> set[str]:
    with zipfile.ZipFile(source) as archive:
        return set(archive.namelist())
