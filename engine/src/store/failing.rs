//! Which failures of the store pass by themselves.

use super::StoreError;

impl StoreError {
    /// Whether the reason lies outside and may pass by itself: others hold the store, its disk is full or does not answer, or the
    /// database is away.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            StoreError::Failed(error) => may_pass(error),
            StoreError::Silent(_) => true,
            StoreError::NotOpened { .. } | StoreError::NotReached { .. } | StoreError::Foreign { .. } => false,
        }
    }
}

fn may_pass(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(error) = error {
        return error.code().is_some_and(|code| if is_sqlstate(&code) { is_of_the_server(&code) } else { is_of_the_disk(&code) });
    }
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_))
}

/// PostgreSQL's have five characters, SQLite's are numbers below that.
fn is_sqlstate(code: &str) -> bool {
    code.len() == 5
}

/// Connections lost, conflicts, no room, shut down or starting, a disk that fails; a standby, a lock that others hold; and what
/// is put right by whoever cares for the server: a password, a right, a database that is being restored.
fn is_of_the_server(code: &str) -> bool {
    ["08", "40", "53", "57", "58", "28", "3D"].iter().any(|class| code.starts_with(class))
        || matches!(code, "25006" | "55P03" | "42501")
}

/// SQLite's BUSY, LOCKED, IOERR, FULL and CANTOPEN; what stands above the lowest byte only says more.
fn is_of_the_disk(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::{is_of_the_disk, is_of_the_server, is_sqlstate};

    #[test]
    fn what_others_put_right_passes_and_what_we_did_wrong_does_not() {
        for passing in ["57P01", "57P03", "08006", "53100", "53300", "40P01", "25006", "28P01"] {
            assert!(is_sqlstate(passing) && is_of_the_server(passing), "{passing}");
        }
        for lasting in ["23505", "42P01", "42601", "22021"] {
            assert!(is_sqlstate(lasting) && !is_of_the_server(lasting), "{lasting}");
        }
        assert!(["5", "261", "13", "522"].iter().all(|code| !is_sqlstate(code) && is_of_the_disk(code)));
        assert!(["1", "11", "1555", "26"].iter().all(|code| !is_of_the_disk(code)));
    }
}
