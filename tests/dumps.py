"""What whoever reads a dump of the database finds in it."""

from psycopg import sql

_COLUMNS = """
    SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname ORDER BY c.relname
"""


def places_of(*needles: str) -> set[str]:
    """Return the columns, as `table.column`, in which any of the texts stands, in any case, in anybody's rows."""
    from tests.isolation.tables import past_the_wall

    found: set[str] = set()
    wanted = [needle.lower() for needle in needles]
    with past_the_wall() as database:
        for table, columns in database.execute(_COLUMNS).fetchall():
            tests = [
                sql.SQL(
                    "coalesce(bool_or(EXISTS (SELECT FROM unnest(%(wanted)s::text[]) n"
                    " WHERE position(n IN lower({}::text)) > 0)), false)"
                ).format(sql.Identifier(column))
                for column in columns
            ]
            asked = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(tests), sql.Identifier(table))
            answers = database.execute(asked, {"wanted": wanted}).fetchone() or ()
            found |= {f"{table}.{column}" for column, is_there in zip(columns, answers, strict=True) if is_there}
    return found
