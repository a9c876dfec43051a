//! The rules of sealing and of the key file.

use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::event_store::KeyRing;

const CONTEXT: TextContext<'static> = TextContext {
    stream: "issue-6f1c2b9e-0000-4000-8000-000000000001",
    event_id: Uuid::from_u128(0x6f1c_2b9e),
    stored_type: "issue-reported.v1",
};
const POINTER: &str = "/description";

fn epochs() -> EpochKeys {
    EpochKeys::ephemeral(date(2026, 1, 2), &mut SeededRandom::new(1))
}

fn sealed(epochs: &EpochKeys, texts: &[(&str, &str)]) -> Sealing {
    seal(&mut SeededRandom::new(2), epochs.current(), &CONTEXT, texts, 4096)
}

/// One text, its ring and the keys that open it.
fn one(text: &str) -> (EpochKeys, SealedText, KeyRing) {
    let epochs = epochs();
    let mut sealing = sealed(&epochs, &[(POINTER, text)]);
    let text = sealing.sealed.remove(0);
    (epochs, text, sealing.ring.expect("there is a text"))
}

proptest! {
    #[test]
    fn what_was_sealed_opens_again(texts in proptest::collection::vec(".{0,300}", 0..6)) {
        let epochs = epochs();
        let pointers: Vec<String> = (0..texts.len()).map(|n| format!("/points/{n}/text")).collect();
        let given: Vec<(&str, &str)> =
            pointers.iter().zip(&texts).map(|(p, t)| (p.as_str(), t.as_str())).collect();
        let sealing = sealed(&epochs, &given);
        prop_assert_eq!(sealing.ring.is_some(), !texts.is_empty());
        prop_assert_eq!(sealing.first_key.is_some(), !texts.is_empty());
        for ((stored, (pointer, text)), salt) in sealing.sealed.iter().zip(given).zip(sealing.salts) {
            let opened =
                open_with_ring(stored, &CONTEXT, pointer, sealing.ring.as_ref(), &epochs).expect("opens");
            prop_assert_eq!(&opened.text, text);
            prop_assert_eq!(opened.salt, salt);
            prop_assert_eq!(salted_hash(&opened.salt, &opened.text), salted_hash(&salt, text));
        }
    }

    #[test]
    fn any_changed_byte_of_any_member_refuses_to_open(
        member in 0_usize..5, place in any::<prop::sample::Index>(), mask in 1_u8..128
    ) {
        let (epochs, mut stored, ring) = one("Il Comune chiede un criterio unico.");
        let target = match member {
            0 => &mut stored.alg,
            1 => &mut stored.key_id,
            2 => &mut stored.nonce,
            3 => &mut stored.ct,
            _ => &mut stored.commitment,
        };
        let mut bytes = target.clone().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= mask;
        *target = String::from_utf8(bytes).expect("ASCII stays ASCII");
        prop_assert!(open_with_ring(&stored, &CONTEXT, POINTER, Some(&ring), &epochs).is_err());
    }

    #[test]
    fn any_changed_byte_of_a_ring_refuses_to_open(place in 0_usize..SLOT_LEN, mask in 1_u8..=255) {
        let (epochs, stored, mut ring) = one("testo");
        ring.wrapped[place] ^= mask;
        let opened = open_with_ring(&stored, &CONTEXT, POINTER, Some(&ring), &epochs);
        prop_assert_eq!(opened, Err(OpenError::WrongKey));
        let new = EpochKey::generate(2, date(2026, 2, 1), &mut SeededRandom::new(3));
        prop_assert_eq!(
            rewrap(&ring, epochs.current(), &new),
            Err(RingError::Damaged { ring: 4096, slot: 0 })
        );
    }

    #[test]
    fn a_key_id_has_one_spelling(ring in any::<i64>(), slot in any::<u32>()) {
        let id = KeyId { ring, slot };
        let text = id.to_string();
        prop_assert_eq!(text.parse(), Ok(id));
        for other in [format!("0{text}"), format!("+{text}"), text.replace('.', ".0"), text + " "] {
            prop_assert_eq!(other.parse::<KeyId>(), Err(InvalidKeyId));
        }
    }
}

