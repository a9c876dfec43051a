//! Many at once: those who only add all succeed, of those who change one does.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use crate::app::TestApp;
use crate::reply::Reply;

const TASKS: usize = 16;

/// Sixteen municipalities of the network, each with a token.
async fn crowd(app: &TestApp) -> Vec<String> {
    let mut crowd = Vec::new();
    for index in 0..TASKS {
        let (body, person) = (format!("c_z{index:03}"), format!("p-z{index}"));
        let registered = json!({"body": body, "name": format!("Comune {index}"), "kind": "comune"});
        app.act("admin", "register_body", &[], registered).await;
        app.act("admin", "add_member", &["anci_er"], json!({"member": body})).await;
        let role = json!({"person": person, "role": "municipality", "body": body});
        app.act("admin", "grant_access", &[], role).await;
        app.issue_token(&person, &person, "municipality", &body, Some("anci_er")).await;
        crowd.push(person);
    }
    crowd
}

/// All of them at once, each with a request of its own.
async fn at_once<F>(
    app: &Arc<TestApp>,
    who: &[String],
    send: impl Fn(Arc<TestApp>, String) -> F,
) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for who in who {
        tasks.spawn(send(app.clone(), who.clone()));
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_burst_everybody_may_endorse() {
    let app = Arc::new(TestApp::ready().await);
    let crowd = crowd(&app).await;
    let path = format!("/issues/{}/endorsements", app.reported().await);
    let replies = at_once(&app, &crowd, |app, who| {
        let path = path.clone();
        async move { app.post(&who, &path, &json!({"people_affected": 3})).await }
    })
    .await;
    let events: BTreeSet<_> = replies.iter().map(|reply| reply.receipt().event).collect();
    let etags: BTreeSet<_> = replies.iter().map(|reply| reply.receipt().etag).collect();
    assert_eq!((events.len(), etags.len()), (TASKS, TASKS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_change_what_they_saw_exactly_one_does() {
    let app = Arc::new(TestApp::ready().await);
    let issue = app.reported().await;
    let path = format!("/issues/{issue}/triage");
    let staff = vec!["staff".to_owned(); TASKS];
    let replies = at_once(&app, &staff, |app, who| {
        let path = path.clone();
        async move {
            let triage = json!({"scope": "in_scope"});
            app.post_seen(&who, &path, app.key(), Some("\"0.w\""), &triage).await
        }
    })
    .await;
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    let lost = replies.iter().filter(|reply| reply.slug() == "stale-revision").count();
    assert_eq!((won, lost), (1, TASKS - 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_protocol_number_goes_to_one_letter() {
    let app = Arc::new(TestApp::ready().await);
    let mut letters = Vec::new();
    for _ in 0..TASKS {
        let letter = json!({
            "direction": "in", "channel": "pec", "subject": "Nota",
            "counterpart": [{"kind": "authority", "id": "interno_ps"}],
        });
        letters.push(app.act("staff", "record_communication", &[], letter).await.id);
    }
    let replies = at_once(&app, &letters, |app, letter| async move {
        let number = json!({"body": "anci_er", "register": "SIM", "year": 2026, "number": "7", "date": "2026-03-09"});
        app.post("staff", &format!("/communications/{letter}/registration"), &number).await
    })
    .await;
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    let lost = replies.iter().filter(|reply| reply.slug() == "registration-taken").count();
    assert_eq!((won, lost), (1, TASKS - 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_body_endorses_once_however_often_it_says_so() {
    let app = Arc::new(TestApp::ready().await);
    let path = format!("/issues/{}/endorsements", app.reported().await);
    let parma = vec!["parma".to_owned(); TASKS];
    let replies = at_once(&app, &parma, |app, who| {
        let path = path.clone();
        async move { app.post(&who, &path, &json!({})).await }
    })
    .await;
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    let lost = replies.iter().filter(|reply| reply.slug() == "already-endorsed").count();
    assert_eq!((won, lost), (1, TASKS - 1));
}
