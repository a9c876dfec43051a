//! A stored event, decoded for the fold.
//!
//! Depends on: `event_store`, `codec`, `domain`.

use jiff::Timestamp;
use memchr::{memchr, memmem};
use uuid::Uuid;

use super::cut::{Cut, Dates};
use crate::codec::{Codec, CodecError};
use crate::domain::Recorded;
use crate::domain::answer::AnswerEvent;
use crate::domain::communication::CommunicationEvent;
use crate::domain::issue::IssueEvent;
use crate::domain::notice::NoticeEvent;
use crate::domain::question::QuestionEvent;
use crate::domain::registry::{
    AuthorityEvent, BodyEvent, CalendarEvent, FormEvent, NormEvent, PersonEvent, ThemeEvent,
};
use crate::domain::solution::SolutionEvent;
use crate::event_store::{GlobalPosition, Revision, StoredEvent, StreamName};

/// A stored event, decoded.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) position: GlobalPosition,
    pub(super) stream: StreamName,
    pub(super) revision: Revision,
    pub(super) id: Uuid,
    /// When it was recorded; known of all that can be read.
    pub(super) recorded_at: Option<Timestamp>,
    pub(super) what: What,
}

/// What happened, and to what.
#[derive(Debug)]
pub(super) enum What {
    Issue(Uuid, Recorded<IssueEvent>),
    Question(Uuid, Recorded<QuestionEvent>),
    Answer(Uuid, Recorded<AnswerEvent>),
    Solution(Uuid, Recorded<SolutionEvent>),
    Communication(Uuid, Recorded<CommunicationEvent>),
    Norm(Uuid, Recorded<NormEvent>),
    Body(Box<str>, Recorded<BodyEvent>),
    Authority(Box<str>, Recorded<AuthorityEvent>),
    Theme(Box<str>, Recorded<ThemeEvent>),
    Form(Box<str>, Recorded<FormEvent>),
    Calendar(Box<str>, Recorded<CalendarEvent>),
    Person(Box<str>, Recorded<PersonEvent>),
    Notices(Box<str>, Recorded<NoticeEvent>),
    /// Nothing a view shows: an operational stream, a reservation, or a category that
    /// this version does not know.
    Nothing,
    /// What is not seen from the moment that is read; recorded then.
    Outside(Timestamp),
    /// It cannot be read; why, without content.
    Poisoned(String),
}

impl Fact {
    /// Decodes an event without its words: a fold needs to know that a text is there,
    /// not what it says, and ciphertext would fill the memory.
    ///
    /// What a cut leaves out is not decoded at all.
    pub(super) fn read(codec: &Codec, cut: Option<&Cut>, mut stored: StoredEvent) -> Self {
        let what = match cut.and_then(|cut| Some((cut, Dates::of(&stored)?))) {
            Some((cut, dates)) if !cut.admits(&stored, dates) => What::Outside(dates.recorded_at),
            _ => {
                stored.data = without_words(&stored.data);
                read(codec, &stored).unwrap_or_else(|why| What::Poisoned(why.to_string()))
            }
        };
        let dates = || Dates::of(&stored).map(|dates| dates.recorded_at);
        let recorded_at = what.recorded_at().or_else(dates);
        let StoredEvent { position, stream, revision, id, .. } = stored;
        Self { position, stream, revision, id, recorded_at, what }
    }
}

impl What {
    /// When it was recorded, as far as it was decoded.
    fn recorded_at(&self) -> Option<Timestamp> {
        match self {
            Self::Issue(_, one) => Some(one.recorded_at),
            Self::Question(_, one) => Some(one.recorded_at),
            Self::Answer(_, one) => Some(one.recorded_at),
            Self::Solution(_, one) => Some(one.recorded_at),
            Self::Communication(_, one) => Some(one.recorded_at),
            Self::Norm(_, one) => Some(one.recorded_at),
            Self::Body(_, one) => Some(one.recorded_at),
            Self::Authority(_, one) => Some(one.recorded_at),
            Self::Theme(_, one) => Some(one.recorded_at),
            Self::Form(_, one) => Some(one.recorded_at),
            Self::Calendar(_, one) => Some(one.recorded_at),
            Self::Person(_, one) => Some(one.recorded_at),
            Self::Notices(_, one) => Some(one.recorded_at),
            Self::Outside(recorded_at) => Some(*recorded_at),
            Self::Nothing | Self::Poisoned(_) => None,
        }
    }
}

