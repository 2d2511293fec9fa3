from django.urls import path

from .views import LetterHtml, LetterPage, Outbox, Setup

urlpatterns = [
    path("", Setup.as_view(), name="setup"),
    path("notifications/outbox/", Outbox.as_view(), name="outbox"),
    path("notifications/outbox/<int:pk>/", LetterPage.as_view(), name="letter"),
    path("notifications/outbox/<int:pk>/html/", LetterHtml.as_view(), name="letter_html"),
]
