//! The read side in memory: every list is a filter over everything.

use std::collections::BTreeMap;
use std::ops::Bound;

use base::{AccountId, CardId, Instant, SettlementId, Text};
use claims::wakes_at;
use engine::{BookRow, Key, Row};
use giftcards::{Card, CardState, DeliveryState, Hold, Program, account_of};
use journal::Block;
use ledger::{Account, EntryPlace};
use payments::{SettlementLine, Standing, StandingState};
use promotions::SliceState;

use super::{Contents, MemoryBook};
use crate::{
    AccountAt, CardFilter, Due, DueObject, EntryRow, Head, List, OperationRun, Page, Reader,
    RunInfo, StoreError, SweptRow,
};

/// The read side of a [`MemoryBook`].
#[derive(Debug)]
pub struct MemoryReader {
    book: MemoryBook,
}

impl MemoryReader {
    pub(super) fn of(book: MemoryBook) -> MemoryReader {
        MemoryReader { book }
    }
}

impl Reader for MemoryReader {
    fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.book.lock().head)
    }

    fn book(&mut self) -> Result<Option<BookRow>, StoreError> {
        Ok(match self.book.lock().row(Key::Book) {
            Some(Row::Book(row)) => Some(row.clone()),
            _ => None,
        })
    }

    fn rows(&mut self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let contents = self.book.lock();
        Ok(keys.iter().map(|key| contents.row(*key).cloned()).collect())
    }

    fn cards(
        &mut self,
        filter: &CardFilter,
        page: Page,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        let contents = self.book.lock();
        let cards = contents.cards().filter(|card| shows(filter, card));
        let cards = part(cards, page, |card| (card.id.bits(), card.created_at));
        let with_accounts = cards.filter_map(|card| contents.with_account(card));
        Ok(with_accounts.take(limit(page.limit)).collect())
    }

    fn holds(
        &mut self,
        reference: Option<&str>,
        page: Page,
    ) -> Result<Vec<(Hold, Account)>, StoreError> {
        let contents = self.book.lock();
        let holds = contents
            .holds()
            .filter(|hold| reference.is_none_or(|wanted| wanted == hold.reference.as_str()));
        let holds = part(holds, page, |hold| (hold.id.bits(), hold.created_at));
        let with_accounts = holds.filter_map(|hold| {
            let account = contents.account(account_of(hold.card))?;
            Some((hold.clone(), account.clone()))
        });
        Ok(with_accounts.take(limit(page.limit)).collect())
    }

    fn programs(&mut self, page: Page) -> Result<Vec<Program>, StoreError> {
        let contents = self.book.lock();
        let programs = contents.rows.values().filter_map(|row| match &row.row {
            Row::Program(program) => Some(program.as_ref()),
            _ => None,
        });
        let programs = part(programs, page, |program| (program.id.bits(), program.created_at));
        Ok(programs.take(limit(page.limit)).cloned().collect())
    }

    fn list(&mut self, list: List, page: Page) -> Result<Vec<Row>, StoreError> {
        let contents = self.book.lock();
        let rows = contents.rows.values().map(|swept| &swept.row);
        let rows = rows.filter(|row| place_in(list, row).is_some());
        let rows = part(rows, page, |row| place_in(list, row).expect("only these were kept"));
        Ok(rows.take(limit(page.limit)).cloned().collect())
    }

    fn named_by_rail(&mut self, names: &[Text<255>]) -> Result<Vec<Row>, StoreError> {
        let contents = self.book.lock();
        let is_wanted = |row: &Row| {
            let name = match row {
                Row::Payment(row) => row.rail_reference.as_ref(),
                Row::RailRefund(row) => row.rail_reference.as_ref(),
                Row::Dispute(row) => row.rail_reference.as_ref(),
                _ => None,
            };
            name.is_some_and(|name| names.contains(name))
        };
        let rows = contents.rows.values().map(|swept| &swept.row);
        Ok(rows.filter(|row| is_wanted(row)).cloned().collect())
    }

    fn settlement_lines(
        &mut self,
        settlement: SettlementId,
        page: Page,
    ) -> Result<Vec<(SettlementLine, Option<Standing>)>, StoreError> {
        let contents = self.book.lock();
        let lines = contents.rows.values().filter_map(|row| match &row.row {
            Row::SettlementLine(line) if line.settlement == settlement => Some(line.as_ref()),
            _ => None,
        });
        let lines = part(lines, page, |line| (line.id.bits(), line.created_at));
        let with_standing = |line: &SettlementLine| {
            let row = line.of.and_then(|of| contents.row(Key::Standing(of.standing())));
            let standing = match row {
                Some(Row::Standing(standing)) => Some((**standing).clone()),
                _ => None,
            };
            (line.clone(), standing)
        };
        Ok(lines.take(limit(page.limit)).map(with_standing).collect())
    }

    fn accounts(
        &mut self,
        prefix: &str,
        after: Option<AccountId>,
        limit_rows: u32,
    ) -> Result<Vec<Account>, StoreError> {
        let contents = self.book.lock();
        let mut sorted: Vec<(String, &Account)> =
            contents.accounts().map(|account| (account.name.to_string(), account)).collect();
        sorted.sort_by(|(name, one), (other, two)| (name, one.id).cmp(&(other, two.id)));
        let start = match after {
            None => 0,
            Some(id) => match sorted.iter().position(|(_, account)| account.id == id) {
                Some(position) => position + 1,
                None => sorted.len(),
            },
        };
        let matching = sorted[start..].iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(matching.take(limit(limit_rows)).map(|(_, account)| (*account).clone()).collect())
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(match self.book.lock().row(Key::Account(id)) {
            Some(Row::Account(account)) => Some(account.clone()),
            _ => None,
        })
    }

    fn entries(
        &mut self,
        account: AccountId,
        before: Option<EntryPlace>,
        limit_rows: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let contents = self.book.lock();
        let entries = contents.entries.values().rev();
        let own = entries.filter(|row| row.entry.account == account);
        let earlier = own.filter(|row| before.is_none_or(|before| row.entry.place < before));
        Ok(earlier.take(limit(limit_rows)).cloned().collect())
    }

    fn accounts_at(&mut self, seq: u64, each: &mut dyn FnMut(AccountAt)) -> Result<(), StoreError> {
        let contents = self.book.lock();
        // The plain way, against which the clever ones are tested: the last entry at the cut.
        let mut last = BTreeMap::new();
        for (_, row) in contents.entries.range(..=EntryPlace::last_of(seq)) {
            last.insert(row.entry.account, row.entry.clone());
        }
        let found: Vec<AccountAt> = contents
            .accounts()
            .filter_map(|account| {
                let entry = last.get(&account.id)?;
                Some(AccountAt {
                    account: account.clone(),
                    debits_posted: entry.debits_posted,
                    credits_posted: entry.credits_posted,
                    held: entry.held,
                })
            })
            .collect();
        drop(contents);
        found.into_iter().for_each(each);
        Ok(())
    }

    fn cards_by_id(
        &mut self,
        after: Option<CardId>,
        limit_rows: u32,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        let contents = self.book.lock();
        let cards = contents.cards().filter(|card| after.is_none_or(|after| after < card.id));
        let with_accounts = cards.filter_map(|card| contents.with_account(card));
        Ok(with_accounts.take(limit(limit_rows)).collect())
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        Ok(self.book.lock().blocks_after(seq, bytes_max))
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        Ok(self.book.lock().block_of(seq))
    }

    fn seq_at(&mut self, at: Instant) -> Result<u64, StoreError> {
        let contents = self.book.lock();
        let until = contents.blocks.values().take_while(|block| block.at_micros <= at.micros());
        if let Some(last) = until.last() {
            return Ok(last.last_seq());
        }
        let removed = contents.entries.range(..=EntryPlace::last_of(contents.head.removed));
        let until = removed.take_while(|(_, row)| row.at <= at);
        Ok(until.last().map_or(0, |(place, _)| place.sequence()))
    }

    fn due(&mut self, now: Instant, limit_rows: u32) -> Result<Vec<Due>, StoreError> {
        let mut due = self.book.lock().timers();
        due.retain(|due| due.at <= now);
        due.truncate(limit(limit_rows));
        Ok(due)
    }

    fn due_of_claims(&mut self, now: Instant, limit_rows: u32) -> Result<Vec<Due>, StoreError> {
        let mut due = self.book.lock().timers_of_claims();
        due.retain(|due| due.at <= now);
        due.truncate(limit(limit_rows));
        Ok(due)
    }

    fn next_due(&mut self, now: Instant) -> Result<Option<Due>, StoreError> {
        Ok(self.book.lock().timers().into_iter().find(|due| now < due.at))
    }

    fn all_rows(&mut self, each: &mut dyn FnMut(SweptRow)) -> Result<(), StoreError> {
        let rows: Vec<SweptRow> = self.book.lock().rows.values().cloned().collect();
        rows.into_iter().for_each(each);
        Ok(())
    }

    fn all_entries(&mut self, each: &mut dyn FnMut(EntryRow)) -> Result<(), StoreError> {
        let entries: Vec<EntryRow> = self.book.lock().entries.values().cloned().collect();
        entries.into_iter().for_each(each);
        Ok(())
    }

    fn entries_after(&mut self, seq: u64, last: u64) -> Result<Vec<EntryRow>, StoreError> {
        if last <= seq {
            return Ok(Vec::new());
        }
        let places =
            (Bound::Excluded(EntryPlace::last_of(seq)), Bound::Included(EntryPlace::last_of(last)));
        Ok(self.book.lock().entries.range(places).map(|(_, row)| row.clone()).collect())
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        Ok(self.book.lock().runs.values().map(OperationRun::info).collect())
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        Ok(self.book.lock().runs.get(&run).cloned())
    }

    fn snapshot(&mut self, work: &mut dyn FnMut(&mut dyn Reader)) -> Result<(), StoreError> {
        work(&mut MemoryReader::of(self.book.as_it_is_now()));
        Ok(())
    }
}

