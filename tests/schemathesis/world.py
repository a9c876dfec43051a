"""What a live server must hold for a request to be a sensible one.

`World` is a small client that files issues, drafts questions and so on through the API itself.
`recipes()` says, for each operation, how to bring something into the state in which the operation
is allowed, and with which body it then succeeds. A recipe is made anew each time it is asked for,
so that requests do not get into each other's way.

Deliberately absent: generated data (schemathesis makes them), knowledge of the database.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable

import requests

# Codes of the registry that the demonstration brings along.
COORDINATOR = "anci_er"
# The first is that of the first account of a municipality.
BODY, OTHER_BODY, THIRD_BODY = "c_g337", "c_b034", "c_c553"
UNION = "unione_romagna_faentina"
THEME, FORM = "residence_registration", "nota"
QUESTURA, REGISTRY_OFFICE = "questura-bo", "comune_anagrafe-bo"
MINISTRY, OTHER_MINISTRY, VIA = "ministero_interno_servizi_demografici", "ministero_interno_ps", "anci_nazionale"
ACT = "urn:nir:stato:decreto.legislativo:2015-08-18;142"
BOLOGNA = {"level": "province", "code": "BO"}


def norm(partition: str = "~art5bis") -> dict[str, Any]:
    return {"kind": "nir", "urn": ACT + partition, "text_in_force_on": "2024-02-12"}


@dataclass
class Request:
    """A request that the server should carry out."""

    path: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seen: int | None = None
    query: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The server did not do what a recipe needs first."""


