//! `quesito verify`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Data, DataArgs};
use crate::event_store::sqlite::{Audit, RawEvent};
use crate::notary::Checkpoint;
use crate::notary::hex;
use crate::notary::key::KeyPlace;
use crate::notary::note::{Note, Vkey};
use crate::notary::shelf::Shelf;
use crate::notary::verify::{Damage, Fault, Kept, Report, Trusted, Verifier};
use clap::Args;

use super::{Failure, say};

/// Damage was found.
const DAMAGED: u8 = 1;

/// Nothing could be verified.
const UNABLE: u8 = 3;

const AFTER: &str = "\
Examples:
  quesito verify
  quesito verify --data /mnt/copy --checkpoint kept.txt --key 'quesito.example.it/api/v1/log/…'

Every hash is computed anew from the stored bytes and compared with the last checkpoint that
was signed here (if its file can be read) and with the one that was kept. Each fault is a line:
the kind of damage, the stream, the revision. It works while the server runs, and on a copy
that cannot be written.

Exit code: 0 all is as it was signed, 1 damage was found, 2 a wrong call, 3 nothing could be
verified.";

/// Verifies that no event was changed or removed since a checkpoint
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Verify {
    /// A checkpoint that was kept elsewhere
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The key of the log [default: that of the key file]
    #[arg(long, value_name = "VKEY")]
    key: Option<Vkey>,
    #[command(flatten)]
    data: DataArgs,
}

impl Verify {
    pub fn run(self) -> ExitCode {
        match self.verify() {
            Ok(report) if report.faults.is_empty() => ExitCode::SUCCESS,
            Ok(_) => ExitCode::from(DAMAGED),
            Err(why) => {
                eprintln!("quesito: {why}");
                ExitCode::from(UNABLE)
            }
        }
    }

    fn verify(&self) -> Result<Report, Failure> {
        let data = self.data.check()?.in_files()?;
        let audit = Audit::open(&data.events())?;
        let place = KeyPlace::beside(&data.keys);
        let key = match &self.key {
            Some(key) => Some(key.clone()),
            None => place.read()?.map(|key| key.vkey().clone()),
        };
        let mut faults = Vec::new();
        let mut kept = Vec::new();
        let files = [(self.checkpoint.as_deref(), true), (Some(&*place.last_signed), false)];
        for (path, given) in files {
            let Some(path) = path.filter(|path| given || path.exists()) else { continue };
            match (read(path, key.as_ref()), given) {
                (Ok(one), _) => kept.push(one),
                // What was kept must be good; what lies here may be what was damaged.
                (Err(why), true) => return Err(why),
                (Err(why), false) => faults.push(Fault {
                    stream: None,
                    revision: None,
                    damage: Damage::Signature,
                    detail: why.to_string(),
                }),
            }
        }

        let mut verifier = Verifier::new(kept.iter().map(|one| one.checkpoint.size));
        let read = audit.each(|event| verifier.take(&event));
        let (mut report, leaves) = verifier.finish(&kept);
        if let Some(trusted) = trusted(&data, &kept) {
            let each = |visit: &mut dyn FnMut(RawEvent)| audit.each(visit);
            // A file that cannot be read to its end is told below.
            faults.extend(trusted.differences(&leaves, each).unwrap_or_default());
        }
        let whole = |detail| Fault { stream: None, revision: None, damage: Damage::File, detail };
        faults.extend(read.err().map(|why| whole(format!("the events cannot be read on: {why}"))));
        faults.extend(audit.complaints().into_iter().map(whole));
        report.faults.extend(faults);
        tell(&report, key.as_ref());
        Ok(report)
    }
}

/// What is wrong with a copy beside the last checkpoint that was signed with its key; nothing
/// when no checkpoint is there.
pub fn against_last_signed(data: &Data) -> Result<Vec<Fault>, Failure> {
    let last = KeyPlace::beside(&data.keys).last_signed;
    if !last.exists() {
        return Ok(Vec::new());
    }
    let kept = read(&last, None)?;
    let mut verifier = Verifier::new([kept.checkpoint.size]);
    Audit::open(&data.events())?.each(|event| verifier.take(&event))?;
    Ok(verifier.finish(&[kept]).0.faults)
}

/// A checkpoint in a file; its signature is checked when there is a key.
fn read(path: &Path, key: Option<&Vkey>) -> Result<Kept, Failure> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|why| named(&why))?;
    let checkpoint = match key {
        Some(key) => Checkpoint::open(&text, key),
        None => Note::parse(&text).and_then(|note| Checkpoint::parse(&note.text)),
    };
    let checkpoint = checkpoint.map_err(|why| named(&why))?;
    Ok(Kept { label: path.display().to_string(), checkpoint })
}

/// The leaves in the tiles of the log, as far as they agree with a checkpoint.
fn trusted(data: &Data, kept: &[Kept]) -> Option<Trusted> {
    let shelf = Shelf::look(&data.log()).ok()?;
    let mut best: Option<Vec<_>> = None;
    for one in kept {
        let leaves = shelf.leaves(one.checkpoint.size).ok().flatten();
        let agree = leaves.filter(|leaves| Shelf::root_of(leaves) == one.checkpoint.root);
        if let Some(leaves) = agree
            && best.as_ref().is_none_or(|best| best.len() < leaves.len())
        {
            best = Some(leaves);
        }
    }
    best.map(Trusted::new)
}

fn tell(report: &Report, key: Option<&Vkey>) {
    for fault in &report.faults {
        say(fault);
    }
    say(format_args!(
        "{} events in {} streams; the log has {} leaves, root {}",
        report.events,
        report.streams,
        report.size,
        hex(&report.root)
    ));
    for one in &report.compared {
        say(format_args!("compared with {} ({} leaves)", one.label, one.checkpoint.size));
    }
    match (report.compared.is_empty(), key) {
        (true, _) => say("compared with no checkpoint: only holes in streams can be seen so"),
        (false, None) => say("no key was given: the signatures were not checked"),
        (false, Some(_)) => {}
    }
    say(match report.faults.len() {
        0 => "no fault".to_owned(),
        1 => "1 fault".to_owned(),
        more => format!("{more} faults"),
    });
}
