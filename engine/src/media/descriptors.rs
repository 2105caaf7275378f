//! The limit of open files: each stream needs one, and a call that cannot get one comes too late to be refused well.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Makes room for `needed` open files, raising the soft limit if the hard one allows it.
///
/// # Errors
/// How many may be open at the most, if that is less.
pub(super) fn make_room(needed: u64) -> Result<(), u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if allows(current, needed) {
        return Ok(());
    }
    let raised = Rlimit { current: Some(needed), maximum };
    let possible = allows(maximum, needed) && setrlimit(Resource::Nofile, raised).is_ok();
    if possible { Ok(()) } else { Err(maximum.or(current).unwrap_or(0)) }
}

/// No limit at all is written `None`.
fn allows(limit: Option<u64>, needed: u64) -> bool {
    limit.is_none_or(|limit| limit >= needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_files_are_possible_and_very_many_are_not() {
        assert_eq!(make_room(16), Ok(()));
        let hard = getrlimit(Resource::Nofile).maximum;
        if let Some(hard) = hard {
            assert_eq!(make_room(hard + 1), Err(hard));
        }
    }
}
