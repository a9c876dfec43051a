//! What is around every page: the way in and out, errors that help, headers, files.

use axum::body::Body;
use axum::http::Request;

use crate::app::TestApp;

#[tokio::test]
async fn the_first_page_says_what_this_is_and_names_the_declaration_of_accessibility() {
    let app = TestApp::ready().await;
    let home = app.page(None, "/").await;
    assert_eq!(home.status, 200);
    home.says("Quando due uffici leggono la stessa norma in modo diverso");
    home.has("href=\"https://quesito.example/dichiarazione\"").has("href=\"/docs\"");
    let home = app.page(Some("parma"), "/").await;
    home.says("Comune di Parma · ente").says("Esci").is_silent_on("Accedi");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_answered_with_a_page_that_helps() {
    let app = TestApp::ready().await;
    let lost = app.page(None, "/zampirone").await;
    assert_eq!(lost.status, 404);
    lost.says("Pagina non trovata").says("Effettuare l'accesso");
    let wrong = app.shown_page(Request::put("/").body(Body::empty()).unwrap()).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET,HEAD"));
    wrong.says("Operazione non prevista");
    // The API keeps its own documents.
    let api = app.visit(Request::get("/api/v1/zampirone").body(Body::empty()).unwrap()).await;
    assert_eq!(api.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn every_unsafe_form_needs_its_token_and_this_site() {
    let app = TestApp::ready().await;
    let home = app.page(Some("parma"), "/").await;
    let token = home.hidden("_token");
    for (who, token) in
        [(Some("parma"), ""), (Some("parma"), "AAAA"), (Some("bologna"), &token), (None, &token)]
    {
        let refused = app.send_form(who, "/uscita", &[("_token", token)]).await;
        assert_eq!(refused.status, 403, "{who:?} {token}");
        refused.says("Modulo scaduto");
    }
    let elsewhere = Request::post("/uscita")
        .header("cookie", format!("__Host-quesito={}", app.session("parma").await))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://example.org");
    let body = format!("_token={token}");
    let refused = app.shown_page(elsewhere.body(body.into()).unwrap()).await;
    assert_eq!(refused.status, 403);
    let done = app.send_form(Some("parma"), "/uscita", &[("_token", &token)]).await;
    assert_eq!((done.status, done.header("location")), (303, "/"));
    assert!(done.header("set-cookie").starts_with("__Host-quesito=;"));
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=0"] {
        assert!(done.header("set-cookie").contains(part), "{part}");
    }
}

/// The addresses to which forms are sent, as the tables of the pages have them.
fn addresses_of_forms() -> Vec<String> {
    let tables = [
        include_str!("../../../src/web/mod.rs"),
        include_str!("../../../src/web/sign_in/mod.rs"),
        include_str!("../../../src/web/pages/admin/mod.rs"),
    ];
    let routes = tables.iter().flat_map(|table| table.split(".route(").skip(1));
    let taken = routes.filter(|route| {
        let route = route.split(".route(").next().unwrap().split(".merge(").next().unwrap();
        route.contains("post(")
    });
    let mut addresses = Vec::new();
    for route in taken {
        let path = route.split('"').nth(1).unwrap();
        let segments = path.split('/').map(|segment| match segment {
            "{provider}" | "{link}" | "{act}" | "{body}" => "nome",
            hole if hole.starts_with('{') => "00000000-0000-8000-8000-000000000001",
            other => other,
        });
        addresses.push(segments.collect::<Vec<_>>().join("/"));
    }
    addresses
}

#[tokio::test]
async fn no_form_is_taken_without_its_token() {
    let app = TestApp::ready().await;
    let addresses = addresses_of_forms();
    assert!(addresses.len() >= 18, "{addresses:?}");
    for who in [None, Some("parma"), Some("staff"), Some("admin")] {
        if let Some(who) = who {
            app.session(who).await;
        }
        let before = app.head().await;
        for address in &addresses {
            for fields in [&[][..], &[("_token", "AAAA")]] {
                let refused = app.send_form(who, address, fields).await;
                assert_eq!(refused.status, 403, "{who:?} {address}");
            }
        }
        assert_eq!(app.head().await, before, "{who:?}");
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_told_and_not_an_error() {
    let app = TestApp::ready().await;
    app.remember("gone", "qst_nothing".into());
    let home = app.page(Some("gone"), "/accesso").await;
    assert_eq!(home.status, 200);
    home.says("La sessione è scaduta");
}

#[tokio::test]
async fn files_have_names_that_change_with_them_and_are_kept_for_ever() {
    let app = TestApp::ready().await;
    let home = app.page(None, "/").await;
    let files: Vec<_> = home.text.split('"').filter(|part| part.starts_with("/statici/")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let got = app.page(None, file).await;
        assert_eq!(got.status, 200, "{file}");
        assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
    }
    assert_eq!(app.page(None, "/statici/stile.css").await.status, 404);
}

#[tokio::test]
async fn pages_are_sent_compressed_and_the_first_view_is_light() {
    let app = TestApp::ready().await;
    let home = app.page(None, "/").await;
    let mut weight = 0;
    let files = home.text.split('"').filter(|part| part.starts_with("/statici/"));
    for path in files.chain(["/"]) {
        let request = Request::get(path).header("accept-encoding", "gzip");
        let answer = app.visit(request.body(Body::empty()).unwrap()).await;
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        weight += bytes.len();
    }
    assert!(weight < 20_000, "{weight} bytes");
}

#[tokio::test]
async fn every_address_at_the_root_has_the_headers_that_browsers_are_told() {
    let app = TestApp::ready().await;
    // `visit` looks at the headers of every answer.
    for (path, status) in [
        ("/docs/", 200),
        ("/docs", 303),
        ("/docs/swagger-ui.css", 200),
        ("/docs/none", 404),
        ("/openapi.json", 200),
        ("/problems", 200),
        ("/problems/not-found", 200),
        ("/problems/none", 404),
        ("/.well-known/security.txt", 200),
        ("/.well-known/api-catalog", 200),
        ("/.well-known/none", 404),
        ("/api/v1/status", 200),
        ("/api/v1/issues?limit=0", 400),
        ("/api/v1/none", 404),
        ("/favicon.ico", 200),
        ("/segnalazioni/nuova", 303),
    ] {
        let answer = app.visit(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), status, "{path}");
    }
    let docs = app.visit(Request::get("/docs/").body(Body::empty()).unwrap()).await;
    let policy = docs.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
}
