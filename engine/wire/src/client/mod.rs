//! A client of an engine: gateway, agent, supervisor or load generator.
//!
//! No task runs on its own and nothing is stored in between: who reads a [`Call`] reads its stream, who says something writes
//! it, in one write. What is not read stays with the engine, which cuts a slow reader off with [`Code::TooSlow`](crate::Code).
//!
//! ```no_run
//! use cabrank_wire::client::{Gateway, Identity, Order, Target};
//! use cabrank_wire::v1::Offer;
//!
//! # async fn routed() -> Result<(), Box<dyn std::error::Error>> {
//! // Both are printed by the engine at its start.
//! let target = Target::pinned("127.0.0.1:4433".parse()?, "sha256:…".parse()?);
//! let gateway = Gateway::connect(target, Identity::with_token("pbx", std::fs::read_to_string("secrets/pbx")?.trim())).await?;
//! let mut call = gateway.offer(Offer { line: "taxi".into(), caller: "+6581234567".into(), ..Offer::default() }).await?;
//! loop {
//!     match call.next().await {
//!         Ok(Some(Order::Play(play))) => {
//!             // Play `play.prompts` to the caller, and then:
//!             call.prompt_ended(play.play).await?;
//!         }
//!         Ok(Some(Order::Ring(ring))) => {
//!             println!("{} is rung: {:?}", ring.agent, ring.context);
//!             call.answered(ring.offer).await?;
//!         }
//!         Ok(Some(order)) => println!("{order:?}"),
//!         // The desk has no more to say about this caller.
//!         Ok(None) => break,
//!         // The connection is gone and the call is not: it goes on over another one.
//!         Err(error) if error.is_resumable() => call.resume().await?,
//!         Err(error) => return Err(error.into()),
//!     }
//! }
//! gateway.session().close().await;
//! # Ok(())
//! # }
//! ```

mod agent;
mod call;
mod dialogue;
mod error;
mod gateway;
mod load;
mod order;
mod session;
mod supervisor;
mod talk;
mod target;
mod tls;

pub use agent::{Agent, Told};
pub use call::Call;
pub use error::Error;
pub use gateway::{Callbacks, Gateway};
pub use load::{Load, Reply};
pub use order::Order;
pub use session::{Resumed, Session};
pub use supervisor::{Notice, QueueFeed, Supervisor};
pub use target::{Identity, Proof, SILENCE_MAX, Target, Trust};
