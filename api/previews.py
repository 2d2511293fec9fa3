"""The preview: what an order would do. The same object that every dialog shows, with its fingerprint."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from plans.preview import Preview

REFUSAL = {name: serializers.CharField() for name in ("code", "sentence", "mend")}
LINE = {name: serializers.CharField() for name in ("kind", "text", "net", "tax_rate", "tax_text")} | {
    "period_start_on": serializers.DateField(),
    "period_end_on": serializers.DateField(),
    "item": serializers.IntegerField(),
}
ITEM = {name: serializers.CharField() for name in ("product", "name", "cycle")} | {
    "quantity": serializers.IntegerField(),
    "unit_price": serializers.CharField(help_text="Empty: the product has no price", allow_blank=True),
}
TAX = {name: serializers.CharField() for name in ("text", "rate", "tax")}
LETTER = {
    "template": serializers.CharField(),
    "recipients": serializers.ListField(child=serializers.EmailField()),
    "language": serializers.CharField(),
}


def _many(name: str, fields: dict[str, serializers.Field]) -> serializers.Serializer:
    return inline_serializer(name, fields, many=True)


class AgreedBody(serializers.Serializer):
    """What is kept on an order: what was shown and agreed to."""

    account = serializers.CharField()
    currency = serializers.CharField()
    on = serializers.DateField()
    change = serializers.CharField()
    from_plan = serializers.CharField(allow_blank=True)
    to_plan = serializers.CharField(allow_blank=True)
    items = _many("PreviewItem", ITEM)
    lines = _many("PreviewLine", LINE)
    taxes = _many("PreviewTax", TAX)
    net = serializers.CharField()
    tax = serializers.CharField()
    total = serializers.CharField()
    renews_on = serializers.CharField(allow_blank=True)
    renewal_net = serializers.CharField()
    replaces = serializers.CharField(required=False, allow_blank=True, help_text="The subscription that ends")
    replaced_until = serializers.CharField(required=False, allow_blank=True, help_text="Up to when that one is paid")
    when = serializers.ChoiceField(["now", "period_end"], required=False)
    with_credit = serializers.BooleanField(required=False, help_text="For the days that are left")
    kept_until = serializers.CharField(required=False, allow_blank=True, help_text="Of the alias, when it is parked")
    over = serializers.DictField(required=False, child=serializers.IntegerField(), help_text="Exceeded limits")
    storefront = serializers.ChoiceField(["open", "keep", "restore", "park", "none"])
    alias = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    gained = serializers.ListField(child=serializers.CharField())
    frozen = serializers.ListField(child=serializers.CharField())
    touched = serializers.DictField(child=serializers.IntegerField())
    letters = _many("PreviewLetter", LETTER)
    refusals = _many("PreviewRefusal", REFUSAL)
    terms = serializers.IntegerField()


class PreviewBody(AgreedBody):
    fingerprint = serializers.CharField()


def shown(preview: Preview) -> dict[str, object]:
    return preview.as_dict() | {"fingerprint": preview.fingerprint}
