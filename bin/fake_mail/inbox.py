"""The demo inbox: the letters that were taken, newest first. A letter's HTML runs nothing and loads nothing."""

from html import escape

PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
li a { color: inherit; display: block; padding: .6rem .25rem; text-decoration: none; overflow-wrap: anywhere; }
li a:hover, li a:focus-visible { background: color-mix(in srgb, currentColor 8%, transparent); }
small, dt { color: color-mix(in srgb, currentColor 70%, transparent); }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; margin: 0 0 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { background: #fff; border: 1px solid color-mix(in srgb, currentColor 30%, transparent); height: 46rem;
  width: 100%; }
pre { overflow-wrap: anywhere; white-space: pre-wrap; }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/inbox.css">
</head>
<body>
{body}
</body>
</html>
"""
_LINE = """<li><a href="/letters/{id}"><strong>{subject}</strong><br>
<small>to {to} · {at} · {mode}</small></a></li>"""
_LETTER = """<p><a href="/">All letters</a></p>
<h1>{subject}</h1>
<dl><dt>From</dt><dd>{sender}</dd><dt>To</dt><dd>{to}</dd><dt>Taken</dt><dd>{at}, by {door}, {mode}</dd>
<dt>Message-ID</dt><dd>{message_id}</dd><dt>Key</dt><dd>{key}</dd></dl>
<iframe title="The letter" src="/letters/{id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<h2>Its text part</h2>
<pre>{text}</pre>"""


def list_page(letters: list[dict], *, total: int) -> str:
    body = f"<h1>Demo inbox: {total} letters</h1>\n<ul>{''.join(_filled(_LINE, letter) for letter in letters)}</ul>"
    if not letters:
        body += "<p>Nothing here yet. Letters that Uplift sends appear here when the page is loaded again.</p>"
    elif letters[-1]["n"] > 1:
        body += f'<p><a href="/?before={letters[-1]["n"]}">Older letters</a></p>'
    return _PAGE.format(title="Demo inbox", body=body)


def letter_page(letter: dict) -> str:
    return _PAGE.format(title=escape(letter["subject"]), body=_filled(_LETTER, letter))


def letter_itself(letter: dict) -> str:
    """Its own HTML; links open beside the inbox, for no page of Uplift lets itself be framed."""
    return f'<base target="_blank">{letter["html"]}'


def nothing_page() -> str:
    return _PAGE.format(title="Not here", body='<h1>There is no such letter.</h1><p><a href="/">All letters</a></p>')


def _filled(template: str, letter: dict) -> str:
    values = {"sender": letter["from"], "to": ", ".join(letter["to"]), "at": letter["at"][:19].replace("T", " ")}
    values |= {name: letter[name] or "none" for name in ("subject", "message_id", "key", "text")}
    values |= {name: letter[name] for name in ("id", "mode", "door")}
    return template.format(**{name: escape(str(value)) for name, value in values.items()})
