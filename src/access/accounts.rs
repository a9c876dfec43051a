//! Accounts of people: who they are, how they sign in, whether they may.
//!
//! An account is a stream `op-account-{id}`: operational, so it is neither logged nor
//! exported. Name, address, the identity at a provider and the hash of the password
//! are texts, sealed under keys of their own; the log knows the person only by an
//! opaque reference, and in `person-…` streams which roles that person held when.
//! One stream `op-accounts` lists them all, since a store has no index of streams.
//!
//! Deliberately absent: roles. An account says who somebody is, `access-granted` what
//! they may be.
//!
//! Depends on: `domain`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::domain::values::{BodyId, PersonId, Text};
use crate::domain::{Command, Decider, Recorded, Rejection};

/// The stream that lists the accounts.
pub const DIRECTORY: &str = "op-accounts";

crate::domain::data! {
    /// An account was created.
    #[schema(example = json!({"person": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "name": "Giulia Bianchi", "email": "g.bianchi@comune.example.it", "network": "anci_er", "pending": false}))]
    pub struct AccountCreated {
        /// The person, by an opaque reference.
        pub person: PersonId,
        /// The person's name.
        pub name: Text<200>,
        /// The address under which they sign in; absent when a provider vouches without one.
        pub email: Option<Text<254>>,
        /// The provider that vouches for them.
        pub issuer: Option<Text<300>>,
        /// Who they are there.
        pub subject: Option<Text<300>>,
        /// The coordinator in whose network they act.
        pub network: Option<BodyId>,
        /// The role that the provider says they have, for whoever approves.
        pub claimed_role: Option<Role>,
        /// The body that the provider says they belong to.
        pub claimed_body: Option<BodyId>,
        /// Whether an operator has still to approve.
        #[serde(default)]
        pub pending: bool,
    }

    /// An operator approved an account.
    #[schema(example = json!({"network": "anci_er"}))]
    pub struct AccountApproved {
        /// The coordinator in whose network they act.
        pub network: Option<BodyId>,
    }

    /// A password was set; every session ends.
    #[schema(example = json!({"hash": "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}))]
    pub struct PasswordSet {
        /// What recognises it.
        pub hash: Text<300>,
    }

    /// An account was suspended; every session ends.
    #[schema(example = json!({"reason": "Cessazione dell'incarico."}))]
    pub struct AccountSuspended {
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// An account was restored.
    #[schema(example = json!({"reason": "Rientro in servizio."}))]
    pub struct AccountRestored {
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// An account was entered in the list of accounts.
    #[schema(example = json!({"account": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct AccountListed {
        /// Which one.
        pub account: Uuid,
    }
}

crate::domain::events! {
    /// What can happen to an account.
    pub enum AccountEvent {
        "account-created.v1" => Created(AccountCreated), "the day of creation";
        "account-approved.v1" => Approved(AccountApproved), "the day of the approval";
        "password-set.v1" => PasswordSet(PasswordSet), "the day on which it was set";
        "account-suspended.v1" => Suspended(AccountSuspended), "the day of the suspension";
        "account-restored.v1" => Restored(AccountRestored), "the day of the restoration";
    }
}

crate::domain::events! {
    /// What can happen to the list of accounts.
    pub enum DirectoryEvent {
        "account-listed.v1" => Listed(AccountListed), "the day of creation";
    }
}

/// The decider of accounts.
#[derive(Debug, Clone, Copy)]
pub struct Account;

/// An account after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccountState {
    /// What was created.
    pub created: Option<Box<AccountCreated>>,
    /// The coordinator in whose network the person acts.
    pub network: Option<BodyId>,
    /// What recognises the password.
    pub password: Option<Text<300>>,
    /// Whether an operator has still to approve.
    pub pending: bool,
    /// Whether it is suspended.
    pub suspended: bool,
    /// How often all its sessions were ended. Counted, since clocks may stand still.
    pub endings: u32,
}

impl AccountState {
    /// Whether the person may sign in.
    pub fn is_open(&self) -> bool {
        self.created.is_some() && !self.pending && !self.suspended
    }

    /// How things stand with it, in one word.
    pub fn standing(&self) -> Standing {
        match (self.suspended, self.pending) {
            (true, _) => Standing::Suspended,
            (false, true) => Standing::Pending,
            (false, false) => Standing::Open,
        }
    }
}

