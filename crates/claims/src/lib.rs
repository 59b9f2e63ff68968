//! Claims: requests for money back for a promotion, from the first word to the last cent. They
//! decide themselves where they can, and say why; pure rules over explicit arguments.
//!
//! The crate has two rooms. The *rules* turn facts into a decision and its statement of reasons:
//! [`Facts`], [`Rules`], [`Decision`], [`Statement`]. The *life* leads a claim from being filed to
//! being paid: [`Claim`], [`next()`], [`PayoutPlan`].
//!
//! It knows neither promotions nor payments. What became of money arrives as [`Funds`], what was
//! bought as a [`Purchase`], what the rules say as [`Decided`]. It posts nothing: what is to go
//! back leaves as a [`PayoutPlan`], and the order of the promotion refunds it.
//!
//! # Vocabulary
//!
//! * **Claim**: a request for money back, on a **ground**, by a **claimant**: a person, or a
//!   contact without an account.
//! * **Hint**: what somebody without an account knows of a charge; staff **matches** it.
//! * **Fact**: one piece of evidence that the platform itself holds: a name, a value or why it is
//!   unknown, the record it was read from, and when it was so. **Facts** are *frozen* for a
//!   decision; the row has their hash.
//! * **Positive fact**: something that is on record. Its opposite is an *absence*.
//! * **Rule table**: dated data that turns facts into a decision. A **row** fits when one of its
//!   *alternatives* does; an alternative is **tests** that must all fit. The first row decides.
//! * **Gate**: the table that every claim passes first.
//! * **Outcome**: approve, partly approve, deny, review (by a person), hold, link.
//! * **Code**: a reason in the words of machines. A message file has its text.
//! * **Statement of reasons**: a decision with all that the claimant is owed to be told.
//! * **Version**: SHA-256 of what the tables of a decision say.
//! * **Award**: how much a decision grants: what the claim **refunds**, and what comes back
//!   **elsewhere**, without it.
//! * **Proposal**: a decision on a large sum, until a **second person** agrees.
//! * **Appeal**: somebody else decides again, once. The first decision stands meanwhile.
//! * **Held**: it waits for the end of a dispute of its payment.
//! * **Step**: a part of the way with a clock. **Clocks**: by when we act, and until when claimants
//!   may, as dated data. **Window**: until when a claim is in time, which is a fact.
//! * **Committed**: what claims and restitutions take of what was spent: promised, on its way, or
//!   gone. **Set out**: what of it is on its way or gone. **Cause**: what it is for.
//! * **Payer**: whom, or what, a yearly cap of what is paid without anybody looking is held
//!   against: the person who bought it, and each instrument it was paid with.
//! * **Instrument**: what several claimants may share: what was paid with, or the device on which
//!   somebody agreed. A **ring** is several claimants over one instrument: a person looks.
//! * **Freeze**: an account that somebody else may have used can pay and promote nothing, until a
//!   person lifts that. **Suspect**: a trace of whoever it was, for a person to look at.
//! * **Restitution**: what is repaid without a claim, for a **cause**, by one of three **ways**. It
//!   is **stuck** when its order refuses to send it; a person **resolves** that.
//!
//! # Invariants
//!
//! * A table that was loaded has no gap, no overlap that nobody told of, and no row that never
//!   decides; whoever wrote it, loading ends in bounded time and memory.
//! * A denial rests on a positive fact: nothing is denied for want of evidence. That a claim
//!   came too late is such a fact; an appeal can excuse it.
//! * The same facts and tables give the same bytes.
//! * A decision never pays more than what is left refundable, and never an amount it cannot tell:
//!   what a rule cannot decide well goes to a person.
//! * Committed ≤ what was spent of what was paid, less lost disputes, whenever something is
//!   committed; and returned by settlement + committed ≤ paid, always, when settlements return what
//!   [`Funds::settlement_back`] says: claims and settlements never pay the same cent.
//! * The sums of [`PromotionClaims`] are those of its claims and restitutions, always, for each
//!   cause; nothing is paid on facts that do not know what was paid before.
//! * Nothing is approved or sent while a dispute is open.
//! * Whoever proposed does not approve, whoever decided first does not decide on the appeal, and
//!   nobody decides on a claim of their own.
//! * Every status has a next step with a clock, waits for a bank, or is final ([`next()`]).
//! * A step is never due earlier than was said before.
//! * A row has no readable word of a person: ids and hashes only.
//!
//! # Order of checks
//!
//! Existence, whose it is, state, time, ground, limits, duplicates, who acts, amounts: see
//! [`Refusal`].

mod appeal;
mod approval;
mod attachment;
mod automatic;
mod book;
mod cause;
mod claim;
mod claimant;
mod clocks;
mod conclude;
mod decide;
mod decided;
mod digest;
mod duplicate;
mod effect;
mod event;
mod expression;
mod fact;
mod file;
mod freeze;
mod funds;
mod gather;
mod ground;
mod hold;
mod ids;
mod kept;
mod next;
mod outcome;
mod payer;
mod payout;
mod refusal;
mod replay;
mod restitution;
mod review;
mod ring;
mod rows;
mod rules;
mod set_aside;
mod statement;
mod status;
mod step;
mod subject;
mod table;
mod told_back;

