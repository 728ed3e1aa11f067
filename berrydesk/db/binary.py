"""Reading and writing many bytes in PostgreSQL's binary format, in the scope that is set.

Django's cursors speak text, where every byte of a ``bytea`` is two characters.
"""

import psycopg
from django.db import connection


def rows(sql, parameters):
    """All rows of ``sql`` (placeholders ``%s``), as psycopg reads them in binary."""
    connection.ensure_connection()
    return connection.in_scope(_fetch, sql, parameters)


def write(sql, parameters):
    """``sql`` is carried out; its parameters (placeholders ``%s``) travel as they are."""
    connection.ensure_connection()
    connection.in_scope(_execute, sql, parameters)


def _execute(sql, parameters):
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, parameters)


def _fetch(sql, parameters):
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, parameters, binary=True).fetchall()
