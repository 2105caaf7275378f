"""Holds a running engine to its own description: requests that keep to it and requests that do not, by Schemathesis.

    check.py URL TOKEN SEED EXAMPLES REAL

REAL is JSON: for operations ("GET /api/v1/calls/{id}", or "* /api/v1/calls/{id}") what stands in their addresses, so that something
is there; "calls" is the ids of calls that a case can be about. What is drawn stays where it has to be wrong.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import schemathesis
from schemathesis import cli
from schemathesis.core.parameters import ParameterLocation

URL, TOKEN, SEED, EXAMPLES, REAL = sys.argv[1:]
REAL = json.loads(REAL)
# A stream of events never ends, so that no answer would ever be whole.
NOT_ASKED = ["/api/v1/events"]


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Three of four addresses lead somewhere, and every other condition is met."""
    operation, drawn = f"{case.method} {case.operation.path}", hash_of(case)
    real = REAL.get(operation) or REAL.get(f"* {case.operation.path}")
    if real and drawn % 4 and is_good(case, ParameterLocation.PATH):
        case.path_parameters = {**(case.path_parameters or {}), **real}
    if drawn % 2 and is_good(case, ParameterLocation.HEADER) and "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"
    if operation == "POST /api/v1/cases" and is_good(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body = {**case.body, "kind": "complaint", "said": "no taxi came", "calls": REAL["calls"]}


def is_good(case, part):
    return case.meta is not None and not case.meta.is_negative_at(part)


def hash_of(case):
    text = repr((case.path_parameters, case.query, case.body))
    return sum(text.encode("utf-8", "replace"))


def arguments():
    yield from ["--config-file", str(Path(__file__).with_name("schemathesis.toml")), "--no-color"]
    yield from ["run", f"{URL}/api/v1/openapi.json", "--header", f"Authorization: Bearer {TOKEN}"]
    yield from ["--phases", "coverage,fuzzing", "--seed", SEED, "--max-examples", EXAMPLES]
    yield from ["--continue-on-failure", "--generation-database", "none", "--request-timeout", "15", "--warnings", "off"]
    for path in NOT_ASKED:
        yield from ["--exclude-path", path]


# It leaves things behind where it runs.
with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    cli.schemathesis.main(args=list(arguments()))
