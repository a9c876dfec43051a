//! The one way in which an event is recorded.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::erasure::TEXT_ERASED;
use super::references::{self, Gathered};
use super::subject::{Subject, implied};
use super::texts::check_texts;
use super::{FieldFault, OperationError, Operations};
use crate::access::{Action, Actor, Denial, Permission, Resource, decide, permission};
use crate::codec::{self, ActorKind, Envelope, ReceivedVia};
use crate::command_handler::Intent;
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::issue::Issue;
use crate::domain::italian;
use crate::domain::question::Question;
use crate::domain::registry::{
    Authority, Body, Calendar, Form, Norm, Person, Reservation, Role, Theme,
};
use crate::domain::solution::Solution;
use crate::domain::values::{BodyId, Day, leaves};
use crate::domain::{EventSet, Facts, Fault};
use crate::event_store::{GlobalPosition, Revision, StreamName};
use crate::notary::Hash;

/// Which stream a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new thing, whose id follows from the command.
    New,
    /// A new thing of the registry, or an existing thing, by its id or code.
    Named(String),
}

/// A command as it arrives, from whichever side.
#[derive(Debug, Clone)]
pub struct Submission<'a> {
    /// Who acts.
    pub actor: Option<&'a Actor>,
    /// How the actor is recorded.
    pub kind: ActorKind,
    /// The category of the stream, such as `issue`.
    pub category: &'static str,
    /// Which stream.
    pub target: Target,
    /// The stored type of the event proposed.
    pub stored_type: &'static str,
    /// Its data, as sent; members that the path names are there already.
    pub data: Map<String, Value>,
    /// The date of what is recorded, when the sender says.
    pub occurred_on: Option<Day>,
    /// The body on whose behalf staff act.
    pub on_behalf_of: Option<BodyId>,
    /// By which way it arrived.
    pub received_via: ReceivedVia,
    /// The id of the command.
    pub command_id: Uuid,
    /// The event that caused the command, when a policy acts.
    pub causation_id: Option<Uuid>,
    /// The revision the sender had seen.
    pub seen: Option<Revision>,
    /// Whether the sender has checked the texts for personal data ("ho verificato").
    pub texts_checked: bool,
}

/// What a recorded command answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The stream.
    pub stream: StreamName,
    /// The id of the event; what it created has it too.
    pub event_id: Uuid,
    /// The last revision of the stream.
    pub revision: Revision,
    /// Where the event stands in the store.
    pub position: GlobalPosition,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether it had been recorded before.
    pub already: bool,
    /// The hash under which the event is in the log.
    pub leaf: Option<Hash>,
}

/// The commands that are being carried out at this moment.
#[derive(Default)]
pub(super) struct InFlight(Mutex<HashSet<Uuid>>);

pub(super) struct Flight<'a>(&'a InFlight, Uuid);

