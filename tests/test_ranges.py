"""Films and long files asked for piece by piece."""

import pytest
from django.core.files.base import ContentFile

from pages.models import SiteDocument
from tests import sample_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(home):
    return SiteDocument.objects.create(
        title="Un document", file=ContentFile(files.PDF, name="document.pdf")
    )


def ask(client, document, header):
    response = client.get(document.url, headers={"Range": header, "Accept-Encoding": "gzip"})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-3", 0, 3),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=2-999999", 2, None),
    ],
)
def test_a_part_is_the_very_bytes_asked_for(client, document, header, first, last):
    response, body = ask(client, document, header)
    expected = files.PDF[first:] if last is None else files.PDF[first : last + 1]
    assert response.status_code == 206
    assert body == expected
    start = first if first >= 0 else len(files.PDF) + first
    end = start + len(expected) - 1
    assert response["Content-Range"] == f"bytes {start}-{end}/{len(files.PDF)}"
    assert response["Content-Length"] == str(len(expected))
    assert "Content-Encoding" not in response


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "octets=0-3", "bytes=0-3,5-7", "bytes=a-b", "\x00"]
)
def test_anything_else_gets_the_whole(client, document, header):
    response, body = ask(client, document, header)
    assert response.status_code == 200
    assert body == files.PDF
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("header", ["bytes=999999-", "bytes=9-2", "bytes=-0"])
def test_a_part_that_does_not_exist_says_the_size(client, document, header):
    response, _body = ask(client, document, header)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(files.PDF)}"


def test_a_changed_file_is_sent_whole(client, document):
    headers = {"Range": "bytes=0-3", "If-Range": '"another"'}
    assert client.get(document.url, headers=headers).status_code == 200
