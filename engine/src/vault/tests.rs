use super::form::{self, GONE, HEADER};
use super::{Alias, Vault, VaultError};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const ANN: &str = "+6591234567";

fn vault() -> (TempDir, Vault) {
    let dir = tempfile::tempdir().expect("a directory");
    let vault = Vault::open(dir.path()).expect("a vault");
    (dir, vault)
}

fn bytes(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("vault")).expect("a file")
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|some| some == text.as_bytes())
}

fn named(vault: &Vault, number: &str) -> Option<Alias> {
    let alias = vault.alias_of(number);
    (vault.number_of(alias).as_deref() == Some(number)).then_some(alias)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_named_stays_named_and_whoever_is_forgotten_does_not(
        numbers in prop::collection::btree_set("\\PC{0,20}|[+]65[0-9]{8}", 1..20),
        which in any::<prop::sample::Index>(),
    ) {
        let (dir, vault) = vault();
        let numbers: Vec<String> = numbers.into_iter().collect();
        let forgotten = which.get(&numbers);
        let before: Vec<Alias> = numbers.iter().map(|number| vault.alias_of(number)).collect();
        prop_assert!(vault.forget(forgotten).expect("written"), "it was known");
        vault.wipe().expect("wiped");
        drop(vault);
        let vault = Vault::open(dir.path()).expect("the same vault");
        for (number, alias) in numbers.iter().zip(&before) {
            let known = vault.number_of(*alias);
            prop_assert_eq!(known.as_deref(), (number != forgotten).then_some(number.as_str()));
            prop_assert_eq!(vault.alias_of(number) == *alias, number != forgotten);
        }
    }

    #[test]
    fn no_file_panics_and_what_is_cut_anywhere_keeps_what_is_whole(noise in any::<Vec<u8>>(), cut in any::<prop::sample::Index>()) {
        let (dir, vault) = vault();
        let aliases: Vec<Alias> = (0..5).map(|n| vault.alias_of(&format!("+65{n}"))).collect();
        vault.write().expect("written");
        drop(vault);
        let whole = bytes(dir.path());
        let places: Vec<u64> = form::read(&whole).expect("readable").entries.iter().map(|(place, _)| place.at).collect();
        let cut = cut.index(whole.len() + 1);
        fs::write(dir.path().join("vault"), &whole[..cut]).expect("cut");
        let vault = Vault::open(dir.path()).expect("a torn end is cut");
        for (n, alias) in aliases.iter().enumerate() {
            // The secret for tokens comes first, and the end of one entry is the beginning of the next.
            let end = places.get(n + 2).copied().unwrap_or(whole.len() as u64);
            prop_assert_eq!(vault.number_of(*alias).is_some(), end <= cut as u64, "{} of {}", n, cut);
        }
        prop_assert!(named(&vault, "+650").is_some(), "it goes on");
        drop(vault);
        fs::write(dir.path().join("vault"), [&whole[..HEADER], &noise].concat()).expect("noise");
        let _ = Vault::open(dir.path());
    }
}

#[test]
fn a_crash_while_somebody_is_forgotten_leaves_them_known_or_wiped() {
    let (dir, vault) = vault();
    let (ann, bea) = (vault.alias_of(ANN), vault.alias_of("bea"));
    vault.write().expect("written");
    drop(vault);
    let before = bytes(dir.path());
    let place = form::read(&before).expect("readable").entries[1].0;
    let begins = place.content_at() as usize;
    // Every octet of the content may be wiped or not when the crash comes; the mark is one octet.
    for wiped in 0..=usize::from(place.content) {
        let mut torn = before.clone();
        torn[place.at as usize] = GONE;
        torn[begins..begins + wiped].fill(0);
        fs::write(dir.path().join("vault"), &torn).expect("torn");
        let vault = Vault::open(dir.path()).expect("it is no damage");
        assert_eq!((vault.number_of(ann), vault.number_of(bea).as_deref()), (None, Some("bea")), "{wiped}");
        assert!(!holds(&bytes(dir.path()), ANN) && !holds(&bytes(dir.path()), "91234"), "{wiped}");
    }
}

