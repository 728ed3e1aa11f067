"""Callers of the API."""

import json

import pytest
from django.test import Client

from apps.workspaces import tokens
from berrydesk.db.scopes import in_workspace


class Caller:
    """Calls the API with the token of one member's workspace."""

    def __init__(self, member):
        with in_workspace(member.workspace):
            self.row, self.token = tokens.create(member.workspace, name="Test", by=member)
        self.http = Client(headers={"authorization": f"Bearer {self.token}"})

    def __call__(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.http.generic(method, f"/api/v1{path}", headers=headers, **data)

    def get(self, path):
        return self("GET", path)

    def patch(self, path, body):
        return self("PATCH", path, body)

    def delete(self, path):
        return self("DELETE", path)

    def post(self, path, body=None, **headers):
        return self("POST", path, {} if body is None else body, **headers)


@pytest.fixture
def adas(ada):
    """Calls as Ada's workspace."""
    return Caller(ada)


@pytest.fixture
def mallorys(mallory):
    """Calls as Mallory's workspace."""
    return Caller(mallory)
