"""A hostile page in a real browser reaches nothing that a page may not be fetched from."""

import json
import re
from urllib.parse import quote

import pytest

from apps.knowledge import rendering_errors
from apps.knowledge.rendering import opening
from berrydesk.http import errors as http_errors
from tests.peers.canary import Canary

SHELL = "<!doctype html><title>Shell</title><link rel=icon href=data:,>{head}<div id=root></div><script>{script}</script>"
SECRET = "root:x:0:0"

TRIES = """
const root = document.getElementById("root");
const tell = (name, what) => { const p = document.createElement("p"); p.textContent = name + ": " + what; root.append(p); };
const bases = BASES;
const tries = {
  fetch: async (base) => (await fetch(base + "/fetch")).text(),
  opaque: async (base) => { await fetch(base + "/opaque", { mode: "no-cors" }); return "REACHED"; },
  post: async (base) => { await fetch(base + "/post", { method: "POST", mode: "no-cors", body: "x" }); return "REACHED"; },
  xhr: (base) => new Promise((done, fail) => {
    const asked = new XMLHttpRequest();
    asked.onload = () => done("REACHED"); asked.onerror = () => fail(new Error("refused"));
    asked.open("GET", base + "/xhr"); asked.send();
  }),
  socket: (base) => new Promise((done, fail) => {
    const socket = new WebSocket(base.replace("http", "ws") + "/socket");
    socket.onopen = () => done("REACHED"); socket.onerror = () => fail(new Error("refused"));
  }),
  stream: (base) => new Promise((done, fail) => {
    const stream = new EventSource(base + "/stream");
    stream.onopen = () => done("REACHED"); stream.onerror = () => { stream.close(); fail(new Error("refused")); };
  }),
  beacon: async (base) => { navigator.sendBeacon(base + "/beacon", "x"); return "sent"; },
  module: async (base) => { await import(base + "/module.js"); return "REACHED"; },
  worker: (base) => new Promise((done) => {
    const code = `fetch("${base}/worker").then(() => postMessage("REACHED"), () => postMessage("refused"))`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onmessage = (told) => done(told.data); worker.onerror = () => done("refused");
  }),
  frame: async (base) => {
    for (const kind of ["iframe", "embed", "img", "video", "script", "object"]) {
      const element = document.createElement(kind);
      element[kind === "object" ? "data" : "src"] = base + "/" + kind;
      document.body.append(element);
    }
    for (const rel of ["preconnect", "dns-prefetch", "prefetch", "preload", "stylesheet", "modulepreload", "prerender"]) {
      const link = document.createElement("link");
      link.rel = rel; link.href = base + "/" + rel; if (rel === "preload") link.as = "fetch";
      document.head.append(link);
    }
    return "tried";
  },
  form: async (base) => {
    const frame = document.createElement("iframe"); frame.name = "aim"; document.body.append(frame);
    const form = document.createElement("form");
    form.action = base + "/form"; form.method = "POST"; form.target = "aim"; document.body.append(form); form.submit();
    return "tried";
  },
  popup: async (base) => { return window.open(base + "/popup") ? "opened" : "refused"; },
  rules: async (base) => {
    const rules = document.createElement("script"); rules.type = "speculationrules";
    rules.textContent = JSON.stringify({ prefetch: [{ urls: [base + "/rules"] }], prerender: [{ urls: [base + "/rules2"] }] });
    document.head.append(rules); return "tried";
  },
  transport: async (base) => {
    const transport = new WebTransport(base.replace("http:", "https:") + "/transport"); await transport.ready; return "REACHED";
  },
  call: async (base) => {
    const host = new URL(base.replace("/hop?to=", "")).host;
    const peer = new RTCPeerConnection({ iceServers: [
      { urls: "stun:" + host }, { urls: "turn:" + host, username: "a", credential: "b" },
      { urls: "turn:" + host + "?transport=tcp", username: "a", credential: "b" },
    ] });
    peer.createDataChannel("x"); await peer.setLocalDescription(await peer.createOffer());
    await new Promise((done) => setTimeout(done, 1500));
    return peer.localDescription.sdp.includes("srflx") ? "REACHED" : "nothing gathered";
  },
  service: async (base) => {
    await navigator.serviceWorker.register("/sw.js?base=" + encodeURIComponent(base)); await navigator.serviceWorker.ready;
    return "registered";
  },
};
const clock = document.createElement("b"); document.body.append(clock);
const ticking = setInterval(() => { clock.textContent += "x"; }, 200);  // not at rest before all was tried
Promise.all(bases.flatMap((base) => Object.entries(tries).map(async ([name, attempt]) => {
  try {
    const late = new Promise((_done, fail) => setTimeout(() => fail(new Error("late")), 4000));
    tell(name, await Promise.race([attempt(base), late]));
  } catch (error) { tell(name, "refused " + error.message); }
}))).then(() => { clearInterval(ticking); tell("over", "done"); });
"""
NAMES = re.findall(r"^  (\w+): (?:async )?\(base\)", TRIES, re.M)
SERVICE_WORKER = """
const base = new URL(location).searchParams.get("base");
self.addEventListener("install", (event) => event.waitUntil(fetch(base + "/service").catch(() => 0).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
"""


