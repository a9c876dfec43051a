//! A client for the double that sees every message.

use std::net::SocketAddr;

use futures_util::stream;
use hyper::body::Incoming;
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tonic::body::BoxBody;
use tonic::client::Grpc;
use tonic::codec::ProstCodec;
use tonic::metadata::MetadataValue;
use tonic::{Status, Streaming};
use tower::util::BoxCloneService;
use uuid::Uuid;

use crate::double::wire::nodes::{ClusterInfo, SupportedMethods};
use crate::double::wire::read::{
    AllOptions, AllStart, Content, Control, Count, Filter, FilterOption, ReadOptions, ReadReq,
    ReadResp, RecordedEvent, StreamOption, StreamOptions, StreamStart, UuidKind, UuidOption,
};
use crate::double::wire::write::{
    AppendReq, AppendResp, AppendResult, Appending, CurrentRevision, DeleteReq, DeleteResp,
    Expectation, ProposedMessage, Target,
};
use crate::double::wire::{Id, StreamIdentifier};

/// A connection.
pub struct Client {
    grpc: Grpc<BoxCloneService<Request<BoxBody>, Response<Incoming>, hyper::Error>>,
    /// What every call says of itself.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).await.expect("a connection")
    }

    pub async fn try_connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        let service = tower::service_fn(move |request| {
            let mut sender = sender.clone();
            async move { sender.send_request(request).await }
        });
        let origin = Uri::builder().scheme("http").authority(address.to_string());
        let origin = origin.path_and_query("/").build().expect("an address");
        let grpc = Grpc::with_origin(BoxCloneService::new(service), origin);
        Ok(Self { grpc, headers: Vec::new() })
    }

    /// Appends events of these ids.
    pub async fn append(
        &self,
        stream: &str,
        expected: Expectation,
        ids: &[u128],
    ) -> Result<AppendResult, Status> {
        let events = ids.iter().map(|id| event(*id, b"{}")).collect();
        self.append_events(stream, expected, events).await
    }

    pub async fn append_events(
        &self,
        stream: &str,
        expected: Expectation,
        events: Vec<ProposedMessage>,
    ) -> Result<AppendResult, Status> {
        let first = Appending::Options(target(stream, expected));
        let events = events.into_iter().map(Appending::ProposedMessage);
        let messages = std::iter::once(first)
            .chain(events)
            .map(|content| AppendReq { content: Some(content) })
            .collect::<Vec<_>>();
        let request = self.request(stream::iter(messages));
        let mut grpc = self.ready().await?;
        let codec = ProstCodec::<AppendReq, AppendResp>::default();
        let answer = grpc.client_streaming(request, streams("Append"), codec).await?;
        Ok(answer.into_inner().result.expect("a result"))
    }

    pub async fn delete(&self, stream: &str, expected: Expectation) -> Result<DeleteResp, Status> {
        self.remove(streams("Delete"), stream, expected).await
    }

    pub async fn tombstone(
        &self,
        stream: &str,
        expected: Expectation,
    ) -> Result<DeleteResp, Status> {
        self.remove(streams("Tombstone"), stream, expected).await
    }

    async fn remove(
        &self,
        path: PathAndQuery,
        stream: &str,
        expected: Expectation,
    ) -> Result<DeleteResp, Status> {
        let request = self.request(DeleteReq { options: Some(target(stream, expected)) });
        let codec = ProstCodec::<DeleteReq, DeleteResp>::default();
        Ok(self.ready().await?.unary(request, path, codec).await?.into_inner())
    }

    /// Starts to read, or to follow.
    pub async fn open(&self, options: ReadOptions) -> Result<Streaming<ReadResp>, Status> {
        let request = self.request(ReadReq { options: Some(options) });
        let codec = ProstCodec::<ReadReq, ReadResp>::default();
        let answer = self.ready().await?.server_streaming(request, streams("Read"), codec).await?;
        Ok(answer.into_inner())
    }

    /// Reads to the end.
    pub async fn read(&self, options: ReadOptions) -> Result<Vec<Content>, Status> {
        let mut answers = self.open(options).await?;
        let mut all = Vec::new();
        while let Some(answer) = answers.message().await? {
            all.push(answer.content.expect("content"));
        }
        Ok(all)
    }

    pub async fn gossip(&self) -> Result<ClusterInfo, Status> {
        let path = PathAndQuery::from_static("/event_store.client.gossip.Gossip/Read");
        let codec = ProstCodec::<(), ClusterInfo>::default();
        Ok(self.ready().await?.unary(self.request(()), path, codec).await?.into_inner())
    }

    pub async fn features(&self) -> Result<SupportedMethods, Status> {
        let path = "/event_store.client.server_features.ServerFeatures/GetSupportedMethods";
        let path = PathAndQuery::from_static(path);
        let codec = ProstCodec::<(), SupportedMethods>::default();
        Ok(self.ready().await?.unary(self.request(()), path, codec).await?.into_inner())
    }

    async fn ready(
        &self,
    ) -> Result<Grpc<BoxCloneService<Request<BoxBody>, Response<Incoming>, hyper::Error>>, Status>
    {
        let mut grpc = self.grpc.clone();
        grpc.ready().await.map_err(|why| Status::unavailable(why.to_string()))?;
        Ok(grpc)
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        for (name, value) in &self.headers {
            request.metadata_mut().insert(*name, MetadataValue::from_static(value));
        }
        request
    }
}

