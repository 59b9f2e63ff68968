//! Objects held against one another: holds and cards, cards and accounts, codes and cards.

use std::collections::{BTreeMap, HashMap};

use base::{AccountId, HoldId};
use engine::{Key, Row};
use giftcards::{Card, CodeRow, Funding, Hold, Refund, account_of};
use ledger::{Account, AccountName, Pending};

use super::finding::{Check, Findings};
use super::replay::{Image, Replay};

/// Checks what must hold between the rows as the journal leaves them.
pub(super) fn check(replay: &Replay, findings: &mut Findings) {
    let mut across = Across { replay, findings, sums: Sums::default() };
    for version in replay.images.values().filter_map(Image::latest) {
        match &version.row {
            Row::Account(row) => across.account(row),
            Row::Card(row) => across.card(row),
            Row::Code(row) => across.code(row),
            Row::Hold(row) => across.hold(row),
            Row::Refund(row) => across.refund(row),
            Row::Book(_) | Row::Program(_) => {}
            // Those of `shop.rs`, and what nothing else depends on.
            Row::Method(_) | Row::Payment(_) | Row::RailRefund(_) | Row::Dispute(_) => {}
            Row::Seller(_) | Row::Creator(_) | Row::Product(_) | Row::Checkout(_) => {}
            Row::Order(_) | Row::OrderRefund(_) | Row::Payout(_) | Row::Numbering(_) => {}
            Row::Purchase(_) => {}
            Row::Settlement(_) | Row::SettlementLine(_) | Row::Standing(_) => {}
            Row::Sender(_) | Row::Contact(_) => {}
            Row::Slice(row) => across.reserves(&row.pending),
            // Those of `promotions.rs`.
            Row::Promotion(_) | Row::Post(_) | Row::Deed(_) => {}
            Row::PromotionSettlement(_) | Row::Stream(_) => {}
            Row::Incident(_) | Row::Signals(_) | Row::Advertiser(_) => {}
            // Their sums are told again by each of their rows: whoever reads them checks that.
            Row::Claim(_) | Row::PromotionClaims(_) | Row::Claimant(_) | Row::Restitution(_) => {}
            Row::ClaimWords(_) | Row::FrozenFacts(_) | Row::ClaimStatement(_) => {}
            Row::AutomaticPaid(_) | Row::AccountFreeze(_) | Row::Suspect(_) => {}
            Row::InstrumentClaims(_) => {}
        }
    }
    across.compare_sums();
}

/// What is added up on the way.
#[derive(Default)]
struct Sums {
    /// Reserved by open holds and slices, debits and credits of each account.
    reserved: HashMap<AccountId, (i128, i128)>,
    /// Refunds of each hold that were not undone.
    refunded: HashMap<HoldId, i128>,
    /// By currency code: balances of accounts named after a card, and balances found by card.
    cards: BTreeMap<&'static str, (i128, i128)>,
}

struct Across<'a> {
    replay: &'a Replay,
    findings: &'a mut Findings,
    sums: Sums,
}