fn read(codec: &Codec, stored: &StoredEvent) -> Result<What, CodecError> {
    Ok(match stored.stream.category() {
        "issue" => What::Issue(uuid(stored)?, codec.read(stored)?),
        "question" => What::Question(uuid(stored)?, codec.read(stored)?),
        "answer" => What::Answer(uuid(stored)?, codec.read(stored)?),
        "solution" => What::Solution(uuid(stored)?, codec.read(stored)?),
        "communication" => What::Communication(uuid(stored)?, codec.read(stored)?),
        "norm" => What::Norm(uuid(stored)?, codec.read(stored)?),
        "body" => What::Body(code(stored), codec.read(stored)?),
        "authority" => What::Authority(code(stored), codec.read(stored)?),
        "theme" => What::Theme(code(stored), codec.read(stored)?),
        "form" => What::Form(code(stored), codec.read(stored)?),
        "calendar" => What::Calendar(code(stored), codec.read(stored)?),
        "person" => What::Person(code(stored), codec.read(stored)?),
        "notices" => {
            let fact: Recorded<NoticeEvent> = codec.read(stored)?;
            match fact.event {
                // Whether somebody wants to be told is between them and the product.
                NoticeEvent::Stopped(_) | NoticeEvent::Resumed(_) => What::Nothing,
                NoticeEvent::Prepared(_) | NoticeEvent::Sent(_) | NoticeEvent::Refused(_) => {
                    What::Notices(code(stored), fact)
                }
            }
        }
        _ => What::Nothing,
    })
}

fn uuid(stored: &StoredEvent) -> Result<Uuid, CodecError> {
    stored.stream.id().parse().map_err(|_| CodecError::Malformed {
        stored_type: stored.stored_type.to_string(),
        why: "the name of its stream holds no UUID".into(),
    })
}

fn code(stored: &StoredEvent) -> Box<str> {
    stored.stream.id().into()
}

/// How a sealed text begins in canonical bytes. Inside a string the quotes would be
/// escaped, so this is never a part of one.
const SEALED: &[u8] = br#"{"alg":""#;

/// A sealed text that says nothing, read as `Text::LeftOut`.
const NO_WORDS: &[u8] = br#"{"alg":"","commitment":"","ct":"","key_id":"","nonce":""}"#;

/// Canonical data with every sealed text replaced by one that says nothing.
fn without_words(data: &[u8]) -> Vec<u8> {
    let mut slim = Vec::with_capacity(data.len().min(1024));
    let mut rest = data;
    while let Some(at) = memmem::find(rest, SEALED) {
        let (before, sealed) = rest.split_at(at);
        slim.extend_from_slice(before);
        // Its members are base64 and ids: the first brace ends it.
        let Some(end) = memchr(b'}', sealed) else {
            slim.extend_from_slice(sealed);
            return slim;
        };
        slim.extend_from_slice(NO_WORDS);
        rest = sealed.split_at(end + 1).1;
    }
    slim.extend_from_slice(rest);
    slim
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_texts_are_left_out_and_nothing_else() {
        let data = br#"{"body":"c_a944","title":{"alg":"XC20P","commitment":"a","ct":"b","key_id":"1","nonce":"n"},"url":"{\"alg\":\""}"#;
        let slim = String::from_utf8(without_words(data)).unwrap();
        assert_eq!(
            slim,
            r#"{"body":"c_a944","title":{"alg":"","commitment":"","ct":"","key_id":"","nonce":""},"url":"{\"alg\":\""}"#
        );
    }
}
