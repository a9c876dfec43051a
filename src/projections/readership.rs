//! Who could see a thing on a day and why, and who was written to about it.
//!
//! Two facts of three: *could see* follows from the rule of access, from what the thing
//! was on that day and from the registry; *was told* from letters, invitations, requests and
//! digests by e-mail that are recorded. That somebody opened it is a third one; what somebody knew is
//! nothing a register can say.
//!
//! Depends on: `access`, `domain`.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ViewsError;
use super::condition::Conditions;
use super::digests;
use super::linked::{code, code_if_any, id_of, visibility};
use super::lists::json;
use super::moment::Moment;
use super::registry::PersonView;
use super::streams;
use super::things::Kind;
use crate::access::Scope;
use crate::domain::issue::Issue;
use crate::domain::question::{Question, QuestionState};
use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::{AuthorityId, BodyId, Day, PublicName, Ref};
use crate::domain::{Decider, words};
use crate::event_store::StreamName;

words! {
    /// Why a body could see something.
    pub enum Sight {
        /// It leads the thing.
        Own,
        /// It takes part.
        Participant,
        /// It is the association in charge.
        Coordinator,
        /// It belongs to the network that the thing was open to.
        NetworkMember,
        /// It audits, and sees everything.
        Audit,
    }
}

words! {
    /// In which way somebody was written to.
    pub enum NoticeKind {
        /// A question was sent to them.
        Dispatch,
        /// They had a copy of a question for information.
        DispatchCopy,
        /// They were reminded of a question.
        Reminder,
        /// A question was passed on to them.
        Forwarding,
        /// They were invited to adhere to a question.
        AdhesionInvitation,
        /// They were asked for a clarification.
        ClarificationRequest,
        /// An official letter about the thing was sent to them.
        Letter,
        /// A digest by e-mail told them of it; their mail server took it.
        Digest,
        /// A digest by e-mail was to tell them of it; nobody knows whether it was sent.
        DigestUnsure,
    }
}

/// Who could see a thing at the end of a day, and who had been written to about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Readership {
    /// At the end of which day; today: now.
    pub on: Day,
    /// Who might see it.
    pub visibility: Visibility,
    /// Whether an abstract of it was public.
    pub published: bool,
    /// The association in charge.
    pub coordinator: BodyId,
    /// The bodies that could see it, by their ids.
    #[schema(max_items = 10_000)]
    pub could_see: Vec<CouldSee>,
    /// Who had been written to, the earliest first.
    #[schema(max_items = 10_000)]
    pub written_to: Vec<Notice>,
}

/// A body that could see it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CouldSee {
    /// Which.
    pub body: BodyId,
    /// What it is called, when it is registered.
    pub name: Option<PublicName>,
    /// Why.
    #[schema(max_items = 5)]
    pub because: Vec<Sight>,
    /// How many people and machines had access for it on that day: nobody, and it could
    /// have seen it by right only.
    #[schema(minimum = 0, maximum = 100_000)]
    pub people_with_access: u32,
}

/// Something that was written to somebody.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Notice {
    /// In which way.
    pub kind: NoticeKind,
    /// The day of the letter, the invitation or the request.
    pub on: Day,
    /// To whom, bodies and authorities; empty for an invitation to all members of the
    /// network.
    #[schema(max_items = 100)]
    pub to: Vec<Ref>,
    /// How many people it was sent to, when it is a digest.
    #[schema(minimum = 1, maximum = 100_000)]
    pub people: Option<u32>,
    /// The question it was about, when that is another thing.
    pub question: Option<Uuid>,
    /// The letter, when one is recorded.
    pub communication: Option<Uuid>,
}

/// What a thing was on that day.
struct Thing {
    no: i64,
    coordinator: BodyId,
    visibility: Visibility,
    published: bool,
    lead: Option<BodyId>,
}

impl Moment {
    /// Who could see a thing at this moment and why, and who had been written to; `None`
    /// when it did not exist, or the reader may not see it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or the store cannot be read.
    pub async fn readership(
        &self,
        scope: &Scope,
        kind: Kind,
        id: Uuid,
        on: Day,
    ) -> Result<Option<Readership>, ViewsError> {
        let found = self.read(|conn| {
            let Some(thing) = thing(conn, scope, kind, id)? else { return Ok(None) };
            let could_see = could_see(conn, kind, &thing, on)?;
            let questions = match kind {
                Kind::Question => vec![id],
                Kind::Issue | Kind::Answer => questions(conn, scope, id)?,
                Kind::Solution | Kind::Communication => Vec::new(),
            };
            let mut written_to = letters(conn, scope, id)?;
            written_to.extend(of_digests(conn, id)?);
            Ok(Some((thing, could_see, questions, written_to)))
        })?;
        let Some((thing, could_see, questions, mut written_to)) = found else { return Ok(None) };
        if kind == Kind::Issue {
            let state = self.without_words::<Issue>(id).await?;
            written_to.extend(state.clarifications.iter().map(|asked| Notice {
                kind: NoticeKind::ClarificationRequest,
                on: asked.requested_on,
                to: Ref::body(&asked.to).into_iter().collect(),
                people: None,
                question: None,
                communication: None,
            }));
        }
        for question in questions {
            let state = self.without_words::<Question>(question).await?;
            let about = (question != id).then_some(question);
            written_to.extend(of_question(&state).map(|one| Notice { question: about, ..one }));
        }
        self.read(|conn| {
            for notice in &mut written_to {
                super::linked::keep_named(conn, scope, &mut notice.communication)?;
            }
            Ok(())
        })?;
        written_to.sort_by(|a, b| (a.on, a.kind, &a.to).cmp(&(b.on, b.kind, &b.to)));
        Ok(Some(Readership {
            on,
            visibility: thing.visibility,
            published: thing.published,
            coordinator: thing.coordinator,
            could_see,
            written_to,
        }))
    }

