//! Acts on a thing that are one form and one event each: what a thing offers is a table.
//!
//! ```text
//! Act (address, event, for whom, when, fields) ─► menu on the page of the thing
//!                                              └► GET, POST …/{address}
//! ```
//!
//! Deliberately absent: rules. A table says when an act makes sense and whom it is offered
//! to; what comes to pass is decided by the operation.

use std::future::Future;

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;
use uuid::Uuid;

use super::report::Lists;
use super::thing::{Called, Thing};
use crate::access::Actor;
use crate::domain::norm::mentions::{What, mentions};
use crate::domain::registry::Role;
use crate::domain::values::ERASED_IT;
use crate::event_store::Revision;
use crate::projections::answers::ReviewView;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The field in which a norm is named, as people do or by its URN.
pub const NORM: &str = "_norma";

/// Things of a kind that a form offers.
pub const OFFERED: u32 = 100;

/// An act on a thing.
pub struct Act<T: 'static> {
    /// The last part of its address.
    pub address: &'static str,
    /// What is done, as a heading and as a link.
    pub title: &'static str,
    /// The event it records.
    pub event: &'static str,
    /// Whether it rests on what was seen.
    pub rests: bool,
    /// Whether it is offered at first sight.
    pub often: bool,
    /// Whom it is offered to.
    pub whom: fn(&T, &Actor) -> bool,
    /// When it makes sense.
    pub open: fn(&T) -> bool,
    /// Its fields.
    pub fields: fn(&Shown<'_, T>) -> Markup,
}

/// A table of acts, one row each: address, event, title, whether it is offered at first
/// sight (`often` or `more`), whether it rests on what was seen (`rests` or `adds`), for
/// whom, when, fields.
macro_rules! table {
    ($($address:literal, $event:literal, $title:literal, $often:ident, $rests:ident,
       $whom:expr, $open:expr, $fields:expr;)*) => {
        &[$($crate::web::pages::acts::Act {
            address: $address,
            title: $title,
            event: $event,
            rests: $crate::web::pages::acts::table!(@$rests),
            often: $crate::web::pages::acts::table!(@$often),
            whom: $whom,
            open: $open,
            fields: $fields,
        }),*]
    };
    (@often) => { true };
    (@more) => { false };
    (@rests) => { true };
    (@adds) => { false };
}
pub(super) use table;

/// What the fields of a form are made of.
pub struct Shown<'a, T> {
    /// Who visits.
    pub visit: &'a Visit,
    /// The thing.
    pub thing: &'a T,
    /// What was typed, and what is wrong with it.
    pub fields: Fields<'a>,
    /// What can be chosen of the registry.
    pub lists: &'a Lists,
    /// What can be chosen of the things that this act is about.
    pub choices: &'a [Choice],
}

impl<T> Shown<'_, T> {
    /// Why.
    pub fn reason(&self) -> Markup {
        self.fields.area("/reason", "Perché", "", 3, true)
    }

    /// A norm, as people cite it.
    pub fn norm(&self, required: bool) -> Markup {
        let hint = "Come si scrive di solito («art. 5-bis, d.lgs. 142/2015») o come URN.";
        self.fields.text(NORM, "Norma", hint, required)
    }

    /// For which body staff write it down.
    pub fn on_behalf(&self) -> Markup {
        let hint = "Il coordinamento stesso, se non si indica.";
        html! {
            @if self.visit.visitor.role() == Some(Role::Staff) {
                (self.fields.select("/on_behalf_of", "Per conto di quale ente", hint, self.lists.bodies(), false))
            }
        }
    }
}

/// A thing with its acts.
pub trait Acted: Thing {
    /// What is told to whom an act is not offered.
    const DENIED: &'static str;

    /// Everything that can be done with it.
    const ACTS: &'static [Act<Self>];

    /// The things that an act may be about.
    fn choices(
        &self,
        visit: &Visit,
        event: &str,
    ) -> impl Future<Output = Result<Vec<Choice>, Fault>> + Send;

