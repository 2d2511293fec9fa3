"""Manners of the house that no tool knows: plans are rows and no words, a row is begun in one place, verbs are called
alike. (What is forbidden everywhere: test_house_rules.py.)"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plans import starter

ROOT = Path(__file__).resolve().parent.parent
FACES = ("storefront", "bss", "api", "ui", "config")
DOMAIN = ("reselling", "plans", "notifications")
PLAN_WORDS = {plan[key] for plan in starter.PLANS for key in ("code", "name")}
# Where rows of these kinds may begin; seeds write a past that no story can be told into.
SEEDS = "plans/demo"
BEGINS = {
    "Subscription": {"plans/upgrading.py"},
    "Charge": {"plans/upgrading.py", "plans/renewing.py"},
    "Storefront": {"plans/upgrading.py", "plans/founding.py"},
    "AliasClaim": {"plans/aliases.py"},
    "Order": {"plans/placing.py"},
}
MOVERS = {"plans/moves.py", "plans/execution.py"}  # the only ones that write an order's state
# Two nouns that are one thing to the reader: a place, an address, a story's line, a period.
NOUNS_OF_TWO = {
    "put_in_basket", "change_item", "take_out", "storefront_url", "note", "remember", "period_end",
    "render_to_output",  # as Liquid calls it
}  # fmt: skip


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def without_docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told:
            yield node


def plans_told_apart(tree: ast.AST) -> list[int]:
    """Lines that name a plan. Whoever needs to know asks for an entitlement, or the ladder."""
    return [node.lineno for node in without_docstrings(tree) if node.value in PLAN_WORDS]


def plans_told_apart_in_a_template(text: str) -> list[str]:
    tags = re.findall(r"{[%{].*?[%}]}", text, re.S)
    words = "|".join(PLAN_WORDS)
    return [
        tag for tag in tags if re.search(rf"([\"'])(?:{words})\1", tag) or re.search(r"plan\.(code|name)\s*[=!]=", tag)
    ]


def begun(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Rows that are made here, as (model, line)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        model, _, verb = called.partition(".objects.")
        if model in BEGINS and (
            verb in ("create", "bulk_create", "get_or_create", "update_or_create") or called == model
        ):
            yield model, node.lineno


def states_written(tree: ast.AST) -> list[int]:
    """Lines where an update of orders sets their state."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and ast.unparse(node.func).startswith("Order.objects.")
        and any(keyword.arg == "state" for keyword in node.keywords)
    ]


def bad_manners(tree: ast.Module) -> Iterator[str]:
    """Public functions that take too many things without a name, or an actor without one, or say not what they give."""
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for verb in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
            if verb.name.startswith("_"):
                continue
            nouns = [each.arg for each in verb.args.posonlyargs + verb.args.args if each.arg not in ("self", "cls")]
            if len(nouns) > 2 and verb.name not in NOUNS_OF_TWO:
                yield f"{verb.name}({', '.join(nouns)}): keyword-only after the first noun"
            if "by" in nouns:
                yield f"{verb.name}: the actor is always by=..."
            if verb.returns is None:
                yield f"{verb.name}: what does it give back?"


def test_no_face_names_a_plan():
    assert [f"{name}:{line}" for name, tree in sources(*FACES) for line in plans_told_apart(tree)] == []


def test_no_template_names_a_plan():
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert len(pages) > 20
    assert [f"{page.name}: {tag}" for page in pages for tag in plans_told_apart_in_a_template(page.read_text())] == []


def test_no_rule_or_story_names_a_plan():
    """The starter set is data; everything else asks."""
    named = {name for name, tree in sources("plans") if plans_told_apart(tree)}
    assert {name for name in named if not name.startswith(SEEDS)} == {"plans/starter.py"}


def test_rows_begin_in_one_place():
    found = {(model, name) for name, tree in sources(*FACES, *DOMAIN) for model, _ in begun(tree)}
    strange = {(model, name) for model, name in found if name not in BEGINS[model] and not name.startswith(SEEDS)}
    assert strange == set()
    assert {model for model, name in found if name in BEGINS[model]} == set(BEGINS)


def test_an_orders_state_is_written_by_moves_alone():
    assert {name for name, tree in sources(*FACES, *DOMAIN) if states_written(tree)} <= MOVERS


def test_verbs_of_the_domain_are_called_alike():
    commands = (SEEDS, "plans/management")  # nobody calls into them
    told = [(name, tree) for name, tree in sources(*DOMAIN) if not name.startswith(commands)]
    assert [f"{name}: {wrong}" for name, tree in told for wrong in bad_manners(tree)] == []


def test_tests_use_the_real_thing():
    imports = (
        (name, ast.unparse(node))
        for name, tree in sources("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    assert [(name, line) for name, line in imports if "mock" in line] == []


@pytest.mark.parametrize(
    ("seen_by", "planted"),
    [
        (plans_told_apart, "if account.held().plan.code == 'standard': pass"),
        (plans_told_apart, "match plan.name:\n    case 'Free': pass"),
        (plans_told_apart, "Plan.objects.get(code='tenant')"),
        (begun, "Subscription.objects.create(account=account)"),
        (begun, "Subscription.objects.bulk_create([Subscription(account=account)])"),
        (begun, "Storefront(account=account).save()"),
        (states_written, "Order.objects.filter(pk=1).update(state='executed')"),
        (bad_manners, "def place_order(order, account, by) -> None: ..."),
        (bad_manners, "class A:\n    def end(self, plan, day, reason) -> None: ..."),
        (bad_manners, "def place_order(order): ..."),
    ],
)
def test_a_planted_violation_is_seen(seen_by, planted):
    assert list(seen_by(ast.parse(planted)))


@pytest.mark.parametrize(
    "planted", ['{% if plan.code == "free" %}', "{{ plan.name|default:'Basic' }}", "{% if plan.code != code %}"]
)
def test_a_planted_violation_in_a_template_is_seen(planted):
    assert plans_told_apart_in_a_template(f"<p>{planted}</p>")


def test_words_for_people_are_no_violation():
    assert plans_told_apart(ast.parse('"""Free and Standard."""\nx = "Free of charge"')) == []
    assert plans_told_apart_in_a_template("<h2>Standard</h2>{% if card.is_current %}") == []
