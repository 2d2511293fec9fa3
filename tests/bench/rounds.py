"""The program that measures the database of DATABASE_URL through gunicorn, led by `bin/bench`.

It says the names of what it can measure; each line on standard input is one of them, answered with the milliseconds
that a request took the worker's processor, and those that passed until the answer was there.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import requests

TIMES = 5


class Site:
    """One gunicorn with one worker."""

    def __init__(self, settings: str) -> None:
        from servers_for_tests import free_port  # of bin/, which the settings have put on the path

        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{self.port}",
                   "-k", "gthread", "--log-level", "error", "config.wsgi"]  # fmt: skip
        self.process = subprocess.Popen(command, env=os.environ | {"DJANGO_SETTINGS_MODULE": settings})

    def asking(self, path: str, *, host: str, cookies: dict[str, str]) -> Callable[[], None]:
        url, headers = f"http://127.0.0.1:{self.port}{path}", {"Host": host}

        def ask() -> None:
            answer = requests.get(url, headers=headers, cookies=cookies, allow_redirects=False, timeout=60)
            assert answer.status_code in (200, 286), (path, answer.status_code, answer.headers)

        return ask

    def processor_time(self) -> float:
        """Milliseconds of the worker, all its threads together."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        tasks = [task for child in children for task in Path(f"/proc/{child}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


@contextlib.contextmanager
def site(settings: str) -> Iterator[Site]:
    there = Site(settings)
    try:
        yield there
    finally:
        there.process.terminate()
        there.process.wait()


def one(there: Site, ask: Callable[[], None]) -> tuple[float, float]:
    before, since = there.processor_time(), time.perf_counter()
    for _ in range(TIMES):
        ask()
    return (there.processor_time() - before) / TIMES, (time.perf_counter() - since) * 1000 / TIMES


def main() -> None:
    django.setup()
    from plans.models import Operator
    from tests.bench.back_office import LIST, F, addresses, of_storefronts, signed_in

    operator = Operator.objects.order_by("pk").first()
    bss, store = os.environ["BSS_HOST"], operator.store_host
    product = operator.products.order_by("pk").first().slug
    cookies = signed_in(operator)
    with site("tests.bench.bare_site") as bare, site("tests.settings") as house:
        there = {
            F: (bare, bare.asking(f"/{product}/?operator={operator.pk}", host=bss, cookies={})),
            LIST: (bare, bare.asking(f"/list-of-50/?operator={operator.pk}", host=bss, cookies=cookies)),
        }
        for name, path in addresses(operator).items():
            there[name] = house, house.asking(f"/bss/{path}", host=bss, cookies=cookies)
        for name, path in of_storefronts(operator).items():
            there[name] = house, house.asking(path, host=store, cookies={})
        for where, ask in there.values():
            until_it_answers(ask)
            one(where, ask)
        print(json.dumps(list(there)), flush=True)
        for line in sys.stdin:
            print(json.dumps(one(*there[line.rstrip("\n")])), flush=True)


def until_it_answers(ask: Callable[[], None]) -> None:
    for _ in range(150):
        try:
            return ask()
        except requests.ConnectionError:
            time.sleep(0.2)
    raise TimeoutError("gunicorn does not answer")


if __name__ == "__main__":
    main()
