"""Addresses of the daily work: inbox, conversations, knowledge."""

from django.urls import path

from apps.console import conversations, curating, health, inbox, knowledge, missing, past_conversations

urlpatterns = [
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/<int:number>/", inbox.show, name="inbox_conversation"),
    path("inbox/<int:number>/reply", inbox.reply, name="inbox_reply"),
    path("inbox/<int:number>/take", inbox.take, name="inbox_take"),
    path("inbox/<int:number>/hand-back", inbox.hand_back, name="inbox_hand_back"),
    path("inbox/<int:number>/resolve", inbox.resolve, name="inbox_resolve"),
    path("inbox/<int:number>/runs/<uuid:run_id>/approve", inbox.approve, name="inbox_approve"),
    path("inbox/<int:number>/runs/<uuid:run_id>/decline", inbox.decline, name="inbox_decline"),
    path("inbox/<int:number>/runs/<uuid:run_id>/happened", inbox.happened, name="inbox_happened"),
    path(
        "inbox/<int:number>/runs/<uuid:run_id>/did-not-happen",
        inbox.did_not_happen,
        name="inbox_did_not_happen",
    ),
    path("conversations/", conversations.index, name="conversations"),
    path("conversations/<int:number>/", conversations.show, name="conversation"),
    path("knowledge/", knowledge.index, name="knowledge"),
    path("knowledge/questions/", missing.index, name="knowledge_questions"),
    path("knowledge/questions/again/", missing.look_again, name="knowledge_questions_again"),
    path("knowledge/questions/<uuid:question_id>/answer/", missing.answer, name="knowledge_question_answer"),
    path(
        "knowledge/questions/<uuid:question_id>/dismiss/", missing.dismiss, name="knowledge_question_dismiss"
    ),
    path(
        "knowledge/questions/<uuid:question_id>/bring-back/",
        missing.bring_back,
        name="knowledge_question_bring_back",
    ),
    path("knowledge/health/", health.index, name="knowledge_health"),
    path("knowledge/health/sweep/", health.sweep, name="knowledge_sweep"),
    path("knowledge/health/<uuid:finding_id>/<slug:verb>/", health.settle, name="knowledge_settle"),
    path("knowledge/set-aside/", knowledge.set_aside, name="knowledge_set_aside"),
    path("knowledge/synonyms/", knowledge.synonyms, name="knowledge_synonyms"),
    path("knowledge/<uuid:source_id>/", knowledge.source, name="knowledge_source"),
    path("knowledge/<uuid:source_id>/sync/", curating.sync, name="knowledge_sync"),
    path("knowledge/<uuid:source_id>/remove/", curating.remove, name="knowledge_remove"),
    path("knowledge/<uuid:source_id>/keep/", curating.keep, name="knowledge_keep"),
    path("knowledge/<uuid:source_id>/limits/", curating.limit, name="knowledge_limits"),
    path("knowledge/<uuid:source_id>/changes/", curating.changes, name="knowledge_changes"),
    path("knowledge/<uuid:source_id>/changes/settle/", curating.settle, name="knowledge_changes_settle"),
    path("knowledge/<uuid:source_id>/offers/", past_conversations.offers, name="knowledge_offers"),
    path(
        "knowledge/<uuid:source_id>/offers/settle/", past_conversations.settle, name="knowledge_offers_settle"
    ),
    path("knowledge/<uuid:source_id>/<uuid:document_id>/", knowledge.document, name="knowledge_document"),
    path(
        "knowledge/<uuid:source_id>/<uuid:document_id>/correct/", curating.correct, name="knowledge_correct"
    ),
    path("knowledge/<uuid:source_id>/<uuid:document_id>/decide/", curating.decide, name="knowledge_decide"),
]
