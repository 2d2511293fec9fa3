"""Each kind of activity has its icon, and the icon is one of the sprite."""

import ast
import re
from pathlib import Path

from plans.models import MOVES
from ui.activity_icons import SUBJECTS, UNHEARD_OF, VERBS, icon_of

ROOT = Path(__file__).parents[2]
WRITERS = {"remember": 1, "note": 1, "_tell": 1, "_note": 1}  # the place of the verb among the arguments
VERB = re.compile(r"^[a-z]+\.[a-z_]+$")


def verbs() -> set[str]:
    """All that the stories write: as an argument, as `verb=`, or as a constant that stands for it."""
    found = {f"order.{name}" for name in MOVES}
    for path in (*ROOT.glob("plans/*.py"), *ROOT.glob("reselling/*.py")):
        tree = ast.parse(path.read_text())
        written = [each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in verbs_of(node)]
        names = {each.id for each in written if isinstance(each, ast.Name)}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                both = zip(parts(node.targets[0]), parts(node.value), strict=False)
                written += [value for name, value in both if getattr(name, "id", "") in names]
        found |= {each.value for each in written if isinstance(each, ast.Constant)}
    return {verb for verb in found if isinstance(verb, str) and VERB.match(verb)}


def verbs_of(call: ast.Call) -> list[ast.expr]:
    place = WRITERS.get(getattr(call.func, "id", ""), 99)
    return [*call.args[place : place + 1], *(each.value for each in call.keywords if each.arg == "verb")]


def parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def test_every_kind_of_activity_has_an_icon_of_the_sprite():
    sprite = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "templates/ui/sprite.html").read_text()))
    assert {*SUBJECTS.values(), *(symbol for symbol, _ in VERBS.values()), UNHEARD_OF} <= sprite
    assert {verb for verb in verbs() if icon_of(verb)[0] == UNHEARD_OF} == {"order.try_later"}
    assert len(verbs()) > 40


def test_no_list_of_activities_shows_one_icon_for_all():
    for path in (ROOT / "templates").rglob("*.html"):
        for feed in re.findall(r'<ol class="feed".*?</ol>', path.read_text(), re.DOTALL):
            assert "{% activity_dot " in feed or "activity" not in feed, path
