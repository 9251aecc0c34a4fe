"""The few HTML pages: one plain, accessible layout, everything from outside escaped."""

import base64
import hashlib
from html import escape

from litestar import MediaType, Response

_STYLE = """
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }
body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
label { display: block; margin: 1rem 0 .25rem; }
input { font: inherit; width: 100%; padding: .5rem; box-sizing: border-box; }
button { font: inherit; padding: .5rem 1.25rem; margin: 1.25rem .5rem 0 0; }
.notice { border-left: .25rem solid; padding: .25rem .75rem; }
code { font-size: 1.05rem; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

Property = tuple[str, str]


def page(
    title: str, body: str, *, status: int = 200, properties: tuple[Property, ...] = ()
) -> Response[str]:
    """A whole page. `body` is markup already; title and properties are escaped here."""
    metas = "".join(
        f'<meta property="{escape(name)}" content="{escape(value)}">\n'
        for name, value in properties
    )
    markup = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{metas}<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return Response(markup, status_code=status, media_type=MediaType.HTML, headers=dict(_HEADERS))


def field(name: str, label: str, attributes: str, value: str = "") -> str:
    """A labelled input."""
    return (
        f'<label for="{name}">{escape(label)}</label>\n'
        f'<input id="{name}" name="{name}" value="{escape(value)}" {attributes} required>'
    )


def notice(text: str) -> str:
    """A message that a screen reader announces."""
    return f'<p class="notice" role="alert">{escape(text)}</p>'
