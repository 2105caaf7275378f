//! As much of a caller's number as somebody is shown.

use super::auth::{ADMIN, AGENT, Bearer, SUPERVISOR};
use super::problem::Problem;
use crate::context::CallDocument;
use axum::http::StatusCode;

/// Who sees numbers whole.
const WHOLE: [&str; 3] = [ADMIN, SUPERVISOR, "integrator"];
/// So much of a number is its end, in characters; of a short one it is less than half.
const END_CHARS: usize = 3;
/// Stands for a character that is not shown.
const HIDDEN: char = '•';

/// A number as that role may see it: whole for admins, supervisors and integrators, its last characters for agents, and none of it for
/// anybody else.
pub(super) fn masked(number: &str, bearer: &Bearer) -> Option<String> {
    match bearer.role.as_str() {
        role if WHOLE.contains(&role) => Some(number.to_owned()),
        AGENT => Some(end(number)),
        _ => None,
    }
}

/// A call as that role may see it.
pub(super) fn call(mut call: CallDocument, bearer: &Bearer) -> CallDocument {
    call.caller.number = call.caller.number.and_then(|number| masked(&number, bearer));
    call
}

/// Who sees numbers whole may ask by number. Anybody else could try out parts of one, or whole ones, until an answer comes.
pub(super) fn may_ask_by_number(bearer: &Bearer) -> Result<(), Problem> {
    if WHOLE.contains(&bearer.role.as_str()) {
        return Ok(());
    }
    let detail = format!("Only {} may ask by number; this token is one of {}.", WHOLE.join(", "), bearer.role);
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

fn end(number: &str) -> String {
    let chars = number.chars().count();
    let hidden = chars - END_CHARS.min(chars.saturating_sub(1) / 2);
    number.chars().enumerate().map(|(n, char)| if n < hidden { HIDDEN } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::masked;
    use crate::edge::http::auth::Bearer;

    #[test]
    fn each_role_sees_as_much_of_a_number_as_it_may() {
        for (role, number, shown) in [
            ("admin", "+6591234567", Some("+6591234567")),
            ("supervisor", "+6591234567", Some("+6591234567")),
            ("integrator", "alice", Some("alice")),
            ("agent", "+6591234567", Some("••••••••567")),
            ("agent", "alice", Some("•••ce")),
            ("agent", "bob", Some("••b")),
            ("agent", "ab", Some("••")),
            ("agent", "", Some("")),
            ("agent", "ääääääää", Some("•••••äää")),
            ("viewer", "+6591234567", None),
            ("nobody", "+6591234567", None),
        ] {
            assert_eq!(masked(number, &Bearer::of_role(role)).as_deref(), shown, "{role} {number}");
        }
    }
}
