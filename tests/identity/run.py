"""Signing in, from the outside: the real program, a real identity provider, a real mail server.

    python run.py PROGRAM NODE_FOLDER WORK_FOLDER

NODE_FOLDER holds node_modules with oidc-provider. Prints one line for each thing shown, and fails at
the first that is not so.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from pathlib import Path

import requests
from aiosmtpd.controller import Controller

HERE = Path(__file__).parent
PASSWORD = "tre cicogne sul tetto"
OFFICER = "g.bianchi@comune.example.it"


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def shown(what: str, holds: bool) -> None:
    print(("shown   " if holds else "NOT SO  ") + what, flush=True)
    if not holds:
        raise SystemExit(1)


def wait(url: str, child: subprocess.Popen, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            requests.get(url, timeout=5)
            return
        except requests.RequestException:
            if child.poll() is not None:
                raise SystemExit(f"{child.args} ended with {child.returncode}")
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


class Letters:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.headers: list[dict[str, str]] = []
        # Whether it takes its time to say that it took a letter.
        self.slow = False

    async def handle_DATA(self, server, session, envelope) -> str:
        import email
        from email import policy

        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.headers.append({name.lower(): str(value) for name, value in message.items()})
        self.taken.append(message.get_content())
        if self.slow:
            await asyncio.sleep(20)
        return "250 taken"

    def next(self, count: int) -> str:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if len(self.taken) > count:
                return self.taken[count]
            time.sleep(0.05)
        raise SystemExit("no letter came")


class Browser:
    """As much of a browser as forms and cookies need."""

    def __init__(self, base: str) -> None:
        self.base, self.session = base, requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(urllib.parse.urljoin(self.base, path), timeout=30)

    def fill(self, page: str, action: str, fields: dict[str, str], **headers: str) -> requests.Response:
        """Fills in the form of a page that leads to `action`, and sends it."""
        text = self.get(page).text
        forms = re.findall(r"<form\b.*?</form>", text, re.S)
        form = next(one for one in forms if f'action="{action}"' in one)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
        url = urllib.parse.urljoin(self.base, action)
        sent = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} | headers
        return self.session.post(url, data=hidden | fields, headers=sent, timeout=30, allow_redirects=False)

    def is_in(self) -> bool:
        return self.session.get(self.base + "/profilo", timeout=30, allow_redirects=False).status_code == 200

    def through_provider(self, start: str, login: str) -> requests.Response:
        """Follows the way through the provider, filling in its forms."""
        answer = self.get(start)
        for _ in range(6):
            if not answer.url.startswith("http://localhost"):
                return answer
            form = re.search(r"<form\b.*?</form>", answer.text, re.S)
            if not form or urllib.parse.urlsplit(answer.url).port != self.provider:
                return answer
            action = re.search(r'action="([^"]*)"', form[0])[1].replace("&amp;", "&")
            fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))
            if 'name="login"' in form[0]:
                fields |= {"login": login, "password": "x"}
            answer = self.session.post(urllib.parse.urljoin(answer.url, action), data=fields, timeout=30)
        return answer

    provider = 0


def main(program: str, node: Path, work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    own, op, children = port(), port(), []
    base, issuer = f"http://localhost:{own}", f"http://localhost:{op}"
    Browser.provider = op
    letters = Letters()
    mail = Controller(letters, hostname="127.0.0.1", port=port())
    mail.start()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QUESITO_")}
    data = ["--data", str(work / "data"), "--keys", str(work / "keys" / "epochs")]

    def quesito(*args: str, text: str = "") -> str:
        done = subprocess.run([program, *args, *data], input=text, capture_output=True, text=True,
                              env=environment, timeout=300)
        if done.returncode:
            raise SystemExit(f"quesito {args}: {done.stderr}")
        return done.stdout.strip()

    def start(*more: str) -> subprocess.Popen:
        server = subprocess.Popen(
            [program, "serve", *data, "--listen", f"127.0.0.1:{own}", "--public-url", base,
             "--rate-limit", "0", "--oidc", str(work / "oidc.json"),
             "--smtp", f"smtp://127.0.0.1:{mail.port}", "--mail-from", "quesito@prova.example", *(more or ["--notices-at", "off"])],
            env=environment, stdout=subprocess.DEVNULL, stderr=open(work / "log", "a"))
        children.append(server)
        wait(f"{base}/api/v1/status", server)
        return server

    def provider() -> subprocess.Popen:
        child = subprocess.Popen(["node", str((HERE / "oidc-op.mjs").resolve()), str(op), f"{base}/accesso/ritorno"],
                                 cwd=node, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        children.append(child)
        wait(f"{issuer}/.well-known/openid-configuration", child)
        return child

    (work / "oidc.json").write_text(json.dumps({"providers": [{
        "id": "ente", "label": "Entra con l'ente", "issuer": issuer, "client_id": "quesito",
        "client_secret": "solo-prova", "scopes": ["profile", "email", "ente"], "algorithms": ["RS256"],
        "api_audience": "urn:quesito:api", "network": "anci_er",
        "claims": {"role": "ruolo", "body": "codice_ipa",
                   "roles": {"comune": "municipality", "anci": "staff", "revisore": "auditor"}},
        "machines": [{"subject": "servizio", "person": "gestionale", "role": "municipality",
                      "body": "c_a944", "network": "anci_er"}],
    }]}))
    try:
        quesito("import", "--registry")
        admin = quesito("token", "create", "--person", "ced", "--role", "admin", "--body", "anci_er")
        staff = quesito("token", "create", "--person", "coordinamento", "--role", "staff", "--body", "anci_er")
        officer = quesito("token", "create", "--person", "ufficio", "--role", "municipality", "--body", "c_a944")
        line = quesito("account", "create", "--email", OFFICER, "--name", "Giulia Bianchi",
                       "--role", "municipality", "--body", "c_a944")
        quesito("account", "set-password", OFFICER, text=PASSWORD + "\n")
        shown("the command line creates an account and sets its password", "municipality@c_a944" in line)
        op_process = provider()
        server = start()
        api = f"{base}/api/v1"

        def call(method: str, path: str, token: str, body: dict | None = None, **more: str) -> requests.Response:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())} | more
            return requests.request(method, api + path, json=body, headers=headers, timeout=30)

        machines(call, api, issuer, admin)
        passwords(base)
        links(base, letters)
        people(base, call, admin)
        server = restart(base, server, start)
        down(call, issuer, op_process)
        notices(base, call, letters, staff, officer, server, start)
        log = (work / "log").read_text()
        private = [OFFICER, "Bianchi", PASSWORD, "solo-prova", "prova.example"]
        shown("no name, address, password or secret in the log", not any(one in log for one in private))
        stored = (work / "data" / "events.db").read_bytes()
        shown("no name, address or hash in the store",
              not any(one.encode() in stored for one in [OFFICER, "Giulia Bianchi", "argon2id"]))
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=60)
        mail.stop()


def machine_token(issuer: str) -> str:
    answer = requests.post(f"{issuer}/token", auth=("servizio", "solo-prova"), timeout=30, data={
        "grant_type": "client_credentials", "scope": "casi", "resource": "urn:quesito:api"})
    return answer.json()["access_token"]


def machines(call, api: str, issuer: str, admin: str) -> None:
    token = machine_token(issuer)
    shown("a machine without the role is refused", call("GET", "/issues", token).status_code == 401)
    granted = call("POST", "/people", admin, {"person": "gestionale", "role": "municipality", "body": "c_a944"})
    assert granted.status_code == 201, granted.text
    shown("with it, the provider's token opens the API", call("GET", "/issues", token).status_code == 200)
    tricks = hostile(token, issuer)
    accepted = [name for name, trick in tricks if call("GET", "/issues", trick).status_code != 401]
    shown(f"of {len(tricks)} tokens made from a genuine one none is accepted {accepted or ''}", not accepted)


def hostile(token: str, issuer: str) -> list[tuple[str, str]]:
    """What can be made of a genuine token by somebody without the provider's private key."""
    def encode(value) -> str:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    head, body, signature = token.split(".")
    decode = lambda part: json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    header, claims = decode(head), decode(body)
    jwks = requests.get(f"{issuer}/jwks", timeout=30)
    made = [(f"alg {alg or 'empty'}", f"{encode(header | {'alg': alg})}.{body}.") for alg in ["none", "None", "NONE", ""]]
    for name, secret in [("the set of keys", jwks.content), ("n", jwks.json()["keys"][0]["n"].encode()), ("nothing", b"")]:
        message = f"{encode(header | {'alg': 'HS256'})}.{body}"
        mac = hmac.new(secret or b"\0", message.encode(), hashlib.sha256).digest()
        made.append((f"HS256 under {name}", f"{message}.{encode(mac)}"))
    for changes in [{"kid": "x"}, {"kid": "../../dev/null"}, {"jku": "http://localhost:1/jwks"}, {"typ": "JWT"},
                    {"jwk": jwks.json()["keys"][0]}, {"x5u": "http://localhost:1"}, {"crit": ["b64"]}, {"alg": "PS256"},
                    {"alg": "ES256"}, {"b64": False}]:
        made.append((f"header {changes}", f"{encode(header | changes)}.{body}.{signature}"))
    for changes in [{"sub": "ced"}, {"aud": "x"}, {"iss": "http://localhost:1"}, {"exp": 9999999999}, {"role": "admin"}]:
        made.append((f"claims {changes}", f"{head}.{encode(claims | changes)}.{signature}"))
    made += [("no signature", f"{head}.{body}."), ("two parts", f"{head}.{body}"), ("cut short", token[:-6]),
             ("another's signature", f"{head}.{body}.{encode(b'x' * 256)}"), ("padding", token + "=="),
             ("huge", f"{head}.{encode(claims | {'x': 'x' * 20000})}.{signature}")]
    return made


