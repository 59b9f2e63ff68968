//! Commands about what exists already.

use base::{Amount, CheckoutId, Instant, Money, RefundId, Region, Span, Text, Token};
use engine::{CardRef, Command, GiftCardCommand};
use giftcards::{Adjust, AdjustReason, Capture, ChangeHold, Direction, Extend, Label, Line};
use giftcards::{LineKind, Metadata, Place, RefundHold, Update};

use super::Workload;
use crate::Sight;

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Program,
    Issue,
    Freeze,
    Unfreeze,
    Replace,
    Cancel,
    Extend,
    Adjust,
    Update,
    Hold,
    Redeem,
    Change,
    Capture,
    Release,
    Refund,
    ExpireCard,
    ExpireHold,
    Claim,
    Deliver,
    News,
    Resend,
    Forward,
    Report,
    BlockContact,
    BlockSender,
    UnblockSender,
    Reverse,
    OpenBook,
}

/// How often each is asked for.
const MIX: &[(u64, Kind)] = &[
    (2, Kind::Program),
    (10, Kind::Issue),
    (6, Kind::Freeze),
    (8, Kind::Unfreeze),
    (8, Kind::Replace),
    (5, Kind::Cancel),
    (12, Kind::Extend),
    (20, Kind::Adjust),
    (10, Kind::Update),
    (70, Kind::Hold),
    (80, Kind::Redeem),
    (30, Kind::Change),
    (50, Kind::Capture),
    (25, Kind::Release),
    (45, Kind::Refund),
    (10, Kind::ExpireCard),
    (15, Kind::ExpireHold),
    (12, Kind::Claim),
    (6, Kind::Deliver),
    (12, Kind::News),
    (6, Kind::Resend),
    (6, Kind::Forward),
    (4, Kind::Report),
    (20, Kind::BlockContact),
    (4, Kind::BlockSender),
    (12, Kind::UnblockSender),
    (40, Kind::Reverse),
    (1, Kind::OpenBook),
];

impl Workload {
    pub(super) fn command(&mut self, oracle: &dyn Sight, now: Instant) -> Command {
        let mut kind = self.random.weighted(MIX);
        if self.cards.len() < self.cards_wanted && self.random.percent(20) {
            kind = Kind::Issue;
        } else if self.cards.len() >= 2 * self.cards_wanted && self.random.percent(80) {
            // A cap, so that a small book stays small; its cards may die meanwhile.
            self.cards.drain(..self.cards_wanted);
        }
        match kind {
            Kind::OpenBook => Command::OpenBook { is_test: true, ring: [9; 8] },
            Kind::Reverse => Command::Reverse { operation: self.keys.to_reverse(&mut self.random) },
            Kind::Program => Command::GiftCards(self.new_program(now)),
            Kind::Issue => Command::GiftCards(self.new_card(now)),
            Kind::Claim | Kind::Deliver | Kind::News | Kind::Resend | Kind::Forward => {
                Command::GiftCards(self.on_gift(kind, oracle, now))
            }
            Kind::Report | Kind::BlockContact | Kind::BlockSender | Kind::UnblockSender => {
                Command::GiftCards(self.about_senders(kind, oracle, now))
            }
            Kind::Hold | Kind::Redeem => Command::GiftCards(self.spend(kind, oracle, now)),
            Kind::Change | Kind::Capture | Kind::Release | Kind::Refund | Kind::ExpireHold => {
                Command::GiftCards(self.on_hold(kind, oracle, now))
            }
            _ => Command::GiftCards(self.on_card(kind, oracle, now)),
        }
    }

