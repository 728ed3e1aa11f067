"""A website that its scripts write is learned like any other, where there is a browser."""

import fcntl
import signal
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from apps.knowledge import sources, syncing
from apps.knowledge.connectors import registry
from apps.knowledge.models import Passage, Source
from apps.knowledge.rendering import chromium, keeper
from berrydesk.db import leases
from tests.peers import app_site
from tests.runs import worker


def words(title):
    return f"{title}: what we say about it is longer than a line, so that it is a page worth reading. " * 4


def carry(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row, run_s=600)
    source.refresh_from_db()
    return source


def learn(agent, url, **config):
    return carry(sources.add_source(agent, kind="website", config={"url": url, **config}))


def learned(source):
    root = source.config["url"].rstrip("/")
    return sorted(url.removeprefix(root) for url in source.documents.learned().values_list("url", flat=True))


@pytest.fixture
def app(site):
    """Three pages that link to each other, and one that is as pages were."""
    app_site.put_app_page(site, "/", "Home", words("Home"), ["/shipping", "/plain"])
    app_site.put_app_page(site, "/shipping", "Shipping", words("Shipping"), ["/", "/returns?utm_source=x"])
    app_site.put_app_page(site, "/returns", "Returns", words("Returns"), ["/"])
    site.put(app_site.api_path("/returns?utm_source=x"), status=404)
    site.put_page("/plain", "Plain", text=words("Plain"), links=["/"])
    return site


def test_a_site_of_scripts_is_read_along_its_links(agent, app):
    source = learn(agent, app.url)
    assert (source.status, source.problem, learned(source)) == (
        "ready",
        None,
        ["/", "/plain", "/returns", "/shipping"],
    )
    returns = source.documents.get(title="Returns")
    assert returns.text.startswith("# Returns\n\nReturns: what we say") and "JavaScript" not in returns.text
    assert app.times_asked("/static/app.js") == 3  # the page that needs no browser was opened with none


def test_without_a_browser_such_pages_are_named_with_what_to_do(agent, app, settings):
    settings.BERRYDESK_CHROMIUM = "off"
    source = learn(agent, app.url)
    assert (source.status, source.problem["code"]) == ("failed", "javascript_only")
    assert "install Chromium" in source.problem["remedy"]
    assert app.times_asked("/static/app.js") == 0


def test_what_changes_behind_an_unchanged_shell_is_found_and_the_rest_left_alone(agent, app):
    app.validators = ("etag",)
    source = learn(agent, app.url)
    passages = set(Passage.objects.filter(document__title="Home").values_list("pk", flat=True))
    app_site.put_app_page(app, "/shipping", "Shipping", words("Now by bicycle"), ["/", "/returns"])
    source = carry(sources.sync_again(source))
    assert (source.status, source.learned, source.unchanged) == ("ready", 4, 3)
    assert "by bicycle" in source.documents.get(title="Shipping").text
    assert set(Passage.objects.filter(document__title="Home").values_list("pk", flat=True)) == passages


def test_a_page_that_stays_empty_is_a_row_and_the_rest_is_learned(agent, app):
    app_site.put_app_page(app, "/", "Home", words("Home"), ["/empty", "/plain"])
    app_site.put_shell(app, "/empty")
    source = learn(agent, app.url)
    row = source.documents.with_problems().get()
    assert (row.url, row.problem["code"]) == (f"{app.url}/empty", "page_rendered_empty")
    assert (source.status, learned(source)) == ("partial", ["/", "/plain"])


