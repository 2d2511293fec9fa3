"""Who asks for the upgrades: browsers and a program, by HTTP, patient as people are when a page says "in a moment"."""

import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from queue import Empty, Queue

import requests

from tests.storefront.visits import Form

from .upgrades import Upgrade, World

PATIENCE = 120.0  # seconds for one answer; a key whose first call died is given free after a minute
AGAIN_AFTER = 0.4
AT_MOST = 6  # forms that are filled in for one upgrade
TOKEN = "storm" + "0" * 27  # a CSRF cookie of one's own: 32 letters


class GivenUp(Exception):
    """No answer within PATIENCE."""


class Browser:
    """One visitor with cookies. What gets no answer, or "in a moment", is sent again exactly as it was."""

    def __init__(self, base: str, seen: Counter, session: str = "") -> None:
        self.base, self.seen = base, seen
        self.http = requests.Session()
        if session:
            self.http.cookies.update({"session": session, "csrf": TOKEN})

    def ask(self, method: str, path: str, **how) -> requests.Response:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.http.request(method, self.base + path, timeout=40, allow_redirects=False, **how)
            except requests.RequestException as problem:
                self.seen[type(problem).__name__] += 1
                time.sleep(AGAIN_AFTER)
                continue
            self.seen[f"{answer.status_code}"] += 1
            if answer.status_code == 500:
                self.seen[f"500 at {re.sub('[0-9]{3,}', 'n', path)}"] += 1
            is_in_flight = answer.status_code == 409 and "idempotency_in_flight" in answer.text
            if answer.status_code < 500 and answer.status_code != 429 and not is_in_flight:
                return answer
            time.sleep(AGAIN_AFTER)
        raise GivenUp(f"{method} {path}")

    def form(self, path: str, action: str) -> dict[str, str] | None:
        """What the form of this page would send; None where the page shows no such form."""
        return form_in(self.ask("GET", path).text, action)

    def send(self, path: str, fields: dict[str, str]) -> requests.Response:
        return self.ask("POST", path, data={"csrfmiddlewaretoken": TOKEN} | fields)


