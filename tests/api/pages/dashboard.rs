//! Cruscotto: charts, tables and CSV of the same figures, small ones hidden from the public.

use serde_json::json;

use crate::app::TestApp;
use crate::setting::{position, with};

/// Every figure, by its name in addresses.
const FIGURES: &[&str] = &["eta", "tempi", "difformita", "recepimento", "senza-riscontro"];

#[tokio::test]
async fn every_figure_is_a_chart_a_table_and_a_file() {
    let app = TestApp::ready().await;
    for _ in 0..6 {
        let issue = app.reported().await;
        let other = json!({"reading": "Basta la ricevuta.", "form": "nota", "known": "written"});
        let other = with(position("prefettura-pr", "PR"), other);
        app.act("bologna", "record_position", &[&issue], other).await;
    }
    app.shown().await;
    let page = app.page(Some("staff"), "/cruscotto").await;
    page.says("Segnalazioni 6").says("Con interpretazioni opposte 6");
    page.says("Difformità per autorità e norma").says("D.Lgs. 18 agosto 2015, n. 142");
    page.says("Questura").says("Prefettura – UTG").says("da 0 a 30 giorni 6");
    page.has("<svg class=\"chart\"").has("role=\"img\"").has("href=\"/cruscotto/eta.csv\"");
    for name in FIGURES {
        let file = app.page(Some("staff"), &format!("/cruscotto/{name}.csv")).await;
        assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    }
    let file = app.page(Some("staff"), "/cruscotto/difformita.csv").await;
    assert_eq!(
        file.text,
        "Norma,Prefettura – UTG,Questura\r\n\"D.Lgs. 18 agosto 2015, n. 142\",6,6\r\n"
    );
    for path in ["/cruscotto/eta", "/cruscotto/zampirone.csv"] {
        assert_eq!(app.page(Some("staff"), path).await.status, 404, "{path}");
    }
    // Six are enough to be told to everybody.
    let public = app.page(None, "/cruscotto").await;
    assert_eq!(public.header("cache-control"), "public, max-age=60");
    public.says("Segnalazioni 6").says("da 0 a 30 giorni 6").says("Questura");
}

#[tokio::test]
async fn fewer_than_five_of_anything_are_hidden_from_the_public() {
    let app = TestApp::ready().await;
    for _ in 0..4 {
        let issue = app.reported().await;
        let other = with(position("questura-pr", "PR"), json!({"reading": "Basta la ricevuta."}));
        app.act("bologna", "record_position", &[&issue], other).await;
    }
    app.shown().await;
    let staff = app.page(Some("staff"), "/cruscotto").await;
    staff.says("Segnalazioni 4").is_silent_on("meno di 5");
    let public = app.page(None, "/cruscotto").await;
    public.says("Segnalazioni meno di 5").says("da 0 a 30 giorni meno di 5");
    // Not even that there is something.
    public.is_silent_on("Questura").is_silent_on("n. 142");
    let file = app.page(None, "/cruscotto/difformita.csv").await;
    assert_eq!(file.text, "Norma\r\n");
    let file = app.page(None, "/cruscotto/eta.csv").await;
    file.has("da 0 a 30 giorni,meno di 5\r\nda 31 a 90 giorni,0\r\n");
}
