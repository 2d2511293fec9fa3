"""Limited Liquid: what staff may write in a template, and how merge fields are filled in.

No loops, no assignment, no includes, no loader, a handful of filters, limits on everything; values are strings only.
A value is marked where it is put in, so that rendering.py can tell the operator's words from what was merged:
a merged value never becomes a heading, a list, a paragraph or markup.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from liquid import Environment, Mode, StrictUndefined
from liquid.builtin.content import Literal
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, truncate, upcase
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.case_tag import CaseTag
from liquid.builtin.tags.comment_tag import CommentTag
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string

# Two code points that Unicode keeps for internal use. They are taken out of every source and every value.
MERGED, END = "\ufdd0", "\ufdd1"
MAX_SOURCE, MAX_VALUE, MAX_OUTPUT = 20_000, 2_000, 100_000
# Runs of these make the parser's time grow with the square of their length.
_SLOW = re.compile(r"\{{3}|\s{200}")
# Control characters, line and paragraph separators, bidirectional overrides, and our own marks.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_MARKS = re.compile("[\ufdd0-\ufdef]")


class TemplateRefused(ValueError):
    """The words cannot be used; the message says what is wrong."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a template, and where; lines and columns count from 1."""

    line: int
    column: int
    message: str


class _MarkedOutputNode(OutputNode):
    """Puts a merged value between marks, after its filters ran."""

    def render_to_output(self, context, buffer: TextIO) -> int:
        value = to_liquid_string(self.expression.evaluate(context), False)
        return buffer.write(f"{MERGED}{clean(value)}{END}")


class _MarkedOutput(Output):
    node_class = _MarkedOutputNode


class _LimitedEnvironment(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1
    local_namespace_limit = 1_000
    output_stream_limit = MAX_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (Literal, _MarkedOutput, Illegal, IfTag, UnlessTag, CaseTag, CommentTag):
            self.add_tag(tag)
        for name, run in {
            "capitalize": capitalize,
            "default": default,
            "downcase": downcase,
            "strip": strip,
            "truncate": truncate,
            "upcase": upcase,
        }.items():
            self.add_filter(name, run)


_ENVIRONMENT = _LimitedEnvironment(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)


def clean(value: str) -> str:
    """A value as it may stand in a letter: one line, printable, of bounded length."""
    return " ".join(_UNPRINTABLE.sub(" ", value[: MAX_VALUE * 2]).split())[:MAX_VALUE]


def header(value: str) -> str:
    """A value as it may stand in a header: clean, and never read as an encoded word (`=?utf-8?q?...?=`)."""
    return clean(value).replace("=?", "= ?")


@lru_cache(maxsize=512)
def _parsed(source: str):
    """Parsing is the dear part, and the same words are used again and again. Raises TemplateRefused, LiquidError."""
    if found := _SLOW.search(source):
        raise TemplateRefused("Three braces in a row." if found[0][0] == "{" else "A gap of 200 spaces.")
    try:
        return _ENVIRONMENT.from_string(source)
    except RecursionError as error:
        raise TemplateRefused("The text is nested too deeply.") from error


def merge(source: str, *, values: dict[str, str]) -> str:
    """The source with its fields filled in, each value between MERGED and END. Raises TemplateRefused."""
    try:
        return _parsed(_MARKS.sub("", source[:MAX_SOURCE])).render(**values)
    except (LiquidError, RecursionError) as error:
        raise TemplateRefused(_sentence(error)) from error


def check_template(source: str, *, fields: tuple[str, ...]) -> list[Problem]:
    """What an editor must show before these words are saved: nothing means they can be rendered with `fields`."""
    if len(source) > MAX_SOURCE:
        return [Problem(1, 1, f"The text is longer than {MAX_SOURCE} characters.")]
    try:
        found = _parsed(_MARKS.sub("", source)).analyze(include_partials=False)
    except (LiquidError, TemplateRefused, RecursionError) as error:
        return [_problem(source, error)]
    unknown = [
        _at(source, variable.span.index, _unknown(variable.segments, fields))
        for variables in found.variables.values()
        for variable in variables
        if len(variable.segments) != 1 or variable.segments[0] not in fields
    ]
    if unknown:
        return sorted(unknown, key=lambda problem: (problem.line, problem.column))
    try:
        merge(source, values=dict.fromkeys(fields, "x"))
    except TemplateRefused as error:
        return [_problem(source, error.__cause__ or error)]
    return []


def _unknown(segments: list, fields: tuple[str, ...]) -> str:
    name = str(segments[0]) if segments else ""
    if len(segments) > 1 and name in fields:
        return f"{name} is a plain text: nothing can be taken out of it."
    return f"There is no merge field {name[:60]}."


def _at(source: str, index: int, message: str) -> Problem:
    before = source[:index]
    return Problem(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1, message)


def _problem(source: str, error: BaseException) -> Problem:
    token = getattr(error, "token", None)
    if token is not None and token.start_index >= 0:
        return _at(token.source, token.start_index, _sentence(error))
    found = _SLOW.search(source)
    return _at(source, found.start() if found else 0, _sentence(error))


def _sentence(error: BaseException) -> str:
    text = error.message if isinstance(error, LiquidError) else str(error)
    return f"{str(text)[:200].rstrip('.')}."
