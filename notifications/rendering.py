"""From an operator's words to a letter: subject, text and HTML, as they are kept and as they are sent.

The body is plain text. Empty lines part paragraphs; `# ` starts the heading; `1. ` starts a list item; a paragraph
that is only a URL field becomes the box with the address. The HTML is made from that inside one branded layout.
"""

import re
import textwrap
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string

from .catalogue import LINK_FIELD
from .languages import ENGLISH
from .merging import END, MERGED, Problem, TemplateRefused, check_template, clean, header, merge
from .phrases import PHRASES

__all__ = ["LINK_MASK", "Brand", "Letterhead", "Problem", "TemplateRefused", "check_template", "render_letter"]

# What is kept in place of a secret link, in the text and in the HTML alike. delivery.py puts the real one in.
LINK_MASK = "https://secret-link.invalid/made-when-sent"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]+")
_ITEM = re.compile(r"(\d{1,2})\. +(.*)")
_WIDTH = 72


@dataclass(frozen=True)
class Brand:
    """Who the letter comes from, and how it looks. Colours are `#rrggbb`; anything else falls back to ours.

    Without the two dark colours the button looks the same in a dark mail program. `unnamed` are names, addresses and
    numbers that the template's words may not say in this brand; where they do, the starter words take their place.
    """

    name: str
    from_email: str
    from_name: str = ""
    colour: str = "#0a6573"
    on_colour: str = "#ffffff"
    dark_colour: str = ""
    on_dark_colour: str = ""
    initial: str = ""
    address: str = ""
    support_email: str = ""
    phone: str = ""
    home_url: str = ""
    unnamed: tuple[str, ...] = ()
    storefront_id: int | None = None  # the reseller's own in whose name it is written


@dataclass(frozen=True)
class Letterhead:
    """What stands around the words: why this person gets the letter, and who else gets a copy; in its language."""

    reason: str
    contractual: bool = False
    copies_to: tuple[str, ...] = ()
    language: str = ENGLISH

    def fixed(self, name: str) -> str:
        """A sentence of phrases.py, its values not put in yet."""
        return PHRASES[name][self.language]

    @property
    def foot(self) -> str:
        return clean(f"{self.reason} {self.fixed('contract') if self.contractual else ''}")

    @property
    def copies(self) -> str:
        return clean(self.fixed("copies").format(names=", ".join(self.copies_to))) if self.copies_to else ""


@dataclass(frozen=True)
class Part:
    """A piece of a line. `url` is set where a URL field was merged, and nowhere else: only that becomes a link."""

    text: str
    url: str = ""


