//! Letters that the product sends: sign-in links, notices.
//!
//! A letter is plain text to one person. The port says nothing of how it travels;
//! [`Smtp`] is the one way there is.
//!
//! Whoever must never write twice has to know whether a letter was taken: a refusal and
//! a connection that breaks half way are told apart ([`MailError`]).
//!
//! Deliberately absent: attachments, HTML, lists of recipients, and a queue. A letter
//! that cannot be sent is a fault that whoever sends it hears of.
//!
//! Depends on: nothing in this crate.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::SmtpTransport;
use lettre::{Message, Transport};

const PATIENCE: Duration = Duration::from_secs(20);

/// A letter to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// To which address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// For a letter that comes again: the address that ends them when something is posted to
    /// it, by a program of mail as well (RFC 8058).
    pub stop: Option<String>,
}

/// Why a letter was not sent; never says to whom.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The address or the text cannot be put into a letter.
    #[error("the letter cannot be written: {0}")]
    Unwritable(String),
    /// The server did not take it, and may later.
    #[error("the mail server did not take the letter: {0}")]
    NotTaken(String),
    /// The server said that it will never take it.
    #[error("the mail server refuses the letter: {0}")]
    Refused(String),
    /// The connection broke: nobody knows whether the server took it.
    #[error("it is not known whether the mail server took the letter: {0}")]
    Unknown(String),
}

/// Sends letters.
#[async_trait]
pub trait Mail: Send + Sync + 'static {
    /// Hands a letter over.
    ///
    /// # Errors
    ///
    /// [`MailError`] when it was not taken.
    async fn send(&self, letter: Letter) -> Result<(), MailError>;

    /// Whether letters can be handed over at present, as far as can be told without one.
    ///
    /// # Errors
    ///
    /// [`MailError::NotTaken`] when they cannot.
    async fn ready(&self) -> Result<(), MailError> {
        Ok(())
    }
}

/// Sends letters through an SMTP server.
#[derive(Clone)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Smtp {
    /// A server by its URL and the address that letters come from:
    /// `smtps://user:password@mail.example.it`, `smtp://mail.example.it:587?tls=required`,
    /// `smtp://localhost:25`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with them.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let from = from.parse().map_err(|why| format!("the sender {from}: {why}"))?;
        // The URL may hold a password, so it is never repeated.
        let transport = SmtpTransport::from_url(url)
            .map_err(|_| "the URL of the mail server cannot be read".to_owned())?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }
}

#[async_trait]
impl Mail for Smtp {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        let message = written(&self.from, letter)?;
        let transport = self.transport.clone();
        let sent = tokio::task::spawn_blocking(move || transport.send(&message)).await;
        let sent = sent.map_err(|why| MailError::Unknown(why.to_string()))?;
        sent.map(|_| ()).map_err(|why| told(&why))
    }

    async fn ready(&self) -> Result<(), MailError> {
        let transport = self.transport.clone();
        let tried = tokio::task::spawn_blocking(move || transport.test_connection()).await;
        match tried {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::NotTaken("no connection".into())),
            Ok(Err(why)) => Err(MailError::NotTaken(code(&why))),
            Err(why) => Err(MailError::NotTaken(why.to_string())),
        }
    }
}

fn written(from: &Mailbox, letter: Letter) -> Result<Message, MailError> {
    let to: Mailbox =
        letter.to.parse().map_err(|_| MailError::Unwritable("an address that is none".into()))?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(letter.subject)
        .header(ContentType::TEXT_PLAIN);
    if let Some(stop) = letter.stop {
        let name = HeaderName::new_from_ascii_str;
        message = message
            .raw_header(HeaderValue::new(name("List-Unsubscribe"), format!("<{stop}>")))
            .raw_header(HeaderValue::new(
                name("List-Unsubscribe-Post"),
                "List-Unsubscribe=One-Click".into(),
            ))
            // So that nobody who is away answers.
            .raw_header(HeaderValue::new(name("Auto-Submitted"), "auto-generated".into()));
    }
    message.body(letter.text).map_err(|why| MailError::Unwritable(why.to_string()))
}

/// What a failure says of the letter. A server may repeat the address in what it says: only
/// its code goes on.
fn told(why: &lettre::transport::smtp::Error) -> MailError {
    let said = code(why);
    if why.is_permanent() {
        return MailError::Refused(said);
    }
    // What broke before the letter was under way is known not to have been sent; the rest,
    // a reply that cannot be read included, may have been.
    let before = why.is_transient() || why.is_tls() || is_connection(why) || is_unsupported(why);
    if before { MailError::NotTaken(said) } else { MailError::Unknown(said) }
}

/// Whether no connection came about. The library tells it in words only.
fn is_connection(why: &lettre::transport::smtp::Error) -> bool {
    why.is_transport_shutdown() || why.to_string().starts_with("Connection error")
}

/// Whether the server lacks what the letter needs.
fn is_unsupported(why: &lettre::transport::smtp::Error) -> bool {
    why.is_client() && !why.to_string().contains("Unknown error code")
}

fn code(why: &lettre::transport::smtp::Error) -> String {
    why.status().map_or_else(|| "no answer".to_owned(), |code| code.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked_and_the_password_is_not_repeated() {
        assert!(Smtp::new("smtp://localhost:2525", "quesito@example.it").is_ok());
        assert!(Smtp::new("smtps://a:b@mail.example.it", "Quesito <quesito@example.it>").is_ok());
        let told = Smtp::new("ftp://a:segreta@mail.example.it", "q@example.it").err().unwrap();
        assert!(!told.contains("segreta"), "{told}");
        assert!(Smtp::new("smtp://localhost", "nessuno").is_err());
    }
}
