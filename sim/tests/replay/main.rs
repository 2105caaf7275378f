//! A simulated day stands in for a real one: its journal is kept, and all that is known of it afterwards is what the journal
//! tells. Then the replay must come to the same decisions, the hindcast to the same figures, and a prediction to what the
//! true world makes of the change.

mod bad_input;
mod exact;
mod extraction;
mod hindcast;
mod kept;
mod prediction;
mod since;
mod truth;
