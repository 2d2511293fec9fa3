"""Absolute addresses, computed from the configured hosts: never from a request, and never stored."""

from django.conf import settings

from .models import Operator

ADMIN_PANEL_PATH = "admin/"


def _port() -> str:
    usual = {"https": 443, "http": 80}[settings.PUBLIC_SCHEME]
    return "" if settings.PUBLIC_PORT in (None, 0, usual) else f":{settings.PUBLIC_PORT}"


def _origin(host: str) -> str:
    return f"{settings.PUBLIC_SCHEME}://{host}{_port()}"


def shown_host(operator: Operator) -> str:
    """As people read and type it: cloud.disti.com"""
    return operator.store_host + _port()


def shown_address(operator: Operator, alias: str) -> str:
    return f"{shown_host(operator)}/{alias}"


def store_url(operator: Operator, path: str = "/") -> str:
    return _origin(operator.store_host) + path


def storefront_url(operator: Operator, alias: str, path: str = "") -> str:
    """`https://host/alias`, exactly as it is shown and mailed; with a path, `https://host/alias/path`."""
    return f"{_origin(operator.store_host)}/{alias}" + (f"/{path}" if path else "")


def admin_panel_url(operator: Operator, alias: str) -> str:
    return storefront_url(operator, alias, ADMIN_PANEL_PATH)


def order_url(operator: Operator, number: str) -> str:
    return store_url(operator, f"/orders/{number}/")


def bss_url(path: str = "") -> str:
    return f"{_origin(settings.BSS_HOST)}/bss/{path}"


def api_reference_url() -> str:
    """What programs may call, behind the sign-in of the back office."""
    return f"{_origin(settings.BSS_HOST)}/api/v1/docs/"
