"""The last step of a rendered text: what it may touch, and that it breaks nothing."""

import re
from html.parser import HTMLParser

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.rich_text import rewritten, text_runs


def runs(html: str) -> list[str]:
    return [html[start:end] for start, end in text_runs(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("un texte", ["un texte"]),
        ("<p>un</p><p>deux</p>", ["un", "deux"]),
        ("<p>un <b>deux</b> trois</p>", ["un ", "deux", " trois"]),
        ("<p>R&amp;D et l&#x27;IAE &lt; x</p>", ["R&amp;D et l&#x27;IAE &lt; x"]),
        ("<p>a</p>\n<!-- IAE --><p>b</p>", ["a", "\n", "b"]),
        ('<p title="IAE > ACI">a</p>', ["a"]),
        ("<p>a<br>b<br/>c</p>", ["a", "b", "c"]),
        ("<p>a<img alt='IAE'>b</p>", ["a", "b"]),
        # Left alone.
        ("<h2>IAE</h2><p>a</p>", ["a"]),
        ('<p>a <a href="/">IAE <b>ACI</b></a> b</p>', ["a ", " b"]),
        ("<blockquote><p>IAE</p></blockquote>a", ["a"]),
        ("<details><summary>IAE</summary><p>a</p></details>", ["a"]),
        ("<table><caption>IAE</caption><tr><th>IAE</th><td>a</td></tr></table>", ["a"]),
        ("<code>IAE</code><kbd>IAE</kbd><button>IAE</button><abbr>IAE</abbr>a", ["a"]),
        ('<script>if (a < b) "IAE"</script><style>IAE</style><textarea>IAE</textarea>a', ["a"]),
        ('<p class="step__title">IAE</p><p>a</p>', ["a"]),
        # Badly written: what a browser may read differently is left alone.
        ("<a>IAE", []),
        ("<a/>IAE", []),
        ("IAE</a>", ["IAE"]),
        ("<p>un < deux</p>", []),
        ("IAE <", []),
        ("<a href='IAE", []),
        ("<![nonsense[ IAE", []),
        ("<h2>IAE</h3><p>IAE", []),
        ("", []),
    ],
)
def test_the_texts_that_may_be_rewritten(html: str, expected: list[str]) -> None:
    assert runs(html) == expected


def test_what_is_not_safe_is_escaped_and_the_answer_is_safe() -> None:
    answer = rewritten("<script>alert(1)</script> & IAE", lambda run: run)
    assert isinstance(answer, SafeString)
    assert answer == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; IAE"
    assert rewritten(SafeString("<p>a</p>")) == "<p>a</p>"


def test_rewriters_follow_one_another_and_see_each_other_s_links() -> None:
    html = SafeString("<p>un deux</p>")
    first = rewritten(
        html,
        lambda run: run.replace("un", '<a href="#">deux</a>'),
        lambda run: run.replace("deux", "<b>2</b>"),
    )
    assert first == '<p><a href="#">deux</a> <b>2</b></p>'


PIECES = st.sampled_from(
    ["<p>", "</p>", "<a href='IAE'>", "</a>", "<h2>", "</h2>", "<br/>", "<!-- ", "-->", "IAE", " ",
     "<b class=\"x__title\">", "</b>", "&amp;", "&", "<", ">", "\n", "é", "«\u00a0", "<script>",
     "</script>", "<svg>", "</svg>", "]]>", "<![CDATA[", "<?", "<!", "'", '"', "mot"]
)  # fmt: skip
ADDED = "\ue000ajout\ue001"
HTML = st.lists(PIECES | st.text(max_size=5).filter(lambda t: "\ue000" not in t), max_size=25)


class Tags(HTMLParser):
    """The tags with all their attributes, the comments and the declarations."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


def tags(html: str) -> list[object] | None:
    try:
        return Tags(html).found
    except AssertionError:  # see pages.rich_text
        return None


@given(HTML.map("".join))
@settings(max_examples=600, deadline=None)
def test_taking_the_additions_away_gives_back_the_text(html: str) -> None:
    """Whatever the text, and no tag, attribute or comment has changed."""
    written = str(rewritten(SafeString(html), lambda run: run.replace("IAE", f"IAE{ADDED}")))
    assert written.replace(ADDED, "") == html
    assert tags(written) == tags(html)


@given(HTML.map("".join))
@settings(max_examples=300, deadline=None)
def test_a_run_holds_no_markup(html: str) -> None:
    for start, end in text_runs(html):
        assert "<" not in html[start:end]
        assert start < end


@given(st.text(max_size=80))
def test_a_plain_text_is_never_markup(text: str) -> None:
    written = str(rewritten(text, lambda run: run))
    assert not re.search(r"[<>\"']", written)