class Caller:
    """Walks each upgrade through its door. A form that is refused is opened anew, as people do."""

    def __init__(self, base: str, world: World, seen: Counter, number: int) -> None:
        self.base, self.seen = base, seen
        self.staff = Browser(base, seen, world.staff[number % len(world.staff)])
        self.program = Browser(base, seen)
        self.program.http.headers["Authorization"] = f"Bearer {world.tokens[number % len(world.tokens)]}"

    def bring_in(self, upgrade: Upgrade) -> None:
        door: Callable[[Upgrade], requests.Response | None] = getattr(self, upgrade.door)
        for _ in range(AT_MOST):
            try:
                answer = door(upgrade)
            except GivenUp as problem:
                upgrade.told.append(f"no answer: {problem}")
                return
            if answer is not None and answer.status_code in (201, 302):
                upgrade.is_in = True
                return
            upgrade.told.append("no form" if answer is None else said(answer))
            time.sleep(AGAIN_AFTER)

    def basket(self, upgrade: Upgrade) -> requests.Response | None:
        mine = Browser(self.base, self.seen, upgrade.session)
        mine.send("/basket/add/", {"product": "standard-plan", "cycle": "month"})
        form = mine.form("/checkout/", "/checkout/")
        more = {"payment": "account", "reference": "", "terms": "on"}
        return form and mine.send("/checkout/", form | typed(upgrade) | more)

    def dialog(self, upgrade: Upgrade) -> requests.Response | None:
        return self._save(self.staff, f"/bss/accounts/{upgrade.account}/upgrade/standard/", upgrade)

    def subscription(self, upgrade: Upgrade) -> requests.Response | None:
        return self._save(self.staff, f"/bss/subscriptions/{upgrade.held}/upgrade/", upgrade, query="?to=standard")

    def own_subscription(self, upgrade: Upgrade) -> requests.Response | None:
        mine = Browser(self.base, self.seen, upgrade.session)
        return self._save(mine, f"/subscriptions/{upgrade.held}/upgrade/", upgrade, query="?to=standard")

    def _save(self, who: Browser, url: str, upgrade: Upgrade, *, query: str = "") -> requests.Response | None:
        form = who.form(url, url + query)
        return form and who.send(url + query, form | typed(upgrade) | {"cycle": "month", "terms": "on"})

    def bss_order(self, upgrade: Upgrade) -> requests.Response | None:
        """An order is made, its item is given the alias, and it is executed: three forms of three pages."""
        form = self.staff.form(f"/bss/orders/new/?account={upgrade.account}", "/bss/orders/new/")
        drafted = form and self.staff.send("/bss/orders/new/", form | {"product": "standard-plan", "cycle": "month"})
        if drafted is None or drafted.status_code != 302:
            return drafted
        return self._see_through(drafted, upgrade)

    def _see_through(self, drafted: requests.Response, upgrade: Upgrade) -> requests.Response:
        """The page says what is to be done next, also to who has had no answer, or was refused what is done already."""
        page = drafted.headers["Location"].partition("?")[0]
        told = drafted
        for _ in range(AT_MOST):
            shown = self.staff.ask("GET", page).text
            pencil = re.search(rf"{page}items/[0-9]+/edit/", shown)
            execute = form_in(shown, f"{page}execute/")
            if pencil and upgrade.alias not in shown:
                form = self.staff.form(pencil[0], pencil[0])
                told = self.staff.send(pencil[0], (form or {}) | typed(upgrade) | {"cycle": "month"})
            elif execute is not None:
                told = self.staff.send(f"{page}execute/", execute)
            else:
                return drafted  # it is placed
        return told

    def api(self, upgrade: Upgrade) -> requests.Response:
        wanted = {"account": upgrade.account, "plan": "standard", "cycle": "month"} | typed(upgrade)
        shown = self.program.ask("POST", "/api/v1/plan-changes/preview/", json=wanted)
        if shown.status_code != 200:
            return shown
        sent = wanted | {"fingerprint": shown.json()["fingerprint"]}
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return self.program.ask("POST", "/api/v1/plan-changes/", json=sent, headers=key)


def form_in(page: str, action: str) -> dict[str, str] | None:
    form = Form(action)
    form.feed(page)
    return form.values if form.found else None


def typed(upgrade: Upgrade) -> dict[str, str]:
    return {} if upgrade.typed is None else {"alias": upgrade.typed}


def said(answer: requests.Response) -> str:
    """What a person, or a program, reads of an answer that is not yes."""
    if "json" in answer.headers.get("Content-Type", ""):
        return f"{answer.status_code} {answer.text[:200]}"
    alert = re.search(r'role="alert".{0,600}', answer.text, re.S)
    return f"{answer.status_code} {' '.join(re.sub('<[^>]*>', ' ', alert[0] if alert else '').split())[12:200]}"


class Crowd:
    """A few callers at once, who take the next upgrade when they are through with one."""

    def __init__(self, base: str, world: World, seen: Counter, *, left_out: list[Upgrade], callers: int) -> None:
        self.world, self.seen = world, seen
        self.waiting: Queue[Upgrade] = Queue()
        for upgrade in world.upgrades:
            if upgrade not in left_out:
                self.waiting.put(upgrade)
        self.many = self.waiting.qsize()
        self.done = 0
        self.threads = [
            threading.Thread(target=self._work, args=(Caller(base, world, self.seen, n),), daemon=True)
            for n in range(callers)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def is_through(self) -> bool:
        return not any(thread.is_alive() for thread in self.threads)

    def progress(self) -> float:
        return self.done / self.many

    def _work(self, caller: Caller) -> None:
        while True:
            try:
                upgrade = self.waiting.get_nowait()
            except Empty:
                return
            try:
                caller.bring_in(upgrade)
            except Exception as problem:  # noqa: BLE001  one that fails is the judge's, the others go on
                upgrade.told.append(repr(problem)[:300])
            self.done += 1
