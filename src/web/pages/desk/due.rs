//! What is expected within a week, or was expected before.

use maud::{Markup, html};

use crate::domain::calendar::{Calendar, Deadline, Holiday, TRIAGE_WORKING_DAYS};
use crate::domain::values::{BodyId, Day};
use crate::projections::answers::AnswerFilter;
use crate::projections::questions::{QuestionFilter, QuestionSort};
use crate::projections::registry::HolidayView;
use crate::projections::solutions::SolutionFilter;
use crate::web::fault::Fault;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// How many things of a kind are looked through.
const LOOKED_THROUGH: u32 = 200;

/// How many days ahead.
const AHEAD: i32 = 7;

/// The holidays of the registry.
///
/// # Errors
///
/// [`Fault`] when the views cannot be read.
pub fn holidays(visit: &Visit) -> Result<Vec<Holiday>, Fault> {
    let found = visit.site.views.list_holidays()?.items;
    Ok(found.iter().filter_map(HolidayView::holiday).collect())
}

/// By when the triage of a report is expected; `None` outside the years of the calendar.
pub fn triage(reported_on: Day, holidays: &[Holiday]) -> Option<Deadline> {
    Calendar::new(holidays).add_working_days(reported_on.date(), TRIAGE_WORKING_DAYS).ok()
}

/// Something that is expected by a day.
struct Due {
    on: Day,
    what: &'static str,
    reference: String,
    called: String,
    address: String,
    why: Option<String>,
}

/// The deadlines of the week, the earliest first.
pub async fn section(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let last = visit.today.date().saturating_add(jiff::Span::new().days(AHEAD));
    let mut all = expected(visit, own).await?;
    all.retain(|due| due.on.date() <= last);
    all.sort_by(|one, other| {
        one.on.cmp(&other.on).then_with(|| one.reference.cmp(&other.reference))
    });
    let rows: Vec<Markup> = all.iter().map(|due| row(visit, due)).collect();
    let none = "Nessuna data attesa da qui a una settimana.";
    Ok(super::section(
        "scadenze",
        "Scadenze della settimana",
        none,
        &rows,
        Some("/quesiti?ordine=expected_on"),
    ))
}

fn row(visit: &Visit, due: &Due) -> Markup {
    html! {
        li {
            div.marks {
                strong { (parts::day(due.on)) }
                span { (due.what) }
                (parts::reference(&due.reference))
                @if due.on < visit.today { (parts::badge((parts::Tone::Warning, "data trascorsa"))) }
                @if due.on == visit.today { (parts::badge((parts::Tone::Open, "oggi"))) }
            }
            a href=(due.address) { (due.called) }
            @if let Some(why) = &due.why {
                details { summary { "Come è calcolata la data" span.hidden { ": " (due.reference) } } p { (why) } }
            }
        }
    }
}

async fn expected(visit: &Visit, own: &BodyId) -> Result<Vec<Due>, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let own = Some(own.clone());
    let mut all = Vec::new();
    let filter = QuestionFilter {
        coordinator: own.clone(),
        sort: QuestionSort::ExpectedOn,
        limit: LOOKED_THROUGH,
        ..QuestionFilter::default()
    };
    for one in views.list_questions(&scope, &filter, visit.today).await?.items {
        let Some(expected) = one.expected else { break };
        all.push(Due {
            on: expected.on,
            what: words::expected(expected.what),
            called: one.subject.words().to_owned(),
            address: format!("/quesiti/{}", one.id),
            reference: one.reference,
            why: Some(expected.explanation),
        });
    }
    let filter = SolutionFilter {
        coordinator: own.clone(),
        limit: LOOKED_THROUGH,
        ..SolutionFilter::default()
    };
    for one in views.list_solutions(&scope, &filter, visit.today).await?.items {
        let Some(on) = one.review_due else { continue };
        all.push(Due {
            on,
            what: "Verifica della soluzione",
            called: one.problem.words().to_owned(),
            address: format!("/soluzioni/{}", one.id),
            reference: one.reference,
            why: None,
        });
    }
    let filter =
        AnswerFilter { coordinator: own, limit: LOOKED_THROUGH, ..AnswerFilter::default() };
    for one in views.list_answers(&scope, &filter, visit.today).await?.items {
        let Some(on) = one.review_due else { continue };
        all.push(Due {
            on,
            what: "Verifica del riscontro",
            called: one.text.words().to_owned(),
            address: format!("/riscontri/{}", one.id),
            reference: one.reference,
            why: None,
        });
    }
    Ok(all)
}
