//! The report, what is asked about it, the norms it cites.

use super::*;
use crate::norm::NormRef;

#[test]
fn a_report_begins_an_issue_and_its_norms_are_of_the_day() {
    let events = given::<Issue>([]).and(facts()).on("2024-03-01").when(reported()).accepted();
    let [IssueEvent::Reported(report)] = events.as_slice() else { panic!("{events:?}") };
    assert!(report.norms.iter().all(|norm| norm.text_in_force_on() == Some(day("2024-03-01"))));
}

#[test]
fn nothing_happens_before_the_report() {
    refused([], triaged("in_scope"), Rejection::NotFound);
}

#[test]
fn an_issue_is_reported_once() {
    refused([reported()], reported(), Rejection::AlreadyExists);
    refused([reported(), withdrawn()], reported(), Rejection::AlreadyExists);
}

#[test]
fn nothing_is_recorded_before_it_happens() {
    given::<Issue>([])
        .and(facts())
        .on("2025-01-01")
        .when(reported())
        .then_rejected(Rejection::DateInFuture);
    refused([], report_with(json!({ "since": "2025-01-01" })), Rejection::DateInFuture);
}

#[test]
fn a_union_reports_for_its_members_only() {
    let report = |members: Value| {
        report_with(json!({ "body": "unione_pedemontana", "speaks_for": members }))
    };
    assert_eq!(given::<Issue>([]).and(facts()).when(report(json!(["c_d526"]))).accepted().len(), 1);
    refused([], report(json!(["c_b034"])), Rejection::NotAMember);
}

#[test]
fn an_unknown_body_does_not_report() {
    refused([], report_with(json!({ "body": "c_z999" })), Rejection::UnknownReference);
}

#[test]
fn a_report_cites_a_norm_once() {
    let twice = json!({ "kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13" });
    refused([], report_with(json!({ "norms": [twice, twice] })), Rejection::AlreadyCited);
}

#[test]
fn a_report_may_start_without_norm_and_without_position() {
    accepted([], report_with(json!({ "norms": [], "positions": [] })));
}

#[test]
fn an_amendment_changes_something() {
    let amended = |change: Value| {
        let mut amendment = json!({ "reason": "Precisato." });
        merge(&mut amendment, change);
        IssueEvent::from(data::<IssueAmended>(amendment))
    };
    accepted([reported()], amended(json!({ "since": "2024-01-15" })));
    refused([reported()], amended(json!({})), Rejection::NothingToChange);
    refused([reported()], amended(json!({ "since": "2025-01-15" })), Rejection::DateInFuture);

    let state =
        given::<Issue>([reported(), amended(json!({ "title": "Nuovo", "people_affected": 3 }))])
            .state();
    let report = state.report.as_ref().unwrap();
    assert_eq!(report.data.title.clear(), Some("Nuovo"));
    assert_eq!(report.data.description.clear(), Some("Due uffici, due risposte."));
    assert_eq!(state.people_affected(), 3);
}

#[test]
fn a_clarification_is_given_once_by_whom_it_was_asked() {
    accepted([reported(), asked()], replied(nth(1)));
    refused([reported()], replied(nth(1)), Rejection::NoSuchClarification);
    refused(
        [reported(), asked(), replied(nth(1))],
        replied(nth(1)),
        Rejection::ClarificationAlreadyProvided,
    );
    given::<Issue>([reported(), asked()])
        .by("c_b034")
        .when(replied(nth(1)))
        .then_rejected(Rejection::ClarificationAskedOfAnother);
}

#[test]
fn staff_record_a_clarification_given_by_telephone() {
    given::<Issue>([reported(), asked()])
        .by("anci_er")
        .by_staff()
        .when(replied(nth(1)))
        .then([replied(nth(1))]);
}

#[test]
fn staff_do_not_record_a_clarification_on_behalf_of_a_body_that_was_not_asked() {
    given::<Issue>([reported(), asked()])
        .by("c_b034")
        .by_staff()
        .when(replied(nth(1)))
        .then_rejected(Rejection::ClarificationAskedOfAnother);
}

#[test]
fn a_clarification_may_be_asked_of_another_body() {
    let asked = data::<ClarificationRequested>(json!({ "text": "E da voi?", "to": "c_b034" }));
    let state = given::<Issue>([reported(), asked.into()]).state();
    assert_eq!(state.clarifications[0].to, code("c_b034"));
    assert!(state.participants().contains(&code("c_b034")));
}

