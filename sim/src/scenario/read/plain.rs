//! Values without their places in a file, and what an assignment makes of one.

use cabrank_core::Span;
use cabrank_settings::reading::{shown, written};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// Keys of whole numbers: a product is rounded.
const WHOLE: [&str; 8] = ["count", "replications", "regulars", "seed", "phases", "max_waiting", "reserve", "callback_tries"];
const FACTOR_MAX: f64 = 1e6;

/// A table without its places; what TOML's own types cannot hold stands as text.
pub(super) fn table(table: &DeTable<'_>) -> Table {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))).collect()
}

fn plain(raw: &DeValue<'_>) -> Value {
    match raw {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            whole.map_or_else(|_| Value::String(number.to_string()), Value::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or_else(|_| Value::String(number.to_string()), Value::Float),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Datetime(moment) => Value::Datetime(*moment),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(below) => Value::Table(table(below)),
    }
}

/// What `said` makes of the value of that key: text stays text, `x1.2` multiplies, anything else takes its place.
///
/// # Errors
/// What cannot be multiplied.
pub(super) fn assigned(key: &str, current: Option<&Value>, said: &str) -> Result<Value, String> {
    if let Some(factor) = factor(said) {
        return current.and_then(|value| product(key, value, factor)).ok_or_else(|| {
            let what = match current {
                None => "not there".to_owned(),
                Some(Value::String(text)) => format!("`{}`", shown(text)),
                Some(other) => shown(&other.to_string()),
            };
            format!("`{}` multiplies a number or a length of time, and `{}` is {what}", shown(said), shown(key))
        });
    }
    let text = || Value::String(said.to_owned());
    let Ok(read) = DeValue::parse(said) else {
        return if said.starts_with(['[', '{']) {
            Err(format!("`{}` is no TOML: in a list or a table, text and lengths of time stand in quotes", shown(said)))
        } else {
            Ok(text())
        };
    };
    match (current, plain(read.get_ref())) {
        (_, new @ (Value::String(_) | Value::Array(_) | Value::Table(_))) => Ok(new),
        (Some(Value::String(_)), Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_)) => Ok(text()),
        (_, new) => Ok(new),
    }
}

/// The number of `x1.2`.
fn factor(said: &str) -> Option<f64> {
    let digits = said.strip_prefix('x')?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits.parse::<f64>().ok().filter(|factor| plain && *factor <= FACTOR_MAX)
}

fn product(key: &str, value: &Value, factor: f64) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(tidy(key, *number as f64 * factor)),
        Value::Float(number) => Some(tidy(key, number * factor)),
        Value::String(text) => longer(text, factor).map(Value::String),
        Value::Array(items) => items.iter().map(|item| product(key, item, factor)).collect::<Option<_>>().map(Value::Array),
        Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn tidy(key: &str, number: f64) -> Value {
    let whole = number.round();
    if WHOLE.contains(&key) || whole == number && whole.abs() < 1e15 {
        Value::Integer(whole as i64)
    } else {
        Value::Float(number)
    }
}

fn longer(text: &str, factor: f64) -> Option<String> {
    let length: jiff::SignedDuration = text.parse().ok()?;
    let us = length.as_micros() as f64 * factor;
    (0.0..1e17).contains(&us).then(|| written(Span(us.round() as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_toml_text_or_products() {
        let text = |text: &str| Value::String(text.to_owned());
        let list = |items: &[i64]| Value::Array(items.iter().copied().map(Value::Integer).collect());
        for (key, current, said, wanted) in [
            ("seed", Some(Value::Integer(1)), "7", Value::Integer(7)),
            ("duration", Some(text("8h")), "2h", text("2h")),
            ("duration", None, "2h", text("2h")),
            ("line", Some(text("taxi")), "+6565521111", text("+6565521111")),
            ("chance", Some(Value::Float(0.5)), "1", Value::Integer(1)),
            ("count", Some(Value::Integer(45)), "x1.1", Value::Integer(50)),
            ("per_hour", Some(Value::Integer(45)), "x1.5", Value::Float(67.5)),
            ("per_hour", Some(list(&[10, 20])), "x1.5", list(&[15, 30])),
            ("mean", Some(text("180s")), "x0.5", text("1m 30s")),
            ("name", None, "x-ray", text("x-ray")),
            ("per_hour", None, "[1, 2]", list(&[1, 2])),
        ] {
            assert_eq!(assigned(key, current.as_ref(), said), Ok(wanted), "{key}={said}");
        }
        for current in [None, Some(text("never")), Some(Value::Boolean(true))] {
            assert!(assigned("patience", current.as_ref(), "x2").is_err(), "{current:?}");
        }
    }
}
