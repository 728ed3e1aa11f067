"""Why something was not learned, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class InvalidConfig(OwnerError):
    """What was typed is not right; ``errors`` says it field by field."""

    code = "invalid_source"
    message = _("Something is missing or not right: {summary}")
    remedy = _("Correct it, then try again.")

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


class FileUnrecognised(Unreadable):
    code = "file_unrecognised"
    message = _("{name} is a picture of text, or no text at all: none could be recognised in it.")
    remedy = _("Upload the original, or a sharper and straight scan, or paste the text.")


class PictureUnread(Unreadable):
    code = "picture_unread"
    message = _("{name} is a picture, and text recognition (tesseract) is not installed on the server.")
    remedy = _("Paste the text that it shows, or ask whoever runs Berrydesk to install tesseract.")


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


class NotStored(Unreadable):
    code = "file_not_stored"
    message = _("{name} could not be stored on this machine: {reason}.")
    remedy = _(
        "Ask whoever runs Berrydesk to free some space, then upload it again. Nothing else was changed."
    )


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
    remedy = _(
        "Save it as PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, web page or plain text, "
        "then upload that."
    )


class NotText(Unreadable):
    code = "not_text"
    message = _("{name} holds no text but program data.")
    remedy = _(
        "Save it as PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, web page or plain text, "
        "then upload that."
    )


class TooSlow(Unreadable):
    code = "too_slow"
    message = _("{name} took too long to read, so Berrydesk stopped.")
    remedy = _("Split it, or save it as a new PDF or as plain text, then upload that.")


class TooMuchMemory(Unreadable):
    code = "too_much_memory"
    message = _("{name} needed too much memory to read, so Berrydesk stopped.")
    remedy = _("Split it, or save it as a new PDF or as plain text, then upload that.")


class AllHidden(Unreadable):
    code = "all_hidden"
    message = _("Everything in {name} is hidden, so there was nothing to read.")
    remedy = _("Unhide the sheets or slides that customers may know, then upload it again.")


class BookLocked(Unreadable):
    code = "book_locked"
    message = _("{name} is locked by the shop that sold it (copy protection).")
    remedy = _("Ask the publisher for an unlocked copy, or upload the text as PDF or Word file.")


class CaptionsBroken(Unreadable):
    code = "captions_broken"
    message = _("{name} holds no captions: there is no line with a start and an end time.")
    remedy = _("Download the captions again as .srt or .vtt, then upload that.")


class ArchiveInside(Unreadable):
    code = "archive_inside"
    message = _("{name} is an archive within an archive, which Berrydesk does not open.")
    remedy = _("Unpack it, then upload what is inside.")


class ArchiveEmpty(Unreadable):
    code = "archive_empty"
    message = _("{name} is an archive without a file inside.")
    remedy = _("Pack the files again, then upload the new archive.")


class ArchiveTooMany(Unreadable):
    code = "archive_too_many"
    message = _("{name} is an archive of more than {limit} files, so it was not opened.")
    remedy = _("Pack the files into several archives, then upload them one by one.")


class UnsafeMember(Unreadable):
    code = "unsafe_member"
    message = _("{name} is only a link, or its path leads out of the archive, so it was not opened.")
    remedy = _("Pack the file itself, in a folder of its own, then upload the archive again.")


class NotASitemap(Unreadable):
    code = "not_a_sitemap"
    message = _("{name} is not a sitemap.")
    remedy = _("Give the address of the sitemap, or choose to read the whole site by its links.")


class NoProducts(Unreadable):
    code = "no_products"
    message = _("{name} holds no products: Berrydesk found no list of things with a name.")
    remedy = _("Give the address of the feed itself: Google Merchant XML, JSON, or CSV with a column title.")


class ProductsWithoutName(OwnerError):
    code = "products_without_name"
    message = _("{count} entries of the feed have no name, so they were left out.")
    remedy = _("Give each product a title in your shop, then press Sync.")


class NoConversations(Unreadable):
    code = "no_conversations"
    message = _("{name} holds no conversations: nowhere in it does a customer ask and a person answer.")
    remedy = _(
        "Export them as CSV with the columns conversation_id, role and text, or question and answer; or as JSON "
        "with messages."
    )


class TooManyConversations(Unreadable):
    code = "too_many_conversations"
    message = _("{name} holds more than {most} conversations.")
    remedy = _("Export a shorter time, such as the last months, then upload that.")


class FileLost(Unreadable):
    code = "file_lost"
    message = _("{name} is no longer where it was stored.")
    remedy = _("Upload it again.")


class PagesLost(OwnerError):
    """A note beside a learned file, not a failure."""

    code = "pages_lost"
    message = _(
        "{lost} of {pages} pages of {name} hold only pictures or are damaged, so they were not learned."
    )
    remedy = _("Run text recognition (OCR) on the file, then upload it again.")


class PagesUnrecognised(OwnerError):
    """A note beside a learned file."""

    code = "pages_unrecognised"
    message = _(
        "On {lost} of {pages} pages of {name} there are pictures without text that could be recognised."
    )
    remedy = _("Nothing to do for photographs. For pages of text, upload the original or a sharper scan.")


class HiddenSheets(OwnerError):
    """A note beside a learned file, as are the next four."""

    code = "hidden_sheets"
    message = _("{name} has hidden sheets ({sheets}), which were left out.")
    remedy = _("If customers may know what they say, unhide them, then upload the file again.")


class HiddenCells(OwnerError):
    code = "hidden_cells"
    message = _("{name} has hidden rows or columns, which were left out.")
    remedy = _("If customers may know what they say, unhide them, then upload the file again.")


class HiddenSlides(OwnerError):
    code = "hidden_slides"
    message = _("{name} has hidden slides ({slides}), which were left out.")
    remedy = _("If customers may know what they say, unhide them, then upload the file again.")


class FormulasWithoutResults(OwnerError):
    code = "formulas_without_results"
    message = _("{cells} cells of {name} hold formulas whose results were not saved, so they were left out.")
    remedy = _("Open the file in Excel, save it there, then upload it again.")


class AttachmentsLeftOut(OwnerError):
    code = "attachments_left_out"
    message = _("{name} has attachments ({files}), which were not learned.")
    remedy = _("Save the attachments as files, then upload those that customers may know.")


class BlockedByRobots(OwnerError):
    code = "blocked_by_robots"
    message = _("{url} is closed to robots by its own site (robots.txt).")
    remedy = _(
        "Allow the user agent Berrydesk in robots.txt, then press Try again; or upload the page as a file."
    )


class RobotsUnknown(OwnerError):
    code = "robots_unknown"
    message = _("{host} could not say which pages robots may read: its robots.txt answered with an error.")
    remedy = _("Ask whoever runs the site to mend robots.txt, then press Try again.")


class NoIndex(OwnerError):
    code = "noindex"
    message = _("{url} asks not to be read by robots (noindex).")
    remedy = _("Remove noindex from the page, then press Try again; or upload the page as a file.")


class JavaScriptOnly(OwnerError):
    code = "javascript_only"
    message = _("{url} holds no text until a browser has run its scripts, so there was nothing to read.")
    remedy = _(
        "Ask whoever runs Berrydesk to install Chromium on its server, then press Try again; or save the page from "
        "your browser as PDF and upload that, or paste its text."
    )


class PageEmpty(OwnerError):
    code = "page_empty"
    message = _("{url} holds no text.")
    remedy = _("If there should be some, check the page in your browser, then press Try again.")


class LeavesSite(OwnerError):
    code = "leaves_site"
    message = _("{url} sends visitors on to another site ({host}).")
    remedy = _("To learn from that site too, add its address as a source of its own.")


class EndlessPages(OwnerError):
    code = "endless_pages"
    message = _("Pages like {url} go on for ever, as a calendar does, so only the first {limit} were read.")
    remedy = _("Nothing to do. To read none of them, leave out their addresses with a pattern.")


class PageLimit(OwnerError):
    code = "page_limit"
    message = _("Reading stopped at {limit} pages; at least {left} more were found.")
    remedy = _(
        "Raise the highest number of pages, or leave out what visitors never ask about, then press Sync."
    )


class NoSitemap(OwnerError):
    code = "no_sitemap"
    message = _("{host} has no sitemap where one is usually found.")
    remedy = _("Choose to read the whole site by its links, or give the address of the sitemap.")


class SitemapElsewhere(OwnerError):
    code = "sitemap_elsewhere"
    message = _("The sitemap lists no pages of {host}, only of other sites.")
    remedy = _("Choose to read the whole site by its links, or give the address that the sitemap names.")


class SiteStoppedAnswering(OwnerError):
    code = "site_stopped_answering"
    message = _("{host} stopped answering after {pages} pages. What was learned is kept.")
    remedy = _("Press Try again in a few minutes; it goes on with the pages that are missing.")


class NothingFound(OwnerError):
    code = "nothing_found"
    message = _("There was nothing to learn at {name}.")
    remedy = _("Check the address in your browser, then press Try again.")


class Stopped(OwnerError):
    code = "stopped"
    message = _("You stopped this. What was learned until then is kept.")
    remedy = _("Press Try again to read the rest.")


class DiskFull(OwnerError):
    code = "disk_full"
    message = _("The disk of the server is full, so learning stopped. What was learned is kept.")
    remedy = _("Ask whoever runs Berrydesk to free some space, then press Try again. Reference: {reference}.")


class Crashed(OwnerError):
    code = "sync_crashed"
    message = _("Something unexpected stopped the learning. What was learned is kept.")
    remedy = _("Press Try again. If it happens again, tell whoever runs Berrydesk the reference {reference}.")


class GaveUp(OwnerError):
    code = "sync_gave_up"
    message = _("The learning broke off {times} times at the same place, so Berrydesk stopped trying.")
    remedy = _("Press Try again. If it happens again, tell whoever runs Berrydesk the reference {reference}.")


_BY_CODE = {
    kind.code: kind
    for kind in (
        *(FileBroken, FileEmpty, FileWithoutText, FileScanned, FileEncrypted, FileTooLarge, FileTooLong),
        *(ZipBomb, WrongType, UnknownType, NotText, TooSlow, TooMuchMemory, NotASitemap, NoProducts),
        *(AllHidden, BookLocked, CaptionsBroken, FileUnrecognised, PictureUnread),
        *(ArchiveInside, ArchiveEmpty, ArchiveTooMany, UnsafeMember),
        *(HiddenSheets, HiddenCells, HiddenSlides, FormulasWithoutResults, AttachmentsLeftOut),
        *(NoConversations, TooManyConversations),
    )
}


def lies_in_the_file(code):
    """True for what reading the very same file once more cannot mend."""
    kind = FileLost if code == FileLost.code else _BY_CODE.get(code)
    return kind is not None and issubclass(kind, Unreadable)


def of_code(code, **facts):
    """The sentence for a code that a parser gave."""
    return _BY_CODE[code](**facts)
