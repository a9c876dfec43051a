//! Notices by e-mail (*avvisi*): a policy from events to one digest per person and day.
//!
//! ```text
//! log ─► gather: what is news to whom ─► digest, asked of the rule of access ─► prepared
//!                                                     recorded ◄─ sent or not ◄─ mail ◄┘
//! ```
//!
//! Once a day, at a fixed hour in Italy, a run settles which part of the log it tells of:
//! what lies after the part of the run before. Each person gets one digest of it, recorded
//! before it is handed to the mail server and again with its outcome. Whatever happens in
//! between, it is not sent twice: a digest without an outcome is never repeated, and the
//! next one says that it may not have arrived. What the server refused is tried again the
//! same day, and is in the digest of the next otherwise (decision record 0017).
//!
//! Deliberately absent: words that people typed, titles included; notices about what
//! somebody did themselves; notices for auditors and operators, who take part in nothing.
//!
//! Depends on: `operations`, `projections` (how things are called), `access`, `domain`,
//! `codec`, `event_store`, `mail`, `clock`.

mod digest;
mod gather;
mod news;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use self::digest::{Line, digest};
use self::gather::{Found, Known, Reader, Window, gather};
use crate::access::{Actor, Scope};
use crate::clock::{Clock, civil_time};
use crate::domain::issue::Issue;
use crate::domain::notice::{News, NoticePrepared, NoticeRunBegun, Place};
use crate::domain::values::{BodyId, Day, RefKind};
use crate::event_store::{Bookmark, GlobalPosition, StreamName};
use crate::mail::{Letter, Mail, MailError};
use crate::operations::notices::{NoticesProgress, Recipient};
use crate::operations::{OperationError, Operations};
use crate::projections::Views;
use crate::projections::history::Names;

/// How long a pass waits for the views, which know how things are called.
const PATIENCE: Duration = Duration::from_mins(1);

/// After how many minutes what is left is tried again; the last holds from then on.
const AGAIN: &[i64] = &[10, 30, 60, 120, 240];

/// How notices are set up.
#[derive(Debug, Clone)]
pub struct NoticesOptions {
    /// The public address, without a slash at the end.
    pub base: String,
    /// At what time of the day in Italy they are sent.
    pub at: Time,
}

/// Sends notices, when somebody says that time has passed.
pub struct Sender {
    operations: Arc<Operations>,
    views: Arc<Views>,
    clock: Arc<dyn Clock>,
    options: NoticesOptions,
    own: tokio::sync::Mutex<Own>,
}

/// What the process remembers; without it a pass only takes longer.
#[derive(Default)]
struct Own {
    known: Known,
    /// The last day of which nothing is left.
    done: Option<Day>,
    /// How often a day was tried.
    tries: Option<(Day, usize)>,
    /// Before this instant nothing is tried again.
    not_before: Option<Timestamp>,
    sent: u32,
    refused: u32,
    unsure: u32,
}

/// What became of one digest.
enum Outcome {
    Sent,
    /// The server did not take it; whether that is for good.
    Refused(bool),
    Unsure,
    /// Another pass has it, or it must not be sent.
    NotOurs,
}

/// A body's part in something that happened.
struct Concerned {
    found: Found,
    bodies: BTreeSet<BodyId>,
}

impl Sender {
    /// Notices over operations and views.
    pub fn new(
        operations: Arc<Operations>,
        views: Arc<Views>,
        clock: Arc<dyn Clock>,
        options: NoticesOptions,
    ) -> Self {
        Self { operations, views, clock, options, own: tokio::sync::Mutex::default() }
    }

    /// Settles where the first run begins: with what happens from now on.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be stored.
    pub async fn begin(&self) -> Result<(), OperationError> {
        if self.operations.last_notices().await?.is_some() {
            return Ok(());
        }
        let today = self.clock.today();
        // So that the run of today, if its hour is still to come, tells of today.
        let day = today.yesterday().unwrap_or(today).into();
        let begun = NoticeRunBegun { day, after: None, up_to: self.here().await?, since: None };
        self.operations.begin_notices(begun).await.map(|_| ())
    }

    /// Sends what is due, if anything is. `stopping` is asked before each letter.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when store or views cannot be read or written: a later pass goes on.
    pub async fn pass(&self, stopping: &(dyn Fn() -> bool + Sync)) -> Result<(), OperationError> {
        let (now, today) = (self.clock.now(), self.clock.today().into());
        let mut own = self.own.lock().await;
        let waits = own.not_before.is_some_and(|instant| now < instant);
        let early = civil_time(now).time() < self.options.at;
        if early || waits || own.done == Some(today) || !self.operations.sends_notices() {
            return Ok(());
        }
        let done = self.run(&mut own, today, stopping).await;
        if let Ok(true) = done {
            (own.done, own.not_before) = (Some(today), None);
        } else {
            let tries = own.tries.filter(|(day, _)| *day == today).map_or(0, |(_, n)| n);
            own.tries = Some((today, tries + 1));
            let minutes = AGAIN.get(tries).or(AGAIN.last()).copied().unwrap_or(60);
            own.not_before = Some(now + SignedDuration::from_mins(minutes));
        }
        self.operations.note_progress(NoticesProgress {
            day: today,
            sent: own.sent,
            refused: own.refused,
            unsure: own.unsure,
            waiting: own.done != Some(today),
        });
        done.map(|_| ())
    }

