"""Drive v3 through Google's own client: patient with what passes, plain about what does not.

Google's modules are imported when the first request is made: they cost 33 MB and a third of a second.
"""

import http.client
import random
import time

from apps.connections import reaching
from apps.knowledge.connectors.drive import errors, faults

SCOPE = "https://www.googleapis.com/auth/drive.readonly"
TIMEOUT_S = 30
PATIENCE_S = 20
"""A worker waits this long for one answer; beyond it the sync rests and another has its turn."""
HURRY_S = 3
"""So long where a person waits for the page."""
MOST_TRIES = 5
CHUNK_BYTES = 8 * 1024 * 1024
ABOUT_FILE = (
    "id,name,mimeType,parents,trashed,driveId,size,md5Checksum,version,modifiedTime,webViewLink,"
    "sharedWithMeTime,ownedByMe,capabilities/canDownload,shortcutDetails(targetId,targetMimeType)"
)
EVERYWHERE = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}
PAGE = 1000


class Missing(Exception):
    """404: not there, or not shared."""


class DeadToken(Exception):
    """The place in a list or in the log of changes is no longer known: begin anew."""


class TooLarge(Exception):
    """Over the 10 MB of an export, or over the limit of a download."""


class NoDownload(Exception):
    """This file may be seen but not read."""