impl InFlight {
    fn enter(&self, command: Uuid) -> Result<Flight<'_>, OperationError> {
        let entered = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(command);
        if entered { Ok(Flight(self, command)) } else { Err(OperationError::InFlight) }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Operations {
    /// Records an event, if everything allows it.
    ///
    /// Boxed, like what it calls for each kind of stream: a future is compiled again wherever
    /// it is awaited, and this one holds everything that recording does.
    ///
    /// # Errors
    ///
    /// [`OperationError`] says what stood against it; then nothing was stored.
    pub fn record<'a>(
        &'a self,
        submission: Submission<'a>,
    ) -> BoxFuture<'a, Result<Receipt, OperationError>> {
        Box::pin(self.record_once(submission))
    }

    async fn record_once(&self, submission: Submission<'_>) -> Result<Receipt, OperationError> {
        if submission.stored_type == TEXT_ERASED {
            // Whichever side it comes from: never the event without what it says.
            return self.erase(submission).await;
        }
        let _flight = self.enter(submission.command_id)?;
        let recorded = match submission.category {
            "issue" => self.record_in::<Issue>(submission),
            "question" => self.record_in::<Question>(submission),
            "answer" => self.record_in::<Answer>(submission),
            "solution" => self.record_in::<Solution>(submission),
            "communication" => self.record_in::<Communication>(submission),
            "norm" => self.record_in::<Norm>(submission),
            "body" => self.record_in::<Body>(submission),
            "authority" => self.record_in::<Authority>(submission),
            "theme" => self.record_in::<Theme>(submission),
            "form" => self.record_in::<Form>(submission),
            "calendar" => self.record_in::<Calendar>(submission),
            "person" => self.record_in::<Person>(submission),
            "registration" => self.record_in::<Reservation>(submission),
            other => return Err(OperationError::Internal(format!("no category `{other}`"))),
        };
        recorded.await
    }

    fn record_in<'a, D: Subject>(
        &'a self,
        submission: Submission<'a>,
    ) -> BoxFuture<'a, Result<Receipt, OperationError>> {
        Box::pin(async move {
            let (stream, intent) = self.prepare::<D>(submission).await?;
            self.carry_out::<D>(stream, intent).await
        })
    }

    pub(super) async fn carry_out<D: Subject>(
        &self,
        stream: StreamName,
        intent: Intent<D::Event>,
    ) -> Result<Receipt, OperationError> {
        let done = self.handler.handle::<D>(&stream, intent).await?;
        Ok(Receipt {
            stream,
            event_id: done.event_id,
            revision: done.revision,
            position: done.position,
            recorded_at: done.recorded_at,
            already: done.already,
            leaf: done.leaf,
        })
    }

    pub(super) fn enter(&self, command: Uuid) -> Result<Flight<'_>, OperationError> {
        self.in_flight.enter(command)
    }

    /// Everything before the decision: for whom, on what, whether it is allowed, and
    /// what other streams say.
    pub(super) async fn prepare<D: Subject>(
        &self,
        mut submission: Submission<'_>,
    ) -> Result<(StreamName, Intent<D::Event>), OperationError> {
        let Addressed { actor, may, name, stream, acting, body } =
            address(D::CATEGORY, &mut submission)?;
        let names_cases = references::names_cases(&submission.data);
        let data = std::mem::take(&mut submission.data);
        let proposed = parse::<D>(submission.stored_type, data)?;

        // The subject first: what the caller may not see must not be told apart from
        // what does not exist, whatever else is wrong with the command.
        let loaded = self.handler.load::<D>(&stream).await?;
        let mut resource = D::resource(&loaded.state, &proposed);
        resource.acting = Some(acting.clone());
        resource.participants.extend(self.taking_part(D::issues(&loaded.state)).await?);
        if loaded.revision.is_none() && !D::begins(&proposed) {
            return Err(Denial::Hidden.into());
        }
        // What was done is told again to whoever may still see it, even if a rule, a right or
        // a reference has changed since, so that the command would be refused now.
        let retried = loaded.holds(codec::event_id(submission.command_id, 0))
            && decide(Some(actor), Action::Read, &resource).is_ok();
        let facts = if retried {
            Facts::default()
        } else {
            decide(Some(actor), Action::Record(may), &resource)?;
            self.check_membership(actor, &acting).await?;
            let leaves = leaves(&proposed);
            check_texts(&leaves, submission.texts_checked)?;
            let cases = if names_cases { references::cases(&proposed)? } else { Vec::new() };
            let Gathered { facts, faults } =
                self.gather(actor, &stream, &leaves, cases, &acting).await?;
            if !faults.is_empty() {
                return Err(OperationError::Invalid(faults));
            }
            facts
        };

        let occurred_on = submission
            .occurred_on
            .or_else(|| D::date_of(&proposed))
            .unwrap_or_else(|| self.clock.today().into());
        let intent = Intent {
            proposed,
            envelope: envelope(&submission, actor, &acting, self.clock.now(), occurred_on),
            body,
            seen: submission.seen,
            stream_id: name.parse().unwrap_or_default(),
            acting,
            staff: actor.role == Role::Staff,
            facts,
        };
        Ok((stream, intent))
    }

    /// A thing as the rule of access sees it when it is read.
    pub(super) async fn readable<D: Subject>(
        &self,
        state: &D::State,
    ) -> Result<Resource, OperationError> {
        let mut resource = D::readable(state);
        resource.participants.extend(self.taking_part(D::issues(state)).await?);
        Ok(resource)
    }

    /// The bodies that take part in any of these issues.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when an issue cannot be read.
    pub async fn taking_part(
        &self,
        issues: impl IntoIterator<Item = Uuid>,
    ) -> Result<BTreeSet<BodyId>, OperationError> {
        let mut bodies = BTreeSet::new();
        for issue in issues {
            if let Ok(stream) = StreamName::new(format!("issue-{issue}")) {
                bodies.extend(self.handler.load::<Issue>(&stream).await?.state.participants());
            }
        }
        Ok(bodies)
    }

    /// Refuses to act for a body outside the network of the staff who do.
    async fn check_membership(&self, actor: &Actor, acting: &BodyId) -> Result<(), OperationError> {
        if *acting != actor.body && !self.is_member(&actor.body, acting).await? {
            return Err(OperationError::Invalid(vec![FieldFault {
                pointer: "/on_behalf_of".into(),
                kind: "not_in_network",
                detail: "L'ente indicato non fa parte della rete del coordinamento.".into(),
                hint: None,
            }]));
        }
        Ok(())
    }
}

/// A command of which it is known who sends it, for whom and to which stream.
struct Addressed<'a> {
    actor: &'a Actor,
    may: Permission,
    /// The id of the stream.
    name: String,
    stream: StreamName,
    /// The body whose act it is.
    acting: BodyId,
    /// What was sent, as canonical bytes.
    body: Vec<u8>,
}

