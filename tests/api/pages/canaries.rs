//! What one may not see is on no page, either.

use std::collections::BTreeSet;

use crate::world::{ACTORS, World};

/// The pages of a thing, by the name of its id.
const OF_THINGS: &[(&str, &[&str])] = &[
    (
        "issue_id",
        &[
            "/segnalazioni/{}",
            "/segnalazioni/{}?eventi=note",
            "/segnalazioni/{}/istruttoria",
            "/segnalazioni/{}/cancellazione",
            "/segnalazioni/{}/modifica",
            "/segnalazioni/{}/fine-interpretazione",
            "/segnalazioni/{}/rettifica-interpretazione",
            "/segnalazioni/{}/rettifica-anche-da-noi",
            "/segnalazioni/{}/chiarimento",
            "/segnalazioni/{}/collegamento",
            "/segnalazioni/{}/scollegamento",
            "/segnalazioni/{}/riscontro",
            "/segnalazioni/{}/scollega-riscontro",
            "/quesiti/nuovo?segnalazione={}",
            "/ricostruisci/{}?al=2026-03-10",
            "/ricostruisci/{}/scheda.json?al=2026-03-10",
            "/ricostruisci/{}/eventi.csv?al=2026-03-10",
        ],
    ),
    (
        "solution_id",
        &[
            "/soluzioni/{}",
            "/soluzioni/{}/adozione",
            "/soluzioni/{}/revisione",
            "/soluzioni/{}/fine-adozione",
            "/soluzioni/{}/fondamento",
            "/soluzioni/{}/togli-fondamento",
            "/soluzioni/{}/segnalazione",
            "/soluzioni/{}/togli-segnalazione",
            "/soluzioni/{}/superamento",
            "/soluzioni/{}/cancellazione",
        ],
    ),
    (
        "question_id",
        &[
            "/quesiti/{}",
            "/quesiti/{}/lettera",
            "/quesiti/{}/lettera.docx",
            "/quesiti/{}/adesione",
            "/quesiti/{}/ritiro-adesione",
            "/quesiti/{}/riscontro",
            "/quesiti/{}/collegamento",
            "/quesiti/{}/segnalazione",
            "/quesiti/{}/protocollo",
            "/quesiti/{}/lettera?al=2026-03-10",
            "/quesiti/{}/togli-segnalazione",
            "/quesiti/{}/scollega-riscontro",
            "/quesiti/{}/rettifica-trasmissione",
            "/quesiti/{}/ricevuta",
            "/quesiti/{}/annulla-protocollo",
            "/quesiti/{}/cancellazione",
        ],
    ),
    (
        "answer_id",
        &[
            "/riscontri/{}",
            "/riscontri/{}/contrasto",
            "/riscontri/{}/composizione",
            "/riscontri/{}/rettifica",
            "/riscontri/{}/cancellazione",
            "/soluzioni/nuova?riscontro={}",
        ],
    ),
    ("norm_id", &["/norme/{}"]),
];

/// The pages of no thing in particular.
const WHOLE: &[&str] = &[
    "/",
    "/accesso",
    "/segnalazioni",
    "/segnalazioni?q=iscrizione",
    "/segnalazioni.atom",
    "/scrivania",
    "/quesiti/nuovo?_quali=tutte",
    "/quesiti",
    "/quesiti?stato=partly_answered",
    "/soluzioni",
    "/soluzioni.atom",
    "/norme",
    "/difformita?tutte=1",
    "/profilo",
    "/amministrazione",
    "/amministrazione/accessi",
    "/amministrazione/enti",
    "/ricostruisci?al=2026-03-10",
    "/ricostruisci/elenco.json?al=2026-03-10",
    "/ricostruisci/elenco.csv?al=2026-03-10",
];

/// Every page of a world.
pub fn paths(world: &World) -> Vec<String> {
    let mut paths: Vec<String> = WHOLE.iter().map(|path| (*path).to_owned()).collect();
    for ids in world.things.values() {
        for (name, pages) in OF_THINGS {
            let id = ids.get(name);
            paths.extend(id.iter().flat_map(|id| pages.iter().map(|page| page.replace("{}", id))));
        }
    }
    paths
}

#[tokio::test]
async fn no_page_shows_what_is_not_for_its_visitor() {
    let world = World::new().await;
    let paths = paths(&world);
    let mut leaks = BTreeSet::new();
    let mut auditor = String::new();
    for who in ACTORS.iter().copied().filter(|who| !matches!(*who, "revoked" | "expired")) {
        for path in &paths {
            let page = world.app.page((who != "anonymous").then_some(who), path).await;
            assert!(page.status < 500, "{who} {path}: {}", page.status);
            for plant in &world.plants {
                let asked = path.contains(&plant.word);
                if !plant.readers.contains(&who) && !asked && page.text.contains(&plant.word) {
                    leaks.insert(format!("{who} reads {} on {path}", plant.word));
                }
            }
            if who == "auditor" {
                auditor.push_str(&page.text);
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    // The words are there to be found.
    let read = world.plants.iter().filter(|plant| auditor.contains(&plant.word)).count();
    assert!(read > 40, "an auditor reads {read} words only");
}
