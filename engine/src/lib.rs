//! Cabrank: the engine around the desk. Everything that touches the world lives here.

pub mod door;
