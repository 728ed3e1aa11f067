"""What can go wrong with Google Drive, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class DriveBusy(OwnerError):
    """Worth another try by itself, after ``for_s`` seconds; ``is_limit`` when Google said that it is a limit."""

    code = "drive_busy"
    message = _("Google asks Berrydesk to read more slowly, so it waits for a while.")
    remedy = _("Nothing to do: it goes on by itself. What was learned is kept.")

    def __init__(self, *, for_s=60, is_limit=True, **facts):
        self.for_s, self.is_limit = for_s, is_limit
        super().__init__(**facts)


class DriveFails(DriveBusy):
    code = "drive_fails"
    message = _("Google Drive answered with an error of its own, several times in a row.")
    remedy = _("Wait a few minutes, then try once more. What was learned is kept.")


class DriveUnreachable(DriveBusy):
    code = "drive_unreachable"
    message = _("Google could not be reached from this server.")
    remedy = _("Ask whoever runs Berrydesk whether it may reach googleapis.com, then try once more.")


class SignedOut(OwnerError):
    code = "drive_signed_out"
    message = _(
        "Google no longer accepts Berrydesk's access to {account}: it was taken back, or it has run out."
    )
    remedy = _("Open Google Drive in step 2 and press Reconnect. What was learned is kept.")


class NotConnected(OwnerError):
    code = "drive_not_connected"
    message = _(
        "Google Drive was disconnected, so {name} is kept as it was learned, and no longer kept fresh."
    )
    remedy = _("Open Google Drive in step 2, connect it, and choose the folder again.")


class KeyRefused(OwnerError):
    code = "drive_key_refused"
    message = _(
        "Google does not accept the key of the service account {account}: it was deleted or replaced."
    )
    remedy = _("Make a new key for it in Google Cloud, open Google Drive in step 2, and give that key.")


class ApiSwitchedOff(OwnerError):
    code = "drive_api_off"
    message = _("The Google Drive API is not switched on in your Google Cloud project.")
    remedy = _(
        "In Google Cloud, open APIs and services, choose Library, enable the Google Drive API, "
        "wait five minutes, then try once more."
    )


class ReadingNotAllowed(OwnerError):
    code = "drive_reading_not_allowed"
    message = _("Google lets Berrydesk in, but not read files: that permission was not given.")
    remedy = _("Press Reconnect, and leave the box ticked that lets Berrydesk see and download your files.")


class DriveRefused(OwnerError):
    code = "drive_refused"
    message = _("Google refused: {reason}")
    remedy = _("Ask whoever runs your Google Workspace whether apps may read Drive, then try once more.")


class NotShared(OwnerError):
    """404, which is what Google also says of what is there but not shared."""

    code = "drive_not_shared"
    message = _("{name} is not there any more, or it is not shared with {account}.")
    remedy = _("Share it with {account} in Google Drive, then press Try again.")


class FolderInBin(OwnerError):
    code = "drive_folder_in_bin"
    message = _("{name} is in the bin of Google Drive. What was learned from it is kept.")
    remedy = _("Take it out of the bin, then press Try again; or delete this source.")


class DownloadForbidden(OwnerError):
    code = "drive_download_forbidden"
    message = _("The owner of {name} does not let people download it, so it cannot be read.")
    remedy = _("In its sharing settings, let viewers download, print and copy; then press Try again.")


class ExportTooLarge(OwnerError):
    code = "drive_export_too_large"
    message = _("{name} is larger than the 10 MB that Google hands out of such a document.")
    remedy = _("Split it, or download it from Google as a file and put that into the folder instead.")


class WordsOnly(OwnerError):
    """A note beside a learned document, not a failure."""

    code = "drive_words_only"
    message = _(
        "{name} is larger than the 10 MB that Google hands out with headings and tables, "
        "so only its words were learned."
    )
    remedy = _("To keep its tables, split it into smaller documents. The next sync reads them.")


class KeepsChanging(OwnerError):
    code = "drive_keeps_changing"
    message = _("Somebody changed {name} while it was read, and once more at the second try.")
    remedy = _("Nothing to do: the next sync reads it. To have it sooner, press Try again.")


class FileFails(OwnerError):
    code = "drive_file_fails"
    message = _("Google Drive answers with an error whenever {name} is read, though other files can be read.")
    remedy = _("Open it in Google Drive to see whether it is damaged; the next sync tries again.")


class WrongClient(OwnerError):
    code = "drive_wrong_client"
    message = _("Google does not know this client ID together with this client secret.")
    remedy = _("Copy both again from the OAuth client in Google Cloud, then press Continue to Google.")


class ConsentRefused(OwnerError):
    code = "drive_consent_refused"
    message = _("Google was not given permission to let Berrydesk read, so nothing was connected.")
    remedy = _("Press Continue to Google once more, and choose Allow there.")


class ConsentStale(OwnerError):
    code = "drive_consent_stale"
    message = _(
        "This answer from Google does not belong to a connection that you began here, or came too late."
    )
    remedy = _("Press Continue to Google once more, and finish in the same browser.")


class NotForever(OwnerError):
    code = "drive_not_forever"
    message = _("Google gave access for one hour only, so the folder could not be kept up to date.")
    remedy = _(
        "Remove Berrydesk at myaccount.google.com/connections, then press Continue to Google once more."
    )


class NotAKeyFile(OwnerError):
    code = "drive_not_a_key_file"
    message = _("This is not the key of a service account: {what}")
    remedy = _("In Google Cloud, open the service account, choose Keys, Add key, JSON, and give that file.")


class ClientMissing(OwnerError):
    code = "drive_client_missing"
    message = _(
        "Google lets you in through an OAuth client of your own, and its ID or its secret is missing."
    )
    remedy = _("Copy both from the OAuth client in Google Cloud, then press Continue to Google.")


class ExchangeFailed(OwnerError):
    code = "drive_exchange_failed"
    message = _("Google did not hand out access: {reason}.")
    remedy = _(
        "Press Continue to Google once more. If it happens again, check the redirect address in Google Cloud."
    )


class NothingTicked(OwnerError):
    code = "drive_nothing_ticked"
    message = _("No folder and no file is ticked, so there is nothing to read.")
    remedy = _("Tick at least one, then press Start learning.")
