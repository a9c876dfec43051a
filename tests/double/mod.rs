//! A double of an EventStoreDB server: the same protocol over the network, an own log in
//! memory, and faults on demand.
//!
//! It is **not** EventStoreDB and proves nothing about durability, speed or clustering of one.
//! It answers as the sources of server 23.10 say that the server does:
//!
//! - Appends: exact, absent, any and existing streams; repeated ids succeed without a second
//!   event; 1 MiB for an append; a wrong revision is an answer and no error.
//! - Deletions: a deleted stream reads as missing and comes back with the next append, its
//!   revisions going on; a tombstoned one never does. `$maxCount` and `$tb` are obeyed.
//! - Everything: positions are not dense, events of the system (`$…`) lie between ours, and
//!   events of deleted streams are seen until [`Double::scavenge`], which **never removes the
//!   last event of a stream**, hidden or not; only a tombstone clears a stream whole.
//! - Subscriptions: confirmation, checkpoints, caught up, exclusive resume, filters.
//! - Nodes: one, or several on one log of which one leads; gossip; refusal of who does not lead.
//! - TLS, under certificates of its own ([`Double::AUTHORITY`]).
//!
//! ```no_run
//! let double = Double::start(Options::default());
//! let client = Client::new(double.url().parse()?)?;
//! double.inject(Call::Append, 1, Fault::DoneBut(Code::Aborted));
//! ```
//!
//! It runs on threads of its own: it works for a test that blocks and stops with it. Other test
//! binaries take it in by `#[path = "../double/mod.rs"] mod double;`, and the example
//! `esdb-double` is a process that other clients can be pointed at.
//!
//! Deliberately absent: access lists, links, batch append, persistent subscriptions,
//! projections, `$maxAge`, transactions, replication, elections, files.
//!
//! Depends on: nothing of the product.

mod calls;
mod cluster;
mod faults;
mod log;
mod prompt;
pub mod proxy;
mod server;
mod tls;
pub mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

pub use cluster::{Member, State};
pub use faults::{Call, Fault, Interrupt};
pub use log::{Dice, Expected, Log, Outcome, Proposed, Record};

use calls::Node;
use cluster::Cluster;
use server::Life;

/// How often a fault happens that is not to pass by itself.
pub const ALWAYS: usize = usize::MAX;

/// How a call ends.
pub type Code = tonic::Code;

/// What a double is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; the first node of a cluster.
    pub listen: SocketAddr,
    /// What the gaps between positions and the events of the system follow from.
    pub seed: u64,
    /// Whether events of the system lie between those of clients.
    pub system_events: bool,
    /// Whether an event read from its stream says its position.
    pub stream_positions: bool,
    /// What the server says its version is; `None` for one without `ServerFeatures`.
    pub version: Option<String>,
    /// The only user and its password; anybody may do anything without.
    pub user: Option<(String, String)>,
    /// The largest append, in bytes.
    pub max_append: usize,
    /// Whether it speaks TLS, as the node that [`Double::AUTHORITY`] certifies.
    pub tls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: 1,
            system_events: true,
            stream_positions: true,
            version: Some("23.10.0".to_owned()),
            user: None,
            max_append: 1024 * 1024,
            tls: false,
        }
    }
}

/// A node. It is killed when it is dropped.
#[derive(Debug)]
pub struct Double {
    address: SocketAddr,
    index: usize,
    node: Arc<Node>,
    life: Mutex<Option<Life>>,
}

impl Double {
    /// The authority behind the certificates of all doubles, PEM.
    pub const AUTHORITY: &str = tls::AUTHORITY;

