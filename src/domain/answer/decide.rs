//! The rules of an answer.
//!
//! Deliberately absent: whether the authorities, answers and letters it names
//! exist; the operation has checked that before it asks.
//!
//! Depends on: `domain::facts`, `domain::shared`, `domain::values`.

use super::events::{
    AnswerCorrected, AnswerEvent, AnswerReceived, AnswerSuperseded, ConflictDeclared,
    ConflictSettled,
};
use super::review::flag;
use super::state::{AnswerState, Receipt, evolve};
use crate::shared::Act;
use crate::values::{Day, RefKind};
use crate::{
    Command, Decider, Recorded, Rejection, check_dates, not_after, not_reversed, with_revision,
};

/// The decider of answers.
#[derive(Debug, Clone, Copy)]
pub struct Answer;

type Decision = Result<Vec<AnswerEvent>, Rejection>;

impl Decider for Answer {
    type State = AnswerState;
    type Event = AnswerEvent;

    const CATEGORY: &'static str = "answer";

    fn decide(state: &AnswerState, command: Command<AnswerEvent>) -> Decision {
        use AnswerEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        let Some(receipt) = state.receipt.as_deref() else {
            return match command.proposed.clone() {
                Do::Received(data) => begin(*data, &command),
                _ => Err(No::NotFound),
            };
        };
        check_not_withdrawn(state, &command.proposed)?;

        match command.proposed.clone() {
            Do::Received(_) => Err(No::AlreadyExists),
            Do::Corrected(change) => correct(receipt, *change, command.today),
            Do::Superseded(data) => supersede(state, receipt, *data, &command),
            Do::Withdrawn(data) => {
                if !receipt.data.authors.contains(&data.by) {
                    return Err(No::NotAnAuthor);
                }
                not_reversed(Some(receipt.data.document_date), Some(data.from))?;
                accept(Do::Withdrawn(data))
            }
            Do::ConflictDeclared(data) => declare_conflict(state, *data, &command),
            Do::ConflictSettled(data) => settle_conflict(state, *data, &command),
            Do::ReviewFlagged(data) => accept(flag(*data, &command)?.into()),
            Do::Confirmed(data) => {
                let open = state.open_review(data.review_id).is_some();
                if open { accept(Do::Confirmed(data)) } else { Err(No::NoSuchReview) }
            }
            // Nothing but an answer that was not taken back is needed for these.
            proposed @ (Do::Assessed(_) | Do::TextErased(_)) => accept(proposed),
        }
    }

    fn evolve(state: &mut AnswerState, fact: &Recorded<AnswerEvent>) {
        evolve(state, fact);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of a rule that says yes")]
fn accept(event: AnswerEvent) -> Decision {
    Ok(vec![event])
}

/// Once its author took it back, only what tidies up its record is accepted; a
/// conflict may still be settled, since it weighs on the other answer too.
fn check_not_withdrawn(state: &AnswerState, proposed: &AnswerEvent) -> Result<(), Rejection> {
    use AnswerEvent as Do;

    let tidies_up = match proposed {
        Do::Received(_)
        | Do::Corrected(_)
        | Do::ConflictSettled(_)
        | Do::Confirmed(_)
        | Do::TextErased(_) => true,
        Do::Assessed(_)
        | Do::Superseded(_)
        | Do::Withdrawn(_)
        | Do::ConflictDeclared(_)
        | Do::ReviewFlagged(_) => false,
    };
    if tidies_up || state.withdrawn.is_none() {
        Ok(())
    } else {
        Err(Rejection::AnswerNoLongerValid)
    }
}

fn begin(mut data: AnswerReceived, command: &Command<AnswerEvent>) -> Decision {
    if data.communication.is_none() && data.address.is_none() {
        return Err(Rejection::SourceNeeded);
    }
    check_own_dates(data.document_date, data.received_on, command.today)?;
    check_act(data.act.as_ref(), command.today)?;
    // The date of the document is also when this occurred, and the text it reads is
    // the one in force then.
    let read_on = data.document_date;
    data.norms = data.norms.into_iter().map(|norm| norm.settled(read_on)).collect();
    accept(data.into())
}

fn correct(receipt: &Receipt, change: AnswerCorrected, today: Day) -> Decision {
    let changes = change.authors.is_some()
        || change.form.is_some()
        || change.document_date.is_some()
        || change.received_on.is_some()
        || change.communication.is_some()
        || change.text.is_some()
        || change.act.is_some();
    if !changes {
        return Err(Rejection::NothingToChange);
    }
    let document_date = change.document_date.unwrap_or(receipt.data.document_date);
    let received_on = change.received_on.unwrap_or(receipt.data.received_on);
    check_own_dates(document_date, received_on, today)?;
    check_act(change.act.as_ref(), today)?;
    accept(change.into())
}

fn supersede(
    state: &AnswerState,
    receipt: &Receipt,
    mut data: AnswerSuperseded,
    command: &Command<AnswerEvent>,
) -> Decision {
    if state.superseded.is_some() {
        return Err(Rejection::AnswerNoLongerValid);
    }
    match data.by.kind {
        RefKind::Answer => {
            let by = data.by.uuid().ok_or(Rejection::UnknownReference)?;
            if by == command.stream_id {
                return Err(Rejection::LinkToSelf);
            }
            if command.facts.answers_lead_to(by, command.stream_id) {
                return Err(Rejection::LinkCycle);
            }
        }
        RefKind::Norm => {}
        // Nothing else takes the place of an answer; a ruling is an answer in that form.
        RefKind::Issue
        | RefKind::Question
        | RefKind::Solution
        | RefKind::Communication
        | RefKind::Body
        | RefKind::Authority
        | RefKind::Unknown => return Err(Rejection::UnknownReference),
    }
    not_reversed(Some(receipt.data.document_date), Some(data.from))?;
    data.by = with_revision(data.by, &command.facts);
    accept(data.into())
}

fn declare_conflict(
    state: &AnswerState,
    data: ConflictDeclared,
    command: &Command<AnswerEvent>,
) -> Decision {
    if data.with == command.stream_id {
        return Err(Rejection::LinkToSelf);
    }
    let declared = state.open_conflict(data.with).is_some()
        || command.facts.in_conflict(data.with, command.stream_id);
    if declared { Err(Rejection::AlreadyInConflict) } else { accept(data.into()) }
}

fn settle_conflict(
    state: &AnswerState,
    data: ConflictSettled,
    command: &Command<AnswerEvent>,
) -> Decision {
    if state.open_conflict(data.with).is_none() {
        return Err(Rejection::NotInConflict);
    }
    match data.prevails {
        Some(answer) if answer != data.with && answer != command.stream_id => {
            Err(Rejection::PrevailsNeither)
        }
        Some(_) | None => accept(data.into()),
    }
}

fn check_own_dates(document_date: Day, received_on: Day, today: Day) -> Result<(), Rejection> {
    not_after(Some(document_date), today)?;
    not_after(Some(received_on), today)?;
    not_reversed(Some(document_date), Some(received_on))
}

fn check_act(act: Option<&Act>, today: Day) -> Result<(), Rejection> {
    let Some(act) = act else { return Ok(()) };
    not_after(act.date, today)?;
    if act.is_complete() { Ok(()) } else { Err(Rejection::ActIncomplete) }
}
