from datetime import timedelta

from django import forms
from django.utils import timezone

from plans.models import ApiToken
from ui.forms import LineField, ShapedForm

SCOPE, EXPIRY = "Choose what the token may do.", "Choose how long the token works."
DAYS = [("30", "30 days"), ("90", "90 days"), ("365", "1 year")]


class TokenForm(ShapedForm):
    name = LineField(max_length=80, label="Name", help_text="The program that will use it, as in ERP.")
    scope = forms.ChoiceField(
        label="It may",
        choices=ApiToken.Scope.choices,
        error_messages={"required": SCOPE, "invalid_choice": SCOPE},
    )
    days = forms.ChoiceField(
        label="It works for", choices=DAYS, error_messages={"required": EXPIRY, "invalid_choice": EXPIRY}
    )

    def expires_at(self):
        return timezone.now() + timedelta(days=int(self.cleaned_data["days"]))
