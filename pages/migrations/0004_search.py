# ruff: noqa: S608 (the names in these statements are this file's own)
"""The French search index: accents, plurals and ligatures, on both databases.

PostgreSQL: two text search configurations without accents. « fr » finds words of the same family
and drops none (the stop words are pages/search/query.py's, the same for both databases);
« fr_simple » is for the beginnings of words.

SQLite: Wagtail's full-text table again, with a tokenizer that forgives accents and plurals. Its
triggers write œ and æ in two letters, which no tokenizer of SQLite does.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "wagtailsearch_indexentry"
FULL_TEXT = f"{TABLE}_fts"
COLUMNS = ("title", "body", "autocomplete")
WORDS = "asciiword, asciihword, hword_asciipart, word, hword, hword_part"

POSTGRESQL_FORWARDS = f"""
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH DICTIONARY fr_stem (TEMPLATE = snowball, LANGUAGE = french);
CREATE TEXT SEARCH CONFIGURATION fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION fr ALTER MAPPING FOR {WORDS} WITH unaccent, fr_stem;
CREATE TEXT SEARCH CONFIGURATION fr_simple (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION fr_simple ALTER MAPPING FOR {WORDS} WITH unaccent, simple;
"""

# The extension stays: other things of the database may use it by then.
POSTGRESQL_BACKWARDS = """
DROP TEXT SEARCH CONFIGURATION fr_simple;
DROP TEXT SEARCH CONFIGURATION fr;
DROP TEXT SEARCH DICTIONARY fr_stem;
"""


def without_ligatures(column: str) -> str:
    for ligature, letters in (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE")):
        column = f"replace({column}, '{ligature}', '{letters}')"
    return column


def as_it_is(column: str) -> str:
    return column


def sqlite_statements(tokenizer, written):
    """What makes the full-text table again, its triggers with it, and fills it."""
    names = ", ".join(COLUMNS)
    new = {column: written(f"NEW.{column}") for column in COLUMNS}
    option = f", tokenize='{tokenizer}'" if tokenizer else ""
    yield f"DROP TRIGGER insert_{FULL_TEXT}"
    yield f"DROP TRIGGER update_{FULL_TEXT}"
    yield f"DROP TABLE {FULL_TEXT}"
    yield f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(autocomplete, body, title{option})"
    yield (
        f"CREATE TRIGGER insert_{FULL_TEXT} AFTER INSERT ON {TABLE} BEGIN "
        f"INSERT INTO {FULL_TEXT}({names}, rowid) VALUES ({', '.join(new.values())}, NEW.id); END"
    )
    yield (
        f"CREATE TRIGGER update_{FULL_TEXT} AFTER UPDATE ON {TABLE} BEGIN UPDATE {FULL_TEXT} SET "
        f"{', '.join(f'{column}={value}' for column, value in new.items())} "
        "WHERE rowid=NEW.id; END"
    )
    yield (
        f"INSERT INTO {FULL_TEXT}({names}, rowid) "
        f"SELECT {', '.join(written(column) for column in COLUMNS)}, id FROM {TABLE}"
    )


def forwards(apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FORWARDS, params=None)
    elif schema_editor.connection.vendor == "sqlite":
        french = sqlite_statements("porter unicode61 remove_diacritics 2", without_ligatures)
        for statement in french:
            schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACKWARDS, params=None)
    elif schema_editor.connection.vendor == "sqlite":
        for statement in sqlite_statements(None, as_it_is):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0003_house"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
