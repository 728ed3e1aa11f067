"""A stranger's shop on its own port that carries the snippet, under the strictest policy we promise to work with."""

import contextlib

from tests.peers.site import Site

HOSTILE = (
    "* { all: revert; color: lime !important; font: 40px serif !important; display: inline !important }"
    "div, button, textarea { visibility: hidden !important; position: static !important; opacity: .1 !important }"
    "berrydesk-widget { display: none !important; transform: scale(3) }"
)
"""Style of a page that ruins everything it reaches."""

POLICY = "default-src 'none'; script-src {us}; connect-src {us}; style-src {styles}; require-trusted-types-for 'script'"


def policy(us, *, may_style):
    """The promise: our scripts, our connections, nothing else; a page may style itself."""
    return POLICY.format(us=us, styles="'self'" if may_style else "'none'")


@contextlib.contextmanager
def strict_shop(us, public_id):
    """A running shop. ``/`` is strict, ``/hostile`` has hostile CSS too, ``/dark`` and ``/ar`` are such pages."""
    with Site() as site:
        snippet = (
            f'<script async src="{us}/widget.js" data-agent="{public_id}" data-color="#0d5c56"></script>'
        )

        def page(path, *, language="en", direction="ltr", head="", snippet=snippet, may_style=False):
            html = (
                f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
                f'<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<title>Lykt</title>{head}</head><body><main><h1>Lykt headlamp</h1>"
                f"<p>600 lumen, 40 hours, 78 grams.</p></main>{snippet}</body></html>"
            )
            headers = {"Content-Security-Policy": policy(us, may_style=may_style)}
            site.put(path, html, headers=headers)

        site.put("/hostile.css", HOSTILE, media_type="text/css")
        site.put(
            "/dark.css",
            "html { color-scheme: dark } body { background: #111; color: #eee }",
            media_type="text/css",
        )
        site.put("/favicon.ico", b"", media_type="image/x-icon")
        page("/")
        page("/ar", language="ar", direction="rtl")
        page("/hostile", head='<link rel="stylesheet" href="/hostile.css">', may_style=True)
        page("/dark", head='<link rel="stylesheet" href="/dark.css">', may_style=True)
        page("/left", snippet=snippet.replace("data-agent", 'data-position="left" data-agent'))
        yield site
