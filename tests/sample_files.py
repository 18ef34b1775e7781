"""Files that people really send, good and bad, made on the spot."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

GPS_IFD = 0x8825
ORIENTATION = 0x0112
CAMERA = 0x010F
SECRET = b"SECRET-CAMERA"


def picture(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue: its orientation and its crop can be seen."""
    image = Image.new(mode, size, "red")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "blue"), (size[0] // 2, 0))
    return image


def private_exif(orientation: int = 1) -> bytes:
    """What a phone writes: its name, the orientation, the position of the home."""
    exif = Image.Exif()
    exif[CAMERA] = SECRET.decode()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS_IFD)[2] = (50.0, 25.0, 1.0)
    return exif.tobytes()


def image_bytes(format: str, image: Image.Image | None = None, **options) -> bytes:
    output = io.BytesIO()
    (image or picture()).save(output, format, **options)
    return output.getvalue()


def phone_photo(format: str = "JPEG", orientation: int = 1) -> bytes:
    options = {"exif": private_exif(orientation)}
    if format in ("JPEG", "WEBP", "AVIF"):
        options["xmp"] = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    if format == "JPEG":
        options["comment"] = SECRET
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET.decode())
    return image_bytes(format, **options)


def animation(format: str) -> bytes:
    frames = [Image.new("RGB", (80, 60), colour) for colour in ("green", "red", "blue")]
    return image_bytes(format, frames[0], save_all=True, append_images=frames[1:], duration=100)


def truncated_jpeg() -> bytes:
    content = image_bytes("JPEG", Image.effect_noise((600, 400), 80).convert("RGB"))
    return content[: len(content) // 2]


def bomb_png(side: int = 20_000) -> bytes:
    """A valid black PNG of `side` × `side` pixels, written row by row: some 50 kB for 20,000."""
    compressor = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(compressor.compress(row) for _ in range(side)) + compressor.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    )


def archive(**members: bytes) -> bytes:
    """A ZIP; in names, `__` stands for a slash and `_dot_` for a dot."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return output.getvalue()


def open_document(kind: str) -> bytes:
    """An ODT (`text`) or ODS (`spreadsheet`), reduced to what identifies it."""
    return archive(
        mimetype=f"application/vnd.oasis.opendocument.{kind}".encode(), content_dot_xml=b"<x/>"
    )


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