impl Across<'_> {
    fn account(&mut self, account: &Account) {
        let AccountName::GiftCard(card) = account.name else { return };
        self.sums.cards.entry(account.currency.code()).or_default().0 +=
            i128::from(account.balance());
        if !matches!(self.replay.row(Key::Card(card)), Some(Row::Card(_))) {
            let detail = "there is no such card".to_owned();
            self.findings.note(Check::CardAccount, &account.name, detail);
        }
    }

    fn card(&mut self, card: &Card) {
        match self.replay.row(Key::Account(account_of(card.id))) {
            Some(Row::Account(account))
                if account.name == AccountName::GiftCard(card.id)
                    && account.currency == card.currency =>
            {
                let sums = self.sums.cards.entry(card.currency.code()).or_default();
                sums.1 += i128::from(account.balance());
                self.goodwill(card, account);
            }
            _ => {
                let detail = format!("it has no account in {}", card.currency.code());
                self.findings.note(Check::CardAccount, card.id, detail);
            }
        }
        match self.replay.row(Key::Code(card.code.hash)) {
            Some(Row::Code(code)) if code.live && code.card == card.id => {}
            _ => {
                let detail = "its code does not find it".to_owned();
                self.findings.note(Check::Code, card.id, detail);
            }
        }
        for (id, expires_at) in &card.open_holds {
            let detail = match self.replay.row(Key::Hold(*id)) {
                Some(Row::Hold(hold)) if hold.card != card.id => "is of another card",
                Some(Row::Hold(hold)) if hold.pending.open().is_zero() => "is closed",
                Some(Row::Hold(hold)) if hold.expires_at != *expires_at => "lapses another time",
                Some(Row::Hold(_)) => continue,
                _ => "does not exist",
            };
            self.findings.note(Check::HoldListing, card.id, format!("lists {id}, which {detail}"));
        }
    }

    /// Rows that do not tell goodwill apart have none of it, and count what goes back from zero.
    fn goodwill(&mut self, card: &Card, account: &Account) {
        let goodwill = card.goodwill.minor();
        let is_given_away = card.funding == Funding::Promotional;
        // An account below zero is a finding of its own.
        let most = if is_given_away { 0 } else { account.balance().max(0) };
        if goodwill > most {
            let detail = format!("its goodwill is {goodwill}, at most {most} can be");
            self.findings.note(Check::Goodwill, card.id, detail);
        }
        if card.given_back > card.value {
            let (back, value) = (card.given_back.minor(), card.value.minor());
            let detail = format!("it was sold with {value} and has given back {back}");
            self.findings.note(Check::Goodwill, card.id, detail);
        }
    }

    fn code(&mut self, code: &CodeRow) {
        let is_current = match self.replay.row(Key::Card(code.card)) {
            Some(Row::Card(card)) => card.code.hash == code.hash,
            _ => {
                let detail = "a code finds it, but there is no such card".to_owned();
                self.findings.note(Check::Code, code.card, detail);
                return;
            }
        };
        if code.live && !is_current {
            let detail = "a live code finds it that is not its code".to_owned();
            self.findings.note(Check::Code, code.card, detail);
        }
    }

    fn hold(&mut self, hold: &Hold) {
        if hold.pending.open().is_zero() {
            return;
        }
        self.reserves(&hold.pending);
        let is_listed = match self.replay.row(Key::Card(hold.card)) {
            Some(Row::Card(card)) => card.open_holds.iter().any(|(id, _)| *id == hold.id),
            _ => false,
        };
        if !is_listed {
            let detail = format!("it is open, but {} does not list it", hold.card);
            self.findings.note(Check::HoldListing, hold.id, detail);
        }
    }

    /// Counts what is reserved and not settled yet on its two accounts.
    fn reserves(&mut self, pending: &Pending) {
        let open = i128::from(pending.open().minor());
        if open > 0 {
            self.sums.reserved.entry(pending.debit).or_default().0 += open;
            self.sums.reserved.entry(pending.credit).or_default().1 += open;
        }
    }

    fn refund(&mut self, refund: &Refund) {
        let hold = match self.replay.row(Key::Hold(refund.hold)) {
            Some(Row::Hold(hold)) => hold,
            _ => {
                let detail = format!("there is no {}", refund.hold);
                self.findings.note(Check::Refunds, refund.id, detail);
                return;
            }
        };
        let currency = hold.pending.currency;
        if hold.card != refund.card || currency != refund.amount.currency {
            let detail = format!("{} is of another card or currency", refund.hold);
            self.findings.note(Check::Refunds, refund.id, detail);
        }
        if !refund.reversed {
            let amount = i128::from(refund.amount.amount.minor());
            *self.sums.refunded.entry(refund.hold).or_default() += amount;
        }
    }

    fn compare_sums(&mut self) {
        for version in self.replay.images.values().filter_map(Image::latest) {
            match &version.row {
                Row::Account(account) => self.compare_pending(account),
                Row::Hold(hold) => {
                    let refunds = self.sums.refunded.get(&hold.id).copied().unwrap_or(0);
                    let counted = i128::from(hold.refunded.minor());
                    // A capture that was undone by its key is counted too and leaves no refund.
                    if refunds > counted {
                        let detail = format!("its refunds are {refunds}, it counts {counted}");
                        self.findings.note(Check::Refunds, hold.id, detail);
                    }
                }
                _ => {}
            }
        }
        for (currency, (by_account, by_card)) in &self.sums.cards {
            if by_account != by_card {
                let detail = format!("accounts hold {by_account}, cards {by_card} (minor units)");
                self.findings.note(Check::CardAccount, currency, detail);
            }
        }
    }

    fn compare_pending(&mut self, account: &Account) {
        let reserved = self.sums.reserved.get(&account.id).copied().unwrap_or_default();
        let pending = (
            i128::from(account.debits_pending.minor()),
            i128::from(account.credits_pending.minor()),
        );
        if pending != reserved {
            let detail = format!(
                "pending are debits {} and credits {}, its open holds and slices reserve {} \
                 and {}",
                pending.0, pending.1, reserved.0, reserved.1
            );
            self.findings.note(Check::PendingTotals, &account.name, detail);
        }
    }
}
