"""What can be asked of the list of orders. A filter that makes no sense is no filter."""

from django import forms

from plans.models import Order


class OrderFilter(forms.Form):
    """Kept in the URL: `?state=failed&q=SO-01874`."""

    state = forms.ChoiceField(choices=Order.State.choices, required=False)
    q = forms.CharField(max_length=120, required=False)

    @classmethod
    def of(cls, query: dict) -> dict[str, str]:
        form = cls(query)
        form.is_valid()
        return {"state": form.cleaned_data.get("state", ""), "q": form.cleaned_data.get("q", "")}