@dataclass
class Block:
    """What the layout draws: kind is heading, paragraph, url or list; a list keeps (number, line) pairs."""

    kind: str
    lines: list[list[Part]] = field(default_factory=list)
    items: list[tuple[str, list[Part]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.lines[0][0].url


def render_letter(
    words, *, values: dict[str, str], brand: Brand, head: Letterhead, button_field: str = ""
) -> tuple[str, str, str]:
    """(subject, text, html) of one letter. `words` has subject, preview_text, body, button_label (a template row, or
    the starter words). Raises TemplateRefused when the words cannot be merged with `values`."""
    values = {name: clean(str(value)) for name, value in values.items()}
    brand = replace(brand, support_email=clean(brand.support_email))
    urls = {value for name, value in values.items() if _is_url_field(name) and _URL.fullmatch(value)}
    subject = _one_line(words.subject, values=values, limit=200)
    blocks = _blocks(merge(words.body, values=values), urls=urls)
    button_url = values.get(button_field, "") if values.get(button_field, "") in urls else ""
    button_label = _one_line(words.button_label, values=values, limit=60) if button_url else ""
    text = _text(blocks, subject=subject, button=(button_label, button_url), brand=brand, head=head)
    html = render_to_string(
        "notifications/layout.html",
        {
            "subject": subject,
            "preview_text": _one_line(words.preview_text, values=values, limit=200),
            "heading": next((_plain(block.lines[0]) for block in blocks if block.kind == "heading"), subject),
            "blocks": [block for block in blocks if block.kind != "heading"],
            "button_label": button_label,
            "button_url": button_url,
            "brand": brand,
            **_colours(brand),
            "initial": clean(brand.initial or brand.name)[:1].upper(),
            "head": head,
            "questions": _questions(brand, head),
        },
    )
    return subject, text, html


def _questions(brand: Brand, head: Letterhead) -> tuple[str, str]:
    """Where to ask: what stands before the support address, and what stands after it."""
    sentence = head.fixed("questions_and_phone" if brand.phone else "questions")
    before, _, after = sentence.partition("{email}")
    return before, after.replace("{phone}", clean(brand.phone))


def _colours(brand: Brand) -> dict[str, str]:
    """The brand's colours as far as they are colours: they stand in the letter's style sheet."""
    colour = brand.colour if _COLOUR.fullmatch(brand.colour) else "#0a6573"
    on_colour = brand.on_colour if _COLOUR.fullmatch(brand.on_colour) else "#ffffff"
    dark = _COLOUR.fullmatch(brand.dark_colour) and _COLOUR.fullmatch(brand.on_dark_colour)
    return {
        "colour": colour,
        "on_colour": on_colour,
        "dark_colour": brand.dark_colour if dark else colour,
        "on_dark_colour": brand.on_dark_colour if dark else on_colour,
    }


def _is_url_field(name: str) -> bool:
    return name.endswith("_url") or name == LINK_FIELD


def _one_line(source: str, *, values: dict[str, str], limit: int) -> str:
    """Without marks, control characters and line breaks: fit for a header."""
    return header(merge(source, values=values).replace(MERGED, "").replace(END, ""))[:limit].strip()


def _blocks(merged: str, *, urls: set[str]) -> list[Block]:
    blocks: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", merged.replace("\r\n", "\n")):
        previous = ""
        for line in (line.strip() for line in paragraph.split("\n")):
            if not line.strip(f"{MERGED}{END} "):
                continue
            kind, number, content = _kind_of(line, urls=urls)
            # Lines of one kind that stand together are one paragraph or one list.
            if kind != previous or kind in ("heading", "url"):
                blocks.append(Block(kind))
            previous = kind
            if kind == "list":
                blocks[-1].items.append((number, _parts(content, urls=urls)))
            else:
                blocks[-1].lines.append(_parts(content, urls=urls))
    return blocks


def _kind_of(line: str, *, urls: set[str]) -> tuple[str, str, str]:
    """(kind, list number, what is left). A line that starts with a merged value is never a heading or a list."""
    if line.startswith("# "):
        return "heading", "", line[2:].strip()
    if item := _ITEM.fullmatch(line):
        return "list", item[1], item[2]
    if line.startswith(MERGED) and line.endswith(END) and line[1:-1] in urls:
        return "url", "", line
    return "paragraph", "", line


def _parts(line: str, *, urls: set[str]) -> list[Part]:
    parts = []
    for piece in re.split(f"({MERGED}[^{END}]*{END})", line):
        if piece.startswith(MERGED):
            value = piece[1:-1]
            parts.append(Part(value, value if value in urls else ""))
        elif piece:
            parts.append(Part(_clean_words(piece)))
    return parts


def _clean_words(piece: str) -> str:
    """The operator's own words keep their spaces at both ends: a merged value stands beside them."""
    body = clean(piece)
    start = " " if piece[:1].isspace() else ""
    end = " " if body and piece[-1:].isspace() else ""
    return f"{start}{body}{end}"


def _plain(line: list[Part]) -> str:
    return "".join(part.text for part in line)


def _wrap(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _text(blocks: list[Block], *, subject: str, button: tuple[str, str], brand: Brand, head: Letterhead) -> str:
    """The text twin: it says all that the HTML says. A heading that the subject already says is not said twice."""
    parts = []
    for block in blocks:
        if block.kind == "list":
            parts.append("\n".join(_wrap(f"{number}. {_plain(line)}", indent="   ") for number, line in block.items))
        elif block.kind != "heading" or _plain(block.lines[0]) not in subject:
            parts.append("\n".join(_wrap(_plain(line)) for line in block.lines))
    label, url = button
    if label and url not in "\n".join(parts).split():
        parts.append(f"{label}:\n{url}")
    if brand.support_email:
        before, after = _questions(brand, head)
        parts.append(_wrap(clean(f"{before}{brand.support_email}{after}")))
    foot = [_wrap(head.foot)]
    if head.copies_to:
        foot.append(_wrap(head.copies))
    if brand.address:
        foot.append(_wrap(clean(f"{brand.address}")))
    return "\n\n".join(parts) + "\n\n-- \n" + "\n".join(foot) + "\n"
