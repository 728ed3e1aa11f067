"""What can go wrong with embeddings of the owner's choice, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class OtherModel(OwnerError):
    code = "embeddings_of_another_model"
    message = _("{model} answers with another model now than the one your pages were embedded with.")
    remedy = _(
        "Choose it once more to embed your pages anew. Until then questions are searched with the built-in embeddings."
    )


class Disconnected(OwnerError):
    code = "embeddings_disconnected"
    message = _("The provider of {model} was disconnected.")
    remedy = _(
        "Connect it again and choose the model once more. Until then questions are searched with the built-in"
        " embeddings."
    )


class Resting(OwnerError):
    code = "embeddings_resting"
    message = _("{model} failed just now and is left alone for a moment.")
    remedy = _("Nothing to press: it is asked again within a minute.")