class Drive:
    """One person's, or one service account's, view of Drive. Not for several threads.

    Raises the exceptions above, and ``errors.OwnerError`` where the connection as a whole is in trouble.
    """

    def __init__(self, secrets, *, account="", patience_s=PATIENCE_S):
        self.account = account
        self.secrets = secrets
        self.patience_s = patience_s
        self._api = None

    @classmethod
    def of(cls, connection, **options):
        """Through a stored connection."""
        return cls(connection.secrets, account=connection.name, **options)

    def me(self):
        """``{emailAddress, displayName}`` of whose Drive this is."""
        return self._ask(lambda api: api.about().get(fields="user(emailAddress,displayName)")).get("user", {})

    def file(self, id):
        """What Drive knows of a file or folder."""
        try:
            return self._ask(
                lambda api: api.files().get(fileId=id, fields=ABOUT_FILE, supportsAllDrives=True)
            )
        except DeadToken as gone:  # 410
            raise Missing from gone

    def list(self, query, *, drive="", token=None, order=None, size=PAGE, everywhere=False):
        """(files, token of the next page or None, whether the search was incomplete)."""
        within = {"corpora": "drive", "driveId": drive} if drive else {}
        if everywhere:
            within = {"corpora": "allDrives"}
        found = self._ask(
            lambda api: api.files().list(
                q=query,
                pageToken=token,
                pageSize=size,
                orderBy=order,
                fields=f"nextPageToken,incompleteSearch,files({ABOUT_FILE})",
                **within,
                **EVERYWHERE,
            )
        )
        return found.get("files", []), found.get("nextPageToken"), bool(found.get("incompleteSearch"))

    def shared_drives(self):
        """``{id, name}`` of each shared drive."""
        found, token = [], None
        while True:
            page = self._ask(
                lambda api, token=token: api.drives().list(
                    pageSize=100, pageToken=token, fields="nextPageToken,drives(id,name)"
                )
            )
            found += page.get("drives", [])
            token = page.get("nextPageToken")
            if not token:
                return found

    def start_token(self, drive=""):
        """Where the log of changes stands now; each shared drive has a log of its own."""
        within = {"driveId": drive} if drive else {}
        found = self._ask(
            lambda api: api.changes().getStartPageToken(
                supportsAllDrives=True, fields="startPageToken", **within
            )
        )
        return found["startPageToken"]

    def changes(self, token, drive=""):
        """(changes, token of the next page or None, the token to begin with next time: on the last page only)."""
        within = {"driveId": drive} if drive else {}
        found = self._ask(
            lambda api: api.changes().list(
                pageToken=token,
                pageSize=PAGE,
                includeRemoved=True,
                fields=f"nextPageToken,newStartPageToken,changes(fileId,removed,changeType,file({ABOUT_FILE}))",
                **within,
                **EVERYWHERE,
            )
        )
        return found.get("changes", []), found.get("nextPageToken"), found.get("newStartPageToken")

    def export(self, id, media_type, to):
        """A Google document, written to the open file ``to`` as ``media_type``."""
        self._download(lambda api: api.files().export_media(fileId=id, mimeType=media_type), to, None)

    def download(self, id, to, *, limit_bytes):
        """A file's bytes, written to the open file ``to``."""
        self._download(lambda api: api.files().get_media(fileId=id, supportsAllDrives=True), to, limit_bytes)

    def _download(self, make, to, limit_bytes):
        from googleapiclient.http import MediaIoBaseDownload

        stream = MediaIoBaseDownload(to, self._try(lambda: make(self._connected())), chunksize=CHUNK_BYTES)
        is_done = False
        while not is_done:
            _progress, is_done = self._try(stream.next_chunk)
            if limit_bytes and to.tell() > limit_bytes:
                raise TooLarge

    def _ask(self, make):
        def ask():
            found = make(self._connected()).execute()
            if not isinstance(found, dict):
                raise ValueError("no object")
            return found

        try:
            return self._try(ask)
        except (NoDownload, TooLarge) as error:
            raise errors.DriveRefused(reason=type(error.__cause__).__name__) from error

    def _try(self, step):
        """What ``step`` returns, at the first try or at a later one."""
        ends_at, pause_s, tries = time.monotonic() + self.patience_s, 1.0, 0
        while True:
            tries += 1
            try:
                return step()
            except Exception as error:
                problem = self._problem(error)
                if problem is None:
                    raise
                if not isinstance(problem, errors.DriveBusy):
                    raise problem from error
            asked_s = problem.for_s
            wait_s = pause_s * random.uniform(0.5, 1) if asked_s is None else asked_s
            if tries == MOST_TRIES or time.monotonic() + wait_s > ends_at:
                problem.for_s = max(60, asked_s or 0)
                raise problem
            time.sleep(wait_s)
            pause_s *= 2

    def _problem(self, error):
        """What to raise for what Google's client raised: a DriveBusy when it may pass; None for what is not its own."""
        import httplib2
        from google.auth.exceptions import GoogleAuthError, RefreshError
        from googleapiclient.errors import HttpError

        if isinstance(error, HttpError):
            status = int(error.resp.status)
            return self._of_fault(faults.of(status, error.content, error.resp.get("retry-after")))
        if isinstance(error, RefreshError):
            return errors.DriveFails(for_s=None) if error.retryable else self._signed_out()
        if isinstance(error, httplib2.error.RedirectMissingLocation | httplib2.error.RedirectLimit):
            return errors.DriveRefused(reason=str(error)[:200])
        if isinstance(error, GoogleAuthError | httplib2.HttpLib2Error | OSError | http.client.HTTPException):
            return errors.DriveUnreachable(for_s=None)
        if isinstance(error, ValueError):  # an answer that is no JSON
            return errors.DriveFails(for_s=None, is_limit=False)
        return None

    def _of_fault(self, fault):
        if fault.kind == "wait":
            return errors.DriveBusy(for_s=fault.for_s)
        if fault.kind == "fails":
            return errors.DriveFails(for_s=fault.for_s, is_limit=False)
        if fault.kind == "signed_out":
            return self._signed_out()
        plain = {
            "missing": Missing,
            "dead_token": DeadToken,
            "too_large": TooLarge,
            "no_download": NoDownload,
            "switched_off": errors.ApiSwitchedOff,
            "no_scope": errors.ReadingNotAllowed,
        }
        if fault.kind in plain:
            return plain[fault.kind]()
        return errors.DriveRefused(reason=fault.message or fault.reason or "403")

    def _signed_out(self):
        if robot := self.secrets.get("service_account"):
            return errors.KeyRefused(account=robot.get("client_email", self.account))
        return errors.SignedOut(account=self.account)

    def _connected(self):
        if self._api is None:
            import google_auth_httplib2
            import httplib2
            from googleapiclient.discovery import build

            base = reaching.base_url("google", "https://www.googleapis.com")
            transport = httplib2.Http(timeout=TIMEOUT_S)
            self._api = build(
                "drive",
                "v3",
                http=google_auth_httplib2.AuthorizedHttp(self._credentials(), http=transport),
                static_discovery=True,
                cache_discovery=False,
                client_options={"api_endpoint": f"{base}/drive/v3/"},
            )
        return self._api

    def _credentials(self):
        from google.oauth2 import credentials, service_account

        address = token_address()
        if robot := self.secrets.get("service_account"):
            # The address of the token server is Google's, whatever the key file says.
            return service_account.Credentials.from_service_account_info(
                robot | {"token_uri": address}, scopes=[SCOPE]
            )
        return credentials.Credentials(
            token=None,
            refresh_token=self.secrets.get("refresh_token"),
            client_id=self.secrets.get("client_id"),
            client_secret=self.secrets.get("client_secret"),
            token_uri=address,
            scopes=[SCOPE],
        )


def token_address():
    """Where Google gives tokens."""
    return reaching.base_url("google", "https://oauth2.googleapis.com") + "/token"
