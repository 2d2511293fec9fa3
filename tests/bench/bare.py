"""The base line: a Django view with one indexed query and a small template, as `startproject` would serve it."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from plans.models import Order, Product

PAGE = Template(
    "<!doctype html><html lang=en><title>{{ product.name }}</title><body><h1>{{ product.name }}</h1>"
    "<p>{{ product.summary }}</p><p>{{ product.category }}</p><p>{{ product.description }}</p></body></html>"
)


def bare(request: HttpRequest, slug: str) -> HttpResponse:
    product = Product.objects.get(operator_id=request.GET["operator"], slug=slug)
    return HttpResponse(PAGE.render(Context({"product": product})))


LIST = Template(
    "<!doctype html><html lang=en><title>Orders</title><body><h1>Orders of {{ user.name }}</h1><table>"
    "{% for order in orders %}<tr><td><a href='/orders/{{ order.number }}/'>{{ order.number }}</a></td>"
    "<td>{{ order.account.name }}</td><td>{{ order.get_state_display }}</td><td>{{ order.get_channel_display }}</td>"
    "<td>{{ order.total }}</td><td>{{ order.created_at|date:'j M Y' }}</td></tr>{% endfor %}</table></body></html>"
)


def bare_list(request: HttpRequest) -> HttpResponse:
    """Fifty rows for somebody who is signed in."""
    orders = Order.objects.filter(operator_id=request.GET["operator"]).select_related("account").defer("preview")
    context = {"user": request.user if request.user.is_authenticated else None, "orders": orders.order_by("-pk")[:50]}
    return HttpResponse(LIST.render(Context(context)))


def route_here(get_response):
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "tests.bench.bare"
        return get_response(request)

    return middleware


urlpatterns = [path("list-of-50/", bare_list), path("<slug:slug>/", bare)]
