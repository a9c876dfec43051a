//! Reading, of a stream or of everything, in either direction.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, stream};
use hyper::body::Incoming;
use hyper::{Request, Response};
use prost::bytes::Bytes;
use regex::Regex;
use tonic::body::BoxBody;
use tonic::codec::ProstCodec;
use tonic::server::Grpc;
use tonic::{Code, Status};

use super::super::faults::{Call, Fault};
use super::super::log::{Direction, Record, Unreadable};
use super::super::wire::read::{
    AllStart, Content, Count, EventPosition, Expression, Filter, FilterKind, FilterOption,
    MetadataEntry, Place, ReadEvent, ReadOptions, ReadReq, ReadResp, RecordedEvent, StreamNotFound,
    StreamOption, StreamStart, UuidKind, Window,
};
use super::super::wire::{Id, StreamIdentifier};
use super::{Node, deadline, in_time, refusals, subscribe};

/// How many events the server reads at a time.
pub const PAGE: u64 = 32;

/// The place after everything.
pub const END: Place = Place { commit_position: u64::MAX, prepare_position: u64::MAX };

/// What is sent, one after the other.
pub type Answers = Pin<Box<dyn Stream<Item = Answer> + Send>>;

/// A message, or the end.
pub type Answer = Result<ReadResp, Status>;

/// `Streams/Read`
pub async fn read(node: Arc<Node>, request: Request<Incoming>) -> Response<BoxBody> {
    let service = tower::service_fn(move |request: tonic::Request<ReadReq>| {
        let node = Arc::clone(&node);
        async move {
            let (metadata, _, ReadReq { options }) = request.into_parts();
            let start = async {
                let options = options.ok_or_else(|| refusals::malformed("options"))?;
                let subscribes = matches!(options.count, Some(Count::Subscription(())));
                let call = if subscribes { Call::Subscribe } else { Call::Read };
                let fault = node.admit(call, &metadata).await?;
                match fault {
                    Some(Fault::Late(late)) => tokio::time::sleep(late).await,
                    Some(Fault::DoneBut(code)) => return Err(refusals::planned(code)),
                    Some(Fault::DoneThenHangUp) => pending().await,
                    _ => {}
                }
                let answers = answers(node, &options)?;
                Ok(tonic::Response::new(afflicted(answers, fault)))
            };
            in_time(deadline(&metadata), start).await
        }
    });
    Grpc::new(ProstCodec::<ReadResp, ReadReq>::default()).server_streaming(service, request).await
}

fn answers(node: Arc<Node>, options: &ReadOptions) -> Result<Answers, Status> {
    let shape = Shape::of(&node, options);
    let direction =
        if options.read_direction == 0 { Direction::Forwards } else { Direction::Backwards };
    let filter = match &options.filter {
        Some(FilterOption::Filter(filter)) => Some(filter),
        Some(FilterOption::NoFilter(())) => None,
        None => return Err(refusals::malformed("filter_option")),
    };
    let count = options.count.filter(|count| *count != Count::Count(0));
    let count = count.ok_or_else(|| refusals::malformed("count_option"))?;
    match (&options.source, count, direction) {
        (Some(StreamOption::Stream(source)), count, direction) if filter.is_none() => {
            let name = source.stream_identifier.as_ref().and_then(StreamIdentifier::name);
            let name = name.ok_or_else(|| refusals::malformed("stream_identifier"))?.to_owned();
            let start = source.start.ok_or_else(|| refusals::malformed("revision_option"))?;
            match count {
                Count::Count(left) => {
                    let next = first_revision(start, direction);
                    let compatibility = options.control_option.as_ref();
                    let positions = compatibility.is_some_and(|it| it.compatibility >= 1);
                    let pages = StreamRead { node, shape, name, next, left, direction, positions };
                    Ok(pages.answers())
                }
                Count::Subscription(()) if direction == Direction::Forwards => {
                    Ok(subscribe::to_stream(node, shape, name, start))
                }
                Count::Subscription(()) => Err(refusals::malformed("read_direction")),
            }
        }
        (Some(StreamOption::All(source)), Count::Count(left), direction) => {
            let next = match source.start.ok_or_else(|| refusals::malformed("all_option"))? {
                AllStart::Position(place) => place,
                AllStart::Start(()) => Place::default(),
                AllStart::End(()) => END,
            };
            let wanted = Wanted::of(filter)?;
            Ok(AllRead { node, shape, next, left, direction, wanted }.answers())
        }
        (Some(StreamOption::All(source)), Count::Subscription(()), Direction::Forwards) => {
            let start = source.start.ok_or_else(|| refusals::malformed("all_option"))?;
            Ok(subscribe::to_all(node, shape, start, Wanted::of(filter)?))
        }
        _ => Err(refusals::malformed("stream_option")),
    }
}

