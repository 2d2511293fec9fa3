"""Somebody with a browser, as far as HTTP goes: signs in, fills the basket, places the order."""

import html
import re

import requests

from tests import cast

from .passing_time import until


class Shopper:
    """Keeps cookies and the last page. `base` is the address of a running web server."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.page: requests.Response | None = None

    def open(self, path: str) -> requests.Response:
        self.page = self.session.get(self.base + path, timeout=30)
        return self.page

    def send(self, path: str, **fields: str) -> requests.Response:
        """A form of the last page: what it holds hidden goes along. Redirects are not followed."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page.text))
        data = {name: html.unescape(value) for name, value in hidden.items()} | fields
        return self.session.post(self.base + path, data=data, timeout=30, allow_redirects=False)

    def sign_in(self, email: str) -> None:
        """Refused for some seconds after an outage of the cache, which counts attempts."""

        def signed_in() -> bool:
            self.open("/login/")
            return self.send("/login/", login=email, password=cast.PASSWORD).status_code == 302

        assert until(signed_in)

    def go_to_checkout(self, product: str) -> None:
        self.open("/plans/")
        answer = self.send("/basket/add/", product=product, cycle="month")
        assert answer.headers.get("Location") == "/basket/", answer.text
        assert self.open("/checkout/").status_code == 200

    def place_order(self, *, alias: str) -> requests.Response:
        return self.send("/checkout/", alias=alias, payment="account", reference="", terms="on")
