//! What a store does, whichever database it is in: run against each.

use super::super::{ann, change, epoch, record, resolution, row, run_writer, settled, writer};
use super::{LOCK, opened};
use crate::directory::Directory;
use crate::store::{Entry, Patience, Rows, SessionRow, TokenRow, WhichRecords, Writer, Written};
use crate::words::outcome;
use cabrank_core::{Attestation, CallId, Flaw, Keys, Number, Outcome, Profile, Promise, Record, Settled, Tick, Trust};
use std::sync::Arc;

#[tokio::test]
async fn what_is_lacking_is_made_up_for_and_what_is_kept_stays() {
    let (_place, store) = opened().await;
    let kept = Record { pressed: Keys::default(), ..record(1) };
    store.put_rows(&Rows { records: vec![row(&kept)], ..Rows::default() }).await.expect("written");
    let before = store.record(CallId(1)).await.expect("read");
    let writer = writer(&store, &Arc::default());
    let entries: Vec<Entry> = (1..=1_500).map(|call| Entry::Record(Box::new(record(call)))).collect();
    assert_eq!(writer.make_up(&entries).await.expect("written"), 1_499);
    assert_eq!(store.record(CallId(1)).await.expect("read"), before, "the record that was there");
    for call in [2, 511, 512, 513, 1_024, 1_500] {
        assert!(store.record(CallId(call)).await.expect("read").is_some(), "the record of call {call}");
    }
    assert_eq!(writer.make_up(&entries).await.expect("read"), 0);
    let said = [resolution(1, 40, "taxi sent")];
    writer.make_up(&said).await.expect("written");
    writer.make_up(&said).await.expect("written");
    assert_eq!(store.record(CallId(1)).await.expect("read").expect("there").resolution.as_deref(), Some("taxi sent"));
    store.close().await;
    assert!(writer.make_up(&entries).await.is_err(), "nothing is said to be kept that is not");
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_told() {
    let (_place, store) = opened().await;
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!(
        (kept.line.as_str(), kept.queue.as_deref(), kept.agent.as_deref()),
        ("+6565521111", Some("booking"), Some("a102"))
    );
    assert_eq!((kept.number, kept.name.as_deref(), kept.trust), (Some(ann()), Some("Ann"), Trust::Trusted));
    assert_eq!((kept.why, kept.outcome, &*kept.pressed), (record(1).why_human, Outcome::ServedByAgent, "10"));
    assert_eq!((kept.offered_at, kept.ended_at, kept.connected_at), (1_700_000_000_000_001, 1_700_000_000_000_003, None));
    let promise = kept.promise.expect("promised");
    assert_eq!((promise.reference.as_str(), promise.settled), ("cab 7", Settled::Open));
    assert_eq!(store.record(CallId(2)).await.expect("read"), None);
}

#[tokio::test]
async fn what_a_replay_writes_again_changes_nothing() {
    let (_place, store) = opened().await;
    let directory = Arc::new(Directory::default());
    let entries = vec![Entry::Record(Box::new(record(1))), settled(1, 20, true), resolution(1, 30, "taxi sent")];
    run_writer(&store, &directory, entries.clone()).await;
    let once = store.record(CallId(1)).await.expect("read");
    assert_eq!(run_writer(&store, &directory, entries).await, Written { kept: 3, given_up: 0 });
    assert_eq!(store.record(CallId(1)).await.expect("read"), once);
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM amendments").fetch_one(&store.reads).await.expect("counted");
    assert_eq!(rows, 2);
}

#[tokio::test]
async fn the_newest_word_counts_in_whatever_order_it_arrives() {
    let (_place, store) = opened().await;
    let entries = vec![
        resolution(1, 40, "overtaken by events"),
        resolution(1, 30, "taxi sent"),
        settled(1, 35, true),
        settled(1, 36, false),
        Entry::Record(Box::new(record(1))),
    ];
    run_writer(&store, &Arc::new(Directory::default()), entries).await;
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!(kept.resolution.as_deref(), Some("overtaken by events"));
    assert_eq!(kept.promise.map(|promise| promise.settled), Some(Settled::Broken));
}

#[tokio::test]
async fn records_to_compare_come_page_by_page_each_once_and_oldest_first() {
    let (_place, store) = opened().await;
    // Many at one moment, so that pages end among them.
    let entries = (1..=200)
        .map(|call| Entry::Record(Box::new(Record { offered_at: Tick(call / 40), offers: call as u16, ..record(call) })));
    let entries: Vec<Entry> = entries.chain([settled(7, 20, false), settled(8, 20, false), settled(8, 30, true)]).collect();
    run_writer(&store, &Arc::new(Directory::default()), entries).await;
    let at = |tick| epoch().unix_micros(Tick(tick));
    let mut told = Vec::new();
    store.each_analysed(at(0), at(5), |record| told.push(record)).await.expect("read");
    assert_eq!(told.iter().map(|record| record.offers).collect::<Vec<_>>(), (1..200).collect::<Vec<_>>());
    assert_eq!(store.count_analysed(at(0), at(5)).await.expect("counted"), 199);
    let promises = [5, 6, 7].map(|place: usize| told[place].promise.map(|(_, _, settled)| settled));
    assert_eq!(promises, [Some(Settled::Open), Some(Settled::Broken), Some(Settled::Kept)]);
    let first = &told[0];
    assert_eq!(
        (first.number.as_deref(), first.line.as_str(), first.quote),
        (Some(&*ann().0), "+6565521111", Some(Settled::Kept))
    );
    assert_eq!((first.agent.as_deref(), first.class.as_deref(), first.pressed.as_str()), (Some("a102"), Some("regular"), "10"));
}

#[tokio::test]
async fn records_are_listed_newest_first_from_a_moment_on() {
    let (_place, store) = opened().await;
    let rows: Vec<_> = (1..=5).map(|call| row(&record(call))).collect();
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
    let since = WhichRecords { since: Some(epoch().unix_micros(Tick(2))), ..WhichRecords::default() };
    let listed = store.records(&since, 3).await.expect("read");
    assert_eq!(listed.iter().map(|kept| kept.call.0).collect::<Vec<_>>(), [5, 4, 3]);
}

#[tokio::test]
async fn records_are_found_by_what_they_are_and_no_character_is_a_pattern() {
    let (_place, store) = opened().await;
    let rows: Vec<_> = (1..=3).map(|call| row(&record(call))).collect();
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("a record");
    let number = kept.number.as_ref().expect("a number").0.to_string();
    let all = WhichRecords::default();
    let text = |text: &str| Some(text.to_owned());
    let whole = WhichRecords {
        since: Some(kept.offered_at),
        until: Some(kept.offered_at + 1),
        number: text(&number[number.len() - 4..]),
        queue: kept.queue.clone(),
        agent: kept.agent.clone(),
        outcome: Some(outcome(kept.outcome)),
    };
    for (which, count) in [
        (all.clone(), 3),
        (whole.clone(), 1),
        (WhichRecords { number: text("%"), ..all.clone() }, 0),
        (WhichRecords { number: text("_"), ..all.clone() }, 0),
        (WhichRecords { number: text("' OR 1=1 --"), ..all.clone() }, 0),
        (WhichRecords { queue: text("nowhere"), ..whole.clone() }, 0),
        (WhichRecords { agent: text("nobody"), ..whole.clone() }, 0),
        (WhichRecords { outcome: Some("closed"), ..whole.clone() }, 0),
        (WhichRecords { until: Some(kept.offered_at), ..all }, 0),
    ] {
        assert_eq!(store.records(&which, 10).await.expect("read").len(), count, "{which:?}");
    }
}

#[tokio::test]
async fn the_directory_learns_of_contacts_at_once_and_again_after_a_restart() {
    let (_place, store) = opened().await;
    let directory = Arc::new(Directory::default());
    let mut entries: Vec<_> = (1..=4).map(|call| Entry::Record(Box::new(record(call)))).collect();
    entries.push(resolution(4, 50, "taxi sent"));
    run_writer(&store, &directory, entries).await;
    let known = directory.contacts(&ann());
    assert_eq!(known.iter().map(|contact| contact.call.0).collect::<Vec<_>>(), [4, 3, 2]);
    assert_eq!(known[0].resolution.as_deref(), Some("taxi sent"));

    let after_restart = Directory::default();
    after_restart.load(&store, epoch().at(Tick(100))).await.expect("loaded");
    assert_eq!(after_restart.contacts(&ann()), known);
}

#[tokio::test]
async fn an_erased_caller_stays_erased_when_the_record_is_written_again() {
    let (_place, store) = opened().await;
    store.put_profiles(&[(ann(), Profile::default())]).await.expect("kept");
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written");
    let erased = store.erase(&ann()).await.expect("erased");
    assert!(erased.profile && erased.records == 1);
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written again");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.number, kept.name), (None, None));
    let again = store.erase(&ann()).await.expect("erased");
    assert!(!again.profile && again.records == 0);
}

#[tokio::test]
async fn profiles_come_back_and_every_change_counts() {
    let (place, store) = opened().await;
    let fields = vec![("door".into(), "B".into()), ("pickup".into(), "12 \"Ann\" Road".into())];
    let profile = Profile { name: "Ann".into(), class: "regular".into(), fields, ..Profile::default() };
    let before = store.profiles_revision().await.expect("read");
    store.put_profiles(&[(ann(), profile.clone())]).await.expect("kept");
    assert!(store.profiles_revision().await.expect("read") > before);
    store.close().await;
    let store = place.again().await;
    assert_eq!(store.profiles().await.expect("read"), [(ann(), profile)]);
}

#[tokio::test]
async fn a_locked_store_is_tried_again() {
    let (_place, store) = opened().await;
    let mut lock = store.reads.acquire().await.expect("a connection");
    for statement in LOCK {
        sqlx::query(statement).execute(&mut *lock).await.expect("locked");
    }
    let writing = tokio::spawn({
        let store = store.clone();
        async move { run_writer(&store, &Arc::new(Directory::default()), vec![Entry::Record(Box::new(record(1)))]).await }
    });
    sqlx::query("ROLLBACK").execute(&mut *lock).await.expect("unlocked");
    assert_eq!(writing.await.expect("ended"), Written { kept: 1, given_up: 0 });
}

#[tokio::test]
async fn a_store_that_keeps_failing_is_given_up_and_counted() {
    let (_place, store) = opened().await;
    store.close().await;
    let written = run_writer(&store, &Arc::new(Directory::default()), vec![settled(1, 1, true)]).await;
    assert_eq!(written, Written { kept: 0, given_up: 1 });
}

#[tokio::test]
async fn who_hands_records_in_never_waits_for_the_store() {
    let (_place, store) = opened().await;
    let mut lock = store.reads.acquire().await.expect("a connection");
    for statement in LOCK {
        sqlx::query(statement).execute(&mut *lock).await.expect("locked");
    }
    let (lane, queue) = tokio::sync::mpsc::channel(4);
    let directory = Arc::new(Directory::default());
    let patience = Patience::default();
    let writer = Writer { patience, ..writer(&store, &directory) };
    let writing = tokio::spawn(writer.run(queue));
    for call in 0..1_000 {
        lane.send(Entry::Record(Box::new(record(call)))).await.expect("taken");
    }
    assert_eq!(store.record(CallId(0)).await.expect("read"), None);
    sqlx::query("ROLLBACK").execute(&mut *lock).await.expect("unlocked");
    drop(lane);
    assert_eq!(writing.await.expect("ended"), Written { kept: 1_000, given_up: 0 });
}

#[tokio::test]
async fn class_quote_and_callbacks_come_back_as_they_were() {
    let (_place, store) = opened().await;
    let record = Record { callbacks: 2, ..record(1) };
    store.put_rows(&Rows { records: vec![row(&record)], ..Rows::default() }).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.class.as_deref(), kept.callbacks), (Some("regular"), 2));
    let quote = kept.quote.expect("a quote");
    let at = |tick| epoch().unix_micros(Tick(tick));
    assert_eq!((quote.said_at, quote.until, quote.settled), (at(6), at(60), Settled::Kept));
}

