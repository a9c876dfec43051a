//! What one may not see is in no answer: not in lists, counts, searches, histories,
//! the feed, letters, or in the words of a refusal.
//!
//! Every text of the world is a word of its own; so are the ids and references of what
//! is hidden. Each actor asks for everything, and only their own words come back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use quesito::clock::Clock;
use serde_json::{Value, json};

use crate::app::BASE;
use crate::matrix::operations;
use crate::reply::Reply;
use crate::world::{ACTORS, World};

/// An id of nothing.
const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

/// Actors with a token that is good, and nobody.
pub fn askers() -> impl Iterator<Item = &'static str> {
    ACTORS.iter().copied().filter(|who| !matches!(*who, "revoked" | "expired"))
}

impl World {
    async fn ask(&self, who: &str, path: &str, media: &str) -> Reply {
        let mut request =
            axum::http::Request::get(format!("/api/v1{path}")).header("accept", media);
        if who != "anonymous" {
            request = request.header("authorization", format!("Bearer {}", self.app.token(who)));
        }
        self.app.send(request.body(axum::body::Body::empty()).unwrap()).await
    }

    /// Every page of a list, in one form.
    async fn pages(&self, who: &str, path: &str, media: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next.take() {
            let reply = self.ask(who, &path, media).await;
            let link = reply.body["next"].as_str().or_else(|| {
                let link = reply.header("link");
                link.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(to, _)| to)
            });
            let below = format!("{BASE}/api/v1");
            next = link.and_then(|link| link.strip_prefix(&below)).map(str::to_owned);
            replies.push(reply);
            assert!(replies.len() < 200, "{who}: {path} never ends");
        }
        replies
    }

    /// Everything that somebody can read, of this moment too.
    async fn everything(&self, who: &str) -> Vec<Reply> {
        self.everything_at(who, self.app.clock.now()).await
    }

    /// Everything that somebody can read, now and as it was known at an instant.
    pub async fn everything_at(&self, who: &str, instant: Timestamp) -> Vec<Reply> {
        let moment = format!("as_of={instant}");
        let mut replies = Vec::new();
        for operation in operations().iter().filter(|one| one.method == "get") {
            let names: Vec<_> = operation.path.split(['{', '}']).skip(1).step_by(2).collect();
            let Some(name) = names.first() else {
                let sized = match operation.id.as_str() {
                    "list_issues" | "list_answers" | "list_solutions" | "list_questions"
                    | "list_norms" => format!("{}?limit=2", operation.path),
                    _ => operation.path.clone(),
                };
                for media in ["application/json", "text/csv"] {
                    replies.extend(self.pages(who, &sized, media).await);
                }
                if operation.is_dated() {
                    let past = format!("{}?{moment}", operation.path);
                    replies.extend(self.pages(who, &past, "application/json").await);
                }
                continue;
            };
            for (on, ids) in &self.things {
                if ids.contains_key(name) {
                    let path = operation.address(self, on);
                    replies.push(self.ask(who, &path, "*/*").await);
                    replies.push(self.ask(who, &path, "text/csv").await);
                    if operation.is_dated() {
                        replies.push(self.ask(who, &format!("{path}?{moment}"), "*/*").await);
                    }
                }
            }
        }
        replies
    }

    /// What somebody finds by words, and how often.
    async fn searches(&self, who: &str, words: &[&str]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for word in words {
            for path in ["issues", "issue-facets", "norms"] {
                replies.push(self.ask(who, &format!("/{path}?q={word}"), "*/*").await);
            }
        }
        replies
    }

    /// The references of what is hidden, as an auditor reads them.
    async fn references(&self) -> BTreeMap<String, &'static [&'static str]> {
        let mut found = BTreeMap::new();
        let hidden: BTreeMap<_, _> =
            self.plants.iter().map(|plant| (plant.word.as_str(), plant.readers)).collect();
        for list in ["issues", "collective-questions", "answers", "solutions"] {
            for reply in self.pages("auditor", &format!("/{list}"), "application/json").await {
                for item in reply.body["items"].as_array().into_iter().flatten() {
                    let id = item["id"].as_str().unwrap_or_default();
                    if let (Some(readers), Some(own)) = (hidden.get(id), item["reference"].as_str())
                    {
                        found.insert(own.to_owned(), *readers);
                    }
                }
            }
        }
        found
    }
}

