"""The local outbox: whole files, for their owner's eyes only, each letter once."""

import email
import email.policy
import stat

import pytest
from django.core.mail import EmailMessage

from notifications.delivery import deliver
from notifications.models import Notification
from notifications.outbox import EmailBackend
from notifications.post import Recipient, post

from .people import BRAND, JONAS, WHY, make_due, welcome


def reset_link(letter: Notification) -> str:
    return "https://cloud.nordwind.example/login/reset/real-token"


def test_a_letter_lands_as_a_file_that_a_mail_program_reads(nordwind, outbox):
    [letter] = welcome(nordwind)
    assert deliver(letter.pk)
    [path] = outbox.iterdir()
    assert path.name == letter.message_id[1:].split("@")[0] + ".eml"
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert read["Message-ID"] == letter.message_id
    assert "https://cloud.nordwind.example/techsolutions" in read.get_body(("plain",)).get_content()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700


def test_the_real_link_is_in_the_file_only(nordwind, outbox, settings):
    settings.NOTIFICATION_SECRET_LINKS = {"password_reset": f"{__name__}.reset_link"}
    [letter] = post("password_reset", operator_id=nordwind.pk, occasion="user:1:x", to=[Recipient(JONAS, "Jonas")],
                    fields={"valid_for": "1 hour"}, brand=BRAND, reason=WHY, secret_kind="password_reset")  # fmt: skip
    deliver(letter.pk)
    [path] = outbox.iterdir()
    assert "real-token" in path.read_text()
    kept = Notification.objects.get(pk=letter.pk)
    assert "real-token" not in kept.text + kept.html


def test_handed_over_twice_it_is_there_once(nordwind, outbox):
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    Notification.objects.filter(pk=letter.pk).update(state="unknown")
    make_due(letter)
    assert deliver(letter.pk)
    assert len(list(outbox.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_tried_again(nordwind, outbox):
    outbox.write_text("a file where the folder should be")
    [letter] = welcome(nordwind)
    deliver(letter.pk)
    assert Notification.objects.get(pk=letter.pk).state == "retry"


@pytest.mark.parametrize("name", ["<../../etc/passwd@x>", "<a/b@x>", "<.hidden@x>", "<@x>", "<\x00@x>"])
def test_a_name_never_leaves_the_folder(outbox, name):
    message = EmailMessage("s", "b", "a@b.example", ["c@d.example"], headers={"Message-ID": name})
    EmailBackend().send_messages([message])
    [path] = outbox.iterdir()
    assert path.suffix == ".eml" and not path.name.startswith(".")
    assert list(outbox.parent.iterdir()) == [outbox]
