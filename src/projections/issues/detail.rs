//! One issue with all its words: its own stream folded with the texts opened, beside
//! what its row says.
//!
//! Nothing of it is kept: what was erased must be gone with the answer that showed it.
//!
//! Depends on: `domain::issue`, `access`, `codec`.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::linked::{keep_named, keep_referred, may_be_named};
use super::super::moment::Moment;
use super::super::streams;
use super::super::texts::TextPlace;
use super::super::things::{Kind, reference};
use super::super::{ViewsError, words};
use super::filter::on_day;
use super::list::{IssueRow, PublicIssueRow, columns, issue_row, public_columns, public_row};
use super::parts::{
    ClarificationView, DirectAnswer, EndorsementView, LinkView, NormCitation, NoteView,
    PositionView,
};
use crate::access::{Actor, Scope};
use crate::codec::Instant;
use crate::domain::issue::{
    HeldPosition, ImpactEstimated, Issue, IssueState, NoteState, PositionFate,
};
use crate::domain::registry::Role;
use crate::domain::shared::Audience;
use crate::domain::values::{
    BodyId, Day, DocumentRef, ExternalRef, PersonId, ReceptionKind, Text, ThemeCode,
};
use crate::event_store::StreamName;

/// An issue, whole.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IssueDetail {
    /// What lists show of it.
    #[serde(flatten)]
    pub row: IssueRow,
    /// The facts.
    pub description: Text<10000>,
    /// Since when.
    pub since: Option<Day>,
    /// For which members the reporter speaks.
    #[schema(max_items = 500)]
    pub speaks_for: Vec<BodyId>,
    /// Themes beside the first.
    #[schema(max_items = 10)]
    pub secondary_themes: Vec<ThemeCode>,
    /// The kind of reception.
    pub reception_kind: Option<ReceptionKind>,
    /// Documents of the report.
    #[schema(max_items = 50)]
    pub documents: Vec<DocumentRef>,
    /// The same report in other systems.
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
    /// Who is in charge among staff.
    pub assigned_to: Option<PersonId>,
    /// Until when.
    pub assigned_until: Option<Day>,
    /// The norms cited, by the id of the citation.
    #[schema(max_items = 100)]
    pub norm_citations: Vec<NormCitation>,
    /// Who reads it how.
    #[schema(max_items = 500)]
    pub readings: Vec<PositionView>,
    /// Where it happens too.
    #[schema(max_items = 5000)]
    pub endorsements: Vec<EndorsementView>,
    /// What was asked of bodies.
    #[schema(max_items = 500)]
    pub clarifications: Vec<ClarificationView>,
    /// The last estimate of the impact.
    pub impact: Option<ImpactEstimated>,
    /// Issues it is linked to, and issues linked to it, that the reader may see.
    #[schema(max_items = 1000)]
    pub links: Vec<LinkView>,
    /// Answers linked directly.
    #[schema(max_items = 500)]
    pub answers: Vec<DirectAnswer>,
    /// Notes and contacts for the reader.
    #[schema(max_items = 5000)]
    pub notes: Vec<NoteView>,
    /// The published abstract.
    #[serde(rename = "abstract")]
    pub summary: Option<Text<2000>>,
    /// How it was closed, in a few words.
    pub closing_summary: Option<Text<2000>>,
}

