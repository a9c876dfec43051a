//! Signing in with a browser.

use quesito::operations::tokens::operator;
use serde_json::json;

use super::accounts::asked;
use crate::app::TestApp;
use crate::pages::page::Shown;

const EMAIL: &str = "g.bianchi@comune.example.it";
const PASSWORD: &str = "tre cicogne sul tetto";

async fn app() -> TestApp {
    let app = TestApp::ready().await;
    let created = app.post("admin", "/accounts", &asked()).await;
    let id = created.body["id"].as_str().unwrap().parse().unwrap();
    app.operations.set_password(&operator(), app.key(), id, PASSWORD).await.unwrap();
    app
}

async fn try_password(app: &TestApp, email: &str, password: &str) -> Shown {
    let token = app.page(None, "/accesso").await.hidden("_token");
    let fields = [("_token", token.as_str()), ("email", email), ("password", password)];
    let back = [("ritorno", "/segnalazioni")];
    app.send_form(None, "/accesso/password", &[&fields[..], &back[..]].concat()).await
}

#[tokio::test]
async fn the_right_password_gives_a_cookie_that_only_this_host_gets() {
    let app = app().await;
    let entered = try_password(&app, EMAIL, PASSWORD).await;
    assert_eq!((entered.status, entered.header("location")), (303, "/segnalazioni"));
    let cookie = entered.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-quesito="), "{cookie}");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let value = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    app.keep_session("giulia", value);
    let profile = app.page(Some("giulia"), "/profilo").await;
    profile.says("Giulia Bianchi").says("Imposta la password");
    // A browser keeps drafts of texts; it must not keep passwords.
    profile.is_silent_on("data-bozza");
    app.page(None, "/accesso").await.is_silent_on("data-bozza");

    let token = profile.hidden("_token");
    let fields = [("_token", token.as_str()), ("etichetta", "prova")];
    let given = app.send_form(Some("giulia"), "/profilo/token", &fields).await;
    let at = given.text.find("qst_").expect("a token is shown");
    app.remember("own", given.text[at..].split('<').next().unwrap().to_owned());
    assert_eq!(app.get(Some("own"), "/issues").await.status, 200);
    let profile = app.page(Some("giulia"), "/profilo").await;
    assert!(!profile.text.contains("qst_"), "shown once");
    profile.says("prova · Comune di Bologna · ente, fino");
    let (token, id) = (profile.hidden("_token"), profile.hidden("token"));
    let fields = [("_token", token.as_str()), ("token", id.as_str())];
    let revoked = app.send_form(Some("giulia"), "/profilo/token/revoca", &fields).await;
    assert_eq!(revoked.status, 303);
    assert_eq!(app.get(Some("own"), "/issues").await.status, 401);
    app.page(Some("giulia"), "/profilo").await.is_silent_on("<strong>prova");

    let left = app.send_form(Some("giulia"), "/uscita", &[("_token", &token)]).await;
    assert_eq!(left.status, 303);
    let after = app.page(Some("giulia"), "/profilo").await;
    assert_eq!(after.status, 303, "the session ended at the server");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_the_same() {
    let app = app().await;
    let wrong = try_password(&app, EMAIL, "una password sbagliata").await;
    let unknown = try_password(&app, "nessuno@comune.example.it", "una password sbagliata").await;
    assert_eq!((wrong.status, unknown.status), (422, 422));
    wrong.says("Indirizzo o password non corretti.");
    assert_eq!(wrong.words(), unknown.words());
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_a_weak_one_is_explained() {
    let app = app().await;
    for name in ["here", "elsewhere"] {
        let entered = try_password(&app, EMAIL, PASSWORD).await;
        let cookie = entered.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
        app.keep_session(name, cookie);
    }
    let token = app.page(Some("here"), "/profilo").await.hidden("_token");
    let send_with = async |present: &str, password: &str| {
        let fields = [("_token", token.as_str()), ("present", present), ("password", password)];
        app.send_form(Some("here"), "/profilo/password", &fields).await
    };
    let send = async |password: &str| send_with(PASSWORD, password).await;
    for present in ["", "una password sbagliata"] {
        let unknown = send_with(present, "quattro gru nel campo").await;
        assert_eq!(unknown.status, 422);
        unknown.says("La password attuale non è corretta.");
    }
    let weak = send("password1234").await;
    assert_eq!(weak.status, 422);
    weak.says("fra le prime che si provano");
    app.clock.set("2026-03-10T09:05:00Z".parse().unwrap());
    let set = send("quattro gru nel campo").await;
    assert_eq!((set.status, set.header("location")), (303, "/profilo"));
    assert_eq!(app.page(Some("elsewhere"), "/profilo").await.status, 303);
}

#[tokio::test]
async fn a_suspended_person_is_out_at_the_next_page() {
    let app = app().await;
    let entered = try_password(&app, EMAIL, PASSWORD).await;
    let cookie = entered.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    app.keep_session("giulia", cookie);
    assert_eq!(app.page(Some("giulia"), "/profilo").await.status, 200);
    let account = app.get(Some("admin"), "/accounts").await.body["items"][0]["id"].clone();
    app.clock.set("2026-03-10T09:05:00Z".parse().unwrap());
    let path = format!("/accounts/{}/suspension", account.as_str().unwrap());
    assert_eq!(app.post("admin", &path, &json!({})).await.status, 204);
    assert_eq!(app.page(Some("giulia"), "/profilo").await.status, 303);
}
