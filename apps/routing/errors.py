"""What can go wrong when connecting a provider or choosing a model, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class UnknownProvider(OwnerError):
    code = "unknown_provider"
    message = _("There is no provider called {provider}.")
    remedy = _(
        "Choose one from the list, or choose Run your own and type the address of an OpenAI-compatible server."
    )


class KeyMissing(OwnerError):
    code = "key_missing"
    message = _("{provider} needs a key.")
    remedy = _("Copy the key from your {provider} account, paste it, then check it.")


class KeyMalformed(OwnerError):
    code = "key_malformed"
    message = _("This is not a key: a key has no spaces, line breaks or special letters within it.")
    remedy = _("Copy the key once more, from its first to its last character, then check it.")


class AddressMissing(OwnerError):
    code = "address_missing"
    message = _("{provider} needs the address of the server.")
    remedy = _("Type it, for example http://localhost:11434/v1, then check it.")


class AddressMalformed(OwnerError):
    code = "address_malformed"
    message = _("{address} is not the address of a server: {why}")
    remedy = _("Type it like http://localhost:11434/v1 or https://models.example.com/v1, then check it.")


class NoSuchModel(OwnerError):
    code = "no_such_model"
    message = _("No connected provider has a model called {model}.")
    remedy = _("Choose a model from the list, or connect its provider first.")


class NotAProvider(OwnerError):
    code = "not_a_provider"
    message = _("This connection is not a provider of models, or was removed.")
    remedy = _("Choose another one, or connect a provider.")
