"""Limited Liquid: what staff write is either one of the few things allowed, refused with its place, or plain text."""

import contextlib
import time

import pytest

from notifications.merging import END, MAX_SOURCE, MERGED, TemplateRefused, check_template, merge

FIELDS = ("account_name", "plan_name", "storefront_url")
VALUES = {"account_name": "Tech Solutions", "plan_name": "Standard", "storefront_url": "https://x.example/t"}


def merged(source: str, **values: str) -> str:
    return merge(source, values=VALUES | values).replace(MERGED, "").replace(END, "")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ account_name }}", "Tech Solutions"),
        ("{{account_name|upcase}}", "TECH SOLUTIONS"),
        ("{{ account_name | downcase | capitalize }}", "Tech solutions"),
        ("{{ account_name | truncate: 7 }}", "Tech..."),
        ('{{ note | default: "none" }}', "none"),
        ("{% if plan_name == 'Standard' %}yes{% else %}no{% endif %}", "yes"),
        ("{% unless plan_name == 'Standard' %}yes{% endunless %}", ""),
        ("{% case plan_name %}{% when 'Free' %}f{% when 'Standard' %}s{% endcase %}", "s"),
        ("{% raw %}{{ nobody }}{% endraw %}", "{{ nobody }}"),
        ("a{% comment %}{{ nobody }}{% endcomment %}b", "ab"),
        ("{%- if plan_name != '' -%} x {%- endif -%}", "x"),
    ],
)
def test_what_is_allowed(source, result):
    assert check_template(source, fields=(*FIELDS, "note")) == []
    assert merged(source, note="") == result


REFUSED = """\
{{ settings.SECRET_KEY }}
{{ settings }}
{{ request.user }}
{{ request }}
{{ self }}
{{ config }}
{{ account.name }}
{{ account_name.__class__ }}
{{ account_name.__class__.__mro__ }}
{{ account_name['__class__'] }}
{{ account_name.size }}
{{ account_name.first }}
{{ account_name.last }}
{{ account_name[0] }}
{{ account_name[plan_name] }}
{{ account_name.upper }}
{{ ['account_name']['x'] }}
{{ nobody }}
{{ Nobody | default: 'x' }}
{{ account_name | default: nobody }}
{{ account_name | append: 'x' }}
{{ account_name | prepend: 'x' }}
{{ account_name | replace: 'T', 'x' }}
{{ account_name | split: '' }}
{{ account_name | date: '%Y' }}
{{ account_name | map: 'x' }}
{{ account_name | safe }}
{{ account_name | raw }}
{{ account_name | escape }}
{{ account_name | url_encode }}
{{ account_name | strip_html }}
{{ account_name | json }}
{{ account_name | t }}
{{ account_name | base64_encode }}
{{ account_name | times: 9 }}
{{ account_name | attr: '__class__' }}
{% load static %}
{% extends 'base.html' %}
{% include 'x' %}
{% include account_name %}
{% render 'x' %}
{% render account_name %}
{% block x %}{% endblock %}
{% import 'x' as y %}
{% macro x %}{% endmacro %}
{% set x = 1 %}
{% with x=1 %}{% endwith %}
{% url 'admin:index' %}
{% csrf_token %}
{% debug %}
{% autoescape off %}x{% endautoescape %}
{% now 'Y' %}
{% assign x = account_name %}
{% capture x %}y{% endcapture %}
{% increment x %}
{% decrement x %}
{% cycle 'a', 'b' %}
{% for x in account_name %}{{ x }}{% endfor %}
{% for x in (1..100000000) %}x{% endfor %}
{% tablerow x in (1..9) %}x{% endtablerow %}
{% ifchanged %}x{% endifchanged %}
{% echo account_name %}
{% liquid echo account_name %}
{% layout 'x' %}
{% if account_name %}
{% endif %}
{% if nobody %}x{% endif %}
{% if nobody == 'x' %}x{% endif %}
{% case nobody %}{% when 'a' %}x{% endcase %}
{% unless settings.DEBUG %}x{% endunless %}
{% if %}x{% endif %}
{% %}
{%
{{
{{ account_name
{{ }}
{{ account_name | }}
{{ | upcase }}
{{ account_name | truncate: nobody }}
{{ account_name | upcase: 1, 2, 3 }}
{{ account_name() }}
{{ ''.__class__ }}
{{ (1..9) }}{{ x }}
{{ account_name; import os }}
{{ account_name ? 1 : 2 }}
{{ not account_name }}{{ y }}
{# {{ nobody }} #}
{{{ nobody }}}
{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%if 1 %}{%endif%}
"""

