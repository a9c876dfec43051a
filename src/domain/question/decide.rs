//! The rules of a collective question: what may be recorded when.
//!
//! Those for its draft, its texts and its issues are in `drafting`.

use uuid::Uuid;

use super::drafting::{all_differ, attach, begin, revise};
use super::events::{
    AdhesionGiven, AdhesionKind, AdhesionsOpened, DispatchCorrected, QuestionDispatched,
    QuestionEvent, QuestionForwarded, RejectionReason,
};
use super::fold::evolve;
use super::points::PointStanding;
use super::state::{QuestionState, TextVersion, Track};
use super::status::QuestionContext;
use crate::shared::AnswerLinked;
use crate::values::Number;
use crate::{
    Command, Decider, Recorded, Rejection, check_dates, check_members, not_after, not_reversed,
    with_revision,
};

/// The decider of collective questions.
#[derive(Debug, Clone, Copy)]
pub struct Question;

pub(super) type Decision = Result<Vec<QuestionEvent>, Rejection>;

impl Decider for Question {
    type State = QuestionState;
    type Event = QuestionEvent;

    const CATEGORY: &'static str = "question";

    fn decide(state: &QuestionState, command: Command<QuestionEvent>) -> Decision {
        use QuestionEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        let (Some(draft), Some(text)) = (state.draft.as_deref(), state.current_text()) else {
            return match command.proposed.clone() {
                Do::Drafted(data) => begin(*data, &command),
                _ => Err(No::NotFound),
            };
        };
        check_open(state, &command.proposed)?;

        match command.proposed.clone() {
            Do::Drafted(_) => Err(No::AlreadyExists),
            Do::IssueAttached(data) => attach(state, draft, *data, &command),
            Do::IssueDetached(data) => {
                accept_if(state.has_issue(data.issue), No::NotAttached, Do::IssueDetached(data))
            }
            Do::TextRevised(data) => revise(state, draft, *data, &command),
            Do::AdhesionsOpened(data) => open_adhesions(state, text, *data, &command),
            Do::AdhesionsClosed(mut data) => {
                check_current(text, *data.text_version.get_or_insert(text.number))?;
                data.adhesions = u32::try_from(state.standing_adhesions().count()).ok();
                accept_if(state.is_collecting(), No::AdhesionsNotOpen, Do::AdhesionsClosed(data))
            }
            Do::AdhesionGiven(data) => adhere(state, text, *data, &command),
            Do::AdhesionWithdrawn(data) => {
                let mut living = state.adhesions.iter().filter(|one| one.withdrawn.is_none());
                let found = living.any(|one| one.id == data.adhesion_id);
                accept_if(found, No::NoSuchAdhesion, Do::AdhesionWithdrawn(data))
            }
            Do::Approved(data) => {
                check_current(text, data.text_version)?;
                accept_if(!state.is_approved(), No::AlreadyApproved, Do::Approved(data))
            }
            Do::Dispatched(data) => dispatch(state, text, *data, &command),
            Do::DispatchCorrected(data) => correct_dispatch(state, *data, &command),
            Do::ReminderSent(mut data) => {
                let track = reached(state, data.addressee)?;
                let last = track.reminders.last().map(|last| last.sent_on).or(track.dispatched_on);
                not_reversed(last, Some(command.occurred_on))?;
                data.n = Some(the_next(data.n, track.next_reminder())?);
                accept(Do::ReminderSent(data))
            }
            Do::Forwarded(data) => forward(state, *data, &command),
            Do::AnswerLinked(data) => link_answer(state, *data, &command),
            Do::AnswerUnlinked(data) => {
                accept_if(is_linked(state, data.answer), No::NotLinked, Do::AnswerUnlinked(data))
            }
            Do::PointDeclaredUnanswered(data) => {
                check_unsettled(state, data.point_id, &command)?;
                let declared = state.fate(data.point_id).is_some();
                accept_if(!declared, No::PointAlreadyDeclared, Do::PointDeclaredUnanswered(data))
            }
            Do::PointWithdrawn(data) => {
                check_unsettled(state, data.point_id, &command)?;
                accept(Do::PointWithdrawn(data))
            }
            Do::Rejected(mut data) => {
                not_dispatched(state)?;
                let unnamed = data.reason == RejectionReason::AlreadyAnswered
                    && data.already_answered_by.is_none();
                data.already_answered_by =
                    data.already_answered_by.map(|answer| with_revision(answer, &command.facts));
                accept_if(!unnamed, No::AnswerNotNamed, Do::Rejected(data))
            }
            Do::Closed(data) => {
                let context = context(state, &command);
                let open = state.standings(&context).any(PointStanding::is_open);
                accept_if(!open, No::PointsOpen, Do::Closed(data))
            }
            Do::Withdrawn(data) => {
                let silent = state.is_dispatched() && data.communication.is_none();
                accept_if(!silent, No::CommunicationNeeded, Do::Withdrawn(data))
            }
            Do::Reopened(data) => {
                accept_if(state.ended.is_some(), No::QuestionNotEnded, Do::Reopened(data))
            }
            // Nothing but a question is needed for these.
            proposed @ (Do::Assigned(_)
            | Do::NoteAdded(_)
            | Do::ContactRecorded(_)
            | Do::TextErased(_)) => accept(proposed),
        }
    }

