//! Tests of whole streams: without sockets in virtual time, and a few over real loopback sockets.

mod continuity;
mod loopback;
mod prompts;
mod relay;
mod scene;
mod speaker;
mod streams;
