//! Which accounts there are, and under what people sign in with.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use uuid::Uuid;

use crate::access::accounts::{
    Account, AccountState, AccountSummary, DIRECTORY, Directory, comparable, stream,
};
use crate::access::{Action, Actor, Resource, decide};
use crate::domain::values::Text;
use crate::operations::operational::stream_name;
use crate::operations::{OperationError, Operations};

/// The accounts that were opened so far, by what people sign in with. Only memory
/// holds it: in the store addresses are sealed.
#[derive(Default)]
pub struct KnownAccounts {
    read: HashSet<Uuid>,
    by_email: HashMap<String, Listed>,
    by_identity: HashMap<(String, String), Listed>,
}

/// An account and its place in the directory. Of two that have what one should have alone,
/// as when two nodes create them at the same moment, the earlier keeps it, on every node.
type Listed = (usize, Uuid);

impl Operations {
    /// All accounts, in the order of creation. The caller is an operator.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed or cannot be read.
    pub async fn list_accounts(
        &self,
        actor: &Actor,
    ) -> Result<Vec<AccountSummary>, OperationError> {
        decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        let directory = self.handler.load::<Directory>(&stream_name(DIRECTORY)?).await?;
        let mut accounts = Vec::with_capacity(directory.state.accounts.len());
        for id in &directory.state.accounts {
            accounts.extend(self.show_account(actor, *id).await?);
        }
        Ok(accounts)
    }

    /// One account; `None` when there is none. The caller is an operator, or its person.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it is not allowed or cannot be read.
    pub async fn show_account(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<Option<AccountSummary>, OperationError> {
        let Some(account) = self.opened::<Account>(&stream(id)).await? else { return Ok(None) };
        let (standing, password) = (account.standing(), account.password.is_some());
        let Some(created) = account.created else { return Ok(None) };
        if created.person != actor.subject {
            decide(Some(actor), Action::ManageAccounts, &Resource::default())?;
        }
        let clear = |text: &Text<300>| text.clear().unwrap_or_default().to_owned();
        Ok(Some(AccountSummary {
            id,
            access: self.held(&created.person).await?,
            person: created.person,
            name: created.name.clear().unwrap_or_default().to_owned(),
            email: created.email.as_ref().and_then(Text::clear).map(str::to_owned),
            issuer: created.issuer.as_ref().map(clear),
            network: account.network,
            standing,
            password,
            claimed_role: created.claimed_role,
            claimed_body: created.claimed_body,
        }))
    }

    /// The account under an address; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be read.
    pub async fn find_account(&self, email: &str) -> Result<Option<Uuid>, OperationError> {
        let known = self.known_accounts().await?;
        Ok(known.by_email.get(&comparable(email)).map(|(_, id)| *id))
    }

    /// The account of somebody for whom a provider vouches; `None` when there is none.
    pub(in crate::operations) async fn find_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Uuid>, OperationError> {
        let known = self.known_accounts().await?;
        let identity = (issuer.to_owned(), subject.to_owned());
        Ok(known.by_identity.get(&identity).map(|(_, id)| *id))
    }

    /// Opens the accounts listed since the last time.
    async fn known_accounts(
        &self,
    ) -> Result<tokio::sync::MutexGuard<'_, KnownAccounts>, OperationError> {
        let mut known = self.known_accounts.lock().await;
        let directory = self.handler.load::<Directory>(&stream_name(DIRECTORY)?).await?;
        for listed in directory.state.accounts.iter().copied().enumerate() {
            let (_, id) = &listed;
            if known.read.contains(id) {
                continue;
            }
            // Listed and not yet created: its creator may be at it now.
            let Some(account) = self.opened::<Account>(&stream(*id)).await? else { continue };
            let Some(created) = account.created else { continue };
            known.read.insert(*id);
            // An address that a provider tells is no proof of a mailbox: nobody signs in by it.
            let own = created.email.as_ref().filter(|_| created.issuer.is_none());
            if let Some(email) = own.and_then(Text::clear) {
                keep_earlier(&mut known.by_email, comparable(email), listed);
            }
            let identity = created.issuer.as_ref().and_then(Text::clear);
            let identity = identity.zip(created.subject.as_ref().and_then(Text::clear));
            if let Some((issuer, subject)) = identity {
                let identity = (issuer.to_owned(), subject.to_owned());
                keep_earlier(&mut known.by_identity, identity, listed);
            }
        }
        Ok(known)
    }

    /// An account, folded with its texts sealed; what every request of a session asks.
    pub(in crate::operations) async fn account(
        &self,
        id: Uuid,
    ) -> Result<AccountState, OperationError> {
        let loaded = self.handler.load::<Account>(&stream_name(&stream(id))?).await?;
        Ok(loaded.state.clone())
    }
}

fn keep_earlier<K: Eq + Hash>(known: &mut HashMap<K, Listed>, key: K, listed: Listed) {
    let kept = known.entry(key).or_insert(listed);
    *kept = listed.min(*kept);
}
