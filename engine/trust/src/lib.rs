//! Whether a call's number may be believed: verification of the Identity header (STIR/SHAKEN; RFC 8224, 8225, 8226, 8588).
//!
//! A provider signs who calls whom, when, and how sure it is (the attestation). [`Verifier::verify`] says which attestation
//! holds, or which [`Flaw`](cabrank_core::Flaw) is in the way. What needs nothing from outside is looked at first, in this order,
//! so that nothing is fetched for a call that would be refused anyway: form, algorithm, time, caller and callee, where the
//! certificate lies, whether the same signature came before; then the certificate is had (from the shelf, or fetched), its
//! chain, its numbers, and at last the signature.
//!
//! - `header`, `passport`: what was sent, read strictly. `call`: numbers and addresses in the one form in which they are compared.
//! - `certificate`, `authority`, `der`: the chain to a root, and whose numbers its owner may sign for.
//! - `source`, `fetch`, `shelf`: from where certificates may come, how they do, and those that are here.
//! - `replay`: signatures that came before. `verifier`: all of it in order.
//!
//! Strict where it is safe to be: the compact form is refused (it cannot hold SHAKEN's claims), as are two `shaken` headers,
//! redirects, by-reference number lists and constraints of RFC 8226 section 8 that are not understood here.

mod authority;
mod call;
mod certificate;
mod der;
mod fetch;
mod header;
#[cfg(feature = "mint")]
pub mod mint;
mod passport;
mod replay;
mod settings;
mod shelf;
mod source;
mod verifier;

pub use call::{Call, canonical_address, canonical_number};
pub use certificate::{Chain, Roots, RootsUnreadable};
pub use passport::Passport;
pub use settings::Settings;
pub use source::Sources;
pub use verifier::{NotStarted, Verified, Verifier};
