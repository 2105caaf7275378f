//! Where a number is from: its country and area, and no more of it.

use std::collections::HashMap;

/// So many characters of a number decide country and area.
const DECISIVE: usize = 7;
/// A first group of digits that is longer is no area.
const AREA_DIGITS_MAX: usize = 3;

/// Regions of numbers. Numbers that begin alike are looked up once.
#[derive(Debug, Default)]
pub(super) struct Regions {
    known: HashMap<(String, usize), String>,
}

impl Regions {
    /// Country, calling code and area (`GB +44 20…`); where there are no areas, the first digit (`SG +65 9…`).
    pub(super) fn of(&mut self, number: Option<&str>) -> &str {
        let Some(number) = number else { return "withheld" };
        let Some((begin, _)) = number.split_at_checked(DECISIVE).filter(|(begin, _)| begin.starts_with('+')) else {
            return "no telephone number";
        };
        self.known.entry((begin.to_owned(), number.len())).or_insert_with(|| region(number))
    }
}

fn region(number: &str) -> String {
    let Ok(parsed) = phonenumber::parse(None, number) else { return "no telephone number".to_owned() };
    let country = parsed.country().id().map_or_else(|| "??".to_owned(), |id| id.as_ref().to_owned());
    let code = parsed.code().value();
    let written = parsed.format().mode(phonenumber::Mode::International).to_string();
    let mut groups = written.split([' ', '-']).skip(1);
    let first = groups.next().unwrap_or_default();
    let is_area = first.len() <= AREA_DIGITS_MAX && groups.next().is_some();
    let area: String = if is_area { first.to_owned() } else { first.chars().take(1).collect() };
    format!("{country} +{code} {area}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_country_and_area_and_never_the_number() {
        let mut regions = Regions::default();
        let told = [
            (Some("+6591234567"), "SG +65 9…"),
            (Some("+6565521111"), "SG +65 6…"),
            (Some("+442079460018"), "GB +44 20…"),
            (Some("+12125550123"), "US +1 212…"),
            (Some("+4915112345678"), "DE +49 1…"),
            (Some("alice"), "no telephone number"),
            (Some("+é"), "no telephone number"),
            (None, "withheld"),
        ];
        for (number, region) in told {
            assert_eq!(regions.of(number), region, "{number:?}");
        }
    }
}
