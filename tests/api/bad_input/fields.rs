//! Fields of a well-formed body that are wrong, each named with its kind of fault.

use serde_json::{Value, json};

use super::CANARY;
use crate::app::TestApp;
use crate::setting::{DECREE, position, with};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// What is wrong, the members that make it so, the faults as `pointer kind`.
type Case = (&'static str, Value, Value);

#[tokio::test]
async fn every_fault_names_its_field() {
    let app = TestApp::ready().await;
    for (what, changes, faults) in shapes().into_iter().chain(references()) {
        let reply = app.bad_report(changes).await;
        let expected = json!([422, "invalid-fields", faults]);
        assert_eq!(reply.faults(), expected, "{what}: {}", reply.text);
    }
}

/// What no report looks like.
fn shapes() -> Vec<Case> {
    let reading = |changes| json!({"positions": [with(position("questura-bo", "BO"), changes)]});
    let many = vec![position("questura-bo", "BO"); 31];
    vec![
        ("unknown field", json!({"colore": CANARY}), json!(["/colore unknown_member"])),
        ("odd name", json!({"a/b~`c`": CANARY}), json!(["/a~1b~0`c` unknown_member"])),
        (
            "inner unknown field",
            reading(json!({"colore": CANARY})),
            json!(["/positions/0/colore unknown_member"]),
        ),
        ("null", json!({"since": null}), json!(["/since null"])),
        ("inner null", reading(json!({"note": null})), json!(["/positions/0/note null"])),
        ("two nulls", json!({"since": null, "theme": null}), json!(["/since null", "/theme null"])),
        ("wrong type", json!({"title": 7}), json!(["/title wrong_type"])),
        ("number as text", json!({"people_affected": "7"}), json!(["/people_affected wrong_type"])),
        ("negative number", json!({"people_affected": -7}), json!(["/people_affected wrong_type"])),
        ("fraction", json!({"people_affected": 7.5}), json!(["/people_affected wrong_type"])),
        (
            "large number",
            json!({"people_affected": 1_000_001}),
            json!(["/people_affected out_of_range"]),
        ),
        ("wrong word", json!({"urgency": CANARY}), json!(["/urgency not_allowed"])),
        (
            "inner wrong word",
            reading(json!({"known": CANARY})),
            json!(["/positions/0/known not_allowed"]),
        ),
        (
            "unknown kind of norm",
            json!({"norms": [{"kind": CANARY}]}),
            json!(["/norms/0/kind not_allowed"]),
        ),
        (
            "norm without kind",
            json!({"norms": [{"urn": DECREE}]}),
            json!(["/norms/0/kind missing"]),
        ),
        (
            "norm of two kinds",
            json!({"norms": [{"kind": "nir", "urn": DECREE, "celex": "32013L0033"}]}),
            json!(["/norms/0/celex unknown_member"]),
        ),
        ("empty text", json!({"title": " \n\t"}), json!(["/title invalid"])),
        ("long text", json!({"description": "x".repeat(11_000)}), json!(["/description invalid"])),
        (
            "a sealed text",
            json!({"title": {"alg": "XC20P", "ct": "x", "commitment": "x", "key_id": "1.0", "nonce": "x"}}),
            json!(["/title not_a_text"]),
        ),
        ("no such day", json!({"since": "2026-02-30"}), json!(["/since invalid"])),
        (
            "an instant for a day",
            json!({"since": "2026-02-03T00:00:00Z"}),
            json!(["/since invalid"]),
        ),
        ("a day before Italy", json!({"since": "1861-03-16"}), json!(["/since invalid"])),
        ("a code that is none", json!({"theme": "Residenza!"}), json!(["/theme invalid"])),
        ("too many readings", json!({"positions": many}), json!(["/positions too_many"])),
        ("envelope", json!({"occurred_on": CANARY}), json!(["/occurred_on invalid"])),
        ("envelope word", json!({"received_via": CANARY}), json!(["/received_via not_allowed"])),
        ("envelope type", json!({"texts_checked": "si"}), json!(["/texts_checked wrong_type"])),
        ("envelope body", json!({"on_behalf_of": "C A944"}), json!(["/on_behalf_of invalid"])),
    ]
}

/// What leads nowhere.
fn references() -> Vec<Case> {
    let reading = |changes| json!({"positions": [with(position("questura-bo", "BO"), changes)]});
    vec![
        ("theme", json!({"theme": CANARY}), json!(["/theme unknown_theme"])),
        (
            "secondary theme",
            json!({"secondary_themes": ["health", CANARY]}),
            json!(["/secondary_themes/1 unknown_theme"]),
        ),
        (
            "authority",
            reading(json!({"authority": CANARY})),
            json!(["/positions/0/authority unknown_authority"]),
        ),
        ("form", reading(json!({"form": CANARY})), json!(["/positions/0/form unknown_form"])),
        ("member", json!({"speaks_for": [CANARY]}), json!(["/speaks_for/0 unknown_body"])),
        (
            "norm",
            json!({"norms": [{"kind": "other", "norm_id": NOBODY}]}),
            json!(["/norms/0/norm_id unknown_norm"]),
        ),
        (
            "issuer",
            json!({"norms": [{"kind": "other", "issuer": CANARY}]}),
            json!(["/norms/0/issuer unknown_authority"]),
        ),
        (
            "CELEX",
            json!({"norms": [{"kind": "eu", "celex": "32013X0033"}]}),
            json!(["/norms/0/celex invalid_celex"]),
        ),
    ]
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let app = TestApp::ready().await;
    for member in ["title", "description", "theme", "urgency", "visibility"] {
        let mut body = crate::setting::report();
        body.as_object_mut().unwrap().remove(member);
        let reply = app.nothing_stored(app.post("bologna", "/issues", &body)).await;
        let fault = format!("/{member} missing");
        assert_eq!(reply.faults(), json!([422, "invalid-fields", [fault]]), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_field_fault_reads_like_this() {
    let app = TestApp::ready().await;
    let reply = app.bad_report(json!({"urgency": CANARY})).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Alcuni dati non sono validi: l'elenco dice quali.",
      "errors": [
        {
          "detail": "Valore non previsto; sono ammessi: low, medium, high.",
          "kind": "not_allowed",
          "pointer": "/urgency"
        }
      ],
      "status": 422,
      "title": "Dati non validi",
      "type": "invalid-fields"
    }
    "#);
    let reply = app.bad_report(json!({"description": "x".repeat(11_000)})).await;
    insta::assert_json_snapshot!(reply.body["errors"], @r#"
    [
      {
        "detail": "Il testo supera 10000 caratteri.",
        "kind": "invalid",
        "pointer": "/description"
      }
    ]
    "#);
    let reply = app.bad_report(json!({"theme": CANARY, "norms": [{"kind": "nir", "urn": DECREE}], "positions": [position(CANARY, "BO")]})).await;
    insta::assert_json_snapshot!(reply.body["errors"], @r#"
    [
      {
        "detail": "Il tema indicato non esiste.",
        "kind": "unknown_theme",
        "pointer": "/theme"
      },
      {
        "detail": "L'autorità indicata non esiste.",
        "kind": "unknown_authority",
        "pointer": "/positions/0/authority"
      }
    ]
    "#);
}

#[tokio::test]
async fn a_description_of_ten_thousand_letters_is_accepted() {
    let app = TestApp::ready().await;
    let body = with(crate::setting::report(), json!({"description": "è".repeat(10_000)}));
    app.act("bologna", "report_issue", &[], body).await;
}

#[tokio::test]
async fn an_invalid_urn_brings_its_code_and_a_hint() {
    let app = TestApp::ready().await;
    let urn = "urn:nir:stato:decreto-legge:2023-10-05;133~art5-bis";
    let reply = app.bad_report(json!({"norms": [{"kind": "nir", "urn": urn}]})).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Alcuni dati non sono validi: l'elenco dice quali.",
      "errors": [
        {
          "detail": "URN non valida: il tipo di atto è scritto male: parole minuscole unite da un punto (decreto.legge).",
          "hint": "urn:nir:stato:decreto.legge:2023-10-05;133~art5bis",
          "kind": "E_TYPE",
          "pointer": "/norms/0/urn"
        }
      ],
      "status": 422,
      "title": "Dati non validi",
      "type": "invalid-fields"
    }
    "#);

    let vectors: Value = serde_json::from_str(include_str!("../../data/urn-vectors.json")).unwrap();
    for vector in vectors["invalid"].as_array().unwrap() {
        let urn = vector["input"].as_str().unwrap();
        let reply = app.bad_report(json!({"norms": [{"kind": "nir", "urn": urn}]})).await;
        let error = &reply.body["errors"][0];
        assert_eq!((reply.status, error["pointer"].as_str()), (422, Some("/norms/0/urn")), "{urn}");
        // What is no word at all is refused before it is read as a URN.
        if !urn.trim().is_empty() && urn.len() <= 400 {
            assert_eq!(error["kind"], vector["error"], "{urn}: {error}");
        }
        if !vector["hint"].is_null() {
            assert_eq!(error["hint"], vector["hint"], "{urn}: {error}");
        }
    }
}

#[tokio::test]
async fn unknown_things_are_named_in_every_kind_of_case() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let text = json!({"reason": "Lo richiede il caso."});
    let cases = [
        (
            "link_issue",
            vec![issue.as_str()],
            json!({"issue": NOBODY, "link": "related"}),
            "/issue unknown_issue",
        ),
        (
            "link_answer_to_issue",
            vec![&issue],
            json!({"answer": NOBODY, "result": "settled"}),
            "/answer unknown_answer",
        ),
        (
            "record_issue_contact",
            vec![&issue],
            json!({"authority": CANARY, "text": "Sentito."}),
            "/authority unknown_authority",
        ),
        (
            "request_clarification",
            vec![&issue],
            json!({"to": CANARY, "text": "Come?"}),
            "/to unknown_body",
        ),
        (
            "record_communication",
            vec![],
            json!({"direction": "in", "channel": "pec", "subject": "Nota", "counterpart": [{"kind": "authority", "id": CANARY}]}),
            "/counterpart/0/id unknown_authority",
        ),
        (
            "record_communication",
            vec![],
            json!({"direction": "in", "channel": "pec", "subject": "Nota", "counterpart": [{"kind": "riunione", "id": "1"}]}),
            "/counterpart/0/id unknown_reference",
        ),
        (
            "record_answer",
            vec![],
            json!({"origin": "reply", "authors": ["interno_ps"], "form": "nota", "document_date": "2026-03-02", "received_on": "2026-03-05", "communication": NOBODY, "text": "Sì."}),
            "/communication unknown_communication",
        ),
        (
            "register_body",
            vec![],
            json!({"body": "c_x", "name": "X", "kind": "unione", "members": [CANARY]}),
            "/members/0 unknown_body",
        ),
    ];
    for (act, on, data, fault) in cases {
        let who = if act == "register_body" { "admin" } else { "staff" };
        let needs_reason = act == "link_issue";
        let data = if needs_reason { with(data, text.clone()) } else { data };
        let reply = app.nothing_stored(app.try_act(who, act, &on, data)).await;
        assert_eq!(
            reply.faults(),
            json!([422, "invalid-fields", [fault]]),
            "{act}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_date_in_the_future_or_in_reverse_is_named() {
    let app = TestApp::ready().await;
    let reading = |changes| json!({"positions": [with(position("questura-bo", "BO"), changes)]});
    let (future, reversed) = ("date-in-future", "dates-reversed");
    for (changes, slug, pointer) in [
        (json!({"occurred_on": "2026-03-11"}), future, "/occurred_on"),
        (json!({"since": "2026-03-11"}), future, "/since"),
        (reading(json!({"since": "2026-03-11"})), future, "/positions/0/since"),
        (reading(json!({"document_date": "2026-03-11"})), future, "/positions/0/document_date"),
        (
            reading(json!({"since": "2026-02-02", "until": "2026-02-01"})),
            reversed,
            "/positions/0/until",
        ),
    ] {
        let reply = app.bad_report(changes).await;
        assert_eq!(
            reply.faults(),
            json!([422, slug, [format!("{pointer} rule")]]),
            "{}",
            reply.text
        );
    }
    let reply = app.bad_report(json!({"since": "2026-03-11"})).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "La data di ciò che si registra non può essere nel futuro.",
      "errors": [
        {
          "detail": "La data di ciò che si registra non può essere nel futuro.",
          "kind": "rule",
          "pointer": "/since"
        }
      ],
      "status": 422,
      "title": "Dati non validi",
      "type": "date-in-future"
    }
    "#);

    let answer = json!({
        "origin": "reply", "authors": ["interno_ps"], "form": "nota", "text": "Sì.",
        "document_date": "2026-03-06", "received_on": "2026-03-05", "address": "Sito",
    });
    let reply = app.nothing_stored(app.post("staff", "/answers", &answer)).await;
    assert_eq!(reply.faults(), json!([422, reversed, ["/received_on rule"]]));
    let token = json!({
        "person": "p-staff", "role": "staff", "body": "anci_er", "label": "prova",
        "expires_on": "2026-03-09",
    });
    let reply = app.nothing_stored(app.post("admin", "/tokens", &token)).await;
    assert_eq!(reply.faults(), json!([422, reversed, ["/expires_on rule"]]));
}
