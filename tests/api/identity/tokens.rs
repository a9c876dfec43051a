//! Tokens of a provider at the API, and people who come from it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use quesito::access::accounts::{AccountSummary, Standing};
use quesito::access::sessions::SignInMethod;
use quesito::operations::providers::{Departure, Return};
use quesito::operations::sessions::SignInError;
use serde_json::json;

use super::provider::{ISSUER, Remote, Signer, claims, settings};
use crate::app::TestApp;
use crate::setting::with;

const BACK: &str = "https://quesito.example/accesso/ritorno";

async fn app(remote: &Arc<Remote>) -> TestApp {
    let remote = remote.clone();
    let app = TestApp::with(|operations| operations.believing(settings(), remote)).await;
    app.furnish().await;
    app
}

fn now(app: &TestApp) -> i64 {
    use quesito::clock::Clock;

    app.clock.now().as_second()
}

/// Lets so many seconds pass.
fn later(app: &TestApp, seconds: i64) {
    use quesito::clock::Clock;

    app.clock.set(app.clock.now() + jiff::SignedDuration::from_secs(seconds));
}

#[tokio::test]
async fn a_machine_acts_only_while_the_register_says_so() {
    let signer = Signer::new("k1");
    let app = app(&Remote::with(&[&signer])).await;
    let token = signer.sign(&signer.header().to_string(), &claims(now(&app)).to_string());
    app.remember("machine", token);
    assert_eq!(app.get(Some("machine"), "/issues").await.status, 401, "not granted yet");
    let role = json!({"role": "municipality", "body": "c_a944"});
    let granted = with(role.clone(), json!({"person": "gestionale"}));
    app.act("admin", "grant_access", &[], granted).await;
    assert_eq!(app.get(Some("machine"), "/issues").await.status, 200);
    app.act("machine", "report_issue", &[], crate::setting::report()).await;
    let last = app.stored().await.pop().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&last.metadata).unwrap();
    assert_eq!(metadata["actor"]["kind"], "machine");
    assert_eq!(metadata["actor"]["subject"], "gestionale");
    app.act("admin", "revoke_access", &["gestionale"], role).await;
    assert_eq!(app.get(Some("machine"), "/issues").await.status, 401);
}

#[tokio::test]
async fn of_several_providers_each_speaks_for_its_own_only() {
    const OTHER: &str = "https://altro.example.it";

    // The same key id, on purpose.
    let (one, other) = (Signer::new("k1"), Signer::new("k1"));
    let remote = Remote::with(&[&one]);
    remote.speak_for(OTHER, &[&other]);
    let mut both = settings();
    let mut second = both.providers[0].clone();
    (second.id, second.issuer) = ("altro".into(), OTHER.into());
    second.machines[0].person = "gestionale-altro".parse().unwrap();
    both.providers.push(second);
    let asked = remote.clone();
    let app = TestApp::with(|operations| operations.believing(both, asked)).await;
    app.furnish().await;
    let role = json!({"role": "municipality", "body": "c_a944"});
    let granted = with(role.clone(), json!({"person": "gestionale-altro"}));
    app.act("admin", "grant_access", &[], granted).await;
    let good = claims(now(&app));
    let foreign = with(good.clone(), json!({"iss": OTHER}));
    let header = one.header().to_string();
    for (who, key, says, status) in [
        ("own", &one, &good, 401),
        ("other", &other, &foreign, 200),
        ("own-for-other", &one, &foreign, 401),
        ("other-for-own", &other, &good, 401),
    ] {
        app.remember(who, key.sign(&header, &says.to_string()));
        assert_eq!(app.get(Some(who), "/issues?limit=1").await.status, status, "{who}");
    }
    app.act("admin", "grant_access", &[], with(role, json!({"person": "gestionale"}))).await;
    assert_eq!(app.get(Some("own"), "/issues?limit=1").await.status, 200);
    assert_eq!(app.get(Some("other-for-own"), "/issues?limit=1").await.status, 401);
}

