//! A law as it is said on a command line: as in a file, `{ exponential = { mean = "2m" } }`, or shorter, `exponential(2m)`.

use super::clock::Clock;
use super::house::House;
use super::law;
use super::{HOUR, USUAL_BEGINNING};
use crate::chance::Law;
use cabrank_settings::reading::{Report, Section, document};
use jiff::tz::TimeZone;
use std::path::Path;

/// Reads a law: `{ lognormal = { mean = "3m", sd = "2m" } }`, `lognormal(3m, 2m)`, `exponential(2m)`, `gamma(3m, 2m)`,
/// `erlang(3m, 4)`, `constant(30s)`, `empirical(seen.csv)` or plainly `30s`.
///
/// # Errors
/// What is wrong, and what would be right.
pub fn law_said(text: &str) -> Result<Law, String> {
    let toml = format!("law = {}", as_in_a_file(text.trim())?);
    let report = Report::new(&toml);
    let tables = document(&report, &toml);
    let root = Section::new(&report, 0..0, "the law".to_owned(), Some(&tables));
    let house = House::new(Path::new(""), None, Clock::new(USUAL_BEGINNING, HOUR, TimeZone::UTC));
    let law = law::need(&root, "law", &house);
    root.close();
    match (report.into_faults().first(), law) {
        (None, Some(law)) => Ok(law),
        (Some(fault), _) => Err(format!("{}: {}", fault.what, fault.right)),
        (None, None) => Err("this is no law: such as exponential(2m) or 30s".to_owned()),
    }
}

fn as_in_a_file(text: &str) -> Result<String, String> {
    if text.starts_with('{') {
        return Ok(text.to_owned());
    }
    let Some((kind, rest)) = text.split_once('(') else { return Ok(format!("{{ constant = {} }}", quoted(text))) };
    let inner = rest.strip_suffix(')').ok_or("a bracket is open: such as exponential(2m)")?;
    let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
    let of = match (kind.trim(), &*parts) {
        ("constant" | "empirical", [one]) => quoted(one),
        ("exponential", [mean]) => format!("{{ mean = {} }}", quoted(mean)),
        ("lognormal" | "gamma", [mean, sd]) => format!("{{ mean = {}, sd = {} }}", quoted(mean), quoted(sd)),
        ("erlang", [mean, phases]) if phases.bytes().all(|digit| digit.is_ascii_digit()) && !phases.is_empty() => {
            format!("{{ mean = {}, phases = {phases} }}", quoted(mean))
        }
        _ => {
            let known = "exponential(MEAN), lognormal(MEAN, SD), gamma(MEAN, SD), erlang(MEAN, PHASES), constant(LENGTH), empirical(FILE)";
            return Err(format!("`{}` is no law: {known}", text.escape_debug()));
        }
    };
    Ok(format!("{{ {} = {of} }}", kind.trim()))
}

/// As a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabrank_core::Span;
    use proptest::prelude::*;

    #[test]
    fn the_short_form_is_the_long_one() {
        let pairs = [
            ("exponential(2m)", "{ exponential = { mean = \"2m\" } }"),
            ("lognormal(3m, 100s)", "{ lognormal = { mean = \"3m\", sd = \"100s\" } }"),
            ("gamma(3m,100s)", "{ gamma = { mean = \"3m\", sd = \"100s\" } }"),
            ("erlang(3m, 4)", "{ erlang = { mean = \"3m\", phases = 4 } }"),
            ("constant(500ms)", "{ constant = \"500ms\" }"),
            ("500ms", "{ constant = \"500ms\" }"),
        ];
        for (short, long) in pairs {
            assert_eq!(law_said(short), law_said(long), "{short}");
            assert!(law_said(short).is_ok(), "{short}: {:?}", law_said(short));
        }
        assert_eq!(law_said(" 30s "), Ok(Law::Constant(Span::secs(30))));
    }

    #[test]
    fn what_is_no_law_is_told_so() {
        for bad in
            ["", "30", "soon", "exponential", "exponential(", "exponential(2)", "weibull(2m)", "erlang(3m, x)", "{", "gamma(2m)"]
        {
            assert!(law_said(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_read_or_refused(text in "[a-z0-9(){},=\" ]{0,24}") {
            let _ = law_said(&text);
        }
    }
}
