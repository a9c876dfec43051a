//! Signing in by a link sent to one's address, for those who come three times a year.
//!
//! A link is good once, for fifteen minutes, and is opened by sending a form: scanners
//! of mail follow links, and must not use them up. The browser that asked for it opens
//! it at once; in another one the address must be typed again, so that a link alone,
//! forwarded or found in a log, opens nothing.
//!
//! Links that wait are kept by the process in a bounded table: a restart ends them.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::sessions::SignInError;
use super::{OperationError, Operations};
use crate::access::accounts::{Account, AccountState, comparable, stream};
use crate::access::throttle::Throttle;
use crate::domain::values::Text;
use crate::mail::{Letter, Mail};
use crate::task;

/// Seconds for which a link is good.
pub const SPAN: i64 = 15 * 60;

/// How many links may wait at once.
const WAITING: usize = 1_024;

/// Letters within a quarter of an hour, to one address and for one place in the network.
const TO_ONE_ADDRESS: u32 = 3;
const FROM_ONE_PLACE: u32 = 20;

/// Wrong addresses typed for one link.
const GUESSES: u32 = 3;

/// What is needed to send links.
pub(super) struct Links {
    pub(super) mail: Option<Arc<dyn Mail>>,
    waiting: quick_cache::sync::Cache<Uuid, Arc<Waiting>>,
    letters: Throttle,
    places: Throttle,
    guesses: Throttle,
}

/// A link that was sent.
struct Waiting {
    account: Uuid,
    secret: [u8; 32],
    browser: [u8; 32],
    email: String,
    sent_at: i64,
}

impl Links {
    pub(super) fn new(mail: Option<Arc<dyn Mail>>) -> Self {
        Self {
            mail,
            waiting: quick_cache::sync::Cache::new(WAITING),
            letters: Throttle::new(TO_ONE_ADDRESS, SPAN),
            places: Throttle::new(FROM_ONE_PLACE, SPAN),
            guesses: Throttle::new(GUESSES, SPAN),
        }
    }
}

impl Operations {
    /// Whether links can be sent at all.
    pub fn sends_mail(&self) -> bool {
        self.links.mail.is_some()
    }

    /// Sends a link to an address, if somebody may sign in under it; the answer and its
    /// time are the same if not. What comes back is kept by the browser that asks.
    ///
    /// `page` is the address of the page that opens links; the link is a segment below.
    ///
    /// # Errors
    ///
    /// [`SignInError::Wait`] when too many letters were asked for.
    pub fn send_link(
        self: &Arc<Self>,
        email: &str,
        place: &str,
        page: &str,
    ) -> Result<String, SignInError> {
        let (now, typed) = (self.clock.now().as_second(), comparable(email));
        let wait = self.links.letters.wait(&typed, now).max(self.links.places.wait(place, now));
        if let Some(seconds) = wait {
            return Err(SignInError::Wait { seconds });
        }
        self.links.letters.failed(&typed, now);
        self.links.places.failed(place, now);
        let mut drawn = [0; 64];
        self.clock.fill(&mut drawn);
        let (secret, browser) = drawn.split_at(32);
        let cookie = URL_SAFE_NO_PAD.encode(browser);
        let link = (secret.to_vec(), hash(cookie.as_bytes()), page.to_owned());
        // Finding the account and writing to it happens after the answer.
        let operations = self.clone();
        task::spawn(async move {
            if let Err(why) = operations.write_link(typed, link, now).await {
                tracing::warn!(fault = %why, "a sign-in link was not sent");
            }
        });
        Ok(cookie)
    }

    async fn write_link(
        &self,
        typed: String,
        (secret, browser, page): (Vec<u8>, [u8; 32], String),
        now: i64,
    ) -> Result<(), OperationError> {
        let (Some(mail), Some(id)) = (&self.links.mail, self.find_account(&typed).await?) else {
            return Ok(());
        };
        let account = self.opened::<Account>(&stream(id)).await?;
        let Some(account) = account.filter(AccountState::is_open) else { return Ok(()) };
        let created = account.created.as_ref();
        let to = created.and_then(|one| one.email.as_ref()).and_then(Text::clear);
        let Some(to) = to else { return Ok(()) };
        let link = self.random_id();
        let waiting =
            Waiting { account: id, secret: hash(&secret), browser, email: typed, sent_at: now };
        self.links.waiting.insert(link, Arc::new(waiting));
        let token = URL_SAFE_NO_PAD.encode([link.as_bytes().as_slice(), &secret].concat());
        let letter = Letter {
            to: to.to_owned(),
            subject: "Collegamento per entrare in quesito".into(),
            text: format!(
                "Buongiorno,\n\nper entrare in quesito apra questo collegamento e confermi:\n\n\
                 {page}/{token}\n\nVale una volta sola, per 15 minuti. Se non l'ha chiesto, può \
                 ignorare questo messaggio: nessuno è entrato.\n"
            ),
            stop: None,
        };
        let sent = mail.send(letter).await;
        tracing::info!(account = %id, sent = sent.is_ok(), "sign-in link");
        sent.map_err(|why| OperationError::Unavailable(why.to_string()))
    }

    /// Whether a link waits for this browser, so that the page need not ask for the address.
    pub fn is_of_browser(&self, link: &str, cookie: Option<&str>) -> bool {
        let known = |link| self.waiting_link(link);
        match (known(link), cookie) {
            (Some((_, waiting)), Some(cookie)) => same_browser(&waiting, cookie),
            _ => false,
        }
    }

    /// The account of whoever opens a link, which is used up by it.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] when it is not good any more, or is opened in another
    /// browser without the address to which it was sent.
    pub fn open_link(
        &self,
        link: &str,
        cookie: Option<&str>,
        email: Option<&str>,
    ) -> Result<Uuid, SignInError> {
        let (id, waiting) = self.waiting_link(link).ok_or(SignInError::Refused)?;
        let now = self.clock.now().as_second();
        let known = cookie.is_some_and(|cookie| same_browser(&waiting, cookie));
        if !known && email.map(comparable).as_deref() != Some(&waiting.email) {
            let guess = id.to_string();
            self.links.guesses.failed(&guess, now);
            if self.links.guesses.wait(&guess, now).is_some() {
                self.links.waiting.remove(&id);
            }
            return Err(SignInError::Refused);
        }
        // Of two who open it at once, one removes it.
        let (_, waiting) = self.links.waiting.remove(&id).ok_or(SignInError::Refused)?;
        Ok(waiting.account)
    }

    fn waiting_link(&self, link: &str) -> Option<(Uuid, Arc<Waiting>)> {
        let bytes = URL_SAFE_NO_PAD.decode(link).ok()?;
        let (id, secret) = bytes.split_first_chunk::<16>()?;
        let id = Uuid::from_bytes(*id);
        let waiting = self.links.waiting.get(&id)?;
        let same: bool = hash(secret).ct_eq(&waiting.secret).into();
        let now = self.clock.now().as_second();
        (same && now - waiting.sent_at < SPAN).then_some((id, waiting))
    }
}

fn same_browser(waiting: &Waiting, cookie: &str) -> bool {
    hash(cookie.as_bytes()).ct_eq(&waiting.browser).into()
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