    fn evolve(state: &mut QuestionState, fact: &Recorded<QuestionEvent>) {
        evolve(state, fact);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an answer among answers that may refuse")]
pub(super) fn accept(event: QuestionEvent) -> Decision {
    Ok(vec![event])
}

fn accept_if(rule: bool, otherwise: Rejection, event: QuestionEvent) -> Decision {
    if rule { accept(event) } else { Err(otherwise) }
}

/// After an end only afterthoughts are recorded: what was said, what arrives late,
/// what was recorded wrongly.
fn check_open(state: &QuestionState, proposed: &QuestionEvent) -> Result<(), Rejection> {
    use QuestionEvent as Do;

    let afterthought = matches!(
        proposed,
        Do::Drafted(_)
            | Do::AdhesionWithdrawn(_)
            | Do::DispatchCorrected(_)
            | Do::AnswerLinked(_)
            | Do::AnswerUnlinked(_)
            | Do::Reopened(_)
            | Do::NoteAdded(_)
            | Do::ContactRecorded(_)
            | Do::TextErased(_)
    );
    if state.ended.is_some() && !afterthought { Err(Rejection::QuestionEnded) } else { Ok(()) }
}

fn open_adhesions(
    state: &QuestionState,
    text: &TextVersion,
    data: AdhesionsOpened,
    command: &Command<QuestionEvent>,
) -> Decision {
    not_dispatched(state)?;
    check_current(text, data.text_version)?;
    not_reversed(Some(command.occurred_on), data.deadline)?;
    accept_if(!state.is_collecting(), Rejection::AdhesionsAlreadyOpen, data.into())
}

fn adhere(
    state: &QuestionState,
    text: &TextVersion,
    mut data: AdhesionGiven,
    command: &Command<QuestionEvent>,
) -> Decision {
    check_current(text, data.text_version)?;
    let kind =
        if state.is_dispatched() { AdhesionKind::Supporting } else { AdhesionKind::BeforeDispatch };
    if data.kind != kind {
        return Err(Rejection::WrongAdhesionKind);
    }
    // Inviting is optional; but who closes a collection wants no more of them.
    let closed = state.window().is_some_and(|window| window.closed_on.is_some());
    if kind == AdhesionKind::BeforeDispatch && closed {
        return Err(Rejection::AdhesionsNotOpen);
    }
    if state.standing_adhesions().any(|one| one.body == data.body) {
        return Err(Rejection::AlreadyAdhered);
    }
    check_members(&command.facts, &data.body, &data.speaks_for)?;
    data.text_sha256 = command.facts.text_hashes.get(&text.number.get()).cloned();
    accept(data.into())
}

fn dispatch(
    state: &QuestionState,
    text: &TextVersion,
    data: QuestionDispatched,
    command: &Command<QuestionEvent>,
) -> Decision {
    check_current(text, data.text_version)?;
    let Some(approval) = state.approval(text.number) else { return Err(Rejection::NotApproved) };
    not_reversed(Some(approval.approved_on), Some(command.occurred_on))?;
    not_reversed(Some(command.occurred_on), data.reply_expected_by)?;
    for id in &data.addressees {
        if find_track(state, *id)?.dispatched_on.is_some() {
            return Err(Rejection::AddresseeAlreadyReached);
        }
    }
    let waiting = state.tracks.iter().any(|track| track.dispatched_on.is_none());
    accept_if(waiting, Rejection::AddresseeAlreadyReached, data.into())
}

fn correct_dispatch(
    state: &QuestionState,
    data: DispatchCorrected,
    command: &Command<QuestionEvent>,
) -> Decision {
    not_after(data.dispatched_on, command.today)?;
    for id in &data.addressees {
        let track = reached(state, *id)?;
        let reminded = track.reminders.first().map(|first| first.sent_on);
        not_reversed(data.dispatched_on, reminded)?;
    }
    let changes = data.communication.is_some() || data.dispatched_on.is_some();
    accept_if(changes, Rejection::NothingToChange, data.into())
}

fn forward(
    state: &QuestionState,
    data: QuestionForwarded,
    command: &Command<QuestionEvent>,
) -> Decision {
    let from = reached(state, data.from)?;
    not_reversed(from.dispatched_on, Some(command.occurred_on))?;
    if from.addressee == data.to {
        return Err(Rejection::LinkToSelf);
    }
    let passed_on = from.forwarded_to.iter().filter_map(|id| state.track(*id));
    let mut offices = passed_on.map(|track| &track.addressee);
    accept_if(!offices.any(|office| *office == data.to), Rejection::AlreadyExists, data.into())
}

fn link_answer(
    state: &QuestionState,
    data: AnswerLinked,
    command: &Command<QuestionEvent>,
) -> Decision {
    let each_once = all_differ(data.points.iter().map(|outcome| outcome.point_id));
    if data.result.is_some() || data.points.is_empty() || !each_once {
        return Err(Rejection::WrongOutcome);
    }
    for outcome in &data.points {
        find_point(state, outcome.point_id)?;
    }
    if command.facts.answer(&data.answer).is_none_or(|answer| answer.withdrawn) {
        return Err(Rejection::AnswerNoLongerValid);
    }
    accept_if(!is_linked(state, data.answer), Rejection::AlreadyLinked, data.into())
}

/// Which of the linked answers were taken back, as far as the facts know.
fn context(state: &QuestionState, command: &Command<QuestionEvent>) -> QuestionContext {
    let taken_back = |answer: &Uuid| command.facts.answer(answer).is_some_and(|it| it.withdrawn);
    let answers = state.answers.iter().map(|link| link.answer);
    QuestionContext { withdrawn_answers: answers.filter(taken_back).collect() }
}

/// A point is given up only after the question was sent: before, the text is revised.
fn check_unsettled(
    state: &QuestionState,
    point: Uuid,
    command: &Command<QuestionEvent>,
) -> Result<(), Rejection> {
    if !state.is_dispatched() {
        return Err(Rejection::NotDispatched);
    }
    find_point(state, point)?;
    let settled = state.standing(point, &context(state, command)).is_settled();
    if settled { Err(Rejection::PointAnswered) } else { Ok(()) }
}

fn check_current(text: &TextVersion, number: Number) -> Result<(), Rejection> {
    if text.number == number { Ok(()) } else { Err(Rejection::NotTheCurrentText) }
}

pub(super) fn not_dispatched(state: &QuestionState) -> Result<(), Rejection> {
    if state.is_dispatched() { Err(Rejection::AlreadyDispatched) } else { Ok(()) }
}

pub(super) fn the_next(given: Option<Number>, next: Option<Number>) -> Result<Number, Rejection> {
    match next {
        Some(next) if given.is_none_or(|given| given == next) => Ok(next),
        _ => Err(Rejection::NotTheNextNumber),
    }
}

fn find_track(state: &QuestionState, id: Uuid) -> Result<&Track, Rejection> {
    state.track(id).ok_or(Rejection::NoSuchAddressee)
}

fn reached(state: &QuestionState, id: Uuid) -> Result<&Track, Rejection> {
    let track = find_track(state, id)?;
    match track.dispatched_on {
        Some(_) => Ok(track),
        None if state.is_dispatched() => Err(Rejection::AddresseeNotReached),
        None => Err(Rejection::NotDispatched),
    }
}

fn find_point(state: &QuestionState, id: Uuid) -> Result<(), Rejection> {
    let asked = state.points().any(|point| point.id == id) && !is_withdrawn(state, id);
    if asked { Ok(()) } else { Err(Rejection::NoSuchPoint) }
}

pub(super) fn is_withdrawn(state: &QuestionState, point: Uuid) -> bool {
    state.fate(point).is_some_and(|fate| fate.withdrawn)
}

fn is_linked(state: &QuestionState, answer: Uuid) -> bool {
    state.answers.iter().any(|link| link.answer == answer)
}
