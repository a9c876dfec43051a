//! The nodes that share a log, and which of them leads.
//!
//! Deliberately absent: elections and replication. A node leads when a test says so, and what
//! one node has written, all can read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::log::{Expected, Log, Outcome, Proposed};

/// The state of a node, with its number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Initializing = 0,
    Unknown = 2,
    CatchingUp = 4,
    Follower = 6,
    Leader = 8,
    Manager = 9,
    ShuttingDown = 10,
    Shutdown = 11,
    ReadOnlyReplica = 14,
}

/// A line of the gossip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub address: SocketAddr,
    pub state: State,
    pub alive: bool,
}

/// What the nodes have in common.
#[derive(Debug)]
pub struct Cluster {
    log: Mutex<Log>,
    /// Where the log ends; whoever waits for events looks here.
    end: watch::Sender<u64>,
    members: Mutex<Vec<Member>>,
}

impl Cluster {
    pub fn new(log: Log) -> Arc<Self> {
        let end = watch::Sender::new(log.end_place().commit_position);
        Arc::new(Self { log: Mutex::new(log), end, members: Mutex::default() })
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes as often as the log does.
    pub fn end(&self) -> watch::Receiver<u64> {
        self.end.subscribe()
    }

    pub fn append(&self, stream: &str, expected: Expected, events: &[Proposed]) -> Outcome {
        self.change(|log| log.append(stream, expected, events))
    }

    /// Changes the log and wakes whoever waits for it.
    pub fn change<T>(&self, change: impl FnOnce(&mut Log) -> T) -> T {
        let mut log = self.log();
        let answer = change(&mut log);
        let end = log.end_place().commit_position;
        drop(log);
        self.end.send_if_modified(|known| std::mem::replace(known, end) != end);
        answer
    }

    pub fn members(&self) -> Vec<Member> {
        self.locked().clone()
    }

    /// Adds a node, or one that only the gossip knows.
    pub fn join(&self, member: Member) -> usize {
        let mut members = self.locked();
        members.push(member);
        members.len() - 1
    }

    /// Where the leader is, if it is up.
    pub fn leader(&self) -> Option<SocketAddr> {
        let members = self.locked();
        members.iter().find(|it| it.state == State::Leader && it.alive).map(|it| it.address)
    }

    pub fn state(&self, index: usize) -> State {
        self.locked()[index].state
    }

    pub fn set_state(&self, index: usize, state: State) {
        self.locked()[index].state = state;
    }

    pub fn set_alive(&self, index: usize, alive: bool) {
        self.locked()[index].alive = alive;
    }

    /// Makes a node the leader, and the leader there was a follower.
    pub fn promote(&self, index: usize) {
        for (at, member) in self.locked().iter_mut().enumerate() {
            match member.state {
                _ if at == index => member.state = State::Leader,
                State::Leader => member.state = State::Follower,
                _ => {}
            }
        }
        // A new leader has not written anything yet.
        self.log().forget();
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
