//! A form that records several events: a letter, its registration, and what it carries.
//!
//! The fields of each part begin with its name (`lettera/subject`), so that every part is
//! a form of its own. Parts are recorded one after another; what was recorded before one
//! of them was refused stays, and sending the form again does not record it twice: the
//! key of a part follows from the key of the form and from what the part says.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use uuid::Uuid;

use super::{Deed, Form, KEY, Refused, Wrong};
use crate::operations::Receipt;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::visit::Visit;

/// The box "ho verificato", which stands for all texts of a form.
const CHECKED: &str = "/texts_checked";

impl Form {
    /// The fields of a part, as a form of their own.
    fn part(&self, part: &str) -> Self {
        let own = self.fields.iter().filter_map(|(name, value)| {
            let name = match name.as_str() {
                CHECKED => CHECKED,
                other => other.strip_prefix(part).filter(|rest| rest.starts_with('/'))?,
            };
            Some((name.to_owned(), value.clone()))
        });
        Self { fields: own.collect() }
    }

    /// Whether anything was typed into a field, or chosen.
    pub fn is_filled(&self, name: &str) -> bool {
        !self.get(name).trim().is_empty()
    }
}

impl Visit {
    /// Records one part of a form.
    ///
    /// # Errors
    ///
    /// [`Refused`]: then nothing of this part was recorded.
    pub async fn record_part(
        &self,
        deed: Deed,
        form: &Form,
        part: &str,
    ) -> Result<Receipt, Refused> {
        let key = Uuid::try_parse(form.get(KEY)).map_err(|_| Fault::ForeignForm)?;
        let own = form.part(part);
        let said = format!("{part}\n{:?}\n{}", own.fields, Value::Object(deed.known.clone()));
        let own = own.with(KEY, &Uuid::new_v5(&key, said.as_bytes()).to_string());
        self.record(deed, &own).await.map_err(|refused| match refused {
            Refused::Wrong(wrong) => {
                Refused::Wrong(wrong.into_iter().map(|one| at(one, part)).collect())
            }
            Refused::Fault(fault) => Refused::Fault(fault),
        })
    }

    /// What is answered to a form: the way on when it came to pass, the form again when
    /// something is wrong with it.
    ///
    /// # Errors
    ///
    /// [`Fault`] when another page is to be shown.
    pub async fn answer<T>(
        &self,
        recorded: Result<T, Refused>,
        there: impl FnOnce(T) -> String,
        again: impl AsyncFnOnce(Vec<Wrong>) -> Result<Page, Fault>,
    ) -> Result<Response, Fault> {
        match recorded {
            Ok(receipt) => {
                let there = [(header::LOCATION, there(receipt))];
                Ok((StatusCode::SEE_OTHER, there).into_response())
            }
            Err(Refused::Fault(fault)) => Err(fault),
            Err(Refused::Wrong(wrong)) => {
                let page = again(wrong).await?;
                Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
            }
        }
    }
}

/// A fault at the field of a part.
fn at(mut wrong: Wrong, part: &str) -> Wrong {
    if !wrong.field.is_empty() {
        wrong.field = format!("{part}{}", wrong.field);
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_own_fields_and_the_box_that_stands_for_all() {
        let form = Form::of([
            ("lettera/subject", "Quesito".to_owned()),
            ("/texts_checked", "true".to_owned()),
            ("/title", "Altro".to_owned()),
            ("lettera/channel", "pec".to_owned()),
            ("letterario/x", "no".to_owned()),
        ]);
        let part = form.part("lettera");
        assert_eq!((part.get("/subject"), part.get("/channel")), ("Quesito", "pec"));
        assert!(part.has(CHECKED, "true"));
        assert_eq!((part.get("/title"), part.get("/x")), ("", ""));
        assert_eq!(at(Wrong::at("/subject", "x"), "lettera").field, "lettera/subject");
        assert_eq!(at(Wrong::whole("x"), "lettera").field, "");
    }
}