def passwords(base: str) -> None:
    browser = Browser(base)
    wrong = browser.fill("/accesso", "/accesso/password", {"email": OFFICER, "password": "sbagliata"})
    unknown = browser.fill("/accesso", "/accesso/password", {"email": "no@example.it", "password": "sbagliata"})
    said = [re.search(r"<h2>Il modulo.*?</ul>", one.text, re.S)[0] for one in (wrong, unknown)]
    shown("a wrong password and an unknown address get the same answer",
          wrong.status_code == unknown.status_code == 422 and said[0] == said[1])
    right = browser.fill("/accesso", "/accesso/password", {"email": OFFICER, "password": PASSWORD})
    cookie = right.headers.get("Set-Cookie", "")
    shown("the right one opens a session", right.status_code == 303 and browser.is_in())
    shown("its cookie is HttpOnly and SameSite=Lax", "HttpOnly" in cookie and "SameSite=Lax" in cookie)
    foreign = browser.fill("/profilo", "/uscita", {}, Origin="https://evil.example", **{"Sec-Fetch-Site": "cross-site"})
    forged = browser.session.post(base + "/uscita", data={"_token": "x"}, timeout=30)
    shown("a form of another site, or without its token, does nothing",
          foreign.status_code == forged.status_code == 403 and browser.is_in())
    kept = browser.session.cookies.get_dict()
    left = browser.fill("/profilo", "/uscita", {})
    thief = Browser(base)
    thief.session.cookies.update(kept)
    shown("signing out ends the session at the server", left.status_code == 303 and not thief.is_in())