    /// Goes through everybody; answers whether nothing is left for today.
    async fn run(
        &self,
        own: &mut Own,
        today: Day,
        stopping: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool, OperationError> {
        let Some(mail) = self.operations.mail() else { return Ok(true) };
        let Some(window) = self.window(today).await? else { return Ok(true) };
        if let Err(why) = mail.ready().await {
            tracing::warn!(fault = %why, "notices wait for the mail server");
            return Ok(false);
        }
        self.views.wait_for(window.up_to, PATIENCE).await.map_err(unshown)?;
        let reader = Reader::of(&self.operations);
        let concerned = self.concerned(gather(&reader, &mut own.known, &window).await?).await?;
        let mut all = true;
        for recipient in self.operations.recipients().await? {
            if stopping() {
                return Ok(false);
            }
            match self.write_to(&**mail, &recipient, &concerned, today).await? {
                Outcome::Sent => own.sent += 1,
                Outcome::Refused(lasting) => {
                    own.refused += 1;
                    all &= lasting;
                }
                Outcome::Unsure => {
                    own.unsure += 1;
                    // The server is not well: whoever is left waits until it is.
                    return Ok(false);
                }
                Outcome::NotOurs => {}
            }
        }
        Ok(all)
    }

    /// The part of the log that today's notices tell of; `None` when they tell nothing.
    async fn window(&self, today: Day) -> Result<Option<Window>, OperationError> {
        let last = self.operations.last_notices().await?;
        let begun = match last {
            Some(last) if last.day >= today => last,
            Some(last) => {
                let (after, since) = (Some(last.up_to), Some(last.day));
                let up_to = self.here().await?;
                let begun = NoticeRunBegun { day: today, after, up_to, since };
                let Some(begun) = self.operations.begin_notices(begun).await? else {
                    return Ok(None);
                };
                begun
            }
            None => {
                self.begin().await?;
                return Ok(None);
            }
        };
        let (Some(after), Some(since)) = (&begun.after, begun.since) else { return Ok(None) };
        let (Some(after), Some(up_to)) =
            (self.place(after).await?, self.place(&begun.up_to).await?)
        else {
            // An older copy was restored: what lies between was told, or is lost with it.
            tracing::warn!(day = %begun.day, "the log is not the one that notices were about");
            return Ok(None);
        };
        let ours = begun.day == today;
        Ok(ours.then_some(Window { after, since, up_to, today }))
    }

    /// The end of the log.
    async fn here(&self) -> Result<Place, OperationError> {
        let store = self.operations.handler.store();
        let unavailable =
            |why: crate::event_store::ReadError| OperationError::Unavailable(why.to_string());
        let head = store.head().await.map_err(unavailable)?;
        let Bookmark { store, position, event } =
            store.bookmark(head).await.map_err(unavailable)?;
        let position = format!("{:016x}", position.0);
        let position = position.parse().map_err(OperationError::Internal)?;
        Ok(Place { store, position, event })
    }

    /// The position of a place, if this store holds it.
    async fn place(&self, place: &Place) -> Result<Option<GlobalPosition>, OperationError> {
        let store = self.operations.handler.store();
        let position = u64::from_str_radix(place.position.as_str(), 16).unwrap_or_default();
        let position = GlobalPosition(position);
        let head = store.head().await;
        let head = head.map_err(|why| OperationError::Unavailable(why.to_string()))?;
        if position > head {
            return Ok(None);
        }
        let known = Bookmark { store: place.store, position, event: place.event };
        Ok((store.bookmark(position).await == Ok(known)).then_some(position))
    }

    /// Which bodies everything concerns, as they take part at present.
    async fn concerned(&self, found: Vec<Found>) -> Result<Vec<Concerned>, OperationError> {
        let mut all = Vec::with_capacity(found.len());
        for found in found {
            let happening = &found.happening;
            let mut bodies = happening.bodies.clone();
            bodies.extend(self.operations.taking_part(happening.issues.iter().copied()).await?);
            for told in self.operations.taking_part(happening.told_of.iter().copied()).await? {
                bodies.remove(&told);
            }
            bodies.retain(|body| !happening.except.contains(body));
            all.push(Concerned { found, bodies });
        }
        Ok(all)
    }

    /// Prepares the digest of one person, and sends it if there is one.
    async fn write_to(
        &self,
        mail: &dyn Mail,
        recipient: &Recipient,
        concerned: &[Concerned],
        today: Day,
    ) -> Result<Outcome, OperationError> {
        let state = self.operations.notices_of(&recipient.person).await?;
        if !state.may_prepare(today) {
            return Ok(Outcome::NotOurs);
        }
        let mut news = Vec::new();
        for one in state.owed() {
            if self.reader_of(recipient, one, |_| true).await?.is_some() {
                news.push(one.clone());
            }
        }
        for one in concerned {
            if one.found.by.as_ref() == Some(&recipient.person) {
                continue;
            }
            let (kind, about) = (one.found.happening.kind, one.found.happening.about.clone());
            let told = News { kind, about, because_of: one.found.because_of };
            let theirs = |actor: &Actor| one.bodies.contains(&actor.body);
            if self.reader_of(recipient, &told, theirs).await?.is_some() {
                news.push(told);
            }
        }
        let Some(prepared) = digest(&state, today, news) else { return Ok(Outcome::NotOurs) };
        let address = self.operations.address_of(recipient.account).await?;
        let stop = self.operations.stop_token(recipient.account);
        let (Some(to), Some(stop)) = (address, stop) else { return Ok(Outcome::NotOurs) };
        let letter = self.letter(recipient, &prepared, to, &stop).await?;
        let day = prepared.day;
        let prepared = self.operations.prepare_notice(&recipient.person, prepared).await?;
        let Some(notice) = prepared else { return Ok(Outcome::NotOurs) };
        // From here on it may have been sent, whatever happens.
        let outcome = match mail.send(letter).await {
            Ok(()) => Outcome::Sent,
            Err(MailError::NotTaken(_)) => Outcome::Refused(false),
            Err(MailError::Refused(_) | MailError::Unwritable(_)) => Outcome::Refused(true),
            Err(MailError::Unknown(_)) => Outcome::Unsure,
        };
        let (told, refused) = match outcome {
            Outcome::Sent => ("sent", None),
            Outcome::Refused(lasting) => ("refused", Some(lasting)),
            Outcome::Unsure | Outcome::NotOurs => ("unsure", None),
        };
        tracing::info!(account = %recipient.account, notice = %notice, %day, told, "digest");
        if !matches!(outcome, Outcome::Unsure) {
            self.operations.note_notice(&recipient.person, notice, refused).await?;
        }
        Ok(outcome)
    }

    /// In which role a person may read what a piece of news is about; `None` in none.
    async fn reader_of<'r>(
        &self,
        recipient: &'r Recipient,
        news: &News,
        concerned: impl Fn(&Actor) -> bool,
    ) -> Result<Option<&'r Actor>, OperationError> {
        let roles: Vec<_> = recipient.roles.iter().filter(|actor| concerned(actor)).collect();
        for actor in roles {
            if self.operations.may_read(actor, &news.about).await? {
                return Ok(Some(actor));
            }
        }
        Ok(None)
    }

    async fn letter(
        &self,
        recipient: &Recipient,
        prepared: &NoticePrepared,
        to: String,
        stop: &str,
    ) -> Result<Letter, OperationError> {
        let mut lines = Vec::with_capacity(prepared.items.len());
        for news in &prepared.items {
            if let Some(actor) = self.reader_of(recipient, news, |_| true).await? {
                lines.push(self.line(actor, news).await?);
            }
        }
        let base = &self.options.base;
        let stop = format!("{base}/avvisi/{stop}");
        Ok(Letter {
            to,
            subject: digest::subject(prepared.day),
            text: digest::text(prepared, &lines, base, &stop),
            stop: Some(stop),
        })
    }

    /// How a thing is called, to somebody who may read it.
    async fn line(&self, actor: &Actor, news: &News) -> Result<Line, OperationError> {
        let id = news.about.uuid().unwrap_or_default();
        let theme = match (news.about.kind, StreamName::new(news.about.stream())) {
            (RefKind::Issue, Ok(stream)) => {
                let loaded = self.operations.handler.load::<Issue>(&stream).await?;
                loaded.state.report.as_ref().map(|report| report.data.theme.clone())
            }
            _ => None,
        };
        let scope = Scope::of(Some(actor));
        let named = self.views.now().read(|conn| {
            let names = Names::new(conn, &scope);
            Ok((names.case(id), theme.as_ref().map(|theme| names.theme(theme))))
        });
        let (reference, theme) = named.map_err(unshown)?;
        let (kind, thing) = (news.kind, news.about.kind);
        Ok(Line { kind, thing, id: id.to_string(), reference, theme })
    }
}

/// What the views say that cannot be read.
fn unshown(why: impl std::fmt::Display) -> OperationError {
    OperationError::Unavailable(why.to_string())
}