impl Moment {
    /// An issue, whole, as its reader may see it on a day; `None` when there is none or
    /// the reader may not see it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views, the store or a text cannot be read.
    pub async fn show_issue(
        &self,
        actor: Option<&Actor>,
        id: Uuid,
        today: Day,
    ) -> Result<Option<IssueDetail>, ViewsError> {
        let scope = self.scope_of(actor);
        let found = self.read(|conn| {
            let mut conditions = Conditions::scope(&scope, "i", Kind::Issue);
            one(&mut conditions, id, today);
            let sql = format!("SELECT {} FROM issues i WHERE {}", columns(), conditions.sql());
            let mut one = conn.prepare_cached(&sql)?;
            Ok(one.query_row(conditions.values(&sql).as_slice(), issue_row).optional()?)
        })?;
        let Some((place, mut row)) = found else { return Ok(None) };
        row.title = self.texts().open(place).await?.to_string();
        let Ok(stream) = StreamName::new(format!("issue-{id}")) else { return Ok(None) };
        let (store, codec) = (self.texts().store(), self.texts().codec());
        let mut events = streams::history(store, &stream, self.cut()).await?;
        // Row and stream are shown at the same revision.
        events.retain(|stored| stored.revision <= u64::from(row.revision));
        let state = streams::fold::<Issue>(store, codec, &events, |_| true).await?;
        let links = self.links(&scope, id, &state, today).await?;
        let bodies = self.still_taking_part(Kind::Issue, id, state.participants())?;
        let Some(mut detail) = detail(row, state, links, actor, &bodies) else { return Ok(None) };
        self.read(|conn| {
            for answer in std::mem::take(&mut detail.answers) {
                if may_be_named(conn, &scope, answer.answer)? {
                    detail.answers.push(answer);
                }
            }
            keep_named(conn, &scope, &mut detail.row.duplicate_of)?;
            for reading in &mut detail.readings {
                keep_referred(conn, &scope, &mut reading.because_of)?;
            }
            Ok(())
        })?;
        Ok(Some(detail))
    }

    /// What was published of an issue; `None` when nothing was.
    ///
    /// # Errors
    ///
    /// As [`Moment::show_issue`].
    pub async fn show_published_issue(
        &self,
        id: Uuid,
        today: Day,
    ) -> Result<Option<PublicIssueRow>, ViewsError> {
        let found = self.read(|conn| {
            let mut conditions = Conditions::default();
            conditions.and(self.published("i", Kind::Issue));
            one(&mut conditions, id, today);
            let sql = format!(
                "SELECT {} FROM issues i LEFT JOIN bodies b ON b.body = i.body WHERE {}",
                public_columns(),
                conditions.sql()
            );
            let mut one = conn.prepare_cached(&sql)?;
            Ok(one.query_row(conditions.values(&sql).as_slice(), public_row).optional()?)
        })?;
        let Some((place, mut row)) = found else { return Ok(None) };
        row.summary = self.texts().open(place).await?.to_string();
        Ok(Some(row))
    }