#[test]
fn a_text_opens_only_where_it_was_sealed() {
    let (epochs, stored, ring) = one("testo");
    let opened = |context: &TextContext<'_>, pointer| {
        open_with_ring(&stored, context, pointer, Some(&ring), &epochs).map(|opened| opened.text)
    };
    assert_eq!(opened(&CONTEXT, POINTER), Ok("testo".to_owned()));
    assert_eq!(opened(&CONTEXT, "/title"), Err(OpenError::Tampered));
    for elsewhere in [
        TextContext { stream: "issue-6f1c2b9e-0000-4000-8000-000000000002", ..CONTEXT },
        TextContext { event_id: Uuid::from_u128(7), ..CONTEXT },
        TextContext { stored_type: "issue-reported.v2", ..CONTEXT },
        // The same bytes, cut elsewhere: the lengths tell them apart.
        TextContext { stream: "issue-6f1c2b9e-0000-4000-8000-00000000000", ..CONTEXT },
    ] {
        assert_eq!(opened(&elsewhere, POINTER), Err(OpenError::Tampered));
    }
}

#[test]
fn one_text_does_not_open_with_the_key_of_another() {
    let epochs = epochs();
    let sealing = sealed(&epochs, &[("/title", "uno"), (POINTER, "due")]);
    let first = sealing.first_key.as_ref().expect("there is a text");
    assert_eq!(
        open(&sealing.sealed[0], &CONTEXT, "/title", first).map(|opened| opened.text),
        Ok("uno".to_owned())
    );
    assert_eq!(open(&sealing.sealed[1], &CONTEXT, POINTER, first), Err(OpenError::WrongKey));
}

#[test]
fn equal_texts_look_different() {
    let sealing = sealed(&epochs(), &[("/a", "uguale"), ("/b", "uguale")]);
    assert_ne!(sealing.sealed[0].ct, sealing.sealed[1].ct);
    assert_ne!(sealing.salts[0], sealing.salts[1]);
}

#[test]
fn an_erased_slot_is_erased_and_its_neighbours_open() {
    let epochs = epochs();
    let sealing = sealed(&epochs, &[("/title", "uno"), (POINTER, "due")]);
    let ring = erase_slot(&sealing.ring.expect("there are texts"), 0).expect("has the slot");
    let opened = |n: usize, pointer| {
        open_with_ring(&sealing.sealed[n], &CONTEXT, pointer, Some(&ring), &epochs)
            .map(|opened| opened.text)
    };
    assert_eq!(opened(0, "/title"), Err(OpenError::Erased));
    assert_eq!(opened(1, POINTER), Ok("due".to_owned()));
    assert_eq!(erase_slot(&ring, 0).as_ref(), Ok(&ring));
    assert_eq!(erase_slot(&ring, 2), Err(RingError::NoSlot { ring: 4096, slot: 2 }));
    assert!(!is_erased(&ring));
    assert!(is_erased(&erase_slot(&ring, 1).expect("has the slot")));
}

#[test]
fn a_missing_ring_means_erased_and_a_foreign_one_does_not() {
    let (epochs, stored, ring) = one("testo");
    let opened = |ring: Option<&KeyRing>| open_with_ring(&stored, &CONTEXT, POINTER, ring, &epochs);
    assert_eq!(opened(None), Err(OpenError::Erased));
    assert_eq!(opened(Some(&KeyRing { id: 4097, ..ring.clone() })), Err(OpenError::Tampered));
    let short = KeyRing { wrapped: ring.wrapped[1..].to_vec(), ..ring.clone() };
    assert_eq!(opened(Some(&short)), Err(OpenError::Tampered));
    assert_eq!(erase_slot(&short, 0), Err(RingError::CutShort { ring: 4096 }));
    assert_eq!(
        opened(Some(&KeyRing { epoch: 9, ..ring })),
        Err(OpenError::UnknownEpoch { epoch: 9 })
    );
}

#[test]
fn after_rewrapping_the_old_epoch_is_not_needed_and_what_was_erased_stays_erased() {
    let mut epochs = epochs();
    let sealing = sealed(&epochs, &[("/title", "uno"), (POINTER, "due")]);
    let old_ring = sealing.ring.clone().expect("there are texts");
    let ring = erase_slot(&old_ring, 0).expect("has the slot");

    epochs.rotate(date(2026, 2, 1), &mut SeededRandom::new(3)).expect("in memory");
    let ring = rewrap(&ring, epochs.get(1).expect("lives"), epochs.current()).expect("is whole");
    assert_eq!(epochs.forget(1).ok(), Some(true));

    let opened = |n: usize, pointer, ring| {
        open_with_ring(&sealing.sealed[n], &CONTEXT, pointer, Some(ring), &epochs)
            .map(|opened| opened.text)
    };
    assert_eq!(ring.epoch, 2);
    assert_eq!(opened(1, POINTER, &ring), Ok("due".to_owned()));
    assert_eq!(opened(0, "/title", &ring), Err(OpenError::Erased));
    // A backup of the rings from before the erasure opens nothing.
    assert_eq!(opened(0, "/title", &old_ring), Err(OpenError::UnknownEpoch { epoch: 1 }));
    assert_eq!(
        rewrap(&ring, epochs.current(), epochs.current()).as_ref(),
        Ok(&ring),
        "wrapping again under the same epoch gives the same bytes"
    );
    assert_eq!(
        rewrap(&old_ring, epochs.current(), epochs.current()),
        Err(RingError::WrongEpoch { ring: 4096, epoch: 1 })
    );
}

