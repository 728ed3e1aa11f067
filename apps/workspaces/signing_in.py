"""Where allauth meets our words, our keys and our doors."""

from pathlib import Path
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from berrydesk import crypto


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up through allauth; its sentences are said in ours."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off. Ask an owner of your workspace."),
        "email_password_mismatch": _(
            "E-mail and password do not belong together. Check both, then try again."
        ),
        "incorrect_password": _("This is not your password. Try again, or choose “Forgotten?”."),
        "incorrect_code": _("This code is not right, or has run out. Enter the newest one."),
        "enter_current_password": _("This is not your present password. Type it again."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
        "invalid_password_reset": _("This link has run out or was used already. Ask for a new one."),
    }

    def is_open_for_signup(self, request):
        return False

    def format_email_subject(self, subject):
        return str(subject)

    def get_reset_password_from_key_url(self, key):
        """The link of a letter, never made from the Host header: whoever sends one would be sent the key."""
        return settings.BASE_URL + urlsplit(super().get_reset_password_from_key_url(key)).path

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes unreadable in the database."""

    def encrypt(self, text):
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text):
        return crypto.decrypt(encrypted_text)

    def get_totp_issuer(self):
        return "Berrydesk"


def sign_in(request, user, *, then):
    """``user`` has just proved who they are by choosing a password: the session is theirs. Returns the response."""
    record_authentication(request, user, method="password", email=user.email)
    return perform_login(request, user, email_verification="none", redirect_url=then)


def mail_folder():
    """The folder that letters are written to while no mail server is set, or None when they are sent."""
    if "filebased" in settings.EMAIL_BACKEND:
        return Path(settings.EMAIL_FILE_PATH)
    return None


def mail_is_sent():
    """True when letters leave this machine."""
    return not any(kind in settings.EMAIL_BACKEND for kind in ("filebased", "console", "dummy"))
