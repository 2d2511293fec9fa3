"""What can be asked of the outbox. A filter that makes no sense is no filter."""

from django import forms

from notifications.models import Notification


class LetterFilter(forms.Form):
    """Kept in the URL: `?state=bounced&q=jonas.brandt@techsolutions.example`."""

    state = forms.ChoiceField(choices=Notification.State.choices, required=False)
    q = forms.CharField(max_length=254, required=False)

    @classmethod
    def of(cls, query: dict) -> dict[str, str]:
        form = cls(query)
        form.is_valid()
        return {"state": form.cleaned_data.get("state", ""), "q": form.cleaned_data.get("q", "")}
