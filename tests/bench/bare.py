"""The base line: a Django view with one indexed query and a small template, and no middleware but this."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from plans.models import Product


def bare(request: HttpRequest, slug: str) -> HttpResponse:
    product = Product.objects.get(operator_id=request.GET["operator"], slug=slug)
    return render(request, "404.html", {"product": product})


def route_here(get_response):
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "tests.bench.bare"
        return get_response(request)

    return middleware


urlpatterns = [path("<slug:slug>/", bare)]
