//! `quesito keys`.

use crate::app::{Access, AppError, Engine};
use crate::config::DataArgs;
use crate::event_store::sqlite::OpenError;
use crate::operations::rotation::EPOCH_DAYS;
use crate::privacy::ErasureRegister;
use clap::{Args, Subcommand};
use jiff::ToSpan;

use super::{Failure, accounts, clock, say};

const AFTER: &str = "\
Examples:
  quesito keys list
  quesito keys rotate        # with the server stopped; with --store also while nodes run

Every text has a key of its own; those keys are wrapped under the key of the current epoch,
which lies in the key file (--keys). Every 30 days a running server begins a new epoch by
itself, passes all living keys to it and destroys the old one: copies of the wrapped keys
from before then open nothing any more, and least of all what was erased. So take a new
backup after each change of epoch, and at once if somebody may have read the key file.";

/// Shows or changes the epoch under which the keys of the texts are wrapped
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(List),
    Rotate(Rotate),
}

/// Lists the living epochs and counts the erasures
#[derive(Args)]
struct List {
    #[command(flatten)]
    data: DataArgs,
}

/// Begins a new epoch and destroys the old one; goes on with a change that was cut short
#[derive(Args)]
struct Rotate {
    #[command(flatten)]
    data: DataArgs,
}

impl Keys {
    pub async fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::List(list) => list.run().await,
            Action::Rotate(rotate) => rotate.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let data = self.data.check()?;
        let engine = Engine::open(&data, Access::Read, clock()).await?;
        let epochs = engine.codec.epochs();
        for (at, (epoch, began)) in epochs.iter().enumerate() {
            let state = if at + 1 == epochs.len() {
                format!("current, due to change on {}", began.checked_add(EPOCH_DAYS.days())?)
            } else {
                "old: a change was cut short, `quesito keys rotate` goes on".to_owned()
            };
            say(format_args!("epoch {epoch}  since {began}  {state}"));
        }
        let register = ErasureRegister::open(&data.erasures())?;
        let erasures = register.of(engine.store.store_id());
        let keys: usize = erasures.iter().map(|erasure| erasure.keys.len()).sum();
        say(format_args!(
            "{} erasures of {keys} texts in {}",
            erasures.len(),
            data.erasures().display()
        ));
        Ok(())
    }
}

impl Rotate {
    async fn run(self) -> Result<(), Failure> {
        let opened = Engine::open(&self.data.check()?, Access::Write, clock()).await;
        let engine = opened.map_err(|why| match why {
            AppError::Store(OpenError::InUse { .. }) => Failure::from(format!(
                "{why}; a running server changes the epoch by itself every {EPOCH_DAYS} days. To \
                 change it now, stop the server first"
            )),
            other => other.into(),
        })?;
        let operations = engine.operations();
        let rotated = operations.rotate_epoch().await.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        say(format_args!(
            "Epoch {} is current; {} rings of keys passed to it, {} old epochs are destroyed.",
            rotated.epoch, rotated.moved, rotated.destroyed
        ));
        if rotated.lost > 0 {
            say(format_args!("{} rings belong to epochs that nobody has any more.", rotated.lost));
        }
        say("Copies of the keys from before open no more: take a new backup.");
        Ok(())
    }
}