@pytest.mark.parametrize(
    ("status", "code"), [(429, "too_many_requests"), (503, "server_failed"), (403, "page_forbidden")]
)
def test_what_the_browser_is_shown_instead_of_the_page_is_not_learned(agent, app, status, code):
    source = learn(agent, app.url)
    text = source.documents.get(title="Shipping").text

    def every_second_time(path):
        if path == "/shipping" and app.times_asked(path) % 2:
            app_site.put_shell(app, path)
        elif path == "/shipping":
            app.put(path, f"<h1>Slow down</h1>{words('Please come back later')}", status=status)

    app.before_each = every_second_time
    source = carry(sources.sync_again(source))
    row = source.documents.with_problems().get()
    assert (row.title, row.text, row.problem["code"]) == ("Shipping", text, code)
    assert source.status == "partial" and learned(source) == ["/", "/plain", "/returns", "/shipping"]


APOLOGY = """<div id=root></div><script>
const root = document.getElementById("root");
fetch("/api/shipping").then((answer) => answer.ok ? answer.text() : Promise.reject(answer.status)).then(
  (text) => { root.innerHTML = "<h1>Shipping</h1><p>" + text + "</p><a href=/returns>See returns</a>"; },
  () => {
    document.head.insertAdjacentHTML("beforeend", "<meta name=robots content=noindex>");
    root.innerHTML = "<h1>Oh no</h1><p>" + "Something went wrong, please try again. ".repeat(20) + "</p>";
  });
</script>"""


@pytest.mark.parametrize("fails", [{"status": 500}, {"status": 429}, {"body": "x" * 50, "cut": 3}])
def test_a_night_in_which_the_sites_own_data_fails_changes_and_forgets_nothing(agent, app, fails):
    app_site.put_app_page(app, "/", "Home", words("Home"), ["/shipping", "/plain"])
    app.put("/shipping", APOLOGY)
    app.put("/api/shipping", words("By bicycle"), media_type="text/plain")
    source = learn(agent, app.url)
    before = dict(source.documents.learned().values_list("title", "text"))
    assert set(before) == {"Home", "Shipping", "Returns", "Plain"}
    app.put("/api/shipping", **{"media_type": "text/plain"} | fails)
    source = carry(sources.sync_again(source))
    assert dict(source.documents.learned().values_list("title", "text")) == before
    row = source.documents.with_problems().get()
    assert (row.title, row.problem["code"]) == ("Shipping", "page_render_unanswered")
    app.put("/api/shipping", words("By train"), media_type="text/plain")
    source = carry(sources.sync_again(source))
    assert (source.status, source.problem) == ("ready", None)
    assert "By train" in source.documents.get(title="Shipping").text


def test_a_browser_that_is_busy_with_other_pages_is_no_failure_of_this_one(agent, app):
    source = sources.add_source(agent, kind="website", config={"url": app.url})
    with chromium.lock_path().open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        carry(source)
    assert (source.status, source.problem["code"]) == ("syncing", "browser_busy")
    assert source.opening is None and "goes on by itself" in source.problem["remedy"]
    assert not leases.free(Source.objects.filter(pk=source.pk)).exists()  # it rests
    assert not source.documents.exists()
    Source.objects.filter(pk=source.pk).update(lease_until=None)  # its rest is over
    carry(source)
    assert (source.status, source.problem, source.learned) == ("ready", None, 4)


def test_what_scripts_say_of_canonical_addresses_and_robots_holds(agent, app):
    app_site.put_app_page(app, "/", "Home", words("Home"), ["/a", "/b", "/secret", "/away"])
    for path in ("/a", "/b"):
        app_site.put_app_page(app, path, "A", words("A"), canonical="/a")
    app.put("/robots.txt", "User-agent: *\nDisallow: /private", media_type="text/plain")
    hidden = "document.getElementById('root').innerHTML = '<meta name=robots content=noindex><p>Hidden</p>'"
    app.put("/secret", f"<div id=root></div><script>{hidden}</script>")
    app.put("/away", "<div id=root></div><script>location.href = '/private'</script>")
    source = learn(agent, app.url)
    assert learned(source) == ["/", "/a"]
    rows = source.documents.with_problems().values_list("url", "problem__code")
    assert dict(rows) == {f"{app.url}/secret": "noindex", f"{app.url}/away": "blocked_by_robots"}
    assert app.times_asked("/private") == 0


