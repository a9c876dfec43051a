//! Forms: from fields to the data of an event, and from what is wrong back to fields.
//!
//! The name of a field is the JSON pointer of the member it fills in (`/title`,
//! `/positions/0/reading`), so that what an operation finds wrong with the data points to
//! the field by itself. The schema of the event says which members are numbers, flags and
//! lists; everything else is text. Nothing is validated here: operations do.
//!
//! A form carries `_token` (that it is the visitor's, [`super::visitor`]) and `_key` (that
//! sending it twice records it once).

mod data;
mod fields;
mod record;
mod several;
mod sheet;
mod upload;

pub use data::Draft;
pub use fields::{Choice, Fields};
pub use record::{Deed, Refused, Wrong};
pub use sheet::Sheet;
pub use upload::{FILES, Upload, kept, member as document};

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use maud::{Markup, html};

use super::Site;
use super::fault::Fault;
use super::visitor::{self, Visitor};

/// The largest form, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The field that carries the form token.
pub const TOKEN: &str = "_token";

/// The field that carries the key of the command.
pub const KEY: &str = "_key";

/// How the names of fields begin that say what stood in others before.
const BEFORE: &str = "_prima";

/// A form as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// A form with these fields filled in already.
    pub fn of<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self { fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    /// What a field holds; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// Everything that fields of a name hold.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked, or one of a name with this value is.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|own| own == value)
    }

    /// The same with a field filled in.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with one more value of a field.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self
    }

    /// Hidden fields that say what stood in a form before anything was typed.
    pub fn as_before(&self) -> Markup {
        html! {
            @for (name, value) in &self.fields {
                input type="hidden" name={ (BEFORE) (name) } value=(value);
            }
        }
    }

    /// The same without the fields that still say what they said before. What they said is
    /// asked of the form itself: sent twice, it means the same, whatever happened between.
    #[must_use]
    pub fn changed(mut self) -> Self {
        let said = |form: &Self, name: &str| -> Vec<String> {
            let typed = form.all(name).map(str::trim).filter(|value| !value.is_empty());
            typed.map(str::to_owned).collect()
        };
        let mut names: Vec<String> = self.fields.iter().map(|(name, _)| name.clone()).collect();
        names.retain(|name| {
            name.starts_with('/') && said(&self, name) == said(&self, &format!("{BEFORE}{name}"))
        });
        self.fields.retain(|(name, _)| !names.contains(name));
        self
    }

    /// The fields that are pointers.
    fn pointers(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        all.filter(|(name, value)| name.starts_with('/') && !value.trim().is_empty())
    }
}

/// Takes a form that comes from a page of this site and of this visitor, and no other.
impl FromRequest<Arc<Site>> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        own(site, &parts.headers)?;
        let media = parts.headers.get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media.starts_with("application/x-www-form-urlencoded") {
            return Err(Fault::NotAForm);
        }
        let body = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| Fault::TooLarge)?;
        let fields = form_urlencoded::parse(&body)
            // Browsers send lines as CR LF.
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")))
            .collect();
        let form = Self { fields };
        proven(site, &parts.headers, &form).await?;
        Ok(form)
    }
}

/// Refuses a form that a browser says comes from another site.
fn own(site: &Site, headers: &HeaderMap) -> Result<(), Fault> {
    if visitor::is_foreign(site, headers) { Err(Fault::ForeignForm) } else { Ok(()) }
}

/// Refuses a form that does not carry the token of its visitor.
async fn proven(site: &Arc<Site>, headers: &HeaderMap, form: &Form) -> Result<(), Fault> {
    let visitor = Visitor::of(site, headers).await?;
    // Whoever was signed in when the page was made proves it with the session that is
    // gone: they are told to sign in again, not that the form is foreign.
    match visitor.holds(form.get(TOKEN)) {
        true => Ok(()),
        false if visitor.expired => Err(Fault::SignIn),
        false => Err(Fault::ForeignForm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_touched_is_left_out_whatever_the_thing_says_by_now() {
        let form = Form::of([
            ("_prima/title", "Uno".to_owned()),
            ("/title", "Uno ".to_owned()),
            ("_prima/authors", "a".to_owned()),
            ("_prima/authors", "b".to_owned()),
            ("/authors", "a".to_owned()),
            ("/authors", "b".to_owned()),
            ("/authors", "c".to_owned()),
            ("/reason", "Perché.".to_owned()),
        ]);
        let changed = form.changed();
        assert_eq!(changed.get("/title"), "");
        assert_eq!(changed.all("/authors").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(changed.get("/reason"), "Perché.");
    }
}
