//! The way in with a password.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{BACK, Place, not_let_in};
use crate::access::sessions::SignInMethod;
use crate::web::Site;
use crate::web::forms::{Fields, Form};
use crate::web::visit::Visit;

/// The fields of the form.
pub fn fields(fields: &Fields<'_>) -> Markup {
    html! {
        div.field {
            label for="accesso-email" { "Indirizzo di posta elettronica" }
            input id="accesso-email" name="email" type="email" autocomplete="username"
                value=(fields.form.get("email")) required;
        }
        div.field {
            label for="accesso-password" { "Password" }
            input id="accesso-password" name="password" type="password"
                autocomplete="current-password" required;
        }
    }
}

/// `POST /accesso/password`.
pub async fn enter(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Place(place): Place,
    form: Form,
) -> Response {
    let (email, back) = (form.get("email"), form.get(BACK));
    let password = form.get("password");
    let account = match site.operations.check_password(email, password, &place).await {
        Ok(account) => account,
        Err(why) => return not_let_in(&visit, why, back, email),
    };
    match super::enter(&site, account, SignInMethod::Password, None, back).await {
        Ok(response) => response,
        Err(why) => not_let_in(&visit, why, back, email),
    }
}
