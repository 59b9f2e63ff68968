//! All that is data about claims, in one place.

use std::sync::OnceLock;

use base::{Day, Instant};

use crate::{ApprovalPolicy, ClockTables, Clocks, Rules};

/// What claims are decided by: the tables of rules, clocks and approval. A claim keeps those of the
/// day on which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBook {
    /// Tables that turn facts into decisions.
    pub rules: Rules,
    /// By when what is done.
    pub clocks: ClockTables,
    /// From which sum on a second person has to agree.
    pub approval: ApprovalPolicy,
}

impl RuleBook {
    /// The one that comes with the product. It is read and checked once a process.
    ///
    /// # Panics
    ///
    /// Never: a test loads it.
    pub fn standard() -> &'static RuleBook {
        static STANDARD: OnceLock<RuleBook> = OnceLock::new();
        STANDARD.get_or_init(|| RuleBook {
            rules: Rules::standard(),
            clocks: ClockTables::default_set(),
            approval: ApprovalPolicy::default_policy(),
        })
    }

    /// The clocks of a claim that was made then.
    pub fn clocks_of(&self, filed_at: Instant) -> &Clocks {
        self.clocks.of(Day::of(filed_at))
    }
}
