"""A page is opened until its scripts have written it; whatever it does instead, the browser comes to an end."""

import contextlib
import itertools
import os
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from apps.knowledge import rendering_errors as errors
from apps.knowledge.rendering import chromium, keeper, opening

SHELL = "<!doctype html><title>Shell</title><div id=root></div><script>{}</script>"
FULL = "document.getElementById('root').innerHTML = '<h1>Here</h1><p>' + 'We pack every order by hand. '.repeat(20) + '</p>';"


def render(site, script="", *, body=None, **options):
    site.put("/", SHELL.format(script) if body is None else body)
    options = {"may_follow": lambda to: None, "meanwhile": lambda: None} | options
    return opening.render(site.url + "/", **options)


def took_s(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def the_keepers():
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            if "keeper" in " ".join(child.cmdline()):
                found.append(child)
    return found


def test_a_page_is_read_as_its_scripts_wrote_it(site):
    html = render(site, FULL).html
    assert html.startswith("<!doctype html>\n<html>") and "<h1>Here</h1>" in html
    assert not the_keepers()


def test_what_comes_late_is_waited_for(site):
    site.put("/data", "We pack every order by hand. " * 20, wait_s=1.5)
    late = "setTimeout(async () => { root.textContent = await (await fetch('/data')).text(); }, 2000)"
    assert "by hand" in render(site, late).html


@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => { document.title = Date.now(); fetch('/?' + Math.random()); }, 50);",
        "setInterval(() => root.append(new Date().toString()), 100);",
    ],
)
def test_a_page_that_never_rests_is_read_as_it_stands(site, script):
    assert "<h1>Here</h1>" in render(site, FULL + script, settle_s=4).html


def test_what_never_ends_is_not_waited_for(site):
    for path in ("/never", "/events"):
        site.put(path, "x", wait_s=60)
    script = (
        "new EventSource('/events'); fetch('/never'); (function again() { requestAnimationFrame(again); })();"
    )
    assert took_s(lambda: render(site, FULL + script, wall_s=40, settle_s=35)) < 30


def test_what_came_when_it_was_asked_for_once_more_is_not_missed(site):
    site.put("/data", status=503)
    again = "fetch('/data').then((first) => fetch('/data')).then(() => { " + FULL + " });"
    site.before_each = lambda path: site.times_asked("/data") == 2 and site.put("/data", "{}")
    assert "<h1>Here</h1>" in render(site, again).html


@pytest.mark.parametrize(
    "script",
    [
        "const c = new AbortController(); fetch('/data', { signal: c.signal }).catch(() => 0); c.abort();",
        "fetch('/none');",
        "fetch('/data', { method: 'DELETE' }).catch(() => 0);",
        "fetch('http://nowhere.invalid/').catch(() => 0);",
    ],
)
def test_what_a_page_can_do_without_keeps_it_from_nothing(site, script):
    site.put("/data", "{}", wait_s=1)
    assert "<h1>Here</h1>" in render(site, FULL + script).html


def test_a_page_that_still_waits_for_its_words_is_not_read(site):
    site.put("/data", "x", wait_s=60)
    with pytest.raises(errors.Unanswered):
        render(site, "root.textContent = 'Loading…'; fetch('/data');", settle_s=3)


def test_what_a_page_asks_of_a_person_keeps_nobody_waiting(site):
    tries = [
        "for (let n = 0; n < 20; n++) alert(n)",
        "confirm(2); prompt(3)",
        "window.onbeforeunload = () => 'Stay'",
        "window.open('/other'); window.open('about:blank').document.write('x')",
        "const a = document.createElement('a'); a.href = 'data:x/y,z'; a.download = 'x'; a.click()",
        "Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0)",
        "window.print(); window.close()",
        "document.documentElement.requestFullscreen().catch(() => 0)",
        "navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => 0)",
        "history.pushState(null, '', '/elsewhere#part')",
    ]
    script = " ".join(f"try {{ {one} }} catch (error) {{}}" for one in tries)
    rendered = render(site, f"setTimeout(() => {{ {FULL} }}, 100); {script}")
    assert "<h1>Here</h1>" in rendered.html and rendered.url.startswith(site.url + "/elsewhere")
    assert not site.times_asked("/other")


def test_words_in_shadow_roots_are_read(site):
    script = "const in_ = root.attachShadow({ mode: 'open' }); in_.innerHTML = '<h2>Hours</h2><p>' + 'Nine to five. '.repeat(30)"
    assert "<h2>Hours</h2><p>Nine to five." in render(site, script).html


