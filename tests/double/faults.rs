//! What a node does wrong on purpose.
//!
//! A fault is planned for a kind of call and a number of times; the next such calls meet it.
//! What is open already is disturbed by an [`Interrupt`].

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

use super::{ALWAYS, Code};

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    Features,
    Gossip,
    Append,
    /// Tombstones too.
    Delete,
    Read,
    Subscribe,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done; this status is the answer.
    Refuse(Code),
    /// Nothing is done; the answer is that the leader is there.
    NotLeader(SocketAddr),
    /// It is done, and this status is the answer all the same: `Aborted` is what the server
    /// says when it ran out of time, `Unavailable` what stands before it.
    DoneBut(Code),
    /// It is done, and the connection is closed instead of an answer. For what writes.
    DoneThenHangUp,
    /// It is done, but answered after this time, or late when the deadline comes first.
    Late(Duration),
    /// It is not done and never answered, unless with a deadline.
    Ignore,
    /// After so many messages, or at the end of the answer, this status. For what reads.
    Break { after: usize, code: Code },
    /// After so many messages the answer ends as if it were whole. For what reads.
    End { after: usize },
    /// After so many messages there is silence. For what reads.
    Stall { after: usize },
}

/// What happens to every open subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// It ends as if it were whole, which no server does in earnest.
    End,
    /// It ends with this status.
    Break(Code),
    /// It says nothing any more.
    Stall,
    /// It cannot follow, and catches up once more.
    FallBehind,
}

/// The faults that wait for their calls, and how many calls there were.
#[derive(Debug)]
pub struct Faults {
    plan: Mutex<Plan>,
    pub interrupts: broadcast::Sender<Interrupt>,
}

#[derive(Debug, Default)]
struct Plan {
    waiting: Vec<(Call, usize, Fault)>,
    calls: HashMap<Call, u64>,
}

impl Faults {
    pub fn new() -> Self {
        Self { plan: Mutex::default(), interrupts: broadcast::Sender::new(16) }
    }

    /// Plans a fault after those that are planned already.
    pub fn plan(&self, call: Call, times: usize, fault: Fault) {
        let writes = matches!(call, Call::Append | Call::Delete);
        let reads = matches!(call, Call::Read | Call::Subscribe);
        let fits = match fault {
            Fault::DoneThenHangUp => writes,
            Fault::Break { .. } | Fault::End { .. } | Fault::Stall { .. } => reads,
            _ => true,
        };
        assert!(fits, "{call:?} cannot meet {fault:?}");
        self.locked().waiting.push((call, times, fault));
    }

    pub fn clear(&self) {
        self.locked().waiting.clear();
    }

    /// How many calls there were since the node was made.
    pub fn calls(&self, call: Call) -> u64 {
        self.locked().calls.get(&call).copied().unwrap_or(0)
    }

    /// What this call meets.
    pub fn meet(&self, call: Call) -> Option<Fault> {
        let mut plan = self.locked();
        *plan.calls.entry(call).or_default() += 1;
        let index = plan.waiting.iter().position(|(waiting, ..)| *waiting == call)?;
        let (_, times, fault) = &mut plan.waiting[index];
        let fault = *fault;
        if *times != ALWAYS {
            *times -= 1;
        }
        plan.waiting.retain(|(_, times, _)| *times > 0);
        Some(fault)
    }

    fn locked(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