pub use appeal::{appeal, withdraw};
pub use approval::ApprovalPolicy;
pub use attachment::{Attachment, MediaType, NewAttachment, attach};
pub use automatic::decide;
pub use book::RuleBook;
pub use cause::{Cause, Causes};
pub use claim::{Appeal, Award, Claim, DecisionRecord, Description, Payout};
pub use claimant::Claimant;
pub use clocks::{Case, ClockTables, Clocks, Term};
pub use conclude::Desk;
pub use decide::{AMOUNT_UNCERTAIN, CHANGES_MAX, Change, Decision, Needed, TableRow};
pub use decided::Decided;
pub use digest::{Digest, Fingerprint};
pub use effect::{Effect, EventObject, Subject};
pub use event::ClaimEvent;
pub use expression::{EXPRESSION_BYTES_MAX, EXPRESSION_DEPTH_MAX, ExpressionError};
pub use fact::{
    Evidence, Fact, FactError, FactName, Facts, Finding, FormError, Kind, Source, Value, WhyUnknown,
};
pub use file::{Filing, NewClaim, file, match_claim, preview};
pub use freeze::{AccountFreeze, LookedAt, Suspect, check_not_frozen, find_suspect};
pub use freeze::{freeze_account, lift_freeze, look_at_suspect, suspect_id};
pub use funds::{Funds, gross};
pub use gather::freeze_facts;
pub use ground::Ground;
pub use hold::{hold, release};
pub use ids::{restitution_id, restitution_statement_id, statement_id};
pub use kept::{FrozenFacts, KeptStatement, NewWords, Words, facts_id};
pub use next::{Alert, Awaited, Next, Who, alerts, escalate, next, wakes_at};
pub use outcome::{Act, Outcome};
pub use payer::{AutomaticPaid, AutomaticPayment, Payer, PayerRow, automatic_sums, follow_payers};
pub use payer::{has_yearly_cap, is_cap_unknown, knows_less_than};
pub use payout::{PayoutPlan, note_paid, plan_payout, resolve_payout, start_payout};
pub use refusal::Refusal;
pub use replay::{Difference, EXAMPLES_MAX, MoneyDifference, Moves, PastCase, difference, replay};
pub use restitution::{NewRestitution, Repaying, Restitution, RestitutionKind, Way};
pub use restitution::{bills_are_in, escalate_restitution, note_restitution_paid};
pub use restitution::{note_searched, restitute, search};
pub use review::{Review, approve, review, send_back};
pub use ring::{Instrument, InstrumentClaim, InstrumentClaims, InstrumentRow};
pub use ring::{follow_instruments, ring_marks};
pub use rows::{ClaimEntry, ClaimantClaims, PromotionClaims, Rows};
pub use rules::{File, Messages, Rules, TABLES_MAX, Tables};
pub use set_aside::{Resolution, Resolve, Resolved, Stuck, TRIED_LONGER_FOR};
pub use set_aside::{resolve, set_aside, tried_until};
pub use statement::{
    Arithmetic, Destination, FollowUp, HowToAppeal, Reason, StatedChange, StatedFact, Statement,
    state, state_person, state_restitution, stated_fact,
};
pub use status::Status;
pub use step::{Step, StepName, Steps};
pub use subject::{ChargeHint, LastFour, Named, Period, Purchase, RailName};
pub use table::{
    ALTERNATIVES_MAX, About, COLUMNS_MAX, Code, FILE_BYTES_MAX, LETS_MAX, LoadError, ROWS_MAX,
    RowDescription, RowId, TESTS_MAX, Table,
};
pub use told_back::ToldBack;

/// Limits of this capability, each with its unit in the name or its type.
pub mod limits {
    use base::Span;

    /// For how long it is tried to send a restitution that its order refuses, or what a claim pays,
    /// before a person may have it paid another way. What of restitutions may succeed later by
    /// itself is tried for [`TRIED_LONGER_FOR`](crate::TRIED_LONGER_FOR).
    pub const SENDING_TRIED_FOR: Span = Span::days(1);
    /// Bytes of what a claimant writes.
    pub const DESCRIPTION_BYTES_MAX: u32 = 4_000;
    /// Bytes of the same, sealed.
    pub const SEALED_BYTES_MAX: usize = 4_256;
    /// Files of one claim, its appeal included.
    pub const ATTACHMENTS_MAX: usize = 10;
    /// Bytes of one file.
    pub const ATTACHMENT_BYTES_MAX: u64 = 10 * 1_024 * 1_024;
    /// Claims of one claimant that are open at the same time.
    pub const OPEN_CLAIMS_MAX: u32 = 10;
    /// Claims that one payer was paid for without anybody looking, of which a year is kept: a cap
    /// that small claims reach by their number.
    pub const AUTOMATIC_PAYMENTS_MAX: usize = 100;
    /// Claims that are kept of one instrument, of a year. A person looks long before it is full.
    pub const INSTRUMENT_CLAIMS_MAX: usize = 64;
    /// The same, of one claimant.
    pub const INSTRUMENT_CLAIMS_OF_ONE_MAX: usize = 4;
    /// Times of claims that are remembered of one claimant: the newest of a year.
    pub const CLAIMS_REMEMBERED_MAX: usize = 100;
    /// Claims that were ever made for one promotion.
    pub const CLAIMS_PER_PROMOTION_MAX: usize = 50;
    /// Decisions and proposals of one claim, its appeal included.
    pub const DECISIONS_MAX: u32 = 20;
    /// Reasons of one decision: the number of principal reasons that 12 CFR 1002.9 (supplement I,
    /// paragraph 9(b)(2)) holds to be enough.
    pub const CODES_MAX: usize = 4;
}
