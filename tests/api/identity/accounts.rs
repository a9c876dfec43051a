//! Accounts, passwords and sessions.

use quesito::access::accounts::HeldAccess;
use quesito::access::sessions::{SessionEnd, SignInMethod};
use quesito::clock::Clock;
use quesito::operations::OperationError;
use quesito::operations::sessions::SignInError;
use quesito::operations::tokens::operator;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;

const EMAIL: &str = "g.bianchi@comune.example.it";
const PASSWORD: &str = "tre cicogne sul tetto";
const HERE: &str = "192.0.2.7";

pub fn asked() -> Value {
    json!({
        "name": "Giulia Bianchi", "email": EMAIL, "role": "municipality", "body": "c_a944",
        "network": "anci_er", "function": "ufficio casa",
    })
}

/// The product with one account that has a password.
async fn with_account() -> (TestApp, Uuid) {
    let app = TestApp::ready().await;
    let created = app.post("admin", "/accounts", &asked()).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let id = created.body["id"].as_str().unwrap().parse().unwrap();
    app.operations.set_password(&operator(), app.key(), id, PASSWORD).await.unwrap();
    (app, id)
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Result<Uuid, SignInError> {
    app.operations.check_password(email, password, HERE).await
}

fn later(app: &TestApp, minutes: i64) {
    app.clock.set(app.clock.now() + jiff::SignedDuration::from_mins(minutes));
}

#[tokio::test]
async fn a_person_signs_in_acts_and_signs_out() {
    let (app, id) = with_account().await;
    assert_eq!(sign_in(&app, " G.Bianchi@Comune.example.it ", PASSWORD).await.unwrap(), id);
    let opened = app.operations.open_session(id, SignInMethod::Password, None).await.unwrap();
    let visit = app.operations.signed_in(&opened.cookie).await.unwrap().unwrap();
    assert_eq!(visit.actor.body.as_str(), "c_a944");
    assert_eq!(visit.actor.network.as_ref().unwrap().as_str(), "anci_er");
    app.operations.end_session(&visit, SessionEnd::SignedOut).await.unwrap();
    assert!(
        app.operations.signed_in(&opened.cookie).await.unwrap().is_none(),
        "ended at the server"
    );
}

#[tokio::test]
async fn sessions_end_by_being_idle_by_age_and_by_what_happens_to_the_account() {
    let (app, id) = with_account().await;
    let open = async || app.operations.open_session(id, SignInMethod::Password, None).await;
    let living = async |cookie: &str| app.operations.signed_in(cookie).await.unwrap().is_some();
    let idle = open().await.unwrap().cookie;
    later(&app, 59);
    assert!(living(&idle).await);
    later(&app, 59);
    assert!(living(&idle).await, "used an hour ago less a minute");
    later(&app, 60);
    assert!(!living(&idle).await);

    let old = open().await.unwrap().cookie;
    for _ in 0..14 {
        later(&app, 50);
        assert!(living(&old).await);
    }
    later(&app, 21);
    assert!(!living(&old).await, "twelve hours are over");

    let before = open().await.unwrap().cookie;
    later(&app, 1);
    app.operations.set_password(&operator(), app.key(), id, "quattro gru nel campo").await.unwrap();
    assert!(!living(&before).await, "the password was changed");

    let path = format!("/accounts/{id}/suspension");
    let suspended = open().await.unwrap().cookie;
    assert_eq!(app.post("admin", &path, &json!({})).await.status, 204);
    assert!(!living(&suspended).await);
    assert!(matches!(open().await, Err(SignInError::Refused)));
    let refused = sign_in(&app, EMAIL, "quattro gru nel campo").await;
    assert!(matches!(refused, Err(SignInError::Refused)), "as if there were none");
    assert_eq!(app.post("admin", &format!("{path}/withdrawal"), &json!({})).await.status, 204);
    assert!(!living(&suspended).await, "what ended stays ended");

    let revoked = open().await.unwrap().cookie;
    let person = app.get(Some("admin"), "/accounts").await.body["items"][0]["person"].clone();
    let role = json!({"role": "municipality", "body": "c_a944"});
    app.act("admin", "revoke_access", &[person.as_str().unwrap()], role).await;
    assert!(!living(&revoked).await, "the role is gone");
    assert!(matches!(open().await, Err(SignInError::NoRole)));
}

#[tokio::test]
async fn a_person_with_two_roles_changes_between_them() {
    let (app, id) = with_account().await;
    let opened = app.operations.open_session(id, SignInMethod::Password, None).await.unwrap();
    let visit = app.operations.signed_in(&opened.cookie).await.unwrap().unwrap();
    let person = visit.actor.subject.to_string();
    let wanted = HeldAccess {
        role: quesito::domain::registry::Role::Staff,
        body: "anci_er".parse().unwrap(),
    };
    let refused = app.operations.change_role(&visit, &wanted).await;
    assert!(matches!(refused, Err(SignInError::NoRole)));
    let role = json!({"person": person, "role": "staff", "body": "anci_er"});
    app.act("admin", "grant_access", &[], role).await;
    let changed = app.operations.change_role(&visit, &wanted).await.unwrap();
    assert_eq!(changed.actor.body.as_str(), "anci_er");
    assert!(app.operations.signed_in(&opened.cookie).await.unwrap().is_none(), "a new session");
}

#[tokio::test]
async fn failures_are_counted_alike_whether_or_not_there_is_an_account() {
    let (app, _) = with_account().await;
    for email in [EMAIL, "nessuno@comune.example.it"] {
        for attempt in 0..10 {
            let refused = sign_in(&app, email, "una password sbagliata").await;
            assert!(matches!(refused, Err(SignInError::Refused)), "{email}: {attempt}");
        }
        let waits = sign_in(&app, email, PASSWORD).await;
        assert!(matches!(waits, Err(SignInError::Wait { seconds: 1..=900 })), "{email}");
    }
    later(&app, 15);
    assert!(sign_in(&app, EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_place_in_the_network_is_counted_whatever_it_types() {
    let (app, _) = with_account().await;
    for attempt in 0..50 {
        let refused = sign_in(&app, &format!("a{attempt}@example.it"), "una password").await;
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
    assert!(matches!(sign_in(&app, EMAIL, PASSWORD).await, Err(SignInError::Wait { .. })));
    let elsewhere = app.operations.check_password(EMAIL, PASSWORD, "198.51.100.1").await;
    assert!(elsewhere.is_ok(), "others are not kept out");
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_turned_away_and_not_hashed_all_at_once() {
    let (app, _) = with_account().await;
    let attempts = (0..60).map(|attempt| {
        let operations = app.operations.clone();
        tokio::spawn(async move {
            let (email, place) = (format!("a{attempt}@example.it"), format!("192.0.2.{attempt}"));
            operations.check_password(&email, "una password", &place).await
        })
    });
    let attempts: Vec<_> = attempts.collect();
    let (mut refused, mut busy) = (0, 0);
    for attempt in attempts {
        match attempt.await.unwrap() {
            Err(SignInError::Refused) => refused += 1,
            Err(SignInError::Failed(OperationError::Busy { .. })) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused + busy, 60);
    assert!(refused >= 18, "those in the queue get their turn: {refused}");
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_reason() {
    let (app, id) = with_account().await;
    for weak in ["corta", "password12345", "Bianchi123456!", &"x".repeat(129)] {
        let refused = app.operations.set_password(&operator(), app.key(), id, weak).await;
        let Err(OperationError::Invalid(faults)) = refused else { panic!("{weak}") };
        assert_eq!(faults[0].pointer, "/password");
    }
    assert!(sign_in(&app, EMAIL, PASSWORD).await.is_ok(), "the old one still holds");
}

#[tokio::test]
async fn names_addresses_and_hashes_are_sealed_and_kept_out_of_the_log() {
    let (app, id) = with_account().await;
    app.operations.open_session(id, SignInMethod::Password, None).await.unwrap();
    let mut seen = 0;
    for event in app.stored().await {
        let data = String::from_utf8_lossy(&event.data).into_owned();
        for secret in ["Bianchi", EMAIL, "argon2id", "casa"] {
            assert!(!data.contains(secret), "{secret} in {}", event.stream);
        }
        let about_accounts = event.stored_type.starts_with("account-")
            || event.stored_type.starts_with("session-")
            || event.stored_type.starts_with("password-");
        assert!(!about_accounts || event.stream.is_operational(), "{}", event.stream);
        seen += usize::from(about_accounts);
    }
    assert!(seen >= 4, "{seen}");
    // The feed and the history tell nothing of them either.
    app.shown().await;
    let feed = app.get(Some("revisore"), "/events?limit=100").await;
    assert!(!feed.text.contains("account"), "{}", feed.text);
}

#[tokio::test]
async fn every_role_at_every_time_is_told_by_the_log() {
    let (app, _) = with_account().await;
    let account = app.get(Some("admin"), "/accounts").await.body["items"][0].clone();
    let stream = format!("person-{}", account["person"].as_str().unwrap());
    let granted: Vec<_> = app
        .stored()
        .await
        .into_iter()
        .filter(|event| event.stream.as_str() == stream)
        .map(|event| event.stored_type.to_string())
        .collect();
    assert_eq!(granted, ["access-granted.v1"]);
    assert_eq!(account["access"], json!([{"role": "municipality", "body": "c_a944"}]));
}

#[tokio::test]
async fn a_retry_of_a_creation_meets_the_same_account_and_a_bad_one_stores_nothing() {
    let app = TestApp::ready().await;
    let key = app.key();
    let first = app.post_keyed("admin", "/accounts", key, &asked()).await;
    let again = app.post_keyed("admin", "/accounts", key, &asked()).await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!(first.body, again.body);
    let before = app.head().await;
    for (member, value, pointer) in [
        ("email", json!("nessuno"), "/email"),
        ("body", json!("c_inesistente"), "/body"),
        ("name", json!(" "), "/name"),
    ] {
        let mut wrong = asked();
        wrong["email"] = "altra@comune.example.it".into();
        wrong[member] = value;
        let refused = app.post("admin", "/accounts", &wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
    }
    assert_eq!(app.head().await, before);
}
