"""What may be sent. JSON says of itself what is text, number or yes and no: nothing is turned into another kind, and a
field that nobody knows is refused instead of being left out in silence."""

from collections.abc import Mapping
from operator import attrgetter

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from plans.money import round_to

UNKNOWN = "This field is not known here."
NOT_PRINTABLE = "Use one line of text without control characters."


class Body(serializers.Serializer):
    """The body of an unsafe call."""

    def to_internal_value(self, data: object) -> dict[str, object]:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [UNKNOWN] for name in unknown})
        return super().to_internal_value(data)


class Nothing(Body):
    """A body without fields: {} or nothing at all."""


class Text(serializers.CharField):
    """Text as it was sent: a rule of the domain judges it."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**({"max_length": 200, "trim_whitespace": False} | kwargs))

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Line(Text):
    """One line of printable text, trimmed."""

    def __init__(self, **kwargs) -> None:
        super().__init__(trim_whitespace=True, **kwargs)

    def to_internal_value(self, data: object) -> str:
        text = super().to_internal_value(data)
        if not text.isprintable():
            raise serializers.ValidationError(NOT_PRINTABLE)
        return text


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(f"Use one of: {', '.join(self.choices)}.")
        return data


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@extend_schema_field(OpenApiTypes.STR)
class Money(serializers.Field):
    """An amount as text, with as many digits as its currency has: "149.00"."""

    def __init__(self, amount: str, *, currency: str = "currency") -> None:
        super().__init__(source="*", read_only=True)
        self.amount, self.currency = attrgetter(amount), attrgetter(currency)

    def to_representation(self, row: object) -> str:
        return str(round_to(self.amount(row), self.currency(row)))


class MoneyOrNone(Money):
    """The same where there may be no amount: null."""

    def __init__(self, amount: str, *, currency: str = "currency") -> None:
        super().__init__(amount, currency=currency)
        self.allow_null = True

    def to_representation(self, row: object) -> str | None:
        return None if self.amount(row) is None else super().to_representation(row)
