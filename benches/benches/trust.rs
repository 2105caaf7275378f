//! What verifying a call's signature costs: the whole of it with the certificate on the shelf, which is what nearly every call
//! has; and the chain of certificates, looked at once a minute.

use cabrank_trust::mint::{Answer, Authority, Host, Paper, Signing};
use cabrank_trust::{Call, Chain, Passport, Roots, Settings, Sources, Verifier};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::cell::Cell;
use std::hint::black_box;
use std::time::Duration;

const CALLER: &str = "+6591234567";
const LINE: &str = "+6565521111";
/// The end of November 2026.
const NOW_S: u64 = 1_795_910_400;

fn verification(criterion: &mut Criterion) {
    let authority = Authority::new("STI-CA").expect("an authority");
    let host = Host::start(&authority).expect("a host");
    let provider = authority.provider(&Paper::default()).expect("a provider");
    let x5u = host.hold("/provider.pem", Answer::Body(provider.chain.clone().into_bytes()));
    let settings = Settings {
        roots: vec![authority.root()],
        sources: Sources::new([(Host::NAME.to_owned(), host.port())]),
        source_roots: Some(vec![authority.root()]),
        freshness_s: 60,
        verify_within: Duration::from_millis(500),
        fetch_within: Duration::from_secs(5),
        certificates_max: 1_000,
        keep_certificates_s: u64::MAX,
    };
    let verifier = Verifier::new(settings).expect("a verifier");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let call = Call { origins: vec![CALLER[1..].to_owned()], numbers: vec![LINE[1..].to_owned()], addresses: Vec::new() };
    let signed = Cell::new(0_u64);
    let mut group = criterion.benchmark_group("trust");
    // Each call is signed anew, as calls are: the same signature would be refused.
    let header = || {
        signed.set(signed.get() + 1);
        let id = format!("{:012}", signed.get());
        [Signing::new("A", CALLER, LINE, NOW_S, &x5u).claims_with(&format!("{NOW_S:012}"), &id).header(&provider)]
    };
    group.bench_function("a call's signature, certificate at hand", |bencher| {
        bencher.iter_batched(
            header,
            |headers| runtime.block_on(verifier.verify(&headers, &call, NOW_S)).expect("verified"),
            BatchSize::SmallInput,
        );
    });
    let token = Signing::new("A", CALLER, LINE, NOW_S, &x5u).token(&provider);
    group.bench_function("reading what was signed", |bencher| {
        bencher.iter(|| Passport::read(black_box(&token)).expect("a passport"));
    });
    let chain = Chain::read(provider.chain.as_bytes()).expect("a chain");
    let passport = Passport::read(&token).expect("a passport");
    group.bench_function("the signature alone", |bencher| {
        bencher.iter(|| chain.signed(black_box(passport.signed()), passport.signature()).expect("signed"));
    });
    let roots = Roots::new(&[authority.root()]).expect("a root");
    group.bench_function("a chain of two to a root", |bencher| {
        bencher.iter(|| chain.leads_to(&roots, black_box(NOW_S)).expect("a chain"));
    });
    group.bench_function("reading a chain of two", |bencher| {
        bencher.iter(|| Chain::read(black_box(provider.chain.as_bytes())).expect("a chain"));
    });
    group.finish();
}

criterion_group!(benches, verification);
criterion_main!(benches);