#[tokio::test]
async fn changes_are_listed_newest_first_and_a_replay_writes_the_same() {
    let (_place, store) = opened().await;
    let entries: Vec<Entry> = (1..=3).map(change).collect();
    run_writer(&store, &Arc::default(), entries.clone()).await;
    let once = store.changes(u64::MAX, 10).await.expect("read");
    run_writer(&store, &Arc::default(), entries).await;
    assert_eq!(store.changes(u64::MAX, 10).await.expect("read"), once);
    assert_eq!(once.iter().map(|change| change.number).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(store.changes(3, 1).await.expect("read"), once[1..2]);
    let second = store.change(2).await.expect("read").expect("there");
    assert_eq!((&*second.by, &*second.reason, second.made_at), ("admin", "longer", epoch().unix_micros(Tick(2))));
    assert_eq!(second.queues[0].queue, "booking");
    assert_eq!((&second.queues[0].before["ring_for"], &second.queues[0].after["ring_for"]), (&"15s".into(), &"20s".into()));
    assert_eq!(store.change(4).await.expect("read"), None);
}

#[tokio::test]
async fn any_text_can_be_kept() {
    let (_place, store) = opened().await;
    let odd = "a\0b\u{1f695}\u{202e}'\"\\%_$1 ".to_owned();
    let mut told = record(1);
    told.caller.number = Some(Number(odd.clone().into()));
    told.promise = told.promise.map(|promise| Promise { reference: odd.clone().into(), ..promise });
    let entries = vec![Entry::Record(Box::new(told)), resolution(1, 30, &odd), settled(1, 20, true)];
    assert_eq!(run_writer(&store, &Arc::default(), entries).await, Written { kept: 3, given_up: 0 });
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    let as_kept = odd.replace('\0', "\u{fffd}");
    assert_eq!(kept.number.map(|number| number.0.to_string()), Some(as_kept.clone()));
    assert_eq!(kept.resolution, Some(as_kept.clone()));
    assert_eq!(kept.promise.map(|promise| promise.reference), Some(as_kept));
}

#[tokio::test]
async fn what_is_withheld_or_never_happened_stays_so() {
    let (_place, store) = opened().await;
    let nothing = Record { queued_at: None, queue: None, agent: None, why_human: None, ..record(1) };
    let mut told = Record { promise: None, class: None, quote: None, ..nothing };
    (told.caller.number, told.caller.profile, told.caller.trust) = (None, None, Trust::Untrusted);
    store.put_rows(&Rows { records: vec![row(&told)], ..Rows::default() }).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.number, kept.name, kept.trust, kept.queued_at), (None, None, Trust::Untrusted, None));
    assert_eq!((kept.queue, kept.agent, kept.why, kept.promise.is_none(), kept.quote), (None, None, None, true, None));
}

