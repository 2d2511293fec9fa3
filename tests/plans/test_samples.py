"""What staff see of a letter before it is written: one of every kind can be shown."""

import pytest

from notifications.catalogue import CATALOGUE
from plans.samples import sample_letter
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_letter_of_every_kind_can_be_shown():
    operator = cast.distributor()
    by = cast.staff(operator).user
    for code in CATALOGUE:
        assert sample_letter(code, operator=operator, account=None, by=by).template_code == code
