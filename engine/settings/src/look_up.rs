//! Where it is found out who calls from a number that nobody here knows.

use crate::SigningKey;
use std::time::Duration;
use url::Url;

/// A service outside (a CRM) that is asked who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// Where it listens; an absolute `http:` or `https:` address without credentials in it.
    pub url: Url,
    /// How long after a call came in its answer counts.
    pub deadline: Duration,
    /// What the questions are signed with, if they are.
    pub key: Option<SigningKey>,
}