    /// What stands in the form of an act before anything is typed.
    fn begun(&self, event: &str) -> Form;

    /// What follows from the fields.
    ///
    /// # Errors
    ///
    /// [`Refused`] when something is wrong with them.
    fn complete(
        &self,
        visit: &Visit,
        event: &str,
        deed: Deed,
        form: Form,
    ) -> Result<(Deed, Form), Refused>;
}

/// The reviews that nobody has closed yet, to choose from.
pub fn open_reviews(reviews: &[ReviewView]) -> Vec<Choice> {
    let open = reviews.iter().filter(|review| review.confirmed_on.is_none());
    let choice = |review: &ReviewView| {
        let why = review.reason.clear().unwrap_or(ERASED_IT);
        (review.review_id.to_string(), format!("{}: {why}", parts::day_text(review.due)))
    };
    open.map(choice).collect()
}

fn find<T: Acted>(address: &str) -> Result<&'static Act<T>, Fault> {
    T::ACTS.iter().find(|act| act.address == address).ok_or(Fault::NotFound)
}

/// The page with the form of an act.
pub async fn show<T: Acted>(
    visit: Visit,
    Path((id, act)): Path<(Uuid, String)>,
) -> Result<Page, Fault> {
    page::<T>(&visit, id, find(&act)?, None, &[]).await
}