def test_pictures_frames_and_films_are_not_loaded(site):
    tags = "<img src=/a.png><iframe src=/frame></iframe><video src=/b.mp4 autoplay></video><link rel=icon href=/c.ico>"
    site.put("*", "x")
    render(site, body=f"<title>x</title>{tags}<p>" + "Words of the page itself. " * 20)
    assert site.asked == ["/"]


def test_a_page_says_who_reads_it(site):
    assert " Berrydesk/" in render(site, FULL + "root.append(navigator.userAgent)").html


@pytest.mark.parametrize("script", ["while (true) {}", "for (;;) alert(1);"])
def test_a_page_without_end_is_ended(site, script):
    with pytest.raises(errors.NotRendered) as found:
        render(site, script, wall_s=5, settle_s=3)
    assert found.value.remedy
    assert not the_keepers()


def test_a_page_that_takes_all_memory_is_ended(site):
    greedy = "const kept = []; setInterval(() => { kept.push(new Uint8Array(50e6).fill(7)); }, 20);"
    with pytest.raises(errors.RenderedTooHeavy):
        render(site, FULL + greedy, memory_bytes=500_000_000, settle_s=18)
    assert not the_keepers()


def test_a_page_that_is_gone_by_now_is_a_named_problem(site):
    with pytest.raises(errors.NotRendered):
        opening.render("http://127.0.0.1:9/", may_follow=print, meanwhile=lambda: None)


def test_a_page_larger_than_any_page_is_cut_off(site):
    script = "root.append(document.createComment('x'.repeat(12e6)));"
    assert len(render(site, FULL + script).html) < opening.LONGEST + 100


@pytest.mark.parametrize(
    "script",
    [
        "String.prototype.slice = () => 5; String.prototype.replace = () => ({});",
        "Array.prototype.toJSON = () => 5; Document.prototype.querySelectorAll = () => 7;",
    ],
)
def test_what_a_page_makes_of_the_language_is_not_met_when_it_is_read(site, script):
    assert "<h1>Here</h1>" in render(site, FULL + script).html


def test_a_page_that_puts_forms_in_the_place_of_its_body_is_read_all_the_same(site):
    forms = "<form name=querySelectorAll></form><form name=documentElement></form><form name=body><input name=innerText></form>"
    html = render(site, body=f"<title>x</title>{forms}<p>" + "We pack by hand. " * 99).html
    assert "<title>x</title>" in html and "We pack by hand." in html


def test_what_the_machine_refuses_is_a_trouble_of_the_page(site, settings, tmp_path):
    settings.HOME = tmp_path / "nowhere"
    with pytest.raises(errors.NotRendered):
        render(site, FULL)
    assert site.asked == []


def folders_of_the_keepers():
    """Where the browsers of this process have their profiles."""
    lines = [" ".join(it.cmdline()) for keeper_ in the_keepers() for it in keeper_.children(recursive=True)]
    return {found for line in lines for found in re.findall(r"--user-data-dir=(\S+)/profile", line)}


def size_bytes(folder):
    files = [os.path.join(path, name) for path, _folders, names in os.walk(folder) for name in names]
    return sum(os.path.getsize(file) for file in files if os.path.exists(file))


STORES = """
const asked = indexedDB.open("x");
asked.onupgradeneeded = () => asked.result.createObjectStore("y");
asked.onsuccess = () => {
  let kept = 0;
  const more = () => {
    const put = asked.result.transaction("y", "readwrite").objectStore("y").put(crypto.getRandomValues(new Uint8Array(65536)), kept);
    put.onsuccess = () => { kept += 1; root.append(" ."); if (kept < 1000) more(); else root.append("Stored " + kept); };
  };
  more();
};
"""


def test_what_a_page_stores_comes_to_no_disk(site):
    sizes = [0]

    def look():
        with contextlib.suppress(psutil.Error, OSError):
            sizes.extend(size_bytes(folder) for folder in folders_of_the_keepers())

    html = render(site, FULL + STORES, meanwhile=look, settle_s=18).html
    assert "Stored 1000" in html and max(sizes) < 40_000_000


def test_a_browser_that_fills_the_disk_is_ended(site, settings, tmp_path):
    a_program(tmp_path, settings, 'head -c 250000000 /dev/zero > "$HOME/x"; exec sleep 60')
    with pytest.raises(errors.RenderedTooHeavy):
        render(site, FULL)


