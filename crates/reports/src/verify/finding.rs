//! Findings: what is wrong, by name, with the object it is wrong with.

use std::fmt;

/// Findings a report keeps; the rest is counted.
pub const FINDINGS_MAX: usize = 100;

/// Something that is wrong with the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check that failed.
    pub check: Check,
    /// Id of the object, or what else is at fault: a block, a currency.
    pub object: String,
    /// What exactly, for an operator. No code and no personal text is in it.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.check.as_str(), self.object, self.detail)
    }
}

macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $name:ident => $text:literal,)+) => {
        /// What verification checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Check {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Check {
            /// Every check, in the order in which they are made.
            pub const ALL: &[Check] = &[$(Check::$name,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Check::$name => $text,)+
                }
            }
        }
    };
}

checks! {
    /// Blocks follow one another, and none was changed after it was sealed.
    Chain => "chain",
    /// The journal ends where the head row says.
    Head => "head",
    /// Every record can be read, and its rows are such as can exist: a hold, for one, posts and
    /// voids no more than it reserved, and refunds no more than it posted.
    Record => "record",
    /// A transfer moves an amount between two accounts of its currency.
    Transfer => "transfer",
    /// An account has the totals its transfers add up to.
    AccountTotals => "account_totals",
    /// The balances of a currency add up to zero.
    ZeroSum => "zero_sum",
    /// An account with a limit is not below zero.
    Limit => "limit",
    /// What is pending on an account is what its open holds and slices reserve.
    PendingTotals => "pending_totals",
    /// A card lists its open holds, and no other.
    HoldListing => "hold_listing",
    /// Refunds belong to a hold of their card, which counts them.
    Refunds => "refunds",
    /// A card has its account, and a card's account its card.
    CardAccount => "card_account",
    /// A card has no more goodwill than its account holds, and none where all of it was given away;
    /// it has given back no more than it was sold with.
    Goodwill => "goodwill",
    /// A live code finds the card whose code it is.
    Code => "code",
    /// Refunds and disputes belong to a payment, which counts them.
    Payments => "payments",
    /// An order is that of its checkout, what its tenders pay was taken, and its lines count their
    /// refunds.
    Orders => "orders",
    /// Receipts and credit notes are numbered from 1 without a gap.
    Numbers => "numbers",
    /// A promotion's money is in escrow, spent, or gone back; it counts its slices, deeds and
    /// settlements; its post lists it, the order that has paid refunds what it gives back, and its
    /// advertiser has the sums of what is under way.
    Promotions => "promotions",
    /// The tables go no further than the journal.
    Watermark => "watermark",
    /// A row is as the journal left it.
    Row => "row",
    /// A row the journal made is in its table.
    RowMissing => "row_missing",
    /// A row is as new as the watermark says.
    RowBehind => "row_behind",
    /// A row was made by the journal.
    RowUnknown => "row_unknown",
    /// An entry is what its transfer did.
    Entry => "entry",
    /// Every transfer left its entries.
    EntryMissing => "entry_missing",
    /// An entry was left by a transfer.
    EntryUnknown => "entry_unknown",
    /// The tables can be read.
    Tables => "tables",
}

/// Collects findings, so many and no more.
#[derive(Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    left_off: u64,
}

impl Findings {
    pub(super) fn note(&mut self, check: Check, object: impl fmt::Display, detail: String) {
        if self.kept.len() < FINDINGS_MAX {
            self.kept.push(Finding { check, object: object.to_string(), detail });
        } else {
            self.left_off += 1;
        }
    }

    pub(super) fn finish(self) -> (Vec<Finding>, u64) {
        (self.kept, self.left_off)
    }
}
