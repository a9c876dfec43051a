//! What a command refers to, and what other streams say of it.
//!
//! References are found by type (a body, a theme, an authority, a form, a norm)
//! and, for ids, by the name of the member that carries them. Each is looked up in
//! its own stream, never in a view; one that the actor may not see is as unknown
//! as one that does not exist.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::subject::Subject;
use super::{FieldFault, OperationError, Operations};
use crate::access::{Action, Actor, decide};
use crate::command_handler::Loaded;
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::facts::{IssueFacts, QuestionFacts};
use crate::domain::issue::Issue;
use crate::domain::norm::{Celex, NirUrn};
use crate::domain::question::{Question, QuestionContext, status};
use crate::domain::registry::{Authority, Body, Calendar, Form, Norm, Retirement, Theme};
use crate::domain::solution::Solution;
use crate::domain::values::{BodyId, Day, Leaf, RefKind, Sha256Hex};
use crate::domain::{Decider, Facts, from_json};
use crate::event_store::{Revision, StreamName};
use crate::privacy;

/// What was found.
#[derive(Default)]
pub(super) struct Gathered {
    /// For the decider.
    pub facts: Facts,
    /// For the client: references that lead nowhere.
    pub faults: Vec<FieldFault>,
}

/// How far a chain of duplicates or supersessions is followed.
const LONGEST_CHAIN: usize = 64;

impl Operations {
    /// Looks up everything a proposed event refers to: by type in its `leaves`, by name
    /// in the `cases` it mentions.
    pub(super) async fn gather(
        &self,
        actor: &Actor,
        own: &StreamName,
        leaves: &[Leaf],
        cases: Vec<Case>,
        acting: &BodyId,
    ) -> Result<Gathered, OperationError> {
        let mut found = Gathered::default();
        self.body(acting, None, &mut found).await?;
        for leaf in leaves {
            self.typed(leaf, own, &mut found).await?;
        }
        for (pointer, kind, id) in cases {
            // Only the solution that took another's place has an id there; who validated
            // one is a text.
            let names_solution = own.category() == "solution" && id.parse::<Uuid>().is_ok();
            if pointer == "/by" && !names_solution {
                continue;
            }
            self.case(actor, &pointer, kind, &id, &mut found).await?;
        }
        if own.category() == "question" {
            self.question_facts(own, &mut found).await?;
        }
        Ok(found)
    }

