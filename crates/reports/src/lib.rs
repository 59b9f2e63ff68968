//! Reports about the money of a book, and the proof that the book is sound.
//!
//! # Vocabulary
//!
//! * **Cut**: every entry up to one sequence number. Figures of a cut never change, however much
//!   is booked later.
//! * **Trial balance**: debits, credits and balance of every account at a cut; the debits of a
//!   currency equal its credits.
//! * **Liability**: what is still owed to the holders of cards at a cut.
//! * **Activity**: one entry of a card's account, as its holder understands it.
//! * **Reconciliation**: the balance of a rail's clearing account, explained by what its settlement
//!   files tell and what they do not.
//! * **Left open**: how many there are of what settlement files do not settle, for whoever watches.
//! * **Verification**: everything in the tables, computed again from the journal.
//!
//! # Invariants
//!
//! * Figures come from entries only. A card's row says what never changes (its program, when it
//!   was made), never an amount.
//! * A cut above the watermark is refused: the tables do not hold all of it yet.
//! * Sums over accounts are 128 bits wide, so that no number of cards overflows them.
//! * Nothing here writes, and nothing reads a clock: the time of a cut comes from the caller.

mod activities;
mod error;
mod left_open;
mod liability;
mod reconciliation;
mod trial_balance;
mod verify;

pub use activities::{About, Activity, activities};
pub use error::ReportError;
pub use left_open::{LeftOpen, left_open};
pub use liability::{AgeBucket, By, Liability, LiabilityLine, LiabilityOf, liability};
pub use reconciliation::{Aged, OpenAge, Reconciliation, ReconciliationLine, reconciliation};
pub use reconciliation::{LineCounts, count_lines};
pub use trial_balance::{Detail, Total, TrialBalance, TrialLine, trial_balance};
pub use verify::{Archive, Check, FINDINGS_MAX, Finding, Progress, Step, VerifyReport, verify};
