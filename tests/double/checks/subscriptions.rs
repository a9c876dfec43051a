//! What subscriptions say, and when.

use std::time::Duration;

use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use super::client::{Client, events, follow, recorded};
use crate::double::wire::read::{
    AllStart, Content, Count, Expression, Filter, FilterKind, Place, ReadOptions, ReadResp,
    StreamStart, Window,
};
use crate::double::{Double, Interrupt, Options};

const PATIENCE: Duration = Duration::from_secs(10);

/// Streams that begin with `ours`, a checkpoint every ten records.
fn ours() -> Filter {
    let prefix = vec!["ours".to_owned()];
    Filter {
        by: Some(FilterKind::StreamIdentifier(Expression { regex: String::new(), prefix })),
        window: Some(Window::Max(10)),
        checkpoint_interval_multiplier: 1,
    }
}

fn append(double: &Double, stream: &str, ids: std::ops::Range<u128>) {
    for id in ids {
        double.append_any(stream, Uuid::from_u128(id));
    }
}

async fn next(answers: &mut Streaming<ReadResp>) -> Result<Option<Content>, Status> {
    let answer = timeout(PATIENCE, answers.message()).await.expect("an answer in time")?;
    Ok(answer.map(|answer| answer.content.expect("content")))
}

/// What is said up to and with something.
async fn until(answers: &mut Streaming<ReadResp>, last: impl Fn(&Content) -> bool) -> Vec<Content> {
    let mut all = Vec::new();
    loop {
        let answer = next(answers).await.expect("no end").expect("no end");
        let done = last(&answer);
        all.push(answer);
        if done {
            return all;
        }
    }
}

fn is_event(answer: &Content) -> bool {
    recorded(answer).is_some()
}

const CAUGHT_UP: fn(&Content) -> bool = |answer| *answer == Content::CaughtUp(());

#[tokio::test]
async fn it_catches_up_and_follows_with_checkpoints() {
    let double = Double::start(Options::default());
    append(&double, "theirs", 0..100);
    append(&double, "ours-1", 100..130);
    let client = Client::connect(double.address()).await;
    let mut answers = client.open(follow(AllStart::Start(()), Some(ours()))).await.expect("open");

    let old = until(&mut answers, CAUGHT_UP).await;
    assert!(matches!(old[0], Content::Confirmation(_)));
    let ids: Vec<u128> = events(&old).iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (100..130).collect::<Vec<_>>());
    let checkpoints = places(&old);
    assert!(checkpoints.len() > 10, "{}", checkpoints.len());
    assert!(checkpoints.is_sorted());

    // Nothing of ours happens, and still there is progress.
    append(&double, "theirs", 200..230);
    let quiet = until(&mut answers, |it| matches!(it, Content::Checkpoint(_))).await;
    assert!(events(&quiet).is_empty());
    append(&double, "ours-2", 300..301);
    let new = until(&mut answers, is_event).await;
    assert_eq!(events(&new), [(300, 0)]);
}

fn places(answers: &[Content]) -> Vec<Place> {
    let mut places = Vec::new();
    for answer in answers {
        if let Content::Checkpoint(place) = answer {
            places.push(*place);
        }
    }
    places
}