def links(base: str, letters: Letters) -> None:
    browser, count = Browser(base), len(letters.taken)
    unknown = browser.fill("/accesso", "/accesso/collegamento", {"email": "no@example.it"})
    known = browser.fill("/accesso", "/accesso/collegamento", {"email": OFFICER})
    letter = letters.next(count)
    link = re.search(r"http://\S+", letter)[0]
    shown("a link comes by mail, and an unknown address gets the same answer",
          unknown.status_code == known.status_code == 200 and len(letters.taken) == count + 1)
    path = urllib.parse.urlsplit(link).path
    for _ in range(3):
        requests.get(link, timeout=30)
    shown("a scanner that follows the link uses nothing up",
          Browser(base).fill(path, path, {}).status_code == 422)
    opened = browser.fill(path, path, {})
    shown("the browser that asked gets in", opened.status_code == 303 and browser.is_in())
    other = Browser(base)
    again = other.fill(path, path, {"email": OFFICER})
    shown("a second time it opens nothing", again.status_code == 422 and not other.is_in())
    browser.fill("/profilo", "/uscita", {})


def people(base: str, call, admin: str) -> None:
    browser = Browser(base)
    waits = browser.through_provider("/accesso/con/ente", "comune.c_a944")
    shown("somebody new waits for approval", waits.status_code == 403 and not browser.is_in())
    account = next(one for one in call("GET", "/accounts", admin).json()["items"] if one["standing"] == "pending")
    shown("their claims are told to whoever approves",
          (account["claimed_role"], account["claimed_body"]) == ("municipality", "c_a944"))
    approved = call("POST", f"/accounts/{account['id']}/approval", admin,
                    {"role": "municipality", "body": "c_a944", "network": "anci_er"})
    assert approved.status_code == 204, approved.text
    browser = Browser(base)
    browser.through_provider("/accesso/con/ente?ritorno=/profilo", "comune.c_a944")
    shown("once approved they sign in through the provider", browser.is_in())
    suspended = call("POST", f"/accounts/{account['id']}/suspension", admin, {"reason": "Prova."})
    shown("suspended, they are out at once", suspended.status_code == 204 and not browser.is_in())


