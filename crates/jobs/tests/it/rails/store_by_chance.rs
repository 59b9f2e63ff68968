//! Random acts of a shop, an app store and bad luck: each refund of the store is counted once, and
//! none of ours is given up or paid twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Amount, CheckoutId, RailRefundId, RefundId, Span, Token};
use engine::{Command, PaymentCommand, RefundIds, ShopCommand};
use payments::{ConsentReason, RailRefund, RefundState};
use rails::sandbox::Faults as Messages;
use rails::{Outcome, Rail, RefundStage};
use shop::{RefundOrder, RefundRequest};

use super::market::{Ending, Kept, Market, PRICE, usd};
use super::random::Dice;
use super::shaky::{Faults, Shaky};

/// Sums of refunds: few, so that many are alike.
const SUMS: [i64; 3] = [1_000, 2_000, 3_000];

struct World {
    market: Market,
    dice: Dice,
    checkout: CheckoutId,
}

impl World {
    fn open(kept: Kept, seed: u64) -> (World, Faults) {
        let mut dice = Dice::new(seed);
        let faults = Faults::default();
        let of_rail = faults.clone();
        let between = Arc::new(move |inner| {
            let faults = of_rail.clone();
            Arc::new(Shaky { name: "sandbox_store", inner, faults }) as Arc<dyn Rail>
        });
        let market = Market::open_store(kept, Some(between));
        let token = dice.pick(&["tok_ok", "tok_refund_pending", "tok_refund_fails"]).unwrap();
        let checkout = market.pay(&[token]);
        market.pass(Span::seconds(1));
        let messages = Messages {
            duplicate_percent: 30,
            lose_percent: 20,
            delay_max: Span::hours(dice.below(40)),
            ..Messages::default()
        };
        market.sandbox.set_faults(messages);
        faults.by_chance(seed, u8::try_from(dice.below(25)).unwrap());
        (World { market, dice, checkout }, faults)
    }

    fn act(&mut self) {
        let sum = self.dice.pick(&SUMS).unwrap();
        match self.dice.below(12) {
            0..=3 => self.shop_refunds(sum),
            4..=6 => self.store_acts(sum, false),
            7 => self.store_acts(sum, true),
            8 => self.people_act(),
            9 => {
                let ending = self.dice.pick(&[Ending::Swept, Ending::Unswept]).unwrap();
                self.market.reopen(ending);
            }
            _ => drop(self.market.pass(Span::hours(self.dice.below(48)))),
        }
    }

    fn shop_refunds(&self, sum: i64) {
        let market = &self.market;
        let refund = ShopCommand::RefundOrder {
            order: market.checkout_row(self.checkout).order.unwrap(),
            new: Box::new(RefundOrder {
                id: RefundId::from_bits(market.number()),
                request: RefundRequest::Amount(usd(sum)),
                reason: Token::new("returned").unwrap(),
            }),
            ids: Box::new(RefundIds {
                cards: std::array::from_fn(|_| RefundId::from_bits(market.number())),
                rails: std::array::from_fn(|_| RailRefundId::from_bits(market.number())),
            }),
        };
        self.submit(Command::Shop(refund));
    }

    fn store_acts(&self, sum: i64, declines: bool) {
        let name = self.market.payments(self.checkout)[0].rail_reference.clone().unwrap();
        let part = Amount::new(sum).unwrap();
        // It refuses what is more than it has.
        let _ = match declines {
            true => self.market.sandbox.decline_refund(&name, part),
            false => self.market.sandbox.refund_at_rail(&name, part),
        };
    }

    /// Somebody sees to refunds that are stuck.
    fn people_act(&mut self) {
        for row in self.market.rail_refunds() {
            let rail_refund = row.id;
            match row.state {
                RefundState::NeedsConsent { .. } => {
                    let code = Token::new("stuck").unwrap();
                    let give_up = PaymentCommand::GiveUpRefund { rail_refund, code };
                    self.submit(Command::Payments(give_up));
                }
                RefundState::Failed { .. } if row.replaced_by.is_none() => {
                    let new = RailRefundId::from_bits(self.market.number());
                    let replace = PaymentCommand::ReplaceRefund { rail_refund, new };
                    self.submit(Command::Payments(replace));
                }
                _ => {}
            }
        }
    }

    fn submit(&self, command: Command) {
        // There may be no room for it.
        let _ = self.market.submit(command).result;
    }

