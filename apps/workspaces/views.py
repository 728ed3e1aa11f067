"""The doors: sign-in, forgotten passwords, second factors, invitations.

allauth does the work; here its views answer 422 at the field and say who may open them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.workspaces import founding, inviting, signing_in
from apps.workspaces.access import open_to_everyone, switch_to
from apps.workspaces.errors import EmailTaken, InvitationForOther, InvitationGone
from apps.workspaces.forms import NewPersonForm
from apps.workspaces.models import User


class AtTheField:
    """A form that is not right comes back with status 422 and what was typed; its words are ours.

    ``words`` names fields, each with its label and its help.
    """

    words = {
        "login": (_("E-mail"), ""),
        "email": (_("E-mail"), ""),
        "password": (_("Password"), ""),
        "oldpassword": (_("Present password"), ""),
        "password1": (_("New password"), _("At least ten characters.")),
        "password2": (_("New password, once more"), ""),
        "code": (_("Code"), ""),
        "name": (_("Name of the passkey"), _("So that you know later which device it is.")),
        "passwordless": (_("Use it instead of my password"), _("Else it is asked for after the password.")),
    }

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        for name, field in form.fields.items():
            if name in self.words:
                field.label, field.help_text = self.words[name]
            field.widget.attrs.pop("placeholder", None)
        return form

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = 422
        return response


class MailContext:
    """Tells the page where letters go."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "mail_is_sent": signing_in.mail_is_sent(), "mail_folder": signing_in.mail_folder()}


class SignIn(AtTheField, account.LoginView):
    """Sign-in by password or passkey; on an empty installation there is nobody to sign in yet."""

    def dispatch(self, request, *args, **kwargs):
        if request.method == "GET" and founding.installation_is_empty():
            return redirect("account_signup")
        return super().dispatch(request, *args, **kwargs)


class SignOut(account.LogoutView):
    pass


class ForgottenPassword(MailContext, AtTheField, account.PasswordResetView):
    pass


class ForgottenPasswordDone(MailContext, account.PasswordResetDoneView):
    pass


class NewPassword(AtTheField, account.PasswordResetFromKeyView):
    pass


class ChangePassword(AtTheField, account.PasswordChangeView):
    pass


class ConfirmItIsYou(AtTheField, account.ReauthenticateView):
    pass


class SecondFactor(mfa.AuthenticateView):
    """The code or the passkey after the password."""

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class ConfirmByCode(AtTheField, mfa.ReauthenticateView):
    pass


class SwitchOnApp(AtTheField, totp.ActivateTOTPView):
    pass


class SwitchOffApp(AtTheField, totp.DeactivateTOTPView):
    pass


class NewRecoveryCodes(AtTheField, recovery.GenerateRecoveryCodesView):
    pass


class AddPasskey(AtTheField, webauthn.AddWebAuthnView):
    pass


class RenamePasskey(AtTheField, webauthn.EditWebAuthnView):
    pass


@open_to_everyone("The link is the invitation.")
@never_cache
@sensitive_post_parameters("password")
def accept_invitation(request, token):
    """Join a workspace: as a new person, or with the account that the address already has."""
    try:
        invitation = inviting.find(token)
    except InvitationGone as problem:
        return render(request, "workspaces/invitation_gone.html", {"problem": problem}, status=410)
    has_account = User.objects.filter(email=invitation.email).exists()
    form = NewPersonForm(request.POST if request.method == "POST" and not has_account else None)
    problem, status = None, 200
    try:
        if request.method == "POST" and request.user.is_authenticated:
            return _joined(request, inviting.accept_as(request.user, token))
        if request.method == "POST" and has_account:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        if form.is_valid():
            member = inviting.accept_as_new(token, **form.cleaned_data)
            response = signing_in.sign_in(request, member.user, then="/")
            switch_to(request, member)
            return response
    except (EmailTaken, InvitationForOther, InvitationGone) as refused:
        problem, status = refused, 409
    context = {"invitation": invitation, "has_account": has_account, "form": form, "problem": problem}
    status = 422 if form.errors else status
    return render(request, "workspaces/invitation.html", context, status=status)


def _joined(request, member):
    switch_to(request, member)
    messages.success(request, _("You are a member of {name} now.").format(name=member.workspace.name))
    return redirect("/")