    fn on_card(&mut self, kind: Kind, oracle: &dyn Sight, now: Instant) -> GiftCardCommand {
        let card = self.known_card(oracle, now);
        match kind {
            Kind::Freeze => {
                let reason = Token::new("lost").expect("it is a word");
                GiftCardCommand::Freeze { card, reason, by: self.side(oracle, card) }
            }
            Kind::Unfreeze => GiftCardCommand::Unfreeze { card, by: self.side(oracle, card) },
            Kind::Replace => {
                let by = self.side(oracle, card);
                GiftCardCommand::ReplaceCode { card, code: self.new_code(), by }
            }
            Kind::Cancel => GiftCardCommand::Cancel { card },
            Kind::Extend => {
                let expires_at = self.some_date(now);
                GiftCardCommand::Extend { card, extend: Extend { expires_at } }
            }
            Kind::Adjust => {
                let (direction, units) = if self.random.percent(60) {
                    (Direction::Up, self.random.between(0, 20_000))
                } else {
                    (Direction::Down, self.units_near(oracle.spendable(card)))
                };
                let currency = oracle.card(card).map(|card| card.currency);
                let amount = self.money(units, currency);
                let reason = *self.random.pick(&AdjustReason::ALL).expect("there are some");
                GiftCardCommand::Adjust { card, adjust: Adjust { amount, direction, reason } }
            }
            Kind::Update => GiftCardCommand::Update { card, update: Box::new(self.update()) },
            _ => GiftCardCommand::ExpireCard { card },
        }
    }

    /// New strings and references, ones that may be there already, none, or nothing at all.
    fn update(&mut self) -> Update {
        let number = self.random.below(3).to_string();
        let pairs = if number == "0" { Vec::new() } else { vec![("order".to_owned(), number)] };
        let metadata = Metadata::new(pairs).expect("they are short");
        let text = *self.random.pick(&["import row 3", "order-1"]).expect("there are some");
        let reference = Text::new(text).expect("it is a text");
        let reference = self.random.percent(70).then_some(reference);
        Update {
            metadata: self.random.percent(60).then_some(metadata),
            reference: self.random.percent(60).then_some(reference),
        }
    }

    fn spend(&mut self, kind: Kind, oracle: &dyn Sight, now: Instant) -> GiftCardCommand {
        let id = self.known_card(oracle, now);
        let row = oracle.card(id);
        let units = self.units_near(oracle.spendable(id));
        let hold = base::HoldId::from_parts(now, self.random.bytes10());
        self.holds.push(hold);
        let place = Box::new(Place {
            id: hold,
            amount: self.money(units, row.map(|card| card.currency)),
            partial: self.random.percent(20),
            reference: Text::new("order-1").expect("it is a text"),
            expires_in_s: self.seconds(),
            region: self.region(),
            lines: self.lines(),
            checkout: self.checkout(),
        });
        let card = match row {
            Some(row) if self.random.percent(60) => {
                let mut hashes = vec![row.code.hash];
                if self.random.percent(20) {
                    let other = self.random.pick(&self.codes).copied();
                    hashes.insert(0, other.unwrap_or(row.code.hash));
                }
                CardRef::Code(hashes.into())
            }
            None => CardRef::Code([self.new_code().hash].into()),
            Some(_) if self.random.percent(5) => {
                let any = self.random.pick(&self.codes).copied();
                CardRef::Code(any.into_iter().collect())
            }
            Some(_) => CardRef::Id(id),
        };
        match kind {
            Kind::Hold => GiftCardCommand::Hold { card, place },
            _ => GiftCardCommand::Redeem { card, place },
        }
    }

