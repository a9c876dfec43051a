//! Letters that the product sends: sign-in links, notices.
//!
//! A letter is plain text to one person. The port says nothing of how it travels;
//! [`Smtp`] is the one way there is.
//!
//! Deliberately absent: attachments, HTML, lists of recipients, and a queue. A letter
//! that cannot be sent is a fault that whoever sends it hears of.
//!
//! Depends on: nothing in this crate.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
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
}

/// Why a letter was not sent; never says to whom.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The address or the text cannot be put into a letter.
    #[error("the letter cannot be written: {0}")]
    Unwritable(String),
    /// The server did not take it.
    #[error("the mail server did not take the letter: {0}")]
    NotTaken(String),
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
        let to: Mailbox = letter
            .to
            .parse()
            .map_err(|_| MailError::Unwritable("an address that is none".into()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)
            .map_err(|why| MailError::Unwritable(why.to_string()))?;
        let transport = self.transport.clone();
        let sent = tokio::task::spawn_blocking(move || transport.send(&message)).await;
        let sent = sent.map_err(|why| MailError::NotTaken(why.to_string()))?;
        // A server may repeat the address in what it says: only its code goes on.
        sent.map(|_| ()).map_err(|why| {
            let code = why.status().map(|code| code.to_string());
            MailError::NotTaken(code.unwrap_or_else(|| "no connection".to_owned()))
        })
    }
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