/// Addresses a command, and completes its data.
fn address<'a>(
    category: &str,
    submission: &mut Submission<'a>,
) -> Result<Addressed<'a>, OperationError> {
    let actor = submission.actor.ok_or(Denial::Anonymous)?;
    let may = permission(submission.category, submission.stored_type)
        .ok_or_else(|| OperationError::Internal("an event without permission".into()))?;
    let name = match &submission.target {
        Target::New => codec::new_stream_id(submission.command_id).to_string(),
        Target::Named(id) => id.clone(),
    };
    let stream = StreamName::new(format!("{category}-{name}")).map_err(|_| Denial::Hidden)?;
    let acting = acting(submission, actor)?;
    complete(submission, actor, &acting);
    if submission.target == Target::New {
        // A role that never begins such a thing is told so, whatever it sent.
        let own = Resource {
            coordinator: actor.network.clone(),
            owner: Some(acting.clone()),
            acting: Some(acting.clone()),
            ..Resource::default()
        };
        if decide(Some(actor), Action::Record(may), &own) == Err(Denial::Role) {
            return Err(Denial::Role.into());
        }
    }
    // Everything that was sent, so that a repeated key with another date is noticed too.
    let sent = (
        &submission.data,
        submission.occurred_on,
        &submission.on_behalf_of,
        submission.received_via,
    );
    let body = codec::canonical(&sent, submission.stored_type)
        .map_err(|why| OperationError::Internal(why.to_string()))?;
    Ok(Addressed { actor, may, name, stream, acting, body })
}

/// Who records what a command proposes, for whom, when.
fn envelope(
    submission: &Submission<'_>,
    actor: &Actor,
    acting: &BodyId,
    recorded_at: Timestamp,
    occurred_on: Day,
) -> Envelope {
    Envelope {
        command_id: submission.command_id,
        correlation_id: submission.command_id,
        causation_id: submission.causation_id,
        actor: codec::Actor {
            subject: actor.subject.clone(),
            kind: submission.kind,
            role: actor.role,
            body_id: actor.body.clone(),
            on_behalf_of: (*acting != actor.body).then(|| acting.clone()),
        },
        received_via: submission.received_via,
        recorded_at,
        occurred_on,
    }
}

/// The body whose act it is: the actor's, or one for which staff act.
fn acting(submission: &Submission<'_>, actor: &Actor) -> Result<BodyId, OperationError> {
    let named = || {
        let speaks = matches!(
            submission.stored_type,
            "issue-reported.v1"
                | "issue-endorsed.v1"
                | "adhesion-given.v1"
                | "solution-adopted.v1"
                | "solution-declined.v1"
        );
        let body = submission.data.get("body").and_then(Value::as_str);
        body.filter(|_| speaks).and_then(|body| body.parse().ok())
    };
    match submission.on_behalf_of.clone().or_else(named) {
        Some(acting) if acting != actor.body && actor.role != Role::Staff => {
            Err(Denial::OnBehalf.into())
        }
        Some(acting) => Ok(acting),
        None => Ok(actor.body.clone()),
    }
}

/// Fills in what follows from who acts: the body, and the association in charge.
fn complete(submission: &mut Submission<'_>, actor: &Actor, acting: &BodyId) {
    for member in implied(submission.stored_type) {
        let value = match *member {
            "body" => Some(acting.as_str()),
            "coordinator" => actor.network.as_ref().map(BodyId::as_str),
            _ => None,
        };
        if let (Some(value), false) = (value, submission.data.contains_key(*member)) {
            submission.data.insert((*member).to_owned(), value.into());
        }
    }
}

fn parse<D: Subject>(
    stored_type: &str,
    data: Map<String, Value>,
) -> Result<D::Event, OperationError> {
    let read = D::Event::from_value(stored_type, &Value::Object(data))
        .ok_or_else(|| OperationError::Internal("an event of another category".into()))?;
    read.map_err(|fault| OperationError::Invalid(vec![FieldFault::from(&fault)]))
}

impl From<&Fault> for FieldFault {
    fn from(fault: &Fault) -> Self {
        let mut pointer = fault.pointer();
        let why = fault.why();
        let quoted = why.split('`').nth(1).unwrap_or_default().to_owned();
        let (kind, detail) = if why.starts_with("missing field") {
            pointer.push_str(&["/", &quoted].concat());
            ("missing", format!("Manca il dato «{quoted}»."))
        } else if why.starts_with("unknown field") {
            // A type that knows its members by their kind only tells which it was.
            if !fault.is_of_name() {
                pointer.push_str(&["/", &quoted].concat());
            }
            ("unknown_member", "Dato non previsto.".to_owned())
        } else if why.starts_with("unknown variant") {
            let allowed: Vec<_> = why.split('`').skip(3).step_by(2).collect();
            ("not_allowed", format!("Valore non previsto; sono ammessi: {}.", allowed.join(", ")))
        } else if why.starts_with("invalid type") || why.starts_with("invalid value") {
            ("wrong_type", "Il dato non è del tipo previsto.".to_owned())
        } else if why.contains("did not match any variant") || why.contains("invalid length") {
            ("wrong_shape", "Il dato non ha la forma prevista.".to_owned())
        } else {
            // The message of one of our own types: Italian, and about the field alone.
            ("invalid", format!("{}.", italian::capitalised(why.trim_end_matches('.'))))
        };
        Self { pointer, kind, detail, hint: None }
    }
}
