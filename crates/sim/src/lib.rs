//! The simulator: books that live through years of requests and failures in seconds, while an
//! oracle that shares no deciding code with the product says what must come out.
//!
//! # Vocabulary
//!
//! * **Oracle**: a model of a book in the plainest words; it predicts every answer exactly.
//! * **Workload**: random requests, sensible often enough to matter.
//! * **Ground**: what a book stands on; it outlives the writers made over it.
//! * **Fault**: a store call that fails, with or without having done its work.
//! * **Seed**: a number from which a whole simulation follows; the same seed fails again.
//! * **History**: what many threads asked and were told, with the order in real time.
//!
//! Never shipped.

mod clock;
mod faults;
mod ground;
mod linearize;
mod oracle;
mod random;
mod simulation;
mod workload;

pub use clock::VirtualClock;
pub use faults::{Fault, FaultPlan, FaultyStore};
pub use ground::{Ground, PostgresGround, SqliteGround};
pub use linearize::Recorder;
pub use oracle::Oracle;
pub use random::Random;
pub use simulation::{Divergence, Settings, Summary, compare, compare_tables, run};
pub use workload::Workload;