#[test]
fn a_norm_is_cited_once_in_one_text() {
    let again = "urn:nir:stato:legge:2017-04-07;47~art13";
    refused([reported()], cited(again), Rejection::AlreadyCited);
    // However it is written.
    refused([reported()], cited(&again.to_uppercase()), Rejection::AlreadyCited);

    let of_day = |day: &str| {
        let norm = json!({ "kind": "nir", "urn": again, "text_in_force_on": day });
        IssueEvent::from(data::<NormCited>(json!({ "norm": norm })))
    };
    let begun = given::<Issue>([]).and(facts()).on("2024-03-01").when(reported()).accepted();
    refused(begun.clone(), of_day("2024-03-01"), Rejection::AlreadyCited);
    accepted(begun, of_day("2018-12-05"));
}

#[test]
fn another_article_is_another_citation() {
    let events = given::<Issue>([reported()])
        .on("2024-03-05")
        .when(cited("urn:nir:stato:legge:2017-04-07;47~art14"))
        .accepted();
    let [IssueEvent::NormCited(citation)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(citation.norm.text_in_force_on(), Some(day("2024-03-05")));
}

#[test]
fn a_document_without_urn_is_known_by_issuer_and_number() {
    let circular = |title: &str, number: &str| {
        let norm = json!({
            "kind": "other", "issuer": "ministero_interno_ps", "form": "circolare",
            "number": number, "title": title
        });
        IssueEvent::from(data::<NormCited>(json!({ "norm": norm })))
    };
    let history = [reported(), circular("Circolare sui rinnovi", "0049449")];
    refused(history.clone(), circular("La circolare", "0049449"), Rejection::AlreadyCited);
    assert_eq!(given::<Issue>(history).when(circular("La circolare", "12")).accepted().len(), 1);
}

#[test]
fn a_citation_is_corrected_and_removed_while_it_is_there() {
    let correct = |citation: Uuid, urn: &str| {
        let norm = json!({ "kind": "nir", "urn": urn });
        IssueEvent::from(data::<NormCitationCorrected>(
            json!({ "citation_id": citation, "norm": norm, "reason": "Precisato il comma." }),
        ))
    };
    let remove = |citation: Uuid| {
        IssueEvent::from(data::<NormCitationRemoved>(
            json!({ "citation_id": citation, "reason": "Errore." }),
        ))
    };
    let (first, second) = (inner_id(nth(0), "norms", 0), inner_id(nth(0), "norms", 1));
    let finer = "urn:nir:stato:legge:2017-04-07;47~art13-com2";

    let events = given::<Issue>([reported()]).when(correct(first, finer)).accepted();
    assert_eq!(events.len(), 1);
    refused([reported()], correct(nth(7), finer), Rejection::NoSuchCitation);
    refused(
        [reported()],
        correct(second, "urn:nir:stato:legge:2017-04-07;47~art13"),
        Rejection::AlreadyCited,
    );
    accepted([reported()], remove(first));
    refused([reported(), remove(first)], remove(first), Rejection::NoSuchCitation);

    let state = given::<Issue>([reported(), correct(first, finer), remove(second)]).state();
    let [(id, NormRef::Nir { urn, .. })] = state.citations.as_slice() else { panic!() };
    assert_eq!((*id, urn.as_str()), (first, finer));
}

#[test]
fn visibility_changes_to_another_one_and_says_from_which() {
    let change = |to: &str| {
        IssueEvent::from(data::<VisibilityChanged>(json!({ "from": "public", "to": to })))
    };
    let events = given::<Issue>([reported()]).when(change("restricted")).accepted();
    let [IssueEvent::VisibilityChanged(changed)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(changed.from, Some(Visibility::Network));
    refused([reported()], change("network"), Rejection::SameVisibility);
}

#[test]
fn one_abstract_at_a_time_is_public() {
    let publish = || {
        IssueEvent::from(data::<IssuePublished>(
            json!({ "abstract": "Letture diverse.", "approved_role": "coordinatore" }),
        ))
    };
    let unpublish = || {
        IssueEvent::from(data::<crate::shared::Unpublished>(json!({ "reason": "Da aggiornare." })))
    };
    accepted([reported()], publish());
    refused([reported(), publish()], publish(), Rejection::AlreadyPublished);
    accepted([reported(), publish()], unpublish());
    refused([reported()], unpublish(), Rejection::NotPublished);
    accepted([reported(), publish(), unpublish()], publish());
}