    /// A node by itself, which leads.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub fn start(options: Options) -> Self {
        Self::try_start(options).expect("a free port")
    }

    /// The same, or why it cannot listen.
    pub fn try_start(options: Options) -> io::Result<Self> {
        let cluster = Cluster::new(Log::new(options.seed, options.system_events));
        Self::join(cluster, options)
    }

    /// Nodes on one log, of which the first leads.
    ///
    /// # Panics
    ///
    /// When one cannot listen.
    pub fn start_cluster(nodes: usize, options: &Options) -> Vec<Self> {
        let cluster = Cluster::new(Log::new(options.seed, options.system_events));
        let start = |index| {
            let mut options = options.clone();
            if index > 0 {
                options.listen.set_port(0);
            }
            Self::join(Arc::clone(&cluster), options).expect("a free port")
        };
        (0..nodes).map(start).collect()
    }

    fn join(cluster: Arc<Cluster>, options: Options) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(options.listen)?;
        let address = listener.local_addr()?;
        let state = if cluster.leader().is_some() { State::Follower } else { State::Leader };
        let index = cluster.join(Member { address, state, alive: true });
        let node = Arc::new(Node::new(index, cluster, options));
        let life = Life::begin(listener, Arc::clone(&node))?;
        Ok(Self { address, index, node, life: Mutex::new(Some(life)) })
    }

    /// Where it listens, also while it is killed.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection string of this node alone.
    pub fn url(&self) -> String {
        Self::url_of(std::slice::from_ref(self))
    }

    /// The connection string of a cluster; clients ask one of the nodes for the others.
    pub fn url_of(nodes: &[Self]) -> String {
        let hosts: Vec<String> = nodes.iter().map(|node| node.address.to_string()).collect();
        let user = nodes[0].node.options.user.as_ref();
        let user = user.map_or(String::new(), |(name, password)| format!("{name}:{password}@"));
        let tls = nodes[0].node.options.tls;
        format!("esdb://{user}{}?tls={tls}", hosts.join(","))
    }

    /// Closes the port and every connection, whatever they are at.
    pub fn kill(&self) {
        self.node.cluster.set_alive(self.index, false);
        let life = self.life.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(life);
    }

    /// Listens on the same port again, with the same log. It follows if another node leads by
    /// now, and it has forgotten which events it wrote.
    ///
    /// # Panics
    ///
    /// When the port has been taken.
    pub fn restart(&self) {
        self.kill();
        let listener = self.bind_again();
        if self.node.cluster.leader().is_some_and(|leader| leader != self.address) {
            self.node.cluster.set_state(self.index, State::Follower);
        } else {
            self.node.cluster.log().forget();
        }
        let life = Life::begin(listener, Arc::clone(&self.node)).expect("a thread");
        *self.life.lock().unwrap_or_else(PoisonError::into_inner) = Some(life);
        self.node.cluster.set_alive(self.index, true);
    }

    fn bind_again(&self) -> std::net::TcpListener {
        // A client that calls a dead port of its own machine can, by chance, hold it itself.
        for _ in 0..50 {
            match std::net::TcpListener::bind(self.address) {
                Ok(listener) => return listener,
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
        panic!("{} has been taken", self.address);
    }

    /// Makes this node the leader. Until then, a cluster whose leader is killed has none.
    pub fn promote(&self) {
        self.node.cluster.promote(self.index);
    }

    /// Sets what the node says it is. A leader that becomes a follower leaves none.
    pub fn set_state(&self, state: State) {
        self.node.cluster.set_state(self.index, state);
    }

    /// Adds a member to the gossip that is not there.
    pub fn gossip_about(&self, member: Member) {
        self.node.cluster.join(member);
    }

    /// Lets the next calls of a kind meet a fault, after those planned before.
    pub fn inject(&self, call: Call, times: usize, fault: Fault) {
        self.node.faults.plan(call, times, fault);
    }

    /// Forgets the faults that have not happened yet.
    pub fn heal(&self) {
        self.node.faults.clear();
    }

    /// Disturbs every open subscription and answers how many there are.
    pub fn interrupt(&self, interrupt: Interrupt) -> usize {
        self.node.faults.interrupts.send(interrupt).unwrap_or(0)
    }

    /// How many calls of a kind came in so far.
    pub fn calls(&self, call: Call) -> u64 {
        self.node.faults.calls(call)
    }

    /// What is stored, in the order of the log, without the events of the system.
    pub fn records(&self) -> Vec<Arc<Record>> {
        let log = self.node.cluster.log();
        log.records().iter().filter(|record| !record.stream.starts_with('$')).cloned().collect()
    }

    /// What is stored, in the order of the log.
    pub fn all_records(&self) -> Vec<Arc<Record>> {
        self.node.cluster.log().records().to_vec()
    }

    /// Appends past the network, as another client would.
    pub fn append(&self, stream: &str, expected: Expected, events: &[Proposed]) -> Outcome {
        self.node.cluster.append(stream, expected, events)
    }

    /// Appends one event of no meaning.
    pub fn append_any(&self, stream: &str, id: Uuid) -> Outcome {
        let event = Proposed {
            id,
            kind: "something".to_owned(),
            json: true,
            custom_metadata: prost::bytes::Bytes::new(),
            data: prost::bytes::Bytes::from_static(b"{}"),
        };
        self.append(stream, Expected::Any, &[event])
    }

    /// Removes what no stream shows any more, except the last event of each stream.
    pub fn scavenge(&self) {
        self.node.cluster.log().scavenge();
    }
}
