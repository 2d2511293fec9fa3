"""Settings of a storm without some guards: those of the tests, and an app that takes away what STORM_WITHOUT names."""

from django.apps import AppConfig

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS


class Unguarded(AppConfig):
    name = "tests.faults.storm"
    label = "unguarded"

    def ready(self) -> None:
        from .guards import in_this_process

        in_this_process()


INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.storm.unguarded.Unguarded"]
