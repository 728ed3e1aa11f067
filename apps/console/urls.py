"""Addresses of the console."""

from django.urls import include, path

from apps.console import (
    channels,
    drive,
    embeddings,
    entering,
    finishing,
    from_address,
    home,
    limits,
    logos,
    notion,
    past_conversations,
    searching,
    signup,
    step_actions,
    step_brand,
    step_model,
    step_train,
    wizard,
)

_AS_PAGE = {"shape": wizard.PAGE}
_SETUP = "setup/<str:public_id>"
_AGENT = "agents/<str:public_id>"

pages = [
    path("", entering.root, name="root"),
    path("search/", searching.palette, name="palette"),
    path("agents/new/", entering.new_agent, name="new_agent"),
    path("agents/sample/", home.load_sample, name="load_sample"),
    path("connections/notion/callback/", notion.callback, name="notion_callback"),
    path("connections/google/callback/", drive.callback, name="drive_callback"),
    path("files/logos/<str:name>", logos.show, name="logo"),
    # the set-up
    path(f"{_SETUP}/", wizard.begin, name="setup_begin"),
    path(f"{_SETUP}/model/connect/", step_model.connect, name="model_connect"),
    path(f"{_SETUP}/model/choose/", step_model.choose, name="model_choose"),
    path(f"{_SETUP}/model/<uuid:connection_id>/check/", step_model.check_again, name="model_check"),
    path(f"{_SETUP}/model/<uuid:connection_id>/disconnect/", step_model.disconnect, name="model_disconnect"),
    path(f"{_SETUP}/model/meaning/", embeddings.page, name="embeddings"),
    path(f"{_SETUP}/model/meaning/check/", embeddings.check, name="embeddings_check"),
    path(f"{_SETUP}/model/meaning/choose/", embeddings.choose, name="embeddings_choose"),
    path(f"{_SETUP}/model/meaning/connect/", embeddings.connect, name="embeddings_connect"),
    path(f"{_SETUP}/model/meaning/<slug:verb>/now/", embeddings.change, name="embeddings_change"),
    path(f"{_SETUP}/model/meaning/<uuid:connection_id>/remove/", embeddings.forget, name="embeddings_forget"),
    path(f"{_SETUP}/train/rows/", step_train.rows, name="train_rows"),
    path(f"{_SETUP}/train/add/", step_train.add, name="train_add"),
    path(f"{_SETUP}/train/count/", limits.count, name="train_count"),
    path(f"{_SETUP}/train/pairs/", step_train.add_pairs, name="train_pairs"),
    path(f"{_SETUP}/train/from/<slug:what>/", from_address.page, name="from_address"),
    path(f"{_SETUP}/train/conversations/", past_conversations.page, name="past_conversations"),
    path(f"{_SETUP}/train/notion/", notion.page, name="notion"),
    path(f"{_SETUP}/train/notion/connect/", notion.connect, name="notion_connect"),
    path(f"{_SETUP}/train/notion/client/", notion.keep_client, name="notion_client"),
    path(f"{_SETUP}/train/notion/leave/", notion.leave, name="notion_leave"),
    path(f"{_SETUP}/train/notion/pages/", notion.pages, name="notion_pages"),
    path(f"{_SETUP}/train/notion/start/", notion.start, name="notion_start"),
    path(f"{_SETUP}/train/notion/<uuid:connection_id>/check/", notion.check_again, name="notion_check"),
    path(
        f"{_SETUP}/train/notion/<uuid:connection_id>/disconnect/",
        notion.disconnect,
        name="notion_disconnect",
    ),
    path(f"{_SETUP}/train/drive/", drive.page, name="drive"),
    path(f"{_SETUP}/train/drive/client/", drive.keep_client, name="drive_client"),
    path(f"{_SETUP}/train/drive/key/", drive.give_key, name="drive_key"),
    path(f"{_SETUP}/train/drive/leave/", drive.leave, name="drive_leave"),
    path(f"{_SETUP}/train/drive/folder/", drive.folder, name="drive_folder"),
    path(f"{_SETUP}/train/drive/start/", drive.start, name="drive_start"),
    path(f"{_SETUP}/train/drive/<uuid:connection_id>/check/", drive.check_again, name="drive_check"),
    path(f"{_SETUP}/train/drive/<uuid:connection_id>/disconnect/", drive.disconnect, name="drive_disconnect"),
    path(f"{_SETUP}/train/<uuid:source_id>/problems/", step_train.problems, name="train_problems"),
    path(f"{_SETUP}/train/<uuid:source_id>/again/", step_train.change, {"verb": "again"}, name="train_again"),
    path(f"{_SETUP}/train/<uuid:source_id>/stop/", step_train.change, {"verb": "stop"}, name="train_stop"),
    path(
        f"{_SETUP}/train/<uuid:source_id>/delete/", step_train.change, {"verb": "delete"}, name="train_delete"
    ),
    path(f"{_SETUP}/brand/questions/", step_brand.change_questions, name="setup_questions"),
    path(f"{_SETUP}/brand/logo/", step_brand.change_logo, name="setup_logo"),
    path(f"{_SETUP}/actions/<str:key>/", step_actions.save, name="setup_action"),
    path(f"{_SETUP}/actions/<str:key>/try/", step_actions.try_it, name="setup_try"),
    path(f"{_SETUP}/finish/", finishing.page, name="finish"),
    path(f"{_SETUP}/finish/<int:number>/", finishing.ask, name="finish_ask"),
    path(f"{_SETUP}/model/", step_model.page, name="setup_model"),
    path(f"{_SETUP}/train/", step_train.page, name="setup_train"),
    path(f"{_SETUP}/brand/", step_brand.page, name="setup_brand"),
    path(f"{_SETUP}/actions/", step_actions.page, name="setup_actions"),
    path(f"{_SETUP}/<str:step>/", wizard.begin, name="setup"),  # a step by its name, for links
    # an agent's pages
    path(f"{_AGENT}/", home.page, name="home"),
    path(f"{_AGENT}/live/", home.go_live, name="go_live"),
    path(f"{_AGENT}/look/", step_brand.page, _AS_PAGE, name="look"),
    path(f"{_AGENT}/look/questions/", step_brand.change_questions, _AS_PAGE, name="look_questions"),
    path(f"{_AGENT}/look/logo/", step_brand.change_logo, _AS_PAGE, name="look_logo"),
    path(f"{_AGENT}/actions/", step_actions.page, _AS_PAGE, name="actions"),
    path(f"{_AGENT}/actions/<str:key>/", step_actions.save, _AS_PAGE, name="action"),
    path(f"{_AGENT}/actions/<str:key>/try/", step_actions.try_it, _AS_PAGE, name="try"),
    path(f"{_AGENT}/channels/", channels.page, name="channels"),
    path(f"{_AGENT}/channels/installed/", channels.installed, name="installed"),
    path(f"{_AGENT}/channels/check/", channels.check_page, name="check_page"),
    path(f"{_AGENT}/channels/allow/", channels.allow, name="allow"),
    path(f"{_AGENT}/channels/secret/", channels.new_secret, name="new_secret"),
    path(f"{_AGENT}/channels/take-back/", channels.take_back, name="take_back"),
]

urlpatterns = [
    path("sign-up/", signup.sign_up, name="account_signup"),
    path("", include((pages, "console"))),
    path("", include("apps.console.work_urls")),
]
