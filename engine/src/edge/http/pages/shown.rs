//! Figures as people read them; pages/shown.js says the same of every later picture.

use serde_json::Value;

pub(super) const NOTHING: &str = "–";

/// What stands at a place such as `all.longest.waited_s` of a document, in that form.
pub(super) fn shown(document: &Value, place: &str, form: &str) -> String {
    let part = |part: &'_ Value, name: &str| match part {
        Value::Array(items) => name.parse::<usize>().ok().and_then(|n| items.get(n)).cloned(),
        Value::Object(fields) => fields.get(name).cloned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    let found = place.split('.').try_fold(document.clone(), |value, name| part(&value, name));
    found.filter(|value| !value.is_null()).map_or_else(|| NOTHING.to_owned(), |value| formed(&value, form))
}

fn formed(value: &Value, form: &str) -> String {
    match (form, value.as_f64(), value.as_u64()) {
        ("share", Some(share), _) => format!("{:.0} %", (share * 100.0).round()),
        ("clock", _, Some(seconds)) => clock(seconds),
        (_, _, Some(number)) => number.to_string(),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// `0:07`, `12:30`, `1:02:03`.
pub(super) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::shown;
    use serde_json::json;

    #[test]
    fn figures_are_found_and_formed() {
        let document = json!({"all": {"level": 0.826, "wait": 75, "long": 3_723, "none": null}, "queues": [{"name": "booking"}]});
        let told = [
            ("all.level", "share"),
            ("all.wait", "clock"),
            ("all.long", "clock"),
            ("all.none", "clock"),
            ("queues.0.name", "text"),
        ];
        let told = told.map(|(place, form)| shown(&document, place, form));
        assert_eq!(told, ["83 %", "1:15", "1:02:03", "–", "booking"]);
        assert_eq!(shown(&document, "queues.7.name", "text"), "–");
    }
}
