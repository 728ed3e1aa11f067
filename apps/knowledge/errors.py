"""Why something was not learned, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class InvalidConfig(OwnerError):
    """What was typed is not right; ``errors`` says it field by field."""

    code = "invalid_source"
    message = _("Something is missing or not right: {summary}")
    remedy = _("Correct what is marked, then press Start learning.")

    def __init__(self, errors):
        self.errors = {field: str(words) for field, words in errors.items()}
        super().__init__(summary=" ".join(self.errors.values()))

    @property
    def fields(self):
        """Pairs of a field and its sentence, as the API lists them."""
        return list(self.errors.items())


class Unreadable(OwnerError):
    """A file or a page could not be turned into text."""

    code = "unreadable_file"
    message = _("{name} could not be read.")
    remedy = _("Save it once more, or save it as PDF, then upload it again.")


class FileBroken(Unreadable):
    code = "file_broken"
    message = _("{name} is damaged, so it could not be read.")
    remedy = _("Open it in its own program, save it once more, then upload it again.")


class FileEmpty(Unreadable):
    code = "file_empty"
    message = _("{name} is empty: it has 0 bytes.")
    remedy = _("Check that you chose the right file, then upload it again.")


class FileWithoutText(Unreadable):
    code = "file_without_text"
    message = _("{name} holds no text.")
    remedy = _("Check that you chose the right file, or paste the text into the box instead.")


class FileScanned(Unreadable):
    code = "file_scanned"
    message = _("{name} is a scan: a picture of text, without the text itself.")
    remedy = _("Upload the original, or run text recognition (OCR) on it first, or paste the text.")


class FileEncrypted(Unreadable):
    code = "file_encrypted"
    message = _("{name} is locked with a password.")
    remedy = _("Open it with its password, save a copy without one, then upload the copy.")


class FileTooLarge(Unreadable):
    code = "file_too_large"
    message = _("{name} is larger than {limit} MB.")
    remedy = _("Split it into smaller files, then upload them one by one.")


class FileTooLong(Unreadable):
    code = "file_too_long"
    message = _("{name} holds more than {limit} characters of text.")
    remedy = _("Split it into smaller files, then upload them one by one.")


class ZipBomb(Unreadable):
    code = "zip_bomb"
    message = _("{name} unpacks to far more than a document ever holds, so it was not opened.")
    remedy = _("Save it as a new file in its own program, or as PDF, then upload that.")


class WrongType(Unreadable):
    code = "wrong_type"
    message = _("{name} ends in {ending}, but inside it is {looks}.")
    remedy = _("Rename the file to what it really is, or export it again, then upload it.")


class UnknownType(Unreadable):
    code = "unknown_type"
    message = _("{name} is {what}, which Berrydesk cannot read.")
    remedy = _("Save it as PDF, Word (.docx), CSV, web page or plain text, then upload that.")


class NotText(Unreadable):
    code = "not_text"
    message = _("{name} holds no text but program data.")
    remedy = _("Save it as PDF, Word (.docx), CSV, web page or plain text, then upload that.")


class TooSlow(Unreadable):
    code = "too_slow"
    message = _("{name} took too long to read, so Berrydesk stopped.")
    remedy = _("Split it, or save it as a new PDF or as plain text, then upload that.")


class TooMuchMemory(Unreadable):
    code = "too_much_memory"
    message = _("{name} needed too much memory to read, so Berrydesk stopped.")
    remedy = _("Split it, or save it as a new PDF or as plain text, then upload that.")


class NotASitemap(Unreadable):
    code = "not_a_sitemap"
    message = _("{name} is not a sitemap.")
    remedy = _("Give the address of the sitemap, or choose to read the whole site by its links.")


_BY_CODE = {
    kind.code: kind
    for kind in (
        *(FileBroken, FileEmpty, FileWithoutText, FileScanned, FileEncrypted, FileTooLarge, FileTooLong),
        *(ZipBomb, WrongType, UnknownType, NotText, TooSlow, TooMuchMemory, NotASitemap),
    )
}


def of_code(code, **facts):
    """The sentence for a code that a parser gave."""
    return _BY_CODE[code](**facts)