    /// Each refund of the store has one home, which tells the same as the store.
    fn check(&self) {
        let payment = self.market.payments(self.checkout).remove(0);
        let told = self.market.sandbox.refunds(payment.rail_reference.as_ref().unwrap());
        let Outcome::Succeeded(told) = told else { panic!("{told:?}") };
        let rows = self.market.rail_refunds();
        let disputes = self.market.disputes();
        let mut homes = BTreeMap::<&str, Vec<String>>::new();
        let named = rows.iter().filter_map(|row| Some((row.rail_reference.as_ref()?, row.id)));
        for (name, id) in named {
            homes.entry(name.as_str()).or_default().push(id.to_string());
        }
        for dispute in &disputes {
            let name = dispute.rail_reference.as_ref().unwrap().as_str();
            homes.entry(name).or_default().push(dispute.id.to_string());
        }
        for state in &told {
            let mine = homes.remove(state.reference.as_str()).unwrap_or_default();
            match state.stage {
                RefundStage::Failed(_) => assert!(mine.len() <= 1, "{state:?}: {mine:?}"),
                _ => assert_eq!(mine.len(), 1, "{state:?}"),
            }
        }
        assert!(homes.is_empty(), "the store knows nothing of {homes:?}");
        let stages: BTreeMap<_, _> =
            told.iter().map(|state| (state.reference.as_str(), state)).collect();
        for row in &rows {
            self.check_row(row, &stages);
        }
        for dispute in &disputes {
            let waited = |row: &&RailRefund| {
                let is_nameless = row.state == RefundState::Sent && row.rail_reference.is_none();
                // What was sent anew did not wait all the time.
                let is_older = row.attempt == 1 && row.created_at < dispute.created_at;
                is_nameless && is_older && row.amount == dispute.amount
            };
            let passed_over = rows.iter().find(waited);
            assert!(passed_over.is_none(), "{dispute:?} is taken for foreign: {passed_over:?}");
        }
    }

    fn check_row(&self, row: &RailRefund, told: &BTreeMap<&str, &rails::RefundState>) {
        let name = row.rail_reference.as_ref().map(|name| told[name.as_str()]);
        let has_failed = name.is_some_and(|told| matches!(told.stage, RefundStage::Failed(_)));
        match row.state {
            RefundState::Succeeded => {
                let told = name.expect("the store has made it");
                assert_eq!((told.amount, told.stage), (row.amount, RefundStage::Succeeded));
            }
            RefundState::Sent => assert!(!has_failed, "{row:?}"),
            RefundState::Waiting => panic!("nobody calls a store: {row:?}"),
            RefundState::NeedsConsent { reason: ConsentReason::HeldByStore } => {}
            RefundState::NeedsConsent { .. } => assert!(has_failed, "{row:?}"),
            RefundState::Failed { .. }
            | RefundState::Settled
            | RefundState::Credited
            | RefundState::PaidByHand => {}
        }
    }
}

fn check(kept: Kept, seed: u64) {
    let (mut world, faults) = World::open(kept, seed);
    let told = Told(seed);
    for _ in 0..world.dice.below(20) + 8 {
        world.act();
    }
    // Luck ends, and what was lost is asked for by the rounds.
    faults.by_chance(seed, 0);
    world.market.sandbox.set_faults(Messages::default());
    world.market.pass(Span::days(100));
    world.check();
    assert!(!faults.calls().contains(&"refund"), "{:?}", faults.calls());
    // A call that dies is told too, and nothing that asks for a person.
    let mut asks = world.market.reports();
    asks.retain(|told| told.starts_with("error") && !told.contains("failed on an assertion"));
    assert_eq!(asks, [""; 0]);
    assert_eq!(world.market.ledger("rail/sandbox_store/fees"), PRICE * 3 / 10);
    world.market.close();
    drop(told);
}

/// Prints what it has when a test panics.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("seed {}", self.0);
        }
    }
}

#[test]
fn slow_each_refund_of_a_store_is_counted_once() {
    (0..60).for_each(|seed| check(Kept::Memory, seed));
}

#[test]
fn slow_each_refund_of_a_store_is_counted_once_with_files() {
    (1_000..1_008).for_each(|seed| check(Kept::Sqlite, seed));
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_each_refund_of_a_store_is_counted_once() {
    (10_000..12_000).for_each(|seed| check(Kept::Memory, seed));
}
