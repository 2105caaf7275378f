//! The way out through a trunk: read where it is good, named where it is not.

mod common;

use cabrank_settings::parse;
use common::{GOOD, Room};

fn with(outbound: &str) -> Result<Option<String>, String> {
    let text = GOOD.replace("identity = \"trusted\"", &format!("identity = \"trusted\"\noutbound = \"{outbound}\""));
    let config = parse(&text, "desk.toml", &Room).map_err(|faults| format!("{faults:?}"))?;
    Ok(config.sip.trunks[0].outbound.as_ref().map(ToString::to_string))
}

#[test]
fn a_trunk_may_name_where_callers_are_called_back() {
    for place in ["sip:sbc.example.net", "sip:192.0.2.7:5070", "sip:[2001:db8::7]:5070;transport=tcp"] {
        assert_eq!(with(place), Ok(Some(place.to_owned())));
    }
    assert_eq!(parse(GOOD, "desk.toml", &Room).expect("a good desk").sip.trunks[0].outbound, None);
}

#[test]
fn a_way_out_that_is_none_is_named() {
    for (place, what) in [("sip:bob@192.0.2.7", "calls one user"), ("192.0.2.7", "does not start with `sip:`")] {
        let fault = with(place).expect_err(place);
        assert!(fault.contains(what), "{place}: {fault}");
    }
}
