"""Teaches schemathesis what the document cannot say: which things exist.

* Every operation gets one example that ought to succeed (`world.recipes`), in the examples phase.
* In the other phases, whatever was generated as valid is pointed at things that exist, carries a
  fresh `Idempotency-Key`, and rests on the revision that is current.

What was generated as invalid is sent as it is. Statuses are counted for `run.py`.
"""

import atexit
import itertools
import json
import os
import random
import time
import uuid
from collections import Counter, defaultdict
from threading import Lock

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation as At

import world as w

ROLE = os.environ["QUESITO_ROLE"]
TOKENS = json.loads(os.environ["QUESITO_TOKENS"])
WORLD = w.World(os.environ["QUESITO_API"], TOKENS)
RECIPES = w.recipes()
LOCK = Lock()
DICE = random.Random(int(os.environ.get("QUESITO_SEED", "1")))

# How to bring about what a path parameter names.
THINGS = {
    "issue_id": WORLD.issue,
    "linked_issue_id": WORLD.issue,
    "attached_issue_id": WORLD.issue,
    "question_id": lambda: WORLD.dispatched()[0],
    "answer_id": WORLD.answer,
    "linked_answer_id": WORLD.answer,
    "conflicting_answer_id": WORLD.answer,
    "solution_id": WORLD.validated,
    "communication_id": WORLD.letter,
    "norm_id": WORLD.norm,
    "sha256": lambda: WORLD.document("staff"),
    "body_id": WORLD.body,
    "member_id": lambda: w.OTHER_BODY,
    "authority_id": WORLD.authority,
    "theme_id": WORLD.theme,
    "form_id": WORLD.form,
    "holiday_id": WORLD.holiday,
    "person_id": WORLD.person,
    "token_id": WORLD.token,
    # The log: its first tile, and any event.
    "level": lambda: 0,
    "number": lambda: "000",
    "event_id": lambda: WORLD.post(f"/issues/{WORLD.issue()}/positions", w.position(w.QUESTURA, "Serve."))["event_id"],
}
# What readings ask for that no generated number would hit.
QUERIES = {"prove_inclusion": {"index": 0, "size": 1}, "prove_consistency": {"from": 1, "to": 2}}
# Requests after which a thing is made anew, since they may have ended it.
WORN_AFTER = 8

# Codes and ids that stand in for generated ones, by the name of the member.
CODES = {
    "coordinator": w.COORDINATOR,
    "body": w.BODY,
    "on_behalf_of": w.BODY,
    "to": w.BODY,
    "lead_body": w.BODY,
    "into": w.BODY,
    "member": w.OTHER_BODY,
    "theme": w.THEME,
    "secondary_themes": w.THEME,
    "form": w.FORM,
    "authority": w.QUESTURA,
    "addressee": w.MINISTRY,
    "authors": w.MINISTRY,
    "cc": w.MINISTRY,
    "via": w.VIA,
    "issuer": w.MINISTRY,
    "urn": w.ACT,
    "issue": "issue_id",
    "issues": "issue_id",
    "answer": "answer_id",
    "answers": "answer_id",
    "communication": "communication_id",
}

_made: dict[str, tuple[str, itertools.count]] = {}


def thing(name: str) -> str | None:
    """The id of something that exists, or nothing when the server will not make one."""
    make = THINGS.get(name)
    if make is None:
        return None
    with LOCK:
        known = _made.get(name)
        if known is None or next(known[1]) >= WORN_AFTER:
            try:
                known = _made[name] = (make(), itertools.count())
            except w.Refused as why:
                complain(name, why)
                known = _made[name] = (None, itertools.count())
        return known[0]


_complaints: set[str] = set()


def complain(what: str, why: Exception) -> None:
    if what not in _complaints:
        _complaints.add(what)
        with open(os.environ["QUESITO_COMPLAINTS"], "a", encoding="utf-8") as out:
            out.write(f"{ROLE}: {what}: {why}\n")


