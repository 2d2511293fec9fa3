"""The pages that say no. They name the reason and a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {"title": "No permission", "sentence": str(exception or "You can’t open this page.")}
    return render(request, "bss/refused.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {"title": "Not found", "sentence": "There is nothing at this address."}
    return render(request, "bss/refused.html", context, status=404)
