"""What can go wrong in the console, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class NotAPicture(OwnerError):
    code = "not_a_picture"
    message = _("This file is not a picture that can be shown.")
    remedy = _("Choose a PNG, JPEG, WebP or GIF. An SVG has to be saved as a PNG first.")


class LogoTooLarge(OwnerError):
    code = "logo_too_large"
    message = _("This picture is too large: up to {limit} MB and 40 megapixels can be read.")
    remedy = _("Make it smaller, then choose it again. 256 by 256 pixels are enough.")


class NothingGiven(OwnerError):
    code = "nothing_given"
    message = _("There is nothing to learn yet.")
    remedy = _(
        "Paste a web address or a text, then press Start learning. Files are read as soon as you choose them."
    )


class NothingPicked(OwnerError):
    code = "nothing_picked"
    message = _("No page is ticked, so there is nothing to read.")
    remedy = _("Tick at least one page, or choose everything, then press Start learning.")


class NoFileChosen(OwnerError):
    code = "no_file_chosen"
    message = _("No file is chosen.")
    remedy = _("Choose the export of your help desk, then press Find answers.")


class NothingShown(OwnerError):
    code = "nothing_shown"
    message = _("No answer was named, so none was accepted.")
    remedy = _("Open the list again, then press the button below the answers.")


class SampleNeedsEmptyWorkspace(OwnerError):
    code = "sample_needs_empty_workspace"
    message = _("The sample business goes into a workspace without knowledge, and this one has some.")
    remedy = _("Press New agent to try something beside it.")


class NeitherAddressNorText(OwnerError):
    code = "neither_address_nor_text"
    message = _("“{typed}” is not a web address, and too short to learn from as a text.")
    remedy = _("Type an address like https://www.shop.example, or paste at least a sentence.")