def restart(base: str, server: subprocess.Popen, start) -> subprocess.Popen:
    browser = Browser(base)
    browser.fill("/accesso", "/accesso/password", {"email": OFFICER, "password": PASSWORD})
    server.terminate()
    server.wait(timeout=60)
    server = start()
    shown("a session outlives a restart of the server", browser.is_in())
    return server


def down(call, issuer: str, provider: subprocess.Popen) -> None:
    token = machine_token(issuer)
    assert call("GET", "/issues", token).status_code == 200
    provider.terminate()
    provider.wait(timeout=60)
    shown("while the provider is down its tokens are judged by the keys known", call("GET", "/issues", token).status_code == 200)


def notices(base: str, call, letters: Letters, staff: str, officer: str, server: subprocess.Popen, start) -> None:
    def again(*more: str) -> subprocess.Popen:
        server.terminate()
        server.wait(timeout=60)
        return start(*more)

    def taken_up(title: str) -> str:
        reported = call("POST", "/issues", officer, {
            "title": title, "description": "Due uffici chiedono documenti diversi.",
            "theme": "residence_registration", "urgency": "medium", "visibility": "network", "norms": []})
        assert reported.status_code == 201, reported.text
        issue = reported.json()["id"]
        seen = {"If-Match": call("GET", f"/issues/{issue}", staff).headers["ETag"]}
        triaged = call("POST", f"/issues/{issue}/triage", staff, {"scope": "in_scope"}, **seen)
        assert triaged.status_code == 201, triaged.text
        return issue

    def gone_through() -> dict:
        """What the status says once the notices of the day are done."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            told = call("GET", "/status", staff).json().get("notices")
            if told and not told["waiting"]:
                return told
            time.sleep(0.1)
        raise SystemExit("notices are not done")

    count = len(letters.taken)
    server = again("--notices-at", "23:59")
    issue = taken_up("Iscrizione: basta la ricevuta?")
    tomorrow = ["--notices-at", "00:00", "--clock-ahead", "1"]
    server = again(*tomorrow)
    letter, headers = letters.next(count), letters.headers[count:]
    told = gone_through()
    shown("what was taken up is told by mail the next day, with a reference and a link",
          "Segnalazioni prese in carico" in letter and f"{base}/segnalazioni/{issue}" in letter and "S-2" in letter)
    shown("nothing that somebody typed is in it", "ricevuta" not in letter and "Due uffici" not in letter)
    link = re.search(r"http\S+/avvisi/\S+", letter)[0]
    shown("programs of mail are told how to stop it at one click",
          headers[0]["list-unsubscribe"] == f"<{link}>"
          and headers[0]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click")
    server = again(*tomorrow)
    second = gone_through()
    shown("after a restart it is not told a second time", told["sent"] == 1 and second["day"] == told["day"]
          and second["sent"] == 0 and len(letters.taken) == count + 1)
    taken_up("Codice fiscale: quale ufficio?")
    letters.slow, day_after = True, ["--notices-at", "00:00", "--clock-ahead", "2"]
    server = again(*day_after)
    letters.next(count + 1)
    server.kill()
    letters.slow = False
    server = again(*day_after)
    third = gone_through()
    shown("nor after kill -9 between the letter and the word of the mail server",
          third["day"] > told["day"] and third["sent"] == 0 and len(letters.taken) == count + 2)
    asked = requests.get(link, timeout=30)
    still = asked.status_code == 200 and "Non inviare più avvisi" in asked.text
    stopped = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    forged = requests.post(link[:-3] + "AAA", data={"List-Unsubscribe": "One-Click"}, timeout=30)
    shown("the link asks first and stops them when it is posted to, a forged one does nothing",
          still and stopped.status_code == 200 and forged.status_code == 403)
    taken_up("Tessera sanitaria: chi la rilascia?")
    server = again("--notices-at", "00:00", "--clock-ahead", "3")
    last = gone_through()
    shown("then nothing comes any more", last["day"] > third["day"] and last["sent"] == 0
          and len(letters.taken) == count + 2)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
