"""What cannot be read as a request of ours: too large, cut off, in an encoding that forms do not have."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handler400 of every URL configuration: a page that says so, 413 for what is too large.

    Not Django's own: that one reads the form again for its token, and fails of the same form again.
    """
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return render(request, "unreadable.html", status=status)
