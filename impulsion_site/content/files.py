"""A tiny PDF, written by hand: enough for an example to be a real file."""


def one_page_pdf(title: str, lines: list[str]) -> bytes:
    """A PDF of one page, in Helvetica, with its title and language declared."""
    text = "".join(f"({_escaped(line)}) Tj 0 -22 Td " for line in ["", *lines])
    stream = f"BT /F1 20 Tf 60 760 Td ({_escaped(title)}) Tj /F1 12 Tf 0 -30 Td {text}ET"
    content = stream.encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR)"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % _escaped(title).encode("cp1252"),
    ]
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    """The objects one after the other, then the table of where each begins."""
    written = b"%PDF-1.4\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (size, len(objects))
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + trailer
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )


def _escaped(text: str) -> str:
    """A PDF string: its parentheses and backslashes escaped, in the letters of Windows."""
    text = text.replace("\u202f", "\u00a0")
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
