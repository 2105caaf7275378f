//! The analysis in plain sentences.

use super::{AboveAll, Analysis, Compared, Concern, Counts, Explained, Feature, Finding};

impl Analysis {
    /// What there is to say of all of it, concern by concern. Repeats are counted within so many microseconds.
    pub fn sentences(&self, repeat_within_us: i64) -> Vec<String> {
        let within = length(repeat_within_us);
        let mut sentences: Vec<String> = self.concerns.iter().flat_map(|one| one.sentences(&within)).collect();
        sentences.extend(self.resolved(&within));
        sentences
    }

    /// First-contact resolution, with its definition.
    fn resolved(&self, within: &str) -> Option<String> {
        let first = self.first_contacts;
        (first.served > 0).then(|| {
            format!(
                "First-contact resolution: {} ({} of {} first contacts that were served were not followed by another call of \
                 that number within {within}).",
                percent(first.share()),
                grouped(first.resolved),
                grouped(first.served)
            )
        })
    }
}

impl Compared {
    /// What there is to say of this concern.
    fn sentences(&self, within: &str) -> Vec<String> {
        let (group, all) = (self.group, self.group + self.others);
        if all == 0 {
            return vec![format!("{}: no calls to compare.", self.concern.title())];
        }
        let first = format!(
            "{}: {} of {} {}.",
            self.concern.title(),
            grouped(group as u32),
            grouped(all as u32),
            self.concern.among(within)
        );
        if self.comparisons == 0 {
            return vec![first + " Too few to compare."];
        }
        if self.findings.is_empty() {
            return vec![first + " Nothing that they have in common is more than chance."];
        }
        let own = self.findings.iter().filter(|finding| finding.explained == Explained::No);
        let told = own.map(|finding| finding.sentence(self.concern));
        [first].into_iter().chain(told).chain(self.shadows()).collect()
    }

    /// Findings that others explain, in one sentence each of those.
    fn shadows(&self) -> Vec<String> {
        let of = |stronger: usize| {
            let those = self.findings.iter().filter(move |finding| finding.explained == Explained::By(stronger));
            those.map(Finding::named).collect::<Vec<_>>()
        };
        let same = |stronger: usize| {
            let those = self.findings.iter().filter(move |finding| finding.explained == Explained::SameCallsAs(stronger));
            those.map(Finding::named).collect::<Vec<_>>()
        };
        let mut sentences = Vec::new();
        for (place, stronger) in self.findings.iter().enumerate() {
            let (by, same) = (of(place), same(place));
            if !same.is_empty() {
                sentences.push(format!("Cannot be told apart from {}: {}.", stronger.named(), same.join("; ")));
            }
            if !by.is_empty() {
                sentences.push(format!("No more than chance among calls alike in {}: {}.", stronger.named(), by.join("; ")));
            }
        }
        sentences
    }
}

impl Finding {
    /// What was found, in a sentence.
    pub fn sentence(&self, concern: Concern) -> String {
        let Counts { with, with_in_group, .. } = self.counts;
        let [low, high] = self.lift.ci95;
        let above = self.above_all.as_ref().map(AboveAll::sentence).unwrap_or_default();
        let day = if self.one_day.is_some() { " Without its worst day nothing is left of it." } else { "" };
        format!(
            "{} {} {:.1} times as often as others: {} against {} ({} of {} calls; {low:.1} to \
             {high:.1} times at 95 %).{above}{day}",
            self.subject(),
            concern.verb(),
            self.lift.value,
            percent(self.counts.rate_with()),
            percent(self.counts.rate_without()),
            grouped(with_in_group),
            grouped(with),
        )
    }

    /// Feature and value.
    pub fn named(&self) -> String {
        format!("{} {}", self.feature.name(), self.value)
    }

    fn subject(&self) -> String {
        let value = &self.value;
        match self.feature {
            Feature::Line => format!("Callers of {value}"),
            Feature::Pressed => format!("Callers who pressed {value}"),
            Feature::Queue => format!("Callers in queue {value}"),
            Feature::Class => format!("Callers of class {value}"),
            Feature::Why => format!("Callers who came to a human for the reason \"{value}\""),
            Feature::Skill => format!("Callers served by agents of {value}"),
            Feature::Hour => format!("Callers between {}", value.replace('-', " and ")),
            Feature::Weekday => format!("Callers on a {value}"),
            Feature::Region => format!("Callers from {value}"),
            Feature::Waited => format!("Callers who waited {value}"),
            Feature::Offers => format!("Callers for whom agents were rung {value} times"),
            Feature::Ahead => format!("Callers who were promised something {value} ahead"),
            Feature::Ending => format!("Callers whose call ended \"{value}\""),
            Feature::Promise => format!("Callers whose promise is {value}"),
            Feature::Quote => format!("Callers for whom what was said about the wait was {value}"),
        }
    }
}

impl AboveAll {
    fn sentence(&self) -> String {
        let (with, without) = (percent(self.counts.rate_with()), percent(self.counts.rate_without()));
        format!(" Above all with {} {}: {with}, otherwise {without}.", self.feature.name(), self.value)
    }
}

impl Concern {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Concern::Repeats => "repeats",
            Concern::Abandons => "abandons",
            Concern::BrokenQuotes => "broken_quotes",
            Concern::BrokenPromises => "broken_promises",
        }
    }

    /// What it is about.
    pub fn title(self) -> &'static str {
        match self {
            Concern::Repeats => "Called again",
            Concern::Abandons => "Left while waiting",
            Concern::BrokenQuotes => "Waited longer than was said",
            Concern::BrokenPromises => "Promise not kept",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Concern::Repeats => "called again",
            Concern::Abandons => "left while waiting",
            Concern::BrokenQuotes => "waited longer than was said",
            Concern::BrokenPromises => "had their promise broken",
        }
    }

    /// Who is compared: the definition of group and others. Repeats are counted within that time.
    pub fn among(self, within: &str) -> String {
        match self {
            Concern::Repeats => format!(
                "first contacts were followed by another call of that number within {within} (first: no call in the {within} \
                 before; numbers withheld or erased are not counted)"
            ),
            Concern::Abandons => {
                "calls that waited were left by the caller (those left at once, by the queue's `short_abandon`, \
                                  are in neither number)"
                    .to_owned()
            }
            Concern::BrokenQuotes => {
                "callers waited longer than was said last (callers who left before are in neither number)".to_owned()
            }
            Concern::BrokenPromises => "promises were not kept (those of which it is not known are in neither number)".to_owned(),
        }
    }
}

/// A length of time in its largest whole unit, from microseconds.
pub fn length(us: i64) -> String {
    let s = us / 1_000_000;
    match s {
        s if s > 0 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s > 0 && s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s > 0 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// A share in percent, with a digit after the point.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A count with a comma before every three digits.
pub fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let places = digits.chars().enumerate();
    places.fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}
