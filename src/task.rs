//! Tasks that go on by themselves. Depends on: nothing of ours.
//!
//! tokio builds its plumbing for the type of each task, once for either kind of runtime;
//! tasks behind one type share it.

use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;

/// Begins a task.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let task: BoxFuture<'static, ()> = Box::pin(task);
    tokio::spawn(task)
}
