"""Addresses of the doors. The names are the ones that allauth looks for."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from apps.workspaces import views
from apps.workspaces.access import open_to_everyone, open_to_signed_in

for_strangers = open_to_everyone("It is a way in.")

urlpatterns = [
    path("sign-in/", for_strangers(views.SignIn.as_view()), name="account_login"),
    path("sign-in/second-step/", for_strangers(views.SecondFactor.as_view()), name="mfa_authenticate"),
    path("sign-in/passkey/", for_strangers(webauthn.LoginWebAuthnView.as_view()), name="mfa_login_webauthn"),
    path(
        "sign-in/switched-off/", for_strangers(account.AccountInactiveView.as_view()), name="account_inactive"
    ),
    path("sign-out/", for_strangers(views.SignOut.as_view()), name="account_logout"),
    path(
        "password/forgotten/", for_strangers(views.ForgottenPassword.as_view()), name="account_reset_password"
    ),
    path(
        "password/forgotten/sent/",
        for_strangers(views.ForgottenPasswordDone.as_view()),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        for_strangers(views.NewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "password/changed/",
        for_strangers(account.PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    path("invitation/<str:token>/", views.accept_invitation, name="invitation"),
    path(
        "account/password/", open_to_signed_in(views.ChangePassword.as_view()), name="account_change_password"
    ),
    path(
        "account/confirm/", open_to_signed_in(views.ConfirmItIsYou.as_view()), name="account_reauthenticate"
    ),
    path(
        "account/confirm/code/", open_to_signed_in(views.ConfirmByCode.as_view()), name="mfa_reauthenticate"
    ),
    path(
        "account/confirm/passkey/",
        open_to_signed_in(webauthn.ReauthenticateWebAuthnView.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/security/", open_to_signed_in(mfa.IndexView.as_view()), name="mfa_index"),
    path("account/security/app/", open_to_signed_in(views.SwitchOnApp.as_view()), name="mfa_activate_totp"),
    path(
        "account/security/app/off/",
        open_to_signed_in(views.SwitchOffApp.as_view()),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/security/codes/",
        open_to_signed_in(recovery.ViewRecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/security/codes/new/",
        open_to_signed_in(views.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/security/codes/download/",
        open_to_signed_in(recovery.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
    path(
        "account/security/passkeys/",
        open_to_signed_in(webauthn.ListWebAuthnView.as_view()),
        name="mfa_list_webauthn",
    ),
    path(
        "account/security/passkeys/add/",
        open_to_signed_in(views.AddPasskey.as_view()),
        name="mfa_add_webauthn",
    ),
    path(
        "account/security/passkeys/<int:pk>/name/",
        open_to_signed_in(views.RenamePasskey.as_view()),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/security/passkeys/<int:pk>/remove/",
        open_to_signed_in(webauthn.RemoveWebAuthnView.as_view()),
        name="mfa_remove_webauthn",
    ),
]