#[tokio::test]
async fn who_vouched_for_the_number_and_who_proved_to_call_is_kept() {
    let (_place, store) = opened().await;
    let trusts = [
        Trust::Trusted,
        Trust::Untrusted,
        Trust::Attested(Attestation::Full),
        Trust::Attested(Attestation::Partial),
        Trust::Unproven(Flaw::BadSignature),
    ];
    for (call, trust) in (1..).zip(trusts) {
        let mut told = Record { proved: call % 2 == 0, ..record(call) };
        told.caller.trust = trust;
        store.put_rows(&Rows { records: vec![row(&told)], ..Rows::default() }).await.expect("written");
        let kept = store.record(CallId(call)).await.expect("read").expect("there");
        assert_eq!((kept.trust, kept.proved), (trust, told.proved));
    }
}

#[tokio::test]
async fn many_profiles_are_kept_and_renewed_together() {
    let (_place, store) = opened().await;
    let profiles = |name: &str| -> Vec<(Number, Profile)> {
        let named = |n: u32| Profile { name: format!("{name} {n}").into(), ..Profile::default() };
        (0..1_000).map(|n| (Number(format!("user{n:04}").into()), named(n))).collect()
    };
    for name in ["Ann", "Bea"] {
        let mut told = 0;
        store.put_profiles_telling(&profiles(name), |more| told += more).await.expect("kept");
        assert_eq!(told, 1_000);
        assert_eq!(store.profiles().await.expect("read"), profiles(name));
    }
}