impl Contents {
    /// Cards in id order.
    fn cards(&self) -> impl DoubleEndedIterator<Item = &Card> {
        self.rows.values().filter_map(|row| match &row.row {
            Row::Card(card) => Some(card.as_ref()),
            _ => None,
        })
    }

    /// Holds in id order.
    fn holds(&self) -> impl DoubleEndedIterator<Item = &Hold> {
        self.rows.values().filter_map(|row| match &row.row {
            Row::Hold(hold) => Some(hold.as_ref()),
            _ => None,
        })
    }

    /// Accounts in id order.
    fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.rows.values().filter_map(|row| match &row.row {
            Row::Account(account) => Some(account),
            _ => None,
        })
    }

    fn account(&self, id: AccountId) -> Option<&Account> {
        match self.row(Key::Account(id)) {
            Some(Row::Account(account)) => Some(account),
            _ => None,
        }
    }

    fn with_account(&self, card: &Card) -> Option<(Card, Account)> {
        Some((card.clone(), self.account(account_of(card.id))?.clone()))
    }

    /// Everything that falls due at some time, in due order.
    fn timers(&self) -> Vec<Due> {
        let holds = self.holds().filter(|hold| !hold.pending.open().is_zero());
        let holds = holds.map(|hold| Due { at: hold.expires_at, what: DueObject::Hold(hold.id) });
        let active = || self.cards().filter(|card| card.state == CardState::Active);
        let deliveries = active().filter_map(|card| {
            let delivery = card.gift.as_ref()?.delivery?;
            let waits = delivery.state == DeliveryState::Scheduled;
            Some(Due {
                at: delivery.deliver_at.filter(|_| waits)?,
                what: DueObject::Delivery(card.id),
            })
        });
        let unclaimed = active().filter(|card| card.disputed.is_none()).filter_map(|card| {
            let at = card.gift.as_ref()?.return_term?.at?;
            Some(Due { at, what: DueObject::Unclaimed(card.id) })
        });
        let cards = active()
            .filter_map(|card| Some(Due { at: card.expires_at?, what: DueObject::Card(card.id) }));
        let others = self.rows.values().filter_map(|swept| {
            let (at, what) = match &swept.row {
                Row::Checkout(row) => (row.due_at, DueObject::Checkout(row.id)),
                Row::Payment(row) => (row.due_at, DueObject::Payment(row.id)),
                Row::RailRefund(row) => (row.due_at, DueObject::RailRefund(row.id)),
                Row::Promotion(row) => (row.due_at(), DueObject::Promotion(row.id)),
                Row::Slice(row) if row.state == SliceState::Open => {
                    (Some(row.kept_until), DueObject::Slice(row.id))
                }
                _ => return None,
            };
            Some(Due { at: at?, what })
        });
        let of_cards = cards.chain(deliveries).chain(unclaimed);
        let mut timers: Vec<Due> = holds.chain(of_cards).chain(others).collect();
        timers.sort();
        timers
    }
}

