//! Random lives of two promotions: whatever the order, not a cent is lost, and nothing counts
//! twice.

use std::collections::BTreeMap;

use base::{PromotionId, Span};
use promotions::{Bill, BillLine, Micros, Promise, Promotion, Refusal};
use promotions::{Slice, State, StopCause, Takeback, Terms, TermsChange, Visibility};
use proptest::prelude::*;

use crate::world::{ADVERTISER, ANN, World, cents, dollars, hold, label, rule, terms};

#[derive(Clone, Debug)]
enum Step {
    Lease { which: usize, amount: i64 },
    Grow { slice: usize, amount: i64 },
    Deliver { stream: usize, lines: Vec<(usize, usize, u64, u64)> },
    BillAgain { stream: usize, back: u64 },
    BillLater { stream: usize },
    TakeBack { which: usize, slice: u32, units: u64, price: u64 },
    GiveBack { slice: usize, keep: i64 },
    Lapse { slice: usize },
    Later { minutes: u64 },
    Pause { which: usize, is_staff: bool },
    Resume { which: usize, is_staff: bool },
    Stop { which: usize },
    Reject { which: usize },
    Appeal { which: usize },
    Approve { which: usize },
    Hide { is_hidden: bool },
    Rewrite { version: u8 },
    Daily { which: usize, budget: Option<i64> },
    Time { which: usize },
    Settle { which: usize },
}

fn any_step() -> impl Strategy<Value = Step> {
    let which = || 0..2_usize;
    let units = || prop_oneof![0..5_u64, 0..400_u64];
    let price = || prop_oneof![0..2_000_000_u64, 0..40_000_000_u64, Just(u64::MAX)];
    let line = (which(), 0..6_usize, units(), price());
    prop_oneof![
        8 => (which(), 1..900_i64).prop_map(|(which, amount)| Step::Lease { which, amount }),
        4 => (0..20_usize, 1..900_i64).prop_map(|(slice, amount)| Step::Grow { slice, amount }),
        12 => (0..2_usize, prop::collection::vec(line, 0..4))
            .prop_map(|(stream, lines)| Step::Deliver { stream, lines }),
        2 => (0..2_usize, 0..3_u64).prop_map(|(stream, back)| Step::BillAgain { stream, back }),
        1 => (0..2_usize).prop_map(|stream| Step::BillLater { stream }),
        5 => (which(), 0..6_u32, units(), price()).prop_map(|(which, slice, units, price)| {
            Step::TakeBack { which, slice, units, price }
        }),
        4 => (0..20_usize, 0..300_i64).prop_map(|(slice, keep)| Step::GiveBack { slice, keep }),
        3 => (0..20_usize).prop_map(|slice| Step::Lapse { slice }),
        4 => prop_oneof![1..90_u64, 1..3_000_u64].prop_map(|minutes| Step::Later { minutes }),
        1 => (which(), any::<bool>())
            .prop_map(|(which, is_staff)| Step::Pause { which, is_staff }),
        2 => (which(), any::<bool>())
            .prop_map(|(which, is_staff)| Step::Resume { which, is_staff }),
        1 => which().prop_map(|which| Step::Stop { which }),
        1 => which().prop_map(|which| Step::Reject { which }),
        2 => which().prop_map(|which| Step::Appeal { which }),
        3 => which().prop_map(|which| Step::Approve { which }),
        1 => any::<bool>().prop_map(|is_hidden| Step::Hide { is_hidden }),
        1 => (0..3_u8).prop_map(|version| Step::Rewrite { version }),
        1 => (which(), prop::option::of(100..3_000_i64))
            .prop_map(|(which, budget)| Step::Daily { which, budget }),
        3 => which().prop_map(|which| Step::Time { which }),
        2 => which().prop_map(|which| Step::Settle { which }),
    ]
}

/// What is due, counted by somebody who knows neither carries nor slices' fractions.
#[derive(Default)]
struct Oracle {
    /// Of each promotion.
    due: [u128; 2],
    units: [u64; 2],
    /// Refused units and their price, of each slice.
    refused: BTreeMap<(PromotionId, u32), (u64, u128)>,
}

impl Oracle {
    fn refuse(&mut self, slice: Option<&Slice>, units: u64, price: u128) {
        let Some(slice) = slice else { return };
        let refused = self.refused.entry((slice.promotion, slice.number)).or_default();
        *refused = (refused.0 + units, refused.1 + price);
    }
}

struct Play {
    world: World,
    ids: [PromotionId; 2],
    oracle: Oracle,
}

