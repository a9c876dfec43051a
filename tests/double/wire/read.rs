//! Reading and subscribing: `streams.proto`.

use prost::bytes::Bytes;

use super::{Id, StreamIdentifier};

/// `ReadReq`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ReadReq {
    #[prost(message, optional, tag = "1")]
    pub options: Option<ReadOptions>,
}

/// `ReadReq.Options`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ReadOptions {
    #[prost(oneof = "StreamOption", tags = "1, 2")]
    pub source: Option<StreamOption>,
    /// 0 forwards, 1 backwards.
    #[prost(int32, tag = "3")]
    pub read_direction: i32,
    #[prost(oneof = "Count", tags = "5, 6")]
    pub count: Option<Count>,
    #[prost(oneof = "FilterOption", tags = "7, 8")]
    pub filter: Option<FilterOption>,
    #[prost(message, optional, tag = "9")]
    pub uuid_option: Option<UuidOption>,
    #[prost(message, optional, tag = "10")]
    pub control_option: Option<Control>,
}

/// `stream_option`.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum StreamOption {
    #[prost(message, tag = "1")]
    Stream(StreamOptions),
    #[prost(message, tag = "2")]
    All(AllOptions),
}

/// `StreamOptions`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StreamOptions {
    #[prost(message, optional, tag = "1")]
    pub stream_identifier: Option<StreamIdentifier>,
    #[prost(oneof = "StreamStart", tags = "2, 3, 4")]
    pub start: Option<StreamStart>,
}

/// `revision_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum StreamStart {
    #[prost(uint64, tag = "2")]
    Revision(u64),
    #[prost(message, tag = "3")]
    Start(()),
    #[prost(message, tag = "4")]
    End(()),
}

/// `AllOptions`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AllOptions {
    #[prost(oneof = "AllStart", tags = "1, 2, 3")]
    pub start: Option<AllStart>,
}

/// `all_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum AllStart {
    #[prost(message, tag = "1")]
    Position(Place),
    #[prost(message, tag = "2")]
    Start(()),
    #[prost(message, tag = "3")]
    End(()),
}

/// `Position`, wherever it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, prost::Message)]
pub struct Place {
    #[prost(uint64, tag = "1")]
    pub commit_position: u64,
    #[prost(uint64, tag = "2")]
    pub prepare_position: u64,
}

/// `count_option`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Count {
    #[prost(uint64, tag = "5")]
    Count(u64),
    #[prost(message, tag = "6")]
    Subscription(()),
}

/// `filter_option`.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum FilterOption {
    #[prost(message, tag = "7")]
    Filter(Filter),
    #[prost(message, tag = "8")]
    NoFilter(()),
}

/// `FilterOptions`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Filter {
    #[prost(oneof = "FilterKind", tags = "1, 2")]
    pub by: Option<FilterKind>,
    #[prost(oneof = "Window", tags = "3, 4")]
    pub window: Option<Window>,
    #[prost(uint32, tag = "5")]
    pub checkpoint_interval_multiplier: u32,
}

/// What a filter looks at.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum FilterKind {
    #[prost(message, tag = "1")]
    StreamIdentifier(Expression),
    #[prost(message, tag = "2")]
    EventType(Expression),
}

/// `Expression`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Expression {
    #[prost(string, tag = "1")]
    pub regex: String,
    #[prost(string, repeated, tag = "2")]
    pub prefix: Vec<String>,
}

/// `window`: records to look at in one go.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum Window {
    #[prost(uint32, tag = "3")]
    Max(u32),
    #[prost(message, tag = "4")]
    Count(()),
}

/// `UUIDOption`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct UuidOption {
    #[prost(oneof = "UuidKind", tags = "1, 2")]
    pub content: Option<UuidKind>,
}

/// How the client wants its identities.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum UuidKind {
    #[prost(message, tag = "1")]
    Structured(()),
    #[prost(message, tag = "2")]
    Text(()),
}

/// `ControlOption`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Control {
    #[prost(uint32, tag = "1")]
    pub compatibility: u32,
}

/// `ReadResp`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ReadResp {
    #[prost(oneof = "Content", tags = "1, 2, 3, 4, 5, 6, 8, 9")]
    pub content: Option<Content>,
}

/// What is in a [`ReadResp`].
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Content {
    #[prost(message, tag = "1")]
    Event(ReadEvent),
    #[prost(message, tag = "2")]
    Confirmation(SubscriptionConfirmation),
    #[prost(message, tag = "3")]
    Checkpoint(Place),
    #[prost(message, tag = "4")]
    StreamNotFound(StreamNotFound),
    #[prost(uint64, tag = "5")]
    FirstStreamPosition(u64),
    #[prost(uint64, tag = "6")]
    LastStreamPosition(u64),
    #[prost(message, tag = "8")]
    CaughtUp(()),
    #[prost(message, tag = "9")]
    FellBehind(()),
}

/// `ReadEvent`; nothing here is a link.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ReadEvent {
    #[prost(message, optional, tag = "1")]
    pub event: Option<RecordedEvent>,
    #[prost(oneof = "EventPosition", tags = "3, 4")]
    pub position: Option<EventPosition>,
}

/// `position` of a [`ReadEvent`].
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum EventPosition {
    #[prost(uint64, tag = "3")]
    CommitPosition(u64),
    #[prost(message, tag = "4")]
    NoPosition(()),
}

/// `RecordedEvent`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RecordedEvent {
    #[prost(message, optional, tag = "1")]
    pub id: Option<Id>,
    #[prost(message, optional, tag = "2")]
    pub stream_identifier: Option<StreamIdentifier>,
    #[prost(uint64, tag = "3")]
    pub stream_revision: u64,
    #[prost(uint64, tag = "4")]
    pub prepare_position: u64,
    #[prost(uint64, tag = "5")]
    pub commit_position: u64,
    #[prost(message, repeated, tag = "6")]
    pub metadata: Vec<MetadataEntry>,
    #[prost(bytes = "bytes", tag = "7")]
    pub custom_metadata: Bytes,
    #[prost(bytes = "bytes", tag = "8")]
    pub data: Bytes,
}

/// An entry of `metadata`: a map is on the wire a message for each, and so is not built anew
/// for every event. Both are text.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct MetadataEntry {
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// `SubscriptionConfirmation`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SubscriptionConfirmation {
    #[prost(string, tag = "1")]
    pub subscription_id: String,
}

/// `StreamNotFound`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StreamNotFound {
    #[prost(message, optional, tag = "1")]
    pub stream_identifier: Option<StreamIdentifier>,
}
