from django.urls import path

from .dealing import DealWithLetter
from .letter import LetterHtml, LetterPage
from .outbox import Outbox, OutboxExport
from .preview import Preview, PreviewHtml, SendTest
from .resend import ResendLetter
from .templates import FirstTemplates, ResetTemplate, SwitchTemplate, TemplateEditor, Templates
from .versions import Version

LIST = "customer/<slug:entity>/"
ONE = f"{LIST}<slug:code>/"

urlpatterns = [
    path("customer/", FirstTemplates.as_view(), name="customer_notifications"),
    path(LIST, Templates.as_view(), name="letter_templates"),
    path(ONE, TemplateEditor.as_view(), name="letter_template"),
    path(f"{ONE}switch/", SwitchTemplate.as_view(), name="letter_template_switch"),
    path(f"{ONE}reset/", ResetTemplate.as_view(), name="letter_template_reset"),
    path(f"{ONE}preview/", Preview.as_view(), name="letter_template_preview"),
    path(f"{ONE}preview/html/", PreviewHtml.as_view(), name="letter_template_preview_html"),
    path(f"{ONE}test/", SendTest.as_view(), name="letter_template_test"),
    path(f"{ONE}versions/<slug:language>/<int:version>/", Version.as_view(), name="letter_template_version"),
    path("outbox/", Outbox.as_view(), name="outbox"),
    path("outbox/export.csv", OutboxExport.as_view(), name="outbox_export"),
    path("outbox/<int:pk>/", LetterPage.as_view(), name="letter"),
    path("outbox/<int:pk>/resend/", ResendLetter.as_view(), name="letter_resend"),
    path("outbox/<int:pk>/dealt-with/", DealWithLetter.as_view(), name="letter_dealt_with"),
    path("outbox/<int:pk>/html/", LetterHtml.as_view(), name="letter_html"),
]
