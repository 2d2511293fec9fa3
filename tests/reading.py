"""Reading pages as a browser does, as far as tests ask: links, forms with what they would send, names, words by id."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from urllib.parse import urljoin

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
CHOSEN_ONES = ("checkbox", "radio")
SPRITE = re.compile(r"<svg hidden>.*?</svg>", re.DOTALL)
TEXT = ("text", "search", "email", "tel", "url", "number", "textarea")
# What a script of ours asks with the value of its field: address in this attribute, method, field.
ASKED_BY_SCRIPTS = (("data-check", "get", "alias"), ("data-hold", "post", "alias"))
TIED = ("aria-describedby", "aria-labelledby", "aria-controls", "for")


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def kind(self) -> str:
        """The type of a control: of an input as it says, else what it is."""
        return self.get("type").lower() or "text" if self.tag == "input" else self.tag


@dataclass
class Form:
    """One way to send a form. `controls` are all that have a name, in their order; `sent` is what goes as it stands."""

    method: str
    action: str
    controls: list[Element] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(control.get("name") for control in self.controls))

    @property
    def sent(self) -> dict[str, str]:
        """Buttons aside, and the first of several with one name."""
        values: dict[str, str] = {}
        for control in self.controls:
            is_left_out = control.kind in CHOSEN_ONES and "checked" not in control.attributes
            if not is_left_out and control.tag != "button":
                preset = "on" if control.kind == "checkbox" else ""
                values.setdefault(control.get("name"), control.attributes.get("value", preset))
        return values

    def kind_of(self, name: str) -> str:
        return next((control.kind for control in self.controls if control.get("name") == name), "")


class Page(HTMLParser):
    """A parsed page. `address` is where it came from: its relative links start there."""

    def __init__(self, text: str, *, address: str) -> None:
        super().__init__()
        self.address, self.is_document = address, text.lstrip()[:9].lower() == "<!doctype"
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._open: list[Element] = []
        self._form: Form | None = None
        self._select: Element | None = None
        for sprite in SPRITE.findall(text):  # the same on every page, and half of it
            self.elements += _parsed(sprite)
        self.feed(SPRITE.sub("", text))
        self.close()
        self.forms += list(self._of_buttons()) + list(self._of_scripts())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        if tag == "form":
            self._form = Form(element.get("method").lower() or "get", self.at(element.get("action")))
            self.forms.append(self._form)
        elif tag in ("input", "select", "textarea", "button") and self._form is not None:
            self._select = element if tag == "select" else self._select
            self._form.controls += [element] if element.get("name") else []
        elif tag == "option" and self._select is not None:
            chosen = self._select.attributes
            chosen["value"] = element.get("value") if "selected" in element.attributes else chosen.get("value", "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].tag == "textarea":  # what stands in it is its value, less a first line end
            typed = self._open[-1].attributes
            typed["value"] = typed.get("value", "") + (data if "value" in typed else data.removeprefix("\n"))
        for element in self._open:
            if "id" in element.attributes or element.tag in ("title", "h1"):
                element.text += data

    def at(self, address: str) -> str:
        return urljoin(self.address, address)

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def updatepos(self, _from: int, to: int) -> int:
        """Nobody asks in which line a tag stands, which the parser would count at each."""
        return to

    def by_id(self, name: str) -> Element | None:
        return next((element for element in self.elements if element.attributes.get("id") == name), None)

    @cached_property
    def links(self) -> list[str]:
        """Every href and src and what scripts come for, resolved; `<use href="#…">` is an anchor of the page itself."""
        names = ("href", "src", "xlink:href", "data-progress")
        return [self.at(e.attributes[name]) for e in self.elements for name in names if name in e.attributes]

    @cached_property
    def ids(self) -> Counter:
        return Counter(element.attributes["id"] for element in self.elements if "id" in element.attributes)

    def _of_buttons(self):
        """A button with an address of its own makes a second form of the same fields."""
        for form in list(self.forms):
            for button in self._buttons_of(form):
                yield Form(button.get("formmethod").lower() or form.method, self.at(button.get("formaction")),
                           form.controls)  # fmt: skip

    def _buttons_of(self, form: Form) -> list[Element]:
        """Which form a button without a name stands in is told by the order of the elements."""
        found, inside = [], None
        forms = iter(self.forms)
        for element in self.elements:
            if element.tag == "form":
                inside = next(forms, None)
            elif element.tag == "button" and inside is form and "formaction" in element.attributes:
                found.append(element)
        return found

    def _of_scripts(self):
        for element in self.elements:
            for attribute, method, name in ASKED_BY_SCRIPTS:
                if attribute in element.attributes:
                    controls = [c for form in self.forms for c in form.controls if c.get("name") == name]
                    tokens = [c for form in self.forms for c in form.controls if c.get("name") == "csrfmiddlewaretoken"]
                    extra = tokens[:1] if method == "post" else []
                    if account := element.get("data-account"):  # in the back office: whose alias it would be
                        extra.append(Element("input", {"type": "hidden", "name": "account", "value": account}))
                    yield Form(method, self.at(element.get(attribute)), controls[:1] + extra)


@lru_cache(maxsize=4)
def _parsed(sprite: str) -> tuple[Element, ...]:
    return tuple(Page(sprite.replace(" hidden", "", 1), address="").elements)


def faults_of(page: Page, *, is_letter: bool = False) -> list[str]:
    """What no page may have; a letter may be styled inline, mail programs know nothing else."""
    found = []
    for element in page.elements:
        found += [f"handler {name} on <{element.tag}>" for name in element.attributes if name.startswith("on")]
        if not is_letter and ("style" in element.attributes or element.tag == "style"):
            found.append(f"inline style on <{element.tag}>")
        if element.tag == "script" and not element.get("nonce"):
            found.append("a script without nonce")
        for name in TIED if page.is_document else ():
            if name in element.attributes:
                wanted = element.attributes[name].split()
                found += [f"{name} names #{one}, which is not there" for one in wanted if one not in page.ids]
    if page.is_document:
        found += [f"id {name} stands {many} times" for name, many in page.ids.items() if many > 1]
        found += _faults_of_head(page, is_letter=is_letter)
    return found


def _faults_of_head(page: Page, *, is_letter: bool) -> list[str]:
    found = []
    if not (page.all("html") and page.all("html")[0].get("lang")):
        found.append("no language")
    if not any(title.text.strip() for title in page.all("title")):
        found.append("no title")
    headings = [heading.text.strip() for heading in page.all("h1")]
    if not is_letter and (len(headings) != 1 or not headings[0]):
        found.append(f"{len(headings)} h1: {headings}")
    return found
