//! Signing in by a link sent to one's address.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use quesito::clock::Clock;
use quesito::mail::{Letter, Mail, MailError};
use quesito::operations::sessions::SignInError;
use serde_json::json;
use uuid::Uuid;

use super::accounts::asked;
use crate::app::TestApp;

const EMAIL: &str = "g.bianchi@comune.example.it";
const PAGE: &str = "https://quesito.example/accesso/collegamento";
const HERE: &str = "192.0.2.7";

/// Keeps the letters.
#[derive(Default)]
struct Box_(Mutex<Vec<Letter>>);

#[async_trait]
impl Mail for Box_ {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter);
        Ok(())
    }
}

async fn app() -> (TestApp, Arc<Box_>, Uuid) {
    let letters = Arc::new(Box_::default());
    let mail = letters.clone();
    let app = TestApp::with(|operations| operations.writing(mail)).await;
    app.furnish().await;
    let created = app.post("admin", "/accounts", &asked()).await;
    (app, letters, created.body["id"].as_str().unwrap().parse().unwrap())
}

/// Asks for a link: what the browser keeps, and the link when a letter comes.
async fn ask(app: &TestApp, letters: &Box_, email: &str) -> (String, Option<String>) {
    let before = letters.0.lock().unwrap().len();
    let cookie = app.operations.send_link(email, HERE, PAGE).unwrap();
    for _ in 0..200 {
        if letters.0.lock().unwrap().len() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let letters = letters.0.lock().unwrap();
    let letter = letters.get(before);
    let link = letter.map(|letter| {
        let line = letter.text.lines().find(|line| line.starts_with(PAGE)).unwrap();
        line.rsplit('/').next().unwrap().to_owned()
    });
    (cookie, link)
}

#[tokio::test]
async fn a_link_is_good_once_for_a_quarter_of_an_hour() {
    let (app, letters, id) = app().await;
    let (cookie, link) = ask(&app, &letters, &EMAIL.to_uppercase()).await;
    let link = link.unwrap();
    assert_eq!(letters.0.lock().unwrap()[0].to, EMAIL);
    assert!(app.operations.is_of_browser(&link, Some(&cookie)));
    assert_eq!(app.operations.open_link(&link, Some(&cookie), None).unwrap(), id);
    let again = app.operations.open_link(&link, Some(&cookie), None);
    assert!(matches!(again, Err(SignInError::Refused)), "used up");

    let (cookie, link) = ask(&app, &letters, EMAIL).await;
    app.clock.set(app.clock.now() + jiff::SignedDuration::from_mins(15));
    let late = app.operations.open_link(&link.unwrap(), Some(&cookie), None);
    assert!(matches!(late, Err(SignInError::Refused)));
}

#[tokio::test]
async fn in_another_browser_the_address_is_asked_for() {
    let (app, letters, id) = app().await;
    let (_, link) = ask(&app, &letters, EMAIL).await;
    let link = link.unwrap();
    for (cookie, email) in [(None, None), (Some("x"), None), (None, Some("altra@example.it"))] {
        let refused = app.operations.open_link(&link, cookie, email);
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
    // Three wrong answers use it up.
    assert!(app.operations.open_link(&link, None, Some(EMAIL)).is_err());
    let (_, link) = ask(&app, &letters, EMAIL).await;
    assert_eq!(app.operations.open_link(&link.unwrap(), None, Some(EMAIL)).unwrap(), id);
}

#[tokio::test]
async fn nobody_learns_whether_there_is_an_account_and_letters_are_rationed() {
    let (app, letters, id) = app().await;
    let (cookie, link) = ask(&app, &letters, "nessuno@comune.example.it").await;
    assert!(link.is_none() && !cookie.is_empty());
    let path = format!("/accounts/{id}/suspension");
    assert_eq!(app.post("admin", &path, &json!({})).await.status, 204);
    assert!(ask(&app, &letters, EMAIL).await.1.is_none(), "suspended");
    for _ in 0..2 {
        app.operations.send_link(EMAIL, HERE, PAGE).unwrap();
    }
    let rationed = app.operations.send_link(EMAIL, HERE, PAGE);
    assert!(matches!(rationed, Err(SignInError::Wait { .. })));
    assert!(app.operations.open_link("made-up", Some("x"), Some(EMAIL)).is_err());
}
