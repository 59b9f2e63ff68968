//! A market: what people wish of a shop, and a truthful rail behind it, whose answers are lost,
//! told late, twice and in any order. It makes lines of the script language, and is told the book.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger::AccountName;
use payments::{DisputeState, Manner, RefundState, Step};
use shop::{Checkout, CheckoutState};

use crate::market_cards::{
    a_card, a_month_later, bought_card, cancel_a_payer, due_gifts, goodwill,
};
use crate::market_cards::{on_a_card, unclaimed};
use crate::market_promotions;
use crate::world::World;

/// What somebody does: which deed, on which row, with what luck.
pub type Act = (u8, u16, u16);

/// Deeds there are.
pub const DEEDS: u8 = 76;

/// What there is before anybody does anything.
pub const OPENING: &str = "
    seller S 1000
    seller T 250
    creator C 500
    method m
    method n rail=stripe
    method late until=2026-10
    method kept rail=store store
    program P 1..9000 hold=300 extension=1 return=30
    issue A 900
    issue B 250 until=3d by=promotional
    issue D 400 only=T
    issue E 300 program=P
    issue F 120 regions=US";

pub const CARDS: [&str; 5] = ["A", "B", "D", "E", "F"];
const METHODS: [&str; 4] = ["m", "n", "late", "kept"];

/// A line, and whoever says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In the script language.
    pub text: String,
    pub by: By,
}

/// Who says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody wishes it; it may be refused, and may be wished again.
    Wish,
    /// The rail says what will stay true; it may be told late and again.
    Fact,
    /// The rail says what is true just now.
    News,
    /// A bank decides on a dispute, by what the book says.
    Bank,
}

/// What a rail knows of one payment.
#[derive(Clone, Debug, Default)]
struct AtRail {
    authorized: Option<bool>,
    asks: bool,
    captured: Option<i64>,
    refused_capture: bool,
    voided: bool,
    /// What it keeps of what it has captured, once told.
    fee: Option<i64>,
}

/// People who wish, and the rail.
#[derive(Clone, Debug, Default)]
pub struct Market {
    step: usize,
    rail: BTreeMap<String, AtRail>,
    /// Attempts at refunds: whether each has succeeded, and whether it came back.
    refunds: BTreeMap<(String, u32), (Option<bool>, bool)>,
    /// Everything the rail has ever said that stays true, as lines of a script.
    log: Vec<String>,
    /// Payments and refunds of which the rail said something in this turn: nobody asks again before
    /// that was heard, or lost.
    visited: BTreeSet<String>,
}