LITERAL = """\
{0.__class__}
{account_name.__class__}
${7*7}
${account_name}
#{7*7}
<%= 7*7 %>
%(account_name)s
%s%s%n
$account_name
@(7*7)
{account_name}
*{7*7}
[[${7*7}]]
{! 7*7 !}
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<!--#exec cmd="id"-->
&lt;b&gt;
javascript:alert(1)
{$account_name}
{php}echo 1;{/php}
`id` $(id)
\\u003cscript\\u003e
"""


@pytest.mark.parametrize("source", REFUSED.splitlines())
def test_what_is_refused_is_refused_with_its_place(source):
    problems = check_template(source, fields=FIELDS)
    assert problems, merged(source)
    assert all(problem.line == 1 and 1 <= problem.column <= len(source) + 1 for problem in problems)
    assert all(problem.message.endswith(".") and "\n" not in problem.message for problem in problems)


@pytest.mark.parametrize("source", LITERAL.splitlines())
def test_what_other_languages_would_run_is_plain_text(source):
    assert check_template(source, fields=FIELDS) == []
    assert merged(source) == source


def test_there_are_enough_of_them():
    assert len(REFUSED.splitlines()) >= 60 and len(LITERAL.splitlines()) >= 20


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        ("Hello {{ account.name }},", 1, 10, "account"),
        ("Hello\n\n  {{ nobody }}", 3, 6, "nobody"),
        ("ä{{ account_name.size }}", 1, 5, "plain text"),
        ("a\n{{ account_name | safe }}", 2, 19, "safe"),
        ("a\n{{{ account_name }}}", 2, 1, "Three braces"),
        ("a\nbb {% load x %}", 2, 7, "load"),
    ],
)
def test_the_place_is_where_an_editor_would_point(source, line, column, words):
    [problem] = check_template(source, fields=FIELDS)
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


def test_every_unknown_field_is_named():
    problems = check_template("{{ a }}\n{{ account_name }} {{ b }}", fields=FIELDS)
    assert [(problem.line, problem.message) for problem in problems] == [
        (1, "There is no merge field a."),
        (2, "There is no merge field b."),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "{% if account_name == '" + "x" * 15_000 + "' %}y{% endif %}",
        "{{ account_name }}" * 1_100,
        "{% if 1 %}" * 1_900,
        "{{ account_name" + " | upcase" * 2_000 + " }}",
        "{% if " + "1 or " * 3_900 + "1 %}x{% endif %}",
        "{{ account_name" + "[" * 9_000,
        "{{ " + "(" * 9_000,
        "{" * 20_000,
        "{{" + " " * 19_000,
        "{% liquid " + "\n" * 19_000,
        "{% case plan_name %}" + "{% when 'x' %}" * 1_400 + "{% endcase %}",
    ],
)
def test_nothing_takes_long(source):
    began = time.monotonic()
    check_template(source, fields=FIELDS)
    with contextlib.suppress(TemplateRefused):
        merged(source, account_name="x" * 5_000)
    assert time.monotonic() - began < 3


def test_too_long_is_refused():
    [problem] = check_template("x" * (MAX_SOURCE + 1), fields=FIELDS)
    assert "longer than" in problem.message


def test_a_value_that_is_liquid_stays_as_it_is():
    assert merged("{{ account_name }}", account_name="{{ plan_name }}{% x %}") == "{{ plan_name }}{% x %}"


def test_an_unknown_field_is_refused_at_merging_too():
    with pytest.raises(TemplateRefused, match="nobody"):
        merge("{{ nobody }}", values=VALUES)
