import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from notifications.catalogue import CATALOGUE, LetterKind
from notifications.editing import MOST_ADDED, WORDS, Draft, Words, draft_of, problems_in
from notifications.merging import MAX_SOURCE
from notifications.models import NotificationTemplate
from notifications.models.template import RecipientKind
from plans.models import Operator
from plans.wording import added_of
from ui.forms import REQUIRED, LineField, ShapedForm, TextField, VersionField

EMAIL = "Enter an email address, as in partners@firm.com."
TOO_MANY = f"Add up to {MOST_ADDED} recipients."
ADDED_HINT = (
    f"Email addresses, one per line, up to {MOST_ADDED}. They are added as BCC; begin a line with To: or CC: to change "
    "that. Colleagues and contacts are kept as such: the letter follows them when their address changes."
)
_LINE = re.compile(r"^\s*(?:(to|cc|bcc)\s*:)?(.*)$", re.IGNORECASE)


class WordsForm(ShapedForm):
    """The words alone, checked like those of a template that is saved."""

    subject = LineField(max_length=300, label="Subject")
    preview_text = LineField(
        max_length=300, required=False, label="Preview text", help_text="Shown after the subject in an inbox."
    )
    body = TextField(
        max_length=MAX_SOURCE,
        strip=False,
        label="Message",
        help_text="Empty lines part paragraphs, “# ” begins the heading, “1. ” an item of a list. "
        "The plain-text version is made from it.",
        widget=forms.Textarea(attrs={"rows": 15, "class": "input mono", "spellcheck": "true"}),
    )
    button_label = LineField(max_length=60, label="Button label")

    def __init__(self, *args, kind: LetterKind, **kwargs) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)
        if kind.button_field:
            self.fields["button_label"].help_text = f"The button leads to {kind.button_field}."
        else:  # there is no address to lead to
            del self.fields["button_label"]

    def clean_body(self) -> str:
        if not self.cleaned_data["body"].strip():
            raise ValidationError(REQUIRED, code="required")
        return self.cleaned_data["body"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors:
            for name, sentences in problems_in(self.words(), kind=self.kind).items():
                for sentence in sentences:
                    self.add_error(name, sentence)
        return cleaned

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data.get(name, "") for name in WORDS})


class AddressesField(TextField):
    """Lines of email addresses, each line To, CC or BCC. Cleans to a list of (kind, address), each address once."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"})

    def clean(self, value: object) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for number, line in enumerate(super().clean(value).split("\n"), start=1):
            kind, rest = _LINE.match(line).groups()
            for email in filter(None, re.split(r"[\s,;]+", rest)):
                self._check(email, number)
                found.setdefault(email.lower(), (kind or "bcc").lower())
        if len(found) > MOST_ADDED:
            raise ValidationError(TOO_MANY, code="too_many")
        return [(kind, email) for email, kind in found.items()]

    def _check(self, email: str, number: int) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationError(f"Line {number}: {EMAIL}", code="email") from None
        if len(email) > 254:
            raise ValidationError(f"Line {number}: {EMAIL}", code="email")


class TemplateForm(WordsForm):
    """All that staff decide about a letter: its words in one language, and who gets it."""

    version = VersionField()
    send_to_primary = forms.BooleanField(required=False)
    added = AddressesField(max_length=4000, required=False, label="Additional recipients", help_text=ADDED_HINT)

    def __init__(self, *args, template: NotificationTemplate, language: str, **kwargs) -> None:
        self.template, self.language = template, language
        kind, draft = CATALOGUE[template.code], draft_of(template, language)
        initial = {**vars(draft.words), "version": template.version, "send_to_primary": draft.send_to_primary}
        super().__init__(*args, kind=kind, initial=initial | {"added": lines_of(template)}, **kwargs)
        for name in WORDS:
            if name in self.fields:
                self.fields[name].widget.attrs["lang"] = language
        self.fields["send_to_primary"].label = kind.reader
        if kind.has_secret_link:
            del self.fields["added"]
            del self.fields["send_to_primary"]

    def draft(self, *, operator: Operator) -> Draft:
        cleaned = self.cleaned_data
        added = added_of(cleaned.get("added", []), operator=operator)
        return Draft(self.words(), cleaned.get("send_to_primary", True), added, self.language)


class TestForm(ShapedForm):
    __test__ = False  # nothing for pytest

    to = forms.EmailField(
        max_length=254,
        label="Send to",
        error_messages={"required": EMAIL, "invalid": EMAIL, "max_length": EMAIL},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


def seen_in(typed: dict[str, str]) -> int:
    """The version that a form without fields of its own was filled from."""
    return VersionField().clean(typed.get("version", ""))


def lines_of(template: NotificationTemplate) -> str:
    """The added recipients as they are typed: one per line, BCC without a word before it."""
    if not template.pk:
        return ""
    lines = []
    for kind, *emails in template.recipients.order_by("pk").values_list(
        "kind", "email", "user__email", "contact__email"
    ):
        email = next(filter(None, emails), "")
        lines.append(email if kind == RecipientKind.BCC else f"{RecipientKind(kind).label}: {email}")
    return "\n".join(lines)