#[tokio::test]
async fn keys_change_without_notice_and_a_flood_of_unknown_ones_asks_nobody() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let remote = Remote::with(&[&old]);
    let app = app(&remote).await;
    let role = json!({"person": "gestionale", "role": "municipality", "body": "c_a944"});
    app.act("admin", "grant_access", &[], role).await;
    let signed = |key: &Signer| key.sign(&key.header().to_string(), &claims(now(&app)).to_string());
    app.remember("old", signed(&old));
    app.remember("new", signed(&new));
    assert_eq!(app.get(Some("old"), "/issues").await.status, 200);
    remote.show(&[&new]);
    later(&app, 31);
    assert_eq!(app.get(Some("new"), "/issues").await.status, 200, "read at once");
    assert_eq!(app.get(Some("old"), "/issues").await.status, 401, "and gone");

    let before = remote.asked.load(Ordering::Relaxed);
    for flood in 0..50 {
        let stranger = Signer::new(&format!("unknown-{flood}"));
        app.remember("flood", signed(&stranger));
        assert_eq!(app.get(Some("flood"), "/issues").await.status, 401);
    }
    assert!(remote.asked.load(Ordering::Relaxed) <= before + 2, "asked again and again");
}

#[tokio::test]
async fn while_the_provider_is_down_old_keys_hold_for_an_hour() {
    let signer = Signer::new("k1");
    let remote = Remote::with(&[&signer]);
    let app = app(&remote).await;
    let role = json!({"person": "gestionale", "role": "municipality", "body": "c_a944"});
    app.act("admin", "grant_access", &[], role).await;
    let ask = async || {
        let token = signer.sign(&signer.header().to_string(), &claims(now(&app)).to_string());
        app.remember("machine", token);
        app.get(Some("machine"), "/issues").await
    };
    assert_eq!(ask().await.status, 200);
    remote.down.store(true, Ordering::Relaxed);
    later(&app, 3_599);
    assert_eq!(ask().await.status, 200, "in the first hour");
    later(&app, 31);
    let refused = ask().await;
    assert_eq!(refused.status, 503, "after it: {}", refused.text);
    assert!(!refused.header("retry-after").is_empty());
    remote.down.store(false, Ordering::Relaxed);
    later(&app, 31);
    assert_eq!(ask().await.status, 200, "and it is back");
}

/// Goes to the provider, and says what it answers there.
async fn sign_in(
    app: &TestApp,
    remote: &Remote,
    signer: &Signer,
    changes: serde_json::Value,
) -> (Departure, String) {
    let departure = app.operations.depart("ente", BACK).await.map_err(|why| why.to_string());
    let departure = departure.unwrap();
    let query = departure.url.split_once('?').unwrap().1;
    let sent: std::collections::BTreeMap<String, String> =
        serde_urlencoded::from_str(query).unwrap();
    assert_eq!(sent["code_challenge_method"], "S256");
    let identity = with(
        json!({
            "iss": ISSUER, "sub": "comune.c_a944", "aud": "quesito", "iat": now(app),
            "exp": now(app) + 300, "nonce": sent["nonce"], "name": "Giulia Bianchi",
            "email": "g.bianchi@prova.example", "ruolo": "comune", "codice_ipa": "c_a944",
        }),
        changes,
    );
    let header = json!({"alg": "ES256", "kid": signer.id});
    let token = signer.sign(&header.to_string(), &identity.to_string());
    remote.say("/token", json!({"id_token": token, "access_token": "x", "token_type": "Bearer"}));
    (departure, sent["state"].clone())
}

async fn come_back(
    app: &TestApp,
    state: &str,
    cookie: &str,
    issuer: Option<&str>,
) -> Result<uuid::Uuid, SignInError> {
    let back = Return { state, code: "c0de", issuer, cookie };
    app.operations.arrive(back).await.map(|(account, _)| account)
}

async fn accounts(app: &TestApp) -> Vec<AccountSummary> {
    let listed = app.get(Some("admin"), "/accounts").await;
    serde_json::from_value(listed.body["items"].clone()).unwrap()
}

