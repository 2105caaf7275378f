//! A virtual-time world around the production core.