fn token(digest: &str, role: &str) -> TokenRow {
    TokenRow { digest: digest.to_owned(), role: role.to_owned(), agent: None, name: None }
}

#[tokio::test]
async fn a_token_is_kept_once_with_whose_it_is() {
    let (_place, store) = opened().await;
    let anns = TokenRow { agent: Some("a101".into()), name: Some("Ann's telephone".into()), ..token("abc", "agent") };
    for token in [&anns, &token("abc", "admin")] {
        store.put_token(token).await.expect("kept");
    }
    assert_eq!(store.tokens().await.expect("read"), [anns]);
}

#[tokio::test]
async fn records_are_told_page_by_page_each_once_for_who_compares_them() {
    let (_place, store) = opened().await;
    let rows: Vec<_> = (1..=9_000).map(|call| row(&Record { offered_at: Tick(call / 3), ..record(call) })).collect();
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
    let (since, until) = (epoch().unix_micros(Tick(10)), epoch().unix_micros(Tick(2_990)));
    let mut told = Vec::new();
    store.each_analysed(since, until, |record| told.push(record.offered_at)).await.expect("read");
    assert_eq!((told.len(), told.is_sorted(), told[0]), (3 * 2_980, true, since));
    assert_eq!(store.count_analysed(since, until).await.expect("read"), 3 * 2_980);
}

