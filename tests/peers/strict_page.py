"""A stranger's shop on its own port that carries the snippet, under the strictest policy we promise to work with."""

import contextlib

from tests.peers.site import Site

HOSTILE = (
    "* { all: revert; color: lime !important; font: 40px serif !important; display: inline !important }"
    "div, button, textarea { visibility: hidden !important; position: static !important; opacity: .1 !important }"
    "berrydesk-widget { display: none !important; transform: scale(3) }"
)
"""Style of a page that ruins everything it reaches."""

PLAIN = "<main><h1>Lykt headlamp</h1><p>600 lumen, 40 hours, 78 grams.</p></main>"

FRONT = """<header><b>Nordlicht</b><nav><a href="/">Headlamps</a> <a href="/">Jackets</a> <a href="/">Tents</a></nav></header>
<main><div class="lamp"></div><section><h1>Lykt headlamp</h1><p class="price">€49.00</p>
<p>600 lumen, 40 hours, 78 grams. Warm light for the way home, bright light for the way up.</p>
<p class="buy"><a href="/">Add to cart</a></p><p class="note">In stock. With you in two to three days.</p></section></main>"""
"""A product's page as a shop would show it."""

FRONT_STYLE = """
body { margin: 0; font: 17px/1.6 system-ui, sans-serif; color: #1d2b2a; background: #f6f4ef }
header { display: flex; gap: 40px; align-items: baseline; padding: 22px 48px; background: #fff; border-bottom: 1px solid #e4e0d6 }
header b { font-size: 20px; letter-spacing: .06em } a { color: inherit; text-decoration: none; margin-right: 24px }
main { display: flex; gap: 48px; padding: 48px; max-width: 760px }
.lamp { flex: none; width: 300px; height: 340px; border-radius: 16px; background:
  radial-gradient(circle at 62% 36%, #fff8dc 0 6%, #ffe9a3 12%, transparent 46%), linear-gradient(160deg, #16302e, #2f5a55) }
h1 { margin: 0; font-size: 34px; line-height: 1.2 } .price { font-size: 22px; margin: 8px 0 }
.buy a { display: inline-block; padding: 10px 22px; border-radius: 8px; background: #1d2b2a; color: #fff } .note { color: #4c5b59 }
"""

POLICY = "default-src 'none'; script-src {us}; connect-src {us}; style-src {styles}; require-trusted-types-for 'script'"


def policy(us, *, may_style):
    """The promise: our scripts, our connections, nothing else; a page may style itself."""
    return POLICY.format(us=us, styles="'self'" if may_style else "'none'")


@contextlib.contextmanager
def strict_shop(us, public_id):
    """A running shop. ``/`` is strict, ``/hostile`` has hostile CSS too, ``/dark`` and ``/ar`` are such pages.

    ``/front`` looks as a shop does.
    """
    with Site() as site:
        snippet = (
            f'<script async src="{us}/widget.js" data-agent="{public_id}" data-color="#0d5c56"></script>'
        )

        def page(
            path, *, language="en", direction="ltr", head="", body=PLAIN, snippet=snippet, may_style=False
        ):
            html = (
                f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
                f'<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<title>Lykt</title>{head}</head><body>{body}{snippet}</body></html>"
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
        site.put("/front.css", FRONT_STYLE, media_type="text/css")
        page("/front", head='<link rel="stylesheet" href="/front.css">', body=FRONT, may_style=True)
        page("/ar", language="ar", direction="rtl")
        page("/hostile", head='<link rel="stylesheet" href="/hostile.css">', may_style=True)
        page("/dark", head='<link rel="stylesheet" href="/dark.css">', may_style=True)
        page("/left", snippet=snippet.replace("data-agent", 'data-position="left" data-agent'))
        yield site
