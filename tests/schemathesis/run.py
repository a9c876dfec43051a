"""usage: run.py ADDRESS OUTPUT_FOLDER < lines of `<role> <body> qst_…`

Runs schemathesis once for each role against a live demonstration, two roles at a time, then counts
the operations that reached a success in any run. Fails when a check failed, when an answer was 5xx, or when fewer than
nine operations in ten succeeded at least once.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

import requests

import world

HERE = pathlib.Path(__file__).parent
# How many generated cases an operation gets in each run.
EXAMPLES = {"staff": 6}
FEW = 2
AT_LEAST = 0.9
# Processes, not threads of one (`--workers`): CPython 3.11 may lose count of its recursion when
# two threads parse source at once, which hypothesis does, and processes use both cores.
AT_ONCE = 2


def main() -> int:
    address, folder = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokens: dict[str, str] = {}
    for line in sys.stdin:
        words = line.split()
        if len(words) == 3 and words[2].startswith("qst_"):
            tokens.setdefault(words[0], words[2])
    if not tokens:
        print("no token on the standard input")
        return 1

    document = requests.get(f"{address}/openapi.json", timeout=20).json()
    failed = []

    def judged(role: str) -> None:
        start = time.monotonic()
        code = run(role, address, tokens, folder, selected(role, document))
        print(f"{role}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True)
        if code != 0:
            failed.append(role)
            print(tail((folder / f"{role}.log").read_text(encoding="utf-8")), flush=True)

    only = os.environ.get("QUESITO_ROLES", "").split()
    # The longest first, so that nothing long is left for the end.
    roles = sorted(only or [*tokens, "nobody"], key=lambda role: -len(selected(role, document)))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(judged, roles))
    return judge(folder, failed)


def selected(role: str, document: dict) -> list[str]:
    """Which operations a role is given. Staff get all; the others what they may do, and every
    reading: that the rest is refused to them is tested elsewhere, call by call."""
    return [
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if role == "staff" or method == "get" or world.allowed(role, operation["operationId"])
    ]


def run(role: str, address: str, tokens: dict[str, str], folder: pathlib.Path, operations: list[str]) -> int:
    environment = os.environ | {
        "PYTHONPATH": str(HERE),
        "PYTHONHASHSEED": "0",
        "QUESITO_API": f"{address}/api/v1",
        "QUESITO_COMPLAINTS": str(folder / "complaints.txt"),
        "QUESITO_ROLE": role,
        "QUESITO_SEEN": str(folder / f"{role}.json"),
        "QUESITO_TOKEN": tokens.get(role, "qst_nobody"),
        "QUESITO_TOKENS": json.dumps(tokens),
    }
    command = [
        str(pathlib.Path(sys.executable).with_name("st")),
        "--config-file", str(HERE / "schemathesis.toml"),
        "run", f"{address}/openapi.json",
        "--url", f"{address}/api/v1",
        "--max-examples", str(EXAMPLES.get(role, FEW)),
        "--seed", "20261123",
        "--workers", "1",
        "--no-color",
        *(f"--include-operation-id={name}" for name in operations),
    ]
    with open(folder / f"{role}.log", "w", encoding="utf-8") as log:
        done = subprocess.run(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode


def judge(folder: pathlib.Path, failed: list[str]) -> int:
    seen: dict[str, Counter] = defaultdict(Counter)
    for found in folder.glob("*.json"):
        for operation, statuses in json.loads(found.read_text(encoding="utf-8")).items():
            seen[operation].update(statuses)
    succeeded = {name for name, statuses in seen.items() if any(s.startswith("2") for s in statuses)}
    faults = {name: statuses for name, statuses in seen.items() if any(s.startswith("5") for s in statuses)}
    requests = sum(sum(statuses.values()) for statuses in seen.values())
    share = len(succeeded) / len(seen) if seen else 0.0
    print(f"{requests} requests; {len(succeeded)} of {len(seen)} operations reached a success ({share:.1%})")
    for name in sorted(seen.keys() - succeeded):
        print(f"  never: {name}  {dict(seen[name])}")
    for name, statuses in sorted(faults.items()):
        print(f"  fault: {name}  {dict(statuses)}")
    complaints = folder / "complaints.txt"
    if complaints.exists():
        print("what could not be brought about:")
        print(complaints.read_text(encoding="utf-8").rstrip())
    return 1 if failed or faults or share < AT_LEAST else 0


def tail(log: str) -> str:
    return "\n".join(log.splitlines()[-200:])


if __name__ == "__main__":
    sys.exit(main())
