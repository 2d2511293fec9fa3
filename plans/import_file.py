"""Reading the file of resellers: CSV in UTF-8, with or without a byte order mark, `,` or `;` between the columns."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

NEEDED = ("account", "contact", "email", "plan")
OPTIONAL = (
    "vat_id",
    "alias",
    "start_date",
    "cycle",
    "tax_treatment",
    "street",
    "postal_code",
    "city",
    "country",
    "phone",
)
ALSO_CALLED = {"current_plan": "plan", "storefront_alias": "alias", "e_mail": "email", "vat": "vat_id"}
MOST_ROWS = 10_000


class FileRefused(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the file as it stands there; columns that the file lacks are empty. `line` counts from 1."""

    line: int
    account: str = ""
    contact: str = ""
    email: str = ""
    plan: str = ""
    vat_id: str = ""
    alias: str = ""
    start_date: str = ""
    cycle: str = ""
    tax_treatment: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""
    trouble: str = ""  # what is wrong with the line itself

    @property
    def starts_on(self) -> date | None:
        """The start date; None where none was given. ValueError where it is no date."""
        return date.fromisoformat(self.start_date) if self.start_date else None


def read_rows(path: str | Path) -> list[Row]:
    """The rows below the line of column names; empty lines are left out. Raises FileRefused."""
    try:
        content = Path(path).read_bytes()
    except OSError as problem:
        raise FileRefused(f"{path}: {problem.strerror or problem}.") from None
    return rows_in(content)


def rows_in(content: bytes) -> list[Row]:
    """The same of a file that was read already."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileRefused(f"The file is not UTF-8: byte {problem.start + 1}. Save it as “CSV UTF-8”.") from None
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []))
        rows = [_row(reader.line_num, cells, columns) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as problem:
        raise FileRefused(f"Line {reader.line_num}: {problem}. Is a quotation mark missing?") from None
    if len(rows) > MOST_ROWS:
        raise FileRefused(f"The file has {len(rows):,} rows. Up to {MOST_ROWS:,} are allowed.")
    return rows


def _columns(heading: list[str]) -> list[str]:
    """The names of the columns: `VAT ID` and `vat_id` are one, `current plan` is `plan`."""
    names = [re.sub(r"[\s_-]+", "_", name.strip().lower()) for name in heading]
    names = [ALSO_CALLED.get(name, name) for name in names]
    known = f"The file needs the columns {', '.join(NEEDED)}; these are optional: {', '.join(OPTIONAL)}."
    if missing := [name for name in NEEDED if name not in names]:
        raise FileRefused(f"{known} Missing: {', '.join(missing)}.")
    if unknown := [name for name in names if name not in NEEDED + OPTIONAL]:
        raise FileRefused(f"{known} Unknown: {', '.join(name or '(empty)' for name in unknown)}.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FileRefused(f"{known} Twice: {', '.join(twice)}.")
    return names


def _row(line: int, cells: list[str], columns: list[str]) -> Row:
    values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    trouble = "" if len(cells) == len(columns) else f"It has {len(cells)} columns, the first line has {len(columns)}."
    return Row(line=line, trouble=trouble, **values)
