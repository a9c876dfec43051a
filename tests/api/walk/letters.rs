//! Official letters, their registrations, receipts and documents.

use jiff::SignedDuration;
use quesito::clock::Clock;
use quesito::domain::Rejection as No;
use quesito::event_store::AppendError;
use serde_json::{Value, json};

use super::{NOWHERE, because};
use crate::app::TestApp;

/// What later walks refer to.
pub struct Letters {
    pub sent: String,
}

const STAFF: &str = "staff";

pub async fn walk(app: &TestApp) -> Letters {
    let sent = letter(app).await;
    let other = letter(app).await;
    let register = "register_communication";
    let registration = app.act(STAFF, register, &[&sent], number("0000042")).await.event;
    app.refused(No::AlreadyRegistered, STAFF, register, &[&sent], number("0000043")).await;
    app.refused(No::RegistrationTaken, STAFF, register, &[&other], number("0000042")).await;
    let annul = "annul_registration";
    app.refused(No::NoSuchRegistration, STAFF, annul, &[&sent, NOWHERE], because()).await;
    app.act(STAFF, annul, &[&sent, &registration], because()).await;
    let annulled = No::RegistrationAlreadyAnnulled;
    app.refused(annulled, STAFF, annul, &[&sent, &registration], because()).await;
    if app.breaks {
        orphan(app, &other).await;
    }

    let delivered = json!({
        "receipt": "delivered", "date": "2026-03-09",
        "counterpart": {"kind": "authority", "id": "interno_ps"},
    });
    app.act(STAFF, "record_receipt", &[&sent], delivered).await;
    let elsewhere = json!({
        "receipt": "failed", "date": "2026-03-09",
        "counterpart": {"kind": "authority", "id": "questura-bo"},
    });
    app.refused(No::NoSuchCounterpart, STAFF, "record_receipt", &[&sent], elsewhere).await;
    documents(app, &sent).await;
    Letters { sent }
}

/// A number whose letter never got its registration is free for another.
async fn orphan(app: &TestApp, other: &str) {
    let register = "register_communication";
    app.fault.at("communication", AppendError::Unavailable("prova".into()));
    let reply = app.try_act(STAFF, register, &[other], number("0000044")).await;
    assert_eq!(reply.status, 503, "{}", reply.text);
    // Young, it may be a registration in progress.
    let third = letter(app).await;
    app.refused(No::RegistrationTaken, STAFF, register, &[&third], number("0000044")).await;
    app.clock.set(app.clock.now() + SignedDuration::from_mins(2));
    app.act(STAFF, register, &[&third], number("0000044")).await;
}

async fn documents(app: &TestApp, letter: &str) {
    let (bearer, key) = (format!("Bearer {}", app.token(STAFF)), app.key().to_string());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/pdf"),
        ("idempotency-key", key.as_str()),
    ];
    let reply = app.post_with("/documents", &headers, "%PDF-1.7 prova").await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let mut document = reply.body.clone();
    document["name"] = "nota.pdf".into();
    let document = json!({"document": document});
    app.act(STAFF, "attach_document", &[letter], document.clone()).await;
    let again = No::AlreadyAttachedDocument;
    app.refused(again, STAFF, "attach_document", &[letter], document).await;
}

async fn letter(app: &TestApp) -> String {
    let data = json!({
        "direction": "out", "channel": "pec", "subject": "Quesito collettivo",
        "counterpart": [{"kind": "authority", "id": "interno_ps"}],
    });
    app.act(STAFF, "record_communication", &[], data).await.id
}

fn number(number: &str) -> Value {
    json!({
        "body": "anci_er", "register": "SIM", "year": 2026, "number": number, "date": "2026-03-09",
    })
}
