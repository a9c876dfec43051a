//! Appending and deleting: `streams.proto`.

use std::collections::HashMap;

use prost::bytes::Bytes;

use super::read::Place;
use super::{Id, StreamIdentifier};

/// `AppendReq`: first the target, then the events.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AppendReq {
    #[prost(oneof = "Appending", tags = "1, 2")]
    pub content: Option<Appending>,
}

/// What is in an [`AppendReq`].
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Appending {
    #[prost(message, tag = "1")]
    Options(Target),
    #[prost(message, tag = "2")]
    ProposedMessage(ProposedMessage),
}

/// `AppendReq.Options`, and the options of the two ways to delete.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Target {
    #[prost(message, optional, tag = "1")]
    pub stream_identifier: Option<StreamIdentifier>,
    #[prost(oneof = "Expectation", tags = "2, 3, 4, 5")]
    pub expected: Option<Expectation>,
}

/// `expected_stream_revision`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Expectation {
    #[prost(uint64, tag = "2")]
    Revision(u64),
    #[prost(message, tag = "3")]
    NoStream(()),
    #[prost(message, tag = "4")]
    Any(()),
    #[prost(message, tag = "5")]
    StreamExists(()),
}

/// `AppendReq.ProposedMessage`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ProposedMessage {
    #[prost(message, optional, tag = "1")]
    pub id: Option<Id>,
    #[prost(map = "string, string", tag = "2")]
    pub metadata: HashMap<String, String>,
    #[prost(bytes = "bytes", tag = "3")]
    pub custom_metadata: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    pub data: Bytes,
}

/// `AppendResp`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AppendResp {
    #[prost(oneof = "AppendResult", tags = "1, 2")]
    pub result: Option<AppendResult>,
}

/// What is in an [`AppendResp`].
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum AppendResult {
    #[prost(message, tag = "1")]
    Success(Success),
    #[prost(message, tag = "2")]
    WrongExpectedVersion(WrongExpectedVersion),
}

/// `AppendResp.Success`: clients unwrap both.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Success {
    #[prost(oneof = "CurrentRevision", tags = "1, 2")]
    pub current: Option<CurrentRevision>,
    #[prost(oneof = "WrittenAt", tags = "3, 4")]
    pub position: Option<WrittenAt>,
}

/// `current_revision_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum CurrentRevision {
    #[prost(uint64, tag = "1")]
    Revision(u64),
    #[prost(message, tag = "2")]
    NoStream(()),
}

/// `position_option` of a success.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum WrittenAt {
    #[prost(message, tag = "3")]
    Position(Place),
    #[prost(message, tag = "4")]
    NoPosition(()),
}

/// `AppendResp.WrongExpectedVersion`: clients unwrap `found` and `expected`; the two others are
/// for clients of before 20.6.
#[derive(Clone, PartialEq, prost::Message)]
pub struct WrongExpectedVersion {
    #[prost(oneof = "Found20_6", tags = "1, 2")]
    pub found_20_6: Option<Found20_6>,
    #[prost(oneof = "Expected20_6", tags = "3, 4, 5")]
    pub expected_20_6: Option<Expected20_6>,
    #[prost(oneof = "Found", tags = "6, 7")]
    pub found: Option<Found>,
    #[prost(oneof = "Expected", tags = "8, 9, 10, 11")]
    pub expected: Option<Expected>,
}

/// `current_revision_option_20_6_0`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Found20_6 {
    #[prost(uint64, tag = "1")]
    Revision(u64),
    #[prost(message, tag = "2")]
    NoStream(()),
}

/// `expected_revision_option_20_6_0`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Expected20_6 {
    #[prost(uint64, tag = "3")]
    Revision(u64),
    #[prost(message, tag = "4")]
    Any(()),
    #[prost(message, tag = "5")]
    StreamExists(()),
}

/// `current_revision_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Found {
    #[prost(uint64, tag = "6")]
    Revision(u64),
    #[prost(message, tag = "7")]
    NoStream(()),
}

/// `expected_revision_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Expected {
    #[prost(uint64, tag = "8")]
    Revision(u64),
    #[prost(message, tag = "9")]
    Any(()),
    #[prost(message, tag = "10")]
    StreamExists(()),
    #[prost(message, tag = "11")]
    NoStream(()),
}

/// `DeleteReq` and `TombstoneReq`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct DeleteReq {
    #[prost(message, optional, tag = "1")]
    pub options: Option<Target>,
}

/// `DeleteResp` and `TombstoneResp`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct DeleteResp {
    #[prost(oneof = "DeletedAt", tags = "1, 2")]
    pub position: Option<DeletedAt>,
}

/// `position_option` of a deletion.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum DeletedAt {
    #[prost(message, tag = "1")]
    Position(Place),
    #[prost(message, tag = "2")]
    NoPosition(()),
}
