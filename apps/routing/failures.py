"""Why a model did not answer, in the owner's words; ``kind`` is what code and the trace go by."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError

AGAIN = _(
    "Check it again in a moment. Meanwhile the fallback models and the built-in answerer answer your visitors."
)

KINDS = {
    "key": (
        _("{provider} refused the key: it is wrong, was revoked, or belongs to another service."),
        _("Copy the key from your {provider} account once more, paste it, then check it."),
    ),
    "credit": (
        _("{provider} accepted the key, but the account has no credit or its quota is used up."),
        _("Add credit in your {provider} account's billing page, then check it again."),
    ),
    "permission": (
        _("{provider} knows the key, but the key may not use {model}."),
        _("Allow this model for the key in your {provider} account, or choose another model."),
    ),
    "rate_limited": (
        _("{provider} takes no more requests for the moment: your account's rate limit is reached."),
        _(
            "Wait a minute, then check it again. For good, ask {provider} for a higher limit or add a fallback."
        ),
    ),
    "unknown_model": (
        _("{provider} has no model called {model} for this key."),
        _("Choose another model from the list."),
    ),
    "down": (
        _("{provider} is in trouble: it answered with a server error."),
        AGAIN,
    ),
    "unreachable": (
        _("{provider} could not be reached at its address: nothing answers there."),
        _("Check the address and that the server runs and this machine may reach it, then check it again."),
    ),
    "address": (
        _(
            "The address of {provider} leads to a network address where no model server may be, so nothing was sent."
        ),
        _(
            "Type the address of the server itself, then press Connect. For one in your own network choose Run your own."
        ),
    ),
    "tls": (
        _("{provider} was reached, but its certificate is not valid, so the key was not sent."),
        _(
            "Check that the address begins with https:// as it should and its certificate is valid, then try again."
        ),
    ),
    "redirected": (
        _("The address of {provider} points somewhere else, and the key was not sent on."),
        _("Type the address it should be, the one of the API itself, then check it."),
    ),
    "not_a_model_server": (
        _("Something answers at this address, but it does not speak the OpenAI-compatible protocol."),
        _("Type the address of the API, which often ends in /v1, then check it."),
    ),
    "nothing_listed": (
        _("{provider} was reached, but lists no model."),
        _("Load a model on the server, or type the name of one under Models, then check it."),
    ),
    "timeout": (
        _("{model} did not begin to answer in time."),
        _("Choose a quicker model, or add a fallback. Meanwhile the next answerer steps in."),
    ),
    "slow": (
        _("{model} answered too slowly to be read, and was stopped."),
        _("Choose a quicker model, or add a fallback. Meanwhile the next answerer steps in."),
    ),
    "cut": (
        _("The answer of {model} broke off in the middle."),
        AGAIN,
    ),
    "garbage": (
        _("{provider} answered with something that cannot be read."),
        AGAIN,
    ),
    "empty": (
        _("{model} answered without a word."),
        _("Choose another model if this happens often. Meanwhile the next answerer steps in."),
    ),
    "context": (
        _("The question with its sources is longer than {model} can read."),
        _("Choose a model with a larger context window."),
    ),
    "filtered": (
        _("The content filter of {provider} held this answer back."),
        _(
            "Nothing to press: the next answerer answered. Choose another model if it happens with harmless questions."
        ),
    ),
    "bad_arguments": (
        _("{model} asked for an action with details that cannot be read."),
        _("Choose a model that is good at using tools; the list marks them."),
    ),
    "unknown_tool": (
        _("{model} asked for an action that does not exist."),
        _("Choose a model that is good at using tools; the list marks them."),
    ),
    "loop": (
        _("{model} went on asking for actions instead of answering."),
        _("Choose a model that is good at using tools; the list marks them."),
    ),
    "refused": (
        _("{provider} did not accept the request for {model}."),
        _("Choose another model, or read what {provider} said in the trace."),
    ),
}

BY_ITSELF = _(
    "Nothing to press: Berrydesk tries again by itself. Until then questions are searched with the built-in embeddings."
)

EMBEDDING_KINDS = KINDS | {
    "credit": (
        KINDS["credit"][0],
        _("Add credit in your {provider} account's billing page, then press Try again."),
    ),
    "permission": (
        KINDS["permission"][0],
        _("Allow this model for the key in your {provider} account, then press Try again."),
    ),
    "key": (
        KINDS["key"][0],
        _("Connect {provider} once more with a key that works, then press Try again."),
    ),
    "rate_limited": (KINDS["rate_limited"][0], BY_ITSELF),
    "down": (KINDS["down"][0], BY_ITSELF),
    "unreachable": (
        KINDS["unreachable"][0],
        _(
            "Check that the server runs and this machine may reach it. Berrydesk tries again by itself, and until then"
            " searches with the built-in embeddings."
        ),
    ),
    "unknown_model": (
        _("{provider} has no embedding model called {model} for this key."),
        _("Choose another model, or check how its name is written."),
    ),
    "no_embeddings": (
        _("{provider} answers, but makes no embeddings with {model}."),
        _(
            "Choose a model that is made for embeddings, such as bge-m3 or nomic-embed-text, or stay with the built-in"
            " ones. llama.cpp makes them only when it was started with --embeddings."
        ),
    ),
    "not_a_model_server": (
        _("Something answers at this address, but it makes no embeddings as OpenAI's protocol has them."),
        _("Type the address of the API, which often ends in /v1."),
    ),
    "timeout": (_("{model} did not send its embeddings in time."), BY_ITSELF),
    "cut": (_("The embeddings of {model} broke off in the middle."), BY_ITSELF),
    "garbage": (_("{provider} sent embeddings that cannot be read."), BY_ITSELF),
    "empty": (
        _("{model} sent no embeddings, or not one for each text."),
        _("Choose a model that is made for embeddings."),
    ),
    "context": (
        _("A passage is longer than {model} can read, however it was shortened."),
        _("Choose a model that reads longer texts."),
    ),
    "filtered": (
        _("The content filter of {provider} held an embedding back."),
        _("Choose another model."),
    ),
    "unsteady": (
        _(
            "{model} gives the same sentence other numbers from one request to the next: nothing could be compared."
        ),
        _(
            "Choose another model, or look at how the server pools: llama.cpp needs --pooling last for many models."
        ),
    ),
    "refused": (
        _("{provider} did not accept the request for embeddings by {model}."),
        _("Choose another model, or check how its name is written."),
    ),
}

LASTING = {
    "address",
    "context",
    "credit",
    "empty",
    "filtered",
    "key",
    "no_embeddings",
    "not_a_model_server",
    "permission",
    "redirected",
    "refused",
    "unknown_model",
    "unsteady",
}
"""Kinds that trying again does not mend: somebody has to do something first."""

OF_THE_REQUEST = {
    "unknown_model",
    "no_embeddings",
    "context",
    "filtered",
    "bad_arguments",
    "unknown_tool",
    "loop",
    "refused",
}
"""Kinds that say nothing about the provider's health: the next question may do well."""


