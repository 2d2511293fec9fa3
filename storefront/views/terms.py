"""The distributor's terms for resellers, as they are in force."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.models import TermsVersion


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    current = TermsVersion.objects.current(request.operator.pk)
    if current is None:
        raise Http404
    return render(request, "storefront/terms.html", {"terms": current})