    /// The association in charge of a thing, if the reader may see it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn coordinator_of(
        &self,
        scope: &Scope,
        kind: Kind,
        id: Uuid,
    ) -> Result<Option<BodyId>, ViewsError> {
        self.read(|conn| Ok(thing(conn, scope, kind, id)?.map(|thing| thing.coordinator)))
    }

    /// The state of a thing at this moment, its texts left closed.
    async fn without_words<D: Decider>(&self, id: Uuid) -> Result<D::State, ViewsError> {
        let Ok(stream) = StreamName::new(format!("{}-{id}", D::CATEGORY)) else {
            return Ok(D::State::default());
        };
        let (store, codec) = (self.texts().store(), self.texts().codec());
        let events = streams::history(store, &stream, self.cut()).await?;
        Ok(streams::fold::<D>(store, codec, &events, |_| false).await?)
    }
}

fn thing(
    conn: &Connection,
    scope: &Scope,
    kind: Kind,
    id: Uuid,
) -> Result<Option<Thing>, ViewsError> {
    let (published, lead) = match kind {
        Kind::Issue => ("t.published > 0", "t.body"),
        Kind::Solution => ("t.published_on IS NOT NULL", "NULL"),
        Kind::Question | Kind::Answer | Kind::Communication => ("0", "NULL"),
    };
    let mut select = Conditions::scope(scope, "t", kind);
    select.and("t.id = :id");
    select.bind(":id", id.as_bytes().to_vec());
    let statement = format!(
        "SELECT t.no, t.coordinator, t.visibility, {published} AS published, {lead} AS lead
         FROM {} t WHERE {}",
        kind.table(),
        select.sql()
    );
    let found = select.query(conn, &statement, |row| {
        Ok(Thing {
            no: row.get("no")?,
            coordinator: code(row, "coordinator")?,
            visibility: visibility(row)?,
            published: row.get("published")?,
            lead: code_if_any(row, "lead")?,
        })
    })?;
    Ok(found.into_iter().next())
}

fn could_see(
    conn: &Connection,
    kind: Kind,
    thing: &Thing,
    on: Day,
) -> Result<Vec<CouldSee>, ViewsError> {
    let mut found: BTreeMap<BodyId, Vec<Sight>> = BTreeMap::new();
    let mut add = |body: BodyId, why: Sight| found.entry(body).or_default().push(why);
    if let Some(body) = &thing.lead {
        add(body.clone(), Sight::Own);
    }
    let bodies = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<Vec<BodyId>, ViewsError> {
        let mut select = conn.prepare_cached(sql)?;
        let rows = select.query_map(values, |row| code(row, "body"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let taking_part = bodies(
        "SELECT body FROM participants WHERE kind = ?1 AND thing = ?2",
        params![kind as u8, thing.no],
    )?;
    for body in taking_part.into_iter().filter(|body| thing.lead.as_ref() != Some(body)) {
        add(body, Sight::Participant);
    }
    add(thing.coordinator.clone(), Sight::Coordinator);
    if thing.visibility != Visibility::Restricted {
        let members = bodies(
            "SELECT DISTINCT member AS body FROM members WHERE body = ?1
             AND coalesce(from_day <= ?2, 1) AND coalesce(until >= ?2, 1)",
            params![thing.coordinator.as_str(), on.to_string()],
        )?;
        for member in members {
            add(member, Sight::NetworkMember);
        }
    }
    let access = access(conn, on)?;
    for (body, (_, audits)) in &access {
        if *audits {
            add(body.clone(), Sight::Audit);
        }
    }
    let mut named = conn.prepare_cached("SELECT name FROM bodies WHERE body = ?1")?;
    found
        .into_iter()
        .map(|(body, because)| {
            let name = named.query_row([body.as_str()], |row| code(row, "name")).optional()?;
            let people_with_access = access.get(&body).map_or(0, |(people, _)| *people);
            Ok(CouldSee { body, name, because, people_with_access })
        })
        .collect()
}

/// How many had access for each body on a day, and whether it was to audit. Operators
/// see no case.
fn access(conn: &Connection, on: Day) -> Result<BTreeMap<BodyId, (u32, bool)>, ViewsError> {
    let mut found: BTreeMap<BodyId, (u32, bool)> = BTreeMap::new();
    let mut select = conn.prepare_cached("SELECT doc FROM persons ORDER BY person")?;
    let rows = select.query_map([], |row| json::<PersonView>(row, "doc"))?;
    for person in rows {
        let mut counted = std::collections::BTreeSet::new();
        for one in person?.access {
            let held = one.granted_on <= on && one.revoked_on.is_none_or(|day| on < day);
            if held && one.role != Role::Admin {
                let entry = found.entry(one.body.clone()).or_default();
                entry.1 |= one.role == Role::Auditor;
                entry.0 += u32::from(counted.insert(one.body));
            }
        }
    }
    Ok(found)
}

/// The questions that refer to a thing.
fn questions(conn: &Connection, scope: &Scope, id: Uuid) -> Result<Vec<Uuid>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Question);
    select.bind(":id", id.as_bytes().to_vec());
    let statement = format!(
        "SELECT DISTINCT t.id FROM links l JOIN questions t ON t.id = l.owner
         WHERE l.target = :id AND l.kind = 1 AND l.role IN ('issue', 'answer') AND {}
         ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, id_of)
}

/// The letters that were sent about a thing.
fn letters(conn: &Connection, scope: &Scope, id: Uuid) -> Result<Vec<Notice>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Communication);
    select.bind(":id", id.as_bytes().to_vec());
    let statement = format!(
        "SELECT t.id, t.dated, t.counterpart FROM links l JOIN communications t ON t.id = l.owner
         WHERE l.target = :id AND l.kind = 4 AND l.role = 'about' AND t.direction = 'out' AND {}
         ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        Ok(Notice {
            kind: NoticeKind::Letter,
            on: code(row, "dated")?,
            to: json(row, "counterpart")?,
            people: None,
            question: None,
            communication: Some(id_of(row)?),
        })
    })
}

