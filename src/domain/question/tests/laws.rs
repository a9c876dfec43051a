//! Laws that hold for every order of events.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::testing::day;
use crate::{Command, Decider, EventSet, Recorded};

/// Proposals, right and wrong, that meet each other on the same few ids.
fn pool() -> Vec<QuestionEvent> {
    let mut pool = vec![
        drafted(),
        event!(IssueAttached, {"issue": ISSUE[1]}),
        event!(IssueDetached, {"issue": ISSUE[0], "reason": "Altra norma."}),
        revised("substance"),
        revised("editorial"),
        event!(TextRevised, {"kind": "substance", "reason": "Punto tolto.",
            "points": [{"point_id": PT[0], "text": "Se valga."}]}),
        event!(AdhesionsClosed, {}),
        adhesion_withdrawn(nth(4)),
        adhesion_withdrawn(nth(7)),
        dispatched_to(&[]),
        dispatched_to(&[AD[0]]),
        event!(QuestionDispatched, {"text_version": 2}),
        event!(DispatchCorrected, {"addressees": [AD[0]], "communication": LETTER, "reason": "PEC."}),
        reminded(AD[0], None),
        reminded(AD[1], None),
        reminded(nth(6), Some(1)),
        forwarded(AD[0], "regione"),
        // The id the new track will have, when it is the seventh event.
        forwarded(nth(6), "inps"),
        settled(),
        answered(ANSWER[1], &[(PT[0], "partly")]),
        unlinked(ANSWER[0]),
        declared(PT[0]),
        declared(PT[1]),
        withdrawn_point(PT[1]),
        rejected(),
        closed(),
        withdrawn(),
        reopened(),
        event!(Assigned, {"staff_member": "ufficio-giuridico"}),
        note(),
        event!(ContactRecorded, {"authority": "inps", "text": "Sentito l'ufficio."}),
        event!(TextErased, {"reason": "Persona riconoscibile.", "legal_basis": "art. 17"}),
    ];
    for version in [1, 2] {
        pool.extend([opened(version), approved(version)]);
        for body in ["c_b034", "c_g337"] {
            pool.push(adhesion(body, version, "before_dispatch"));
            pool.push(adhesion(body, version, "supporting"));
        }
    }
    pool
}

fn proposals() -> impl Strategy<Value = Vec<QuestionEvent>> {
    prop::collection::vec(prop::sample::select(pool()), 0..40)
}

fn recorded(n: usize, event: QuestionEvent) -> Recorded<QuestionEvent> {
    Recorded {
        id: nth(n as u128),
        occurred_on: day("2024-03-01"),
        recorded_at: Timestamp::UNIX_EPOCH,
        body: None,
        event,
    }
}

fn propose(n: usize, proposed: QuestionEvent, facts: &Facts) -> Command<QuestionEvent> {
    Command {
        proposed,
        stream_id: NOWHERE,
        event_id: nth(n as u128),
        body: code("anci_er"),
        staff: true,
        occurred_on: day("2024-03-01"),
        today: day("2024-03-01"),
        facts: facts.clone(),
    }
}

/// What a history must never show.
fn check(before: &QuestionState, event: &QuestionEvent, after: &QuestionState) {
    let current = after.current_text().expect("a draft came first");
    if let QuestionEvent::Dispatched(dispatched) = event {
        assert!(before.approval(dispatched.text_version).is_some(), "sent without approval");
        assert_eq!(dispatched.text_version, current.number);
    }
    if before.is_dispatched() {
        assert_eq!(before.texts, after.texts, "the text changed after dispatch");
    }
    if let QuestionEvent::Closed(_) = event {
        let context = QuestionContext::default();
        assert!(before.standings(&context).all(|point| !point.is_open()), "closed while open");
    }
    for (index, text) in after.texts.iter().enumerate() {
        assert_eq!(text.number.get() as usize, index + 1, "texts are numbered without gaps");
    }
    for track in &after.tracks {
        for (index, reminder) in track.reminders.iter().enumerate() {
            assert_eq!(reminder.n.get() as usize, index + 1, "reminders are numbered");
        }
    }
    for one in &after.adhesions {
        assert!(after.text(one.text_version).is_some(), "an adhesion to no text");
    }
    let mut bodies: Vec<_> = after.standing_adhesions().map(|one| &one.body).collect();
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), after.standing_adhesions().count(), "a body adheres twice");
}

proptest! {
    #[test]
    fn any_order_of_events_folds_and_can_be_decided_upon(history in proposals()) {
        let facts = facts();
        let mut state = QuestionState::default();
        for (n, event) in history.into_iter().enumerate() {
            // The answer does not matter here, only that there is one.
            let _ = Question::decide(&state, propose(n, event.clone(), &facts));
            Question::evolve(&mut state, &recorded(n, event));
            status(&state, &QuestionContext::default());
            for track in &state.tracks {
                state.points_put_to(track.id).for_each(drop);
            }
            prop_assert_eq!(state.events as usize, n + 1);
        }
    }

    #[test]
    fn accepted_events_keep_the_rules(proposed in proposals()) {
        let facts = facts();
        let mut state = QuestionState::default();
        let mut n = 0;
        for proposal in [drafted()].into_iter().chain(proposed) {
            let Ok(events) = Question::decide(&state, propose(n, proposal, &facts)) else {
                continue;
            };
            for event in events {
                let before = state.clone();
                Question::evolve(&mut state, &recorded(n, event.clone()));
                n += 1;
                check(&before, &event, &state);
            }
        }
    }
}

#[test]
fn the_pool_has_every_kind_of_event() {
    let pool = pool();
    for kind in QuestionEvent::TYPES {
        assert!(pool.iter().any(|event| event.stored_type() == kind.stored), "{}", kind.stored);
    }
}
