//! Appending, reading and deleting.

use tonic::Code;
use tonic::Status;

use super::client::{Client, event, events, everything, head, recorded, stream, wrong};
use crate::double::wire::read::{
    AllStart, Content, Count, EventPosition, Place, ReadOptions, StreamStart,
};
use crate::double::wire::write::{Expectation, Expected, Expected20_6, Found, Found20_6};
use crate::double::{Double, Options};

const ANY: Expectation = Expectation::Any(());
const EXISTS: Expectation = Expectation::StreamExists(());
const NO_STREAM: Expectation = Expectation::NoStream(());
const START: StreamStart = StreamStart::Start(());

async fn client() -> (Double, Client) {
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    (double, client)
}

async fn read(client: &Client, name: &str) -> Vec<(u128, u64)> {
    events(&client.read(stream(name, START, false, u64::MAX)).await.expect("a stream"))
}

async fn is_missing(client: &Client, name: &str) -> bool {
    let answers = client.read(stream(name, START, false, u64::MAX)).await.expect("an answer");
    matches!(answers.as_slice(), [Content::StreamNotFound(_)])
}

fn exception(why: &Status) -> &str {
    why.metadata().get("exception").map_or("", |value| value.to_str().unwrap_or(""))
}

#[tokio::test]
async fn a_revision_is_expected_exactly() {
    let (_double, client) = client().await;
    assert_eq!(head(client.append("s", NO_STREAM, &[1, 2]).await), 1);
    assert_eq!(head(client.append("s", Expectation::Revision(1), &[3]).await), 2);

    let ahead = wrong(client.append("s", Expectation::Revision(7), &[4]).await);
    assert_eq!(ahead.found, Some(Found::Revision(2)));
    assert_eq!(ahead.expected, Some(Expected::Revision(7)));
    assert_eq!(ahead.found_20_6, Some(Found20_6::Revision(2)));
    assert_eq!(ahead.expected_20_6, Some(Expected20_6::Revision(7)));

    let behind = wrong(client.append("s", NO_STREAM, &[4]).await);
    assert_eq!(behind.expected, Some(Expected::NoStream(())));
    let missing = wrong(client.append("t", EXISTS, &[4]).await);
    assert_eq!(missing.found, Some(Found::NoStream(())));
    assert_eq!(read(&client, "s").await, [(1, 0), (2, 1), (3, 2)]);
}

#[tokio::test]
async fn what_is_repeated_is_written_once() {
    let (double, client) = client().await;
    head(client.append("s", NO_STREAM, &[1, 2, 3]).await);
    assert_eq!(head(client.append("s", NO_STREAM, &[1, 2, 3]).await), 2);
    assert_eq!(head(client.append("s", NO_STREAM, &[1, 2]).await), 1);
    assert_eq!(head(client.append("s", Expectation::Revision(0), &[2, 3]).await), 2);
    assert_eq!(head(client.append("s", ANY, &[1, 2]).await), 1);
    assert_eq!(head(client.append("s", EXISTS, &[3]).await), 2);
    // The first is another, or a later one.
    wrong(client.append("s", NO_STREAM, &[9, 2]).await);
    wrong(client.append("s", NO_STREAM, &[1, 9]).await);
    wrong(client.append("s", ANY, &[1, 9]).await);
    // The same id in another stream is another event.
    assert_eq!(head(client.append("t", ANY, &[1]).await), 0);
    assert_eq!(double.records().len(), 4);

    // A node that starts knows only what lies in the stream.
    double.restart();
    let client = Client::connect(double.address()).await;
    assert_eq!(head(client.append("s", NO_STREAM, &[1, 2, 3]).await), 2);
    assert_eq!(head(client.append("s", ANY, &[1]).await), 3);
}

