"""What a log and an error mail never hold: the address or the number of somebody.

A traceback ends with the text of the exception, and a database writes the refused row in it.
"""

import logging
import re

# « DETAIL:  Failing row contains (1, Dominique Martin, …) »: PostgreSQL gives it its own lines.
_DETAIL = re.compile(r"^(\s*DETAIL: ).*$", re.MULTILINE)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(
    r"(?<![\w.:/-])(?:(?:\+|00)\d{1,3}[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?![\w-])"
)
ADDRESS, NUMBER = "[adresse]", "[numéro]"


def without_people(text: str) -> str:
    """The text without e-mail addresses, phone numbers, and rows that a database refused."""
    text = _DETAIL.sub(r"\1…", text)
    return _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))


class WithoutPeople(logging.Filter):
    """For the handlers of the log: its lines, and the tracebacks under them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without anybody in it."""
        text = record.getMessage()
        if (shown := without_people(text)) != text:
            record.msg, record.args = shown, ()
        if record.exc_info and not record.exc_text:
            # Formatters write this text when it is there, and build it otherwise.
            record.exc_text = without_people(logging.Formatter().formatException(record.exc_info))
        return True
