//! The simulator: books that live through years of requests and failures in seconds, while a
//! model says what must come out. That of gift cards shares no deciding code with the product.
//!
//! # Vocabulary
//!
//! * **Model**: says what everybody who asks must be told, and what must be stored.
//! * **Oracle**: a model in the plainest words, which shares no rule with the product.
//! * **Asker**: whoever makes the requests of a life.
//! * **Workload**: an asker of gift cards: random requests, sensible often enough to matter.
//! * **Ground**: what a book stands on; it outlives the writers made over it.
//! * **Fault**: a store call that fails, with or without having done its work.
//! * **Seed**: a number from which a whole simulation follows; the same seed fails again.
//! * **History**: what many threads asked and were told, with the order in real time.
//!
//! Never shipped.

mod clock;
mod faults;
mod ground;
mod keys;
mod linearize;
mod model;
mod oracle;
mod random;
mod simulation;
mod workload;

pub use clock::VirtualClock;
pub use faults::{Fault, FaultPlan, FaultyStore};
pub use ground::{Ground, PostgresGround, SqliteGround};
pub use keys::Known;
pub use linearize::Recorder;
pub use model::{Asker, Model, Sight};
pub use oracle::{Kept, Mark, Oracle};
pub use random::Random;
pub use simulation::{Divergence, Settings, Summary, compare, compare_tables, run, run_with};
pub use workload::{Keys, Workload};
