"""The base line: a Django view with one indexed query and a small template, as `startproject` would serve it."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from plans.models import Product

PAGE = Template(
    "<!doctype html><html lang=en><title>{{ product.name }}</title><body><h1>{{ product.name }}</h1>"
    "<p>{{ product.summary }}</p><p>{{ product.category }}</p><p>{{ product.description }}</p></body></html>"
)


def bare(request: HttpRequest, slug: str) -> HttpResponse:
    product = Product.objects.get(operator_id=request.GET["operator"], slug=slug)
    return HttpResponse(PAGE.render(Context({"product": product})))


def route_here(get_response):
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "tests.bench.bare"
        return get_response(request)

    return middleware


urlpatterns = [path("<slug:slug>/", bare)]