crate::domain::words! {
    /// How things stand with an account.
    pub enum Standing {
        /// The person may sign in.
        Open,
        /// An operator has still to approve.
        Pending,
        /// It is suspended.
        Suspended,
    }
}

impl Decider for Account {
    type State = AccountState;
    type Event = AccountEvent;

    const CATEGORY: &'static str = "op";

    fn decide(
        state: &AccountState,
        command: Command<AccountEvent>,
    ) -> Result<Vec<AccountEvent>, Rejection> {
        use AccountEvent as Do;

        match (&state.created, command.proposed) {
            (None, created @ Do::Created(_)) => Ok(vec![created]),
            (None, _) => Err(Rejection::NotFound),
            (Some(_), Do::Created(_)) => Err(Rejection::AlreadyExists),
            (Some(_), Do::Approved(_)) if !state.pending => Ok(vec![]),
            (Some(_), Do::Suspended(_)) if state.suspended => Ok(vec![]),
            (Some(_), Do::Restored(_)) if !state.suspended => Ok(vec![]),
            (Some(_), event) => Ok(vec![event]),
        }
    }

    fn evolve(state: &mut AccountState, fact: &Recorded<AccountEvent>) {
        match &fact.event {
            AccountEvent::Created(data) => {
                state.network.clone_from(&data.network);
                state.pending = data.pending;
                state.created = Some(data.clone());
            }
            AccountEvent::Approved(data) => {
                state.pending = false;
                if data.network.is_some() {
                    state.network.clone_from(&data.network);
                }
            }
            AccountEvent::PasswordSet(data) => {
                state.password = Some(data.hash.clone());
                state.endings += 1;
            }
            AccountEvent::Suspended(_) => {
                state.suspended = true;
                state.endings += 1;
            }
            AccountEvent::Restored(_) => state.suspended = false,
        }
    }
}

/// The decider of the list of accounts.
#[derive(Debug, Clone, Copy)]
pub struct Directory;

/// The accounts, in the order of creation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DirectoryState {
    /// Their ids.
    pub accounts: Vec<Uuid>,
}

impl Decider for Directory {
    type State = DirectoryState;
    type Event = DirectoryEvent;

    const CATEGORY: &'static str = "op";

    fn decide(
        state: &DirectoryState,
        command: Command<DirectoryEvent>,
    ) -> Result<Vec<DirectoryEvent>, Rejection> {
        let DirectoryEvent::Listed(data) = &command.proposed;
        let known = state.accounts.contains(&data.account);
        if known { Ok(vec![]) } else { Ok(vec![command.proposed]) }
    }

    fn evolve(state: &mut DirectoryState, fact: &Recorded<DirectoryEvent>) {
        let DirectoryEvent::Listed(data) = &fact.event;
        state.accounts.push(data.account);
    }
}

/// The name of an account's stream.
pub fn stream(id: Uuid) -> String {
    format!("op-account-{id}")
}

/// An address as it is compared: whoever signs in need not remember capitals.
pub fn comparable(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether a string can be an address: one `@` with something on either side, no white
/// space. Whether it is one, only a letter to it tells.
pub fn is_address(email: &str) -> bool {
    let clean = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    match email.trim().split_once('@') {
        Some((local, host)) => {
            clean(local) && clean(host) && !host.contains('@') && host.contains('.')
        }
        None => false,
    }
}

/// An account, for operators.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "person": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "name": "Giulia Bianchi", "email": "g.bianchi@comune.example.it", "network": "anci_er", "standing": "open", "password": true, "access": [{"role": "municipality", "body": "c_a944"}]}))]
pub struct AccountSummary {
    /// Its id.
    pub id: Uuid,
    /// The person, as the log knows them.
    pub person: PersonId,
    /// The person's name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The address under which they sign in.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The provider that vouches for them.
    #[schema(max_length = 300)]
    pub issuer: Option<String>,
    /// The coordinator in whose network they act.
    pub network: Option<BodyId>,
    /// How things stand with it.
    pub standing: Standing,
    /// Whether it has a password.
    pub password: bool,
    /// The role that the provider says they have.
    pub claimed_role: Option<Role>,
    /// The body that the provider says they belong to.
    pub claimed_body: Option<BodyId>,
    /// The roles held today.
    #[schema(max_items = 100)]
    pub access: Vec<HeldAccess>,
}

/// A role held in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldAccess {
    /// Which role.
    pub role: Role,
    /// In which body.
    pub body: BodyId,
}
