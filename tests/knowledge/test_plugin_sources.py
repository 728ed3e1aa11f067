"""A source that somebody else's package brings: learned, kept fresh, and contained when it misbehaves."""

import shutil
import sys

import pytest

from apps.knowledge import sources, syncing
from apps.knowledge.connectors.plugin import hiding, offers
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Source
from berrydesk.db import leases
from tests.knowledge.test_sources import carry

CODE = """
from berrydesk_sdk import Gone, Page, Problem, SetupError, Source, Unchanged
from pydantic import BaseModel, SecretStr

ARTICLES = {"returns": ("1", "Boots come back within 30 days."), "repairs": ("1", "Zips are mended in ten days.")}
READ = []
HEEDS, TROUBLE = False, False

class Articles(Source):
    '''Articles of a help centre.'''

    class Settings(BaseModel):
        centre: str
        token: SecretStr

    def check(self, settings):
        if settings.token.get_secret_value() != "right-token":
            if settings.token.get_secret_value() == "odd-token":
                raise RuntimeError("no such token: odd-token")
            raise SetupError("The token is not valid. Copy it again from the help centre.")
        return "Ready."

    def walk(self, reading):
        assert reading.settings.token.get_secret_value() == "right-token"
        for name, (version, text) in ARTICLES.items():
            if text == "crash":
                raise RuntimeError("no such article")
            if text == "leak":
                raise RuntimeError(f"401 for /articles?token={reading.settings.token.get_secret_value()}")
            if text == "forbidden":
                yield Problem(name, "The article is private.", "Publish it, then press Try again.")
            elif reading.knows(name, version):
                yield Unchanged(name)
            else:
                READ.append(name)
                yield Page(name, text, title=name.title(), url=f"https://help.example/{name}", version=version)

class Changes(Source):
    lists_everything = False

    def walk(self, reading):
        since = reading.bookmark.get("since", 0)
        for number in range(since, 3):
            yield Page(f"n{number}", f"News number {number}.")
        if since:
            yield Gone("n0")
        reading.bookmark = {"since": 3}

        if TROUBLE:
            yield Problem("n9", "The article is private.", "Publish it, then press Try again.")

class Long(Source):
    class Settings(BaseModel):
        max_pages: str = "all"

    def walk(self, reading):
        for number in range(6):
            if HEEDS and f"n{number}" in reading.settled:
                continue
            READ.append(number)
            yield Page(f"n{number}", f"Article number {number} says something.")

class Inner(BaseModel):
    token: SecretStr

class Nested(Source):
    class Settings(BaseModel):
        inner: Inner

    def walk(self, reading):
        return iter(())

class Broken:
    pass
"""


