//! Promotions held against the ledger and against all that belongs to them: slices, deeds,
//! settlements, posts, and the order that has paid.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use base::{Amount, Currency, PersonId, PostId, PromotionId};
use engine::{Key, Row};
use ledger::{Account, AccountName};
use promotions::{Advertiser, Deed, Micros, Post, Promotion, Settlement, Slice, SliceState, State};
use promotions::{made_good_account, post_id, with_tax};
use shop::Checkout;

use super::finding::{Check, Findings};
use super::minor;
use super::replay::{Image, Replay};

/// Checks what must hold between the rows as the journal leaves them.
pub(super) fn check(replay: &Replay, findings: &mut Findings) {
    let (parts, sums) = (HashMap::new(), BTreeMap::new());
    let mut across = Across { replay, findings, parts, sums, under_way: BTreeMap::new() };
    let rows = || replay.images.values().filter_map(Image::latest).map(|version| &version.row);
    for row in rows() {
        match row {
            Row::Slice(row) => across.slice(row),
            Row::Deed(row) => across.deed(row),
            Row::PromotionSettlement(row) => across.settlement(row),
            _ => {}
        }
    }
    for row in rows() {
        match row {
            Row::Account(row) => across.account(row),
            Row::Checkout(row) => across.checkout(row),
            Row::Promotion(row) => across.promotion(row),
            Row::Post(row) => across.post(row),
            _ => {}
        }
    }
    for row in rows() {
        if let Row::Advertiser(row) = row {
            across.advertiser(row);
        }
    }
    across.note_uncounted();
    across.compare_sums();
}

/// What belongs to one promotion, added up. Amounts are minor units.
#[derive(Default)]
struct Parts {
    slices: Numbers,
    open: u32,
    posted: i128,
    /// What open slices have used and were not charged, in millionths.
    uncharged: i128,
    deeds: Numbers,
    settlements: Numbers,
    back: i128,
    incentive_back: i128,
    /// What went back by the last settlement and those before it.
    back_so_far: i128,
}

/// Numbers of parts. Ids are made of them, so none is there twice.
#[derive(Default)]
struct Numbers {
    count: u32,
    last: u32,
}

impl Numbers {
    /// True when it is the highest so far.
    fn add(&mut self, number: u32) -> bool {
        self.count += 1;
        let is_last = number > self.last;
        self.last = self.last.max(number);
        is_last
    }

    /// From 1 up to `last`, without a gap.
    fn are_up_to(&self, last: u32) -> bool {
        (self.count, self.last) == (last, last)
    }
}

/// All promotions of a currency, in minor units.
#[derive(Default)]
struct Sums {
    spent: i128,
    incentive: i128,
    /// What was sent back for claims and restitutions, less what turned out not to be spent.
    borne: i128,
}

impl fmt::Display for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.count)?;
        self.budgets.iter().try_for_each(|(of, sum)| write!(f, " {sum} {}", of.code()))
    }
}

struct Across<'a> {
    replay: &'a Replay,
    findings: &'a mut Findings,
    parts: HashMap<PromotionId, Parts>,
    sums: BTreeMap<Currency, Sums>,
    /// What promotions that are counted come to for each advertiser.
    under_way: BTreeMap<PersonId, UnderWay>,
}

/// How many promotions an advertiser has under way, and their budgets in minor units.
#[derive(Default, PartialEq)]
struct UnderWay {
    count: u32,
    budgets: BTreeMap<Currency, i128>,
}

impl<'a> Across<'a> {
    fn slice(&mut self, slice: &Slice) {
        let promotion = self.of(slice.promotion);
        if promotion.is_none_or(|row| row.currency() != slice.pending.currency) {
            let detail = format!("{} does not exist, or is of another currency", slice.promotion);
            self.findings.note(Check::Promotions, slice.id, detail);
        }
        let parts = self.parts.entry(slice.promotion).or_default();
        parts.slices.add(slice.number);
        parts.posted += minor(slice.pending.posted);
        if slice.state == SliceState::Open {
            parts.open += 1;
            parts.uncharged += i128::from(slice.used.fraction().get());
        }
    }

    fn deed(&mut self, deed: &Deed) {
        if self.of(deed.promotion).is_none() {
            let detail = format!("{} does not exist", deed.promotion);
            self.findings.note(Check::Promotions, deed.id, detail);
        }
        self.parts.entry(deed.promotion).or_default().deeds.add(deed.number);
    }

    fn settlement(&mut self, settlement: &Settlement) {
        if self.of(settlement.promotion).is_none() {
            let detail = format!("{} does not exist", settlement.promotion);
            self.findings.note(Check::Promotions, settlement.id, detail);
        }
        let parts = self.parts.entry(settlement.promotion).or_default();
        parts.back += minor(settlement.back);
        parts.incentive_back += minor(settlement.incentive_back);
        if parts.settlements.add(settlement.number) {
            parts.back_so_far = minor(settlement.back_so_far);
        }
    }

