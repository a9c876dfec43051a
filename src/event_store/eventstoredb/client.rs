//! The one file that names the client crate.
//!
//! Everything here takes and gives types of ours, so that the renamed successor of the
//! crate could take its place by changing this file alone. What the crate does and this
//! file has to make good: a user name or password with escapes is sent as it stands in the
//! URL; an error about a URL quotes it whole; a missing stream shows at the first event and
//! not before; a server that is not the leader and does not know who is looks like a
//! missing stream.
//!
//! Deliberately absent: retries ([`super::supervisor`]), the crate's subscriptions (a
//! stream that ends well is polled for ever there) and its batch append.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use eventstore::{
    AppendToStreamOptions, ClientSettings, Credentials, DeleteStreamOptions, Endpoint, Error,
    EventData, ExpectedRevision, NodePreference, Position, ReadAllOptions, ReadStream,
    ReadStreamOptions, ResolvedEvent, StreamPosition,
};
use uuid::Uuid;

/// Bytes after which a page is cut, so that large events do not fill the memory.
const PAGE_BYTES: usize = 8 << 20;

/// gRPC codes after which a call may have been carried out: cancelled, resource exhausted,
/// aborted (the server's own time ran out), out of time.
const DOUBTFUL: [i32; 4] = [1, 4, 8, 10];

/// What a block of a PEM file begins with.
const PEM: &[u8] = b"-----BEGIN ";

/// Where the servers are and how they are spoken to.
pub(super) struct Settings {
    inner: ClientSettings,
    credentials: Option<Credentials>,
    /// Only whole answers within this time count.
    pub(super) deadline: Duration,
}

impl Settings {
    /// Reads a URL. The error says what is wrong without quoting any of it.
    pub(super) fn parse(url: &str, deadline: Duration) -> Result<Self, String> {
        let inner: ClientSettings = patient(url).parse().map_err(|_| {
            "it takes esdb://user:password@host:2113, several hosts with a comma between them, and \
             settings such as ?tls=true&tlsCaFile=/etc/quesito/ca.pem"
                .to_owned()
        })?;
        if inner.node_preference() != NodePreference::Leader {
            return Err("quesito reads what it has just written, which only the leader holds for \
                        certain: leave nodePreference out"
                .into());
        }
        let (cert, key) = inner.user_certificate().unzip();
        for file in [inner.tls_ca_file(), cert, key].into_iter().flatten() {
            let text =
                std::fs::read(file).map_err(|why| format!("{file} cannot be read: {why}"))?;
            // The crate panics on a file in another form.
            if !text.windows(PEM.len()).any(|part| part == PEM) {
                return Err(format!("{file} is not a PEM file"));
            }
        }
        Ok(Self { credentials: credentials(url), inner, deadline })
    }

    /// Whether they are spoken to over TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.inner.is_secure_mode_enabled()
    }

    /// The servers, without user and password, with a comma between them.
    pub(super) fn nodes(&self) -> String {
        let hosts = self.inner.hosts().iter();
        hosts.map(|host| format!("{}:{}", host.host, host.port)).collect::<Vec<_>>().join(",")
    }
}

/// The crate rests before it connects for the first time, and so after each renewal: only
/// shortly, unless the URL says how long.
fn patient(url: &str) -> String {
    if url.to_ascii_lowercase().contains("discoveryinterval=") {
        return url.to_owned();
    }
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}discoveryInterval=100")
}

/// User and password as they are meant, and not as a URL has to write them.
fn credentials(url: &str) -> Option<Credentials> {
    let (_, rest) = url.split_once("://")?;
    let (who, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    Some(Credentials::new(unescaped(user), unescaped(password)))
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if *first == b'%'
            && let (Some(high), Some(low)) = (hex(0), hex(1))
        {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}

/// Why a call failed, and what is known of its effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// The stream is not where the writer believed it to be: nothing was written.
    #[error("the stream stands at another revision")]
    WrongRevision,
    /// The stream was deleted on the server: nothing was written.
    #[error("the stream was deleted on the server")]
    Deleted,
    /// Another server is the leader: nothing was written.
    #[error("the server is not the leader")]
    NotLeader,
    /// There was no connection: nothing was sent.
    #[error("no connection: {0}")]
    Unconnected(String),
    /// The connection or the time ran out: it may have been carried out.
    #[error("no answer: {0}")]
    Doubtful(String),
    /// The server does not let this user do it.
    #[error("the user of the URL may not do this")]
    Denied,
    /// The server will not do it, however often it is asked.
    #[error("{0}")]
    Refused(String),
}

impl Trouble {
    /// Whether the same call may succeed a little later.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::NotLeader | Self::Unconnected(_) | Self::Doubtful(_))
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let words = plainly(error.to_string());
        match error {
            Error::WrongExpectedVersion { .. } => Self::WrongRevision,
            Error::ResourceDeleted => Self::Deleted,
            Error::NotLeaderException(_) => Self::NotLeader,
            // A missing stream is told in another way: this server cannot name the leader.
            Error::ResourceNotFound => Self::Unconnected("no leader is known".into()),
            Error::ConnectionClosed | Error::GrpcConnectionError(_) => Self::Unconnected(words),
            Error::AccessDenied => Self::Denied,
            Error::Grpc { code, message } if DOUBTFUL.contains(&i32::from(code)) => {
                Self::Doubtful(message)
            }
            Error::Grpc { message, .. } => Self::Refused(message),
            Error::ServerError(_)
            | Error::DeadlineExceeded
            | Error::InternalClientError
            | Error::IllegalStateError(_) => Self::Doubtful(words),
            Error::InternalParsingError(_)
            | Error::ResourceAlreadyExists
            | Error::UnsupportedFeature
            | Error::InitializationError(_) => Self::Refused(words),
        }
    }
}

