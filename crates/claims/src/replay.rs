//! Trying changed tables on old cases before they take effect.

use std::collections::BTreeMap;

use base::{Amount, Currency, Instant};

use crate::{Decision, Facts, FormError, Ground, Outcome, Rules, Table, Tables};

/// What a claim is decided from, as it was kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCase {
    /// What the claim says went wrong.
    pub ground: Ground,
    /// When it was filed.
    pub filed_at: Instant,
    /// In which currency it was paid.
    pub currency: Currency,
    /// What was known.
    pub facts: Facts,
}

/// The decision that facts kept in bytes get under these tables.
///
/// # Errors
///
/// [`FormError`] when the bytes are no facts.
pub fn replay(facts: &[u8], tables: Tables, currency: Currency) -> Result<Decision, FormError> {
    Ok(tables.decide(&Facts::from_bytes(facts)?, currency))
}

/// Examples kept of each way in which outcomes differ.
pub const EXAMPLES_MAX: usize = 10;

/// What other rules would change, over many cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Cases that were decided twice.
    pub cases: u64,
    /// Those with another outcome or amount.
    pub changed: u64,
    /// How many went from one outcome to another, also to the same with another amount.
    pub moves: BTreeMap<(Outcome, Outcome), Moves>,
    /// Money by currency.
    pub money: BTreeMap<&'static str, MoneyDifference>,
}

/// Cases whose outcome or amount differs in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// How many.
    pub count: u64,
    /// The first of them, by their places among the cases.
    pub examples: Vec<u64>,
}

/// What is paid under either rules. Minor units; sums may exceed any single amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneyDifference {
    /// Under the old ones.
    pub before: i128,
    /// Under the new ones.
    pub after: i128,
    /// What comes back beside that without the claims, under the old ones.
    pub elsewhere_before: i128,
    /// Under the new ones.
    pub elsewhere_after: i128,
}

impl Difference {
    /// Decides one more case under both rules: by the tables of the day when it was filed. Rules
    /// that are [tried](Rules::trying) have theirs for every day.
    pub fn count(&mut self, case: &PastCase, old: &Rules, new: &Rules) {
        let PastCase { ground, filed_at, currency, ref facts } = *case;
        let of = |rules: &Rules| rules.tables(ground, filed_at).decide(facts, currency);
        let (before, after) = (of(old), of(new));
        let place = self.cases;
        self.cases += 1;
        let money = self.money.entry(currency.code()).or_default();
        money.before += minor(before.amount);
        money.after += minor(after.amount);
        money.elsewhere_before += minor(before.elsewhere);
        money.elsewhere_after += minor(after.elsewhere);
        let result = |decision: &Decision| (decision.outcome, decision.amount, decision.elsewhere);
        if result(&before) != result(&after) {
            self.changed += 1;
            let moves = self.moves.entry((before.outcome, after.outcome)).or_default();
            moves.count += 1;
            if moves.examples.len() < EXAMPLES_MAX {
                moves.examples.push(place);
            }
        }
    }
}

/// What another table in the place of its kind would change, over these cases, as if it had been
/// there when each was filed.
pub fn difference<'c>(
    cases: impl IntoIterator<Item = &'c PastCase>,
    rules: &Rules,
    table: Table,
) -> Difference {
    let mut difference = Difference::default();
    let tried = rules.trying(table);
    cases.into_iter().for_each(|case| difference.count(case, rules, &tried));
    difference
}

fn minor(amount: Amount) -> i128 {
    i128::from(amount.minor())
}
