//! Building the views anew, beside those that are read meanwhile.
//!
//! Depends on: `event_store`.

use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::ViewsError;
use super::files::{numbers, remove_database, views_file};
use super::projector::Projector;
use super::runner::{Run, follow};
use super::views::Views;
use super::writer::Successor;
use crate::event_store::GlobalPosition;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rebuilt {
    /// Events folded.
    pub events: u64,
    /// How long it took, the wait for the swap not counted.
    pub took: Duration,
}

impl Rebuilt {
    /// Events per second.
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let events = self.events as f64;
        events / self.took.as_secs_f64().max(1e-9)
    }
}

impl Views {
    /// Builds a new file beside the current one and swaps when it has caught up; readers
    /// never wait and never see less than before. Blocks the calling thread.
    ///
    /// `progress` is told the position reached and the head, after every batch.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Busy`] when a rebuild is under way or the views are closed.
    pub fn rebuild(
        &self,
        mut progress: impl FnMut(GlobalPosition, GlobalPosition),
    ) -> Result<Rebuilt, ViewsError> {
        if self.shared.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(ViewsError::Busy);
        }
        let rebuilt = self.rebuild_beside(&mut progress);
        self.shared.rebuilding.store(false, Ordering::Release);
        rebuilt
    }

    fn rebuild_beside(
        &self,
        progress: &mut dyn FnMut(GlobalPosition, GlobalPosition),
    ) -> Result<Rebuilt, ViewsError> {
        let number = numbers(&self.folder)?.last().map_or(1, |last| last + 1);
        let path = views_file(&self.folder, number);
        let begun = Instant::now();
        let (run, events) = self.build(&path, progress).inspect_err(|_| remove_database(&path))?;
        let took = begun.elapsed();
        let (swapped, done) = std::sync::mpsc::sync_channel(1);
        *self.successor.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Successor { run, swapped });
        self.stop.send_replace(true);
        done.recv().map_err(|_| ViewsError::Busy)?;
        Ok(Rebuilt { events, took })
    }

    /// A new file up to the head, and how many events it took.
    fn build(
        &self,
        path: &Path,
        progress: &mut dyn FnMut(GlobalPosition, GlobalPosition),
    ) -> Result<(Run, u64), ViewsError> {
        let projector = Projector::build(path, (self.logs)()?)?;
        let mut run = Run { projector, path: path.to_owned() };
        let head = run.projector.log().head()?;
        let mut events = 0_u64;
        let never = watch::Sender::new(false);
        let (stop, wanted) = (never.subscribe(), self.shared.wanted.subscribe());
        follow(&mut run, (self.logs)()?, &stop, Some(head), wanted, |projector, batch| {
            events += batch.facts as u64;
            progress(projector.bookmark().position, head);
        })?;
        run.projector.settle(path)?;
        Ok((run, events))
    }
}