impl Play {
    fn promotion(&self, which: usize) -> &Promotion {
        &self.world.promotions[&self.ids[which]]
    }

    /// The slice of that place among all there are.
    fn slice(&self, place: usize) -> Option<(PromotionId, u32)> {
        let count = self.world.slices.len();
        self.world.slices.keys().nth(place % count.max(1)).copied()
    }

    fn bill(&mut self, stream: usize, lines: Vec<BillLine>, takebacks: Vec<Takeback>) {
        let stream = label(["one", "two"][stream]);
        let from = self.world.streams.get(&stream).map_or(0, |row| row.billed_to);
        let bill = Bill { stream, from, to: from + 3, lines, takebacks };
        for line in &bill.lines {
            self.expect_line(line);
        }
        for takeback in &bill.takebacks {
            self.expect_takeback(takeback);
        }
        self.world.bill(&bill).unwrap();
        for which in [0, 1] {
            let promotion = self.promotion(which);
            assert_eq!(u128::from(promotion.spend.due.get()), self.oracle.due[which]);
        }
        // Told again, nothing moves.
        let billed_to = bill.to;
        assert_eq!(self.world.bill(&bill), Err(Refusal::AlreadyBilled { billed_to }));
    }

    fn expect_line(&mut self, line: &BillLine) {
        let which = if line.promotion == self.ids[0] { 0 } else { 1 };
        let promotion = &self.world.promotions[&line.promotion];
        let slice = self.world.slices.get(&(line.promotion, line.slice));
        let left = slice.map_or(0, |slice| u128::from(slice.left().get()));
        if let Some(guarantee) = promotion.guarantee() {
            // One by one, as long as the slice has room.
            let (mut used, mut left_units) = (0, line.units);
            while left_units > 0 {
                let before = guarantee.cost(self.oracle.units[which]).get();
                let after = guarantee.cost(self.oracle.units[which] + 1).get();
                if used + u128::from(after - before) > left {
                    break;
                }
                used += u128::from(after - before);
                (self.oracle.units[which], left_units) =
                    (self.oracle.units[which] + 1, left_units - 1);
            }
            self.oracle.due[which] += used;
            self.oracle.refuse(slice, left_units, 0);
            return;
        }
        let units = u128::from(line.units);
        let most = u128::from(promotion.quote.unit_price_max.get()) * units;
        let asked = u128::from(line.price.get()).min(most);
        let billed = (left * units).checked_div(asked).unwrap_or(units).min(units);
        let price = (asked * billed).checked_div(units).unwrap_or(0);
        assert!(price <= left);
        self.oracle.due[which] += price;
        let refused = u64::try_from(units - billed).unwrap();
        self.oracle.refuse(slice, refused, asked - price);
    }

    fn expect_takeback(&mut self, takeback: &Takeback) {
        let which = if takeback.promotion == self.ids[0] { 0 } else { 1 };
        let promotion = &self.world.promotions[&takeback.promotion];
        let slice = (takeback.promotion, takeback.slice);
        if !self.world.slices.contains_key(&slice) {
            return;
        }
        let refused = self.oracle.refused.entry(slice).or_default();
        let free = takeback.units.min(refused.0);
        let price = u128::from(takeback.price.get());
        let part = (price * u128::from(free)).checked_div(takeback.units.into()).unwrap_or(0);
        let part = part.min(refused.1);
        *refused = (refused.0 - free, if refused.0 == free { 0 } else { refused.1 - part });
        let due = &mut self.oracle.due[which];
        if let Some(guarantee) = promotion.guarantee() {
            let units = &mut self.oracle.units[which];
            *units = units.saturating_sub(takeback.units - free);
            *due = u128::from(guarantee.cost(*units).get());
            return;
        }
        *due -= (price - part).min(*due);
    }

    fn take(&mut self, step: Step) {
        let step_of = |which: usize| self.ids[which];
        // A refusal is fine wherever a step does not fit; the audit looks at what was kept.
        let _refused = match step {
            Step::Lease { which, amount } => {
                let id = step_of(which);
                self.world.lease(id, amount).map(|_| ())
            }
            Step::Grow { slice, amount } => match self.slice(slice) {
                Some((id, number)) => self.world.lease_more(id, Some(number), amount),
                None => Ok(()),
            },
            Step::Deliver { stream, lines } => {
                return self.deliver(stream, &lines);
            }
            Step::BillAgain { stream, back } => self.bill_elsewhere(stream, back, false),
            Step::BillLater { stream } => self.bill_elsewhere(stream, 0, true),
            Step::TakeBack { which, slice, units, price } => {
                let promotion = step_of(which);
                let price = Micros::new(price);
                return self.bill(0, vec![], vec![Takeback { promotion, slice, units, price }]);
            }
            Step::GiveBack { slice, keep } => match self.slice(slice) {
                Some((id, number)) => self.world.give_back(id, number, keep),
                None => Ok(()),
            },
            Step::Lapse { slice } => match self.slice(slice) {
                Some((id, number)) => self.world.lapse(id, number),
                None => Ok(()),
            },
            Step::Later { minutes } => {
                self.world.later(Span::minutes(minutes));
                Ok(())
            }
            Step::Settle { which } => {
                let id = step_of(which);
                self.world.settle(id)
            }
            other => self.live(other),
        };
    }