@pytest.fixture
def canary():
    with Canary() as listening:
        yield listening


def render(url, **options):
    return opening.render(url, **{"may_follow": lambda to: None, "meanwhile": lambda: None} | options)


def tried(html):
    return re.findall(r"<p>(\w+): ([^<]*)</p>", html)


def put_tries(site, *bases):
    """A page that tries everything at each of the addresses."""
    site.put("/", SHELL.format(head="", script=TRIES.replace("BASES", json.dumps(bases))))
    for base in bases:
        site.put(f"/sw.js?base={quote(base, safe='')}", SERVICE_WORKER, media_type="text/javascript")


def test_no_script_comes_to_an_address_inside(site, canary):
    hosts = ["127.0.0.1", "[::1]", "localhost", "127.1", "[::ffff:7f00:1]"]
    bases = [f"http://{host}:{canary.port}" for host in hosts]
    bases += ["http://169.254.169.254", "http://metadata.google.internal", f"{site.url}/hop?to="]
    site.before_each = lambda path: path.startswith("/hop") and site.put_redirect(path, f"{canary.url}{path}")
    put_tries(site, *bases)
    found = tried(render(site.url + "/", wall_s=60, settle_s=50).html)
    assert sorted(name for name, _what in found) == sorted([*NAMES * len(bases), "over"])
    told = {name for name, what in found if "REACHED" in what or what == "opened"}
    assert told <= {"opaque", "post"}  # to those the gate's own refusal is an answer, which nobody can read
    assert canary.heard == []


def test_the_same_scripts_are_heard_where_the_operator_let_them(site, canary, settings):
    """The canary has ears: what it did not hear above was tried."""
    settings.BERRYDESK_FETCH_ALLOW = [site.host, f"127.0.0.1:{canary.port}"]
    put_tries(site, canary.url)
    render(site.url + "/", wall_s=60, settle_s=50)
    assert len(canary.heard) >= 6 and set(canary.heard) == {"tcp"}  # and never by a datagram


def test_no_file_of_the_machine_comes_into_a_page(site):
    tries = """
    const root = document.getElementById("root");
    const p = document.createElement("p"); p.textContent = "begun: yes"; root.append(p);
    for (const url of ["file:///etc/passwd", "view-source:file:///etc/passwd", "filesystem:file:///etc/passwd"]) {
      const frame = document.createElement("iframe"); frame.src = url; root.append(frame);
      fetch(url).then((r) => r.text()).then((t) => { p.textContent += t; }, () => {});
      window.open(url);
      const link = document.createElement("a"); link.href = url; link.download = "x"; root.append(link); link.click();
    }
    import("file:///etc/passwd").catch(() => {});
    setTimeout(() => { location.href = "file:///etc/passwd"; }, 500);
    """
    site.put("/", SHELL.format(head="", script=tries))
    rendered = render(site.url + "/")
    assert "begun: yes" in rendered.html and SECRET not in rendered.html
    assert rendered.url == site.url + "/"


@pytest.mark.parametrize(
    ("head", "script"),
    [
        ("", 'location.href = "{to}"'),
        ("", 'setTimeout(() => location.replace("{to}"), 300)'),
        ("", "document.write('<form id=f action=\"{to}\"></form>'); document.forms[0].submit()"),
        ('<meta http-equiv=refresh content="0; url={to}">', ""),
    ],
)
def test_a_page_that_leads_inside_is_asked_about_and_not_followed(site, canary, head, script):
    to = canary.url + "/inside"
    site.put("/", SHELL.format(head=head.format(to=to), script=script.format(to=to)))
    asked = []

    def refuse(address):
        asked.append(address.rstrip("?"))
        raise http_errors.AddressNotAllowed(host="inside", url=address)

    with pytest.raises(http_errors.AddressNotAllowed):
        render(site.url + "/", may_follow=refuse)
    assert asked == [to] and canary.heard == []


def test_even_where_nobody_objects_the_gate_does(site, canary):
    site.put("/", SHELL.format(head="", script=f'location.href = "{canary.url}/inside"'))
    render_or_fail(site.url + "/")
    assert canary.heard == []


def render_or_fail(url):
    try:
        return render(url)
    except rendering_errors.NotRendered:
        return None


def test_the_browser_knows_none_of_our_secrets_and_asks_for_nothing_itself(site):
    """Everything that it asked for is the page's; nothing else went to the gate."""
    site.put(
        "/", SHELL.format(head="", script='document.getElementById("root").innerHTML = "<p>Hello there</p>"')
    )
    render(site.url + "/")
    assert site.asked == ["/"]
