//! The edge against telephones made of plain sockets: every byte they send and expect stands in the
//! test. Behind the edge works the real desk.

mod agents;
mod attested;
mod bad_input;
mod callbacks;
mod calls;
mod desk;
mod phone;
mod registering;
mod returning;
mod sessions;