fn streams(method: &str) -> PathAndQuery {
    let path = format!("/event_store.client.streams.Streams/{method}");
    PathAndQuery::from_maybe_shared(path).expect("a path")
}

fn target(stream: &str, expected: Expectation) -> Target {
    let stream_identifier = Some(StreamIdentifier::new(stream));
    Target { stream_identifier, expected: Some(expected) }
}

/// An event that is `counted`.
pub fn event(id: u128, data: &'static [u8]) -> ProposedMessage {
    let metadata = [("type", "counted"), ("content-type", "application/json")];
    ProposedMessage {
        id: Some(Id::new(Uuid::from_u128(id), false)),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        custom_metadata: prost::bytes::Bytes::new(),
        data: prost::bytes::Bytes::from_static(data),
    }
}

/// Reads a stream as the client of Rust does.
pub fn stream(name: &str, start: StreamStart, backwards: bool, count: u64) -> ReadOptions {
    let stream_identifier = Some(StreamIdentifier::new(name));
    ReadOptions {
        source: Some(StreamOption::Stream(StreamOptions { stream_identifier, start: Some(start) })),
        read_direction: i32::from(backwards),
        count: Some(Count::Count(count)),
        control_option: Some(Control { compatibility: 1 }),
        ..everything(AllStart::Start(()))
    }
}

/// Reads everything, forwards, without a filter.
pub fn everything(start: AllStart) -> ReadOptions {
    ReadOptions {
        source: Some(StreamOption::All(AllOptions { start: Some(start) })),
        read_direction: 0,
        count: Some(Count::Count(u64::MAX)),
        filter: Some(FilterOption::NoFilter(())),
        uuid_option: Some(UuidOption { content: Some(UuidKind::Text(())) }),
        control_option: None,
    }
}

/// Follows everything.
pub fn follow(start: AllStart, filter: Option<Filter>) -> ReadOptions {
    ReadOptions {
        count: Some(Count::Subscription(())),
        filter: Some(filter.map_or(FilterOption::NoFilter(()), FilterOption::Filter)),
        ..everything(start)
    }
}

/// The ids and revisions of the events among some answers.
pub fn events(answers: &[Content]) -> Vec<(u128, u64)> {
    let event = |answer: &Content| {
        let event = recorded(answer)?;
        Some((event.id.as_ref()?.uuid()?.as_u128(), event.stream_revision))
    };
    answers.iter().filter_map(event).collect()
}

pub fn recorded(answer: &Content) -> Option<&RecordedEvent> {
    match answer {
        Content::Event(event) => event.event.as_ref(),
        _ => None,
    }
}

/// The revision after a success.
pub fn head(result: Result<AppendResult, Status>) -> u64 {
    match result.expect("an answer") {
        AppendResult::Success(success) => match success.current.expect("a revision") {
            CurrentRevision::Revision(revision) => revision,
            CurrentRevision::NoStream(()) => u64::MAX,
        },
        AppendResult::WrongExpectedVersion(wrong) => panic!("{wrong:?}"),
    }
}

/// What the server found instead, after a failure.
pub fn wrong(
    result: Result<AppendResult, Status>,
) -> crate::double::wire::write::WrongExpectedVersion {
    match result.expect("an answer") {
        AppendResult::Success(success) => panic!("{success:?}"),
        AppendResult::WrongExpectedVersion(wrong) => wrong,
    }
}