#[tokio::test]
async fn somebody_new_waits_until_an_operator_approves() {
    let signer = Signer::new("k1");
    let remote = Remote::with(&[&signer]);
    let app = app(&remote).await;
    for _ in 0..2 {
        let (departure, state) = sign_in(&app, &remote, &signer, json!({})).await;
        let waits = come_back(&app, &state, &departure.cookie, Some(ISSUER)).await;
        assert!(matches!(waits, Err(SignInError::Pending)), "{waits:?}");
    }
    let [account] = accounts(&app).await.try_into().unwrap();
    assert_eq!(account.standing, Standing::Pending);
    assert_eq!(account.claimed_body.as_ref().unwrap().as_str(), "c_a944");
    assert!(account.access.is_empty());
    // The code was redeemed with the verifier that its challenge was made of.
    let posted = remote.posted.lock().unwrap().pop().unwrap();
    assert!(posted.iter().any(|(name, value)| name == "code_verifier" && value.len() == 43));

    let path = format!("/accounts/{}/approval", account.id);
    let granted = json!({"role": "municipality", "body": "c_a944", "network": "anci_er"});
    assert_eq!(app.post("admin", &path, &granted).await.status, 204);
    let (departure, state) = sign_in(&app, &remote, &signer, json!({})).await;
    let id = come_back(&app, &state, &departure.cookie, Some(ISSUER)).await.unwrap();
    assert_eq!(id, account.id);
    let opened = app.operations.open_session(id, SignInMethod::Provider, None).await.unwrap();
    assert_eq!(opened.actor.body.as_str(), "c_a944");
    assert_eq!(opened.actor.network.as_ref().unwrap().as_str(), "anci_er");

    // The same person at the API, with an access token of the same provider.
    let token = with(claims(now(&app)), json!({"sub": "comune.c_a944"}));
    app.remember("person", signer.sign(&signer.header().to_string(), &token.to_string()));
    assert_eq!(app.get(Some("person"), "/issues").await.status, 200);
    let staff = with(token, json!({"ruolo": "anci", "codice_ipa": "anci_er"}));
    app.remember("more", signer.sign(&signer.header().to_string(), &staff.to_string()));
    assert_eq!(app.get(Some("more"), "/issues").await.status, 401, "claimed, and not held");
}

#[tokio::test]
async fn an_answer_that_is_not_the_browsers_own_signs_nobody_in() {
    let signer = Signer::new("k1");
    let remote = Remote::with(&[&signer]);
    let app = app(&remote).await;
    let refused = async |state: &str, cookie: &str, issuer: Option<&str>, why: &str| {
        let answer = come_back(&app, state, cookie, issuer).await;
        assert!(matches!(answer, Err(SignInError::Refused)), "{why}: {answer:?}");
    };
    let (departure, state) = sign_in(&app, &remote, &signer, json!({})).await;
    refused(&state, "another", Some(ISSUER), "another browser").await;
    refused(&state, &departure.cookie, Some(ISSUER), "used up").await;
    let (departure, state) = sign_in(&app, &remote, &signer, json!({})).await;
    refused(&state, &departure.cookie, Some("https://evil.example"), "mixed up").await;
    refused("made-up", &departure.cookie, None, "a state nobody gave").await;
    let (departure, state) = sign_in(&app, &remote, &signer, json!({})).await;
    later(&app, 601);
    refused(&state, &departure.cookie, None, "too late").await;
    for changes in [
        json!({"nonce": "another"}),
        json!({"aud": "another-client"}),
        json!({"aud": ["quesito", "another-client"]}),
        json!({"azp": "another-client"}),
        json!({"iss": "https://evil.example"}),
        json!({"exp": 1}),
    ] {
        let why = changes.to_string();
        let (departure, state) = sign_in(&app, &remote, &signer, changes).await;
        refused(&state, &departure.cookie, None, &why).await;
    }
    assert!(accounts(&app).await.is_empty());
}