#[test]
fn a_wrong_key_file_with_the_right_number_is_a_wrong_key() {
    let (_, stored, ring) = one("testo");
    let other = EpochKeys::ephemeral(date(2026, 1, 2), &mut SeededRandom::new(99));
    assert_eq!(
        open_with_ring(&stored, &CONTEXT, POINTER, Some(&ring), &other),
        Err(OpenError::WrongKey)
    );
}

#[test]
fn the_stored_form_never_changes() {
    let (_, stored, ring) = one("Testo di prova");
    insta::assert_json_snapshot!(stored);
    assert_eq!(ring.wrapped.len(), SLOT_LEN);
    let json = serde_json::to_string(&stored).expect("strings");
    assert_eq!(serde_json::from_str::<SealedText>(&json).ok(), Some(stored));
    let extra = json.replacen('{', "{\"more\":1,", 1);
    assert!(serde_json::from_str::<SealedText>(&extra).is_err());
}

#[test]
fn no_key_and_no_text_shows_in_debug_output_or_in_what_is_stored() {
    let epochs = epochs();
    let sealing = sealed(&epochs, &[(POINTER, "parole riservate")]);
    let opened =
        open_with_ring(&sealing.sealed[0], &CONTEXT, POINTER, sealing.ring.as_ref(), &epochs);
    let key = sealing.first_key.as_ref().expect("there is a text");
    let shown = format!(
        "{epochs:?} {:?} {key:?} {opened:?} {sealing:?} {}",
        epochs.current(),
        serde_json::to_string(&sealing.sealed).expect("strings"),
    );
    assert!(!shown.contains("riservate"));
    for secret in [key.bytes(), epochs.current().bytes()] {
        use base64::Engine;
        use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
        let hex = secret.map(|byte| format!("{byte:02x}")).concat();
        let list = format!("{secret:?}");
        let list = list.trim_matches(['[', ']']);
        for form in [&hex, list, &STANDARD_NO_PAD.encode(secret), &URL_SAFE_NO_PAD.encode(secret)] {
            assert!(!shown.contains(form));
        }
    }
}

