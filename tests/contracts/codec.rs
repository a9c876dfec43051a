//! What is written is read again, by its keys, in its place, and nowhere else.

use std::fmt::Debug;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use quesito::clock::SystemClock;
use quesito::codec::{self, Actor, ActorKind, Codec, CodecError, Envelope, ReceivedVia};
use quesito::domain::EventSet;
use quesito::domain::issue::{
    ImpactEstimated, IssueEndorsed, IssueEvent, IssueReported, Known, NormCited, Position,
    VisibilityChanged,
};
use quesito::domain::norm::NormRef;
use quesito::domain::registry::Role;
use quesito::domain::shared::{
    Audience, NoteAdded, Territory, TerritoryLevel, Urgency, Visibility,
};
use quesito::domain::values::{Count, Day, DocumentRef, Text, leaves};
use quesito::event_store::memory::MemoryStore;
use quesito::event_store::{EventStore, Expected, StoredEvent, StreamName};
use quesito::privacy::{EpochKeys, OpenError, SeededRandom};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::constant(1_795_167_000, 123_456_000);
const BODY: &[u8] = br#"{"a":1}"#;

fn code<T: FromStr<Err = String> + Debug>(pattern: &'static str) -> impl Strategy<Value = T> {
    pattern.prop_map(|text: String| text.parse().unwrap())
}

/// Words as people type them: accents, emoji, line breaks, quotation marks.
fn text<const MAX: usize>() -> impl Strategy<Value = Text<MAX>> {
    "[a-zà-ù0-9 \\n\"\\\\{}\u{300}\u{1f600}]{0,40}[a-z]".prop_map(|words| Text::new(words).unwrap())
}

fn day() -> impl Strategy<Value = Day> {
    (1862..2999_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| Date::constant(y, m, d).into())
}