@schemathesis.hook
def before_add_examples(context, examples):
    operation = context.operation
    name = operation.definition.raw.get("operationId", operation.label)
    try:
        if name in RECIPES:
            if not w.allowed(ROLE, name):
                return
            request = RECIPES[name](WORLD)
            if ROLE == "municipality" and "body" in request.body:
                request.body |= {"body": w.BODY}
        elif operation.method == "get":
            parameters = [p.name for p in operation.path_parameters]
            found = {p: thing(p) for p in parameters}
            path = {p: str(uuid.uuid4()) if v is None else v for p, v in found.items()}
            request = w.Request(path, query=QUERIES.get(name, {}))
        else:
            return
    except w.Refused as why:
        complain(name, why)
        return
    headers = {}
    if operation.method == "post":
        headers["Idempotency-Key"] = str(uuid.uuid4())
    if request.seen is not None:
        headers["If-Match"] = f'"{request.seen}.w"'
    case = {"path_parameters": request.path, "headers": headers, "query": request.query}
    if request.body is not None:
        case |= {"body": request.body, "media_type": "application/json"}
    examples.append(operation.Case(**case))


def valid(case, location) -> bool:
    """Whether that part of the request was generated to be valid."""
    part = case.meta and case.meta.components.get(location)
    return part is not None and not part.mode.is_negative


@schemathesis.hook
def before_call(context, case, kwargs):
    spare(case)
    # An example of ours, or a step of a stateful chain that knows where it is going.
    if case.meta is None or case.meta.phase.name.value in ("examples", "stateful"):
        prepare(case)
        return
    if case.path_parameters and valid(case, At.PATH):
        found = {name: thing(name) for name in case.path_parameters}
        case.path_parameters.update(
            {k: v for k, v in found.items() if v is not None and DICE.random() < 0.9})
    if case.headers and valid(case, At.HEADER):
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid.uuid4())
        if "If-Match" in case.headers and DICE.random() < 0.9:
            case.headers["If-Match"] = current(case)
    if isinstance(case.body, dict) and valid(case, At.BODY):
        case.body = settled(case.body)
    prepare(case)


def prepare(case) -> None:
    """Waits for what a reading of the past has to build first; until then it says 503."""
    query = case.query or {}
    if case.method.upper() != "GET" or not {"as_of", "effective_on", "head"} & query.keys():
        return
    for _ in range(50):
        answer = requests.get(
            os.environ["QUESITO_API"] + case.formatted_path, params=query, timeout=20,
            headers={"Authorization": f"Bearer {os.environ['QUESITO_TOKEN']}"})
        if answer.status_code != 503:
            return
        time.sleep(0.2)


# What recipes rest on: no request may rename, merge or retire it.
SEEDS = {w.COORDINATOR, w.BODY, w.OTHER_BODY, w.THIRD_BODY, w.THEME, w.FORM, w.QUESTURA, w.REGISTRY_OFFICE, w.MINISTRY,
         "practice", "circolare"}


# The accounts that this and later runs sign in with.
SEEDS |= {entry["id"] for entry in WORLD.get("/tokens", "admin")["items"]}


def spare(case) -> None:
    """Lets a command hit something of ours instead of what recipes and runs rest on."""
    if case.method.upper() == "POST":
        for name, value in (case.path_parameters or {}).items():
            if isinstance(value, str) and (value in SEEDS or value.startswith("demo-")):
                case.path_parameters[name] = thing(name) or str(uuid.uuid4())


def current(case) -> str:
    """The ETag of the thing that the path names."""
    own = "/".join(case.formatted_path.split("/")[:3])
    if own not in WORLD.revisions:
        return '"0.w"'
    return f'"{WORLD.revisions[own]}.w"'


def settled(value, name=""):
    """The same value, with references that lead somewhere."""
    if isinstance(value, dict):
        return {key: settled(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [settled(item, name) for item in value]
    if isinstance(value, str) and name in CODES and DICE.random() < 0.9:
        code = CODES[name]
        return thing(code) or value if code in THINGS else code
    return value


_seen: dict[str, Counter] = defaultdict(Counter)


@schemathesis.hook
def after_call(context, case, response):
    with LOCK:
        _seen[case.operation.label][str(response.status_code)] += 1
        # What was recorded moved the thing on: the next request rests on that.
        if response.status_code == 201 and case.method.upper() == "POST":
            try:
                receipt = response.json()
                own = "/".join(case.formatted_path.split("/")[:3])
                if "revision" in receipt and own in WORLD.revisions:
                    WORLD.revisions[own] = max(WORLD.revisions[own], receipt["revision"])
            except (ValueError, TypeError, AttributeError):
                pass


@atexit.register
def write():
    with open(os.environ["QUESITO_SEEN"], "w", encoding="utf-8") as out:
        json.dump(_seen, out, indent=1, sort_keys=True)
