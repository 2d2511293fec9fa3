"""Setup > Import resellers: the fate of every row first, then the rows, once, by whatever worker is there."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bss.setup.imports import checked, forms
from notifications.models import Notification
from plans import import_runs
from plans.importing import import_row
from plans.models import Account, Activity, ImportRun, Order, Subscription
from plans.sweeping import sweep
from tests import cast
from tests.plans.all_rows import all_rows

HERE = "/bss/setup/import/"
HEAD = "account,contact,email,plan,alias\n"
FILE = f"""{HEAD}Morrow IT,Jane Morrow,jane@morrow.example,Basic,
Nine Pines,Otto Pine,otto@ninepines.example,Free,ninepines
Bad Alias,Bob Bad,bob@badalias.example,Standard,admin
"""


def check(client, text: str | bytes = FILE, name: str = "resellers.csv", **fields):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(HERE, {"file": SimpleUploadedFile(name, content)} | fields)


def apply(client, answer):
    """Press Import, and let a worker bring the rows in."""
    done = client.post(f"{HERE}apply/", {"checked": answer.context["sealed"]})
    sweep(execute=True)
    return done


def refused(answer) -> str:
    assert answer.status_code == 422
    return " ".join(answer.context["form"].errors["file"])


def resellers(operator) -> list[str]:
    found = Account.objects.filter(operator=operator, kind="reseller").order_by("name")
    return list(found.values_list("name", flat=True))


def test_the_check_tells_every_fate_and_writes_nothing(maren, nordwind):
    maren.get(HERE)
    before = all_rows()
    answer = check(maren)
    assert answer.status_code == 200
    for words in ("Morrow IT on Basic", "Nine Pines on Free, at", "The alias admin is kept for the platform.",
                  "2 to create, 0 unchanged, 1 refused.", "Import 2 resellers", "1 row can’t come in and is left out.",
                  "Nobody is written to."):  # fmt: skip
        assert words in answer.text, words
    assert all_rows() == before


def test_apply_brings_in_what_was_checked_and_shows_each_row(maren, nordwind):
    done = apply(maren, check(maren))
    assert done.status_code == 302
    page = maren.get(done["Location"])
    assert "2 resellers created, 0 unchanged, 1 refused." in page.text
    assert "The alias admin is kept for the platform." in page.text
    assert resellers(nordwind) == ["Morrow IT", "Nine Pines"]
    assert Account.objects.get(name="Nine Pines").plan_subscription().plan.code == "free"
    assert not Notification.objects.exists()
    told = Activity.objects.get(verb="resellers.imported")
    assert told.text == "resellers.csv imported: 2 created, 0 unchanged, 1 refused."
    who = Activity.objects.filter(verb="account.imported").values_list("actor__email", flat=True)
    assert set(who) == {"maren.holt@nordwind.example"}


def test_twice_writes_nothing_twice(maren, nordwind):
    first = check(maren)
    apply(maren, first)
    counts = (Account.objects.count(), Order.objects.count(), Subscription.objects.count())
    again = maren.get(apply(maren, first)["Location"])  # the same button once more
    assert "2 resellers created, 0 unchanged, 1 refused." in again.text  # is the same run
    later = check(maren)
    assert "There is nothing to import." in later.text
    apply(maren, later)
    assert (Account.objects.count(), Order.objects.count(), Subscription.objects.count()) == counts


def test_letters_are_sent_where_that_was_asked_for(maren, nordwind):
    answer = check(maren, send_letters="on")
    assert "Letters are sent." in answer.text
    assert not Notification.objects.exists()
    apply(maren, answer)
    sent = set(Notification.objects.values_list("recipient_email", "template_code"))
    assert sent == {("jane@morrow.example", "invitation"), ("otto@ninepines.example", "invitation"),
                    ("otto@ninepines.example", "welcome_free")}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file needs the columns"),
        (b"\x89PNG\r\n\x1a\n\0\0", "The file is not UTF-8"),
        (b"a,b,c\n1,2,3\n", "Missing: account, contact, email, plan."),
        (HEAD.replace("alias", "colour").encode(), "Unknown: colour."),
        (HEAD.encode(), "The file has no rows"),
        ((HEAD + '"open').encode(), "Is a quotation mark missing?"),
        (b"\0" * 100, "The file needs the columns"),
    ],
)
def test_a_file_that_is_none_says_why(maren, nordwind, content, said):
    assert said in refused(check(maren, content))
    assert resellers(nordwind) == []


def test_no_file_says_so(maren):
    answer = maren.post(HERE, {})
    assert refused(answer) == "Choose a CSV file."
    assert refused(maren.post(HERE, {"file": "resellers.csv"})) == "Choose a CSV file."


def test_what_is_too_large_names_the_command(maren, nordwind, monkeypatch):
    monkeypatch.setattr(forms, "MOST_ROWS", 2)
    assert "The file has 3 rows. Bring larger files in with the command" in refused(check(maren))
    big = (HEAD + "x" * (2 * 1024 * 1024)).encode()
    assert "manage.py import_resellers" in refused(check(maren, big))
    monkeypatch.setattr(forms, "MOST_ROWS", 1000)
    monkeypatch.setattr(checked, "LONGEST", 100)
    assert "The file is too large to be checked here." in refused(check(maren))


def test_strange_rows_are_refused_one_by_one(maren, nordwind):
    rows = "A\0B,Jo,a@b.example,Basic,\n\u202e,Jo,c@b.example,Basic,\nC,Jo,nobody,Basic,\nD,Jo,d@d.example,Gold\n"
    answer = check(maren, HEAD + rows)
    assert answer.status_code == 200
    assert "0 to create, 0 unchanged, 4 refused." in answer.text
    assert "It has 4 columns, the first line has 5." in answer.text


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "\0", "é" * 99, "x" * 10_000])
def test_apply_takes_nothing_but_what_was_checked(maren, nordwind, text):
    answer = maren.post(f"{HERE}apply/", {"checked": text})
    assert answer.status_code == 422
    assert "This check is no longer valid." in answer.text
    assert resellers(nordwind) == []


def test_a_check_that_was_changed_is_no_check(maren, nordwind):
    sealed = check(maren).context["sealed"]
    for other in (sealed[:-1] + ("a" if sealed[-1] != "a" else "b"), "X" + sealed, sealed.partition(":")[2]):
        assert maren.post(f"{HERE}apply/", {"checked": other}).status_code == 422
    assert resellers(nordwind) == []


def test_a_check_belongs_to_who_made_it_and_ends(maren, nordwind, office, monkeypatch):
    answer = check(maren)
    colleague = office(cast.staff(nordwind).user)
    stranger = office(cast.staff(cast.distributor("Sudlicht", host="sudlicht.test")).user)
    assert apply(colleague, answer).status_code == apply(stranger, answer).status_code == 422
    monkeypatch.setattr(checked, "VALID_FOR", -1)
    assert apply(maren, answer).status_code == 422
    assert resellers(nordwind) == []


def test_a_result_is_for_who_brought_it_in_and_is_not_kept_for_ever(maren, nordwind, office):
    result = apply(maren, check(maren))["Location"]
    colleague = office(cast.staff(nordwind).user)
    assert "Nine Pines" not in colleague.get(result).text
    assert "Nine Pines" in maren.get(result).text
    assert bytes(ImportRun.objects.get().content) == b""  # the file is not kept at all
    ImportRun.objects.update(ended_at=timezone.now() - timedelta(days=2))
    sweep()
    page = maren.get(result)
    assert page.status_code == 200
    assert "This result is no longer kept." in page.text


def test_who_looks_on_sees_how_far_it_has_come(maren, nordwind, monkeypatch):
    twice = "Morrow IT,Jo Low,jo@low.example,Basic,\n"
    page = maren.post(f"{HERE}apply/", {"checked": check(maren, FILE + twice).context["sealed"]})["Location"]
    assert "Waiting for a worker" in maren.get(page).text
    assert f'data-progress="{page}progress/" data-reload' in maren.get(page).text
    run = ImportRun.objects.get()
    import_runs.go_on(run.pk, seconds=-1)  # no time for a single row
    assert (resellers(nordwind), run.fates.count()) == ([], 0)

    def only_one(row, **about):
        if row.line > 2:
            raise OSError("the worker is gone")
        return import_row(row, **about)

    monkeypatch.setattr(import_runs, "import_row", only_one)
    import_runs.go_on(run.pk)
    part = maren.get(f"{page}progress/")
    assert (part.status_code, "1 of 4 rows" in part.text) == (200, True)
    assert "it goes on by itself where it stopped, and no row comes in twice" in part.text
    monkeypatch.undo()
    import_runs.go_on(run.pk)  # its pause is not over yet: as if another worker were at it
    assert run.fates.count() == 1
    ImportRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep(execute=True)
    assert maren.get(f"{page}progress/").status_code == 286
    assert "2 resellers created, 0 unchanged, 2 refused." in maren.get(page).text
    assert "The account Morrow IT stands in line 2 already." in maren.get(page).text
    assert Activity.objects.filter(verb="resellers.imported").count() == 1


def test_a_worker_that_comes_back_late_writes_nothing(maren, nordwind, monkeypatch):
    maren.post(f"{HERE}apply/", {"checked": check(maren).context["sealed"]})
    run = ImportRun.objects.get()

    ask = import_runs._left

    def late(run, seen):
        monkeypatch.undo()
        ImportRun.objects.update(lease_owner=uuid.uuid4())  # its lease ran out, and another worker took over
        return ask(run, seen)

    monkeypatch.setattr(import_runs, "_left", late)
    import_runs.go_on(run.pk)
    assert (resellers(nordwind), run.fates.count(), Activity.objects.filter(verb="resellers.imported").count()) == (
        [], 0, 0
    )  # fmt: skip


def test_a_row_that_is_the_end_of_every_worker_is_left_out(maren, nordwind, monkeypatch):
    page = maren.post(f"{HERE}apply/", {"checked": check(maren).context["sealed"]})["Location"]
    run = ImportRun.objects.get()

    def poisoned(row, **about):
        if row.account == "Morrow IT":
            raise MemoryError
        return import_row(row, **about)

    monkeypatch.setattr(import_runs, "import_row", poisoned)
    for _ in range(import_runs.MOST_ATTEMPTS + 1):
        import_runs.go_on(run.pk)
        ImportRun.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    assert "1 reseller created, 0 unchanged, 2 refused." in maren.get(page).text
    assert import_runs.GAVE_UP in maren.get(page).text


def test_what_stands_in_the_file_is_text(maren, nordwind):
    answer = check(maren, HEAD + "<img src=x>,Jo,a@b.example,Basic,\n", name="<b>.csv")
    assert "<img src=x" not in answer.text and "<b>.csv" not in answer.text
    page = maren.get(apply(maren, answer)["Location"]).text
    assert "<img src=x" not in page and "&lt;img src=x&gt;" in page


@pytest.mark.parametrize("role", ["account_manager", "operations", "finance", "read_only"])
def test_who_may_not_set_up_imports_nothing(nordwind, office, role):
    client = office(cast.staff(nordwind, role).user)
    assert "You can’t do this with your role." in client.get(HERE).text
    assert check(client).status_code == client.post(f"{HERE}apply/", {}).status_code == 403
