//! The engine as its users meet it: real telephones, real networks, real programs. What needs the machine to itself, since it measures or
//! kills, has a file of its own beside this.

mod agents;
mod attested;
mod audio;
mod bad_input;
mod callback;
mod cases;
mod clock;
mod commands;
mod context;
mod crm;
mod erasing;
mod first_minute;
mod greeting;
mod hang_ups;
mod harness;
mod hooks;
mod journal;
mod logs;
mod menu;
mod privacy;
mod quic;
mod quic_python;
mod quic_restart;
mod quic_sessions;
mod registration;
mod session_timers;
mod simulator;
mod snapshots;
mod store;
mod thresholds;
mod torture;
mod transports;
mod webhook;
mod why;
