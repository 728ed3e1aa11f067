"""A website that its own scripts write: one empty shell for every address, and the words as JSON from the same site."""

import json

SHELL = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Loading</title></head><body><div id=root></div>"
    "<noscript>You need to enable JavaScript to run this app.</noscript><script src=/static/app.js></script></body></html>"
)
APP = """
const root = document.getElementById("root");
async function show() {
  root.textContent = "Loading…";
  const answer = await fetch("/api/page?path=" + encodeURIComponent(location.pathname), { headers: { Accept: "application/json" } });
  if (!answer.ok) { root.textContent = ""; return; }
  const page = await answer.json();
  document.title = page.title;
  if (page.canonical) {
    const link = document.createElement("link"); link.rel = "canonical"; link.href = page.canonical; document.head.append(link);
  }
  const menu = document.createElement("nav"), main = document.createElement("main"), heading = document.createElement("h1");
  for (const to of page.links) {
    const anchor = document.createElement("a"); anchor.href = to; anchor.textContent = "See " + to;
    anchor.onclick = (event) => { event.preventDefault(); history.pushState(null, "", to); show(); };
    menu.append(anchor);
  }
  heading.textContent = page.title;
  main.append(heading);
  for (const words of page.text) { const paragraph = document.createElement("p"); paragraph.textContent = words; main.append(paragraph); }
  root.replaceChildren(menu, main);
}
window.onpopstate = show;
show();
"""


def put_shell(site, *paths):
    """Each of the paths answers with the same empty page."""
    site.put("/static/app.js", APP, media_type="text/javascript")
    for path in paths:
        site.put(path, SHELL)


def put_app_page(site, path, title, text, links=(), **about):
    """The path answers with the shell, and the app shows this there."""
    put_shell(site, path)
    page = {"title": title, "text": [text] if isinstance(text, str) else text, "links": list(links), **about}
    site.put(api_path(path), json.dumps(page), media_type="application/json")


def api_path(path):
    return "/api/page?path=" + path.replace("/", "%2F")
