//! `quesito token`.

use std::collections::BTreeSet;

use crate::app::{Access, AppError, Engine};
use crate::config::DataArgs;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Text};
use crate::event_store::GlobalPosition;
use crate::event_store::sqlite::OpenError;
use crate::operations::tokens::{TokenRequest, operator};
use clap::{Args, Subcommand, ValueEnum};
use jiff::ToSpan;
use uuid::Uuid;

use super::{Failure, accounts, clock, say};

const AFTER: &str = "\
Examples:
  quesito token create --person ced --role admin --body anci_er
  quesito token create --person ufficio-immigrazione --role municipality --body c_a944 --expires 2027-06-30
  quesito token list
  quesito token revoke 0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d --reason \"Postazione dismessa\"

A person is an opaque reference, never a name. A running server holds the data folder: there,
use POST and GET /api/v1/tokens with a token of role admin.";

/// Issues, lists and revokes access tokens
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Token {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Gives a person a role and prints a token for it, this once
#[derive(Args)]
struct Create {
    /// Who acts with it: an opaque reference in lower case, such as ufficio-casa
    #[arg(long, value_name = "REF")]
    person: PersonId,
    /// In which role
    #[arg(long, value_enum)]
    role: RoleName,
    /// For which body: its code in the registry
    #[arg(long, value_name = "CODE")]
    body: BodyId,
    /// The coordinator whose network the body belongs to [default: the one it is a member of]
    #[arg(long, value_name = "CODE")]
    network: Option<BodyId>,
    /// The last day it is good for [default: in a year]
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: Option<Day>,
    /// What it is for
    #[arg(long, default_value = "da riga di comando")]
    label: String,
    /// Whether a machine uses it
    #[arg(long)]
    machine: bool,
    #[command(flatten)]
    data: DataArgs,
}

/// Lists all tokens, without their secrets
#[derive(Args)]
struct List {
    #[command(flatten)]
    data: DataArgs,
}

/// Revokes a token at once
#[derive(Args)]
struct Revoke {
    /// Its id, as `token list` shows it
    id: Uuid,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleName {
    Municipality,
    Staff,
    Observer,
    Auditor,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Municipality => Self::Municipality,
            RoleName::Staff => Self::Staff,
            RoleName::Observer => Self::Observer,
            RoleName::Auditor => Self::Auditor,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl Token {
    pub async fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::Create(create) => create.run().await,
            Action::List(list) => list.run().await,
            Action::Revoke(revoke) => revoke.run().await,
        }
    }
}

/// Opens the data, or says which `collection` of the API a running server offers instead.
pub async fn open(data: &DataArgs, access: Access, collection: &str) -> Result<Engine, Failure> {
    let opened = Engine::open(&data.check()?, access, clock()).await;
    opened.map_err(|why| match why {
        AppError::Store(OpenError::InUse { .. }) => {
            format!("{why}; or use /api/v1/{collection} of the running server").into()
        }
        other => other.into(),
    })
}

impl Create {
    async fn run(self) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "tokens").await?;
        let operations = engine.operations();
        let role = self.role.into();
        let network = match self.network {
            Some(network) => Some(network),
            None => accounts::network(&operations, role, &self.body).await?,
        };
        let in_a_year = operations.clock.today().checked_add(1.year())?;
        let request = TokenRequest {
            person: self.person,
            role,
            body: self.body,
            network,
            label: Text::new(self.label)?,
            expires_on: self.expires.unwrap_or_else(|| in_a_year.into()),
            machine: self.machine,
        };
        let issued = accounts::issue(&engine, &operations, request).await?;
        engine.store.close().await;
        eprintln!("Token {}: keep it, it is not shown again.", issued.id);
        say(issued.token.unwrap_or_default());
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        const PAGE: usize = 2_000;

        let engine = open(&self.data, Access::Read, "tokens").await?;
        let operations = engine.operations();
        let mut ids = BTreeSet::new();
        let mut after = GlobalPosition::START;
        loop {
            let page = engine.store.read_all(after, PAGE).await?;
            for event in &page {
                let id = event.stream.as_str().strip_prefix("op-token-");
                ids.extend(id.and_then(|id| id.parse::<Uuid>().ok()));
            }
            after = page.last().map_or(after, |event| event.position);
            if page.len() < PAGE {
                break;
            }
        }
        for id in ids {
            let Some(token) = operations.show_token(&operator(), id).await? else { continue };
            let role = serde_json::to_value(token.role)?;
            let role = role.as_str().unwrap_or_default();
            let state = if token.revoked { "revoked" } else { "living" };
            say(format_args!(
                "{id}  {role:<12}  {}  {}  until {}  {state}",
                token.body, token.person, token.expires_on
            ));
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(self) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "tokens").await?;
        let operations = engine.operations();
        let reason = self.reason.map(Text::new).transpose()?;
        let revoked =
            operations.revoke_token(&operator(), engine.random_id(), self.id, reason).await;
        revoked.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        say(format_args!("Token {} is revoked.", self.id));
        Ok(())
    }
}