class World:
    def __init__(self, base: str, tokens: dict[str, str]):
        """`base` ends in `/api/v1`; `tokens` has one token for each role."""
        self.base, self.tokens, self.session = base, tokens, requests.Session()
        self.revisions: dict[str, int] = {}
        self.count = itertools.count(1)

    def fresh(self, prefix: str) -> str:
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def post(self, path: str, body: Any = None, role: str = "staff") -> dict[str, Any]:
        """Posts a command, resting on the last revision seen here, and answers the receipt."""
        thing = "/".join(path.split("/")[:3])
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Idempotency-Key": str(uuid.uuid4())}
        if thing in self.revisions:
            headers["If-Match"] = f'"{self.revisions[thing]}.w"'
        answer = self.session.post(self.base + path, json=body or {}, headers=headers, timeout=20)
        if answer.status_code not in (200, 201, 204):
            raise Refused(f"POST {path}: {answer.status_code} {answer.text[:400]}")
        receipt = answer.json() if answer.content else {}
        if "revision" in receipt:
            own = thing if len(path.split("/")) > 2 else f"{thing}/{receipt['id']}"
            self.revisions[own] = receipt["revision"]
        return receipt

    def get(self, path: str, role: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        answer = self.session.get(self.base + path, headers=headers, timeout=20)
        answer.raise_for_status()
        return answer.json()

    # Things in the states that operations ask for.

    def issue(self, role: str = "staff", **members: Any) -> str:
        body = {
            "title": "Iscrizione anagrafica: basta la ricevuta?",
            "description": "Due uffici chiedono documenti diversi per la stessa iscrizione.",
            "theme": THEME,
            "norms": [norm()],
            "positions": [position(REGISTRY_OFFICE, "Basta la ricevuta.")],
            "urgency": "medium",
            "visibility": "network",
        }
        if role == "staff":
            body |= {"coordinator": COORDINATOR, "body": BODY}
        return self.post("/issues", body | members, role)["id"]

    def triaged(self) -> str:
        issue = self.issue()
        self.post(f"/issues/{issue}/triage", {"scope": "in_scope", "urgency": "medium"})
        return issue

    def part(self, path: str, body: dict[str, Any], role: str = "staff") -> str:
        """Records something inside a thing; its id is that of the event."""
        return self.post(path, body, role)["event_id"]

    def position(self, issue: str, authority: str = QUESTURA) -> str:
        return self.part(f"/issues/{issue}/positions", position(authority, "Serve il permesso."))

    def endorsement(self, issue: str) -> str:
        return self.part(f"/issues/{issue}/endorsements", {"body": OTHER_BODY, "people_affected": 4})

    def question(self) -> tuple[str, str, str]:
        """A draft: its id, an addressee, a point."""
        addressee, point = str(uuid.uuid4()), str(uuid.uuid4())
        body = draft(self.issue()) | {
            "addressees": [{"addressee_id": addressee, "addressee": MINISTRY, "via": VIA}],
        }
        body["points"][0]["point_id"] = point
        return self.post("/collective-questions", body)["id"], addressee, point

    def approved(self) -> tuple[str, str, str]:
        question, addressee, point = self.question()
        self.post(f"/collective-questions/{question}/approval", {"text_version": 1, "role": "presidente"})
        return question, addressee, point

    def dispatched(self) -> tuple[str, str, str]:
        question, addressee, point = self.approved()
        self.post(
            f"/collective-questions/{question}/dispatch",
            {"addressees": [addressee], "text_version": 1, "communication": self.letter()},
        )
        return question, addressee, point

    def adhesion(self, question: str) -> str:
        body = {"body": OTHER_BODY, "signatory_role": "sindaca", "text_version": 1, "kind": "before_dispatch"}
        return self.part(f"/collective-questions/{question}/adhesions", body)

    def answer(self) -> str:
        return self.post("/answers", reply())["id"]

    def solution(self, **members: Any) -> str:
        return self.post("/solutions", solution() | members)["id"]

    def validated(self) -> str:
        found = self.solution()
        self.post(f"/solutions/{found}/validation", {"solution_version": 1, "by": "coordinamento"})
        return found

    def adoption(self, found: str) -> str:
        return self.part(f"/solutions/{found}/adoptions", adoption(OTHER_BODY))

    def letter(self) -> str:
        return self.post("/communications", letter())["id"]

    def registration(self, found: str) -> str:
        return self.part(f"/communications/{found}/registration", registration(self))

    def entry(self, collection: str, member: str, role: str, body: dict[str, Any]) -> str:
        code = self.fresh("prova")
        self.post(f"/{collection}", {member: code} | body, role)
        return code

    def body(self, **members: Any) -> str:
        return self.entry("bodies", "body", "admin", {"name": "Ente di prova", "kind": "comune", "province": "BO"} | members)

    def authority(self) -> str:
        return self.entry("authorities", "authority", "staff", {"kind": "questura", "office": "Ufficio di prova", "province": "BO"})

    def theme(self) -> str:
        return self.entry("themes", "theme", "staff", {"label_it": "Tema di prova"})

    def form(self) -> str:
        return self.entry("forms", "form", "staff", {"label_it": "Forma di prova", "rank": 1})

    def norm(self) -> str:
        return self.post("/norms", catalogue_entry(self))["id"]

    def holiday(self) -> str:
        return self.observed()[0]

    def observed(self) -> tuple[str, str]:
        """A holiday and its rule; one day has one holiday at a time, so a few are tried."""
        for last in (False,) * 20 + (True,):
            body = holiday()
            try:
                return self.part("/holidays", body), body["rule"]
            except Refused:
                if last:
                    raise
        raise AssertionError

    def vacant(self) -> str:
        """The rule of a day that is a holiday no longer from 2027 on."""
        found, rule = self.observed()
        self.post(f"/holidays/{found}/repeal", {"until": "2026-12-31"})
        return rule

    def person(self) -> str:
        code = self.fresh("ufficio")
        self.post("/people", {"person": code, "role": "municipality", "body": BODY}, "admin")
        return code

    def account(self) -> str:
        return self.post("/accounts", account(self), "admin")["id"]

    def token(self) -> str:
        return self.post("/tokens", token(self), "admin")["id"]

    def document(self, role: str = "staff") -> str:
        """The hash of a document just put there."""
        content = f"prova {uuid.uuid4()}".encode()
        headers = {
            "Authorization": f"Bearer {self.tokens[role]}",
            "Idempotency-Key": str(uuid.uuid4()),
            "Content-Type": "application/pdf",
        }
        answer = self.session.post(self.base + "/documents", data=content, headers=headers, timeout=20)
        if answer.status_code not in (200, 201):
            raise Refused(f"POST /documents: {answer.status_code} {answer.text[:400]}")
        return answer.json()["sha256"]


def position(authority: str, reading: str) -> dict[str, Any]:
    return {"authority": authority, "territory": BOLOGNA, "reading": reading, "form": "practice", "known": "direct"}


def draft(issue: str) -> dict[str, Any]:
    return {
        "coordinator": COORDINATOR,
        "subject": "Iscrizione anagrafica dei richiedenti protezione",
        "addressees": [{"addressee": MINISTRY, "via": VIA}],
        "background": "Gli uffici leggono in modo diverso la stessa norma.",
        "norms": [norm()],
        "silence_effect": "none",
        "points": [{"text": "Se la ricevuta basti per l'iscrizione.", "issues": [issue]}],
    }


def reply() -> dict[str, Any]:
    return {
        "coordinator": COORDINATOR,
        "origin": "reply",
        "authors": [MINISTRY],
        "form": FORM,
        "document_date": "2024-03-21",
        "received_on": "2024-03-25",
        "address": "https://www.example.it/riscontri/1",
        "text": "Basta la ricevuta.",
    }


def solution() -> dict[str, Any]:
    return {
        "coordinator": COORDINATOR,
        "problem": "Criterio di iscrizione per gli appartamenti SAI.",
        "text": "Protocollo distrettuale per gli alloggi con più nuclei.",
        "level": "local_agreement",
        "basis": {"answers": [], "norms": [norm()]},
        "territory": BOLOGNA,
    }


def adoption(body: str) -> dict[str, Any]:
    act = {"status": "adopted", "kind": "determinazione dirigenziale", "number": "0388", "date": "2024-07-15"}
    return {"body": body, "manner": "adopted", "solution_version": 1, "act": act, "in_force_from": "2024-08-01"}


def letter() -> dict[str, Any]:
    return {
        "coordinator": COORDINATOR,
        "direction": "out",
        "channel": "pec",
        "counterpart": [{"kind": "authority", "id": MINISTRY}],
        "subject": "Quesito collettivo: iscrizione anagrafica",
    }


def registration(world: World) -> dict[str, Any]:
    number = f"{uuid.uuid4().int % 10**9:09d}"
    return {"body": COORDINATOR, "register": "PROVA", "year": 2026, "number": number, "date": "2026-01-20"}


def catalogue_entry(world: World) -> dict[str, Any]:
    number = 10_000 + uuid.uuid4().int % 10_000_000
    return {"kind": "nir", "urn": f"urn:nir:stato:legge:2020-02-03;{number}", "label_it": f"L. 3 febbraio 2020, n. {number}"}


def holiday() -> dict[str, Any]:
    drawn = uuid.uuid4().int
    rule = f"{drawn % 12 + 1:02d}-{drawn // 12 % 28 + 1:02d}"
    return {"name": "Festa di prova", "rule": rule, "from": "2026-01-01"}


def token(world: World) -> dict[str, Any]:
    return {
        "person": world.person(),
        "role": "municipality",
        "body": BODY,
        "network": COORDINATOR,
        "label": "prova",
        "expires_on": "2099-12-31",
    }


def account(world: World) -> dict[str, Any]:
    return {
        "name": "Persona di prova",
        "email": world.fresh("prova") + "@comune.example.it",
        "role": "municipality",
        "body": BODY,
        "network": COORDINATOR,
    }


Recipe = Callable[[World], Request]

REASON = {"reason": "Prova."}
CONTACT = {"authority": QUESTURA, "text": "Sentito l'ufficio: riscontro entro giugno."}
NOTE = {"audience": "participants", "text": "Nota di prova."}
ASSIGNED = {"staff_member": "ufficio-giuridico", "until": "2026-06-30"}
ERASURE = REASON | {"legal_basis": "art. 17 GDPR"}
REVIEW = {"reason": "Norma modificata.", "reviewer": "ufficio-giuridico", "due": "2099-12-15"}


def on(collection: str, parameter: str):
    """Makes recipes for one kind of thing."""

    def act(make: Callable[[World], Any], body: Any, **parts: Callable[[World, str], str]) -> Recipe:
        """`make` brings the thing about (a tuple's further members go to a callable body);
        `parts` brings about what further path parameters name."""

        def recipe(world: World) -> Request:
            made = make(world)
            thing, *rest = made if isinstance(made, tuple) else (made,)
            path = {parameter: thing}
            for name, part in parts.items():
                path[name] = part(world, thing, *rest)
            content = body(world, thing, *rest) if callable(body) else body
            return Request(path, content, world.revisions.get(f"/{collection}/{thing}"))

        return recipe

    return act


def without_path(body: Callable[[World], Any]) -> Recipe:
    return lambda world: Request(body=body(world))


def linked_issue(world: World, issue: str) -> str:
    other = world.issue()
    world.post(f"/issues/{issue}/links", {"issue": other, "link": "related", "reason": "Prova."})
    return other


def linked_answer(collection: str):
    def link(world: World, thing: str, *rest: str) -> str:
        found = world.answer()
        outcome = {"points": [{"point_id": rest[1], "result": "settled"}]} if rest else {"result": "settled"}
        world.post(f"/{collection}/{thing}/answers", {"answer": found} | outcome)
        return found

    return link


def after(make: Callable[[World], Any], path: str, body: Any, role: str = "staff") -> Callable[[World], Any]:
    """The thing that `make` brings about, after one more command below it."""

    def made(world: World) -> Any:
        thing = make(world)
        first, *rest = thing if isinstance(thing, tuple) else (thing,)
        world.post(path.format(first), body(world, first, *rest) if callable(body) else body, role)
        return thing

    return made


def conflicting(world: World, answer: str) -> str:
    other = world.answer()
    world.post(f"/answers/{answer}/conflicts", {"with": other, "reason": "Prova."})
    return other


def part(collection: str, name: str, body: Any):
    """Something inside a thing, named in the path by the id of its event."""

    def made(world: World, thing: str, *rest: str) -> str:
        return world.part(f"/{collection}/{thing}/{name}", body(world) if callable(body) else body)

    return made


def document_ref(world: World, *_: str) -> dict[str, Any]:
    return {"document": {"sha256": world.document(), "media_type": "application/pdf", "length": 42, "name": "nota.pdf"}}


def by_an_act(world: World) -> dict[str, Any]:
    """Erases the texts of the calendar, once it holds one."""
    world.post("/holidays", holiday() | {"rule": world.vacant(), "from": "2027-01-01", "act": "Delibera di prova."})
    return ERASURE


def recipes() -> dict[str, Recipe]:
    """The recipe of each command, by `operationId`."""
    issue = on("issues", "issue_id")
    question = on("collective-questions", "question_id")
    answer = on("answers", "answer_id")
    solved = on("solutions", "solution_id")
    mail = on("communications", "communication_id")
    body, authority = on("bodies", "body_id"), on("authorities", "authority_id")
    theme, form, norms = on("themes", "theme_id"), on("forms", "form_id"), on("norms", "norm_id")
    W = World

    cited = part("issues", "norm-citations", {"norm": norm("~art22")})
    asked = part("issues", "clarifications", {"text": "Su carta?", "to": BODY})
    withdrawn = after(W.issue, "/issues/{}/withdrawal", REASON)
    published = after(W.issue, "/issues/{}/publication", {"abstract": "Letture diverse.", "approved_role": "presidente"})
    collecting = after(W.question, "/collective-questions/{}/adhesion-window", {"text_version": 1})
    rejected = after(W.question, "/collective-questions/{}/rejection", {"reason": "too_specific"})
    unanswered = after(
        W.dispatched,
        "/collective-questions/{}/answers",
        lambda world, _thing, _to, point: {"answer": world.answer(), "points": [{"point_id": point, "result": "settled"}]},
    )
    # Entries of the registry hold a text only where somebody said why, or by which act.
    corrected_norm = after(W.norm, "/norms/{}/corrections", REASON | {"label_it": "Legge di prova, corretta"})
    renamed_body = after(W.body, "/bodies/{}/names", REASON | {"name": "Ente di prova, nuovo nome"}, "admin")
    renamed_authority = after(W.authority, "/authorities/{}/names", REASON | {"office": "Ufficio di prova e asilo"})
    retired_theme = after(W.theme, "/themes/{}/retirement", REASON | {"from": "2026-01-01"})
    retired_form = after(W.form, "/forms/{}/retirement", REASON | {"from": "2026-01-01"})
    former = after(W.person, "/people/{}/revocation", REASON | {"role": "municipality", "body": BODY}, "admin")
    shown = after(W.solution, "/solutions/{}/publication", {"abstract": "Scheda operativa."})
    union_body = lambda world: world.body(kind="unione", members=[OTHER_BODY])  # noqa: E731

    return {
        "report_issue": without_path(lambda w: {
            "coordinator": COORDINATOR, "body": BODY, "title": "Prova", "description": "Prova.", "theme": THEME,
            "norms": [norm()], "positions": [position(QUESTURA, "Serve il permesso.")],
            "urgency": "low", "visibility": "network"}),
        "amend_issue": issue(W.issue, REASON | {"people_affected": 12}),
        "request_clarification": issue(W.issue, {"text": "Su carta?", "to": BODY}),
        "provide_clarification": issue(W.issue, {"text": "Su carta, allo sportello."}, clarification_id=asked),
        "triage_issue": issue(W.issue, {"scope": "in_scope", "urgency": "medium"}),
        "assign_issue": issue(W.issue, ASSIGNED),
        "cite_norm": issue(W.issue, {"norm": norm("~art22")}),
        "correct_norm_citation": issue(W.issue, REASON | {"norm": norm("~art23")}, citation_id=cited),
        "withdraw_norm_citation": issue(W.issue, REASON, citation_id=cited),
        "record_position": issue(W.issue, position(QUESTURA, "Serve il permesso.")),
        "correct_position": issue(W.issue, REASON | {"reading": "Serve il permesso elettronico."}, position_id=W.position),
        "withdraw_position": issue(W.issue, REASON, position_id=W.position),
        "end_position": issue(W.issue, {"cause": "aligned"}, position_id=W.position),
        "endorse_issue": issue(W.issue, {"body": OTHER_BODY, "people_affected": 4}),
        "correct_endorsement": issue(W.issue, REASON | {"people_affected": 5}, endorsement_id=W.endorsement),
        "withdraw_endorsement": issue(W.issue, REASON, endorsement_id=W.endorsement),
        "estimate_impact": issue(W.issue, {"people_affected": 64, "bodies_affected": 3, "method": "conteggio"}),
        "link_issue": issue(W.issue, lambda w, _: {"issue": w.issue(), "link": "related", "reason": "Prova."}),
        "unlink_issue": issue(W.issue, REASON | {"link": "related"}, linked_issue_id=linked_issue),
        "link_answer_to_issue": issue(W.issue, lambda w, _: {"answer": w.answer(), "result": "settled"}),
        "unlink_answer_from_issue": issue(W.issue, REASON, linked_answer_id=linked_answer("issues")),
        "add_issue_note": issue(W.issue, NOTE),
        "record_issue_contact": issue(W.issue, CONTACT),
        "change_issue_visibility": issue(W.issue, {"to": "restricted", "reason": "Prova."}),
        "publish_issue": issue(W.issue, {"abstract": "Letture diverse.", "approved_role": "presidente"}),
        "unpublish_issue": issue(published, REASON),
        "withdraw_issue": issue(W.issue, REASON),
        "close_issue": issue(W.triaged, {"outcome": "local_solution", "summary": "Protocollo distrettuale."}),
        "reopen_issue": issue(withdrawn, REASON),
        "erase_issue_text": issue(W.issue, ERASURE),

        "draft_question": without_path(lambda w: draft(w.issue())),
        "attach_issue_to_question": question(W.question, lambda w, *_: {"issue": w.issue()}),
        "detach_issue_from_question": question(W.question, REASON, attached_issue_id=attached("collective-questions")),
        "revise_question_text": question(W.question, REASON | {"kind": "substance", "background": "Nuove premesse."}),
        "open_adhesions": question(W.question, {"text_version": 1, "deadline": "2099-12-04"}),
        "close_adhesions": question(collecting, {"text_version": 1}),
        "give_adhesion": question(W.question, {
            "body": OTHER_BODY, "signatory_role": "sindaca", "text_version": 1, "kind": "before_dispatch"}),
        "withdraw_adhesion": question(W.question, REASON, adhesion_id=lambda w, q, *_: w.adhesion(q)),
        "approve_question": question(W.question, {"text_version": 1, "role": "presidente"}),
        "dispatch_question": question(W.approved, lambda w, _q, to, _p: {
            "addressees": [to], "text_version": 1, "communication": w.letter()}),
        "correct_dispatch": question(W.dispatched, lambda w, _q, to, _p: REASON | {
            "addressees": [to], "communication": w.letter()}),
        "send_reminder": question(
            W.dispatched, lambda w, *_: {"communication": w.letter()}, reached_addressee_id=lambda _w, _q, to, _p: to),
        "record_forwarding": question(W.dispatched, lambda _w, _q, to, _p: {"from": to, "to": OTHER_MINISTRY}),
        "link_answer_to_question": question(W.dispatched, lambda w, _q, _to, point: {
            "answer": w.answer(), "points": [{"point_id": point, "result": "settled"}]}),
        "unlink_answer_from_question": question(
            W.dispatched, REASON, linked_answer_id=linked_answer("collective-questions")),
        "declare_point_unanswered": question(W.dispatched, REASON, point_id=lambda _w, _q, _to, point: point),
        "withdraw_point": question(W.dispatched, REASON, point_id=lambda _w, _q, _to, point: point),
        "reject_question": question(W.question, {"reason": "too_specific"}),
        "close_question": question(unanswered, {"note": "Tutti i punti hanno avuto riscontro."}),
        "withdraw_question": question(W.question, REASON),
        "reopen_question": question(rejected, REASON),
        "assign_question": question(W.question, ASSIGNED),
        "add_question_note": question(W.question, NOTE),
        "record_question_contact": question(W.question, CONTACT),
        "erase_question_text": question(W.question, ERASURE),

        "record_answer": without_path(lambda w: reply()),
        "correct_answer": answer(W.answer, REASON | {"received_on": "2024-03-26"}),
        "assess_answer": answer(W.answer, {"assessment": "clear"}),
        "supersede_answer": answer(W.answer, lambda w, _: REASON | {
            "by": {"kind": "answer", "id": w.answer()}, "from": "2025-11-01"}),
        "withdraw_answer": answer(W.answer, REASON | {"by": MINISTRY, "from": "2025-02-25"}),
        "declare_conflict": answer(W.answer, lambda w, _: REASON | {"with": w.answer()}),
        "settle_conflict": answer(W.answer, REASON, conflicting_answer_id=conflicting),
        "flag_answer_for_review": answer(W.answer, REVIEW),
        "confirm_answer": answer(W.answer, REASON, review_id=part("answers", "reviews", REVIEW)),
        "erase_answer_text": answer(W.answer, ERASURE),

        "propose_solution": without_path(lambda w: solution()),
        "revise_solution": solved(W.solution, REASON | {"text": "Schema comune."}),
        "add_basis": solved(W.solution, lambda w, _: {"answer": w.answer()}),
        "remove_basis": solved(
            W.solution, REASON, basis_id=part("solutions", "basis", {"norm": norm("~art22")})),
        "attach_issue_to_solution": solved(W.solution, lambda w, _: {"issue": w.issue()}),
        "detach_issue_from_solution": solved(W.solution, REASON, attached_issue_id=attached("solutions")),
        "validate_solution": solved(W.solution, {"solution_version": 1, "by": "gruppo di lavoro"}),
        "adopt_solution": solved(W.validated, adoption(OTHER_BODY)),
        "correct_adoption": solved(
            W.validated, REASON | {"in_force_from": "2024-09-01"}, adoption_id=W.adoption),
        "end_adoption": solved(W.validated, REASON | {"until": "2025-08-31"}, adoption_id=W.adoption),
        "decline_solution": solved(W.validated, REASON | {"body": OTHER_BODY, "solution_version": 1}),
        "flag_solution_for_review": solved(W.solution, REVIEW),
        "confirm_solution": solved(W.solution, REASON, review_id=part("solutions", "reviews", REVIEW)),
        "supersede_solution": solved(W.solution, lambda w, _: REASON | {"by": w.solution()}),
        "retire_solution": solved(W.solution, REASON),
        "publish_solution": solved(W.solution, {"abstract": "Scheda operativa."}),
        "unpublish_solution": solved(shown, REASON),
        "erase_solution_text": solved(W.solution, ERASURE),

        "record_communication": without_path(lambda w: letter()),
        "register_communication": mail(W.letter, lambda w, _: registration(w)),
        "annul_registration": mail(W.letter, REASON, registration_id=W.registration),
        "record_receipt": mail(W.letter, {"receipt": "delivered", "date": "2026-01-20"}),
        "attach_document": mail(W.letter, document_ref),
        "erase_communication_text": mail(W.letter, ERASURE),

        "register_norm": without_path(catalogue_entry),
        "record_amendment": norms(W.norm, {
            "by": {"kind": "nir", "urn": "urn:nir:stato:decreto.legge:2023-10-05;133~art5"}, "from": "2023-10-06"}),
        "correct_norm": norms(W.norm, REASON | {"label_it": "Legge di prova, corretta"}),
        "erase_norm_text": norms(corrected_norm, ERASURE),
        "register_body": without_path(lambda w: {
            "body": w.fresh("prova"), "name": "Ente di prova", "kind": "comune", "province": "BO"}),
        "rename_body": body(W.body, {"name": "Ente di prova, nuovo nome"}),
        "merge_body": body(W.body, {"into": BODY, "from": "2026-01-01"}),
        "move_body": body(W.body, {"province": "RN", "from": "2021-06-17"}),
        "add_member": body(union_body, {"member": THIRD_BODY, "from": "2026-01-01"}),
        "remove_member": body(union_body, {"until": "2026-01-01"}, member_id=lambda *_: OTHER_BODY),
        "record_profile": body(W.body, {"sai_owner": True, "places": 48, "on": "2026-01-01"}),
        "erase_body_text": body(renamed_body, ERASURE),
        "register_authority": without_path(lambda w: {
            "authority": w.fresh("prova"), "kind": "questura", "office": "Ufficio di prova", "province": "BO"}),
        "rename_authority": authority(W.authority, {"office": "Ufficio di prova e asilo"}),
        "retire_authority": authority(W.authority, {"from": "2026-01-01"}),
        "erase_authority_text": authority(renamed_authority, ERASURE),
        "register_theme": without_path(lambda w: {"theme": w.fresh("prova"), "label_it": "Tema di prova"}),
        "rename_theme": theme(W.theme, {"label_it": "Tema di prova, nuovo nome"}),
        "retire_theme": theme(W.theme, {"from": "2026-01-01"}),
        "erase_theme_text": theme(retired_theme, ERASURE),
        "register_form": without_path(lambda w: {"form": w.fresh("prova"), "label_it": "Forma di prova", "rank": 1}),
        "rename_form": form(W.form, {"label_it": "Forma di prova, nuovo nome"}),
        "retire_form": form(W.form, {"from": "2026-01-01"}),
        "erase_form_text": form(retired_form, ERASURE),
        "declare_holiday": without_path(lambda w: holiday() | {"rule": w.vacant(), "from": "2027-01-01"}),
        "erase_holiday_text": without_path(by_an_act),
        "repeal_holiday": lambda w: Request({"holiday_id": w.holiday()}, {"until": "2999-12-31"}),
        "grant_access": without_path(lambda w: {"person": w.fresh("ufficio"), "role": "municipality", "body": BODY}),
        "revoke_access": lambda w: Request({"person_id": w.person()}, {"role": "municipality", "body": BODY}),
        "erase_access_text": lambda w: Request({"person_id": former(w)}, ERASURE),

        "create_token": without_path(token),
        "revoke_token": lambda w: Request({"token_id": w.token()}, {"reason": "Prova."}),
        "create_account": without_path(account),
        "approve_account": lambda w: Request({"account_id": w.account()}, {"role": "municipality", "body": BODY}),
        "suspend_account": lambda w: Request({"account_id": w.account()}, REASON),
        "restore_account": lambda w: Request({"account_id": w.account()}, REASON),
        "check_text": without_path(lambda w: {"text": "Un testo senza dati personali."}),
    }


def attached(collection: str):
    def attach(world: World, thing: str, *_: str) -> str:
        found = world.issue()
        world.post(f"/{collection}/{thing}/issues", {"issue": found})
        return found

    return attach


# What each role may do beside reading, and so which recipes its run is given. Staff record
# everything that concerns cases and norms; operators the bodies, the people and the tokens.
ADMIN = {
    "register_body", "rename_body", "merge_body", "move_body", "add_member", "remove_member", "record_profile",
    "erase_body_text", "grant_access", "revoke_access", "erase_access_text", "create_token", "revoke_token",
    "create_account", "approve_account", "suspend_account", "restore_account",
}
MUNICIPAL = {
    "report_issue", "amend_issue", "withdraw_issue", "cite_norm", "correct_norm_citation", "withdraw_norm_citation",
    "provide_clarification", "record_position", "end_position", "add_issue_note", "give_adhesion",
    "add_question_note", "adopt_solution", "decline_solution", "check_text",
}


def allowed(role: str, operation: str) -> bool:
    match role:
        case "staff":
            return operation not in ADMIN
        case "admin":
            return operation in ADMIN | {"check_text"}
        case "municipality":
            return operation in MUNICIPAL
        case "observer" | "auditor":
            return operation == "check_text"
        case _:
            return False