    fn deliver(&mut self, stream: usize, lines: &[(usize, usize, u64, u64)]) {
        let mut bill: Vec<BillLine> = Vec::new();
        for (which, slice, units, price) in lines {
            let promotion = self.ids[*which];
            let slice = u32::try_from(*slice).unwrap();
            // One line for each promotion and slice, and one promotion of a guarantee a bill: the
            // oracle counts with the rows before it.
            if bill.iter().any(|line| line.promotion == promotion) {
                continue;
            }
            let (units, price) = (*units, Micros::new(*price));
            let (unbilled_units, invalid_units) = (1, 1);
            bill.push(BillLine { promotion, slice, units, price, unbilled_units, invalid_units });
        }
        self.bill(stream, bill, vec![]);
    }

    fn bill_elsewhere(&mut self, stream: usize, back: u64, is_gap: bool) -> Result<(), Refusal> {
        let stream = label(["one", "two"][stream]);
        let billed_to = self.world.streams.get(&stream).map_or(0, |row| row.billed_to);
        let line = BillLine {
            promotion: self.ids[0],
            slice: 1,
            units: 1,
            price: Micros::new(1),
            unbilled_units: 0,
            invalid_units: 0,
        };
        let from = if is_gap { billed_to + 1 } else { billed_to.saturating_sub(back + 1) };
        let bill = Bill { stream, from, to: from + back + 2, lines: vec![line], takebacks: vec![] };
        if !is_gap && billed_to == 0 {
            return Ok(());
        }
        let refused = self.world.bill(&bill).unwrap_err();
        let is_known =
            matches!(refused, Refusal::AlreadyBilled { .. } | Refusal::BillingGap { .. });
        assert!(is_known, "{refused:?}");
        Err(refused)
    }

    fn live(&mut self, step: Step) -> Result<(), Refusal> {
        let by = |is_staff| if is_staff { ANN } else { ADVERTISER };
        let ids = self.ids;
        let world = &mut self.world;
        match step {
            Step::Pause { which, is_staff } => {
                world.change(ids[which], |row, at| promotions::pause(row, by(is_staff), at))
            }
            Step::Resume { which, is_staff } => {
                world.change(ids[which], |row, at| promotions::resume(row, by(is_staff), at))
            }
            Step::Stop { which } => world.change(ids[which], |row, at| {
                promotions::stop(&StopCause::Advertiser, row, hold(), ADVERTISER, at)
            }),
            Step::Reject { which } => {
                let post = world.post.clone();
                let version = &post.content_version;
                world.change(ids[which], |row, at| {
                    promotions::reject(&rule("misleading"), version, (row, &post), hold(), ANN, at)
                })
            }
            Step::Appeal { which } => {
                world.change(ids[which], |row, at| promotions::appeal(row, ADVERTISER, at))
            }
            Step::Approve { which } => world.approve(ids[which]),
            Step::Hide { is_hidden } => {
                let hidden = if is_hidden { Visibility::Private } else { Visibility::Public };
                world.post.visibility = hidden;
                self.follow()
            }
            Step::Rewrite { version } => {
                world.post.content_version = label(&format!("v{version}"));
                self.follow()
            }
            Step::Daily { which, budget } => self.edit_daily(which, budget),
            Step::Time { which } => {
                let _ = world.change(ids[which], promotions::start);
                world.change(ids[which], |row, at| promotions::complete(row, hold(), at))
            }
            other => panic!("{other:?} is taken elsewhere"),
        }
    }

    fn follow(&mut self) -> Result<(), Refusal> {
        let post = self.world.post.clone();
        for id in post.promotions.clone() {
            let _ =
                self.world.change(id, |row, at| promotions::follow_post(row, &post, hold(), at));
        }
        Ok(())
    }

