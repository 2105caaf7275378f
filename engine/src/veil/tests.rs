use super::Veil;
use crate::directory::Directory;
use crate::vault::Vault;
use cabrank_core::{CallId, Caller, Effect, Input, LineId, Number, Profile, Span, Text, Trust};
use cabrank_journal::{Note, Notes};
use proptest::prelude::*;
use std::sync::Arc;
use tempfile::TempDir;

fn veil() -> (TempDir, Arc<Directory>, Veil) {
    let dir = tempfile::tempdir().expect("a directory");
    let vault = Arc::new(Vault::open(dir.path()).expect("a vault"));
    let directory = Arc::new(Directory::default());
    let veil = Veil::new(vault, Arc::clone(&directory));
    (dir, directory, veil)
}

fn offered(caller: Caller) -> Input {
    Input::CallOffered { call: CallId(1), line: LineId(0), open: true, caller }
}

fn told(input: Input) -> Caller {
    let Input::CallOffered { caller, .. } = input else { panic!("no new call: {input:?}") };
    caller
}

prop_compose! {
    fn profiles()(
        name in "[A-Z][a-z]{3,8}",
        class in "regular|",
        preferred in "a101|",
        fields in prop::collection::btree_map("[a-z]{1,6}", " {0,2}|[A-Z]{4,12}", 0..4),
    ) -> Profile {
        let fields = fields.into_iter().map(|(key, value)| (Text::from(key), Text::from(value))).collect();
        Profile { name: name.into(), language: "en".into(), class: class.into(), preferred_agent: preferred.into(), fields }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_desk_is_told_nobodys_number_name_or_details_and_decides_by_the_same(
        number in "[+]65[0-9]{8}|[a-z]{3,8}",
        profile in profiles(),
        sure in any::<bool>(),
        needs in "[a-z]{1,2}",
    ) {
        let (_dir, directory, veil) = veil();
        let number = Number(number.into());
        directory.put(number.clone(), Arc::new(profile.clone()));
        let trust = if sure { Trust::Trusted } else { Trust::Untrusted };
        let caller = Caller { number: Some(number.clone()), trust, token: None, profile: Some(Arc::new(profile.clone())) };
        let told = told(veil.input(offered(caller.clone())));
        let shown = format!("{told:?}");
        prop_assert!(!shown.contains(&*profile.name), "{}", shown);
        prop_assert!(told.number.as_ref().is_some_and(|told| !told.0.contains(&*number.0)));
        let outline = told.profile.clone().expect("it is known");
        for (field, value) in &profile.fields {
            prop_assert_eq!(outline.field(field).is_some(), profile.field(field).is_some());
            prop_assert!(value.trim().is_empty() || !shown.contains(&**value), "{}", shown);
        }
        prop_assert_eq!(outline.field(&needs).is_some(), profile.field(&needs).is_some());
        prop_assert_eq!((&outline.class, &outline.preferred_agent), (&profile.class, &profile.preferred_agent));
        prop_assert_eq!(told.trust, trust);
        prop_assert_eq!(veil.lifted(told), caller);
    }
}

#[test]
fn who_calls_again_is_the_same_and_who_is_forgotten_is_not() {
    let (_dir, directory, veil) = veil();
    let number = Number("+6591234567".into());
    let caller = |trust| Caller { number: Some(number.clone()), trust, ..Caller::unknown() };
    let once = told(veil.input(offered(caller(Trust::Trusted))));
    let again = told(veil.input(offered(caller(Trust::Untrusted))));
    assert_eq!(once.number, again.number);
    assert_eq!(told(veil.still(offered(once.clone()))), once);
    let back = Effect::CallBack { call: CallId(1), line: LineId(0), number: once.number.clone().expect("an alias") };
    let Effect::CallBack { number: dialled, .. } = veil.effect(back) else { panic!("another order") };
    assert_eq!(dialled, number);
    assert!(veil.forget(&number).expect("written"), "it was known");
    directory.forget(&number);
    assert_eq!(veil.lifted(once.clone()).number, None);
    let late = offered(once.clone());
    assert_eq!(told(veil.still(late)), Caller::unknown(), "a call that was on its way");
    veil.wipe().expect("wiped");
    assert_ne!(told(veil.input(offered(caller(Trust::Trusted)))).number, once.number);
}

#[test]
fn who_is_found_out_about_is_an_outline_to_the_desk_and_themselves_to_people() {
    let (_dir, directory, veil) = veil();
    let number = Number("+6591234567".into());
    let stranger = Caller { number: Some(number.clone()), ..Caller::unknown() };
    let alias = told(veil.input(offered(stranger.clone()))).number.expect("an alias");
    let wanted = Effect::LookUp { call: CallId(1), line: LineId(0), number: alias.clone() };
    let Effect::LookUp { number: asked, .. } = veil.effect(wanted) else { panic!("another order") };
    assert_eq!(asked, number);
    let fields = vec![("pickup".into(), "12 Orchard Road".into())];
    let ann = Arc::new(Profile { name: "Ann".into(), fields, ..Profile::default() });
    directory.keep_found(&number, &ann);
    let found = Input::CallerFound { call: CallId(1), profile: Arc::clone(&ann), within: Span::millis(150) };
    let Input::CallerFound { profile: outline, .. } = veil.input(found) else { panic!("another fact") };
    assert!(outline.name.is_empty() && outline.field("pickup") == Some("~"), "{outline:?}");
    let caller = Caller { number: Some(alias), profile: Some(outline), ..Caller::unknown() };
    assert_eq!(veil.lifted(caller.clone()), Caller { profile: Some(ann), ..stranger.clone() });
    // After a restart, or an erasure of the profile alone, nobody knows what stood there.
    directory.drop_found(&number, &directory.profile_or_found(&number).expect("kept"));
    assert_eq!(veil.lifted(caller).profile.as_deref(), Some(&Profile::default()));
}

#[test]
fn whom_a_journal_of_before_names_stands_for_themselves() {
    let (_dir, _, veil) = veil();
    let profile = Some(Arc::new(Profile { name: "Ann".into(), ..Profile::default() }));
    let caller = Caller { number: Some(Number("+6591234567".into())), profile, ..Caller::unknown() };
    assert_eq!(veil.lifted(caller.clone()), caller);
    let mut notes = Notes::default();
    notes.see(Note { key: b"sip/caller/1".to_vec(), state: b"\x08\x01".to_vec() });
    assert_eq!(veil.opened(&notes), notes);
}

#[test]
fn notes_are_sealed_and_opened_and_their_end_stays_what_it_is() {
    let (_dir, _, veil) = veil();
    let number = Number("+6591234567".into());
    let note = |key: &[u8]| Note { key: key.to_vec(), state: b"\x08\x01 and who called".to_vec() };
    let (mut plain, mut sealed) = (Notes::default(), Notes::default());
    for (key, about) in [(&b"ann"[..], Some(&number)), (b"nobody", None)] {
        plain.see(note(key));
        sealed.see(veil.seal(about, note(key)).expect("sealed"));
    }
    assert!(sealed.iter().all(|(_, state)| !state.windows(3).any(|some| some == b"who")));
    assert_eq!(veil.opened(&sealed), plain);
    assert_eq!(veil.seal(None, Note::gone(b"ann".to_vec())), Some(Note::gone(b"ann".to_vec())));
    veil.forget(&number).expect("written");
    let opened = veil.opened(&sealed);
    let states = |notes: &Notes| notes.iter().map(|(_, state)| state.to_vec()).collect::<Vec<_>>();
    assert_eq!(states(&opened)[0], states(&sealed)[0], "its edge cannot read it either, and gives it up");
    assert_eq!(states(&opened)[1], note(b"nobody").state);
}
