//! Holds and redemptions.

use std::sync::Arc;

use base::{AccountId, Amount, HoldId, Instant, Money, Span};
use engine::{Answer, CardRef, Refusal};
use giftcards::{Card, CardState, ChangeHold, Hold, Line, LineKind, Place, Refusal as No};
use giftcards::{Sandbox, Scope, ScopeLists, Why};
use ledger::{Account, AccountName, Pending, Reason};

use super::cards::{is_past, spend_goodwill};
use super::gifts::kept_for_good;
use super::money::{Moves, Way, available, minor, money};
use super::{Oracle, Said};
use crate::Sight;

impl Oracle {
    pub(super) fn place_hold(&mut self, card: &CardRef, place: &Place) -> Said {
        let mut card = self.card_to_spend(card, place)?;
        let seconds = place.expires_in_s.unwrap_or(card.hold_seconds_max.min(15 * 60));
        if seconds == 0 || seconds > card.hold_seconds_max {
            return Err(No::LimitExceeded.into());
        }
        self.lapse_holds(&mut card);
        if card.open_holds.len() >= 64 {
            return Err(No::LimitExceeded.into());
        }
        let units = self.units_to_take(&card, place)?;
        let hold = self.new_hold(&card, place, units, self.after(seconds));
        card.open_holds.push((hold.id, hold.expires_at));
        self.cards.put(card.id, Arc::new(kept_for_good(card)));
        self.move_for(&hold, Moves::Reserves, units, Reason::Hold);
        self.put_hold(hold)
    }

    pub(super) fn redeem(&mut self, card: &CardRef, place: &Place) -> Said {
        let mut card = self.card_to_spend(card, place)?;
        if card.sandbox == Sandbox::FailsAtCapture {
            return Err(No::CaptureDeclined.into());
        }
        self.lapse_holds(&mut card);
        let units = self.units_to_take(&card, place)?;
        let mut hold = self.new_hold(&card, place, units, self.now);
        hold.pending.posted = minor(units);
        hold.goodwill = minor(spend_goodwill(&mut card, units));
        self.cards.put(card.id, Arc::new(kept_for_good(card)));
        self.move_for(&hold, Moves::Posts, units, Reason::Redeem);
        self.put_hold(hold)
    }

    pub(super) fn change_hold(&mut self, id: HoldId, change: &ChangeHold) -> Said {
        let (mut hold, mut card) = self.free_hold_and_card(id)?;
        self.check_open(&hold)?;
        if change.amount.is_some_and(|amount| amount.currency != card.currency) {
            return Err(No::CurrencyMismatch.into());
        }
        let now_held = open(&hold);
        let wanted = change.amount.map_or(now_held, |amount| amount.amount.minor());
        let until = change.expires_in_s.map_or(hold.expires_at, |seconds| self.after(seconds));
        if wanted > now_held || until > hold.expires_at {
            self.check_usable(&card)?;
        }
        if change.expires_in_s.is_some_and(|s| s == 0 || s > card.hold_seconds_max) {
            return Err(No::LimitExceeded.into());
        }
        self.lapse_holds(&mut card);
        if wanted > now_held {
            let free = self.spendable(card.id);
            if wanted - now_held > free {
                let available = money(free, card.currency);
                return Err(No::InsufficientBalance { available }.into());
            }
            self.move_for(&hold, Moves::Reserves, wanted - now_held, Reason::Hold);
            hold.pending.reserved = minor(hold.pending.reserved.minor() + wanted - now_held);
        } else if wanted < now_held {
            self.give_back_held(&mut hold, now_held - wanted, Reason::Release);
        }
        hold.expires_at = until;
        for listed in card.open_holds.iter_mut().filter(|(listed, _)| *listed == id) {
            listed.1 = until;
        }
        self.settle_hold(card, hold)
    }

    pub(super) fn capture(&mut self, id: HoldId, amount: Option<Money>, is_final: bool) -> Said {
        let (mut hold, mut card) = self.free_hold_and_card(id)?;
        self.check_open(&hold)?;
        let part = part_of(&hold, amount)?;
        if card.sandbox == Sandbox::FailsAtCapture {
            return Err(No::CaptureDeclined.into());
        }
        self.move_for(&hold, Moves::PostsReserved, part, Reason::Capture);
        hold.pending.posted = minor(hold.pending.posted.minor() + part);
        hold.goodwill = minor(hold.goodwill.minor() + spend_goodwill(&mut card, part));
        let rest = open(&hold);
        if is_final && rest > 0 {
            self.give_back_held(&mut hold, rest, Reason::Release);
        }
        self.settle_hold(card, hold)
    }

