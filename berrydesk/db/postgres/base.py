"""Django's PostgreSQL backend, telling the database which workspace each statement works in.

Row-level security (see ``berrydesk.db.rls``) compares every row with the setting ``app.workspace``.
The setting lives in the session, and a rollback takes it back to its earlier value: so this wrapper
remembers what it applied, forgets it whenever a transaction or savepoint is rolled back, and applies
it again before the next statement. Nothing applied means no rows: it fails closed.
"""

from django.db.backends.postgresql import base

from berrydesk.db.scopes import database_scope

_APPLY = "SELECT set_config('app.workspace', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; ``applied_scope`` is what its session holds, None when that is not known."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.applied_scope = None
        self._is_rolling_back = False
        self.execute_wrappers.append(self._in_scope)

    def _in_scope(self, execute, sql, params, many, context):
        self._apply_scope()
        return execute(sql, params, many, context)

    def in_scope(self, run, *args):
        """``run(*args)`` on this connection after the database knows the scope; errors are Django's own."""
        self._apply_scope()
        with self.wrap_database_errors:
            return run(*args)

    def _apply_scope(self):
        wanted = database_scope()
        if self.applied_scope != wanted and self.connection is not None and not self._is_rolling_back:
            self.connection.execute(_APPLY, [wanted])
            self.applied_scope = wanted

    def connect(self):
        self.applied_scope = None
        super().connect()

    def close(self):
        # The session may go back to a pool and serve another workspace next.
        self.applied_scope = None
        super().close()

    def _rollback(self):
        self.applied_scope = None
        return super()._rollback()

    def _savepoint_rollback(self, sid):
        # A transaction that failed takes no statement but this one: the scope is told again afterwards.
        self._is_rolling_back = True
        try:
            super()._savepoint_rollback(sid)
        finally:
            self._is_rolling_back = False
            self.applied_scope = None
