//! Rules of the detector, and the corpus of officers' sentences.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// What was found, as kind and text.
fn found(text: &str) -> Vec<(Kind, &str)> {
    check(text).iter().map(|finding| (finding.kind, &text[finding.start..finding.end])).collect()
}

/// A sentence and what must be found in it: invented data throughout (place
/// codes, bank codes and number ranges that do not exist).
#[derive(Deserialize)]
struct Sentence {
    text: String,
    findings: Vec<(String, String)>,
}

fn corpus() -> Vec<Sentence> {
    serde_json::from_str(include_str!("../../../tests/data/personal-data.json"))
        .expect("the corpus is valid JSON")
}

fn name(kind: Kind) -> String {
    serde_json::to_value(kind).expect("a name").as_str().expect("a string").to_owned()
}

/// True positives, false alarms and misses of one kind.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: u32,
    alarms: u32,
    missed: u32,
}

impl Score {
    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.alarms).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }
}

#[test]
fn the_corpus_is_answered_as_expected() {
    let corpus = corpus();
    assert!(corpus.len() >= 500, "{} sentences", corpus.len());
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for Sentence { text, findings } in &corpus {
        let mut expected: Vec<(String, &str)> =
            findings.iter().map(|(kind, part)| (kind.clone(), part.as_str())).collect();
        for (kind, part) in found(text) {
            let kind = name(kind);
            let at = expected.iter().position(|(k, p)| *k == kind && *p == part);
            if at.map(|at| expected.swap_remove(at)).is_some() {
                scores.entry(kind).or_default().right += 1;
            } else {
                println!("false alarm: {kind} «{part}» in «{text}»");
                scores.entry(kind).or_default().alarms += 1;
            }
        }
        for (kind, part) in expected {
            println!("missed: {kind} «{part}» in «{text}»");
            scores.entry(kind).or_default().missed += 1;
        }
    }

    let refusals = scores.remove("fiscal-code").unwrap_or_default();
    println!("fiscal-code: {refusals:?}");
    assert_eq!((refusals.alarms, refusals.missed), (0, 0));
    let mut all = Score::default();
    for (kind, score) in &scores {
        println!("{kind}: {score:?} {:.2} {:.2}", score.precision(), score.recall());
        assert!(score.precision() >= 0.9 && score.recall() >= 0.9, "{kind}: {score:?}");
        all.right += score.right;
        all.alarms += score.alarms;
        all.missed += score.missed;
    }
    println!("warnings: {all:?} {:.3} {:.3}", all.precision(), all.recall());
}

proptest! {
    #[test]
    fn any_text_is_checked_and_its_findings_lie_on_characters(text in any::<String>()) {
        check_offsets(&text)?;
    }

    // Random characters seldom look like anything: pieces that do, in any order.
    #[test]
    fn pieces_of_personal_data_in_any_order_are_checked(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "sig.", "sig.ra ", "Rossi", "D'", "’", "nato ", "a ", "il ", "l'", "12/", "03/", "1999",
                "+", "39", "(051) ", "333 ", "1234567", "0", "-", ".", " ", "\u{a0}", "@", "a.b", "example.it",
                "permesso n. ", "I0123456", "7", "CUI ", "05ABC12", "cui ", "C.F. ", "Vestanet ", "IT60",
                "X0542811101000000123456", "BRTFTM", "85T10", "Z999", "K", "è", "\u{1f600}", "\u{200b}", "\n",
            ]),
            0..40,
        )
    ) {
        check_offsets(&pieces.concat())?;
    }

    #[test]
    fn a_codice_fiscale_is_refused_only_with_its_own_check_letter(
        head in "[A-Z]{6}[0-9]{2}[ABCDEHLMPRST](0[1-9]|[1256][0-9])[A-MZ][0-9]{3}", lower in any::<bool>()
    ) {
        let refused: Vec<char> = ('A'..='Z')
            .filter(|letter| {
                let code = format!("{head}{letter}");
                let code = if lower { code.to_lowercase() } else { code };
                let text = format!("L'ospite ({code}) attende.");
                check(&text).iter().any(|finding| finding.severity == Severity::Refuse)
            })
            .collect();
        prop_assert_eq!(refused.len(), 1);
    }
}

fn check_offsets(text: &str) -> Result<(), TestCaseError> {
    let mut last = 0;
    for finding in check(text) {
        prop_assert!(last <= finding.start && finding.start < finding.end);
        let part = text.get(finding.start..finding.end);
        prop_assert!(part.is_some(), "not on characters: {finding:?}");
        let by_chars: String = text
            .chars()
            .skip(finding.char_start)
            .take(finding.char_end - finding.char_start)
            .collect();
        prop_assert_eq!(part, Some(by_chars.as_str()));
        last = finding.end;
    }
    Ok(())
}

#[test]
fn only_a_codice_fiscale_refuses_a_text() {
    let severities: Vec<Severity> =
        check("BRTFTM85T10Z999W, sig. Rossi, a@example.it").iter().map(|f| f.severity).collect();
    assert_eq!(severities, [Severity::Refuse, Severity::Warn, Severity::Warn]);
    for kind in [Kind::Iban, Kind::Email, Kind::Phone, Kind::PersonName, Kind::Birth] {
        assert_eq!(kind.severity(), Severity::Warn);
    }
    assert_eq!(Kind::FiscalCode.severity(), Severity::Refuse);
}

#[test]
fn offsets_count_bytes_and_characters() {
    let findings = check("È già così: perché? 😀 tel. 333 0001234");
    assert_eq!(findings.len(), 1);
    let finding = findings[0];
    assert_eq!((finding.start, finding.end), (34, 45));
    assert_eq!((finding.char_start, finding.char_end), (27, 38));
}

#[test]
fn of_two_readings_of_the_same_characters_the_more_certain_one_is_told() {
    // The digits of the IBAN could be a mobile number.
    let text = "conto IT41Z0000003331234567000000000";
    assert!(found(text).iter().all(|(kind, _)| *kind != Kind::Phone));
}

#[test]
fn a_finding_carries_no_text() {
    let json = serde_json::to_string(&check("scrivere a fatou@example.com")).expect("serialises");
    assert!(!json.contains("fatou"));
    assert!(json.contains(r#""kind":"email","severity":"warn","start":11"#), "{json}");
}
