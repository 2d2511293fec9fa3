"""What search engines are asked to leave alone. Storefronts are not listed: nobody learns from here who has one."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

# First segments on a store host, and the second ones of every storefront below it. What is only kept out of search
# results says so itself (noindex), for which it must be read.
LEFT_ALONE = (
    "/api/",
    "/bss/",
    "/basket/",
    "/checkout/",
    "/notifications/",
    "/orders/",
    "/subscriptions/",
    "/storefront/",
)
LEFT_ALONE_BELOW = ("/*/admin/", "/*/basket/", "/*/checkout/", "/*/notifications/", "/*/orders/", "/*/portal/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {start}" for start in LEFT_ALONE + LEFT_ALONE_BELOW)]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


urlpatterns = [path("robots.txt", robots, name="robots")]