/// The name whose bits an id has.
pub fn name_of(bits: u128) -> String {
    let bytes = bits.to_be_bytes();
    bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

/// One of these.
pub fn pick<T: Clone>(all: &[T], which: u16) -> Option<T> {
    (!all.is_empty()).then(|| all[usize::from(which) % all.len()].clone())
}

fn wish(text: String) -> Line {
    Line { text, by: By::Wish }
}

impl Market {
    /// Everything that was said has been heard, or is lost.
    pub fn turn(&mut self) {
        self.visited.clear();
    }

    /// What an act leads to; nothing when there is nothing to act on.
    pub fn act(&mut self, world: &World, (deed, which, luck): Act) -> Option<Line> {
        self.step += 1;
        match deed {
            0..30 => self.wish(world, deed, which, luck).map(wish),
            30..44 => self.work(world, which, luck),
            44..52 => self.send(world, which, luck),
            52..58 => self.rail_acts(world, which, luck),
            64..76 => market_promotions::act(world, self.step, which, luck).map(wish),
            // Told late, or again.
            _ => pick(&self.log, which).map(|fact| self.says(By::Fact, &fact)),
        }
    }

    /// What people and shops want; whatever is refused has not happened.
    fn wish(&self, world: &World, deed: u8, which: u16, luck: u16) -> Option<String> {
        let step = self.step;
        let checkouts: Vec<String> = world.checkout.keys().map(|id| name_of(id.bits())).collect();
        let open = open_checkouts(world);
        // Mostly one that can go on; now and then one that is over.
        let all = if which.is_multiple_of(8) || open.is_empty() { &checkouts } else { &open };
        let checkout = || pick(all, which);
        let refund = || {
            let all: Vec<String> = world.rail_refund.keys().map(|id| name_of(id.bits())).collect();
            pick(&all, which)
        };
        let failed = || {
            let failed = world.rail_refund.values().filter(|row| row.state.is_failed());
            pick(&failed.map(|row| name_of(row.id.bits())).collect::<Vec<_>>(), which)
        };
        let card = a_card(world, luck);
        let method = METHODS[usize::from(luck) % METHODS.len()];
        Some(match deed {
            0..4 if open.len() < 3 => {
                let (one, two) = (1 + luck % 400, luck % 7 * 31);
                let gifts = self.gifts(which, luck);
                format!(
                    "checkout K{step} goods:S:3x{one}+{}@C digital:T:{two} shipping:{} {gifts}",
                    luck % 40,
                    which % 90
                )
            }
            0..9 => format!("add {} {card}", checkout()?),
            9..13 if which.is_multiple_of(3) => {
                format!("add {} method {method} {}", checkout()?, luck % 500)
            }
            9..13 => format!("add {} method {method}", checkout()?),
            13 => format!("remove {} t{}", checkout()?, 1 + luck % 5),
            14..19 => {
                let payments = ["a", "b", "c", "d"].map(|letter| format!("p{step}{letter}"));
                format!("pay {} O{step} {}", checkout()?, payments.join(" "))
            }
            19 if luck.is_multiple_of(2) => {
                self.with_ids(&format!("cancel_attempt {}", checkout()?))
            }
            19 => format!("abandon {}", checkout()?),
            20..24 => self.refund_of_an_order(world, which, luck)?,
            24 => match luck % 5 {
                0 => format!("consent {} {method}", refund()?),
                1..4 => credit(world, which, luck)?,
                _ if luck.is_multiple_of(2) => format!("there {} t{step}", stuck(world, which)?),
                _ => format!("hand {} rail=bank", stuck(world, which)?),
            },
            25 if luck.is_multiple_of(2) => format!("retry {}", refund()?),
            25 if luck.is_multiple_of(3) => format!("give_up {}", refund()?),
            25 => format!("instead {} i{step}", failed()?),
            26 if which.is_multiple_of(2) => goodwill(world, which, luck)?,
            26 => on_a_card(&card, which, luck)?,
            27 if luck.is_multiple_of(4) => format!("instead {} i{step}", failed()?),
            27 if luck.is_multiple_of(2) => credit(world, which, luck)?,
            27 if which.is_multiple_of(2) => {
                format!("redeem h{step} {} region=US", bought_card(world, which, luck)?)
            }
            27 => format!("hold h{step} {card} {} for=200 region=US", luck % 200),
            28 if which.is_multiple_of(2) => {
                self.by_hand(world, which, luck).or_else(|| cancel_a_payer(world, luck))?
            }
            28 => self.payout(world, which, luck)?,
            _ if which.is_multiple_of(9) => format!("product X{step} S goods {luck}"),
            _ if which.is_multiple_of(2) => a_month_later(world, which, step)?,
            _ => format!("wait {}", [60, 400, 900, 86_400][usize::from(luck % 4)]),
        })
    }

    /// Lines of gift cards, with what they will be like; in most checkouts some.
    fn gifts(&self, which: u16, luck: u16) -> String {
        let (step, units) = (self.step, 1 + which % 3);
        let names: Vec<String> = (0..=units).map(|unit| format!("b{step}.{unit}")).collect();
        let price = 20 + luck % 300;
        let likes = [
            "",
            "until=1000",
            "program=P",
            "active=100",
            "via=email send=500",
            "program=P via=link",
        ];
        let like = likes[usize::from(which / 3) % likes.len()];
        match luck % 4 {
            0 => String::new(),
            1 => format!("gift_card:T:{price} cards=b{step}.0 {like}"),
            _ => format!(
                "gift_card:S:{units}x{price} gift_card:T:{} cards={} {like}",
                50 + which % 90,
                names.join(",")
            ),
        }
    }

    fn refund_of_an_order(&self, world: &World, which: u16, luck: u16) -> Option<String> {
        let orders: Vec<String> = world.order.keys().map(|id| name_of(id.bits())).collect();
        let (order, step) = (pick(&orders, which)?, self.step);
        let what = match luck % 8 {
            0 => "everything".to_owned(),
            1 => format!("amount {}", luck % 600),
            2 => format!("l1x{}", 1 + luck % 3),
            3 => format!("l1={} l2={}", luck % 300, luck % 50),
            4 => format!("l3x{} l4={}", 1 + which % 2, luck % 40),
            5 => format!("l3={}", luck % 300),
            6 => {
                let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
                return Some(format!("undo {order} R{step} rails={}", rails.join(",")));
            }
            _ => format!("shipping={} l1x1", luck % 90),
        };
        let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
        Some(format!("back {order} R{step} {what} rails={}", rails.join(",")))
    }

    fn payout(&self, world: &World, which: u16, luck: u16) -> Option<String> {
        let payouts: Vec<String> = world.payout.keys().map(|id| name_of(id.bits())).collect();
        let payee = ["S", "T", "C"][usize::from(which) % 3];
        Some(match luck % 3 {
            0 => format!("payout y{} {payee} {}", self.step, luck * 3),
            1 => format!("payout_paid {}", pick(&payouts, which)?),
            _ => format!("payout_failed {}", pick(&payouts, which)?),
        })
    }

    /// A part that waits for consent is paid by hand, or becomes another card.
    fn by_hand(&self, world: &World, which: u16, luck: u16) -> Option<String> {
        let card = which.is_multiple_of(4);
        let (word, name) = (if card { "credit_share" } else { "by_hand" }, self.step);
        let name = if card { format!(" s{name}") } else { String::new() };
        let needs = shop::RefundStatus::NeedsConsent;
        let all = world.order_refund.values().flat_map(|row| {
            // What goes over a rail has ways of its own.
            let order = &world.order[&row.order];
            let of_a_card = |tender| {
                let paid_by = order.tender(tender).map(|tender| tender.paid_by);
                matches!(paid_by, Some(shop::PaidBy::GiftCard { .. }))
            };
            let parts = row.allocations.iter();
            let parts = parts.filter(move |it| it.status == needs && of_a_card(it.tender));
            let (refund, name) = (name_of(row.id.bits()), name.clone());
            parts.map(move |part| format!("{word} {refund} {}{name}", part.tender))
        });
        pick(&all.collect::<Vec<_>>(), luck)
    }

    /// What follows from news needs ids; they are drawn for each command.
    fn with_ids(&self, fact: &str) -> String {
        let step = self.step;
        let letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let refunds = letters.map(|letter| format!("z{step}{letter}"));
        format!("{fact} order=Q{step} refunds={}", refunds.join(","))
    }

    /// What a truthful rail says is never a contradiction, in whatever order it is heard.
    fn says(&mut self, by: By, what: &str) -> Line {
        self.step += 1;
        Line { text: self.with_ids(what), by }
    }

    /// What chance alone seldom comes to: what is owed for a card that is gone is paid by hand, a
    /// payer gives up, a gift is due, a card expires, or one is canceled.
    pub fn seldom(&self, world: &World, which: u16, luck: u16) -> Option<Line> {
        let owed = [0, 1].into_iter().filter_map(|which| self.by_hand(world, which, luck));
        let mut all: Vec<String> = owed.collect();
        let waits = |row: &&Arc<Checkout>| row.state == CheckoutState::RequiresAction;
        let names = world.checkout.values().filter(waits).map(|row| name_of(row.id.bits()));
        all.extend(names.map(|name| self.with_ids(&format!("cancel_attempt {name}"))));
        let is_over = |name: &&str| {
            let card = world.card.get(&crate::words::card(name));
            card.is_some_and(|card| card.expires_at.is_some_and(|at| at <= world.now))
        };
        all.extend(CARDS.into_iter().filter(is_over).map(|name| format!("expire {name}")));
        all.extend(due_gifts(world).map(|name| format!("send {name}")));
        all.extend(unclaimed(world, which, self.step));
        all.extend(self.settled(which).filter(|_| which.is_multiple_of(4)));
        if luck.is_multiple_of(8) {
            all.push(format!("cancel {}", pick(&CARDS, which)?));
        }
        pick(&all, which).map(wish)
    }

    /// What nobody has claimed in time goes back.
    pub fn unclaimed(&self, world: &World, which: u16) -> Option<Line> {
        unclaimed(world, which, self.step).map(wish)
    }

    /// A settlement file of the rail, of one payment of which it knows what it keeps.
    fn settled(&self, which: u16) -> Option<String> {
        let names: Vec<String> = self.rail.keys().cloned().collect();
        let name = pick(&names, which)?;
        let (captured, fee) = (self.rail[&name].captured?, self.rail[&name].fee?);
        Some(format!("settle F{} capture:{name}:{captured}:{fee}:l.{name}", self.step))
    }

    /// Everything that stays true, once more.
    pub fn facts(&mut self) -> Vec<Line> {
        self.log.clone().iter().map(|fact| self.says(By::Fact, fact)).collect()
    }

    fn fact(&mut self, line: String) -> Line {
        self.keep(line.clone());
        self.says(By::Fact, &line)
    }

    /// It is told later.
    fn keep(&mut self, line: String) {
        if !self.log.contains(&line) {
            self.log.push(line);
        }
    }

    /// Calls the rail for a payment that wants it; the answer may be lost.
    fn work(&mut self, world: &World, which: u16, luck: u16) -> Option<Line> {
        let wanting: Vec<_> = world
            .payment
            .values()
            .filter_map(|row| Some((name_of(row.id.bits()), row.next_call()?, row.amount)))
            .filter(|(name, ..)| !self.visited.contains(name))
            .collect();
        let (name, (step, manner), amount) = pick(&wanting, which)?;
        self.visited.insert(name.clone());
        let unheard = format!("unheard {name} {}", step.as_str());
        if luck.is_multiple_of(11) {
            // The call has not arrived.
            return Some(self.says(By::News, &unheard));
        }
        let amount = amount.amount.minor();
        let answer = match manner {
            Manner::Make => self.call(&name, step, amount, luck),
            Manner::Ask => self.ask(&name, step),
        };
        let is_lost = luck.is_multiple_of(5);
        Some(if is_lost { self.says(By::News, &unheard) } else { answer })
    }

    fn call(&mut self, name: &str, step: Step, amount: i64, luck: u16) -> Line {
        let known = self.rail.entry(name.to_owned()).or_default();
        match step {
            Step::Authorize if known.authorized.is_none() && !known.asks => match luck % 8 {
                0 => known.authorized = Some(false),
                1 => known.asks = true,
                2 => {
                    known.authorized = Some(true);
                    known.captured = Some(amount);
                }
                _ => known.authorized = Some(true),
            },
            Step::Capture if known.captured.is_none() && !known.voided => match luck % 9 {
                // Whoever is asked again says the same.
                _ if known.refused_capture => {}
                0 => known.refused_capture = true,
                1 if amount > 1 => known.captured = Some(amount - 1),
                _ => known.captured = Some(amount),
            },
            Step::Void if known.captured.is_none() => known.voided = true,
            _ => {}
        }
        self.ask(name, step)
    }

    /// What the rail says when it is asked about a step.
    fn ask(&mut self, name: &str, step: Step) -> Line {
        let known = self.rail.get(name).cloned().unwrap_or_default();
        if let Some(amount) = known.captured {
            return self.fact(format!("captured {name} {amount}"));
        }
        if known.voided {
            return self.fact(format!("voided {name}"));
        }
        let fact = match (step, known.authorized) {
            (Step::Capture, _) if known.refused_capture => format!("uncaptured {name}"),
            (Step::Authorize, Some(true)) => format!("authorized {name}"),
            (Step::Authorize, Some(false)) => format!("declined {name}"),
            (Step::Authorize, None) if known.asks => format!("action {name}"),
            // What was refused cannot be let go of; it holds nothing either.
            (Step::Void, Some(false)) => format!("voided {name}"),
            _ => {
                let unknown = format!("unknown_to_rail {name} {}", step.as_str());
                return self.says(By::News, &unknown);
            }
        };
        self.fact(fact)
    }

    /// Sends a refund that wants it: first it is noted that it is being sent.
    fn send(&mut self, world: &World, which: u16, luck: u16) -> Option<Line> {
        let wanting: Vec<_> = world
            .rail_refund
            .values()
            .filter(|row| row.next_call().is_some())
            .map(|row| (name_of(row.id.bits()), row.attempt, row.state == RefundState::Waiting))
            .filter(|(name, ..)| !self.visited.contains(name))
            .collect();
        let (name, attempt, waits) = pick(&wanting, which)?;
        self.visited.insert(name.clone());
        if waits {
            return Some(wish(format!("begin {name}")));
        }
        Some(self.sent(&name, attempt, luck))
    }

    /// What a rail says of a refund that was sent to it.
    pub fn sent(&mut self, name: &str, attempt: u32, luck: u16) -> Line {
        if luck.is_multiple_of(7) {
            return self.says(By::News, &format!("told {name} unknown attempt={attempt}"));
        }
        let known = self.refunds.entry((name.to_owned(), attempt)).or_default();
        if known.0.is_none() && !luck.is_multiple_of(4) {
            known.0 = Some(!luck.is_multiple_of(6));
        }
        let answer = match *known {
            (Some(_), true) => "returned",
            (Some(true), _) => "succeeded",
            (Some(false), _) => "failed",
            (None, _) => {
                return self.says(By::News, &format!("told {name} pending attempt={attempt}"));
            }
        };
        let fact = self.fact(format!("told {name} {answer} attempt={attempt}"));
        if luck.is_multiple_of(5) {
            // The answer is lost; it is told another time.
            return self.says(By::News, &format!("told {name} unknown attempt={attempt}"));
        }
        fact
    }

    /// What happens at the rail without us: payers act, refunds come back, banks dispute.
    fn rail_acts(&mut self, world: &World, which: u16, luck: u16) -> Option<Line> {
        match luck % 6 {
            0 => {
                let back = self.refunds.iter().filter(|(_, how)| **how == (Some(true), false));
                let back: Vec<_> = back.map(|(key, _)| key.clone()).collect();
                let key = pick(&back, which)?;
                self.refunds.insert(key.clone(), (Some(true), true));
                self.keep(format!("told {} returned attempt={}", key.0, key.1));
                None
            }
            1 => self.payment_acts(which, luck),
            2 => self.dispute(world, which, luck),
            _ => self.decide_a_dispute(world, which, luck),
        }
    }

    /// A payer does what was asked; or the rail has told what it keeps for itself.
    fn payment_acts(&mut self, which: u16, luck: u16) -> Option<Line> {
        let names: Vec<String> = self.rail.keys().cloned().collect();
        let name = pick(&names, which)?;
        let known = self.rail.get_mut(&name)?;
        if known.asks && known.authorized.is_none() && !known.voided {
            known.authorized = Some(!luck.is_multiple_of(3));
            let said = if luck.is_multiple_of(3) { "declined" } else { "authorized" };
            self.keep(format!("{said} {name}"));
            return None;
        }
        let captured = known.captured.filter(|captured| *captured > 40)?;
        let fee = *known.fee.get_or_insert(1 + captured / 40);
        Some(self.fact(format!("fee {name} {fee}")))
    }

    fn dispute(&self, world: &World, which: u16, luck: u16) -> Option<Line> {
        let names: Vec<String> = self.rail.keys().cloned().collect();
        // Mostly what was given back in another form, where there is such a payment.
        let credited = world.payment.values().filter(|row| !row.credited.is_zero());
        let credited: Vec<String> = credited.map(|row| name_of(row.id.bits())).collect();
        let few = which.is_multiple_of(4) || credited.is_empty();
        let name = pick(if few { &names } else { &credited }, which)?;
        let amount = self.rail[&name].captured?;
        let (amount, all) = (1 + i64::from(luck) % amount, if luck < 200 { "0" } else { "" });
        let step = self.step;
        let text = format!("open_dispute d{step} {name} {amount}{all} rest=v{step}");
        Some(Line { text, by: By::Bank })
    }

    fn decide_a_dispute(&self, world: &World, which: u16, luck: u16) -> Option<Line> {
        let known: Vec<_> = world.dispute.values().cloned().collect();
        let row = pick(&known, which)?;
        let (name, stage, step) = (name_of(row.id.bits()), row.stage, self.step);
        let (payment, amount) = (name_of(row.payment.bits()), row.amount.amount);
        let text = match (row.state, luck / 6 % 4) {
            (DisputeState::Open, 0 | 1) => format!("win {name} stage={stage} rest=v{step}"),
            (DisputeState::Open, _) => format!("lose {name} stage={stage}"),
            // It goes on in a later stage.
            (_, 0..3) if stage < 9 => {
                let stage = stage + 1;
                format!("open_dispute {name} {payment} {amount} stage={stage} rest=v{step}")
            }
            _ => return None,
        };
        Some(Line { text, by: By::Bank })
    }

    /// Payers who are asked for something do it, so that everything ends.
    pub fn answer_challenges(&mut self) {
        for known in self.rail.values_mut().filter(|known| known.asks) {
            known.authorized.get_or_insert(true);
        }
    }

    /// What is left to be done at the rail: one line for each payment and refund that wants it.
    pub fn rest(&mut self, world: &World, round: u16) -> Vec<Line> {
        let mut lines = Vec::new();
        while let Some(line) = self.work(world, 0, 13) {
            lines.push(line);
        }
        while let Some(line) = self.send(world, 0, 9 + 4 * (round % 3)) {
            lines.push(line);
        }
        lines
    }

    /// The rail and the book have the same money, and no checkout is stuck.
    pub fn compare(&self, world: &World, by_hand: i64) {
        for checkout in world.checkout.values() {
            let is_paying =
                matches!(checkout.state, CheckoutState::Paying | CheckoutState::RequiresAction);
            assert!(!is_paying, "{:?} is being paid for ever", checkout.id);
        }
        let captured: i64 = self.rail.values().filter_map(|known| known.captured).sum();
        let sent = self.refunds.iter().filter(|(_, how)| **how == (Some(true), false));
        let sent: i64 = sent.map(|((name, _), _)| self.amount_of(world, name)).sum();
        let fees: i64 = self.rail.values().filter_map(|known| known.fee).sum();
        let disputed: i64 = world.payment.values().map(|row| row.disputed.minor()).sum();
        let paid_out: i64 = world
            .payout
            .values()
            .filter(|row| row.state != shop::PayoutState::Failed)
            .map(|row| row.amount.amount.minor())
            .sum();
        let rails = ["sandbox", "stripe", "store", "bank"].map(|rail| {
            let name = AccountName::RailClearing(base::Token::new(rail).unwrap());
            world.account.get(&name.id(base::Currency::USD)).map_or(0, ledger::Account::balance)
        });
        let at_rails = captured - sent - disputed - paid_out - by_hand - fees;
        assert_eq!(rails.iter().sum::<i64>(), at_rails);
    }

    fn amount_of(&self, world: &World, name: &str) -> i64 {
        let row = world.rail_refund.values().find(|row| name_of(row.id.bits()) == name);
        row.map_or(0, |row| row.amount.amount.minor())
    }
}

/// Checkouts that can go on. What pays for a promotion is paid by whoever promotes.
fn open_checkouts(world: &World) -> Vec<String> {
    let sells = |row: &&Arc<Checkout>| row.promotion.is_none() && row.is_open(world.now);
    world.checkout.values().filter(sells).map(|row| name_of(row.id.bits())).collect()
}

/// A refund over a rail that is stuck; now and then any.
fn stuck(world: &World, which: u16) -> Option<String> {
    let needs_consent = |state: &RefundState| matches!(state, RefundState::NeedsConsent { .. });
    let is_stuck = |state| needs_consent(state) || state.is_failed() || which.is_multiple_of(16);
    let stuck = world.rail_refund.values().filter(|row| is_stuck(&row.state));
    pick(&stuck.map(|row| name_of(row.id.bits())).collect::<Vec<_>>(), which)
}

/// A card instead of a refund, of its name.
fn credit(world: &World, which: u16, luck: u16) -> Option<String> {
    let program = if luck.is_multiple_of(3) { "program=P" } else { "" };
    Some(format!("credit {} {program}", stuck(world, which)?))
}