fn count() -> impl Strategy<Value = Count> {
    (0..=1_000_000_u32).prop_map(|number| Count::new(number).unwrap())
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn territory() -> impl Strategy<Value = Territory> {
    code("[A-Z]{2}").prop_map(|code| Territory { level: TerritoryLevel::Province, code })
}

fn document() -> impl Strategy<Value = DocumentRef> {
    (code("[0-9a-f]{64}"), 0..=26_214_400_u32, text(), option::of(count())).prop_map(
        |(sha256, length, name, pages)| DocumentRef {
            sha256,
            media_type: "application/pdf".parse().unwrap(),
            length,
            name,
            role: None,
            pages,
        },
    )
}

fn norm() -> impl Strategy<Value = NormRef> {
    let urn = code("urn:nir:stato:legge:20[0-9]{2}-0[1-9]-[12][0-9];[1-9][0-9]{0,2}");
    prop_oneof![
        (urn, option::of(day()))
            .prop_map(|(urn, text_in_force_on)| NormRef::Nir { urn, text_in_force_on }),
        text().prop_map(|description| NormRef::Unidentified { description }),
    ]
}

fn position() -> impl Strategy<Value = Position> {
    let what = (code("questura-[a-z]{2}"), territory(), text(), code("[a-z]{3,9}"));
    (what, option::of(day()), vec(document(), 0..3), option::of(text())).prop_map(
        |((authority, territory, reading, form), since, documents, note)| Position {
            authority,
            territory,
            reading,
            form,
            known: Known::Direct,
            since,
            until: None,
            document_date: None,
            documents,
            note,
        },
    )
}

fn reported() -> impl Strategy<Value = IssueReported> {
    let who =
        (code("[a-z][a-z_]{1,8}"), code("c_[a-z][0-9]{3}"), vec(code("c_[a-z][0-9]{3}"), 0..3));
    let what =
        (text(), text(), code("[a-z][a-z_]{3,20}"), vec(norm(), 0..3), vec(position(), 0..3));
    (who, what, option::of(count()), vec(document(), 0..2)).prop_map(
        |((coordinator, body, speaks_for), what, people_affected, documents)| {
            let (title, description, theme, norms, positions) = what;
            IssueReported {
                coordinator,
                body,
                speaks_for,
                title,
                description,
                theme,
                secondary_themes: Vec::new(),
                norms,
                positions,
                since: None,
                people_affected,
                urgency: Urgency::Medium,
                reception_kind: None,
                documents,
                external_refs: Vec::new(),
                visibility: Visibility::Network,
            }
        },
    )
}

fn endorsed() -> impl Strategy<Value = IssueEndorsed> {
    let seen = (option::of(uuid()), option::of(position()));
    (code("c_[a-z][0-9]{3}"), seen, option::of(count()), option::of(text())).prop_map(
        |(body, (position_seen, new_position), people_affected, note)| IssueEndorsed {
            body,
            speaks_for: Vec::new(),
            position_seen,
            new_position,
            people_affected,
            since: None,
            note,
        },
    )
}

fn event() -> impl Strategy<Value = IssueEvent> {
    prop_oneof![
        reported().prop_map(IssueEvent::from),
        endorsed().prop_map(IssueEvent::from),
        position().prop_map(IssueEvent::from),
        text().prop_map(|text| NoteAdded { audience: Audience::Internal, text }.into()),
        (norm(), option::of(text())).prop_map(|(norm, reason)| NormCited { norm, reason }.into()),
        (count(), text()).prop_map(|(people_affected, method)| {
            ImpactEstimated { people_affected, bodies_affected: None, method }.into()
        }),
        option::of(text()).prop_map(|reason| {
            VisibilityChanged { from: None, to: Visibility::Public, reason }.into()
        }),
    ]
}

fn codec_with(epoch_key: u64) -> Codec {
    let keys =
        EpochKeys::ephemeral(Date::constant(2026, 11, 20), &mut SeededRandom::new(epoch_key));
    Codec::new(keys, 0, Arc::new(SystemClock))
}

fn envelope(command_id: Uuid) -> Envelope {
    Envelope {
        command_id,
        correlation_id: command_id,
        causation_id: None,
        actor: Actor {
            subject: "ufficio-giuridico".parse().unwrap(),
            kind: ActorKind::Person,
            role: Role::Staff,
            body_id: "anci_er".parse().unwrap(),
            on_behalf_of: None,
        },
        received_via: ReceivedVia::Own,
        recorded_at: NOW,
        occurred_on: Date::constant(2026, 11, 20).into(),
    }
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

/// Writes the events of one command and reads them back from a store.
async fn stored(codec: &Codec, events: &[IssueEvent]) -> (MemoryStore, Vec<StoredEvent>) {
    let store = MemoryStore::default();
    let stream = stream("issue-1");
    let written = codec.write(&stream, events, &envelope(Uuid::from_u128(7)), BODY).unwrap();
    store.append(&stream, Expected::NoStream, written).await.unwrap();
    let stored = store.read_stream(&stream, 0, 100).await.unwrap();
    (store, stored)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn has_text(event: &IssueEvent) -> bool {
    leaves(event).iter().any(|leaf| leaf.kind == "Text")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_is_opened_as_the_same_event(events in vec(event(), 1..5)) {
        run(async {
            let codec = codec_with(1);
            let (store, stored) = stored(&codec, &events).await;
            prop_assert_eq!(stored.len(), events.len());
            for (index, (one, event)) in stored.iter().zip(&events).enumerate() {
                let opened = codec.open::<IssueEvent>(&store, one).await.unwrap();
                prop_assert_eq!(&opened.event, event);
                prop_assert_eq!(opened.id, codec::event_id(Uuid::from_u128(7), index));
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_is_read_is_sealed_and_written_again_byte_for_byte(event in event()) {
        run(async {
            let codec = codec_with(1);
            let (_, stored) = stored(&codec, std::slice::from_ref(&event)).await;
            let one = &stored[0];
            let read = codec.read::<IssueEvent>(one).unwrap();
            prop_assert_eq!(read.event.stored_type(), event.stored_type());
            for leaf in leaves(&read.event) {
                prop_assert!(leaf.kind != "Text" || leaf.value.is_empty(), "{}", leaf.pointer);
            }
            let again = codec::canonical(&read.event, event.stored_type()).unwrap();
            prop_assert_eq!(&again, &one.data);
            prop_assert_eq!(&codec::rewrite(&one.stored_type, &one.data).unwrap(), &one.data);
            let metadata = codec::metadata(one).unwrap();
            prop_assert_eq!(&codec::canonical(&metadata, "metadata").unwrap(), &one.metadata);
            Ok(())
        })?;
    }

    #[test]
    fn no_word_that_was_typed_stands_in_the_stored_bytes(event in event()) {
        run(async {
            let (_, stored) = stored(&codec_with(1), std::slice::from_ref(&event)).await;
            let bytes = String::from_utf8_lossy(&stored[0].data).into_owned();
            for leaf in leaves(&event).iter().filter(|leaf| leaf.kind == "Text") {
                // Shorter words may stand in a name or a ciphertext by chance.
                if leaf.value.len() > 9 {
                    prop_assert!(!bytes.contains(&leaf.value));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn another_epoch_key_or_another_place_opens_nothing(event in event()) {
        run(async {
            let codec = codec_with(1);
            let (store, stored) = stored(&codec, std::slice::from_ref(&event)).await;
            let stranger = codec_with(2).open_data(&store, &stored[0]).await;
            let mut moved = stored[0].clone();
            moved.stream = stream("issue-2");
            let other_stream = codec.open_data(&store, &moved).await;
            let mut moved = stored[0].clone();
            moved.id = Uuid::from_u128(8);
            let other_event = codec.open_data(&store, &moved).await;
            if has_text(&event) {
                let wrong = |why| matches!(why, Err(CodecError::Text { why: OpenError::WrongKey, .. }));
                let altered = |why| matches!(why, Err(CodecError::Text { why: OpenError::Tampered, .. }));
                prop_assert!(wrong(stranger));
                prop_assert!(altered(other_stream));
                prop_assert!(altered(other_event));
            } else {
                prop_assert!(stranger.is_ok() && other_stream.is_ok() && other_event.is_ok());
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_digest_tells_the_same_command_from_another(events in vec(event(), 1..3)) {
        run(async {
            let codec = codec_with(1);
            let (store, stored) = stored(&codec, &events).await;
            let recorded = codec::metadata(&stored[0]).unwrap().command_digest;
            let same = codec.digest_of(&store, &stored[0], BODY).await.unwrap();
            prop_assert_eq!(same.as_deref(), Some(recorded.as_str()));
            let other = codec.digest_of(&store, &stored[0], b"{}").await.unwrap();
            prop_assert_ne!(other.as_deref(), Some(recorded.as_str()));
            Ok(())
        })?;
    }

    #[test]
    fn events_of_one_command_are_a_microsecond_apart_and_say_so_in_one_form(
        events in vec(event(), 1..5),
    ) {
        run(async {
            let (_, stored) = stored(&codec_with(1), &events).await;
            for (index, one) in stored.iter().enumerate() {
                let metadata: serde_json::Value = serde_json::from_slice(&one.metadata).unwrap();
                let at = format!("2026-11-20T09:30:00.{}Z", 123_456 + index);
                prop_assert_eq!(metadata["recorded_at"].as_str(), Some(at.as_str()));
            }
            Ok(())
        })?;
    }
}

#[test]
fn an_instant_has_one_spelling() {
    let read = |text: &str| serde_json::from_value::<codec::Instant>(text.into()).is_ok();
    assert!(read("2026-11-20T09:30:00.000000Z"));
    for other in [
        "2026-11-20T09:30:00Z",
        "2026-11-20T09:30:00.000Z",
        "2026-11-20T09:30:00.000000000Z",
        "2026-11-20T09:30:00.000000+00:00",
        "2026-11-20T10:30:00.000000+01:00",
        "2026-11-20t09:30:00.000000z",
        "2026-11-20 09:30:00.000000Z",
        " 2026-11-20T09:30:00.000000Z",
    ] {
        assert!(!read(other), "{other}");
    }
}

/// A codec with a key file that others share, as the nodes of one store do.
fn node(keys: &Path) -> Codec {
    let today = Date::constant(2026, 11, 20);
    let epochs = EpochKeys::open_or_create(keys, today, &mut SeededRandom::new(1)).unwrap();
    let codec = Codec::new(epochs, 0, Arc::new(SystemClock));
    codec.share_keys();
    codec
}

fn note(words: &str) -> IssueEvent {
    NoteAdded { audience: Audience::Internal, text: Text::new(words).unwrap() }.into()
}

#[test]
fn what_one_node_seals_under_a_new_epoch_another_opens_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys/epochs");
    let (one, other) = (node(&keys), node(&keys));
    one.begin_epoch().unwrap();
    run(async {
        let (store, stored) = stored(&one, &[note("prima")]).await;
        assert_eq!(other.epochs().len(), 1);
        let opened = other.open_data(&store, &stored[0]).await.unwrap();
        assert_eq!(opened["text"], "prima");
        assert_eq!(other.epochs(), one.epochs());
    });
}

#[test]
fn what_is_stored_after_its_epoch_was_destroyed_is_passed_on_by_who_sealed_it() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys/epochs");
    let (late, other) = (node(&keys), node(&keys));
    let name = stream("issue-1");
    let envelope = envelope(Uuid::from_u128(7));
    let written = late.write(&name, &[note("tardi")], &envelope, BODY).unwrap();
    other.begin_epoch().unwrap();
    other.forget_epoch(1).unwrap();
    run(async {
        let store = MemoryStore::default();
        // It has learned of the epoch, and what it sealed is not there yet.
        late.keep_up(&store).await.unwrap();
        store.append(&name, Expected::NoStream, written).await.unwrap();
        let stored = store.read_stream(&name, 0, 1).await.unwrap();
        let lost = other.open_data(&store, &stored[0]).await;
        let gone =
            matches!(lost, Err(CodecError::Text { why: OpenError::UnknownEpoch { .. }, .. }));
        assert!(gone, "{lost:?}");

        late.keep_up(&store).await.unwrap();

        assert_eq!(other.open_data(&store, &stored[0]).await.unwrap()["text"], "tardi");
        assert_eq!(store.key_rings(0, 9).await.unwrap()[0].epoch, 2);
    });
}

#[test]
fn a_node_that_cannot_read_the_key_file_seals_nothing_after_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys/epochs");
    let (alone, shared) = (codec_with(1), node(&keys));
    std::fs::remove_file(&keys).unwrap();
    assert!(shared.may_seal() && shared.look_again().is_err());
    std::thread::sleep(codec::FRESH);
    assert!(alone.may_seal() && !shared.may_seal());
}
