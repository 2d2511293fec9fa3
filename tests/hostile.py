"""What nobody types and somebody sends: values as bytes, whole bodies, and addresses that want to lead elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote_plus

MADE_UP = "fuzz-made-this"  # a tag that no page of ours has
MILLION = b"a" * 1_000_000  # fits into a request
TOO_MUCH = "ü".encode() * 200_000  # does not, six bytes of a form for each
VALUES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"   ",
    "a million letters": MILLION,
    "more than a request may have": TOO_MUCH,
    "NUL": b"a\0b",
    "only NUL": b"\0",
    "control characters": bytes(range(1, 32)) + b"\x7f",
    "C1 and line separators": "\x85\u2028\u2029\u00ad\ufeff".encode(),
    "lone surrogates": b"a\xed\xa0\x80\xed\xb0\x80b",
    "no UTF-8": b"\xff\xfe\xc3\x28\xf8",
    "right to left": "\u202eabc\u2066\u202c".encode(),
    "emoji": "👩‍👩‍👧 🇩🇪 ✊🏽".encode(),
    "stacked accents": ("e" + "\u0301" * 400).encode(),
    "grows when normalised": ("\ufdfa" * 300).encode(),
    "markup": f"\"'><{MADE_UP} onx=1>&lt;&#0;</textarea></title>".encode(),
    "template": b"{{ 7|add:7 }}{% now %}${7}#{7}",
    "quotes": b"' OR '1'='1'; --",
    "like": b"%_\\%",
    "format": b"%s%n{0}{a.b}",
    "a path": b"../../../../etc/passwd\0.png",
    "two lines": b"a\r\nSet-Cookie: a=b\r\n\r\n<b>",
    "letters": b"abc",
    "zero": b"0",
    "negative": b"-1",
    "a fraction": b"1.5",
    "NaN": b"NaN",
    "infinity": b"-Infinity",
    "an exponent": b"1e309",
    "over 32 bits": b"2147483648",
    "over 64 bits": b"9223372036854775808",
    "5,000 digits": b"9" * 5000,
    "digits of another script": "٣²½".encode(),
    "a superscript": "²".encode(),
    "hexadecimal": b"0x10",
    "underscored": b"1_0",
    "a list": b"[1,2]",
    "JSON": b'{"$ne": null}',
    "elsewhere": b"//evil.test/",
    "a script": b"javascript:alert(1)",
}


def share(of: Iterable, parts: int, *, turn: int) -> list:
    """One part of it, another one at each turn.

    The back office has some three hundred fields, made of a handful of kinds. All of them together meet every value
    many times over, and a run stays short enough to be run.
    """
    return list(of)[turn % parts :: parts]


IN_PARTS = "multipart/form-data; boundary=edge"


@dataclass(frozen=True)
class Body:
    """One request body, and what of it is still a value that the field should keep: None where none is."""

    what: str
    content: bytes
    content_type: str = "application/x-www-form-urlencoded"
    typed: bytes | None = None


def encoded(pairs: list[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{quote_plus(name)}={quoted(value)}" for name, value in pairs).encode()


@lru_cache(maxsize=256)
def quoted(value: bytes) -> str:
    return quote_plus(value)


def bodies(sent: dict[str, str], name: str, values: dict[str, bytes]) -> Iterator[Body]:
    """The form with one field gone wrong by each of the values."""
    others = [(key, value.encode()) for key, value in sent.items() if key != name]
    for what, value in values.items():
        yield Body(f"{name}: {what}", encoded([*others, (name, value)]), typed=value)


def shapes(sent: dict[str, str], name: str) -> list[Body]:
    """The form with one field gone wrong in itself: missing, twice, a list, a file, another encoding."""
    others = [(key, value.encode()) for key, value in sent.items() if key != name]
    return [
        Body(f"{name}: missing", encoded(others)),
        Body(f"{name}: twice", encoded([*others, (name, b"one"), (name, b"two\0")])),
        Body(f"{name}: a hundred times", encoded([*others, *[(name, b"x")] * 100])),
        Body(f"{name}: a list", encoded([*others, (f"{name}[]", b"x"), (f"{name}[a]", b"x")])),
        Body(f"{name}: a file", parts(others, f'name="{name}"; filename="a\\0.png"'), IN_PARTS),
        Body(f"{name}: in parts", parts(others, f'name="{name}"'), IN_PARTS),
    ]


def whole_bodies(sent: dict[str, str]) -> Iterator[Body]:
    """A good form that is wrong as a whole."""
    good = encoded([(key, value.encode()) for key, value in sent.items()])
    kinds = ("application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=",
             "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense",
             "multipart/form-data; boundary=\xff", "multipart/form-data; boundary=edge; charset=utf-7")  # fmt: skip
    for kind in kinds:
        yield Body(f"as {kind!r}", good, kind)
    yield Body("cut in the middle of a sign", good + b"&x=%", "application/x-www-form-urlencoded")
    yield Body("raw bytes", good + b"&\xff\xfe=\x00\xff", "application/x-www-form-urlencoded")
    yield Body("2,000 fields", good + b"".join(b"&f%d=1" % n for n in range(2000)))
    yield Body("nothing", b"")


def parts(others: list[tuple[str, bytes]], head: str) -> bytes:
    """multipart/form-data whose last part is `head` with bytes that are no text."""
    pieces = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'.encode() + value for key, value in others
    ]
    pieces.append(f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + b"\x89PNG\0\xff")
    return b"\r\n".join(pieces) + b"\r\n--edge--\r\n"


def addresses_elsewhere(own: str) -> list[str]:
    """More than a hundred ways to say evil.test where a page of `own` is asked for."""
    there = ["evil.test", "evil.test:80", f"{own}.evil.test", f"{own}@evil.test"]
    starts = (
        "// /// //// /\\ \\\\ \\/ http:// https:// HTTP://// http:/ http: https:\\\\ /\\/\\ //\\ http:\\/ /%09/".split()
    )
    starts += ["/\t/", "/\n/", "\t//", " //", "\0//", "\r\n//"]
    others = """javascript:alert(1) JaVaScRiPt:alert(1) data:text/html,x vbscript:x //%65vil.test //[::1] //[ http://[
        //0x7f000001 ftp://evil.test file:///etc/passwd /bss//evil.test /bss/../../evil.test /bss/\\evil.test
        /%0d%0aLocation://evil.test ／／evil.test ?next=//evil.test //evil。test""".split()
    others += ["java\tscript:alert(1)", "/\r\nLocation: //evil.test", "//evil.test\0", f"//{own}:99999", f"//{own}:x"]
    return [start + place for start in starts for place in there] + others
