"""Model fields whose column holds only ciphertext."""

import json

from django.db import models

from berrydesk import crypto


class EncryptedTextField(models.TextField):
    """Text, encrypted in its column; cannot be searched."""

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else crypto.decrypt(value)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else crypto.encrypt(value)


class EncryptedJSONField(models.TextField):
    """A JSON value, encrypted in its column; cannot be searched."""

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else json.loads(crypto.decrypt(value))

    def get_prep_value(self, value):
        return value if value is None else crypto.encrypt(json.dumps(value))

    def to_python(self, value):
        return value