@pytest.fixture
def plugin(tmp_path):
    """The package above is installed; its module."""
    info = tmp_path / "berrydesk_centre-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-centre\nVersion: 1.0\n")
    points = "\n".join(
        f"centre.{name.lower()} = berrydesk_centre:{name}"
        for name in ("Articles", "Changes", "Long", "Nested", "Broken")
    )
    (info / "entry_points.txt").write_text(f"[berrydesk.sources]\n{points}\n")
    (tmp_path / "berrydesk_centre.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    offers.forget()
    offers.catalogue()
    yield sys.modules["berrydesk_centre"]
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_centre", None)
    offers.forget()


def articles(agent):
    return sources.add_source(
        agent, kind="centre.articles", config={"centre": "Nordlicht", "token": "right-token"}
    )


def test_its_documents_are_learned_and_its_secret_is_encrypted(plugin, agent):
    source = carry(articles(agent))
    assert (source.status, source.learned, source.every_hours) == ("ready", 2, 24)
    assert source.config == {"centre": "Nordlicht"}
    assert source.connection.secrets == {"token": "right-token"}
    assert source.documents.get(external_id="returns").url == "https://help.example/returns"


def test_an_unchanged_document_is_not_read_again(plugin, agent):
    source = carry(articles(agent))
    plugin.ARTICLES["returns"] = ("2", "Boots come back within 40 days.")
    plugin.READ.clear()
    source = carry(sources.sync_again(source))
    assert plugin.READ == ["returns"]
    assert (source.learned, source.unchanged, source.found) == (2, 1, 2)
    assert "40 days" in source.documents.get(external_id="returns").text
    del plugin.ARTICLES["repairs"]
    assert carry(sources.sync_again(source)).documents.count() == 1


def test_what_cannot_be_read_is_named_and_the_rest_is_learned(plugin, agent):
    plugin.ARTICLES["secret"] = ("1", "forbidden")
    source = carry(articles(agent))
    assert (source.status, source.learned, source.failed) == ("partial", 2, 1)
    assert source.documents.get(external_id="secret").problem["message"] == "The article is private."


def test_a_crash_keeps_what_was_learned(plugin, agent):
    source = carry(articles(agent))
    plugin.ARTICLES["repairs"] = ("2", "crash")
    source = carry(sources.sync_again(source))
    assert source.status == "partial" and source.documents.learned().count() == 2
    assert "no such article" in source.problem["message"]


def test_a_list_of_changes_forgets_only_what_it_says_is_gone(plugin, agent):
    source = carry(sources.add_source(agent, kind="centre.changes", config={}))
    assert source.bookmark == {"since": 3} and source.learned == 3
    source = carry(sources.sync_again(source))
    assert (source.status, source.learned) == ("ready", 2)
    assert list(source.documents.order_by("external_id").values_list("external_id", flat=True)) == [
        "n1",
        "n2",
    ]


def test_a_wrong_token_is_said_before_anything_is_read(plugin, agent):
    with pytest.raises(InvalidConfig, match="Copy it again"):
        sources.add_source(agent, kind="centre.articles", config={"centre": "x", "token": "wrong"})
    with pytest.raises(InvalidConfig) as told:
        sources.add_source(agent, kind="centre.articles", config={"centre": "x"})
    assert "token" in told.value.errors


def test_a_broken_plugin_is_listed_and_offered_to_nobody(plugin, agent):
    assert "not a berrydesk_sdk.Source" in offers.of("centre.broken").broken
    with pytest.raises(InvalidConfig, match="no kind of source"):
        sources.add_source(agent, kind="centre.broken", config={})


def test_a_plugin_that_is_gone_keeps_what_it_taught(plugin, agent, tmp_path):
    source = carry(articles(agent))
    shutil.rmtree(tmp_path / "berrydesk_centre-1.0.dist-info")
    offers.forget()
    source = carry(sources.sync_again(source))
    assert source.problem["code"] == "plugin_missing" and source.documents.learned().count() == 2


@pytest.mark.parametrize("heeds", [True, False])
def test_a_sync_longer_than_its_runs_comes_to_its_end(plugin, agent, heeds):
    plugin.HEEDS = heeds
    source, runs = sources.add_source(agent, kind="centre.long", config={}), 0
    while source.is_at_work:
        with leases.claim(Source, source.pk, for_s=120) as row:
            syncing.sync(row, run_s=0)
        source.refresh_from_db()
        runs += 1
        assert runs <= 7  # each has settled one that is new
    assert (source.status, source.learned, source.documents.learned().count()) == ("ready", 6, 6)
    assert not heeds or list(range(6)) == plugin.READ


def test_a_bookmark_is_kept_only_when_nothing_failed(plugin, agent):
    plugin.TROUBLE = True
    source = carry(sources.add_source(agent, kind="centre.changes", config={}))
    assert (source.learned, source.failed, source.bookmark) == (3, 1, {})
    plugin.TROUBLE = False
    assert carry(sources.sync_again(source)).bookmark == {"since": 3}


def test_one_article_that_cannot_be_read_keeps_none_from_being_forgotten(plugin, agent):
    plugin.ARTICLES["secret"] = ("1", "forbidden")
    source = carry(articles(agent))
    del plugin.ARTICLES["repairs"]
    source = carry(sources.sync_again(source))
    assert list(source.documents.learned().values_list("external_id", flat=True)) == ["returns"]


def test_a_secret_stands_in_no_sentence_of_the_plugin(plugin, agent):
    plugin.ARTICLES["repairs"] = ("1", "leak")
    problem = carry(articles(agent)).problem
    assert "401 for /articles?token=•••" in problem["message"] and "right-token" not in str(problem)
    with pytest.raises(InvalidConfig) as told:
        sources.add_source(agent, kind="centre.articles", config={"centre": "x", "token": "odd-token"})
    assert told.value.errors["config"].endswith("no such token: •••")


def test_a_secret_of_a_letter_or_two_covers_no_sentence():
    told = hiding.hidden(
        "The page says: an article is private.", {"pin": "a", "code": "is", "token": "private"}
    )
    assert told == "The page says: an article is •••."


def test_a_setting_that_could_not_be_kept_secret_is_refused_in_words(plugin, agent):
    told = offers.of("centre.nested")
    assert told.made is None and "its setting inner holds a secret inside" in told.broken
