//! By what people and machines sign in beside passwords and tokens: identity providers,
//! links by e-mail.

use std::sync::Arc;

use super::AppError;
use crate::access::providers::Providers;
use crate::config::ServeArgs;
use crate::fetch::Http;
use crate::mail::Smtp;
use crate::operations::Operations;

/// The operations with what the settings name.
pub(super) fn furnish(
    mut operations: Operations,
    settings: &ServeArgs,
) -> Result<Operations, AppError> {
    if let Some(file) = &settings.oidc {
        let faulty = |why: String| AppError::SignIn { setting: "--oidc", why };
        let text = std::fs::read_to_string(file).map_err(|why| faulty(why.to_string()))?;
        let providers = Providers::parse(&text).map_err(faulty)?;
        operations = operations.believing(providers, Arc::new(Http::default()));
    }
    if let (Some(url), Some(from)) = (&settings.smtp, &settings.mail_from) {
        let faulty = |why| AppError::SignIn { setting: "--smtp", why };
        operations = operations.writing(Arc::new(Smtp::new(url, from).map_err(faulty)?));
    }
    Ok(operations)
}