impl Contents {
    /// Everything that waits for whoever leads claims on, in due order.
    fn timers_of_claims(&self) -> Vec<Due> {
        let waiting = self.rows.values().filter_map(|swept| {
            let (at, what) = match &swept.row {
                Row::Claim(row) => (wakes_at(row), DueObject::Claim(row.id)),
                Row::Restitution(row) if row.paid_at.is_none() => {
                    (Some(row.at), DueObject::Restitution(row.id))
                }
                Row::PromotionClaims(row) => (row.searched_since, DueObject::Search(row.promotion)),
                _ => return None,
            };
            Some(Due { at: at?, what })
        });
        let mut timers: Vec<Due> = waiting.collect();
        timers.sort();
        timers
    }
}

/// The bits of the id of a row and the time it was made, if the list shows it.
fn place_in(list: List, row: &Row) -> Option<(u128, Instant)> {
    let (is_shown, bits, created_at) = match (list, row) {
        (List::Methods { owner }, Row::Method(row)) => {
            (owner.is_none() || owner == row.owner, row.id.bits(), row.created_at)
        }
        (List::Disputes { state }, Row::Dispute(row)) => {
            (state.is_none_or(|state| state == row.state), row.id.bits(), row.created_at)
        }
        (List::Sellers, Row::Seller(row)) => (true, row.id.bits(), row.created_at),
        (List::Creators, Row::Creator(row)) => (true, row.id.bits(), row.created_at),
        (List::Products { seller }, Row::Product(row)) => {
            (seller.is_none_or(|seller| seller == row.seller), row.id.bits(), row.created_at)
        }
        (List::Purchases, Row::Purchase(row)) => (true, row.id.bits(), row.created_at),
        (List::Checkouts { buyer }, Row::Checkout(row)) => {
            (buyer.is_none() || buyer == row.buyer, row.id.bits(), row.created_at)
        }
        (List::Payments { checkout }, Row::Payment(row)) => {
            let is_of = checkout.is_none_or(|wanted| wanted == row.purpose.checkout());
            (is_of, row.id.bits(), row.created_at)
        }
        (List::RailRefunds { refund }, Row::RailRefund(row)) => {
            (refund.is_none() || refund == row.order_refund, row.id.bits(), row.created_at)
        }
        (List::Orders { buyer }, Row::Order(row)) => {
            (buyer.is_none() || buyer == row.buyer, row.id.bits(), row.created_at)
        }
        (List::OrderRefunds { order }, Row::OrderRefund(row)) => {
            (order == row.order, row.id.bits(), row.created_at)
        }
        (List::Payouts { state }, Row::Payout(row)) => {
            (state.is_none_or(|state| state == row.state), row.id.bits(), row.created_at)
        }
        (List::Settlements, Row::Settlement(row)) => (true, row.id.bits(), row.created_at),
        (List::Unsettled, Row::Standing(row)) => {
            (row.state() != StandingState::Settled, row.id.bits(), row.created_at)
        }
        (List::Reported { sender }, Row::Contact(row)) => {
            let is_shown = row.report.is_some() && sender.is_none_or(|id| id == row.sender);
            (is_shown, row.id.bits(), row.created_at)
        }
        (List::Promotions { advertiser, state }, Row::Promotion(row)) => {
            let is_shown = advertiser.is_none_or(|id| id == row.advertiser)
                && state.is_none_or(|state| state == row.state);
            (is_shown, row.id.bits(), row.created_at)
        }
        (List::Deeds { promotion }, Row::Deed(row)) => {
            (promotion == row.promotion, row.id.bits(), row.at)
        }
        (List::PromotionSettlements { promotion }, Row::PromotionSettlement(row)) => {
            (promotion == row.promotion, row.id.bits(), row.at)
        }
        (List::Claims { promotion, status }, Row::Claim(row)) => {
            let is_shown = promotion.is_none_or(|id| row.promotion == Some(id))
                && status.is_none_or(|status| status == row.status);
            (is_shown, row.id.bits(), row.filed_at)
        }
        (List::Incidents, Row::Incident(row)) => (true, row.id.bits(), row.first().at),
        (List::Slices { promotion }, Row::Slice(row)) => {
            (promotion == row.promotion, row.id.bits(), row.leased_at)
        }
        _ => return place_beside_claims(list, row),
    };
    is_shown.then_some((bits, created_at))
}

