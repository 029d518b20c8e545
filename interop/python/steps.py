"""What the programs share: the scenario, and steps that are printed as JSON lines."""

import base64
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    scenario = json.load(file)

endpoint = scenario["endpoint"]


def of_base64(text):
    return base64.b64decode(text)


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"expected {expected!r}, found {found!r}")


def refused(work, *kinds):
    """Runs what must raise one of the exceptions, and gives that."""
    try:
        work()
    except kinds as error:
        return error
    raise AssertionError("it was accepted")


def step(operation, name):
    def run(work):
        outcome = {"operation": operation, "name": name, "ok": True}
        try:
            work()
        except Exception as error:  # pylint: disable=broad-except
            outcome = {"operation": operation, "name": name, "ok": False, "why": f"{type(error).__name__}: {error}"}
        print(json.dumps(outcome), flush=True)

    return run