#[tokio::test]
async fn an_append_has_a_largest_size_and_needs_its_properties() {
    let double = Double::start(Options { max_append: 100, ..Options::default() });
    let client = Client::connect(double.address()).await;
    // Seven letters of the type count twice.
    let fits = event(1, &[b'x'; 86]);
    head(client.append_events("s", ANY, vec![fits]).await);
    let over = event(2, &[b'x'; 87]);
    let why = client.append_events("s", ANY, vec![over]).await.expect_err("too large");
    assert_eq!(
        (why.code(), exception(&why)),
        (Code::InvalidArgument, "maximum-append-size-exceeded")
    );
    for property in ["type", "content-type"] {
        let mut event = event(3, b"");
        event.metadata.remove(property);
        let why = client.append_events("s", ANY, vec![event]).await.expect_err(property);
        assert_eq!(exception(&why), "missing-required-metadata-property");
    }
}

#[tokio::test]
async fn a_stream_says_where_it_begins_and_ends() {
    let (_double, client) = client().await;
    assert!(is_missing(&client, "s").await);
    let ids: Vec<u128> = (1..=70).collect();
    head(client.append("s", NO_STREAM, &ids).await);

    let all = client.read(stream("s", START, false, u64::MAX)).await.expect("a stream");
    assert_eq!(events(&all).len(), 70);
    assert_eq!(all.last(), Some(&Content::LastStreamPosition(69)));
    let some = client.read(stream("s", StreamStart::Revision(68), false, 1)).await;
    assert_eq!(events(&some.expect("a stream")), [(69, 68)]);
    let beyond = client.read(stream("s", StreamStart::Revision(90), false, 9)).await;
    let beyond = beyond.expect("a stream");
    assert_eq!(beyond, [Content::FirstStreamPosition(70), Content::LastStreamPosition(69)]);
    let back = client.read(stream("s", StreamStart::End(()), true, u64::MAX)).await;
    let back = events(&back.expect("a stream"));
    assert_eq!((back.len(), back[0], back[69]), (70, (70, 69), (1, 0)));
    let back = client.read(stream("s", StreamStart::Revision(1), true, 9)).await;
    assert_eq!(events(&back.expect("a stream")), [(2, 1), (1, 0)]);

    let mut quiet = stream("s", StreamStart::Revision(90), false, 9);
    quiet.control_option = None;
    assert!(client.read(quiet).await.expect("a stream").is_empty());

    // Two are left to be read.
    let metadata = event(100, br#"{"$maxCount":2}"#);
    head(client.append_events("$$s", ANY, vec![metadata]).await);
    let late = client.read(stream("s", START, false, 3)).await.expect("a stream");
    assert_eq!(late[0], Content::FirstStreamPosition(68));
    assert_eq!(events(&late), [(69, 68), (70, 69)]);
}

#[tokio::test]
async fn a_deleted_stream_is_missing_until_it_comes_back() {
    let (double, client) = client().await;
    head(client.append("s", NO_STREAM, &[1, 2]).await);
    let why = client.delete("s", Expectation::Revision(0)).await.expect_err("another revision");
    assert_eq!((why.code(), exception(&why)), (Code::FailedPrecondition, "wrong-expected-version"));
    client.delete("missing", ANY).await.expect_err("nothing to delete");
    client.delete("s", Expectation::Revision(1)).await.expect("deleted");
    assert!(is_missing(&client, "s").await);
    // It is still in the log.
    assert_eq!(double.records().len(), 2);

    let why = client.append("s", EXISTS, &[3]).await.expect_err("deleted");
    assert_eq!((why.code(), exception(&why)), (Code::FailedPrecondition, "stream-deleted"));
    let stale = wrong(client.append("s", Expectation::Revision(0), &[3]).await);
    assert_eq!(stale.found, Some(Found::Revision(1)));
    // The same events are still known, though nobody can read them.
    assert_eq!(head(client.append("s", NO_STREAM, &[1, 2]).await), 1);
    assert!(is_missing(&client, "s").await);

    assert_eq!(head(client.append("s", NO_STREAM, &[3]).await), 2);
    assert_eq!(read(&client, "s").await, [(3, 2)]);
}

#[tokio::test]
async fn a_tombstone_is_for_ever() {
    let (_double, client) = client().await;
    head(client.append("s", NO_STREAM, &[1]).await);
    client.tombstone("s", ANY).await.expect("deleted");
    let read = client.read(stream("s", START, false, 1)).await;
    let append = client.append("s", ANY, &[2]).await.map(drop);
    let again = client.tombstone("s", ANY).await.map(drop);
    for why in [read.map(drop), append, again] {
        assert_eq!(exception(&why.expect_err("deleted")), "stream-deleted");
    }
}

#[tokio::test]
async fn only_a_tombstone_lets_the_last_event_be_removed() {
    let (double, client) = client().await;
    for name in ["hidden", "gone", "cut"] {
        head(client.append(name, NO_STREAM, &[1, 2]).await);
    }
    client.delete("hidden", ANY).await.expect("deleted");
    client.tombstone("gone", ANY).await.expect("deleted");
    let metadata = event(9, br#"{"$tb":1}"#);
    head(client.append_events("$$cut", ANY, vec![metadata]).await);
    double.scavenge();
    let kept: Vec<(String, u64)> =
        double.records().iter().map(|it| (it.stream.to_string(), it.revision)).collect();
    let wanted = [("hidden", 1), ("cut", 1), ("gone", i64::MAX.cast_unsigned())];
    assert_eq!(kept, wanted.map(|(name, revision)| (name.to_owned(), revision)));
    assert_eq!(head(client.append("hidden", NO_STREAM, &[3]).await), 2);
    assert_eq!(read(&client, "cut").await, [(2, 1)]);
}

#[tokio::test]
async fn everything_is_in_order_with_gaps_and_events_of_the_system() {
    let (double, client) = client().await;
    for id in 1..=60 {
        head(client.append(&format!("s-{}", id % 5), ANY, &[id]).await);
    }
    let all = client.read(everything(AllStart::Start(()))).await.expect("everything");
    let positions: Vec<u64> =
        all.iter().filter_map(recorded).map(|it| it.commit_position).collect();
    assert_eq!(positions.len(), double.all_records().len());
    assert!(positions.is_sorted_by(|before, after| before + 60 < *after), "{positions:?}");
    let kinds = all.iter().filter_map(recorded).flat_map(|it| &it.metadata);
    let system = kinds.filter(|it| it.key == "type" && it.value.starts_with(b"$"));
    assert!(system.count() > 10);

    // Forwards, a position is inclusive; backwards, it is not.
    let at = |n: usize| Place { commit_position: positions[n], prepare_position: positions[n] };
    let one = ReadOptions { count: Some(Count::Count(1)), ..everything(AllStart::Position(at(9))) };
    assert_eq!(client.read(one.clone()).await.expect("one"), all[9..10]);
    let back = ReadOptions { read_direction: 1, ..one };
    assert_eq!(client.read(back).await.expect("one"), all[8..9]);
    let beside = Place { commit_position: positions[9] + 1, prepare_position: 0 };
    client.read(everything(AllStart::Position(beside))).await.expect_err("no record begins there");

    // The same seed, the same log.
    let (twin, again) = self::client().await;
    for id in 1..=60 {
        head(again.append(&format!("s-{}", id % 5), ANY, &[id]).await);
    }
    assert_eq!(twin.all_records(), double.all_records());
}

#[tokio::test]
async fn the_position_of_an_event_of_a_stream_may_be_unknown() {
    let double = Double::start(Options { stream_positions: false, ..Options::default() });
    let client = Client::connect(double.address()).await;
    head(client.append("s", ANY, &[1]).await);
    let answers = client.read(stream("s", START, false, 1)).await.expect("a stream");
    let Content::Event(event) = &answers[0] else { panic!("{answers:?}") };
    assert_eq!(event.position, Some(EventPosition::NoPosition(())));
    assert_eq!(recorded(&answers[0]).map(|it| it.commit_position), Some(u64::MAX));
}
