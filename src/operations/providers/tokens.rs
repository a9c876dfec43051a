//! Access tokens of providers at the API: of machines, and of people who have an account.

use crate::access::Actor;
use crate::access::jwt::{self, Claims, Rules};
use crate::access::providers::Provider;
use crate::operations::{OperationError, Operations};

impl Operations {
    /// The actor an access token of a provider stands for; `None` when it is not good.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the provider has not answered for an hour,
    /// or the store cannot be read.
    pub(in crate::operations) async fn authenticate_by_provider(
        &self,
        token: &str,
    ) -> Result<Option<Actor>, OperationError> {
        let Some((issuer, key)) = jwt::named(token) else { return Ok(None) };
        let provider = self.providers.all.iter().find(|one| one.settings.issuer == issuer);
        let Some(provider) = provider else { return Ok(None) };
        let settings = &provider.settings;
        let Some(audience) = &settings.api_audience else { return Ok(None) };
        let now = self.clock.now().as_second();
        let known = self.providers.known(provider, key.as_deref(), now).await?;
        let types: Vec<_> = settings.access_token_types.iter().map(String::as_str).collect();
        let rules = Rules {
            issuer: &settings.issuer,
            audience,
            algorithms: &settings.algorithms,
            types: &types,
            nonce: None,
            now,
        };
        match jwt::verify(token, &known.keys, &rules) {
            Ok(claims) => self.actor_of_claims(settings, &claims).await,
            Err(flaw) => {
                tracing::info!(provider = settings.id, flaw = %flaw, "token refused");
                Ok(None)
            }
        }
    }

    async fn actor_of_claims(
        &self,
        settings: &Provider,
        claims: &Claims,
    ) -> Result<Option<Actor>, OperationError> {
        let machine = settings.machines.iter().find(|one| one.subject == claims.subject);
        if let Some(machine) = machine {
            if !self.holds(&machine.person, machine.role, &machine.body).await? {
                return Ok(None);
            }
            let claimed = machine.network.as_ref();
            return Ok(Some(Actor {
                subject: machine.person.clone(),
                role: machine.role,
                body: machine.body.clone(),
                network: self.network(machine.role, &machine.body, claimed).await?,
                machine: true,
            }));
        }
        let Some(id) = self.find_identity(&settings.issuer, &claims.subject).await? else {
            return Ok(None);
        };
        let account = self.account(id).await?;
        let (true, Some(created)) = (account.is_open(), &account.created) else {
            return Ok(None);
        };
        let access = match settings.claimed_access(claims) {
            Some(claimed) => Some(claimed),
            None => self.held(&created.person).await?.into_iter().next(),
        };
        match access {
            Some(access) => self.actor_in(&account, &access).await,
            None => Ok(None),
        }
    }
}
