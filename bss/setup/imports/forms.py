from django import forms

from plans.import_file import FileRefused, Row, rows_in
from ui.forms import ShapedForm

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 1_000  # as a person looks through them: more belong into the command
BY_COMMAND = "Bring larger files in with the command manage.py import_resellers."


class ImportForm(ShapedForm):
    file = forms.FileField(
        label="CSV file",
        help_text=f"UTF-8, up to 2 MB and {MOST_ROWS:,} rows.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        allow_empty_file=True,
        error_messages={"required": "Choose a CSV file.", "invalid": "Choose a CSV file."},
    )
    send_letters = forms.BooleanField(
        required=False,
        label="Send letters",
        help_text="Invite each contact to sign in, and welcome who is on a plan. Off: nobody is written to.",
    )

    def clean_file(self) -> list[Row]:
        """The rows of the file."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(f"The file is larger than 2 MB. {BY_COMMAND}")
        self.content, self.filename = file.read(), str(file.name)[:120]
        try:
            rows = rows_in(self.content)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)[:500]) from None
        if not rows:
            raise forms.ValidationError("The file has no rows below the names of the columns.")
        if len(rows) > MOST_ROWS:
            raise forms.ValidationError(f"The file has {len(rows):,} rows. {BY_COMMAND}")
        return rows