/// Where words that are not for somebody stand in what they were answered.
fn leaks(who: &str, words: &[(&str, &[&str])], replies: &[Reply], asked: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for reply in replies {
        let headers = format!("{:?}", reply.headers);
        for (word, readers) in words {
            // What one asked for, one knows already.
            let own = asked && reply.request.contains(word);
            if readers.contains(&who) || own {
                continue;
            }
            if let Some(at) = reply.text.find(word) {
                let from =
                    (0..=at.saturating_sub(90)).rev().find(|at| reply.text.is_char_boundary(*at));
                let excerpt: String = reply.text[from.unwrap_or(0)..].chars().take(130).collect();
                found.insert(format!("{who}: {}: {excerpt}", reply.request));
            }
            if headers.contains(word) {
                found.insert(format!("{who}: {}: {word} in {headers}", reply.request));
            }
        }
    }
    found
}

#[tokio::test]
async fn nobody_reads_what_is_not_for_them() {
    let world = World::new().await;
    let references = world.references().await;
    assert!(references.len() >= 10, "{references:?}");
    let planted = world.plants.iter().map(|plant| (plant.word.as_str(), plant.readers));
    let numbered = references.iter().map(|(own, readers)| (own.as_str(), *readers));
    let words: Vec<_> = planted.chain(numbered).collect();
    let mut found = BTreeSet::new();
    let mut told = BTreeMap::new();
    for who in askers() {
        let replies = world.everything(who).await;
        found.extend(leaks(who, &words, &replies, false));
        let heard =
            |word: &&(&str, &[&str])| replies.iter().any(|reply| reply.text.contains(word.0));
        told.insert(who, words.iter().filter(heard).count());
    }
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.into_iter().collect::<Vec<_>>().join("\n")
    );
    // The words are there to be found: an auditor reads every one of them.
    assert_eq!(told["auditor"], words.len(), "{told:?}");
    assert!(told["owner"] > told["observer"] && told["observer"] > 0, "{told:?}");
    assert_eq!((told["anonymous"], told["admin"]), (0, 0), "{told:?}");
}

#[tokio::test]
async fn a_search_counts_nothing_that_is_hidden() {
    let world = World::new().await;
    world.app.indexed().await;
    let words: Vec<_> = world
        .plants
        .iter()
        .filter(|plant| plant.word.starts_with("zk"))
        .map(|plant| (plant.word.as_str(), plant.readers))
        .collect();
    let mut found_any = false;
    for who in askers() {
        let hidden: Vec<_> = words.iter().filter(|(_, readers)| !readers.contains(&who)).collect();
        let asked: Vec<_> = hidden.iter().map(|(word, _)| *word).collect();
        let replies = world.searches(who, &asked).await;
        for reply in &replies {
            let nothing = matches!(reply.status, 401 | 403)
                || numbers(&reply.body) == 0
                    && reply.body["items"].as_array().is_none_or(Vec::is_empty);
            assert!(nothing, "{who}: {}: {}", reply.request, reply.text);
        }
        let seen: Vec<_> = words.iter().filter(|(_, readers)| readers.contains(&who)).collect();
        for (word, _) in seen {
            let reply = world.ask(who, &format!("/issues?q={word}"), "*/*").await;
            found_any |= reply.body["items"].as_array().is_some_and(|items| !items.is_empty());
        }
    }
    assert!(found_any, "no word is found by anybody");
}