#[test]
fn damage_in_the_middle_is_named_and_nothing_is_cut() {
    let (dir, vault) = vault();
    vault.alias_of(ANN);
    vault.alias_of("bea");
    vault.write().expect("written");
    drop(vault);
    let whole = bytes(dir.path());
    let place = form::read(&whole).expect("readable").entries[1].0;
    for octet in 0..usize::from(place.content) {
        let mut damaged = whole.clone();
        damaged[place.content_at() as usize + octet] ^= 1;
        fs::write(dir.path().join("vault"), &damaged).expect("damaged");
        let opened = Vault::open(dir.path());
        assert!(matches!(opened, Err(VaultError::Damaged { at, .. }) if at == place.at), "{octet}: {opened:?}");
    }
    assert_eq!(bytes(dir.path()).len(), whole.len());
    fs::write(dir.path().join("vault"), b"this is something else altogether").expect("foreign");
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Foreign { .. })));
}

#[test]
fn it_is_its_owners_and_one_processs_alone() {
    let (dir, _vault) = vault();
    let mode = fs::metadata(dir.path().join("vault")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::InUse { .. })));
}

#[test]
fn nobody_can_be_read_off_the_file_but_who_is_known() {
    let (dir, vault) = vault();
    vault.alias_of(ANN);
    assert!(vault.forget(ANN).expect("written"), "it was known");
    assert!(holds(&bytes(dir.path()), ANN), "so that the search can fail");
    vault.wipe().expect("wiped");
    assert!(!holds(&bytes(dir.path()), ANN));
    assert!(!vault.forget(ANN).expect("written"));
    assert!(!format!("{vault:?}").contains(ANN));
}

#[test]
fn tokens_are_told_apart_and_known_again_after_a_restart() {
    let (dir, vault) = vault();
    let (one, other) = (vault.alias_of_token("one"), vault.alias_of_token("other"));
    assert!(one != other && vault.number_of(one).is_none());
    drop(vault);
    let again = Vault::open(dir.path()).expect("the same vault");
    assert_eq!(again.alias_of_token("one"), one);
    let (_dir, elsewhere) = self::vault();
    assert_ne!(elsewhere.alias_of_token("one"), one);
}

#[test]
fn a_note_is_read_back_until_its_caller_is_forgotten() {
    let (_dir, vault) = vault();
    let sealed = vault.seal(ANN, b"sip/caller/1", b"From: +6591234567").expect("sealed");
    assert!(!holds(&sealed, ANN));
    assert_eq!(vault.open_note(b"sip/caller/1", &sealed).as_deref(), Some(&b"From: +6591234567"[..]));
    assert_eq!(vault.open_note(b"sip/caller/2", &sealed), None, "it is another leg's");
    assert_eq!(vault.open_note(b"k", b"\x08\x01").as_deref(), Some(&b"\x08\x01"[..]), "of before");
    for octet in 0..sealed.len() {
        let mut forged = sealed.clone();
        forged[octet] ^= 0x80;
        assert!(vault.open_note(b"sip/caller/1", &forged).is_none() || octet == 0, "{octet}");
    }
    assert!(vault.forget(ANN).expect("written"), "it was known");
    assert_eq!(vault.open_note(b"sip/caller/1", &sealed), None);
    vault.wipe().expect("wiped");
}

#[test]
fn a_full_vault_still_knows_whom_it_knew_and_nobody_new() {
    let dir = tempfile::tempdir().expect("a directory");
    let vault = Vault::with_room_for(2, dir.path()).expect("a vault");
    let known = ["ann", "bea"].map(|number| named(&vault, number).expect("room"));
    assert_eq!((named(&vault, "carl"), vault.len()), (None, 2));
    assert_ne!(vault.alias_of("carl"), vault.alias_of("carl"));
    assert_eq!(["ann", "bea"].map(|number| vault.alias_of(number)), known);
    assert!(vault.seal("carl", b"key", b"note").is_none());
    assert!(vault.forget("ann").expect("written") && named(&vault, "carl").is_some());
}

