//! `quesito export`.

use std::path::PathBuf;
use std::time::Duration;

use crate::access::Actor;
use crate::app::{Access, Engine};
use crate::config::DataArgs;
use crate::domain::from_json;
use crate::domain::registry::Role;
use crate::extract::{Sources, extract};
use crate::projections::things::{Kind, parse_reference};
use clap::Args;
use jiff::Timestamp;

use super::replay::instant;
use super::{Failure, clock, say};

/// How long the views of a big store may take to be built.
const PATIENCE: Duration = Duration::from_hours(1);

const AFTER: &str = "\
Examples:
  quesito export S-2026/0042 --out estratto.zip
  quesito export S-2026/0042 --as municipality:c_a944:anci_er --out estratto.zip
  quesito export S-2026/0042 --as-of 2026-06-30 --out estratto.zip

The extract holds what the reader may see: an auditor everything, others what --as says
(role, body, and for a member the coordinator of its network). It works while the server
runs, and changes nothing.";

/// Writes the verifiable extract of a case
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Export {
    /// The reference of the issue
    #[arg(value_name = "S-YEAR/NUMBER")]
    reference: String,
    /// For whom: a role, or role:body, or role:body:coordinator
    #[arg(long = "as", value_name = "ROLE", default_value = "auditor")]
    reader: String,
    /// Only what had been recorded then: a day or an instant
    #[arg(long, value_name = "T", value_parser = instant)]
    as_of: Option<Timestamp>,
    /// Where to write it
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

impl Export {
    pub async fn run(self) -> Result<(), Failure> {
        let Some((Kind::Issue, year, rank)) = parse_reference(&self.reference) else {
            return Err(
                format!("{}: it takes a reference such as S-2026/0042", self.reference).into()
            );
        };
        let actor = reader(&self.reader)?;
        let engine = Engine::open(&self.data.check()?, Access::Read, clock()).await?;
        let log = engine.own_log().await?;
        let views = engine.own_views().await?;
        views.wait_for(engine.store.head().await?, PATIENCE).await?;
        let issue = views.referred_to(Kind::Issue, year, rank)?;
        let issue = issue.ok_or_else(|| format!("there is no {}", self.reference))?;
        let store = engine.store.clone();
        let sources = Sources { store, codec: engine.codec.clone(), views, log, disclaimer: None };
        let found = extract(&sources, &actor, issue, self.as_of).await?;
        std::fs::write(&self.out, &found.bytes)
            .map_err(|why| format!("{} cannot be written: {why}", self.out.display()))?;
        say(format_args!(
            "{}: {} bytes in {}",
            found.reference,
            found.bytes.len(),
            self.out.display()
        ));
        tokio::task::spawn_blocking(move || drop(sources)).await?;
        Ok(())
    }
}

/// Somebody with a role, as `--as` says.
fn reader(text: &str) -> Result<Actor, Failure> {
    let wrong = || {
        format!(
            "--as {text}: it takes auditor, or municipality, staff or observer with a body, as \
             role:body, and for a member its coordinator, as role:body:coordinator"
        )
    };
    let parts: Vec<&str> = text.split(':').collect();
    let (role, body, network) = match parts.as_slice() {
        ["auditor"] => ("auditor", "revisione", None),
        [role, body] => (*role, *body, None),
        [role, body, network] => (*role, *body, Some(*network)),
        _ => return Err(wrong().into()),
    };
    let role: Role = from_json(&role.into()).map_err(|_| wrong())?;
    let network = match role {
        Role::Admin => return Err(wrong().into()),
        Role::Staff => Some(body),
        Role::Municipality | Role::Observer | Role::Auditor => network,
    };
    let (body, network) = (body.parse()?, network.map(str::parse).transpose()?);
    Ok(Actor { subject: "esportazione".parse()?, role, body, network, machine: false })
}