/// Lets an answer break off as planned.
fn afflicted(answers: Answers, fault: Option<Fault>) -> Answers {
    match fault {
        Some(Fault::Break { after, code }) => {
            let end = stream::iter([Err(refusals::planned(code))]);
            Box::pin(answers.take(after).chain(end))
        }
        Some(Fault::End { after }) => Box::pin(answers.take(after)),
        Some(Fault::Stall { after }) => Box::pin(answers.take(after).chain(stream::pending())),
        _ => answers,
    }
}

fn first_revision(start: StreamStart, direction: Direction) -> i64 {
    match start {
        StreamStart::Revision(revision) => i64::try_from(revision).unwrap_or(i64::MAX),
        StreamStart::Start(()) => 0,
        StreamStart::End(()) if direction == Direction::Forwards => -1,
        StreamStart::End(()) => i64::MAX,
    }
}

/// How a client wants its events.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    text_ids: bool,
    stream_positions: bool,
}

impl Shape {
    fn of(node: &Node, options: &ReadOptions) -> Self {
        let kind = options.uuid_option.as_ref().and_then(|option| option.content);
        let text_ids = matches!(kind, Some(UuidKind::Text(())));
        Self { text_ids, stream_positions: node.options.stream_positions }
    }

    /// An event read from its stream, of which the server may not know the position.
    pub fn of_stream(self, record: &Record) -> ReadResp {
        self.event(record, self.stream_positions.then_some(record.position))
    }

    /// An event read from everything.
    pub fn of_all(self, record: &Record) -> ReadResp {
        self.event(record, Some(record.position))
    }

    fn event(self, record: &Record, position: Option<u64>) -> ReadResp {
        let content_type =
            if record.json { "application/json" } else { "application/octet-stream" };
        let metadata = [
            ("type", Bytes::copy_from_slice(record.kind.as_bytes())),
            ("content-type", Bytes::from_static(content_type.as_bytes())),
            ("created", record.created.to_string().into()),
        ];
        let entry = |(key, value): (&'static str, Bytes)| MetadataEntry {
            key: Bytes::from_static(key.as_bytes()),
            value,
        };
        let at = position.unwrap_or(u64::MAX);
        say(Content::Event(ReadEvent {
            event: Some(RecordedEvent {
                id: Some(Id::new(record.id, self.text_ids)),
                stream_identifier: Some(StreamIdentifier::new(&record.stream)),
                stream_revision: record.revision,
                prepare_position: at,
                commit_position: at,
                metadata: metadata.map(entry).into(),
                custom_metadata: record.custom_metadata.clone(),
                data: record.data.clone(),
            }),
            position: Some(
                position.map_or(EventPosition::NoPosition(()), EventPosition::CommitPosition),
            ),
        }))
    }
}

pub fn say(content: Content) -> ReadResp {
    ReadResp { content: Some(content) }
}

/// Which events of everything a client wants to see.
#[derive(Debug)]
pub struct Wanted {
    by: Option<(By, Pattern)>,
    /// How many records are looked at in one go.
    pub window: u64,
    /// How many records are looked at between checkpoints; without a filter there are none.
    pub interval: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Stream,
    Kind,
}

#[derive(Debug)]
enum Pattern {
    Regex(Regex),
    Prefixes(Vec<String>),
}

