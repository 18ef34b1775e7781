"""What people join to a request: judged by its content, written anew, told in French."""

import io
import random
import resource
import subprocess
import sys
import time
from contextlib import suppress

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from contact import attachments, photo_reader
from contact.attachments import CleanFile, clean_attachment, clean_name

from . import hostile_uploads, sample_files
from .hostile_uploads import HOSTILE, NAMES


def cleaned(name: str, content: bytes) -> CleanFile:
    return clean_attachment(SimpleUploadedFile(name, content))


def refusal(name: str, content: bytes) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        cleaned(name, content)
    return caught.value


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_files_are_refused_in_french_or_made_harmless(title: str) -> None:
    hostile = HOSTILE[title]
    content = hostile.make()
    begun = time.monotonic()
    if hostile.refused_as:
        error = refusal(hostile.name, content)
        if hostile.refused_as != "*":
            assert str(error.code).startswith(hostile.refused_as)
        (sentence,) = error.messages
        assert sentence.startswith("«\u00a0")
        assert sentence.endswith(".")
    else:
        kept = cleaned(hostile.name, content)
        assert sample_files.SECRET not in kept.content
        for foreign in (b"<script", b"<?php", b"PK\x03\x04", b"MZ"):
            assert foreign not in kept.content
        _open(kept)
    assert time.monotonic() - begun < attachments.SECONDS_TO_READ


def _open(kept: CleanFile) -> None:
    """What is kept is what its name and its type say."""
    if kept.content_type == "application/pdf":
        assert kept.name.endswith(".pdf")
        with pikepdf.open(io.BytesIO(kept.content)) as read:
            assert len(read.pages) == 1
            assert not read.is_encrypted
    else:
        assert (kept.content_type, kept.name[-4:]) == ("image/jpeg", ".jpg")
        with Image.open(io.BytesIO(kept.content)) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) <= photo_reader.MAX_SIDE
            assert not picture.getexif()


@pytest.mark.parametrize("name", NAMES)
def test_names_are_harmless_on_every_computer(name: str) -> None:
    upload = SimpleUploadedFile("x.pdf", hostile_uploads.pdf())
    upload._name = name  # as a parser less careful than Django's would leave it
    assert clean_attachment(upload).name == NAMES[name]


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_visible_one(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= attachments.NAME_LENGTH + 10
    assert kept.isprintable()
    assert not set(kept) & set('/\\<>:"|?*')
    assert not kept.startswith(".")


def test_a_large_photo_is_reduced_and_turned() -> None:
    photo = sample_files.image_bytes(
        "JPEG", sample_files.picture((4000, 3000)), exif=sample_files.private_exif(6)
    )
    kept = cleaned("IMG_0001.JPG", photo)
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (1500, 2000)
    assert kept.name == "IMG_0001.jpg"


def test_transparency_becomes_paper() -> None:
    kept = cleaned("plan.png", sample_files.image_bytes("PNG", Image.new("RGBA", (9, 9))))
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_a_pdf_keeps_its_pages_and_loses_what_nobody_shows() -> None:
    with pikepdf.open(io.BytesIO(hostile_uploads.pdf(3))) as made:
        made.docinfo["/Author"] = "Zoé"
        made.make_indirect(pikepdf.Dictionary(Hidden=pikepdf.String("caché")))
        content = hostile_uploads.saved(made)
    kept = cleaned("devis.pdf", content)
    with pikepdf.open(io.BytesIO(kept.content)) as read:
        assert len(read.pages) == 3


def test_the_same_file_is_known_again_whatever_it_is_called() -> None:
    content = sample_files.image_bytes("JPEG")
    assert cleaned("a.jpg", content).original_sha256 == cleaned("b", content).original_sha256


def test_a_heavy_pdf_is_read_in_another_process_that_cannot_grow() -> None:
    bomb = hostile_uploads.object_stream_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal("devis.pdf", bomb)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024  # kB


def test_the_reader_knows_nothing_of_the_site() -> None:
    """Neither the settings nor the keys of the environment reach it."""
    program = (
        f"import runpy, sys; runpy.run_path({str(attachments.PDF_READER)!r}); print(*sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", program], env={}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in told if name.split(".")[0] in ("django", "contact", "pages")]


def test_a_crowd_of_files_is_told_to_come_back(monkeypatch) -> None:
    """One is read, one waits a little; the threads that serve pages are left alone."""
    monkeypatch.setattr(attachments, "SECONDS_TO_WAIT", 0.01)
    photo = sample_files.image_bytes("JPEG")
    with attachments._AT_WORK:
        assert refusal("a.jpg", photo).code == "busy"
    with attachments._ROOM, attachments._ROOM:
        assert refusal("a.jpg", photo).code == "busy"
    assert cleaned("a.jpg", photo)


def test_a_photo_that_would_be_read_for_hours_is_left(monkeypatch) -> None:
    """Thousands of passes over the same pixels, in a file of 100 kB."""
    monkeypatch.setattr(attachments, "SECONDS_TO_READ", 3)
    assert refusal("a.jpg", hostile_uploads.jpeg_of_many_passes()).code == "photo_complex"


def test_a_refused_file_leaves_the_way_free() -> None:
    for _ in range(3):
        refusal("a.jpg", b"nothing")
    assert cleaned("a.jpg", sample_files.image_bytes("JPEG"))


def test_a_reader_that_never_answers_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(attachments, "SECONDS_TO_READ", 0.01)
    assert refusal("a.pdf", hostile_uploads.pdf()).code == "pdf_complex"


HEADS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x00\x01\x00\x00WEBP", b"GIF89a")


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(HEADS), st.sampled_from(["a.pdf", "a.jpg", "a"]))
def test_no_bytes_break_it(content: bytes, head: bytes, name: str) -> None:
    """They are refused, or they are a picture."""
    with suppress(ValidationError):
        _open(cleaned(name, head + content))


def test_no_broken_pdf_breaks_it() -> None:
    """Corrupted at random: refused, or written anew as a whole file."""
    sound = hostile_uploads.with_link(hostile_uploads.action("URI", URI="https://x"))
    draw = random.Random(20)
    for _ in range(25):
        content = bytearray(sound)
        for _ in range(draw.randint(1, 30)):
            content[draw.randrange(9, len(content) - 6)] = draw.randrange(256)
        with suppress(ValidationError):
            _open(cleaned("a.pdf", bytes(content)))
