//! Everything that can happen to the notices of a person.

use uuid::Uuid;

use crate::values::bounds::list;
use crate::values::{Count, Day, Ref};
use crate::{data, events, words};

words! {
    /// What is news to a body.
    pub enum NewsKind {
        /// Staff took up an issue of its own.
        TakenUp,
        /// An issue of its own became part of a collective question.
        Joined,
        /// An answer concerns an issue of its own, or a question it adhered to.
        Answered,
        /// A solution is offered to it.
        Offered,
        /// A solution that it adopted is to be verified.
        ToVerify,
    }

    /// Where a person switched notices off or on.
    pub enum Switch {
        /// By the link in a letter.
        Letter,
        /// On the page of the profile.
        Profile,
    }
}

data! {
    /// One piece of news.
    pub struct News {
        /// What it is.
        pub kind: NewsKind,
        /// The thing that the letter leads to.
        pub about: Ref,
        /// The event that brought it about; absent when a date did.
        pub because_of: Option<Uuid>,
    }

    /// A digest was prepared for a person: from here on it may have been sent.
    #[schema(example = json!({"day": "2026-03-11", "items": [{"kind": "taken_up", "about": {"kind": "issue", "id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}, "because_of": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0e"}]}))]
    pub struct NoticePrepared {
        /// The day of the digest.
        pub day: Day,
        /// What it tells.
        #[serde(deserialize_with = "list::<1, 50, _, _>")]
        #[schema(min_items = 1, max_items = 50)]
        pub items: Vec<News>,
        /// How much more there was than a digest holds.
        pub more: Option<Count>,
        /// The day of an earlier digest of which nobody knows whether it was sent.
        pub unsure_of: Option<Day>,
    }

    /// The mail server took the digest.
    #[schema(example = json!({"notice_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct NoticeSent {
        /// Which digest.
        pub notice_id: Uuid,
    }

    /// The mail server did not take the digest.
    #[schema(example = json!({"notice_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "lasting": false}))]
    pub struct NoticeRefused {
        /// Which digest.
        pub notice_id: Uuid,
        /// Whether it would not take it later that day either.
        pub lasting: bool,
    }

    /// The person wants no notices.
    #[schema(example = json!({"by": "letter"}))]
    pub struct NoticesStopped {
        /// Where they said so.
        pub by: Switch,
    }

    /// The person wants notices again.
    #[schema(example = json!({"by": "profile"}))]
    pub struct NoticesResumed {
        /// Where they said so.
        pub by: Switch,
    }
}

events! {
    /// Everything that can happen to the notices of a person.
    pub enum NoticeEvent {
        "notice-prepared.v1" => Prepared(NoticePrepared), "the day of the digest";
        "notice-sent.v1" => Sent(NoticeSent), "the day it was sent";
        "notice-refused.v1" => Refused(NoticeRefused), "the day of the attempt";
        "notices-stopped.v1" => Stopped(NoticesStopped), "the day the person said so";
        "notices-resumed.v1" => Resumed(NoticesResumed), "the day the person said so";
    }
}