    /// The issues linked to one, either way, that the reader may see.
    async fn links(
        &self,
        scope: &Scope,
        id: Uuid,
        state: &IssueState,
        today: Day,
    ) -> Result<Vec<LinkView>, ViewsError> {
        let found = self.read(|conn| {
            let mut conditions = Conditions::scope(scope, "i", Kind::Issue);
            conditions.on(today);
            conditions.bind(":id", id.as_bytes().to_vec());
            let sql = format!(
                "SELECT i.id, i.year, i.rank, i.title_rev, {}, l.role, l.there FROM
                   (SELECT target AS other, role, 0 AS there FROM links WHERE owner = :id
                    UNION ALL
                    SELECT owner, role, 1 FROM links WHERE target = :id AND kind = 0) l
                 JOIN things t ON t.id = l.other JOIN issues i ON i.no = t.no
                 WHERE t.kind = 0 AND l.role IN ('duplicate', 'related', 'consequence') AND {}
                 ORDER BY l.there, i.no, l.role",
                on_day("status"),
                conditions.sql()
            );
            let mut links = conn.prepare_cached(&sql)?;
            let rows = links.query_map(conditions.values(&sql).as_slice(), |row| {
                let issue = Uuid::from_bytes(row.get(0)?);
                let (status, role): (String, String) = (row.get(4)?, row.get(5)?);
                let place = TextPlace {
                    kind: Kind::Issue,
                    id: issue,
                    revision: row.get(3)?,
                    pointer: "/title",
                };
                let link = LinkView {
                    issue,
                    reference: reference(Kind::Issue, row.get(1)?, row.get(2)?),
                    title: String::new(),
                    status: words::parse(4, &status)?,
                    link: words::parse(5, &role)?,
                    from_there: row.get(6)?,
                };
                Ok((place, link))
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        let mut links = Vec::with_capacity(found.len().max(state.links.len()));
        for (place, mut link) in found {
            link.title = self.texts().open(place).await?.to_string();
            links.push(link);
        }
        Ok(links)
    }
}

/// The one issue with an id.
fn one(conditions: &mut Conditions, id: Uuid, today: Day) {
    conditions.and("i.no = (SELECT no FROM things WHERE id = :id AND kind = 0)");
    conditions.bind(":id", id.as_bytes().to_vec());
    conditions.on(today);
}

fn detail(
    row: IssueRow,
    state: IssueState,
    links: Vec<LinkView>,
    actor: Option<&Actor>,
    participants: &BTreeSet<BodyId>,
) -> Option<IssueDetail> {
    let hears = |note: &NoteState| {
        actor.is_some_and(|actor| is_for(note.audience, actor, &row.coordinator, participants))
    };
    let notes = state.notes.iter().filter(|note| hears(note)).map(note).collect();
    let report = *state.report?;
    let data = report.data;
    Some(IssueDetail {
        description: data.description,
        since: data.since,
        speaks_for: data.speaks_for,
        secondary_themes: data.secondary_themes,
        reception_kind: data.reception_kind,
        documents: data.documents,
        external_refs: data.external_refs,
        assigned_to: state.assigned.as_ref().map(|(person, _)| person.clone()),
        assigned_until: state.assigned.and_then(|(_, until)| until),
        norm_citations: state
            .citations
            .into_iter()
            .map(|(citation_id, norm)| NormCitation {
                citation_id,
                norm_id: norm.norm_id(),
                label_it: norm.label_it(),
                norm,
            })
            .collect(),
        readings: state
            .positions
            .into_iter()
            .filter(|held| held.fate != PositionFate::Withdrawn)
            .map(position)
            .collect(),
        endorsements: state
            .endorsements
            .into_iter()
            .filter(|one| !one.withdrawn)
            .map(|one| EndorsementView {
                endorsement_id: one.id,
                body: one.body,
                speaks_for: one.speaks_for,
                position_seen: one.position_seen,
                people_affected: one.people_affected,
                since: one.since,
                endorsed_on: one.endorsed_on,
                note: one.note,
            })
            .collect(),
        clarifications: state
            .clarifications
            .into_iter()
            .map(|one| {
                let (replied_on, reply) = one.reply.unzip();
                ClarificationView {
                    clarification_id: one.id,
                    to: one.to,
                    text: one.text,
                    requested_on: one.requested_on,
                    reply,
                    replied_on,
                }
            })
            .collect(),
        impact: state.impact,
        links,
        answers: state
            .answers
            .into_iter()
            .map(|(answer, result)| DirectAnswer { answer, result })
            .collect(),
        notes,
        summary: state.published.map(|published| published.summary),
        closing_summary: state.closed.and_then(|closing| closing.summary),
        row,
    })
}

fn position(held: HeldPosition) -> PositionView {
    let (current, until) = (held.is_current(), held.until());
    let data = held.data;
    let (cause, because_of, ended) = match held.fate {
        PositionFate::Ended { cause, because_of, note, .. } => (Some(cause), because_of, note),
        PositionFate::Current | PositionFate::Withdrawn => (None, None, None),
    };
    PositionView {
        position_id: held.id,
        authority: data.authority,
        territory: data.territory,
        reading: data.reading,
        form: data.form,
        known: data.known,
        current,
        since: data.since,
        observed_on: held.observed_on,
        until,
        cause,
        because_of,
        document_date: data.document_date,
        documents: data.documents,
        remarks: data.note.into_iter().chain(ended).collect(),
        recorded_by: held.recorded_by,
    }
}

fn note(note: &NoteState) -> NoteView {
    NoteView {
        note_id: note.id,
        audience: note.audience,
        authority: note.authority.clone(),
        text: note.text.clone(),
        noted_on: note.noted_on,
        recorded_at: Instant(note.recorded_at),
        body: note.body.clone(),
    }
}

/// Whether a note is for a reader, who may see the thing it belongs to.
pub(in super::super) fn is_for(
    audience: Audience,
    actor: &Actor,
    coordinator: &BodyId,
    participants: &BTreeSet<BodyId>,
) -> bool {
    let inside = match actor.role {
        Role::Auditor => true,
        Role::Staff => actor.body == *coordinator,
        Role::Municipality | Role::Observer | Role::Admin => false,
    };
    match audience {
        Audience::Network => true,
        Audience::Participants => inside || participants.contains(&actor.body),
        Audience::Internal => inside,
    }
}