    fn on_hold(&mut self, kind: Kind, oracle: &dyn Sight, now: Instant) -> GiftCardCommand {
        let hold = self.known_hold(oracle, now);
        let row = oracle.hold(hold);
        let currency = row.map(|hold| hold.pending.currency);
        let (open, captured) = row.map_or((0, 0), |hold| {
            let pending = &hold.pending;
            let open = pending.reserved.minor() - pending.posted.minor() - pending.voided.minor();
            (open, pending.posted.minor() - hold.refunded.minor())
        });
        let units = self.units_near(open);
        match kind {
            Kind::Change => {
                let grows = self.random.percent(50);
                let free = row.map_or(0, |hold| oracle.spendable(hold.card));
                let wanted = if grows { open.saturating_add(self.units_near(free)) } else { units };
                let amount = self.random.percent(70).then(|| self.money(wanted, currency));
                let expires_in_s = self.seconds();
                GiftCardCommand::ChangeHold { hold, change: ChangeHold { amount, expires_in_s } }
            }
            Kind::Capture => {
                let amount = self.random.percent(60).then(|| self.money(units, currency));
                let capture = Capture { amount, is_final: self.random.percent(50) };
                GiftCardCommand::Capture { hold, capture }
            }
            Kind::Release => {
                let amount = self.random.percent(50).then(|| self.money(units, currency));
                GiftCardCommand::Release { hold, amount }
            }
            Kind::Refund => {
                let units = self.units_near(captured);
                let id = match self.random.pick(&self.refunds) {
                    Some(known) if self.random.percent(2) => *known,
                    _ => RefundId::from_parts(now, self.random.bytes10()),
                };
                self.refunds.push(id);
                let amount = self.money(units, currency);
                GiftCardCommand::Refund { hold, refund: RefundHold { id, amount } }
            }
            _ => GiftCardCommand::ExpireHold { hold },
        }
    }

    /// A number of minor units around a limit: below it, on it, or above it.
    fn units_near(&mut self, limit: i64) -> i64 {
        match self.random.below(100) {
            0..55 => self.random.between(1, (limit / 4).max(1)),
            55..75 => self.random.between(1, limit.max(1)),
            75..85 => limit,
            85..93 => limit + 1,
            93..95 => 0,
            95..96 => i64::MAX / 2,
            _ => self.random.between(1, 50_000),
        }
    }

    fn money(&mut self, units: i64, currency: Option<base::Currency>) -> Money {
        let currency = currency.filter(|_| self.random.percent(96));
        let currency = currency.unwrap_or_else(|| self.currency());
        Money { amount: Amount::new(units).expect("it is not below zero"), currency }
    }

    /// Now and then a checkout holds, whose holds nobody else may touch.
    fn checkout(&mut self) -> Option<CheckoutId> {
        self.random.percent(3).then(|| CheckoutId::from_bits(u128::from(self.random.below(9))))
    }

    fn seconds(&mut self) -> Option<u32> {
        match self.random.below(100) {
            0..30 => None,
            30..33 => Some(0),
            33..36 => Some(u32::MAX),
            36..70 => Some(u32::try_from(self.random.below(60)).expect("it is small") + 1),
            _ => Some(u32::try_from(self.random.below(86_400)).expect("it is small") + 1),
        }
    }

    pub(super) fn region(&mut self) -> Option<Region> {
        let codes = ["US", "US-CA", "CA", "DE", "DE-BY"];
        let code = self.random.pick(&codes).filter(|_| true)?;
        if self.random.percent(30) { None } else { Region::parse(code).ok() }
    }

    pub(super) fn label(&mut self) -> Label {
        let names = ["alpha", "beta", "gamma"];
        Label::new(self.random.pick(&names).expect("there are some")).expect("it is a label")
    }

    fn lines(&mut self) -> Vec<Line> {
        let count = self.random.weighted(&[(60, 0), (30, 1), (9, 2), (1, 101)]);
        (0..count).map(|_| self.line()).collect()
    }

    fn line(&mut self) -> Line {
        let kinds: &[(u64, LineKind)] = &[
            (60, LineKind::Goods),
            (20, LineKind::Service),
            (15, LineKind::Digital),
            (4, LineKind::Promotion),
            (1, LineKind::GiftCard),
        ];
        let kind = self.random.weighted(kinds);
        let mut some = || if self.random.percent(60) { Some(self.label()) } else { None };
        Line { kind, category: some(), seller: some(), creator: some(), product: some() }
    }

    /// A date for a card: none, soon, later, or past.
    pub(super) fn some_date(&mut self, now: Instant) -> Option<Instant> {
        let seconds = match self.random.below(100) {
            0..40 => return None,
            40..60 => self.random.below(600),
            60..92 => self.random.below(20 * 86_400),
            _ => return Some(now.saturating_sub(Span::seconds(self.random.below(1_000)))),
        };
        Some(now.saturating_add(Span::seconds(seconds)))
    }
}