#[test]
fn what_is_said_of_several_is_read_until_one_of_them_is_forgotten() {
    let (_dir, vault) = vault();
    let numbers = [ANN, "bea", ANN, "unknown"];
    let _aliases = [ANN, "bea"].map(|number| vault.alias_of(number));
    let sealed = vault.seal_words(&numbers, b"case/1", "she was angry").expect("sealed");
    assert!(!sealed.contains("angry") && vault.alias_known("unknown").is_none());
    assert_eq!(vault.open_words(b"case/1", &sealed).as_deref(), Some("she was angry"));
    assert_eq!(vault.open_words(b"case/2", &sealed), None, "it is another case's");
    let of_nobody = vault.seal_words(&[], b"case/1", "~~she was angry").expect("sealed");
    assert!(vault.forget("bea").expect("written"), "it was known");
    assert_eq!(vault.open_words(b"case/1", &sealed), None);
    assert_eq!(vault.open_words(b"case/1", &of_nobody).as_deref(), Some("~~she was angry"));
    for plain in ["", "said before", "~~", "~~said", "~~AAAA"] {
        assert_eq!(vault.open_words(b"case/1", plain).as_deref(), Some(plain), "of before");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Each caller is named on some days; what is named elsewhere stays; the vault is opened again now and then.
    #[test]
    fn only_who_was_not_named_for_long_and_is_named_nowhere_is_forgotten(
        days in prop::collection::vec(prop::collection::btree_set(0..60_u32, 1..6), 1..8),
        elsewhere in prop::collection::vec(any::<bool>(), 8),
        keep in 0..60_u32,
        reopened in any::<bool>(),
    ) {
        let (dir, mut vault) = vault();
        let first = vault.today.load(std::sync::atomic::Ordering::Relaxed);
        for day in 0..60 {
            vault.see_day(first + day);
            for (caller, _) in days.iter().enumerate().filter(|(_, days)| days.contains(&day)) {
                vault.alias_of(&format!("+65{caller}"));
            }
            if reopened && day % 20 == 7 {
                vault.write().expect("written");
                drop(vault);
                vault = Vault::open(dir.path()).expect("the same vault");
            }
        }
        vault.see_day(first + 60);
        let _nobody = vault.seal("", b"key", b"note").expect("sealed");
        let old = vault.not_named_for(keep);
        let numbers = old.into_iter().filter(|number| !elsewhere[number[3..].parse::<usize>().expect("a number")]).collect();
        let stays = |caller: usize| elsewhere[caller] || days[caller].last().is_some_and(|last| last + keep >= 60);
        let forgotten = vault.forget_old(keep, &numbers).expect("forgotten");
        prop_assert_eq!(forgotten, (0..days.len()).filter(|caller| !stays(*caller)).count());
        drop(vault);
        let vault = Vault::open(dir.path()).expect("the same vault");
        for caller in 0..days.len() {
            let number = format!("+65{caller}");
            prop_assert_eq!(vault.alias_known(&number).is_some(), stays(caller), "{}", caller);
            prop_assert_eq!(holds(&bytes(dir.path()), &number), stays(caller));
        }
    }
}

#[test]
fn a_file_that_holds_little_is_made_anew_and_knows_whom_it_knew() {
    let (dir, vault) = vault();
    let (ann, first) = (vault.alias_of(ANN), vault.today.load(std::sync::atomic::Ordering::Relaxed));
    for day in 0..3_000 {
        vault.see_day(first + day);
        assert_eq!(vault.alias_of(ANN), ann);
    }
    let note = vault.seal(ANN, b"key", b"note").expect("sealed");
    vault.write().expect("written");
    drop(vault);
    let before = bytes(dir.path()).len();
    fs::write(dir.path().join("vault.new"), format!("what a crash left of {ANN}")).expect("written");
    let vault = Vault::open(dir.path()).expect("the same vault");
    assert!(bytes(dir.path()).len() < 1_000 && before > 64 << 10, "{before}");
    assert!(!dir.path().join("vault.new").exists());
    assert_eq!(fs::metadata(dir.path().join("vault")).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!((vault.alias_known(ANN), vault.open_note(b"key", &note).as_deref()), (Some(ann), Some(&b"note"[..])));
    vault.see_day(first + 3_000);
    assert_eq!(vault.not_named_for(1), [] as [cabrank_core::Text; 0], "the newest day counts");
    assert!(vault.alias_of("bea") != ann && matches!(Vault::open(dir.path()), Err(VaultError::InUse { .. })));
    vault.write().expect("written");
    drop(vault);
    assert!(Vault::open(dir.path()).expect("the same vault").alias_known("bea").is_some());
}
