"""No test falls between the processes of a shared run, and none is run by two of them."""

from itertools import zip_longest

from tests import sharing


def test_who_is_free_takes_what_is_left(request, tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "FOLDER", str(tmp_path))
    items = request.session.items
    monkeypatch.setattr(sharing, "GOES_BACKWARDS", False)
    first = sharing.taken(items)
    begun = [next(first)]
    monkeypatch.setattr(sharing, "GOES_BACKWARDS", True)
    second = sharing.taken(items)
    for one, other in zip_longest(second, first):
        begun += [one, other]
    assert sorted(item.nodeid for item in begun if item) == sorted(item.nodeid for item in items)
