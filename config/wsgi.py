"""The door for gunicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("UPLIFT_PROCESS", "web")  # before settings load: the web alone keeps a pool of connections

from django.core.wsgi import get_wsgi_application

from .celery import app, get_ready_to_publish
from .whole_body import whole

application = whole(get_wsgi_application())
get_ready_to_publish(app)
