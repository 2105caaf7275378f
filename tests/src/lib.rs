//! What the end-to-end tests share: engines, telephones, sounds.