    /// An escrow is that of a promotion.
    fn account(&mut self, account: &Account) {
        let AccountName::PromotionEscrow(promotion) = account.name else { return };
        let is_its = self.of(promotion).is_some_and(|row| row.currency() == account.currency);
        if !is_its {
            let detail = "there is no such promotion of this currency".to_owned();
            self.findings.note(Check::Promotions, &account.name, detail);
        }
    }

    /// What was paid for is funded, and says by what.
    fn checkout(&mut self, checkout: &Checkout) {
        let (Some(promotion), Some(_)) = (checkout.promotion, checkout.order) else { return };
        let is_paid = self
            .of(promotion)
            .is_some_and(|row| row.funded_at.is_some() && row.checkout == Some(checkout.id));
        if !is_paid {
            let detail = format!("{promotion} does not exist, or was not paid by it");
            self.findings.note(Check::Promotions, checkout.id, detail);
        }
    }

    /// A post lists the promotions that must be told when it changes, and no other.
    fn post(&mut self, post: &Post) {
        for id in &post.promotions {
            let detail = match self.of(*id) {
                None => "does not exist",
                Some(row) if post_id(&row.post) != post.id => "is of another post",
                Some(row) if !must_be_told(row) => "was not paid, or is settled",
                Some(_) => continue,
            };
            let detail = format!("lists {id}, which {detail}");
            self.findings.note(Check::Promotions, post.id, detail);
        }
    }

    fn promotion(&mut self, row: &Promotion) {
        let parts = self.parts.remove(&row.id).unwrap_or_default();
        self.compare_escrow(row);
        self.compare_parts(row, &parts);
        self.compare_spend(row, &parts);
        self.compare_post(row, post_id(&row.post));
        self.compare_order(row);
        if row.is_counted {
            let sums = self.under_way.entry(row.advertiser).or_default();
            sums.count += 1;
            *sums.budgets.entry(row.currency()).or_default() += minor(row.terms.budget.amount);
        }
        let (apart, with_its_tax) = self.apart(row.id);
        let borne = minor(self.sent_back(row.id)) - minor(apart) + minor(with_its_tax);
        let borne = borne - minor(row.kept);
        let sums = self.sums.entry(row.currency()).or_default();
        sums.borne += borne;
        sums.spent += minor(row.spend.spent);
        if row.funded_at.is_some() {
            sums.incentive += minor(row.terms.incentive) - minor(row.incentive_returned);
        }
    }

    /// An advertiser has the sums of the promotions that say they are counted.
    fn advertiser(&mut self, row: &Advertiser) {
        let told = UnderWay {
            count: row.under_way,
            budgets: row.budgets.iter().map(|(of, sum)| (*of, minor(*sum))).collect(),
        };
        let found = self.under_way.remove(&row.person).unwrap_or_default();
        if told != found {
            let (told, found) = (told.to_string(), found.to_string());
            let detail = format!("has {found} under way, its row says {told}");
            self.findings.note(Check::Promotions, row.person, detail);
        }
    }

    /// Whoever has a promotion that is counted has a row.
    fn note_uncounted(&mut self) {
        for (person, found) in std::mem::take(&mut self.under_way) {
            let detail = format!("has {found} under way, and no row says so");
            self.findings.note(Check::Promotions, person, detail);
        }
    }

    /// What is in escrow is what was paid and added, and neither spent nor gone back. What is
    /// reserved of it, the check of pending totals compares.
    fn compare_escrow(&mut self, row: &Promotion) {
        let found = self.balance(&row.escrow(), row.currency());
        let gone = [row.spend.spent, row.returned, row.incentive_returned, row.kept];
        let gone: i128 = gone.into_iter().map(minor).sum();
        let left = row.funded_at.map_or(0, |_| minor(row.terms.budget.amount) - gone);
        if found != left {
            let detail = format!("its escrow holds {found}, of its money {left} are left");
            self.findings.note(Check::Promotions, row.id, detail);
        }
    }

    /// What belongs to it is numbered without a gap, and counted.
    fn compare_parts(&mut self, row: &Promotion, parts: &Parts) {
        let numbered = [
            ("slices", &parts.slices, row.slices.ever),
            ("deeds", &parts.deeds, row.deeds),
            ("settlements", &parts.settlements, row.settlements),
        ];
        for (what, numbers, counted) in numbered {
            if !numbers.are_up_to(counted) {
                let Numbers { count, last } = numbers;
                let detail = format!("it counts {counted} {what}, there are {count} up to {last}");
                self.findings.note(Check::Promotions, row.id, detail);
            }
        }
        if parts.open != row.slices.open {
            let (open, counted) = (parts.open, row.slices.open);
            let detail = format!("it counts {counted} open slices, there are {open}");
            self.findings.note(Check::Promotions, row.id, detail);
        }
    }

