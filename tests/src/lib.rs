//! What the end-to-end tests share: engines, telephones, sounds.
//!
//! Every telephone is a real one from Debian (sipp, baresip, sipsak, kamailio) except [`phones`] and [`wire`], which send the
//! messages no real telephone would. A test takes a [`ports::Block`] of its own and a [`room::Room`] (a directory
//! that is shown when the test fails), so tests may run side by side; each wait has a limit and says what it waited for.

pub mod api;
pub mod baresip;
pub mod browser;
pub mod child;
pub mod cpu;
pub mod crash;
pub mod crm;
pub mod desk;
pub mod digest;
pub mod dispatch;
pub mod ear;
pub mod engine;
pub mod faults;
pub mod handset;
pub mod journal;
pub mod kamailio;
pub mod namespace;
pub mod pcap;
pub mod phones;
pub mod ports;
pub mod postgres;
pub mod python;
pub mod quic;
pub mod receiver;
pub mod room;
pub mod scenario;
pub mod scene;
pub mod service;
pub mod sipp;
pub mod sound;
pub mod spoken;
pub mod traces;
pub mod wait;
pub mod wire;
