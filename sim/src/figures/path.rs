//! Where a figure stands in the report.

use std::fmt;

/// A figure's path in the report; a queue's name is one part of it, whatever it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<String>);

impl Path {
    /// From its parts.
    pub fn of(parts: &[&str]) -> Path {
        Path(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    /// Whether these are its parts.
    pub fn is(&self, parts: &[&str]) -> bool {
        self.0.iter().eq(parts)
    }

    /// What follows these parts, if it begins with them.
    pub fn after(&self, parts: &[&str]) -> Option<&[String]> {
        let (first, rest) = self.0.split_at_checked(parts.len())?;
        first.iter().eq(parts).then_some(rest)
    }
}

/// With dots between the parts; a part with more than letters, digits, `-` and `_` in it stands in quotes.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.0.iter().enumerate() {
            let bare = !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
            f.write_str(if n > 0 { "." } else { "" })?;
            if bare { f.write_str(part)? } else { write!(f, "{part:?}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_with_dots_and_strange_parts_in_quotes() {
        assert_eq!(Path::of(&["queues", "a.b", "wait_s", "p50"]).to_string(), r#"queues."a.b".wait_s.p50"#);
        assert_eq!(Path::of(&["queues", "taxi-now", ""]).to_string(), r#"queues.taxi-now."""#);
    }

    #[test]
    fn what_follows_a_beginning() {
        let path = Path::of(&["queues", "q", "asa_s"]);
        assert_eq!(path.after(&["queues", "q"]), Some(&["asa_s".to_owned()][..]));
        assert_eq!(path.after(&["queues", "other"]), None);
        assert_eq!(path.after(&["queues", "q", "asa_s", "more"]), None);
    }
}