    pub(super) fn release(&mut self, id: HoldId, amount: Option<Money>) -> Said {
        let (mut hold, card) = self.free_hold_and_card(id)?;
        if open(&hold) == 0 {
            return Err(No::HoldNotOpen.into());
        }
        let part = part_of(&hold, amount)?;
        self.give_back_held(&mut hold, part, Reason::Release);
        self.settle_hold(card, hold)
    }

    pub(super) fn expire_hold(&mut self, id: HoldId) -> Said {
        let (hold, mut card) = self.hold_and_card(id)?;
        if open(&hold) == 0 {
            return Err(No::HoldNotOpen.into());
        }
        if hold.expires_at > self.now {
            return Err(No::NotDue.into());
        }
        self.lapse(&mut card, id);
        self.cards.put(card.id, Arc::new(card));
        self.answer_hold(id)
    }

    /// The card a caller names, if it may be spent as the place says, balance apart.
    fn card_to_spend(&mut self, card: &CardRef, place: &Place) -> Result<Card, Refusal> {
        let card = self.named_card(card)?;
        self.check_usable(&card)?;
        if place.amount.currency != card.currency {
            return Err(No::CurrencyMismatch.into());
        }
        let details = card.details.clone().unwrap_or_default();
        if !details.regions.is_empty() {
            let here = place.region.as_ref();
            let is_inside = |allowed: &base::Region| {
                here.is_some_and(|here| {
                    let (here, allowed) = (here.as_str(), allowed.as_str());
                    here == allowed || here.starts_with(&format!("{allowed}-"))
                })
            };
            if !details.regions.iter().any(is_inside) {
                return Err(No::RegionNotAllowed.into());
            }
        }
        if !may_pay_for(&details.scope, &place.lines) {
            return Err(No::LineNotInScope.into());
        }
        if place.amount.amount.is_zero() || place.lines.len() > 100 {
            return Err(No::LimitExceeded.into());
        }
        self.account_named(AccountName::OrderClearing, card.currency);
        Ok(card)
    }

    pub(super) fn named_card(&self, card: &CardRef) -> Result<Card, Refusal> {
        match card {
            CardRef::Id(id) => self.known_card(*id),
            CardRef::Code(hashes) => {
                let rows: Vec<_> = hashes.iter().filter_map(|hash| self.codes.get(*hash)).collect();
                let Some(row) = rows.iter().find(|row| row.live) else {
                    let why = if rows.is_empty() { Why::Unknown } else { Why::CodeReplaced };
                    return Err(No::NotUsable(why).into());
                };
                self.known_card(row.card)
            }
        }
    }

    pub(super) fn check_usable(&self, card: &Card) -> Result<(), Refusal> {
        let why = if card.state == CardState::Canceled {
            Why::Canceled
        } else if is_past(card, self.now) {
            Why::Expired
        } else if card.frozen.is_some() {
            Why::Frozen
        } else if card.activates_at.is_some_and(|at| self.now < at) {
            Why::NotYetActive
        } else {
            return Ok(());
        };
        Err(No::NotUsable(why).into())
    }

    fn check_open(&self, hold: &Hold) -> Result<(), Refusal> {
        let is_open = open(hold) > 0 && self.now < hold.expires_at;
        if is_open { Ok(()) } else { Err(No::HoldNotOpen.into()) }
    }

    fn units_to_take(&self, card: &Card, place: &Place) -> Result<i64, Refusal> {
        let (wanted, free) = (place.amount.amount.minor(), self.spendable(card.id));
        if wanted <= free {
            Ok(wanted)
        } else if place.partial && free > 0 {
            Ok(free)
        } else {
            Err(No::InsufficientBalance { available: money(free, card.currency) }.into())
        }
    }

    fn after(&self, seconds: u32) -> Instant {
        self.now.saturating_add(Span::seconds(u64::from(seconds)))
    }

    fn new_hold(&self, card: &Card, place: &Place, units: i64, expires_at: Instant) -> Hold {
        let pending = Pending {
            debit: AccountId::from_bits(card.id.bits()),
            credit: AccountName::OrderClearing.id(card.currency),
            currency: card.currency,
            reserved: minor(units),
            posted: Amount::ZERO,
            voided: Amount::ZERO,
            expired: false,
        };
        Hold {
            id: place.id,
            card: card.id,
            pending,
            refunded: Amount::ZERO,
            goodwill: Amount::ZERO,
            expires_at,
            reference: place.reference.clone(),
            created_at: self.now,
            checkout: place.checkout,
        }
    }

    /// Books every lapsed hold of a card.
    fn lapse_holds(&mut self, card: &mut Card) {
        for (id, at) in card.open_holds.clone() {
            if at <= self.now {
                self.lapse(card, id);
            }
        }
    }

