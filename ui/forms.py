"""Forms as every page of the back office shows them: label, hint, field and message, tied together.

A field that may stay empty says "(optional)". One line of text is one line: control characters are refused with a
sentence, never a fault. A form that was refused is shown again with what was typed, status 422.
"""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

ONE_LINE = "Use one line of text without control characters."
PLAIN_TEXT = "Use plain text without control characters."
REQUIRED = "Fill in this field."
EMAIL = "Enter an email address, as in name@firm.com."


class Renderer(TemplatesSetting):
    field_template_name = "ui/form_field.html"


class LineField(forms.CharField):
    """One line of text, trimmed. `max_length` is a must: columns have an end."""

    def __init__(self, *, max_length: int, **kwargs) -> None:
        messages = {"max_length": f"Use at most {max_length} characters.", "null_characters_not_allowed": ONE_LINE}
        kwargs["error_messages"] = {"required": REQUIRED} | messages | kwargs.get("error_messages", {})
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text.isprintable():
            raise ValidationError(ONE_LINE, code="control")
        return text


class EmailField(forms.EmailField):
    def __init__(self, **kwargs) -> None:
        words = dict.fromkeys(("invalid", "max_length", "null_characters_not_allowed"), EMAIL)
        super().__init__(max_length=254, error_messages={"required": REQUIRED} | words, **kwargs)


class TextField(forms.CharField):
    """Several lines of plain text. Line breaks and tabs are kept, other control characters refused."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, *, max_length: int, **kwargs) -> None:
        messages = {"max_length": f"Use at most {max_length:,} characters.", "null_characters_not_allowed": PLAIN_TEXT}
        kwargs["error_messages"] = {"required": REQUIRED} | messages | kwargs.get("error_messages", {})
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value).replace("\r\n", "\n")
        if not text.replace("\n", " ").replace("\t", " ").isprintable():
            raise ValidationError(PLAIN_TEXT, code="control")
        return text


class TypedField(forms.Field):
    """Text exactly as it was typed, whatever it holds: a rule of the domain judges it and says what is wrong."""

    def to_python(self, value: object) -> str:
        return "" if value is None else str(value)


class VersionField(forms.Field):
    """The version of the record that the form was filled from, hidden. What is no version is none that there was."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: object) -> int:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class ShapedForm(forms.Form):
    """A form whose fields render by templates/ui/form_field.html: `{{ form.name.as_field_group }}`, or all of them."""

    default_renderer = Renderer

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("auto_id", "%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self._dress(field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """A field that a row of the database asks for."""
        self.fields[name] = field
        self._dress(field)

    def _dress(self, field: forms.Field) -> None:
        if getattr(field.widget, "input_type", "") not in ("radio", "checkbox", "hidden"):
            field.widget.attrs.setdefault("class", "input")
        if isinstance(field.widget, forms.CheckboxSelectMultiple):
            field.widget.attrs.pop("class", None)

    def refuse(self, field: str | None, sentence: str) -> None:
        """What a story refused, said at the field that mends it; at the top of the form where no field does."""
        self.add_error(field if field in self.fields else None, sentence)


def form_key_of(user_id: int, text: str) -> str:
    """The key that makes a form sent twice one order, tied to the user: nobody meets another's order by guessing it."""
    try:
        return f"{user_id}:{uuid.UUID(text)}"
    except ValueError:
        return f"{user_id}:{uuid.uuid4()}"
