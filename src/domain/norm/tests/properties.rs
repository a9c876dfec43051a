//! What holds for every reference and every text, however odd.

use proptest::prelude::*;
use proptest::sample::select;

use crate::norm::{Celex, Ecli, LATIN_SUFFIXES, NirUrn, norm_id};

fn act() -> impl Strategy<Value = String> {
    let authority = "[a-z][a-z0-9'-]{0,8}(\\.[a-z0-9]{1,6}){0,2}([+;][a-z]{1,6})?";
    let act_type = "[a-z]{1,8}(\\.[a-z0-9]{1,8}){0,2}(;[a-z]{1,4})?";
    let number = "[1-9][0-9]{0,5}|nir-[1-9]|[a-z][a-z0-9./-]{0,5}";
    let date = (1862i16..=2100, 1i8..=12, 1i8..=28);
    let annex = prop_oneof![Just(String::new()), ":[b-z][a-z0-9]{0,4}(\\.[0-9])?"];
    (authority, act_type, date, number, annex).prop_map(
        |(authority, act_type, (y, m, d), number, annex)| {
            format!("urn:nir:{authority}:{act_type}:{y:04}-{m:02}-{d:02};{number}{annex}")
        },
    )
}

fn partition() -> impl Strategy<Value = String> {
    let latin = || prop_oneof![Just(""), select(LATIN_SUFFIXES.to_vec())];
    let article = ("[1-9][0-9]{0,3}|0[1-9]", latin(), "(\\.[1-9])?")
        .prop_map(|(n, latin, point)| format!("~art{n}{latin}{point}"));
    let paragraph =
        ("[1-9][0-9]?(\\.[1-9])?", latin()).prop_map(|(n, latin)| format!("-com{n}{latin}"));
    let letter = ("[a-z]{1,2}", latin()).prop_map(|(letter, latin)| format!("-let{letter}{latin}"));
    let item = prop_oneof![
        Just(String::new()),
        ("[1-9]", latin()).prop_map(|(n, l)| format!("-num{n}{l}"))
    ];
    let below = prop_oneof![
        Just(String::new()),
        (paragraph.clone(), item.clone()).prop_map(|(a, b)| a + &b),
        (letter.clone(), item.clone()).prop_map(|(a, b)| a + &b),
        (paragraph, letter, item).prop_map(|(a, b, c)| a + &b + &c),
    ];
    prop_oneof![Just(String::new()), (article, below).prop_map(|(article, below)| article + &below)]
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("@originale".to_owned()),
        Just("!vig=".to_owned()),
        (1862i16..=2100, 1i8..=12, 1i8..=28, select(vec!["!vig=", "@"]))
            .prop_map(|(y, m, d, mark)| format!("{mark}{y:04}-{m:02}-{d:02}")),
    ]
}

fn valid() -> impl Strategy<Value = NirUrn> {
    (act(), partition(), version())
        .prop_filter_map("by chance another rule", |(act, place, version)| {
            NirUrn::parse(&format!("{act}{place}{version}")).ok()
        })
}

/// A valid URN with a piece of it replaced: the slips people make.
fn slip() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,4}".boxed(),
        select(vec!["#art5", "-bis", "~com2", "..", "%3A", "%", "!vig", "à", "urn:lex:", "/47"])
            .prop_map(str::to_owned)
            .boxed(),
    ];
    (valid(), any::<prop::sample::Index>(), 0usize..4, piece).prop_map(|(urn, at, cut, piece)| {
        let text = urn.canonical();
        let at = at.index(text.len());
        let after = (at + cut).min(text.len());
        format!("{}{piece}{}", &text[..at], &text[after..])
    })
}

fn any_hint_parses(text: &str) -> Result<(), TestCaseError> {
    if let Err(error) = NirUrn::parse(text) {
        prop_assert!(!error.to_string().is_empty());
        if let Some(hint) = error.hint {
            let proposed = NirUrn::parse(&hint);
            prop_assert_eq!(proposed.map(|urn| urn.canonical()), Ok(hint));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn parsing_the_canonical_form_gives_the_same_reference(urn in valid()) {
        let canonical = urn.canonical();
        let again = NirUrn::parse(&canonical);
        prop_assert_eq!(again.as_ref().map(NirUrn::canonical), Ok(canonical));
        prop_assert_eq!(again, Ok(urn));
    }

    #[test]
    fn generated_acts_are_nearly_all_valid(act in act(), place in partition()) {
        // A generated number or annex may look like a filler or a paragraph.
        let by_chance = act.contains("nir-") || act.contains(":com");
        prop_assert!(by_chance || NirUrn::parse(&format!("{act}{place}")).is_ok(), "{act}{place}");
    }

    #[test]
    fn capitals_white_space_and_encoding_do_not_change_the_reference(urn in valid()) {
        let canonical = urn.canonical();
        let encode = |byte: u8| format!("%{byte:02X}");
        let encoded = canonical.bytes().map(encode).collect::<Vec<_>>().concat();
        let linked = format!("https://www.normattiva.it/uri-res/N2Ls?{canonical}");
        prop_assert_eq!(NirUrn::parse(&canonical.to_uppercase()), Ok(urn.clone()));
        prop_assert_eq!(NirUrn::parse(&format!(" {canonical}\n")), Ok(urn.clone()));
        prop_assert_eq!(NirUrn::parse(&linked), Ok(urn.clone()));
        if encoded.len() <= crate::norm::MAX_LENGTH {
            prop_assert_eq!(NirUrn::parse(&encoded), Ok(urn.clone()));
        }
    }

    #[test]
    fn place_and_version_do_not_change_the_norm(urn in valid()) {
        prop_assert_eq!(urn.norm_id(), urn.act().norm_id());
        prop_assert_eq!(norm_id(&urn.canonical()), urn.norm_id());
        let act = urn.act();
        prop_assert!(act.partition().is_none() && act.version().is_none());
    }

    #[test]
    fn every_reference_can_be_linked_and_cited(urn in valid()) {
        prop_assert!(urn.normattiva_url().starts_with("https://www.normattiva.it/uri-res/N2Ls?urn:nir:"));
        prop_assert!(!urn.normattiva_url().contains("-com"));
        prop_assert!(!urn.citation_it().is_empty());
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in any::<String>()) {
        any_hint_parses(&text)?;
        any_hint_parses(&format!("urn:nir:{text}"))?;
        let _ = (Celex::parse(&text), Ecli::parse(&text));
    }

    #[test]
    fn every_proposal_is_itself_valid(text in slip()) {
        any_hint_parses(&text)?;
    }
}
