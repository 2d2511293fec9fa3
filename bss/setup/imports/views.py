from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from bss.permissions import ReadByStaff, StaffRequired
from plans.import_check import check_rows
from plans.import_file import NEEDED, OPTIONAL
from plans.import_runs import counted, start_import
from plans.importing import Fate
from plans.models import ImportRun

from .checked import Checked, seal, unseal
from .forms import BY_COMMAND, ImportForm

OUTDATED = "This check is no longer valid. Upload the file again."
NOTHING_MORE = 286  # tells whoever polls to stop
KINDS = {"create": "ok", "unchanged": "", "refused": "bad"}
TO_BE = {"create": "To create", "unchanged": "Unchanged", "refused": "Refused"}
DONE = TO_BE | {"create": "Created"}


class ImportCheck(ReadByStaff, View):
    """Upload, and see the fate of every row: nothing is written."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return show_upload(request, ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return show_upload(request, form, status=422)
        letters = form.cleaned_data["send_letters"]
        sealed = seal(Checked(form.content, form.filename, letters), staff=request.staff)
        if not sealed:
            form.refuse("file", f"The file is too large to be checked here. {BY_COMMAND}")
            return show_upload(request, form, status=422)
        fates = check_rows(form.cleaned_data["file"], operator=request.operator, send_letters=letters)
        context = outcome(fates) | {"filename": form.filename, "letters": letters, "sealed": sealed, "words": TO_BE}
        return render(request, "bss/setup/imports/check.html", context)


class ImportApply(StaffRequired, View):
    """Bring in what was checked. Pressed once more it leads to the same result."""

    permission = "setup"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("import_resellers")

    def post(self, request: HttpRequest) -> HttpResponse:
        sealed = request.POST.get("checked", "")
        checked = unseal(sealed, staff=request.staff)
        if checked is None:
            return show_upload(request, ImportForm(), problem=OUTDATED, status=422)
        run = start_import(
            request.operator,
            content=checked.content,
            filename=checked.filename,
            send_letters=checked.send_letters,
            key=sha256(sealed.encode()).hexdigest()[:32],
            by=request.user,
        )
        return redirect("import_result", key=run.key)


class ImportResult(StaffRequired, View):
    """How far it has come, then what became of each row: for who brought them in, for a day."""

    permission = "setup"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        run = run_of(request, key)
        context = {"run": run, "words": DONE}
        if run:
            context |= {
                "rows": rows_shown(run) if run.is_over else [],
                "counts": counted(run),
                "filename": run.filename,
            }
        return render(request, "bss/setup/imports/result.html", context)


class ImportProgress(ImportResult):
    """The part of it that changes; 286 when nothing will change any more."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        run = run_of(request, key)
        status = 200 if run and not run.is_over else NOTHING_MORE
        return render(request, "bss/setup/imports/progress.html", {"run": run}, status=status)


def run_of(request: HttpRequest, key: str) -> ImportRun | None:
    return ImportRun.objects.filter(operator=request.operator, by=request.user, key=key[:40]).defer("content").first()


def rows_shown(run: ImportRun) -> list[dict[str, object]]:
    fates = run.fates.order_by("line").values("line", "account", "plan", "kind", "text")
    return [fate | {"badge": KINDS[fate["kind"]]} for fate in fates]


def outcome(fates: Iterable[Fate]) -> dict[str, object]:
    """The fates as the check shows them."""
    fates = list(fates)
    counts = Counter(fate.kind for fate in fates)
    rows = [
        {"line": f.row.line, "account": f.row.account[:120], "plan": f.row.plan[:60], "kind": f.kind,
         "badge": KINDS[f.kind], "text": f.text}
        for f in fates
    ]  # fmt: skip
    return {"rows": rows, "counts": {kind: counts[kind] for kind in KINDS}}


def show_upload(request: HttpRequest, form: ImportForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "problem": problem, "needed": NEEDED, "optional": OPTIONAL}
    return render(request, "bss/setup/imports/upload.html", context, status=status)
