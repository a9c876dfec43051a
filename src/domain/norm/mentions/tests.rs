//! What officials write, and which norms it names.

use super::*;

fn catalogue() -> Vec<KnownAct> {
    let nir = |urn: &str, label: &str| KnownAct {
        key: KnownKey::Nir(Box::new(NirUrn::parse(urn).unwrap())),
        label: label.into(),
    };
    vec![
        nir("urn:nir:stato:decreto.legislativo:2015-08-18;142", "D.Lgs. 142/2015 (accoglienza)"),
        nir(
            "urn:nir:stato:decreto.legislativo:1998-07-25;286",
            "D.Lgs. 286/1998 (T.U. immigrazione)",
        ),
        nir(
            "urn:nir:ministero.interno:decreto:2019-11-18;nir-1",
            "D.M. 18/11/2019 (linee guida SAI)",
        ),
        nir("urn:nir:stato:decreto.legge:2018-10-04;113", "D.L. 113/2018"),
        nir("urn:nir:stato:legge:2018-12-01;132", "L. 132/2018"),
        nir("urn:nir:presidente.repubblica:decreto:1999-08-31;394", "D.P.R. 394/1999"),
        KnownAct {
            key: KnownKey::Eu(Celex::parse("32013L0033").unwrap()),
            label: "Direttiva 2013/33/UE".into(),
        },
    ]
}

/// The norms in a text, as URN or CELEX; what is unclear by its reason.
fn read(text: &str) -> Vec<String> {
    mentions(text, &catalogue())
        .into_iter()
        .map(|mention| {
            assert!(text.get(mention.span).is_some_and(|words| !words.trim().is_empty()));
            match mention.what {
                What::Norm { norm: NormRef::Nir { urn, .. }, .. } => urn.to_string(),
                What::Norm { norm: NormRef::Eu { celex, article, .. }, .. } => {
                    article.map_or(celex.to_string(), |article| format!("{celex} {article}"))
                }
                What::Norm { norm, .. } => format!("{norm:?}"),
                What::Unclear(why) => format!("{why:?}"),
            }
        })
        .collect()
}

const ACCOGLIENZA: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142";
const TUI: &str = "urn:nir:stato:decreto.legislativo:1998-07-25;286";

#[test]
fn an_article_and_a_paragraph_before_their_act() {
    for text in [
        "art. 5-bis, co. 2, d.lgs. 142/2015",
        "l'articolo 5 bis, comma 2, del decreto legislativo 18 agosto 2015, n. 142",
        "Art.5-bis c.2 D. Lgs. n. 142 del 2015",
        "dell'art. 5-bis, comma 2 del D.Lgs n. 142/15",
    ] {
        assert_eq!(read(text), [format!("{ACCOGLIENZA}~art5bis-com2")], "{text}");
    }
}

#[test]
fn an_article_after_its_act() {
    assert_eq!(read("il D.Lgs. 142/2015, art. 9, prevede"), [format!("{ACCOGLIENZA}~art9")]);
    assert_eq!(
        read("d.lgs. 142/2015, art. 5 del d.lgs. 286/1998"),
        [ACCOGLIENZA.to_owned(), format!("{TUI}~art5")],
        "the article belongs to the act that follows it"
    );
}

#[test]
fn several_articles_are_several_norms() {
    assert_eq!(read("artt. 3 e 4 d.lgs. 286/98"), [format!("{TUI}~art3"), format!("{TUI}~art4")]);
    assert_eq!(
        read("artt. 19, 32 e 42-bis T.U.I."),
        [format!("{TUI}~art19"), format!("{TUI}~art32"), format!("{TUI}~art42bis")]
    );
    assert_eq!(
        read("art. 19, commi 1 e 2, lett. d-bis, TUI").len(),
        2,
        "the paragraphs of one article"
    );
}

#[test]
fn names_and_dates_name_acts_too() {
    assert_eq!(read("secondo il T.U.I. e il testo unico sull'immigrazione"), [TUI, TUI]);
    let guidelines = "urn:nir:ministero.interno:decreto:2019-11-18;nir-1";
    for text in ["D.M. 18 novembre 2019", "DM 18/11/2019", "il decreto ministeriale 18.11.2019"] {
        assert_eq!(read(text), [guidelines], "{text}");
    }
    assert_eq!(read("art. 15 direttiva 2013/33/UE"), ["32013L0033 15"]);
    assert_eq!(
        read("reg. (UE) n. 604/2013 e regolamento (UE) 2016/679"),
        ["32013R0604", "32016R0679"]
    );
}

#[test]
fn a_law_of_conversion_belongs_to_its_decree() {
    let decree = "urn:nir:stato:decreto.legge:2018-10-04;113";
    for text in [
        "D.L. 113/2018, conv. in l. 132/2018",
        "decreto-legge n. 113/2018 convertito con modificazioni dalla legge 132/2018",
        "d.l. 113/2018 conv. in l.",
    ] {
        assert_eq!(read(text), [decree], "{text}");
    }
}

#[test]
fn what_is_not_in_the_catalogue_is_cited_when_it_is_named_whole() {
    let text = "legge 5 febbraio 1992, n. 104";
    assert_eq!(read(text), ["urn:nir:stato:legge:1992-02-05;104"]);
    let found = mentions(text, &catalogue());
    assert!(matches!(&found[0].what, What::Norm { known: false, .. }), "{found:?}");
}

#[test]
fn what_cannot_be_told_is_said_and_never_dropped() {
    assert_eq!(read("la legge 104/1992"), ["NoDay"]);
    assert_eq!(read("secondo l'art. 5 la ricevuta basta"), ["NoAct"]);
    assert_eq!(read("D.M. 10 gennaio 2001"), ["NoIssuer"]);
}

#[test]
fn numbers_and_words_that_are_no_norms_are_left_alone() {
    for text in [
        "il 12 marzo 2026 tre famiglie su 142 attendono",
        "la legge non lo dice",
        "protocollo n. 0388 del 2026",
        "",
        "art",
        "d.lgs.",
        "l.",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_fault(text in "(art|artt|d\\.lgs\\.|l\\.|co\\.|[0-9]{1,4}|[/,.' -]|è|conv|in|del){0,30}") {
        let found = mentions(&text, &catalogue());
        proptest::prop_assert!(found.iter().all(|mention| text.get(mention.span.clone()).is_some()));
    }
}
