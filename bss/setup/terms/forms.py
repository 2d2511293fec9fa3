from ui.forms import ShapedForm, TextField, VersionField


class TermsForm(ShapedForm):
    after = VersionField()  # the version that was current when the form was opened
    text = TextField(
        max_length=100_000,
        label="Text",
        help_text="Plain text. An empty line begins a paragraph. Resellers accept it with their next plan order.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 26
