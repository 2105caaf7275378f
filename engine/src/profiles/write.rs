//! Writes profiles in the forms they are read in.

use cabrank_core::{Number, Profile};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The forms of a file of profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// A line of column names, then a line a caller.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// The columns every file has, in this order.
const COLUMNS: [&str; 5] = ["number", "name", "language", "class", "preferred_agent"];

/// Writes the profiles so that reading them gives the same ones.
///
/// # Errors
/// When writing fails.
pub fn write(out: impl Write, form: Form, profiles: &[(Number, Profile)]) -> io::Result<()> {
    match form {
        Form::Csv => csv_rows(out, profiles),
        Form::Jsonl => json_lines(out, profiles),
    }
}

fn csv_rows(out: impl Write, profiles: &[(Number, Profile)]) -> io::Result<()> {
    let further: BTreeSet<&str> = profiles.iter().flat_map(|(_, profile)| &profile.fields).map(|(name, _)| &**name).collect();
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record(COLUMNS.iter().chain(&further))?;
    for (number, profile) in profiles {
        let values = further.iter().map(|name| profile.field(name).unwrap_or_default());
        rows.write_record(known_values(number, profile).into_iter().chain(values))?;
    }
    rows.flush()
}

fn json_lines(mut out: impl Write, profiles: &[(Number, Profile)]) -> io::Result<()> {
    for (number, profile) in profiles {
        let known = COLUMNS.into_iter().zip(known_values(number, profile));
        let further = profile.fields.iter().map(|(name, value)| (&**name, &**value));
        let object: Map<String, Value> = known
            .chain(further)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        serde_json::to_writer(&mut out, &object)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn known_values<'a>(number: &'a Number, profile: &'a Profile) -> [&'a str; 5] {
    [&number.0, &profile.name, &profile.language, &profile.class, &profile.preferred_agent]
}

#[cfg(test)]
mod tests {
    use super::{Form, write};
    use crate::number::Region;
    use crate::profiles::read;
    use cabrank_core::{Number, Profile};
    use proptest::prelude::*;

    fn some_profile() -> impl Strategy<Value = Profile> {
        let text = "[ -~é\n]{0,20}".prop_map(|text| text.trim().into());
        let word = "[a-z]{0,8}";
        let fields = prop::collection::btree_map("x[a-z]{1,5}", "[!-~]{1,20}", 0..4);
        (text, word, word, word, fields).prop_map(|(name, language, class, agent, fields)| Profile {
            name,
            language: language.into(),
            class: class.into(),
            preferred_agent: agent.into(),
            fields: fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(profiles in prop::collection::btree_map("[a-z]{1,6}", some_profile(), 0..6)) {
            let profiles: Vec<_> = profiles.into_iter().map(|(number, profile)| (Number(number.into()), profile)).collect();
            let singapore: Region = "SG".parse().expect("SG is a region");
            for form in [Form::Csv, Form::Jsonl] {
                let mut file = Vec::new();
                write(&mut file, form, &profiles).expect("writing to memory");
                if file.is_empty() { continue; }
                let reading = read(file.as_slice(), singapore).expect("readable");
                prop_assert_eq!(reading.bad.to_string(), "");
                prop_assert_eq!(&reading.profiles, &profiles);
            }
        }
    }
}
