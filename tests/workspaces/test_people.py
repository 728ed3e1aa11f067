"""People join, change their role and leave; tokens come and go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.workspaces import inviting, membership, tokens
from apps.workspaces.errors import AlreadyMember, InvitationForOther, InvitationGone, LastOwner, RoleTooLow
from apps.workspaces.models import ApiToken, AuditEvent, Invitation, Member, Role
from berrydesk.db.scopes import every_workspace, in_workspace
from tests.cast import a_member, a_workspace

PASSWORD = "correct horse battery"


def test_an_invited_person_becomes_a_member(ada, scoped):
    invitation, token = inviting.invite(scoped, email="Cleo@Example.com", role=Role.TEAMMATE, by=ada)
    assert token not in repr(Invitation.objects.values().get())
    member = inviting.accept_as_new(token, name="Cleo", password=PASSWORD)
    assert (member.user.email, member.role, member.workspace_id) == (
        "cleo@example.com",
        "teammate",
        scoped.pk,
    )
    assert invitation.email == "cleo@example.com"
    verbs = list(AuditEvent.objects.order_by("created_at", "pk").values_list("verb", flat=True))
    assert verbs == ["member.invited", "member.joined"]


def test_a_link_works_once(ada, scoped):
    _, token = inviting.invite(scoped, email="cleo@example.com", role=Role.TEAMMATE, by=ada)
    member = inviting.accept_as_new(token, name="Cleo", password=PASSWORD)
    with pytest.raises(InvitationGone):
        inviting.accept_as(member.user, token)


def test_a_new_invitation_replaces_the_old_one(ada, scoped):
    _, old = inviting.invite(scoped, email="cleo@example.com", role=Role.VIEWER, by=ada)
    _, new = inviting.invite(scoped, email="cleo@example.com", role=Role.ADMIN, by=ada)
    with pytest.raises(InvitationGone):
        inviting.find(old)
    assert inviting.find(new).role == Role.ADMIN


def test_after_a_week_the_link_is_dead(ada, scoped):
    invitation, token = inviting.invite(scoped, email="cleo@example.com", role=Role.VIEWER, by=ada)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvitationGone):
        inviting.find(token)


def test_a_withdrawn_link_is_dead(ada, scoped):
    invitation, token = inviting.invite(scoped, email="cleo@example.com", role=Role.VIEWER, by=ada)
    inviting.withdraw(invitation, by=ada)
    with pytest.raises(InvitationGone):
        inviting.find(token)


def test_a_link_is_only_for_its_address(ada, mallory, scoped):
    _, token = inviting.invite(scoped, email="cleo@example.com", role=Role.ADMIN, by=ada)
    with pytest.raises(InvitationForOther):
        inviting.accept_as(mallory.user, token)


def test_a_member_is_not_invited_again(ada, ben, scoped):
    with pytest.raises(AlreadyMember):
        inviting.invite(scoped, email="ben@example.com", role=Role.ADMIN, by=ada)


def test_an_admin_makes_no_owner(ada, ben, scoped):
    ben.role = Role.ADMIN
    ben.save()
    with pytest.raises(RoleTooLow):
        inviting.invite(scoped, email="cleo@example.com", role=Role.OWNER, by=ben)
    with pytest.raises(RoleTooLow):
        membership.change_role(ben, Role.OWNER, by=ben)
    with pytest.raises(RoleTooLow):
        membership.remove(ada, by=ben)


def test_the_last_owner_stays(ada, ben, scoped):
    with pytest.raises(LastOwner):
        membership.remove(ada, by=ada)
    with pytest.raises(LastOwner):
        membership.change_role(ada, Role.ADMIN, by=ada)
    membership.change_role(ben, Role.OWNER, by=ada)
    membership.remove(ada, by=ada)
    assert [m.user.name for m in Member.objects.all()] == ["Ben"]


def test_what_a_removed_member_did_stays(ada, ben, scoped):
    inviting.invite(scoped, email="cleo@example.com", role=Role.VIEWER, by=ben)
    membership.remove(ben, by=ada)
    assert AuditEvent.objects.filter(verb="member.invited").get().actor_name == "Ben"


def test_one_person_may_belong_to_several_workspaces(ada):
    other = a_workspace("Second", "second")
    with every_workspace("the test adds a second place"):
        second = Member.objects.create(workspace=other, user=ada.user, role=Role.VIEWER)
    assert membership.of(ada.user).pk == ada.pk
    assert membership.of(ada.user, str(other.pk)).pk == second.pk
    assert [m.workspace.name for m in membership.places(ada.user)] == ["Nordlicht", "Second"]


def test_a_stranger_has_no_place(db):
    with every_workspace("the test looks at somebody without a place"):
        person = a_member("Nobody", a_workspace("Gone", "gone"), "viewer")
        person.delete()
    assert membership.of(person.user) is None


def test_a_token_is_stored_only_as_its_hash(ada, scoped):
    row, token = tokens.create(scoped, name="Shop", by=ada)
    assert token.startswith(row.prefix) and token not in repr(ApiToken.objects.values().get())
    found = tokens.find(token)
    assert found.pk == row.pk and found.workspace.pk == scoped.pk
    row.refresh_from_db()
    assert row.last_used_at
    tokens.revoke(row, by=ada)
    assert tokens.find(token) is None


def test_mallory_does_not_see_adas_tokens(ada, mallory):
    with in_workspace(ada.workspace):
        tokens.create(ada.workspace, name="Shop", by=ada)
    with in_workspace(mallory.workspace):
        assert not ApiToken.objects.exists()


@pytest.mark.parametrize("deed", ["remove", "demote"])
def test_who_is_no_admin_any_more_keeps_no_token(ada, ben, scoped, deed):
    eve = a_member("Eve", ada.workspace, "admin")
    _row, hers = tokens.create(ada.workspace, name="Eve's script", by=eve)
    _row, adas = tokens.create(ada.workspace, name="Ada's script", by=ada)
    if deed == "remove":
        membership.remove(eve, by=ada)
    else:
        membership.change_role(eve, Role.TEAMMATE, by=ada)
    assert tokens.find(hers) is None
    assert tokens.find(adas) is not None
    line = AuditEvent.objects.get(verb="token.revoked")
    assert "Eve's script" in line.words and line.actor == ada


def test_an_admin_who_becomes_an_owner_keeps_their_tokens(ada, scoped):
    eve = a_member("Eve", ada.workspace, "admin")
    _row, hers = tokens.create(ada.workspace, name="Eve's script", by=eve)
    membership.change_role(eve, Role.OWNER, by=ada)
    assert tokens.find(hers) is not None