def test_the_folder_goes_with_a_keeper_that_was_killed(site):
    folders = set()

    def kill():
        with contextlib.suppress(psutil.Error):
            folders.update(folders_of_the_keepers())
        if folders:
            for one in the_keepers():
                one.kill()

    with pytest.raises(errors.NotRendered):
        render(site, FULL, meanwhile=kill)
    assert len(folders) == 1 and not any(os.path.exists(folder) for folder in folders)


def test_no_browser_is_left_whatever_breaks_off_the_rendering(site):
    seen = []

    def interrupted():
        seen.extend(the_keepers())
        if seen:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(site, FULL, meanwhile=interrupted)
    assert seen and not the_keepers()


def test_the_browser_is_nobody_and_knows_none_of_our_secrets(site, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret of ours")
    told = {}

    def look():
        for process in [child for it in the_keepers() for child in it.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):  # it ended meanwhile
                line = " ".join(process.cmdline())
                if "--user-data-dir" in line or "--type=" in line:  # it is a browser's by now
                    told[line] = (process.uids().real, str(process.environ()))

    render(site, FULL, meanwhile=look)
    assert any("--remote-debugging-pipe" in line for line in told)
    assert any("--type=renderer" in line or "--type=zygote" in line for line in told)
    assert not any("a secret of ours" in environment for _user, environment in told.values())
    assert os.getuid() != 0 or all(user != 0 for user, _environment in told.values())


def test_renderings_wait_for_each_other(site):
    site.put("/", SHELL.format(FULL))
    at_once, most = [], []

    def one():
        def meanwhile():
            most.append(len(the_keepers()))

        opening.render(site.url + "/", may_follow=print, meanwhile=meanwhile, wait_s=60)
        at_once.append(1)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(at_once) == 3 and max(most) == 1


def a_program(tmp_path, settings, script):
    """A browser of the operator's choice, which is this script of a shell."""
    path = tmp_path / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    ours = itertools.takewhile(lambda folder: folder != Path(tempfile.gettempdir()), path.parents)
    for folder in ours:
        folder.chmod(0o755)  # nobody has to come by
    settings.BERRYDESK_CHROMIUM = str(path)


def test_where_the_sandbox_cannot_be_built_no_page_is_opened(site, settings, tmp_path):
    real = chromium.program()
    inside = f'echo 0 > /proc/sys/user/max_user_namespaces && exec {real} "$@"'
    forbid = "unshare --user --map-user=1000 --keep-caps"
    a_program(  # where the machine forbids namespaces already, nothing is to be done
        tmp_path,
        settings,
        f'if {forbid} true; then exec {forbid} sh -c \'{inside}\' sh "$@"; else exec {real} "$@"; fi',
    )
    settings.BERRYDESK_CHROMIUM_SANDBOX = True
    with pytest.raises(errors.BrowserUnsafe) as found:
        render(site, FULL)
    assert "sandbox" in found.value.message and site.asked == []


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60", "exec yes", "kill -9 $$"])
def test_a_browser_that_does_not_answer_is_a_named_problem(site, settings, tmp_path, script):
    a_program(tmp_path, settings, script)
    with pytest.raises(errors.NotRendered):
        render(site, FULL, wall_s=3)
    assert not the_keepers()


def test_the_operator_says_which_browser(settings, tmp_path):
    found = chromium.program()
    assert found and os.access(found, os.X_OK)
    for off in ("", "off", "OFF", "/nowhere/chromium"):
        settings.BERRYDESK_CHROMIUM = off
        assert chromium.program() == ""
    settings.BERRYDESK_CHROMIUM = found
    assert chromium.program() == found


def test_a_browser_that_is_not_there_is_said_at_the_start(settings):
    settings.BERRYDESK_CHROMIUM = "/nowhere/chromium"
    (warning,) = chromium.check()
    assert "BERRYDESK_CHROMIUM names /nowhere/chromium, which is no program here" in warning.msg
    for fine in (None, "off", "", chromium.program() or sys.executable, sys.executable):
        settings.BERRYDESK_CHROMIUM = fine
        assert chromium.check() == []


def test_a_folder_that_a_lost_machine_left_is_swept_up(site):
    old = tempfile.mkdtemp(prefix=keeper.PREFIX)
    os.utime(old, (1, 1))
    fresh = tempfile.mkdtemp(prefix=keeper.PREFIX)
    render(site, FULL)
    assert not os.path.exists(old) and os.path.exists(fresh)
    os.rmdir(fresh)
