//! Claims: refunds that decide themselves, and say why; pure rules over explicit arguments.
//!
//! # Vocabulary
//!
//! * **Claim**: a request for money back for a promotion or a charge, on one of the **grounds**.
//! * **Fact**: one piece of evidence that the platform itself holds: a name, a value or why it is
//!   unknown, the record it was read from, and when it was so.
//! * **Positive fact**: something that is on record. Its opposite is an *absence*.
//! * **Rule table**: dated data that turns facts into a decision. A **row** fits when one of its
//!   *alternatives* does; an alternative is **tests** that must all fit. The first row decides.
//! * **Gate**: the table that every claim passes first.
//! * **Outcome**: approve, partly approve, deny, review (by a person), hold, link.
//! * **Code**: a reason in the words of machines. A message file has its text.
//! * **Decision**: outcome, amount, the row, codes, the facts it rests on.
//! * **Statement of reasons**: a decision with all that the claimant is owed to be told.
//! * **Version**: SHA-256 of what the tables of a decision say.
//!
//! # Invariants
//!
//! * A table that was loaded has no gap, no overlap that nobody told of, and no row that never
//!   decides; whoever wrote it, loading ends in bounded time and memory.
//! * A denial rests on a positive fact.
//! * The same facts and tables give the same bytes.
//! * A decision never pays more than what is left refundable, and never an amount it cannot tell.

mod decide;
mod expression;
mod fact;
mod ground;
mod outcome;
mod replay;
mod rules;
mod statement;
mod table;

pub use decide::{AMOUNT_UNCERTAIN, CHANGES_MAX, Change, Decision, Needed, REASONS_MAX, TableRow};
pub use expression::{EXPRESSION_BYTES_MAX, EXPRESSION_DEPTH_MAX, ExpressionError};
pub use fact::{
    Evidence, Fact, FactError, FactName, Facts, Finding, FormError, Kind, Source, Value, WhyUnknown,
};
pub use ground::Ground;
pub use outcome::{Act, Outcome};
pub use replay::{Difference, EXAMPLES_MAX, MoneyDifference, Moves, PastCase, difference, replay};
pub use rules::{File, Messages, Rules, TABLES_MAX, Tables};
pub use statement::{
    Arithmetic, Destination, FollowUp, HowToAppeal, Reason, StatedChange, StatedFact, Statement,
    state,
};
pub use table::{
    ALTERNATIVES_MAX, About, COLUMNS_MAX, Code, FILE_BYTES_MAX, LETS_MAX, LoadError, ROWS_MAX,
    RowDescription, RowId, TESTS_MAX, Table,
};
