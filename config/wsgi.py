"""The door for gunicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("UPLIFT_PROCESS", "web")  # before settings load: the web alone keeps a pool of connections

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
