//! What the service answers, as a profile by the rules that hold for every profile.

use super::Outcome;
use crate::profiles;
use cabrank_core::{Number, Profile};
use serde_json::{Map, Value};

/// Below it stand further fields, as in the profiles of the API.
const FIELDS: &str = "fields";

/// A profile of whoever has this number. An answer that names another number is about somebody else.
pub(super) fn read(body: &[u8], number: &Number) -> Result<Profile, Outcome> {
    let mut whole: Map<String, Value> = serde_json::from_slice(body).map_err(|_| Outcome::Nonsense)?;
    if whole.remove("number").is_some_and(|named| named.as_str() != Some(&*number.0)) {
        return Err(Outcome::Nonsense);
    }
    let further = match whole.remove(FIELDS) {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(further)) => further,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => return Err(Outcome::Nonsense),
    };
    profiles::from_json(whole.iter().chain(&further)).map_err(|_| Outcome::Nonsense)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::lookup::Outcome;
    use cabrank_core::{Number, Profile};
    use proptest::prelude::*;

    fn ann() -> Number {
        Number("+6591234567".into())
    }

    fn read_text(text: &str) -> Result<Profile, Outcome> {
        read(text.as_bytes(), &ann())
    }

    #[test]
    fn members_and_fields_become_a_profile() {
        let text = r#"{"name":" Ann ","language":"en","class":"regular","preferred_agent":"a101","number":"+6591234567",
            "pickup":"12 Orchard Road","fields":{"car":7,"vip":true,"none":null}}"#;
        let fields = [("car", "7"), ("pickup", "12 Orchard Road"), ("vip", "true")];
        let expected = Profile {
            name: "Ann".into(),
            language: "en".into(),
            class: "regular".into(),
            preferred_agent: "a101".into(),
            fields: fields.map(|(name, value)| (name.into(), value.into())).to_vec(),
        };
        assert_eq!(read_text(text), Ok(expected));
        assert_eq!(read_text("{}"), Ok(Profile::default()));
    }

    #[test]
    fn what_is_no_profile_of_theirs_is_none() {
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(201));
        let many: Vec<String> = (0..65).map(|n| format!("\"f{n}\":\"x\"")).collect();
        let many = format!("{{{}}}", many.join(","));
        let deep = "[".repeat(10_000);
        let texts = [
            "",
            "null",
            "[]",
            "\"Ann\"",
            "{",
            "{}{}",
            "Ann, perhaps",
            r#"{"number":"+6598765432","name":"Bob"}"#,
            r#"{"number":91234567}"#,
            r#"{"name":["Ann"]}"#,
            r#"{"name":{"first":"Ann"}}"#,
            r#"{"name":"Ann\u0007"}"#,
            r#"{"language":"English, please"}"#,
            r#"{"fields":["pickup"]}"#,
            r#"{"pickup":"here","fields":{"pickup":"there"}}"#,
            &long,
            &many,
            &deep,
        ];
        for text in texts {
            assert_eq!(read_text(text), Err(Outcome::Nonsense), "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), text in "[{}\\[\\]\":,a-z0-9]{0,60}") {
            let _ = (read(&body, &ann()), read_text(&text));
        }
    }
}