    async fn typed(
        &self,
        leaf: &Leaf,
        own: &StreamName,
        found: &mut Gathered,
    ) -> Result<(), OperationError> {
        let value = leaf.value.as_str();
        let today = self.clock.today().into();
        let known = match leaf.kind {
            "BodyId" => {
                // A body that is being registered names itself.
                if own.as_str().strip_prefix("body-") == Some(value) {
                    return Ok(());
                }
                return match value.parse() {
                    Ok(id) => self.body(&id, Some(&leaf.pointer), found).await,
                    Err(_) => Ok(()),
                };
            }
            "AuthorityId" if own.category() != "authority" => {
                let loaded = self.load::<Authority>(&format!("authority-{value}")).await?;
                in_use(loaded.revision, loaded.state.retired.as_ref(), today)
            }
            "ThemeCode" if own.category() != "theme" => {
                let loaded = self.load::<Theme>(&format!("theme-{value}")).await?;
                in_use(loaded.revision, loaded.state.retired.as_ref(), today)
            }
            "FormCode" if own.category() != "form" => {
                let loaded = self.load::<Form>(&format!("form-{value}")).await?;
                in_use(loaded.revision, loaded.state.retired.as_ref(), today)
            }
            "Urn" => {
                if let Err(why) = NirUrn::parse(value) {
                    found.faults.push(FieldFault {
                        pointer: leaf.pointer.clone(),
                        kind: why.code.as_str(),
                        detail: format!("URN non valida: {why}."),
                        hint: why.hint.clone(),
                    });
                }
                return Ok(());
            }
            "CelexCode" => {
                if Celex::parse(value).is_err() {
                    found.faults.push(FieldFault {
                        pointer: leaf.pointer.clone(),
                        kind: "invalid_celex",
                        detail: "Numero CELEX non valido.".into(),
                        hint: None,
                    });
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        if !known {
            found.faults.push(unknown(&leaf.pointer, leaf.kind));
        }
        Ok(())
    }

    async fn body(
        &self,
        id: &BodyId,
        pointer: Option<&str>,
        found: &mut Gathered,
    ) -> Result<(), OperationError> {
        if found.facts.body(id).is_some() {
            return Ok(());
        }
        let loaded = self.load::<Body>(&format!("body-{id}")).await?;
        match (loaded.revision, pointer) {
            // The network of a coordinator is large, and no rule of a case looks at it.
            (Some(_), Some("/coordinator")) | (None, None) => {}
            (Some(_), _) => {
                if let Some(facts) = loaded.state.facts(self.clock.today().into()) {
                    found.facts.add_body(id.clone(), facts);
                }
            }
            (None, Some(pointer)) => found.faults.push(unknown(pointer, "BodyId")),
        }
        Ok(())
    }

    /// A case that is referred to: it must exist, and the actor must be allowed to see it.
    async fn case(
        &self,
        actor: &Actor,
        pointer: &str,
        kind: RefKind,
        id: &str,
        found: &mut Gathered,
    ) -> Result<(), OperationError> {
        let stream = format!("{}-{id}", kind.category());
        let revision = match kind {
            RefKind::Issue => {
                let loaded = self.visible::<Issue>(actor, &stream).await?;
                if let (Some(loaded), Ok(id)) = (&loaded, id.parse())
                    && let Some(report) = loaded.state.report.as_deref()
                {
                    let canonical = self.canonical(&loaded.state, id).await?;
                    let facts = IssueFacts {
                        coordinator: report.data.coordinator.clone(),
                        visibility: report.visibility,
                        canonical: Some(canonical),
                        withdrawn: loaded.state.withdrawn,
                    };
                    found.facts.add_issue(id, facts);
                }
                loaded.and_then(|loaded| loaded.revision)
            }
            RefKind::Question => {
                let loaded = self.visible::<Question>(actor, &stream).await?;
                if let (Some(loaded), Ok(id)) = (&loaded, id.parse())
                    && let Some(draft) = &loaded.state.draft
                {
                    let status = status(&loaded.state, &QuestionContext::default());
                    let coordinator = draft.coordinator.clone();
                    found.facts.add_question(id, QuestionFacts { coordinator, status });
                }
                loaded.and_then(|loaded| loaded.revision)
            }
            RefKind::Answer => {
                let loaded = self.visible::<Answer>(actor, &stream).await?;
                if let (Some(_), Ok(id)) = (&loaded, id.parse()) {
                    self.answer_facts(id, found).await?;
                }
                loaded.and_then(|loaded| loaded.revision)
            }
            RefKind::Solution => {
                let loaded = self.visible::<Solution>(actor, &stream).await?;
                if let (Some(_), Ok(id)) = (&loaded, id.parse()) {
                    self.solution_facts(id, found).await?;
                }
                loaded.and_then(|loaded| loaded.revision)
            }
            RefKind::Communication => {
                self.visible::<Communication>(actor, &stream).await?.and_then(|l| l.revision)
            }
            RefKind::Norm => self.load::<Norm>(&stream).await?.revision,
            RefKind::Body => self.load::<Body>(&stream).await?.revision,
            RefKind::Authority => self.load::<Authority>(&stream).await?.revision,
            RefKind::Unknown => None,
        };
        match revision {
            Some(revision) => {
                let revision = u32::try_from(revision).unwrap_or(u32::MAX);
                found.facts.add_known(kind, id, revision);
            }
            None => found.faults.push(unknown(pointer, kind.category())),
        }
        Ok(())
    }

    async fn visible<D: Subject>(
        &self,
        actor: &Actor,
        stream: &str,
    ) -> Result<Option<std::sync::Arc<Loaded<D>>>, OperationError> {
        let loaded = self.load::<D>(stream).await?;
        if loaded.revision.is_none() {
            return Ok(None);
        }
        let resource = self.readable::<D>(&loaded.state).await?;
        Ok(decide(Some(actor), Action::Read, &resource).is_ok().then_some(loaded))
    }

    async fn load<D: Decider>(
        &self,
        stream: &str,
    ) -> Result<std::sync::Arc<Loaded<D>>, OperationError> {
        match StreamName::new(stream) {
            Ok(stream) => Ok(self.handler.load::<D>(&stream).await?),
            Err(_) => Ok(std::sync::Arc::default()),
        }
    }

    /// The end of a chain of duplicates.
    async fn canonical(
        &self,
        state: &crate::domain::issue::IssueState,
        own: Uuid,
    ) -> Result<Uuid, OperationError> {
        let mut at = own;
        let mut next = state.duplicate_of();
        for _ in 0..LONGEST_CHAIN {
            let Some(id) = next else { break };
            at = id;
            next = self.load::<Issue>(&format!("issue-{id}")).await?.state.duplicate_of();
        }
        Ok(at)
    }

    /// What is known of an answer, and of those that took its place.
    async fn answer_facts(&self, id: Uuid, found: &mut Gathered) -> Result<(), OperationError> {
        let mut next = Some(id);
        for _ in 0..LONGEST_CHAIN {
            let Some(id) = next.filter(|id| found.facts.answer(id).is_none()) else { break };
            let loaded = self.load::<Answer>(&format!("answer-{id}")).await?;
            let facts = loaded.state.facts();
            next = facts.superseded_by;
            found.facts.add_answer(id, facts);
            for conflict in loaded.state.conflicts.iter().filter(|one| one.is_open()) {
                found.facts.add_conflict(id, conflict.with);
            }
        }
        Ok(())
    }

    /// What is known of a solution, and of those that took its place.
    async fn solution_facts(&self, id: Uuid, found: &mut Gathered) -> Result<(), OperationError> {
        let mut next = Some(id);
        for _ in 0..LONGEST_CHAIN {
            let Some(id) = next.filter(|id| found.facts.solution(id).is_none()) else { break };
            let loaded = self.load::<Solution>(&format!("solution-{id}")).await?;
            let Some(facts) = loaded.state.facts() else { break };
            next = facts.superseded_by;
            found.facts.add_solution(id, facts);
        }
        Ok(())
    }

    /// What the rules of a question look at: the calendar, the answers it has, and the
    /// hash of each version of its text.
    async fn question_facts(
        &self,
        own: &StreamName,
        found: &mut Gathered,
    ) -> Result<(), OperationError> {
        let calendar = self.load::<Calendar>("calendar-it").await?;
        found.facts.holidays = calendar.state.holidays();
        let question = self.load::<Question>(own.as_str()).await?;
        for link in &question.state.answers {
            self.answer_facts(link.answer, found).await?;
        }
        for text in &question.state.texts {
            if let Some(hash) = self.text_hash(own, text.id).await? {
                found.facts.text_hashes.insert(text.number.get(), hash);
            }
        }
        Ok(())
    }

    /// The hash an adhesion to a text binds to: of the stored bytes of the event that
    /// wrote it, in which the words are committed to by their seals. It gives nothing
    /// away once a text is erased.
    async fn text_hash(
        &self,
        own: &StreamName,
        event: Uuid,
    ) -> Result<Option<Sha256Hex>, OperationError> {
        let found = self.handler.store().find_command(own, event).await;
        let stored = found.map_err(|why| OperationError::Unavailable(why.to_string()))?;
        Ok(stored.and_then(|stored| privacy::sha256_hex(&stored.data).parse().ok()))
    }
}

fn in_use(revision: Option<Revision>, retired: Option<&Retirement>, today: Day) -> bool {
    revision.is_some() && retired.is_none_or(|retired| today < retired.from)
}

/// A case that is referred to: where, of which kind, by which id.
pub(super) type Case = (String, RefKind, String);

/// Whether what a client sent mentions a case, so that most commands need no second look.
pub(super) fn names_cases(data: &Map<String, Value>) -> bool {
    data.iter().any(|(name, member)| {
        let mut found = Vec::new();
        walk(member, &mut String::new(), named(name), &mut found);
        !found.is_empty()
    }) || data.contains_key("kind") && data.contains_key("id")
}

/// The cases that an event mentions, their ids spelt as streams are named.
///
/// # Errors
///
/// [`OperationError::Internal`] when the event cannot be written as JSON.
pub(super) fn cases(proposed: &impl serde::Serialize) -> Result<Vec<Case>, OperationError> {
    let data =
        serde_json::to_value(proposed).map_err(|why| OperationError::Internal(why.to_string()))?;
    let mut found = Vec::new();
    walk(&data, &mut String::new(), None, &mut found);
    Ok(found)
}

/// The ids of cases in a document: members named after a kind of thing, and `Ref`s.
fn walk(value: &Value, path: &mut String, kind: Option<RefKind>, found: &mut Vec<Case>) {
    match value {
        Value::String(id) => {
            if let Some(kind) = kind {
                found.push((path.clone(), kind, id.clone()));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at(path, &index.to_string(), |path| walk(item, path, kind, found));
            }
        }
        Value::Object(members) => {
            if let (Some(kind_named @ Value::String(_)), Some(Value::String(id))) =
                (members.get("kind"), members.get("id"))
            {
                let kind = from_json(kind_named).unwrap_or(RefKind::Unknown);
                found.push((format!("{path}/id"), kind, id.clone()));
                return;
            }
            for (name, member) in members {
                at(path, name, |path| walk(member, path, named(name), found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn at(path: &mut String, segment: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(segment);
    inside(path);
    path.truncate(length);
}

/// The kind of thing whose id a member of this name carries, when it is an id at all.
fn named(member: &str) -> Option<RefKind> {
    match member {
        "issue" | "issues" => Some(RefKind::Issue),
        "answer" | "answers" | "with" | "prevails" => Some(RefKind::Answer),
        "communication" => Some(RefKind::Communication),
        "norm_id" => Some(RefKind::Norm),
        // Only `solution-superseded` has a bare id there; elsewhere `by` is a `Ref` or a code.
        "by" => Some(RefKind::Solution),
        _ => None,
    }
}

fn unknown(pointer: &str, what: &str) -> FieldFault {
    let (kind, detail) = match what {
        "BodyId" | "body" => ("unknown_body", "L'ente indicato non esiste."),
        "AuthorityId" | "authority" => ("unknown_authority", "L'autorità indicata non esiste."),
        "ThemeCode" => ("unknown_theme", "Il tema indicato non esiste."),
        "FormCode" => ("unknown_form", "La forma indicata non esiste."),
        "norm" => ("unknown_norm", "La norma indicata non è nel catalogo."),
        "issue" => ("unknown_issue", "La segnalazione indicata non esiste."),
        "question" => ("unknown_question", "Il quesito indicato non esiste."),
        "answer" => ("unknown_answer", "Il riscontro indicato non esiste."),
        "solution" => ("unknown_solution", "La soluzione indicata non esiste."),
        "communication" => ("unknown_communication", "La comunicazione indicata non esiste."),
        _ => ("unknown_reference", "L'elemento indicato non esiste."),
    };
    FieldFault { pointer: pointer.to_owned(), kind, detail: detail.to_owned(), hint: None }
}
