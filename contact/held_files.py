"""The files of a form that is being corrected: nobody chooses them twice."""

import hashlib
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from .attachments import MOST_FILES, CleanFile, clean_attachment
from .models import HeldFile


def held_for(form_key: str) -> list[HeldFile]:
    """What waits for this form, without its content."""
    return list(HeldFile.objects.filter(form_key=form_key))


def drop(held: Sequence[HeldFile], ticked: Collection[str]) -> list[HeldFile]:
    """Forget those that the person ticked, and return the others."""
    gone = [one.pk for one in held if str(one.pk) in ticked]
    if gone:
        HeldFile.objects.filter(pk__in=gone).delete()
    return [one for one in held if one.pk not in gone]


def clean_all(
    uploads: Sequence[UploadedFile], held: Sequence[HeldFile]
) -> tuple[list[CleanFile], list[str]]:
    """What can be kept of what was sent, and the sentences that say why the rest cannot.

    A file that waits already is not one more.
    """
    known = {one.original_sha256 for one in held}
    kept: list[CleanFile] = []
    errors: list[str] = []
    new = _once(uploads, known)
    for place, upload in enumerate(new):
        if len(known) >= MOST_FILES:
            errors.append(_too_many(len(known) + len(new) - place))
            break
        try:
            kept.append(clean_attachment(upload))
        except ValidationError as error:
            errors += error.messages
        else:
            known.add(kept[-1].original_sha256)
    return kept, errors


def _once(uploads: Sequence[UploadedFile], known: Collection[str]) -> list[UploadedFile]:
    """Those that do not wait already, each once; nothing is decoded to know it."""
    seen, new = set(known), []
    for upload in uploads:
        digest = hashlib.file_digest(upload, "sha256").hexdigest()
        upload.seek(0)
        if digest not in seen:
            seen.add(digest)
            new.append(upload)
    return new


def _too_many(count: int) -> str:
    return (
        f"Vous avez joint {count}\u00a0fichiers\u00a0: {MOST_FILES} au plus. Les premiers sont "
        "gardés\u00a0: retirez ceux qui servent le moins si vous préférez les autres."
    )


def hold(form_key: str, files: Sequence[CleanFile]) -> None:
    """Keep them until the form is sent again, a day at most."""
    with transaction.atomic():
        for one in files:
            HeldFile.objects.get_or_create(
                form_key=form_key,
                original_sha256=one.original_sha256,
                defaults={
                    "name": one.name,
                    "content_type": one.content_type,
                    "content": one.content,
                    "size": len(one.content),
                },
            )