/// The message in the middle of what the crate says of a status.
fn plainly(words: String) -> String {
    match words.split_once("message: \"").and_then(|(_, rest)| rest.split_once("\", ")) {
        Some((message, _)) => message.to_owned(),
        None => words,
    }
}

/// The server that a client talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its host and port.
    pub(super) node: String,
    /// What it says that it runs.
    pub(super) version: String,
}

/// The place of a record in the server's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    /// Where it was committed.
    pub(super) commit: u64,
    /// Where it was prepared: the same, unless an old client wrote it in a transaction.
    pub(super) prepare: u64,
}

impl Cursor {
    /// The place of a record that was committed as it was written, as all of ours are.
    pub(super) fn at(commit: u64) -> Self {
        Self { commit, prepare: commit }
    }

    fn known(position: Position) -> Option<Self> {
        let Position { commit, prepare } = position;
        (commit != u64::MAX).then_some(Self { commit, prepare })
    }
}

/// What a writer believes about a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Believed {
    /// It does not exist.
    NoStream,
    /// Its last event has this revision.
    At(u64),
}

/// An event on its way to the server.
#[derive(Debug, Clone)]
pub(super) struct Proposed {
    pub(super) id: Uuid,
    pub(super) kind: Arc<str>,
    pub(super) data: Bytes,
    pub(super) metadata: Bytes,
    /// Whether the server is to read the data itself: only for its own settings.
    pub(super) json: bool,
}

/// A record as the server gave it.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) stream: String,
    pub(super) revision: u64,
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) data: Bytes,
    pub(super) metadata: Bytes,
    /// `None` when the server does not tell, which happens in reads of a stream.
    pub(super) place: Option<Cursor>,
}

/// Records in a row.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) records: Vec<Record>,
    /// Whether nothing followed when it was read.
    pub(super) ended: bool,
}

/// What the server says of a write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The last revision of what was written.
    pub(super) revision: u64,
    /// Where; `None` when it does not say.
    pub(super) place: Option<Cursor>,
}

/// Where a read begins, and which way it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<T> {
    /// Onwards from the first.
    FromStart,
    /// Onwards, beginning with this one.
    From(T),
    /// Back from the last.
    FromEnd,
    /// Back from this one: a revision included, a place in the log excluded.
    Back(T),
}

/// A client; clones share its connection.
#[derive(Clone)]
pub(super) struct Client {
    inner: eventstore::Client,
    settings: Arc<Settings>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.settings.nodes())
    }
}

impl Client {
    /// A client that connects when it is first used, on the runtime of the caller.
    pub(super) fn new(settings: &Arc<Settings>) -> Result<Self, Trouble> {
        let inner = eventstore::Client::new(settings.inner.clone())?;
        Ok(Self { inner, settings: Arc::clone(settings) })
    }

    /// The server that it talks to, by which that shows that it is there.
    pub(super) async fn chosen(self) -> Result<Chosen, Trouble> {
        let version = self.inner.server_info().await?.version().to_string();
        let operations = eventstore::operations::Client::from(self.inner);
        let Endpoint { host, port } = operations.current_selected_node().await?;
        Ok(Chosen { node: format!("{host}:{port}"), version })
    }

