use std::fmt;

use crate::chance::scaled;
use base::{CreatorId, Currency, Label, PromotionId, Text};
use promotions::{Audience, Goal, Micros};

use crate::{Chance, FrequencyCap, Plan};

/// What choosing needs to know of a promotion.
#[derive(Clone, Debug)]
pub struct Promoted {
    /// Which promotion.
    pub promotion: PromotionId,
    /// The post, as the platform calls it.
    pub post: Label,
    /// Whose post.
    pub creator: CreatorId,
    /// Who pays, as viewers are told.
    pub payer: Payer,
    /// What is billed.
    pub goal: Goal,
    /// Whom it is for.
    pub audience: Audience,
    /// In what it is paid.
    pub currency: Currency,
    /// What is to be spent, and when.
    pub plan: Plan,
    /// What a unit costs.
    pub pricing: Pricing,
    /// How many units were quoted for the budget, when the auction tells the price.
    pub quoted: Option<UnitRange>,
    /// How often one viewer is shown it.
    pub cap: FrequencyCap,
    /// The chance that showing it leads to a unit, as it was quoted. What is learned from its own
    /// events takes over: this counts as much as five of them.
    pub believed: Chance,
    /// Whether it may be shown.
    pub standing: Standing,
}

/// A number of units, as a quote tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitRange {
    /// At least so many, not zero.
    pub low: u64,
    /// At most so many, not less than `low`.
    pub high: u64,
}

/// What a billed unit of a promotion costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// What the auction says, at least the reserve price and never more than was quoted.
    Auction {
        /// The reserve price.
        least: Micros,
        /// The quoted maximum.
        most: Micros,
    },
    /// Always the same, as a guarantee sells it. The last unit may cost less.
    Fixed(Micros),
}

/// One over this of a fixed price buys a last unit.
const LAST_UNIT_PART: u128 = 10;

impl Pricing {
    /// The most a unit may cost.
    pub fn most(&self) -> Micros {
        match *self {
            Pricing::Auction { most, .. } => most,
            Pricing::Fixed(price) => price,
        }
    }

    /// The least money with which it takes part. What is left of a fixed price buys a last unit
    /// when it is a tenth of one: what slices have left over would else be a unit that was promised
    /// and is missing, while one too many costs nobody anything.
    pub(super) fn least(&self) -> Micros {
        match *self {
            Pricing::Auction { least, .. } => least,
            Pricing::Fixed(price) => scaled(price, 1, LAST_UNIT_PART),
        }
    }
}

/// Whether a promotion that has money and time may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Running,
    /// Its advertiser paused it.
    Paused,
    /// The rules keep it back, for one while it is reviewed again.
    Withheld,
}

/// The name of who pays for a promotion. It may be a person's, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Payer(pub Text<120>);

impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payer(..)")
    }
}