class ModelFailed(OwnerError):
    """A model gave no answer that can be used. ``said`` is the provider's own sentence, for the trace."""

    code = "model_failed"
    message = _("The model did not answer.")
    remedy = AGAIN
    kinds = KINDS
    prefix = "model"

    def __init__(self, kind, *, provider="", model="", said="", retry_after_s=None):
        message, remedy = self.kinds[kind]
        self.kind = kind
        self.provider = provider
        self.model = model
        self.said = said[:500]
        self.retry_after_s = retry_after_s
        self.code = f"{self.prefix}_{kind}"
        super().__init__()
        facts = {"provider": provider or _("The provider"), "model": model or _("The model")}
        self.message = str(message).format(**facts)
        self.remedy = str(remedy).format(**facts)
        self.args = (f"{self.message} {self.remedy}",)

    def is_about_the_provider(self):
        """True when the next question to the same provider would likely fail as well."""
        return self.kind not in OF_THE_REQUEST


class EmbeddingFailed(ModelFailed):
    """A model made no embeddings that can be used."""

    code = "embedding_failed"
    message = _("The model made no embeddings.")
    remedy = BY_ITSELF
    kinds = EMBEDDING_KINDS
    prefix = "embedding"

    def is_lasting(self):
        """True when trying again mends nothing before somebody has done something."""
        return self.kind in LASTING


NOW = _("Make sure that it runs and that this machine may reach it, then check it again.")


class EmbeddingNotTried(EmbeddingFailed):
    """A model that is only being tried made no embeddings: nothing depends on it yet, so nothing is tried again."""

    code = "embedding_not_tried"
    remedy = NOW
    kinds = EMBEDDING_KINDS | {
        **{kind: (words[0], NOW) for kind, words in EMBEDDING_KINDS.items() if kind not in LASTING},
        "key": KINDS["key"],
        "credit": KINDS["credit"],
        "permission": KINDS["permission"],
        "rate_limited": (KINDS["rate_limited"][0], _("Wait a minute, then check it again.")),
        "tls": KINDS["tls"],
    }
