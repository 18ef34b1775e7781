"""SQLite's search with the titles first. Imported on SQLite only: its models exist nowhere else."""

from typing import Any

from modelsearch.backends.database.sqlite.query import BM25
from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)


class TitleBM25(BM25):
    """SQLite's rank of the page, plus four times that of its title.

    Added and not only weighted: within one rank a word counts less each time it comes again,
    so that no weight lifts a title above a text that repeats the word. The weights follow the
    table's columns: autocomplete, body, title.
    """

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> tuple[str, list[Any]]:
        page_rank, params = super().as_sql(compiler, connection, **kwargs)
        title_rank = page_rank.replace(")", ", 0.0, 0.0, 1.0)")
        return f"({page_rank} + 4 * {title_rank})", params


class TitleFirstQueryCompiler(SQLiteSearchQueryCompiler):
    """Wagtail's own gives every column the same weight."""

    def _build_rank_expression(self, vectors: Any, config: Any) -> TitleBM25:
        return TitleBM25()


class TitleFirstBackend(SQLiteSearchBackend):
    """Wagtail's backend with that rank."""

    query_compiler_class = TitleFirstQueryCompiler
