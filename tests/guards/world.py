"""One of everything that addresses name, in Ada's workspace: for guards that try strangers on it."""

from datetime import timedelta

from django.utils import timezone

from apps.actions.models import ActionRun
from apps.connections.models import Connection
from apps.knowledge import indexing, sources
from apps.knowledge.finding_models import Finding
from apps.knowledge.models import LikelyQuestion
from apps.workspaces import inviting, tokens
from berrydesk.db.scopes import in_workspace
from tests.cast import a_conversation


def rows_of(ada, ben, agent, vera):
    """``{name of a converter: what it means in Ada's workspace}``."""
    with in_workspace(ada.workspace):
        conversation = a_conversation(agent, with_=vera, saying="Do you ship to Norway?")
        source = sources.add_source(agent, kind="text", config={"text": "We ship to Norway."})
        document = indexing.learn_document(
            source, external_id="text", title="Shipping", text="# Do you ship to Norway?\n\nYes."
        )
        connection = Connection.objects.create(
            workspace=ada.workspace,
            kind="provider",
            service="custom",
            name="Own",
            base_url="http://127.0.0.1:9",
        )
        invitation, _link = inviting.invite(ada.workspace, email="carl@example.com", role="teammate", by=ada)
        token, _secret = tokens.create(ada.workspace, name="Script", by=ada)
        run = ActionRun.objects.create(
            workspace=ada.workspace,
            conversation=conversation,
            customer="visitor:vera",
            key="stripe.refund",
            business_key="stripe.refund:pi_1",
            idempotency_key="berrydesk-1",
            state="awaiting_approval",
            preview={"title": "Refund €49.00", "rows": []},
            expires_at=timezone.now() + timedelta(hours=1),
        )
        question = LikelyQuestion.objects.create(
            workspace=ada.workspace,
            agent=agent,
            key="norway",
            question="Do you ship to Norway?",
            origin="visitor",
        )
        finding = Finding.objects.create(
            workspace=ada.workspace,
            agent=agent,
            kind="empty",
            key="norway",
            severity="low",
            subject="Shipping",
        )
    return {
        "public_id": agent.public_id,
        "number": conversation.number,
        "source_id": source.pk,
        "document_id": getattr(document, "pk", None) or source.documents.get().pk,
        "connection_id": connection.pk,
        "member_id": ben.pk,
        "invitation_id": invitation.pk,
        "token_id": token.pk,
        "question_id": question.pk,
        "run_id": run.pk,
        "finding_id": finding.pk,
        "verb": "dismiss",
        "key": "stripe.refund",
        "step": "model",
        "what": "feed",
    }
