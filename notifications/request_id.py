"""The id of the request that is being answered, for logs, activities and letters; empty outside a request.

It lives in the lowest layer so that the domain may read it without knowing what a request is.
"""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id given to the request at hand, or "" in a worker or a command."""
    return request_id.get()
