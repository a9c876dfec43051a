//! Notices by e-mail: whether they are sent, under which key the links that stop them are
//! proven, and the clockwork.
//!
//! Depends on: `notices`, `operations`, `private_file`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{AppError, Engine, LAST_REQUESTS};
use crate::clock::Clock;
use crate::config::{NoticesAt, ServeArgs};
use crate::notices::{NoticesOptions, Sender};
use crate::operations::Operations;
use crate::private_file::{self, FileError};
use crate::projections::Views;
use crate::task;

/// How often it is asked whether notices are due.
const CHECK: Duration = Duration::from_secs(30);

/// The operations with notices, where letters are sent and notices are not off.
pub(super) fn furnish(
    operations: Operations,
    settings: &ServeArgs,
    engine: &Engine,
) -> Result<Operations, AppError> {
    match settings.notices_at {
        NoticesAt::Time(_) if operations.sends_mail() => {
            let path = engine.data.keys.with_file_name("notices-key");
            Ok(operations.noticing(key(&path, &*engine.clock)?))
        }
        NoticesAt::Time(_) | NoticesAt::Off => Ok(operations),
    }
}

/// The key, made when there is none. Whoever loses it only makes the links in letters that
/// were sent already good for nothing.
fn key(path: &Path, clock: &dyn Clock) -> Result<[u8; 32], FileError> {
    let _lock = private_file::lock(path)?;
    if let Some(content) = private_file::read(path)?
        && let Ok(key) = STANDARD.decode(content.trim())
        && let Ok(key) = key.try_into()
    {
        return Ok(key);
    }
    let mut key = [0; 32];
    clock.fill(&mut key);
    private_file::replace(path, STANDARD.encode(key).as_bytes())?;
    Ok(key)
}

/// Begins to send notices, if any are sent: with what happens from now on, the first time.
pub(super) async fn begin(
    (operations, views, clock): (Arc<Operations>, Arc<Views>, Arc<dyn Clock>),
    settings: &ServeArgs,
    base: &str,
    stopping: watch::Receiver<bool>,
) -> Option<JoinHandle<()>> {
    let NoticesAt::Time(at) = settings.notices_at else { return None };
    if !operations.sends_notices() {
        return None;
    }
    let options = NoticesOptions { base: base.to_owned(), at };
    let sender = Sender::new(operations, views, clock, options);
    if let Err(why) = sender.begin().await {
        tracing::error!(%why, "notices could not begin; it is tried again");
    }
    Some(task::spawn(keep(sender, stopping)))
}

/// Sends notices whenever they are due, until the server stops: never in the middle of a
/// letter.
async fn keep(sender: Sender, mut stopping: watch::Receiver<bool>) {
    let asked = stopping.clone();
    let stops = move || *asked.borrow();
    while !stops() {
        if let Err(why) = sender.pass(&stops).await {
            tracing::error!(%why, "notices could not be sent; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(CHECK) => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }
}

/// Lets a letter under way end, so that what comes of it is recorded.
pub(super) async fn end(telling: Option<JoinHandle<()>>) {
    if let Some(telling) = telling
        && tokio::time::timeout(LAST_REQUESTS, telling).await.is_err()
    {
        tracing::warn!("a letter was still under way");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn the_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/notices-key");
        let first = key(&path, &SystemClock).unwrap();
        assert_eq!(key(&path, &SystemClock).unwrap(), first);
        std::fs::write(&path, "guasta").unwrap();
        assert_ne!(key(&path, &SystemClock).unwrap(), first);
    }
}
