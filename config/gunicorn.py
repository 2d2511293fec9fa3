"""gunicorn -c config/gunicorn.py config.wsgi: one place for bin/dev and production."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000").split(",")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 30  # statements end after 30 s as well, pages long before
graceful_timeout = 10
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True
raw_env = ["UPLIFT_PROCESS=web"]