/// The digests that told of a thing: to people, and so to the bodies for which they had
/// access to cases on that day.
fn of_digests(conn: &Connection, id: Uuid) -> Result<Vec<Notice>, ViewsError> {
    let mut told: BTreeMap<(Day, NoticeKind, Vec<Ref>), u32> = BTreeMap::new();
    for digest in digests::of_thing(conn, id)? {
        let kind = if digest.known { NoticeKind::Digest } else { NoticeKind::DigestUnsure };
        let to = bodies_of(conn, digest.person.as_str(), digest.day)?;
        *told.entry((digest.day, kind, to)).or_default() += 1;
    }
    let notice = |((on, kind, to), people)| Notice {
        kind,
        on,
        to,
        people: Some(people),
        question: None,
        communication: None,
    };
    Ok(told.into_iter().map(notice).collect())
}

/// The bodies for which a person had access to cases on a day.
fn bodies_of(conn: &Connection, person: &str, on: Day) -> Result<Vec<Ref>, ViewsError> {
    let mut select = conn.prepare_cached("SELECT doc FROM persons WHERE person = ?1")?;
    let known = select.query_row([person], |row| json::<PersonView>(row, "doc")).optional()?;
    let access = known.map(|person| person.access).unwrap_or_default();
    let held = access.iter().filter(|one| {
        let works = !matches!(one.role, Role::Auditor | Role::Admin);
        works && one.granted_on <= on && one.revoked_on.is_none_or(|day| on < day)
    });
    let bodies: BTreeSet<Ref> = held.filter_map(|one| Ref::body(&one.body)).collect();
    Ok(bodies.into_iter().collect())
}

/// What was written because of a question.
fn of_question(state: &QuestionState) -> impl Iterator<Item = Notice> + '_ {
    let notice = |kind, on, to: Option<Ref>, communication| Notice {
        kind,
        on,
        to: to.into_iter().collect(),
        people: None,
        question: None,
        communication,
    };
    let authority = |id: &AuthorityId| Ref::authority(id);
    let tracks = state.tracks.iter().flat_map(move |track| {
        let kind = match track.forwarded_from {
            Some(_) => NoticeKind::Forwarding,
            None => NoticeKind::Dispatch,
        };
        let to = authority(&track.addressee);
        let sent = track.dispatched_on.map(|on| notice(kind, on, to.clone(), track.communication));
        let reminders = track.reminders.iter().map(move |one| {
            notice(NoticeKind::Reminder, one.sent_on, to.clone(), one.communication)
        });
        sent.into_iter().chain(reminders.collect::<Vec<_>>())
    });
    let copies = state.dispatches.iter().flat_map(move |sent| {
        sent.cc.iter().map(move |other| {
            let kind = NoticeKind::DispatchCopy;
            notice(kind, sent.dispatched_on, authority(other), sent.communication)
        })
    });
    let invitations = state
        .windows
        .iter()
        .map(move |window| notice(NoticeKind::AdhesionInvitation, window.opened_on, None, None));
    tracks.chain(copies).chain(invitations)
}