/// The sum of every number in a document.
fn numbers(value: &Value) -> u64 {
    match value {
        Value::Number(number) => number.as_u64().unwrap_or(1),
        Value::Array(items) => items.iter().map(numbers).sum(),
        Value::Object(members) => members.values().map(numbers).sum(),
        Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

#[tokio::test]
async fn counts_are_the_same_as_if_the_hidden_cases_were_not_there() {
    let counts = async |world: &World| {
        let mut found = BTreeMap::new();
        for who in ["anonymous", "member", "outsider", "observer", "observer-elsewhere", "admin"] {
            for path in ["/issue-facets", "/issue-facets?theme=health", "/issues", "/statistics"] {
                // The public's figures are over all issues, small cells hidden.
                if path == "/statistics" && matches!(who, "anonymous" | "admin") {
                    continue;
                }
                let mut reply = world.ask(who, path, "application/json").await.body;
                if let Some(members) = reply.as_object_mut() {
                    members.remove("trace_id");
                }
                if let Some(items) = reply["items"].as_array() {
                    reply = json!(items.len());
                }
                found.insert((who, path), reply);
            }
        }
        found
    };
    let world = World::new().await;
    let before = counts(&world).await;
    let report = crate::setting::with(
        crate::setting::report(),
        json!({"visibility": "restricted", "theme": "health"}),
    );
    let issue = world.app.act("owner", "report_issue", &[], report).await.id;
    world.app.act("staff", "triage_issue", &[&issue], json!({"scope": "in_scope"})).await;
    let after = counts(&world).await;
    for (asked, before) in before {
        assert_eq!(after[&asked], before, "{asked:?}");
    }
}

#[tokio::test]
async fn what_is_hidden_answers_like_what_is_not_there() {
    let world = World::new().await;
    let things = [
        ("restricted", "issue_id"),
        ("of-member", "issue_id"),
        ("elsewhere", "issue_id"),
        ("elsewhere-restricted", "issue_id"),
        ("restricted", "answer_id"),
        ("restricted", "solution_id"),
        ("question", "question_id"),
        ("question-elsewhere", "question_id"),
        ("letter", "communication_id"),
        ("restricted", "sha256"),
    ];
    let mut compared = 0;
    for who in ["anonymous", "member", "outsider", "observer", "staff-elsewhere", "admin"] {
        for (on, parameter) in things {
            let id = world.id(on, parameter).to_owned();
            let plant = world.plants.iter().find(|plant| plant.word == id);
            let readers = plant.map_or(crate::world::BOLOGNA, |plant| plant.readers);
            if readers.contains(&who) {
                continue;
            }
            let none = if parameter == "sha256" { "0".repeat(64) } else { NOWHERE.to_owned() };
            for operation in operations() {
                let first = operation.path.split(['{', '}']).nth(1);
                if first != Some(parameter) {
                    continue;
                }
                let hidden = operation.call(&world, who, on).await;
                let nothing = operation.call_on(&world, who, on, (&id, &none)).await;
                compared += 1;
                let plain = |reply: &Reply| {
                    let mut body = reply.body.clone();
                    if let Some(members) = body.as_object_mut() {
                        members.remove("trace_id");
                    }
                    let mut headers = reply.headers.clone();
                    for varying in ["traceparent", "x-request-id", "ratelimit-remaining"] {
                        headers.remove(varying);
                    }
                    headers.remove("content-length");
                    (reply.status, body.to_string(), format!("{headers:?}"))
                };
                assert_eq!(plain(&hidden), plain(&nothing), "{who}: {}", operation.id);
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[tokio::test]
async fn a_reference_to_what_is_hidden_is_refused_like_one_to_nothing() {
    let world = World::new().await;
    // Somebody who may act, and cites what they may not see.
    for (who, on, act, member, id) in [
        ("member", "network", "end_position", "issue", world.id("restricted", "issue_id")),
        ("member", "network", "end_position", "answer", world.id("restricted", "answer_id")),
        ("owner", "network", "end_position", "solution", world.id("elsewhere", "issue_id")),
        (
            "owner",
            "network",
            "end_position",
            "question",
            world.id("question-elsewhere", "question_id"),
        ),
        (
            "member",
            "question",
            "give_adhesion",
            "communication",
            world.id("letter", "communication_id"),
        ),
        ("staff", "network", "link_issue", "issue", world.id("elsewhere", "issue_id")),
        ("staff-elsewhere", "-", "draft_question", "issue", world.id("network", "issue_id")),
        ("staff-elsewhere", "-", "propose_solution", "issue", world.id("restricted", "issue_id")),
    ] {
        let body = |id: &str| match act {
            "end_position" => json!({"cause": "aligned", "because_of": {"kind": member, "id": id}}),
            "give_adhesion" => json!({
                "signatory_role": "sindaca", "text_version": 1, "kind": "before_dispatch",
                "communication": id,
            }),
            "link_issue" => json!({"issue": id, "link": "related", "reason": "Simile."}),
            "draft_question" => json!({
                "subject": "Quesito", "addressees": [{"addressee": "interno_ps"}],
                "background": "Testo.", "norms": [], "silence_effect": "none",
                "points": [{"text": "Se.", "issues": [id]}],
            }),
            _ => json!({
                "problem": "Criterio.", "text": "Protocollo.", "level": "good_practice",
                "issues": [id], "territory": {"level": "province", "code": "PR"},
            }),
        };
        let mut path = operations().into_iter().find(|one| one.id == act).unwrap().path;
        for name in ["issue_id", "question_id", "position_id"] {
            path = path.replace(&format!("{{{name}}}"), world.id(on, name));
        }
        let hidden = world.app.post(who, &path, &body(id)).await;
        let nothing = world.app.post(who, &path, &body(NOWHERE)).await;
        assert_eq!(hidden.status, 422, "{act}: {}", hidden.text);
        assert_eq!(hidden.problem(), nothing.problem(), "{act}");
        assert!(!hidden.text.contains(id), "{act}: {}", hidden.text);
    }
}
