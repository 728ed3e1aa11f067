"""YouTube: captions are learned with their times, and each failure says the way out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.answering import gathering
from apps.knowledge import sources, syncing
from apps.knowledge.connectors.youtube import check
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Source
from apps.knowledge.retrieval import searching
from berrydesk.db import leases
from tests.knowledge.test_sources import carry
from tests.peers.youtube import YouTube

WAX, ZIP, TENT = "waxvideo001", "zipvideo002", "tentvideo03"
LIST = "PLnordlicht01"


@pytest.fixture
def youtube(settings):
    with YouTube() as peer:
        settings.BERRYDESK_SERVICE_URLS = {"youtube": peer.url}
        peer.put(
            WAX,
            "How to wax your jacket",
            (0, "Welcome to the workshop of Nordlicht. Today we wax a jacket."),
            (40, "First brush off the dirt and let the jacket dry."),
            (
                130,
                "Melt the wax with a hair dryer at medium heat. Keep the hair dryer on the wax for ten minutes.",
            ),
        )
        peer.put(ZIP, "Mending a zip", (5, "A zip that is stuck wants a little soap."))
        peer.put(TENT, "Pitching a tent", (5, "Pitch the tent with its back to the wind."))
        peer.lists[LIST] = [WAX, ZIP, TENT]
        peer.lists["@nordlicht"] = [ZIP]
        yield peer


def a_video(agent, url):
    return carry(sources.add_source(agent, kind="youtube", config={"url": url}))


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        (f"https://www.youtube.com/watch?v={WAX}", "video", WAX),
        (f"youtu.be/{WAX}?si=abc", "video", WAX),
        (f"https://m.youtube.com/shorts/{WAX}", "video", WAX),
        (f"https://www.youtube.com/watch?v={WAX}&list={LIST}", "video", WAX),
        (f"https://www.youtube.com/playlist?list={LIST}", "playlist", LIST),
        ("https://www.youtube.com/@nordlicht/videos", "handle", "@nordlicht"),
        ("@nordlicht", "handle", "@nordlicht"),
        (f"https://www.youtube.com/channel/UC{'a' * 22}", "channel", f"UC{'a' * 22}"),
    ],
)
def test_any_address_of_youtube_is_understood(typed, kind, name):
    kept, _name = check.cleaned({"url": typed})
    assert (kept["kind"], kept["id"]) == (kind, name)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "https://vimeo.com/1",
        "https://www.youtube.com/",
        "https://youtube.com.evil.example/watch?v=waxvideo001",
        "http://[",
    ],
)
def test_anything_else_comes_back(typed):
    with pytest.raises(InvalidConfig) as told:
        check.cleaned({"url": typed})
    assert "url" in told.value.errors


def test_an_answer_links_to_the_very_second(agent, youtube):
    source = a_video(agent, f"https://youtu.be/{WAX}")
    assert (source.status, source.learned) == ("ready", 1)
    document = source.documents.get()
    assert (document.title, document.language) == ("How to wax your jacket", "en")
    found = searching.search(agent, "How long do I melt the wax with a hair dryer?", limit=3)[0]
    cited = gathering.citation(1, found, found.quote)
    assert cited["url"] == f"https://www.youtube.com/watch?v={WAX}&t=130s"
    assert cited["place"] == "2:10"


def test_a_playlist_is_read_to_its_last_page(agent, youtube):
    source = a_video(agent, f"https://www.youtube.com/playlist?list={LIST}")
    assert (source.status, source.learned) == ("ready", 3)
    assert youtube.times_asked("/youtubei/v1/browse") == 1


def test_what_is_fresh_is_not_asked_for_again_and_what_left_the_list_goes(agent, youtube):
    source = a_video(agent, f"https://www.youtube.com/playlist?list={LIST}")
    youtube.asked.clear()
    youtube.lists[LIST] = [WAX, ZIP]
    source = carry(sources.sync_again(source))
    assert (source.learned, source.unchanged, source.documents.count()) == (2, 2, 2)
    assert youtube.times_asked("/watch") == 0
    read_long_ago(source.documents.filter(external_id=WAX))
    carry(sources.sync_again(source))
    assert youtube.times_asked("/watch") == 1
    carry(sources.sync_again(source))
    assert (
        youtube.times_asked("/watch") == 1
    )  # read again, and nothing had changed: that is fresh for another month


def read_long_ago(documents):
    long_ago = timezone.now() - timedelta(days=40)
    documents.update(learned_at=long_ago, version=long_ago.isoformat())


def test_a_video_without_captions_keeps_none_from_being_forgotten(agent, youtube):
    youtube.videos[ZIP]["wrong"] = "captions"
    source = a_video(agent, f"https://www.youtube.com/playlist?list={LIST}")
    youtube.lists[LIST] = [WAX, ZIP]
    source = carry(sources.sync_again(source))
    assert (source.learned, source.failed) == (1, 1)
    assert not source.documents.filter(external_id=TENT).exists()


@pytest.mark.parametrize(
    ("wrong", "code", "press"),
    [
        ("captions", "youtube_no_captions", "upload a transcript"),
        ("gone", "youtube_video_gone", "public or unlisted"),
        ("age", "youtube_age_restricted", ".srt or .vtt"),
        ("country", "youtube_not_playable", ".srt or .vtt"),
        ("proof", "youtube_needs_proof", ".srt or .vtt"),
        ("garbage", "youtube_not_understood", "Try again later"),
        ("elsewhere", "youtube_not_understood", "Try again later"),
    ],
)
def test_a_video_that_cannot_be_read_is_named_and_the_rest_is_learned(agent, youtube, wrong, code, press):
    youtube.videos[ZIP]["wrong"] = wrong
    source = a_video(agent, f"https://www.youtube.com/playlist?list={LIST}")
    assert (source.status, source.learned, source.failed) == ("partial", 2, 1)
    problem = source.documents.get(external_id=ZIP).problem
    assert problem["code"] == code and press in problem["remedy"]


@pytest.mark.parametrize("refusal", ["429", "captcha", "bot"])
def test_a_refused_machine_is_told_the_way_out_and_loses_nothing(agent, youtube, refusal):
    source = a_video(agent, f"https://www.youtube.com/playlist?list={LIST}")
    read_long_ago(source.documents)
    if refusal == "bot":
        youtube.videos[ZIP]["wrong"] = "bot"
    else:
        youtube.refuses = refusal
    source = carry(sources.sync_again(source))
    assert source.problem["code"] == "youtube_blocked" and "upload" in source.problem["remedy"]
    assert source.documents.learned().count() == 3


def test_the_consent_page_is_passed_once(agent, youtube):
    youtube.refuses = "consent"
    assert a_video(agent, f"https://youtu.be/{WAX}").status == "ready"


def test_a_list_that_is_not_there_is_said(agent, youtube):
    source = a_video(agent, "https://www.youtube.com/playlist?list=PLnothing0001")
    assert (source.status, source.problem["code"]) == ("failed", "youtube_no_videos")


def test_a_broken_off_sync_goes_on_where_it_was(agent, youtube):
    source = sources.add_source(
        agent, kind="youtube", config={"url": f"https://www.youtube.com/playlist?list={LIST}"}
    )
    runs = 0
    while source.status in ("queued", "syncing"):
        with leases.claim(Source, source.pk, for_s=120) as row:
            syncing.sync(row, run_s=0.01)
        source.refresh_from_db()
        runs += 1
    assert runs > 1 and (source.learned, source.documents.count()) == (3, 3)
    assert youtube.times_asked("/watch") == 3
