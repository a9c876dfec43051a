//! What a node answers to a call.
//!
//! Every call goes the same way: a planned fault first, then the credentials, then whether
//! this node may answer, then the deed, and all of it before the deadline of the call.

mod nodes;
mod read;
mod refusals;
mod subscribe;
mod write;

pub use nodes::{features, gossip};
pub use read::read;
pub use write::{append, delete};

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::Options;
use super::cluster::{Cluster, State};
use super::faults::{Call, Fault, Faults};

/// A node, whether it is up or not.
#[derive(Debug)]
pub struct Node {
    pub index: usize,
    pub cluster: Arc<Cluster>,
    pub options: Options,
    pub faults: Faults,
    subscriptions: AtomicU64,
}

impl Node {
    pub fn new(index: usize, cluster: Arc<Cluster>, options: Options) -> Self {
        let (faults, subscriptions) = (Faults::new(), AtomicU64::new(0));
        Self { index, cluster, options, faults, subscriptions }
    }

    /// Lets a call in, with the fault that it is to meet after that.
    async fn admit(&self, call: Call, metadata: &MetadataMap) -> Result<Option<Fault>, Status> {
        let fault = self.faults.meet(call);
        match fault {
            Some(Fault::Refuse(code)) => return Err(refusals::planned(code)),
            Some(Fault::NotLeader(leader)) => return Err(refusals::not_leader(leader)),
            Some(Fault::Ignore) => std::future::pending().await,
            _ => {}
        }
        if matches!(call, Call::Features | Call::Gossip) {
            return Ok(fault);
        }
        self.authorize(metadata)?;
        self.lead(call, metadata.get("requires-leader").is_some_and(|value| value == "true"))?;
        Ok(fault)
    }

    fn authorize(&self, metadata: &MetadataMap) -> Result<(), Status> {
        let Some((name, password)) = &self.options.user else { return Ok(()) };
        let Some(given) = metadata.get("authorization") else {
            return Err(refusals::access_denied());
        };
        let wanted = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
        if given == wanted.as_str() { Ok(()) } else { Err(Status::unauthenticated("")) }
    }

    fn lead(&self, call: Call, requires_leader: bool) -> Result<(), Status> {
        let writes = matches!(call, Call::Append | Call::Delete);
        match (self.cluster.state(self.index), self.cluster.leader()) {
            (State::Follower | State::ReadOnlyReplica, Some(leader)) if requires_leader => {
                Err(refusals::not_leader(leader))
            }
            (State::Follower | State::ReadOnlyReplica, None) if writes || requires_leader => {
                Err(refusals::not_ready())
            }
            // A follower forwards a write of who does not mind.
            (State::Leader | State::Follower | State::ReadOnlyReplica, _) => Ok(()),
            _ => Err(refusals::not_ready()),
        }
    }
}

/// Answers in time, or says that it was not.
async fn in_time<T>(
    deadline: Option<Duration>,
    answer: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    match deadline {
        None => answer.await,
        Some(deadline) => tokio::time::timeout(deadline, answer)
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("Deadline Exceeded"))),
    }
}

/// The time a client gives for a call: up to eight digits and a unit.
fn deadline(metadata: &MetadataMap) -> Option<Duration> {
    let text = metadata.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}
