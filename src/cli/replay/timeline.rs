//! One event as a paragraph of the timeline, in Italian.
//!
//! Depends on: the library.

use crate::domain::italian::italian_date;
use crate::extract::{Names, lines, moment, words};

use super::super::{Failure, say};
use super::Shown;

/// Prints an event.
pub async fn event(one: &Shown, names: &mut Names) -> Result<(), Failure> {
    let stored = &*one.event.stored_type;
    let kind = stored.rsplit_once('.').map_or(stored, |(kind, _)| kind);
    let metadata = &one.metadata;
    let actor = &metadata.actor;
    names.learn_in(&one.data).await?;
    let who = names.name(actor.body_id.as_str()).await?;
    let whom = match &actor.on_behalf_of {
        Some(body) => format!(", per conto di {}", names.name(body.as_str()).await?),
        None => String::new(),
    };
    let on = italian_date(metadata.occurred_on.date());
    say(format_args!("\n{on}  {}", words::happened(kind)));
    let at = moment(metadata.recorded_at.0);
    say(format_args!("    registrato {at} da {who} ({}){whom}", actor.subject));
    for line in lines(&one.data, names) {
        let indent = "    ".repeat(line.depth);
        match line.text {
            Some(text) => say(format_args!("{indent}{}: {text}", line.label)),
            None => say(format_args!("{indent}{}:", line.label)),
        }
    }
    Ok(())
}