impl Wanted {
    fn of(filter: Option<&Filter>) -> Result<Self, Status> {
        let Some(filter) = filter else {
            return Ok(Self { by: None, window: PAGE, interval: None });
        };
        let (by, Expression { regex, prefix }) = match filter.by.as_ref() {
            Some(FilterKind::StreamIdentifier(expression)) => (By::Stream, expression),
            Some(FilterKind::EventType(expression)) => (By::Kind, expression),
            None => return Err(refusals::malformed("filter")),
        };
        let pattern = if regex.is_empty() {
            Pattern::Prefixes(prefix.clone())
        } else {
            // The prefixes are not looked at then.
            Pattern::Regex(Regex::new(regex).map_err(|_| refusals::malformed("regex"))?)
        };
        let window = match filter.window {
            Some(Window::Max(window)) => u64::from(window),
            Some(Window::Count(())) => PAGE,
            None => return Err(refusals::malformed("window")),
        };
        let interval = window * u64::from(filter.checkpoint_interval_multiplier);
        if interval == 0 {
            return Err(refusals::malformed("checkpoint_interval_multiplier"));
        }
        Ok(Self { by: Some((by, pattern)), window, interval: Some(interval) })
    }

    pub fn wants(&self, record: &Record) -> bool {
        let Some((by, pattern)) = &self.by else { return true };
        let text = match by {
            By::Stream => &*record.stream,
            By::Kind => record.kind.as_str(),
        };
        match pattern {
            Pattern::Regex(regex) => regex.is_match(text),
            Pattern::Prefixes(prefixes) => prefixes.iter().any(|it| text.starts_with(it.as_str())),
        }
    }
}

struct StreamRead {
    node: Arc<Node>,
    shape: Shape,
    name: String,
    next: i64,
    left: u64,
    direction: Direction,
    /// Whether the client wants to hear where the stream begins and ends.
    positions: bool,
}

impl StreamRead {
    fn answers(mut self) -> Answers {
        let (mut first, mut over) = (true, false);
        let pages = std::iter::from_fn(move || {
            (!over).then(|| {
                let page = self.page(first);
                (first, over) = (false, page.1);
                page.0
            })
        });
        Box::pin(stream::iter(pages.flatten()))
    }

    /// The messages of a page, and whether it is the last.
    fn page(&mut self, first: bool) -> (Vec<Answer>, bool) {
        let limit = self.left.min(PAGE);
        let page =
            self.node.cluster.log().stream_page(&self.name, self.next, limit, self.direction);
        let page = match page {
            Ok(page) => page,
            Err(Unreadable::Missing) => {
                let stream_identifier = Some(StreamIdentifier::new(&self.name));
                let missing = StreamNotFound { stream_identifier };
                return (vec![Ok(say(Content::StreamNotFound(missing)))], true);
            }
            Err(why) => return (vec![Err(refusals::unreadable(why, &self.name))], true),
        };
        let forwards = self.direction == Direction::Forwards;
        let mut answers = Vec::new();
        if first && forwards && self.positions && page.events.is_empty() && self.next != page.next {
            answers.push(Ok(say(Content::FirstStreamPosition(page.next.cast_unsigned()))));
        }
        self.left -= page.events.len() as u64;
        self.next = page.next;
        answers.extend(page.events.iter().map(|record| Ok(self.shape.of_stream(record))));
        let over = page.end || self.left == 0;
        if over && self.positions {
            answers.push(Ok(say(Content::LastStreamPosition(page.head))));
        }
        (answers, over)
    }
}

struct AllRead {
    node: Arc<Node>,
    shape: Shape,
    next: Place,
    left: u64,
    direction: Direction,
    wanted: Wanted,
}

impl AllRead {
    fn answers(mut self) -> Answers {
        let mut over = false;
        let pages = std::iter::from_fn(move || {
            (!over).then(|| {
                let page = self.page();
                over = page.1;
                page.0
            })
        });
        Box::pin(stream::iter(pages.flatten()))
    }

    fn page(&mut self) -> (Vec<Answer>, bool) {
        let limit = self.left.min(PAGE);
        let log = self.node.cluster.log();
        let wanted = |record: &Record| self.wanted.wants(record);
        let page = log.all_page(self.next, limit, self.wanted.window, self.direction, wanted);
        drop(log);
        let page = match page {
            Ok(page) => page,
            Err(why) => return (vec![Err(refusals::unreadable(why, "$all"))], true),
        };
        self.left -= page.events.len() as u64;
        self.next = page.next;
        let answers = page.events.iter().map(|record| Ok(self.shape.of_all(record))).collect();
        (answers, page.end || self.left == 0)
    }
}

/// The end of an answer that is not whole.
pub fn broken(code: Code) -> Answer {
    Err(refusals::planned(code))
}
