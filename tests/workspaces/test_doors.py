"""Sign-in, forgotten passwords, second factors, invitations: as a browser meets them."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.urls import reverse

from apps.workspaces import inviting
from apps.workspaces.models import Role
from berrydesk.db.scopes import in_workspace
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, email="ada@example.com", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def confirm(client):
    """Say the password once more: second factors are not changed by whoever finds an open browser."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_a_member_signs_in_and_out(client, ada):
    assert client.get(reverse("account_login")).status_code == 200
    response = sign_in(client)
    assert response.status_code == 302 and response["Location"] == "/"
    assert client.get(reverse("mfa_index")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("mfa_index")).status_code == 302


def test_a_wrong_password_comes_back_in_words(client, ada):
    response = sign_in(client, password="nonsense nonsense")
    assert response.status_code == 422
    assert "E-mail and password do not belong together" in response.content.decode()
    assert 'value="ada@example.com"' in response.content.decode()


def test_an_empty_form_comes_back_at_the_fields(client, ada):
    response = client.post(reverse("account_login"), {})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()


def test_guessing_is_slowed_down(client, ada):
    answers = [sign_in(client, password=f"wrong wrong {n}") for n in range(8)]
    assert "Too many tries" in answers[-1].content.decode()
    assert "Too many tries" in sign_in(client).content.decode()


def test_an_empty_installation_leads_to_sign_up(client, db):
    response = client.get(reverse("account_login"))
    assert response.status_code == 302 and response["Location"] == reverse("account_signup")


def test_a_forgotten_password_is_replaced(client, ada):
    page = client.get(reverse("account_reset_password")).content.decode()
    assert "EMAIL_URL" in page or "has no mail server" not in page
    response = client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    assert response.status_code == 302
    (letter,) = mail.outbox
    link = re.search(r"https?://\S+/password/new/\S+", letter.body).group()
    page = client.get(link, follow=True)
    new = "another good password"
    done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert done.status_code == 200
    assert sign_in(client, password=new).status_code == 302
    client.post(reverse("account_logout"))
    assert "used up" in client.get(link, follow=True).content.decode()


def test_the_link_to_a_new_password_leads_here_whatever_the_request_says(client, ada, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://desk.example"
    client.post(
        reverse("account_reset_password"), {"email": "ada@example.com"}, headers={"host": "evil.example"}
    )
    (letter,) = mail.outbox
    assert "https://desk.example/password/new/" in letter.body
    assert "evil.example" not in letter.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "0.0.0.0", "169.254.169.254"])
def test_nobody_reaches_us_under_another_name(client, db, host):
    """A page on the internet may point its own name at 127.0.0.1, and would found the workspace."""
    answer = client.get(reverse("account_signup"), headers={"host": host})
    assert answer.status_code == 400
    assert "BERRYDESK_BASE_URL" in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_reaches_us(client, db, host):
    assert client.get(reverse("account_signup"), headers={"host": host}).status_code == 200


def test_a_stranger_learns_nothing_about_who_has_an_account(client, ada):
    known = client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_the_second_step_asks_for_a_code(client, ada):
    sign_in(client)
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(reverse("account_reauthenticate"), {"password": "wrong wrong"}).status_code == 422
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.status_code == 422
    secret = wrong.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    response = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    client.post(reverse("account_logout"))
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get("/account/security/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "123"}).status_code == 422
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == "/"


def test_the_secret_of_the_app_is_unreadable_in_the_database(client, ada):
    from allauth.mfa.models import Authenticator

    sign_in(client)
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert secret not in repr(list(Authenticator.objects.values()))


def test_a_passkey_can_be_offered(client, ada):
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]
    sign_in(client)
    confirm(client)
    page = client.get(reverse("mfa_add_webauthn")).content.decode()
    assert "creation_options" in page and "<script>" not in page


def test_an_invited_person_joins_through_the_link(client, ada):
    with in_workspace(ada.workspace):
        _, token = inviting.invite(ada.workspace, email="cleo@example.com", role=Role.TEAMMATE, by=ada)
    link = reverse("invitation", args=[token])
    assert "Join Nordlicht" in client.get(link).content.decode()
    assert client.post(link, {"name": "", "password": "short"}).status_code == 422
    response = client.post(link, {"name": "Cleo", "password": PASSWORD})
    assert response.status_code == 302 and response["Location"] == "/"
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(link).status_code == 410


def test_somebody_with_an_account_signs_in_to_join(client, ada, mallory):
    with in_workspace(ada.workspace):
        _, token = inviting.invite(ada.workspace, email="mallory@example.com", role=Role.VIEWER, by=ada)
    link = reverse("invitation", args=[token])
    assert "Sign in with it to join" in client.get(link).content.decode()
    client.force_login(mallory.user)
    assert client.post(link).status_code == 302


@pytest.mark.parametrize("name", ["account_signup", "account_login", "account_reset_password"])
def test_every_door_holds_under_the_strict_policy(client, ada, name):
    response = client.get(reverse(name))
    page = response.content.decode()
    assert " style=" not in page and "<style" not in page and " onclick=" not in page
    assert "unsafe" not in response["Content-Security-Policy"]