    /// What was posted of its slices is spent, unless it was repaid; what is due is charged, or
    /// carried, or still in a slice; what its settlements gave back has gone back.
    fn compare_spend(&mut self, row: &Promotion, parts: &Parts) {
        let charged = minor(row.spend.spent) + minor(row.spend.repaid);
        if parts.posted != charged {
            let detail =
                format!("of its slices {} are posted, it was charged {charged}", parts.posted);
            self.findings.note(Check::Promotions, row.id, detail);
        }
        let (due, carry) = (i128::from(row.spend.due.get()), i128::from(row.spend.carry_micros));
        let spent = minor(row.spend.spent) * i128::from(Micros::PER_MINOR);
        if due != spent + carry + parts.uncharged {
            let detail = format!(
                "{due} are due, {spent} spent, {carry} carried and {} in slices (millionths)",
                parts.uncharged
            );
            self.findings.note(Check::Promotions, row.id, detail);
        }
        let counted = [minor(row.returned), minor(row.returned), minor(row.incentive_returned)];
        let found = [parts.back_so_far, parts.back, parts.incentive_back];
        if found != counted {
            let detail = format!(
                "gone back so far, in all, and to the platform by its settlements: {found:?}, it \
                 counts {counted:?} (minor units)"
            );
            self.findings.note(Check::Promotions, row.id, detail);
        }
    }

    fn compare_post(&mut self, row: &Promotion, id: PostId) {
        let detail = match self.replay.row(Key::Post(id)) {
            Some(Row::Post(post)) if !must_be_told(row) || post.promotions.contains(&row.id) => {
                return;
            }
            Some(Row::Post(_)) => format!("{id} does not list it"),
            _ => format!("{id} does not exist"),
        };
        self.findings.note(Check::Promotions, row.id, detail);
    }

    /// The order that has paid took what it cost, and gives back what it gives back, with the tax
    /// of that.
    fn compare_order(&mut self, row: &Promotion) {
        let Some(checkout) = row.checkout.filter(|_| row.funded_at.is_some()) else { return };
        let paying = match self.replay.row(Key::Checkout(checkout)) {
            Some(Row::Checkout(paying)) if paying.promotion == Some(row.id) => paying,
            _ => {
                let detail = format!("{checkout} does not exist, or pays for something else");
                self.findings.note(Check::Promotions, row.id, detail);
                return;
            }
        };
        let order = paying.order.and_then(|order| self.replay.row(Key::Order(order)));
        let Some(Row::Order(order)) = order else {
            let detail = format!("{checkout} has no order");
            self.findings.note(Check::Promotions, row.id, detail);
            return;
        };
        let paid = row.terms.paid();
        let line = order.promotion().filter(|line| line.line.net() == paid);
        let Some(line) = line.filter(|_| order.currency == row.currency()) else {
            let detail = format!("{} does not pay {} for it", order.id, paid.minor());
            self.findings.note(Check::Promotions, row.id, detail);
            return;
        };
        // All that has gone back is one sum, by settlements and by claims: so is its tax.
        let back = row.returned.checked_add(self.sent_back(row.id)).unwrap_or(Amount::MAX);
        let back = with_tax(back, paid, line.line.tax).saturating_sub(self.apart(row.id).1);
        if line.refunded != back {
            let (refunded, back) = (line.refunded.minor(), back.minor());
            let detail = format!("{} has refunded {refunded}, back are {back}", order.id);
            self.findings.note(Check::Promotions, row.id, detail);
        }
    }

    /// What claims and restitutions have sent back of what was spent.
    fn sent_back(&self, promotion: PromotionId) -> Amount {
        match self.replay.row(Key::PromotionClaims(promotion)) {
            Some(Row::PromotionClaims(row)) => row.set_out,
            _ => Amount::ZERO,
        }
    }

    /// What of that went another way than by the order, and the same with its tax.
    fn apart(&self, promotion: PromotionId) -> (Amount, Amount) {
        match self.replay.row(Key::PromotionClaims(promotion)) {
            Some(Row::PromotionClaims(row)) => (row.apart, row.apart_gross),
            _ => (Amount::ZERO, Amount::ZERO),
        }
    }

    /// What all promotions have brought, and what the platform has added to them.
    fn compare_sums(&mut self) {
        let currencies = std::mem::take(&mut self.sums);
        for (currency, sums) in currencies {
            let accounts = [
                (AccountName::PromotionRevenue, sums.spent),
                (AccountName::PromotionIncentives, sums.incentive),
                (made_good_account(), sums.borne),
            ];
            for (name, expected) in accounts {
                let found = self.balance(&name, currency);
                if found != expected {
                    let code = currency.code();
                    let detail = format!("{found} {code} are on it, by promotions {expected}");
                    self.findings.note(Check::Promotions, name, detail);
                }
            }
        }
    }

    fn of(&self, promotion: PromotionId) -> Option<&'a Promotion> {
        match self.replay.row(Key::Promotion(promotion)) {
            Some(Row::Promotion(row)) => Some(row),
            _ => None,
        }
    }

    /// Nothing is on an account that was never opened.
    fn balance(&self, name: &AccountName, currency: Currency) -> i128 {
        match self.replay.row(Key::Account(name.id(currency))) {
            Some(Row::Account(account)) => i128::from(account.balance()),
            _ => 0,
        }
    }
}

/// Whether the promotion has money that depends on its post.
fn must_be_told(row: &Promotion) -> bool {
    row.funded_at.is_some() && row.state != State::Settled
}
