//! The letter of a collective question: one of its texts with the annexes, ready for the
//! protocol office.
//!
//! What the letter says is gathered once ([`Letter::of`]), as its reader may see it, and
//! written in two forms: as markup ([`html()`], [`body()`]) and as a document that a
//! protocol office can open, sign and register ([`docx()`]).
//!
//! Deliberately absent: rules, SQL, and anything that the views do not say.
//!
//! Depends on: `projections`, `access`, `domain`.

mod docx;
mod html;
#[cfg(test)]
mod tests;

pub use docx::{MEDIA as DOCX, docx};
pub use html::{body, html};

use crate::access::{Actor, Scope};
use crate::domain::italian::{italian_date, of_the, the};
use crate::domain::values::{Day, ERASED_IT, Text};
use crate::projections::communications::RegistrationView;
use crate::projections::history::Names;
use crate::projections::issues::IssueDetail;
use crate::projections::questions::{AdhesionView, QuestionDetail, TextVersionView};
use crate::projections::{Moment, ViewsError};

/// A letter, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Who writes.
    pub from: String,
    /// The reference of the question.
    pub reference: String,
    /// Which of its texts.
    pub text_version: u32,
    /// The day of the text.
    pub dated: Day,
    /// Under which number it left, when it did: "SIM n. 0000042 del 20 novembre 2026".
    pub registration: Option<String>,
    /// In which role the text was approved; `None` for a text that nobody approved.
    pub signed_as: Option<String>,
    /// To whom, each with the office through which it goes.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// What has happened.
    pub background: String,
    /// The norms in question.
    pub norms: Vec<String>,
    /// What is asked, in order.
    pub points: Vec<String>,
    /// The reading that is proposed.
    pub proposed_reading: Option<String>,
    /// Who adheres.
    pub adhesions: Vec<Adhesion>,
    /// From which reports it comes, those that the reader may see.
    pub issues: Vec<Issue>,
    /// The hash of the text, to which adhesions are bound.
    pub text_sha256: Option<String>,
}

/// A row of the first annex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adhesion {
    /// Which body.
    pub body: String,
    /// For which members it speaks.
    pub speaks_for: String,
    /// In which role the signatory signs.
    pub role: String,
    /// To which text.
    pub text_version: u32,
    /// On which day.
    pub signed_on: Day,
    /// What is to be known of it.
    pub note: String,
}

/// A row of the second annex: a report, and who reads the rule how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// The readings that hold.
    pub readings: Vec<Reading>,
}

/// How an office reads the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which office.
    pub office: String,
    /// How it reads the rule.
    pub reading: String,
    /// In which form, and since when.
    pub form: String,
}

impl Letter {
    /// The letter with one text of a question, as somebody may read it on a day; with the
    /// views of a past moment, as it could be written then.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn of(
        views: &Moment,
        actor: Option<&Actor>,
        question: &QuestionDetail,
        text: &TextVersionView,
        on: Day,
    ) -> Result<Self, ViewsError> {
        let scope = views.scope(&Scope::of(actor));
        let mut issues = Vec::with_capacity(question.issues.len());
        for issue in &question.issues {
            issues.extend(views.show_issue(actor, issue.id, on).await?);
        }
        let mut registration = None;
        let sent = question.dispatches.iter().filter(|one| one.text_version == text.text_version);
        for letter in sent.filter_map(|one| one.communication) {
            let shown = views.show_communication(&scope, letter).await?;
            let registered = shown.map(|shown| shown.registrations).unwrap_or_default();
            registration = registration.or(registered.iter().find_map(living));
        }
        let forms = views.list_forms()?.items;
        let form = |code: &crate::domain::values::FormCode| {
            let known = forms.iter().find(|form| form.form == *code);
            known.map_or_else(|| code.to_string(), |form| form.label_it.to_string())
        };
        let approval = question.approvals.iter().find(|one| one.text_version == text.text_version);
        views.read(|conn| {
            let names = Names::new(conn, &scope);
            let asked = question.addressees.iter().filter(|one| one.forwarded_from.is_none());
            Ok(Self {
                from: names.body(&question.coordinator),
                reference: question.reference.clone(),
                text_version: text.text_version.get(),
                dated: text.revised_on,
                registration,
                signed_as: approval.map(|one| words(&one.role)),
                to: asked
                    .map(|one| {
                        let via = one.via.as_ref().map(|via| names.authority(via));
                        let via = via.map(|via| format!(" (per il tramite di {via})"));
                        names.authority(&one.addressee) + &via.unwrap_or_default()
                    })
                    .collect(),
                subject: words(&text.subject),
                background: words(&text.background),
                norms: question.norms.iter().map(|norm| names.norm(norm)).collect(),
                points: text.points.iter().map(|point| words(&point.text)).collect(),
                proposed_reading: text.proposed_reading.as_ref().map(words),
                adhesions: question
                    .adhesions
                    .iter()
                    .filter(|one| one.in_annex)
                    .map(|one| adhesion(one, text, &names))
                    .collect(),
                issues: issues.iter().map(|one| issue(one, &names, &form)).collect(),
                text_sha256: text.text_sha256.as_ref().map(ToString::to_string),
            })
        })
    }

    /// Under which number it goes, or the room for it.
    fn protocol(&self) -> String {
        match &self.registration {
            Some(registration) => format!("Prot. {registration}"),
            None => "Prot. n. ____________ del ____________".into(),
        }
    }

    /// Which text of which question it is.
    fn about(&self) -> String {
        let dated = self.dated.date();
        format!(
            "Quesito collettivo {} – testo {} {}{}",
            self.reference,
            self.text_version,
            of_the(dated),
            italian_date(dated)
        )
    }
}

/// A registration that was not annulled, as one cites it.
fn living(one: &RegistrationView) -> Option<String> {
    one.annulled_on.is_none().then(|| {
        let date = one.date.date();
        format!("{} n. {} {}{}", one.register, one.number, of_the(date), italian_date(date))
    })
}

fn adhesion(one: &AdhesionView, text: &TextVersionView, names: &Names<'_>) -> Adhesion {
    let members: Vec<String> = one.speaks_for.iter().map(|body| names.body(body)).collect();
    Adhesion {
        body: names.body(&one.body),
        speaks_for: members.join(", "),
        role: words(&one.signatory_role),
        text_version: one.text_version.get(),
        signed_on: one.signed_on,
        note: match one.withdrawn_on {
            Some(day) => format!("ritirata {}{}", the(day.date()), italian_date(day.date())),
            None if one.text_version < text.text_version => "al testo precedente".into(),
            None => String::new(),
        },
    }
}

fn issue(
    one: &IssueDetail,
    names: &Names<'_>,
    form: &impl Fn(&crate::domain::values::FormCode) -> String,
) -> Issue {
    let held = one.readings.iter().filter(|reading| reading.current);
    Issue {
        reference: one.row.reference.clone(),
        title: one.row.title.clone(),
        readings: held
            .map(|held| Reading {
                office: names.authority(&held.authority),
                reading: words(&held.reading),
                form: match held.since {
                    Some(since) => format!("{}, dal {}", form(&held.form), short(since)),
                    None => form(&held.form),
                },
            })
            .collect(),
    }
}

/// A day in digits, as tables have it: "07/03/2026".
fn short(day: Day) -> String {
    let date = day.date();
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

fn words<const MAX: usize>(text: &Text<MAX>) -> String {
    text.clear().unwrap_or(ERASED_IT).to_owned()
}

/// The paragraphs of a text, each with its lines.
fn paragraphs(text: &str) -> impl Iterator<Item = std::str::Lines<'_>> {
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(str::lines)
}