    fn lapse(&mut self, card: &mut Card, id: HoldId) {
        let mut hold = self.hold(id).expect("a listed hold is there").clone();
        let rest = open(&hold);
        self.give_back_held(&mut hold, rest, Reason::HoldExpiry);
        hold.pending.expired = true;
        card.open_holds.retain(|(listed, _)| *listed != id);
        self.holds.put(id, Arc::new(hold));
    }

    pub(super) fn give_back_held(&mut self, hold: &mut Hold, units: i64, why: Reason) {
        self.move_for(hold, Moves::GivesBack, units, why);
        hold.pending.voided = minor(hold.pending.voided.minor() + units);
    }

    /// Moves between the card of a hold and the orders.
    fn move_for(&mut self, hold: &Hold, moves: Moves, units: i64, why: Reason) {
        let Pending { debit, credit, .. } = hold.pending;
        let way = Way { debit, credit, why, subject: hold.id.to_bytes() };
        self.move_money(moves, units, way).expect("the oracle checks before it spends");
    }

    pub(super) fn hold_and_card(&self, id: HoldId) -> Result<(Hold, Card), Refusal> {
        let hold = self.hold(id).ok_or(No::HoldNotFound)?.clone();
        let card = self.known_card(hold.card)?;
        Ok((hold, card))
    }

    /// The same, unless the hold is a checkout's.
    pub(super) fn free_hold_and_card(&self, id: HoldId) -> Result<(Hold, Card), Refusal> {
        let (hold, card) = self.hold_and_card(id)?;
        if hold.checkout.is_some() { Err(No::HoldOfCheckout.into()) } else { Ok((hold, card)) }
    }

    /// Keeps a changed hold, which is listed on its card as long as it holds anything.
    pub(super) fn settle_hold(&mut self, mut card: Card, hold: Hold) -> Said {
        if open(&hold) == 0 {
            card.open_holds.retain(|(listed, _)| *listed != hold.id);
        }
        self.cards.put(card.id, Arc::new(card));
        self.put_hold(hold)
    }

    fn put_hold(&mut self, hold: Hold) -> Said {
        let id = hold.id;
        self.holds.put(id, Arc::new(hold));
        self.answer_hold(id)
    }

    fn answer_hold(&self, id: HoldId) -> Said {
        let hold = self.holds.get(id).expect("it was just kept").clone();
        let account = self.account(AccountId::from_bits(hold.card.bits()));
        Ok(Answer::Hold { hold, account, now: self.now })
    }

    pub(super) fn account_of(&self, card: &Card) -> Account {
        self.account(AccountId::from_bits(card.id.bits()))
    }

    /// What the account of a card can spend, in minor units.
    pub(super) fn free_of(&self, card: &Card) -> i64 {
        available(&self.account_of(card))
    }
}

/// What a hold still reserves.
pub(super) fn open(hold: &Hold) -> i64 {
    let pending = &hold.pending;
    pending.reserved.minor() - pending.posted.minor() - pending.voided.minor()
}

fn part_of(hold: &Hold, amount: Option<Money>) -> Result<i64, Refusal> {
    let held = open(hold);
    let Some(amount) = amount else { return Ok(held) };
    let units = amount.amount.minor();
    if amount.currency != hold.pending.currency {
        Err(No::CurrencyMismatch.into())
    } else if units == 0 {
        Err(No::LimitExceeded.into())
    } else if units > held {
        Err(No::AmountExceedsHold { held: money(held, amount.currency) }.into())
    } else {
        Ok(units)
    }
}

/// A card pays for no other card; a card with a scope wants to know what it pays for.
fn may_pay_for(scope: &Scope, lines: &[Line]) -> bool {
    let has_scope = *scope != Scope::default();
    if has_scope && lines.is_empty() {
        return false;
    }
    lines.iter().all(|line| {
        line.kind != LineKind::GiftCard
            && matches(&scope.include, line).into_iter().all(|found| found != Some(false))
            && matches(&scope.exclude, line).into_iter().all(|found| found != Some(true))
    })
}

/// For each list that names anything: whether it names the line.
fn matches(lists: &ScopeLists, line: &Line) -> [Option<bool>; 5] {
    let labels = |list: &[giftcards::Label], of_line: &Option<giftcards::Label>| {
        let names = || of_line.as_ref().is_some_and(|label| list.iter().any(|own| own == label));
        (!list.is_empty()).then(names)
    };
    [
        (!lists.kinds.is_empty()).then(|| lists.kinds.contains(&line.kind)),
        labels(&lists.categories, &line.category),
        labels(&lists.sellers, &line.seller),
        labels(&lists.creators, &line.creator),
        labels(&lists.products, &line.product),
    ]
}
