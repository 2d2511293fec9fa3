"""The program that measures the database of DATABASE_URL, led by `bin/bench`.

It says the names of what it can measure; each line on standard input is one of them, answered with milliseconds.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from plans.models import Operator
    from tests.bench.back_office import one_round, sides

    there = sides(Operator.objects.order_by("pk").first())
    one_round(there, times=1)
    print(json.dumps(list(there)), flush=True)
    for line in sys.stdin:
        name = line.rstrip("\n")
        print(one_round({name: there[name]}, times=1)[name], flush=True)


if __name__ == "__main__":
    main()
