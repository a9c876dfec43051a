//! Texts: kept as typed, checked for personal data.

use serde_json::{Value, json};

use super::CANARY;
use crate::app::TestApp;
use crate::setting::{report, with};

#[tokio::test]
async fn a_text_is_kept_byte_for_byte() {
    let app = TestApp::ready().await;
    for text in [
        "citta\u{300} e perche\u{301}",
        "\u{202b}\u{5d0}\u{5d1}\u{202c} e \u{627}\u{644}",
        "resi\u{200b}denza\u{feff}\u{200d}",
        "  spazi, a capo\r\n\te tabulazioni  ",
        "🏛️ \u{10ffff} \u{0}fine",
    ] {
        let body = with(report(), json!({"title": text, "description": text}));
        let issue = app.act("bologna", "report_issue", &[], body).await.id;
        let stored = app.stored().await.pop().unwrap();
        assert_eq!(stored.stream.id(), issue);
        let opened = app.opened(&stored).await;
        assert_eq!((&opened["title"], &opened["description"]), (&json!(text), &json!(text)));
    }
}

/// An invented person's, with a valid check letter.
const FISCAL_CODE: &str = "HSNYSF82S02Z995U";

#[tokio::test]
async fn a_codice_fiscale_is_refused_even_when_the_text_was_checked() {
    let app = TestApp::ready().await;
    let text = format!("L'ospite {FISCAL_CODE}, detto {CANARY}, attende.");
    let reply = app.bad_report(json!({"description": text})).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Alcuni dati non sono validi: l'elenco dice quali.",
      "errors": [
        {
          "detail": "Il testo contiene un codice fiscale: va tolto prima di inviare la segnalazione (caratteri 9–25).",
          "kind": "personal_data",
          "pointer": "/description"
        }
      ],
      "status": 422,
      "title": "Dati non validi",
      "type": "invalid-fields"
    }
    "#);
    let reply = app.bad_report(json!({"description": text, "texts_checked": true})).await;
    assert_eq!(reply.faults(), json!([422, "invalid-fields", ["/description personal_data"]]));
    assert!(!reply.text.contains(FISCAL_CODE));
}

#[tokio::test]
async fn a_text_deep_inside_is_checked_too() {
    let app = TestApp::ready().await;
    let mut reading = crate::setting::position("questura-bo", "BO");
    reading["note"] = format!("Riguarda {FISCAL_CODE}.").into();
    let reply = app.bad_report(json!({"positions": [reading]})).await;
    let expected = json!([422, "invalid-fields", ["/positions/0/note personal_data"]]);
    assert_eq!(reply.faults(), expected);
}

#[tokio::test]
async fn a_phone_number_asks_for_confirmation() {
    let app = TestApp::ready().await;
    let text = format!("Il referente {CANARY} risponde al cell. 333 1234567.");
    let reply = app.bad_report(json!({"description": text})).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Alcuni dati non sono validi: l'elenco dice quali.",
      "errors": [
        {
          "detail": "Sembra un numero di telefono: toglierlo, se non è di un ufficio (caratteri 41–52); se il testo è stato verificato, si ripeta con texts_checked.",
          "kind": "personal_data_to_confirm",
          "pointer": "/description"
        }
      ],
      "status": 422,
      "title": "Dati non validi",
      "type": "invalid-fields"
    }
    "#);
    assert!(!reply.text.contains("1234567"));
    let body = with(report(), json!({"description": text, "texts_checked": true}));
    app.act("bologna", "report_issue", &[], body).await;
}

#[tokio::test]
async fn a_dry_run_finds_the_same() {
    let app = TestApp::ready().await;
    let check = async |text: &str| -> Value {
        let reply = app.post("bologna", "/text-checks", &json!({"text": text})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    };
    let before = app.head().await;
    assert_eq!(check(FISCAL_CODE).await["refused"], true);
    assert_eq!(check("cell. 333 1234567").await["refused"], false);
    assert_eq!(check("Basta la ricevuta.").await["findings"], json!([]));
    assert_eq!(app.head().await, before);
}
