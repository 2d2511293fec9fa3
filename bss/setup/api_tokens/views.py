from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from plans import links
from plans.models import ApiToken
from plans.refusals import Refused
from plans.tokens import MARK, create_token, revoke_token

from ...paging import newest_first
from ...permissions import StaffRequired
from .forms import TokenForm

# The browser carries a new token from the answer that made it to the page that shows it: here nobody keeps it.
CARRIED = "new_token"
CARRIED_FOR = 60  # seconds


class OfTokens(StaffRequired, View):
    permission = "setup"

    def tokens(self) -> QuerySet:
        return ApiToken.objects.of_staff().filter(operator=self.request.operator).select_related("user")


class Tokens(OfTokens):
    def get(self, request: HttpRequest) -> HttpResponse:
        secret = request.COOKIES.get(CARRIED, "")
        secret = secret if secret.startswith(MARK) and len(secret) < 100 else ""
        page = newest_first(self.tokens(), request)
        alive = set(ApiToken.objects.alive().filter(pk__in=[row.pk for row in page.rows]).values_list("pk", flat=True))
        context = {"page": page, "rows": [(row, row.pk in alive) for row in page.rows], "secret": secret}
        context["reference_url"] = links.api_reference_url()
        response = render(request, "bss/setup/api_tokens/list.html", context)
        if CARRIED in request.COOKIES:
            response.delete_cookie(CARRIED, path=request.path)
        return response


class NewToken(OfTokens):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(TokenForm(initial={"scope": ApiToken.Scope.READ, "days": "90"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        name, scope = form.cleaned_data["name"], form.cleaned_data["scope"]
        _, secret = create_token(
            request.operator, name=name, scope=scope, expires_at=form.expires_at(), by=request.user
        )
        there = reverse("api_tokens")
        response = HttpResponseRedirect(there)
        response.set_cookie(
            CARRIED, secret, CARRIED_FOR, path=there, secure=settings.HTTPS, httponly=True, samesite="Strict"
        )
        return response

    def page(self, form: TokenForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": "New token", "back": reverse("api_tokens"), "back_label": "API"}
        return render(self.request, "bss/setup/api_tokens/new.html", context, status=status)


class Revoke(OfTokens):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(get_object_or_404(self.tokens(), pk=pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = get_object_or_404(self.tokens(), pk=pk)
        try:
            revoke_token(token, by=request.user)
        except Refused as refusal:
            return self.page(token, refused=refusal.sentence, status=422)
        messages.success(request, f"The token {token.name} was revoked.")
        return HttpResponseRedirect(reverse("api_tokens"))

    def page(self, token: ApiToken, *, refused: str = "", status: int = 200) -> HttpResponse:
        context = {
            "token": token,
            "refused": refused,
            "heading": f"Revoke {token.name}",
            "back": reverse("api_tokens"),
            "back_label": "API",
        }
        return render(self.request, "bss/setup/api_tokens/revoke.html", context, status=status)
