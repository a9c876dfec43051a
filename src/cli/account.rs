//! `quesito account`: what an operator can do at the machine itself, when nobody can
//! sign in any more, and to begin with.

use std::io::{BufRead, IsTerminal};

use crate::access::accounts::AccountSummary;
use crate::app::{Access, Engine};
use crate::config::DataArgs;
use crate::domain::values::{BodyId, PersonId, Text};
use crate::operations::Operations;
use crate::operations::accounts::AccountRequest;
use crate::operations::tokens::operator;
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::token::{RoleName, open};
use super::{Failure, accounts, say};

const AFTER: &str = "\
Examples:
  quesito account create --email g.bianchi@comune.example.it --name \"Giulia Bianchi\" --role municipality --body c_a944
  quesito account set-password g.bianchi@comune.example.it < password.txt
  quesito account list
  quesito account disable g.bianchi@comune.example.it --reason \"Cessazione dell'incarico\"
  quesito account grant g.bianchi@comune.example.it --role staff --body anci_er
  quesito account revoke g.bianchi@comune.example.it --role staff --body anci_er

Names and addresses are sealed and never reach the log; which roles a person held when is an
event. A running server holds the data folder: there, use /api/v1/accounts with a token of
role admin.";

/// Creates and lists accounts, disables them, sets passwords, grants and revokes roles
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Account {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(Create),
    List(List),
    Disable(Change),
    Enable(Change),
    SetPassword(SetPassword),
    Grant(Held),
    Revoke(Held),
}

/// Creates an account and grants its person a role
#[derive(Args)]
struct Create {
    /// The address under which the person signs in
    #[arg(long)]
    email: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// In which role
    #[arg(long, value_enum)]
    role: RoleName,
    /// For which body: its code in the registry
    #[arg(long, value_name = "CODE")]
    body: BodyId,
    /// The coordinator in whose network the person acts [default: the one the body is a member of]
    #[arg(long, value_name = "CODE")]
    network: Option<BodyId>,
    /// The person, when the log knows them already [default: a new opaque reference]
    #[arg(long, value_name = "REF")]
    person: Option<PersonId>,
    #[command(flatten)]
    data: DataArgs,
}

/// Lists all accounts
#[derive(Args)]
struct List {
    #[command(flatten)]
    data: DataArgs,
}

/// Says whether the person may sign in
#[derive(Args)]
struct Change {
    /// The address, or the id of the account
    account: String,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

/// Sets a password, read from the standard input; every session ends
#[derive(Args)]
struct SetPassword {
    /// The address, or the id of the account
    account: String,
    #[command(flatten)]
    data: DataArgs,
}

/// Gives or takes a role
#[derive(Args)]
struct Held {
    /// The address, or the id of the account
    account: String,
    /// Which role
    #[arg(long, value_enum)]
    role: RoleName,
    /// In which body: its code in the registry
    #[arg(long, value_name = "CODE")]
    body: BodyId,
    /// Why, when it is taken
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

impl Account {
    pub async fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::Create(create) => create.run().await,
            Action::List(list) => list.run().await,
            Action::Disable(change) => change.run(false).await,
            Action::Enable(change) => change.run(true).await,
            Action::SetPassword(set) => set.run().await,
            Action::Grant(role) => role.run(true).await,
            Action::Revoke(role) => role.run(false).await,
        }
    }
}

/// The id of an account that is named by its address or its id.
async fn find(operations: &Operations, account: &str) -> Result<Uuid, Failure> {
    if let Ok(id) = account.parse() {
        return Ok(id);
    }
    let found = operations.find_account(account).await.map_err(|why| accounts::told(&why))?;
    found.ok_or_else(|| "there is no account under this address; see `quesito account list`".into())
}

impl Create {
    async fn run(self) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "accounts").await?;
        let operations = engine.operations();
        let role = self.role.into();
        let network = match self.network {
            Some(network) => Some(network),
            None => accounts::network(&operations, role, &self.body).await?,
        };
        let request = AccountRequest {
            person: self.person,
            name: Text::new(self.name)?,
            email: Text::new(self.email)?,
            role,
            body: self.body,
            network,
            function: None,
        };
        let created = operations.create_account(&operator(), engine.random_id(), request).await;
        let created = created.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        say(line(&created));
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Read, "accounts").await?;
        let listed = engine.operations().list_accounts(&operator()).await;
        for account in listed.map_err(|why| accounts::told(&why))? {
            say(line(&account));
        }
        Ok(())
    }
}

fn line(account: &AccountSummary) -> String {
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let held = account.access.iter().map(|one| {
        let role = word(serde_json::to_value(one.role));
        format!("{role}@{}", one.body)
    });
    let standing = word(serde_json::to_value(account.standing));
    format!(
        "{}  {standing:<9}  {}  {}  {}  {}",
        account.id,
        account.person,
        account.email.as_deref().or(account.issuer.as_deref()).unwrap_or("-"),
        account.name,
        held.collect::<Vec<_>>().join(" ")
    )
}

impl Change {
    async fn run(self, open_again: bool) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "accounts").await?;
        let operations = engine.operations();
        let id = find(&operations, &self.account).await?;
        let reason = self.reason.map(Text::new).transpose()?;
        let (operator, command) = (operator(), engine.random_id());
        let changed = if open_again {
            operations.restore_account(&operator, command, id, reason).await
        } else {
            operations.suspend_account(&operator, command, id, reason).await
        };
        changed.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        say(format_args!("{id} is {}.", if open_again { "enabled" } else { "disabled" }));
        Ok(())
    }
}

impl SetPassword {
    async fn run(self) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "accounts").await?;
        let operations = engine.operations();
        let id = find(&operations, &self.account).await?;
        if std::io::stdin().is_terminal() {
            eprintln!("The password, on one line (it is shown as you type):");
        }
        let mut password = String::new();
        std::io::stdin().lock().read_line(&mut password)?;
        let password = password.trim_end_matches(['\r', '\n']);
        let set = operations.set_password(&operator(), engine.random_id(), id, password).await;
        set.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        say(format_args!("The password of {id} is set; its sessions have ended."));
        Ok(())
    }
}

impl Held {
    async fn run(self, grant: bool) -> Result<(), Failure> {
        let engine = open(&self.data, Access::Write, "accounts").await?;
        self.carry_out(&engine, grant).await?;
        engine.store.close().await;
        say(if grant { "Granted." } else { "Revoked." });
        Ok(())
    }

    async fn carry_out(&self, engine: &Engine, grant: bool) -> Result<(), Failure> {
        let (operations, operator) = (engine.operations(), operator());
        let id = find(&operations, &self.account).await?;
        let account = operations.show_account(&operator, id).await;
        let account = account.map_err(|why| accounts::told(&why))?;
        let person = account.ok_or("there is no such account")?.person;
        let access = (self.role.into(), &self.body);
        let command = engine.random_id();
        let done = if grant {
            operations.grant_access(&operator, command, &person, access, None).await
        } else {
            let reason = self.reason.clone().map(Text::new).transpose()?;
            operations.revoke_access(&operator, command, &person, access, reason.as_ref()).await
        };
        done.map_err(|why| accounts::told(&why))
    }
}
