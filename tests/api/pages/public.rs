//! What everybody reads, without login: what was published, and nothing else.

use serde_json::json;

use crate::app::TestApp;
use crate::setting::{citation, report, with};

/// A published issue with a published solution, and another issue that is not.
async fn published() -> (TestApp, String, String) {
    let app = TestApp::ready().await;
    let public = with(report(), json!({"visibility": "public"}));
    let issue = app.act("bologna", "report_issue", &[], public).await.id;
    app.act("bologna", "report_issue", &[], with(report(), json!({"title": "Riservatissima"})))
        .await;
    let summary = json!({
        "abstract": "Per l'iscrizione anagrafica basta la ricevuta? Due uffici rispondono in modo diverso.",
        "approved_role": "presidente",
    });
    app.act("staff", "publish_issue", &[&issue], summary).await;
    let proposal = json!({
        "problem": "Documento da esibire.", "text": "Testo interno.",
        "level": "good_practice", "issues": [issue],
        "basis": {"answers": [], "norms": [citation("art5bis")]},
        "territory": {"level": "province", "code": "BO"}, "visibility": "public",
    });
    let solution = app.act("staff", "propose_solution", &[], proposal).await.id;
    let valid = json!({"solution_version": 1, "by": "gruppo di lavoro"});
    app.act("staff", "validate_solution", &[&solution], valid).await;
    let summary =
        json!({"abstract": "Si accetta la ricevuta di rinnovo. Vale in tutta la provincia."});
    app.act("staff", "publish_solution", &[&solution], summary).await;
    app.shown().await;
    (app, issue, solution)
}

#[tokio::test]
async fn a_member_of_the_public_finds_a_valid_solution_two_clicks_after_searching() {
    let (app, issue, solution) = published().await;
    let found = app.page(None, "/segnalazioni?q=iscrizioni+anagrafiche").await;
    assert_eq!(found.header("cache-control"), "public, max-age=60");
    found.says("Per l'iscrizione anagrafica basta la ricevuta?").says("Valido al 10 marzo 2026");
    found.is_silent_on("Riservatissima").has(&format!("href=\"/segnalazioni/{issue}\""));
    app.page(None, "/segnalazioni?q=codice+tributo").await.says("Nessuna segnalazione pubblicata");
    let page = app.page(None, &format!("/segnalazioni/{issue}")).await;
    page.says("Due uffici rispondono in modo diverso.").says("valida");
    page.has(&format!("href=\"/soluzioni/{solution}\"")).is_silent_on("Due uffici chiedono");
    let page = app.page(None, &format!("/soluzioni/{solution}")).await;
    page.says("Vale in tutta la provincia.").says("provincia di Bologna").says("valida");
    page.says("Valido al 10 marzo 2026").is_silent_on("Testo interno");
    page.says(&format!("https://quesito.example/soluzioni/{solution}"));
    // Whoever searches on the first page finds a solution by its own words too.
    let found = app.page(None, "/segnalazioni?q=ricevuta+rinnovo").await;
    found.says("Si accetta la ricevuta di rinnovo").says("Nessuna segnalazione pubblicata");
    found.has(&format!("href=\"/soluzioni/{solution}\""));
    app.page(None, "/segnalazioni").await.is_silent_on("Si accetta la ricevuta");
    app.page(None, "/soluzioni?q=ricevute").await.says("Si accetta la ricevuta di rinnovo");
    app.page(None, "/soluzioni?q=tributo").await.says("Nessuna soluzione pubblicata");
}

#[tokio::test]
async fn the_norms_of_what_was_published_have_pages_for_everybody() {
    let (app, issue, _) = published().await;
    let norms = app.page(None, "/norme").await;
    let link = norms.text.split("href=\"/norme/").nth(1).unwrap().split('"').next().unwrap();
    let page = app.page(None, &format!("/norme/{link}")).await;
    page.says("Si accetta la ricevuta di rinnovo").says("Valido al 10 marzo 2026");
    page.has(&format!("href=\"/segnalazioni/{issue}\""));
    let other = "00000000-0000-4000-8000-000000000000";
    assert_eq!(app.page(None, &format!("/norme/{other}")).await.status, 404);
}

#[tokio::test]
async fn lists_have_feeds_with_permanent_addresses() {
    let (app, issue, solution) = published().await;
    for (feed, id, list, title) in [
        ("/segnalazioni.atom", &issue, "/segnalazioni", "Segnalazioni pubblicate"),
        ("/soluzioni.atom", &solution, "/soluzioni", "Soluzioni pubblicate"),
    ] {
        let page = app.page(None, feed).await;
        assert_eq!(page.header("content-type"), "application/atom+xml; charset=utf-8");
        page.has(&format!("<id>urn:uuid:{id}</id>"));
        page.has("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"it\">");
        page.has(&format!("href=\"https://quesito.example{list}/{id}\"/>"));
        let link = format!("type=\"application/atom+xml\" title=\"{title}\" href=\"{feed}\"");
        app.page(None, list).await.has(&link);
    }
}
