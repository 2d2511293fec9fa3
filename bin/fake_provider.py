"""A mail provider on this machine that can be told to misbehave: for tests, and for `bin/dev --mail` as a demo inbox.

    .venv/bin/python bin/fake_provider.py FOLDER [--port 8025] [--smtp-port 1025] [--api-key KEY] [--no-keys]
        [--modes 429=0.2,reset=0.1 | --modes reset] [--seed 7] [--slow-seconds 3]
        [--report-to URL --report-secret whsec_...] [--report-after 1]

Port 0: the system chooses. When both doors are open it prints one line, {"http": 8025, "smtp": 1025}.

Uplift sends through it by HTTP as through Resend:
    EMAIL_BACKEND=notifications.resend.EmailBackend
    ANYMAIL={"RESEND_API_URL": "http://127.0.0.1:8025/", "RESEND_API_KEY": "KEY"}
or by SMTP: EMAIL_URL=smtp://127.0.0.1:1025

Modes, each for a share of the letters, drawn with the seed; what the shares leave is `ok`:
    ok          taken, reported as delivered           reset       taken, then the connection is reset: no answer
    slow        taken after --slow-seconds             bounce      taken, reported as bounced
    429, 500    not taken; 429 with Retry-After        complain    taken, reported as delivered, then as spam
    reject      the address is refused for good        unverified  the sender is refused

While it runs:
    curl localhost:8025/control -d '{"shares": {"429": 0.2}, "seed": 7}'  or '{"mode": "500"}', '{"retry_after": "9"}'
    curl localhost:8025/counts     taken, repeats, keys, message_ids, keys_twice, message_ids_twice, the modes met
    http://localhost:8025/         the inbox

FOLDER/journal.jsonl has a line for each letter that was taken, on disk before the answer is given, and for each repeat
of a key ({"repeat": key}). It is read again at start: a key stays known. `--no-keys`: repeats are taken as new letters.
"""

import argparse
import json
import signal
import threading
from pathlib import Path

from fake_mail.counter import Counter
from fake_mail.http_door import HttpServer
from fake_mail.journal import Journal
from fake_mail.reports import Reports
from fake_mail.smtp_door import SmtpServer
from fake_mail.weather import Weather, shares_from

ENDS = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    wish = read_arguments()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # for all threads: whichever gets one would leave this one waiting
    weather = Weather(seed=wish.seed)
    weather.change({"shares": shares_from(wish.modes), "slow_seconds": wish.slow_seconds})
    reports = Reports(url=wish.report_to, secret=wish.report_secret, delay=wish.report_after)
    counter = Counter(Journal(wish.folder), weather, reports, keys=not wish.no_keys)
    http, smtp = HttpServer(wish.port, counter, api_key=wish.api_key), SmtpServer(wish.smtp_port, counter)
    for server in (http, smtp):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"http": http.server_port, "smtp": smtp.server_address[1]}), flush=True)
    signal.sigwait(ENDS)


def read_arguments() -> argparse.Namespace:
    described = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    described.add_argument("folder", type=Path)
    described.add_argument("--port", type=int, default=8025)
    described.add_argument("--smtp-port", type=int, default=1025)
    described.add_argument("--api-key", default="KEY")
    described.add_argument("--no-keys", action="store_true")
    described.add_argument("--modes", default="")
    described.add_argument("--seed", type=int, default=0)
    described.add_argument("--slow-seconds", type=float, default=3.0)
    described.add_argument("--report-to", default="")
    described.add_argument("--report-secret", default="")
    described.add_argument("--report-after", type=float, default=1.0)
    return described.parse_args()


if __name__ == "__main__":
    main()