    fn edit_daily(&mut self, which: usize, budget: Option<i64>) -> Result<(), Refusal> {
        let promotion = self.promotion(which).clone();
        let day = self.world.now.day_number();
        let leased: i64 = self
            .world
            .slices
            .values()
            .filter(|one| one.promotion == promotion.id)
            .map(|one| one.pending.reserved.minor())
            .sum();
        // The audit holds each day against the budget of today, so it only grows here.
        if promotion.slices.day > day || budget.is_some_and(|budget| budget < leased) {
            return Ok(());
        }
        if budget.is_some() && promotion.terms.daily_budget.is_none() {
            return Ok(());
        }
        let change =
            TermsChange { daily_budget: Some(budget.map(cents)), ..TermsChange::default() };
        let quote = self.world.quote(&change.apply(&promotion.terms));
        let edited = self.world.with_facts(&quote, |facts| {
            promotions::edit(&change, &promotion, facts, ADVERTISER, self.world.context())
        });
        self.world.keep(edited)
    }

    /// Brings everything to its end, and looks at what everybody has.
    fn finish(&mut self) {
        self.world.later(Span::days(20));
        for id in self.ids {
            let _ = self.world.change(id, |row, at| promotions::complete(row, hold(), at));
        }
        self.world.later(Span::days(20));
        let open: Vec<_> = self.world.slices.keys().copied().collect();
        for (id, number) in open {
            let _ = self.world.lapse(id, number);
        }
        self.settle_all();
        // A verdict that comes later still is repaid, and goes back as well.
        for which in [0, 1] {
            let promotion = self.ids[which];
            let price = Micros::new(1_500_000);
            let takeback = Takeback { promotion, slice: 1, units: 2, price };
            self.bill(1, vec![], vec![takeback]);
        }
        self.settle_all();
    }

    fn settle_all(&mut self) {
        for which in [0, 1] {
            let id = self.ids[which];
            match self.world.settle(id) {
                Ok(()) | Err(Refusal::NothingToSettle) => {}
                Err(refused) => panic!("{refused:?} of {:?}", self.promotion(which)),
            }
            let promotion = self.promotion(which);
            assert_eq!(promotion.state, State::Settled);
            assert_eq!(self.world.balance(promotion.escrow()), 0);
            let Terms { incentive, .. } = promotion.terms;
            let (paid, spent) = (promotion.terms.paid(), promotion.spend.spent);
            assert_eq!(u128::from(promotion.spend.due.get()), self.oracle.due[which]);
            assert_eq!(spent.minor() as u128, self.oracle.due[which] / 1_000_000);
            let of_paid = spent.saturating_sub(incentive);
            assert_eq!(promotion.returned, paid.saturating_sub(of_paid));
            assert_eq!(promotion.incentive_returned, incentive.saturating_sub(spent));
            let settled: i64 = self
                .world
                .settlements
                .iter()
                .filter(|one| one.promotion == id)
                .map(|one| one.back.minor())
                .sum();
            assert_eq!(settled, promotion.returned.minor());
            let refunds = self.world.settlements.iter().filter(|one| one.promotion == id);
            let refunds: i64 = refunds.map(|one| one.refund(cents(317), cents(0)).minor()).sum();
            let whole = promotions::with_tax(promotion.returned, paid, cents(317)).minor();
            assert_eq!(refunds, whole, "steps of refunds add up");
        }
        assert!(self.world.post.promotions.is_empty());
    }
}

fn any_terms() -> impl Strategy<Value = [Terms; 2]> {
    let guarantee = (300..9_000_i64, 0..2_000_i64);
    let estimate = (500..9_000_i64, 0..9_000_i64, prop::option::of(400..3_000_i64));
    (guarantee, estimate).prop_map(|((price, added), (budget, incentive, daily))| {
        let guarantee = Terms {
            promise: Promise::Guarantee,
            budget: dollars(price),
            incentive: cents(added.min(price)),
            ..terms()
        };
        let estimate = Terms {
            budget: dollars(budget),
            incentive: cents(incentive.min(budget)),
            daily_budget: daily.map(cents),
            ..terms()
        };
        [guarantee, estimate]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_life_conserves_money(
        terms in any_terms(),
        steps in prop::collection::vec(any_step(), 0..60),
    ) {
        let mut world = World::new();
        let ids = [world.allowed(1, &terms[0]), world.allowed(2, &terms[1])];
        world.now = terms[0].starts_at;
        let mut play = Play { world, ids, oracle: Oracle::default() };
        for step in steps {
            play.take(step);
        }
        play.finish();
    }
}