    /// Appends at exactly the believed revision.
    pub(super) async fn append(
        self,
        stream: String,
        believed: Believed,
        events: Vec<Proposed>,
    ) -> Result<Written, Trouble> {
        let mut options = AppendToStreamOptions::default()
            .deadline(self.settings.deadline)
            .expected_revision(match believed {
                Believed::NoStream => ExpectedRevision::NoStream,
                Believed::At(revision) => ExpectedRevision::Exact(revision),
            });
        if let Some(credentials) = &self.settings.credentials {
            options = options.authenticated(credentials.clone());
        }
        let events: Vec<EventData> =
            events.into_iter().map(event_data).collect::<Result<_, _>>()?;
        let result = self.inner.append_to_stream(stream, &options, events).await?;
        // Nothing of ours can lie at the very start: the store's identity is older.
        let place = Cursor::known(result.position).filter(|place| place.commit > 0);
        Ok(Written { revision: result.next_expected_version, place })
    }

    /// Reads records of one stream; none when there is no such stream.
    pub(super) async fn read_stream(
        self,
        stream: String,
        way: Way<u64>,
        count: usize,
    ) -> Result<Page, Trouble> {
        let options = ReadStreamOptions::default().max_count(count);
        let mut options = match way {
            Way::FromStart => options.position(StreamPosition::Start),
            Way::From(revision) => options.position(StreamPosition::Position(revision)),
            Way::FromEnd => options.position(StreamPosition::End),
            Way::Back(revision) => options.position(StreamPosition::Position(revision)).backwards(),
        };
        if let Some(credentials) = &self.settings.credentials {
            options = options.authenticated(credentials.clone());
        }
        let stream = self.in_time(self.inner.read_stream(stream, &options)).await?;
        self.collect(stream, count).await
    }

    /// Reads records of all streams, those of the server itself among them.
    pub(super) async fn read_all(self, way: Way<Cursor>, count: usize) -> Result<Page, Trouble> {
        let at = |place: Cursor| {
            let Cursor { commit, prepare } = place;
            StreamPosition::Position(Position { commit, prepare })
        };
        let options = ReadAllOptions::default().max_count(count);
        let mut options = match way {
            Way::FromStart => options.position(StreamPosition::Start),
            Way::From(place) => options.position(at(place)),
            Way::FromEnd => options.position(StreamPosition::End),
            Way::Back(place) => options.position(at(place)).backwards(),
        };
        if let Some(credentials) = &self.settings.credentials {
            options = options.authenticated(credentials.clone());
        }
        let stream = self.in_time(self.inner.read_all(&options)).await?;
        self.collect(stream, count).await
    }

    /// Deletes a stream so that a scavenge removes it, and it may be begun again.
    pub(super) async fn delete(self, stream: String, revision: u64) -> Result<(), Trouble> {
        let mut options = DeleteStreamOptions::default()
            .deadline(self.settings.deadline)
            .expected_revision(ExpectedRevision::Exact(revision));
        if let Some(credentials) = &self.settings.credentials {
            options = options.authenticated(credentials.clone());
        }
        self.inner.delete_stream(stream, &options).await?;
        Ok(())
    }

    async fn collect(&self, mut stream: ReadStream, count: usize) -> Result<Page, Trouble> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        while bytes < PAGE_BYTES {
            match tokio::time::timeout(self.settings.deadline, stream.next()).await {
                Err(_) => return Err(Trouble::Doubtful("the time is over".into())),
                Ok(Err(Error::ResourceNotFound)) => {
                    return Ok(Page { records: Vec::new(), ended: true });
                }
                Ok(Err(why)) => return Err(why.into()),
                Ok(Ok(None)) => {
                    let ended = records.len() < count;
                    return Ok(Page { records, ended });
                }
                Ok(Ok(Some(event))) => {
                    if let Some(record) = record(event) {
                        bytes += record.data.len() + record.metadata.len();
                        records.push(record);
                    }
                }
            }
        }
        Ok(Page { records, ended: false })
    }

    async fn in_time<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
        match tokio::time::timeout(self.settings.deadline, call).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(Trouble::Doubtful("the time is over".into())),
        }
    }
}

fn event_data(event: Proposed) -> Result<EventData, Trouble> {
    let data = if event.json {
        let json: serde_json::Value =
            serde_json::from_slice(&event.data).map_err(|why| Trouble::Refused(why.to_string()))?;
        EventData::json(&*event.kind, &json).map_err(|why| Trouble::Refused(why.to_string()))?
    } else {
        EventData::binary(&*event.kind, event.data)
    };
    Ok(data.id(event.id).metadata(event.metadata))
}

fn record(event: ResolvedEvent) -> Option<Record> {
    let commit = event.commit_position.filter(|commit| *commit != u64::MAX);
    let event = event.link.or(event.event)?;
    Some(Record {
        place: Cursor::known(event.position).or(commit.map(Cursor::at)),
        stream: event.stream_id,
        revision: event.revision,
        id: event.id,
        kind: event.event_type,
        data: event.data,
        metadata: event.custom_metadata,
    })
}
