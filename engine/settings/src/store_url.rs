//! The address of a PostgreSQL database, as libpq writes it.

use crate::Secret;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// `postgres://USER@HOST:PORT/DATABASE`. What it does not say, libpq's environment does (`PGHOST`, `PGUSER`, ...); the password is
/// best left to `PGPASSWORD`, `PGPASSFILE` or `~/.pgpass`. Nothing that prints it shows a password.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(Url);

/// Why a text is no such address; goes on after the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableStoreUrl(&'static str);

impl StoreUrl {
    /// The address with everything in it, for connecting and nothing else.
    pub fn expose(&self) -> &Url {
        &self.0
    }

    /// Whether a password stands in it.
    pub fn has_password(&self) -> bool {
        self.0.password().is_some() || self.0.query_pairs().any(|(key, _)| key == "password")
    }

    /// The same with this password.
    #[must_use]
    pub fn with_password(mut self, password: &Secret) -> StoreUrl {
        // As a parameter, since a password before `@` needs a host after it, which libpq does not.
        self.0.query_pairs_mut().append_pair("password", password.expose());
        self
    }
}

impl FromStr for StoreUrl {
    type Err = UnreadableStoreUrl;

    fn from_str(text: &str) -> Result<StoreUrl, UnreadableStoreUrl> {
        let url: Url = text.parse().map_err(|_| UnreadableStoreUrl("is no address"))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(UnreadableStoreUrl("does not begin with `postgres://`"));
        }
        if url.cannot_be_a_base() || url.fragment().is_some() {
            return Err(UnreadableStoreUrl("is no address of a database"));
        }
        Ok(StoreUrl(url))
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if !self.0.username().is_empty() {
            write!(f, "{}@", self.0.username())?;
        }
        f.write_str(self.0.host_str().unwrap_or_default())?;
        self.0.port().iter().try_for_each(|port| write!(f, ":{port}"))?;
        f.write_str(self.0.path())
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::StoreUrl;
    use crate::Secret;

    #[test]
    fn no_password_is_shown() {
        let in_the_open = "postgresql://me:hunter2@db.example:5433/calls?password=hunter2&sslmode=verify-full";
        let given_later = "postgres:///calls";
        let password = Secret::new("hunter2").expect("a password");
        for url in [in_the_open, given_later] {
            let url = url.parse::<StoreUrl>().expect("an address").with_password(&password);
            assert!(url.has_password() && url.expose().as_str().contains("hunter2"));
            assert!(!format!("{url} {url:?}").contains("hunter2"), "{url}");
        }
        assert_eq!(in_the_open.parse::<StoreUrl>().expect("an address").to_string(), "postgres://me@db.example:5433/calls");
    }

    #[test]
    fn other_addresses_are_refused() {
        for wrong in ["", "db.example/calls", "mysql://db/calls", "postgres:calls", "sqlite://calls.db", "postgres://db/calls#x"]
        {
            assert!(wrong.parse::<StoreUrl>().is_err(), "{wrong}");
        }
        assert!("postgres://db:99999/calls".parse::<StoreUrl>().is_err());
    }
}