def test_a_page_whose_scripts_lead_to_another_is_learned_there(agent, app):
    app_site.put_app_page(app, "/", "Home", words("Home"), ["/old", "/returns"])
    app.put("/old", "<div id=root></div><script>location.replace('/returns')</script>")
    source = learn(agent, app.url)
    assert (source.status, learned(source)) == ("ready", ["/", "/returns"])


def test_a_page_whose_scripts_lead_to_another_site_says_so(agent, app):
    app_site.put_app_page(app, "/", "Home", words("Home"), ["/away"])
    app.put("/away", "<div id=root></div><script>location.href = 'http://other.example/'</script>")
    source = learn(agent, app.url)
    assert source.documents.with_problems().get().problem["code"] == "leaves_site"


def test_a_site_of_scripts_is_counted_as_at_least_its_first_page(app):
    found = registry.count("website", {"url": app.url})
    assert (found.pages, found.is_least) == (1, True)
    assert app.times_asked("/static/app.js") == 0


def a_worker(source, site):
    return worker.at_work(
        source,
        BERRYDESK_FETCH_ALLOW=[site.host],
        BERRYDESK_CHROMIUM=None,
        BERRYDESK_CHROMIUM_SANDBOX=django_settings.BERRYDESK_CHROMIUM_SANDBOX,
    )


def until(is_so, within_s=20):
    ends_at = time.monotonic() + within_s
    while not (found := is_so()):
        assert time.monotonic() < ends_at
        time.sleep(0.02)
    return found


def family(pid):
    """Everything that descends from a process: keeper, browser, its children."""
    return psutil.Process(pid).children(recursive=True)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_renders_leaves_no_browser_and_loses_nothing(agent, app):
    source = sources.add_source(agent, kind="website", config={"url": app.url})
    before = app.pages[app_site.api_path("/shipping")].wait_s
    app.pages[app_site.api_path("/shipping")].wait_s = 5
    child = a_worker(source, app)
    until(lambda: app_site.api_path("/shipping") in app.asked)
    left = family(child.pid)
    assert any("keeper" in " ".join(process.cmdline()) for process in left) and len(left) > 4
    profile = next(
        word for process in left for word in process.cmdline() if word.startswith("--user-data-dir=")
    )
    folder = Path(profile.partition("=")[2]).parent
    assert folder.is_dir() and folder.name.startswith(keeper.PREFIX)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    _gone, alive = psutil.wait_procs(left, timeout=5)
    assert not alive
    app.pages[app_site.api_path("/shipping")].wait_s = before
    until(lambda: not folder.exists(), within_s=5)
    until(lambda: leases.is_free(Source.objects.get(pk=source.pk)))
    assert a_worker(source, app).wait(60) == 0
    source.refresh_from_db()
    assert (source.status, source.found, source.learned) == ("ready", 4, 4)
    assert learned(source) == ["/", "/plain", "/returns", "/shipping"]


@pytest.mark.django_db(transaction=True)
def test_a_rendering_is_shown_while_it_lasts_and_stop_is_heard(agent, app, ada, client):
    app.pages[app_site.api_path("/shipping")].wait_s = 15
    source = sources.add_source(agent, kind="website", config={"url": app.url})
    child = a_worker(source, app)
    until(lambda: app_site.api_path("/shipping") in app.asked)
    source.refresh_from_db()
    assert source.opening["url"] == f"{app.url}/shipping"
    client.force_login(ada.user)
    page = client.get(reverse("knowledge_source", args=[source.pk])).content.decode()
    assert f"A browser has been opening {app.url}/shipping for " in page
    began = time.monotonic()
    sources.stop(source)
    assert child.wait(20) == 0
    assert time.monotonic() - began < 9
    source.refresh_from_db()
    assert (source.problem["code"], learned(source), source.opening) == ("stopped", ["/"], None)
    assert "opening" not in source.cursor