/// Carries the act out.
pub async fn send<T: Acted>(
    visit: Visit,
    Path((id, act)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, Fault> {
    let act = find::<T>(&act)?;
    let recorded = record(&visit, id, act, form.clone()).await;
    let there = |()| format!("{}/{id}", T::ADDRESS);
    let again = async |wrong: Vec<Wrong>| page(&visit, id, act, Some(&form), &wrong).await;
    visit.answer(recorded, there, again).await
}

async fn record<T: Acted>(
    visit: &Visit,
    id: Uuid,
    act: &Act<T>,
    form: Form,
) -> Result<(), Refused> {
    // Who may is asked of the operation, which also knows a form that is sent again.
    let thing = T::read(visit, id).await?;
    let mut deed = Deed::on(T::KIND.category(), id, act.event);
    if act.rests {
        deed = deed.seen(form.get(SEEN).parse::<Revision>().map_err(|_| Fault::ForeignForm)?);
    }
    let (deed, form) = thing.complete(visit, act.event, deed, form)?;
    visit.record(deed, &form).await.map(|_| ()).map_err(|refused| match refused {
        Refused::Wrong(wrong) => Refused::Wrong(wrong.into_iter().map(shown_at).collect()),
        fault @ Refused::Fault(_) => fault,
    })
}

async fn page<T: Acted>(
    visit: &Visit,
    id: Uuid,
    act: &Act<T>,
    sent: Option<&Form>,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let thing = T::read(visit, id).await?;
    may(visit, &thing, act)?;
    let lists = Lists::read(visit).await?;
    let choices = thing.choices(visit, act.event).await?;
    let begun = thing.begun(act.event);
    let Called { reference, title, revision } = thing.called(visit)?;
    let here = format!("{}/{id}", T::ADDRESS);
    let action = format!("{here}/{}", act.address);
    let way = [T::LIST, (here.as_str(), reference)];
    let sheet = Sheet {
        way: &way,
        title: act.title,
        lead: html! { p.lead { (parts::reference(reference)) " " (title) } },
        action: &action,
        button: "Registra",
        below: html! {},
    };
    Ok(sheet.page(visit, sent.unwrap_or(&begun), wrong, |fields| {
        let shown =
            Shown { visit, thing: &thing, fields: *fields, lists: &lists, choices: &choices };
        html! {
            input type="hidden" name=(SEEN) value=(revision);
            (begun.as_before())
            ((act.fields)(&shown))
        }
    }))
}

fn may<T: Acted>(visit: &Visit, thing: &T, act: &Act<T>) -> Result<(), Fault> {
    if (act.whom)(thing, visit.actor()?) { Ok(()) } else { Err(Fault::Denied(T::DENIED.into())) }
}

/// What the visitor can do with a thing now; nothing in the past.
pub fn menu<T: Acted>(visit: &Visit, id: Uuid, thing: &T) -> Markup {
    let Some(actor) = visit.visitor.actor.as_ref().filter(|_| visit.held().is_none()) else {
        return html! {};
    };
    let offered = T::ACTS.iter().filter(|act| (act.open)(thing) && (act.whom)(thing, actor));
    let (often, others): (Vec<_>, Vec<_>) = offered.partition(|act| act.often);
    let address = |act: &Act<T>| format!("{}/{id}/{}", T::ADDRESS, act.address);
    html! {
        @if !often.is_empty() || !others.is_empty() {
            nav.acts aria-label="Che cosa si può fare" {
                @if !often.is_empty() {
                    ul.choices {
                        @for act in &often { li { a.button.second href=(address(act)) { (act.title) } } }
                    }
                }
                @if !others.is_empty() {
                    details {
                        summary { "Altre operazioni" }
                        ul { @for act in &others { li { a href=(address(act)) { (act.title) } } } }
                    }
                }
            }
        }
    }
}

/// The norm that a field names, as the API takes it.
///
/// # Errors
///
/// [`Refused`] when it names none, or more than one.
pub fn norm(visit: &Visit, form: &Form) -> Result<Value, Refused> {
    let typed = form.get(NORM).trim();
    if typed.contains("urn:") || typed.starts_with("celex:") {
        return Ok(super::report::norm(typed));
    }
    let wrong = |why: &str| Refused::Wrong(vec![Wrong::at(NORM, why)]);
    let catalogue = visit.moment().known_acts().map_err(Fault::from)?;
    let mut found = mentions(typed, &catalogue).into_iter();
    let norm = match (found.next().map(|mention| mention.what), found.next()) {
        (None, _) => {
            return Err(wrong(
                "Non si capisce quale norma: per esempio «art. 5-bis, d.lgs. 142/2015».",
            ));
        }
        (Some(_), Some(_)) => return Err(wrong("Una norma alla volta.")),
        (Some(What::Unclear(why)), None) => {
            return Err(wrong(&format!("{}.", words::capitalised(why.reason_it()))));
        }
        (Some(What::Norm { norm, .. }), None) => norm,
    };
    serde_json::to_value(&norm).map_err(|why| Fault::internal(&why).into())
}

/// A fault at the field that people see.
fn shown_at(mut wrong: Wrong) -> Wrong {
    let seen = [("/territory", "/authority"), ("/norm", NORM), ("/because_of", "/because_of/id")];
    if let Some((_, field)) = seen.iter().find(|(own, _)| wrong.field.starts_with(own)) {
        (*field).clone_into(&mut wrong.field);
    }
    wrong
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::projections::answers::AnswerDetail;
    use crate::projections::issues::IssueDetail;
    use crate::projections::solutions::SolutionDetail;

    fn check<T: Acted>() {
        let addresses: BTreeSet<_> = T::ACTS.iter().map(|act| act.address).collect();
        assert_eq!(addresses.len(), T::ACTS.len(), "an address stands twice");
        let known = |act: &&Act<T>| crate::codec::schemas::event_type(act.event).is_none();
        let unknown: Vec<_> = T::ACTS.iter().filter(known).map(|act| act.event).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn every_address_stands_once_and_every_event_exists() {
        check::<AnswerDetail>();
        check::<IssueDetail>();
        check::<SolutionDetail>();
    }

    #[test]
    fn faults_are_told_at_the_field_that_people_see() {
        let at = |field: &str| shown_at(Wrong::at(field, "x")).field;
        assert_eq!(at("/territory/code"), "/authority");
        assert_eq!(at("/norm/urn"), NORM);
        assert_eq!(at("/note"), "/note");
    }
}