/// The same for lists of frozen accounts and suspects, of what somebody claims, and of what was
/// repaid without a claim.
fn place_beside_claims(list: List, row: &Row) -> Option<(u128, Instant)> {
    let (is_shown, bits, created_at) = match (list, row) {
        (List::Restitutions { promotion, only_stuck }, Row::Restitution(row)) => {
            let is_wanted = !only_stuck || row.is_stuck();
            (is_wanted && promotion.is_none_or(|id| id == row.promotion), row.id.bits(), row.at)
        }
        (List::ClaimsOf { claimant }, Row::Claim(row)) => {
            (row.claimant.person() == Some(claimant), row.id.bits(), row.filed_at)
        }
        (List::AccountFreezes { only_frozen }, Row::AccountFreeze(row)) => {
            (!only_frozen || row.is_frozen(), row.person.bits(), row.frozen_at)
        }
        (List::Suspects { only_open }, Row::Suspect(row)) => {
            (!only_open || row.looked_at.is_none(), row.id.bits(), row.found_at)
        }
        _ => return None,
    };
    is_shown.then_some((bits, created_at))
}

/// The rows of a page, newest first, not yet cut to its limit.
fn part<'a, T: 'a>(
    rows: impl DoubleEndedIterator<Item = &'a T>,
    page: Page,
    id_and_time: impl Fn(&T) -> (u128, Instant),
) -> impl Iterator<Item = &'a T> {
    rows.rev().filter(move |row| {
        let (id, created_at) = id_and_time(row);
        page.after.is_none_or(|after| id < after)
            && page.created_after.is_none_or(|after| after <= created_at)
            && page.created_before.is_none_or(|before| created_at < before)
    })
}

fn shows(filter: &CardFilter, card: &Card) -> bool {
    let details = card.details.as_deref();
    let reference = details.and_then(|details| details.reference.as_ref());
    let recipient = details.and_then(|details| details.recipient.as_ref());
    let wants_reference = filter.reference.as_deref();
    filter.state.is_none_or(|state| state == card.state)
        && wants_reference.is_none_or(|wanted| reference.is_some_and(|r| r.as_str() == wanted))
        && filter.last4.is_none_or(|last4| last4 == card.code.last4)
        && filter.owner.is_none_or(|owner| card.owner() == Some(owner))
        && filter.recipient.is_none_or(|person| recipient.is_some_and(|r| r.person == person))
        && filter.program.is_none_or(|program| card.program == Some(program))
}

fn limit(rows: u32) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
