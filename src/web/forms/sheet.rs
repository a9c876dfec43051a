//! A page that is one form.

use maud::{Markup, html};

use super::{Fields, Form, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;

/// A page that is one form: where it stands, what it is for, what it asks.
pub struct Sheet<'a> {
    /// The way back up: addresses and names.
    pub way: &'a [(&'a str, &'a str)],
    /// What is done.
    pub title: &'a str,
    /// About what, and what is to be known before.
    pub lead: Markup,
    /// Where the form is sent.
    pub action: &'a str,
    /// What is said on the button.
    pub button: &'a str,
    /// What stands below the form.
    pub below: Markup,
}

impl Sheet<'_> {
    /// The page, with the fields made by `inside`.
    pub fn page(
        &self,
        visit: &Visit,
        form: &Form,
        wrong: &[Wrong],
        inside: impl FnOnce(&Fields<'_>) -> Markup,
    ) -> Page {
        let fields = Fields::of(form, wrong);
        let inside = html! {
            (inside(&fields))
            (fields.confirm_texts())
            div.buttons { button type="submit" { (self.button) } }
        };
        let main = html! {
            (parts::crumbs(self.way, self.title))
            h1 { (self.title) }
            (self.lead)
            (fields.summary())
            (visit.form(self.action, form, &inside))
            (self.below)
        };
        visit.page(self.title, main)
    }
}