#[tokio::test]
async fn a_session_is_kept_until_it_ends_expires_or_loses_its_token() {
    let (_place, store) = opened().await;
    let session =
        |digest: &str, token: &str, expires_at: i64| SessionRow { digest: digest.into(), token: token.into(), expires_at };
    let kept = [session("a", "t", i64::MAX), session("b", "t", i64::MAX), session("c", "u", i64::MAX)];
    for session in kept.iter().chain([&session("old", "u", 1)]) {
        store.put_session(session).await.expect("written");
    }
    assert_eq!(store.sessions().await.expect("read"), kept);
    store.end_session("a").await.expect("written");
    store.put_token(&token("t", "viewer")).await.expect("written");
    store.remove_token("t").await.expect("written");
    assert_eq!(store.sessions().await.expect("read"), kept[2..]);
    assert!(!store.tokens().await.expect("read").iter().any(|token| token.digest == "t"));
}

#[tokio::test]
async fn what_became_of_calls_is_told_newest_first_and_without_who_called() {
    let (_place, store) = opened().await;
    let rows: Vec<_> = (1..=3).map(|call| row(&record(call))).collect();
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
    let told = store.decided_since(epoch().unix_micros(Tick(2)), 10).await.expect("read");
    assert_eq!(told.iter().map(|row| row.call.0).collect::<Vec<_>>(), [3, 2]);
    let kept = store.record(CallId(3)).await.expect("read").expect("a record");
    assert_eq!((told[0].queue.clone(), told[0].queued_at, told[0].outcome), (kept.queue, kept.queued_at, kept.outcome));
    assert_eq!(told[0].quote, kept.quote.map_or(Settled::Open, |quote| quote.settled));
}

#[tokio::test]
async fn the_last_call_of_an_agent_is_the_one_that_was_taken_and_ended_last() {
    let (_place, store) = opened().await;
    let taken = |call: u64, ended_at: u64| Record { connected_at: Some(Tick(2)), ended_at: Tick(ended_at), ..record(call) };
    // The newest one was never talked to.
    let rows = [taken(1, 90), taken(2, 50), Record { ended_at: Tick(99), ..record(3) }].iter().map(row).collect();
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
    let last = async |agent: &str, since: u64| store.last_of_agent(agent, epoch().unix_micros(Tick(since))).await.expect("read");
    assert_eq!(last("a102", 0).await.map(|record| record.call), Some(CallId(1)));
    assert_eq!((last("a102", 91).await, last("a101", 0).await), (None, None));
}