#[test]
fn a_command_digest_needs_the_key_unless_nothing_was_sealed() {
    let body = br#"{"title":"x"}"#;
    let sealing = sealed(&epochs(), &[("/a", "uno")]);
    let key = sealing.first_key.expect("there is a text");
    let keyed = command_digest(Some(&key), body);
    assert_eq!(keyed.len(), 64);
    assert_eq!(keyed, command_digest(Some(&key.clone()), body));
    assert_ne!(keyed, command_digest(Some(&key), br#"{"title":"y"}"#));
    assert_ne!(keyed, command_digest(None, body));
    assert_eq!(
        command_digest(None, b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[cfg(unix)]
mod key_file {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    struct Place {
        path: PathBuf,
        _folder: tempfile::TempDir,
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Place { path: folder.path().join("keys").join("epoch-keys"), _folder: folder }
    }

    fn opened(place: &Place, seed: u64) -> Result<EpochKeys, EpochError> {
        EpochKeys::open_or_create(&place.path, date(2026, 1, 2), &mut SeededRandom::new(seed))
    }

    fn secrets(keys: &EpochKeys) -> Vec<(u32, [u8; 32])> {
        keys.iter().map(|key| (key.number(), *key.bytes())).collect()
    }

    fn write(place: &Place, content: &str) {
        fs::write(&place.path, content).expect("writes");
    }

    #[test]
    fn a_new_file_is_for_its_owner_alone_and_opens_again() {
        let place = place();
        let made = opened(&place, 1).expect("creates");
        let bits_of = |path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
        assert_eq!(bits_of(&place.path), 0o600);
        assert_eq!(bits_of(&place.path.parent().expect("has one").to_owned()), 0o700);
        // Another seed: nothing is drawn when the file is there.
        assert_eq!(secrets(&opened(&place, 2).expect("opens")), secrets(&made));
        assert_eq!(made.current().number(), 1);
        assert_eq!(made.current().created(), date(2026, 1, 2));
    }

    #[test]
    fn rotating_adds_and_forgetting_destroys() {
        let place = place();
        let mut keys = opened(&place, 1).expect("creates");
        let first = secrets(&keys);
        assert_eq!(
            keys.rotate(date(2026, 2, 1), &mut SeededRandom::new(5)).expect("rotates").number(),
            2
        );
        assert_eq!(secrets(&opened(&place, 0).expect("opens")), secrets(&keys));
        assert_eq!(secrets(&keys).first(), first.first());

        assert!(matches!(keys.forget(2), Err(EpochError::Current(2))));
        assert!(keys.forget(1).expect("forgets"));
        assert!(!keys.forget(1).expect("is already so"));
        assert!(keys.get(1).is_none());
        let reopened = opened(&place, 0).expect("opens");
        assert_eq!(secrets(&reopened), secrets(&keys));
        assert!(reopened.get(1).is_none());
    }

    #[test]
    fn the_replaced_bytes_are_overwritten() {
        let place = place();
        let mut keys = opened(&place, 1).expect("creates");
        keys.rotate(date(2026, 2, 1), &mut SeededRandom::new(5)).expect("rotates");
        // A second name keeps the replaced file within reach of the test.
        let kept = place.path.with_file_name("kept");
        fs::hard_link(&place.path, &kept).expect("links");
        keys.forget(1).expect("forgets");
        assert!(fs::read(&kept).expect("reads").iter().all(|byte| *byte == 0));
        assert!(opened(&place, 0).is_ok());
    }

    #[test]
    fn a_second_process_does_not_lose_the_key_of_the_first() {
        let place = place();
        let mut one = opened(&place, 1).expect("creates");
        let mut two = opened(&place, 2).expect("opens");
        one.rotate(date(2026, 2, 1), &mut SeededRandom::new(3)).expect("rotates");
        two.rotate(date(2026, 2, 1), &mut SeededRandom::new(4)).expect("rotates");
        assert_eq!(two.current().number(), 3);
        assert_eq!(two.get(2).map(EpochKey::bytes), one.get(2).map(EpochKey::bytes));
    }

    #[test]
    fn what_a_crash_left_is_wiped_by_the_next_change() {
        let place = place();
        let mut keys = opened(&place, 1).expect("creates");
        let left = place.path.with_file_name("epoch-keys.tmp");
        fs::write(&left, "9 2026-01-01 something").expect("writes");
        keys.rotate(date(2026, 2, 1), &mut SeededRandom::new(5)).expect("rotates");
        assert!(!left.exists());
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let place = place();
        opened(&place, 1).expect("creates");
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&place.path, fs::Permissions::from_mode(mode)).expect("sets");
            let refused = opened(&place, 1).expect_err("is exposed");
            assert!(refused.to_string().contains("chmod 600"), "{refused}");
        }
        fs::set_permissions(&place.path, fs::Permissions::from_mode(0o400)).expect("sets");
        assert!(opened(&place, 1).is_ok());
    }

    #[test]
    fn a_malformed_file_is_refused_without_showing_it() {
        let place = place();
        opened(&place, 1).expect("creates");
        let good = fs::read_to_string(&place.path).expect("reads");
        let line = good.lines().nth(1).expect("has a key").to_owned();
        let secret = line.split(' ').nth(2).expect("has three parts");
        for (content, at) in [
            (String::new(), 1),
            ("# only a remark\n".to_owned(), 1),
            ("\u{0}\u{0}\u{0}\n".to_owned(), 1),
            (good.trim_end().to_owned(), 2),
            (format!("{line} {secret}\n"), 1),
            (format!("{line}\n{line}\n"), 2),
            (line.replacen('1', "0", 1) + "\n", 1),
            (line.replacen('1', "one", 1) + "\n", 1),
            (line.replacen("2026-01-02", "2026-02-30", 1) + "\n", 1),
            (line.replacen(secret, &secret[..40], 1) + "\n", 1),
            (line.replacen(secret, &format!("{secret}AAAA"), 1) + "\n", 1),
        ] {
            write(&place, &content);
            let refused = opened(&place, 1).expect_err("is malformed");
            assert!(
                matches!(refused, EpochError::Malformed { line, .. } if line == at),
                "{refused}"
            );
            assert!(!format!("{refused} {refused:?}").contains(&secret[..20]));
            assert_eq!(fs::read_to_string(&place.path).expect("reads"), content, "is left alone");
        }
        write(&place, &good);
        assert!(opened(&place, 1).is_ok());
    }

    #[test]
    fn a_change_fails_when_the_file_has_gone() {
        let place = place();
        let mut keys = opened(&place, 1).expect("creates");
        fs::remove_file(&place.path).expect("removes");
        let before = secrets(&keys);
        assert!(matches!(
            keys.rotate(date(2026, 2, 1), &mut SeededRandom::new(5)),
            Err(EpochError::File(_))
        ));
        assert_eq!(secrets(&keys), before);
        assert!(!place.path.exists());
    }
}
