//! The sign-in of people through a provider: code flow with PKCE.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::keys::Known;
use super::{Departure, Flow, KnownProvider, Return};
use crate::access::accounts::{AccountCreated, HeldAccess};
use crate::access::jwt::{self, Claims, Flaw, Rules};
use crate::access::providers::Provider;
use crate::codec::ActorKind;
use crate::domain::values::Text;
use crate::operations::operational::body_of;
use crate::operations::sessions::SignInError;
use crate::operations::tokens::operator;
use crate::operations::{OperationError, Operations};

/// Seconds that somebody may take to sign in at the provider.
const FLOW_SPAN: i64 = 10 * 60;

impl Operations {
    /// Begins the sign-in of somebody through a provider. `redirect` is where they come
    /// back to.
    ///
    /// # Errors
    ///
    /// [`SignInError::Refused`] when there is no such provider, or the fault that keeps it
    /// from answering.
    pub async fn depart(&self, provider: &str, redirect: &str) -> Result<Departure, SignInError> {
        let all = &self.providers.all;
        let place = all.iter().position(|one| one.settings.id == provider);
        let (place, provider) =
            place.and_then(|place| Some((place, all.get(place)?))).ok_or(SignInError::Refused)?;
        let now = self.clock.now().as_second();
        let known = self.providers.known(provider, None, now).await?;
        let secret = || {
            let mut bytes = [0; 32];
            self.clock.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let (state, nonce, verifier, cookie) = (secret(), secret(), secret(), secret());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let settings = &provider.settings;
        let scope = ["openid"].into_iter().chain(settings.scopes.iter().map(String::as_str));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &scope.collect::<Vec<_>>().join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let mark = if known.authorization.contains('?') { '&' } else { '?' };
        let url = format!("{}{mark}{query}", known.authorization);
        if !crate::fetch::is_safe(&url) {
            return Err(
                OperationError::Unavailable("an unsafe address to sign in at".into()).into()
            );
        }
        let flow = Flow {
            provider: place,
            nonce,
            verifier,
            browser: digest(&cookie),
            redirect: redirect.to_owned(),
            begun_at: now,
        };
        self.providers.flows.insert(digest(&state), Arc::new(flow));
        Ok(Departure { url, cookie })
    }

    /// Ends the sign-in of somebody who comes back from a provider: their account. Who is
    /// new gets one that waits for approval.
    ///
    /// # Errors
    ///
    /// [`SignInError::Pending`] while an operator has not approved;
    /// [`SignInError::Refused`] when anything about the answer is not as it must be.
    pub async fn arrive(
        &self,
        back: Return<'_>,
    ) -> Result<(Uuid, Option<HeldAccess>), SignInError> {
        // Whatever comes of it, a sign-in is good for one answer.
        let flow = self.providers.flows.remove(&digest(back.state));
        let (_, flow) = flow.ok_or(SignInError::Refused)?;
        let now = self.clock.now().as_second();
        let provider = self.providers.all.get(flow.provider).ok_or(SignInError::Refused)?;
        let settings = &provider.settings;
        let same_browser = flow.browser == digest(back.cookie);
        let same_issuer = back.issuer.is_none_or(|issuer| issuer == settings.issuer);
        if !same_browser || !same_issuer || now - flow.begun_at > FLOW_SPAN {
            return Err(SignInError::Refused);
        }
        let known = self.providers.known(provider, None, now).await?;
        let claims = self.redeem(settings, &known, &flow, back.code, provider, now).await?;
        self.account_of(settings, &claims).await
    }

    /// Exchanges the code for an identity token and believes it, or not.
    async fn redeem(
        &self,
        settings: &Provider,
        known: &Known,
        flow: &Flow,
        code: &str,
        provider: &KnownProvider,
        now: i64,
    ) -> Result<Claims, SignInError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &flow.redirect),
            ("code_verifier", &flow.verifier),
            ("client_id", &settings.client_id),
        ];
        let authorization = settings.client_secret.as_ref().map(|secret| {
            let encoded =
                |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encoded(&settings.client_id), encoded(secret.reveal()));
            format!("Basic {}", STANDARD.encode(pair))
        });
        let answer = self.providers.fetch.post(&known.token, &form, authorization.as_deref()).await;
        let answer = answer.map_err(|why| {
            tracing::info!(provider = settings.id, fault = %why, "the code was not exchanged");
            SignInError::Refused
        })?;
        let answer = jwt::object(&answer).map_err(|flaw| refused(settings, flaw))?;
        let text = |name: &str| answer.get(name).and_then(|value| value.as_str());
        let token = text("id_token").ok_or(SignInError::Refused)?;
        let key = jwt::named(token).and_then(|(_, key)| key);
        let known = self.providers.known(provider, key.as_deref(), now).await?;
        let rules = Rules {
            issuer: &settings.issuer,
            audience: &settings.client_id,
            algorithms: &settings.algorithms,
            types: &["", "jwt"],
            nonce: Some(&flow.nonce),
            now,
        };
        let claims = jwt::verify(token, &known.keys, &rules);
        let mut claims = claims.map_err(|flaw| refused(settings, flaw))?;
        let told = settings.claims.role.as_ref().is_none_or(|name| claims.all.contains_key(name));
        if let (false, Some(url), Some(access)) = (told, &known.userinfo, text("access_token")) {
            // Many providers tell more there than in the token.
            if let Ok(more) = self.providers.fetch.get(url, Some(access)).await {
                let more = jwt::object(&more).map_err(|flaw| refused(settings, flaw))?;
                if more.get("sub").and_then(|sub| sub.as_str()) != Some(&claims.subject) {
                    return Err(refused(settings, Flaw::Subject));
                }
                for (name, value) in more {
                    claims.all.entry(name).or_insert(value);
                }
            }
        }
        Ok(claims)
    }

    async fn account_of(
        &self,
        settings: &Provider,
        claims: &Claims,
    ) -> Result<(Uuid, Option<HeldAccess>), SignInError> {
        let _one_at_a_time = self.creating.lock().await;
        if let Some(id) = self.find_identity(&settings.issuer, &claims.subject).await? {
            let account = self.account(id).await?;
            return match (account.pending, account.suspended) {
                (_, true) => Err(SignInError::Refused),
                (true, false) => Err(SignInError::Pending),
                (false, false) => {
                    let person = account.created.map(|created| created.person);
                    let claimed = settings.claimed_access(claims).zip(person);
                    let held = match &claimed {
                        Some((one, person)) => self.holds(person, one.role, &one.body).await?,
                        None => false,
                    };
                    // What is claimed and not held counts for nothing.
                    Ok((id, claimed.map(|(one, _)| one).filter(|_| held)))
                }
            };
        }
        let text = |words: &str| Text::new(words).map_err(|_| SignInError::Refused);
        let (claimed_role, claimed_body) = settings.claimed(claims);
        let name = claims.text("name").or(claims.text("preferred_username"));
        let name = name.unwrap_or(&claims.subject).chars().take(200).collect::<String>();
        let email = claims.text("email").filter(|email| email.chars().count() <= 254);
        let command = self.random_id();
        let id = crate::codec::new_stream_id(command);
        let created = AccountCreated {
            person: id.into(),
            name: Text::new(name).map_err(|_| SignInError::Refused)?,
            email: email.and_then(|email| Text::new(email).ok()),
            issuer: Some(text(&settings.issuer)?),
            subject: Some(text(&claims.subject)?),
            network: settings.network.clone(),
            claimed_role,
            claimed_body,
            pending: true,
        };
        let body = body_of(&id)?;
        self.store_account(&operator(), ActorKind::Policy, command, id, created, body).await?;
        tracing::info!(account = %id, provider = settings.id, "somebody new waits for approval");
        Err(SignInError::Pending)
    }
}

fn refused(settings: &Provider, flaw: Flaw) -> SignInError {
    tracing::info!(provider = settings.id, flaw = %flaw, "sign-in refused");
    SignInError::Refused
}

fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}