#[tokio::test]
async fn whoever_resumes_gets_each_event_once() {
    for seed in 0..2 {
        let double = Double::start(Options { seed, ..Options::default() });
        for round in 0..15 {
            append(&double, "theirs", round * 100..round * 100 + u128::from(seed) * 3);
            append(&double, "ours", round * 100 + 50..round * 100 + 52);
        }
        let client = Client::connect(double.address()).await;
        let mut answers =
            client.open(follow(AllStart::Start(()), Some(ours()))).await.expect("open");
        let whole = until(&mut answers, CAUGHT_UP).await;
        assert_eq!(events(&whole).len(), 30);
        for (index, answer) in whole.iter().enumerate() {
            let place = match answer {
                Content::Event(event) => {
                    let event = event.event.as_ref().expect("an event");
                    let (commit_position, prepare_position) =
                        (event.commit_position, event.prepare_position);
                    Place { commit_position, prepare_position }
                }
                Content::Checkpoint(place) => *place,
                _ => continue,
            };
            let start = AllStart::Position(place);
            let mut resumed = client.open(follow(start, Some(ours()))).await.expect("open");
            let rest = until(&mut resumed, CAUGHT_UP).await;
            assert_eq!(events(&rest), events(&whole[index + 1..]), "seed {seed} after {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_filter_is_an_expression_or_prefixes() {
    let double = Double::start(Options::default());
    append(&double, "ours", 0..1);
    append(&double, "theirs", 1..2);
    let client = Client::connect(double.address()).await;
    let seen = async |regex: &str, prefix: &[&str]| {
        let prefix = prefix.iter().map(|&prefix| prefix.to_owned()).collect();
        let expression = Expression { regex: regex.to_owned(), prefix };
        let filter = Filter { by: Some(FilterKind::StreamIdentifier(expression)), ..ours() };
        let mut answers = client.open(follow(AllStart::Start(()), Some(filter))).await.ok()?;
        Some(events(&until(&mut answers, CAUGHT_UP).await).len())
    };
    assert_eq!(seen("", &["ours", "theirs"]).await, Some(2));
    assert_eq!(seen("^[^\\$].*", &["ours"]).await, Some(2), "the prefixes are not looked at");
    assert_eq!(seen("", &[]).await, Some(0));
    assert_eq!(seen("(", &[]).await, None);
}

#[tokio::test]
async fn a_stream_is_followed_from_after_a_revision() {
    let double = Double::start(Options::default());
    append(&double, "ours", 0..40);
    let client = Client::connect(double.address()).await;
    let options = |start| ReadOptions {
        count: Some(Count::Subscription(())),
        control_option: None,
        ..super::client::stream("ours", start, false, 0)
    };
    let mut rest = client.open(options(StreamStart::Revision(36))).await.expect("open");
    let mut live = client.open(options(StreamStart::End(()))).await.expect("open");
    assert_eq!(events(&until(&mut rest, CAUGHT_UP).await), [(37, 37), (38, 38), (39, 39)]);
    until(&mut live, CAUGHT_UP).await;
    append(&double, "theirs", 50..60);
    append(&double, "ours", 40..41);
    assert_eq!(events(&until(&mut rest, is_event).await), [(40, 40)]);
    assert_eq!(events(&until(&mut live, is_event).await), [(40, 40)]);
}

#[tokio::test]
async fn an_open_subscription_can_be_disturbed() {
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    let mut followers = Vec::new();
    let open = async || {
        let mut answers = client.open(follow(AllStart::End(()), Some(ours()))).await.expect("open");
        until(&mut answers, CAUGHT_UP).await;
        answers
    };
    let mut ended = open().await;
    assert_eq!(double.interrupt(Interrupt::End), 1);
    assert_eq!(next(&mut ended).await.expect("a clean end"), None);

    let mut broken = open().await;
    double.interrupt(Interrupt::Break(Code::Unavailable));
    assert_eq!(next(&mut broken).await.expect_err("an end").code(), Code::Unavailable);

    let mut slow = open().await;
    double.interrupt(Interrupt::FallBehind);
    assert_eq!(next(&mut slow).await.expect("an answer"), Some(Content::FellBehind(())));
    assert_eq!(next(&mut slow).await.expect("an answer"), Some(Content::CaughtUp(())));
    append(&double, "ours", 0..1);
    assert_eq!(events(&until(&mut slow, is_event).await), [(0, 0)]);
    followers.push(slow);

    double.interrupt(Interrupt::Stall);
    append(&double, "ours", 1..2);
    let silence = timeout(Duration::from_millis(300), followers[0].message()).await;
    silence.expect_err("nothing is said");
}
