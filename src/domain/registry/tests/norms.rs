//! Norms of the catalogue.

use super::*;

const DLGS_142: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142";

fn norm(entry: Value) -> NormEvent {
    let mut entry = entry;
    entry["label_it"] = "D.Lgs. 18 agosto 2015, n. 142".into();
    data::<NormRegistered>(entry).into()
}

fn act() -> NormEvent {
    norm(json!({ "kind": "nir", "urn": DLGS_142 }))
}

fn amended(by: &str, from: &str) -> NormEvent {
    let by = json!({ "kind": "nir", "urn": by });
    data::<NormAmended>(json!({ "by": by, "from": from, "articles": ["19", "19bis"] })).into()
}

fn corrected(change: Value) -> NormEvent {
    let mut change = change;
    change["reason"] = "Corretta.".into();
    data::<NormCorrected>(change).into()
}

#[test]
fn a_norm_is_registered_once() {
    accepted::<Norm>([], act());
    refused::<Norm>([act()], act(), Rejection::AlreadyExists);
}

#[test]
fn a_norm_that_was_only_cited_is_not_amended() {
    refused::<Norm>([], amended(DLGS_142, "2023-10-06"), Rejection::NotFound);
    refused::<Norm>([], corrected(json!({ "label_it": "x" })), Rejection::NotFound);
}

#[test]
fn an_italian_act_is_identified_by_the_urn_of_the_whole_act() {
    for wrong in [
        json!({ "kind": "nir" }),
        json!({ "kind": "nir", "urn": "urn:nir:stato:decreto-legislativo:2015-08-18;142" }),
        json!({ "kind": "nir", "urn": format!("{DLGS_142}~art5bis") }),
        json!({ "kind": "nir", "urn": format!("{DLGS_142}!vig=2024-01-01") }),
        json!({ "kind": "nir", "urn": DLGS_142, "celex": "32011L0095" }),
        json!({ "kind": "nir", "urn": DLGS_142, "issuer": "ministero_interno_ps" }),
        json!({ "kind": "nir", "urn": DLGS_142, "number": "142" }),
    ] {
        refused::<Norm>([], norm(wrong), Rejection::NormNotIdentified);
    }
}

#[test]
fn the_urn_is_kept_in_canonical_form() {
    let pasted = format!("https://www.normattiva.it/uri-res/N2Ls?{}", DLGS_142.to_uppercase());
    given::<Norm>([]).when(norm(json!({ "kind": "nir", "urn": pasted }))).then([act()]);
}

#[test]
fn an_act_of_the_union_is_identified_by_its_celex_number() {
    accepted::<Norm>([], norm(json!({ "kind": "eu", "celex": "32011L0095" })));
    for wrong in [
        json!({ "kind": "eu" }),
        json!({ "kind": "eu", "celex": "32011Z0095" }),
        json!({ "kind": "eu", "celex": "32011L0095", "urn": DLGS_142 }),
        json!({ "kind": "eu", "celex": "32011L0095", "date": "2011-12-13" }),
    ] {
        refused::<Norm>([], norm(wrong), Rejection::NormNotIdentified);
    }
}

#[test]
fn another_document_is_identified_by_what_stands_on_its_first_page_or_its_label() {
    accepted::<Norm>([], norm(json!({ "kind": "other" })));
    let circular = json!({
        "kind": "other", "issuer": "ministero_interno_ps", "form": "circolare",
        "number": "0049449", "date": "2024-05-08"
    });
    accepted::<Norm>([], norm(circular));
    for wrong in [
        json!({ "kind": "other", "urn": DLGS_142 }),
        json!({ "kind": "other", "celex": "32011L0095" }),
    ] {
        refused::<Norm>([], norm(wrong), Rejection::NormNotIdentified);
    }
    let future = json!({ "kind": "other", "date": "2025-01-01" });
    refused::<Norm>([], norm(future), Rejection::DateInFuture);
}

#[test]
fn an_entry_has_the_id_of_its_citations() {
    let id = |entry: Value| {
        let NormEvent::Registered(entry) = norm(entry) else { panic!() };
        entry.norm_id()
    };
    let cited = |norm: Value| data::<crate::norm::NormRef>(norm).norm_id();
    let circular = json!({
        "kind": "other", "issuer": "ministero_interno_ps", "form": "Circolare".to_lowercase(),
        "number": "400/C", "date": "2024-05-08", "edition": "2024.1"
    });
    assert_eq!(
        id(json!({ "kind": "nir", "urn": DLGS_142 })),
        cited(json!({ "kind": "nir", "urn": format!("{DLGS_142}~art5bis-com2") }))
    );
    assert_eq!(
        id(json!({ "kind": "eu", "celex": "32011L0095" })),
        cited(json!({ "kind": "eu", "celex": "32011L0095", "article": "art. 23" }))
    );
    assert_eq!(id(circular.clone()), cited(circular));
    assert_eq!(id(json!({ "kind": "other", "number": "12" })), None);
}

#[test]
fn an_amendment_names_another_act_and_the_text_of_its_day() {
    let events = given::<Norm>([act()])
        .on("2023-10-05")
        .when(amended("urn:nir:stato:decreto.legge:2023-10-05;133~art5", "2023-10-06"))
        .accepted();
    let [NormEvent::Amended(amendment)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(amendment.by.text_in_force_on(), Some(day("2023-10-05")));
    let itself = amended(&format!("{DLGS_142}~art3"), "2023-10-06");
    refused::<Norm>([act()], itself, Rejection::LinkToSelf);
}

#[test]
fn an_amendment_may_come_into_force_later_but_is_not_decided_later() {
    let by = "urn:nir:stato:decreto.legge:2023-10-05;133";
    let events = given::<Norm>([act()]).when(amended(by, "2026-07-01")).accepted();
    assert_eq!(events.len(), 1);
    given::<Norm>([act()])
        .on("2025-01-01")
        .when(amended(by, "2026-07-01"))
        .then_rejected(Rejection::DateInFuture);
}

#[test]
fn an_amendment_overtakes_older_texts_of_its_articles() {
    let by = "urn:nir:stato:decreto.legge:2023-10-05;133";
    let state = given::<Norm>([act(), amended(by, "2023-10-06")]).state();
    let overtaken =
        |article: Option<&str>, read: &str| state.amended_since(article, day(read)).count() == 1;
    assert!(overtaken(Some("19-bis"), "2023-10-05"));
    assert!(overtaken(None, "2023-10-05"));
    assert!(!overtaken(Some("5"), "2023-10-05"));
    assert!(!overtaken(Some("19"), "2023-10-06"));
}

#[test]
fn a_correction_of_an_entry_changes_something() {
    accepted::<Norm>([act()], corrected(json!({ "subject_it": "Accoglienza" })));
    refused::<Norm>([act()], corrected(json!({})), Rejection::NothingToChange);
    let history = [act(), corrected(json!({ "label_it": "Decreto accoglienza" }))];
    let entry = given::<Norm>(history).state().entry.unwrap();
    assert_eq!(entry.data.label_it.as_str(), "Decreto accoglienza");
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let by = "urn:nir:stato:decreto.legge:2023-10-05;133";
    let samples = [
        act(),
        norm(json!({ "kind": "eu", "celex": "32011L0095" })),
        amended(by, "2023-10-06"),
        corrected(json!({ "label_it": "x" })),
    ];
    hold_in_any_order::<Norm>(&samples, &Facts::default(), |state| {
        assert!(state.amended_since(None, day("1990-01-01")).count() == state.amendments.len());
    });
}
