//! Questions by key.

use base::{AccountId, CardId};
use engine::{Answer, CardRef, Query};

use super::{NO_SHOP, Oracle};

impl Oracle {
    /// What somebody who asks now must be told.
    pub(super) fn answer(&self, query: &Query) -> Option<Answer> {
        match query {
            Query::Book => {
                self.book.get(()).map(|book| Answer::Book { book: book.clone(), now: self.now })
            }
            Query::Program(id) => self.programs.get(*id).cloned().map(Answer::Program),
            Query::Card(id) | Query::Lookup(CardRef::Id(id)) => self.ask_card(*id),
            Query::Lookup(CardRef::Code(hashes)) => {
                let rows = hashes.iter().filter_map(|hash| self.codes.get(*hash));
                let live = rows.into_iter().find(|row| row.live);
                live.and_then(|row| self.ask_card(row.card))
            }
            Query::Hold(id) => {
                let hold = self.holds.get(*id)?.clone();
                let account = self.account(hold.pending.debit);
                Some(Answer::Hold { hold, account, now: self.now })
            }
            Query::Refund(id) => self.refunds.get(*id).cloned().map(Answer::Refund),
            Query::Account(id) => self.accounts.get(*id).cloned().map(Answer::Account),
            Query::Sender(id) => self.senders.get(*id).cloned().map(Answer::Sender),
            Query::Contact(id) => self.contacts.get(*id).cloned().map(Answer::Contact),
            Query::Seller(_)
            | Query::Creator(_)
            | Query::Product(_)
            | Query::Method(_)
            | Query::Checkout(_)
            | Query::Order(_)
            | Query::OrderRefund(_)
            | Query::Payment(_)
            | Query::RailRefund(_)
            | Query::Dispute(_)
            | Query::Payout(_)
            | Query::Purchase(_)
            | Query::Settlement(_)
            | Query::Promotion(_)
            | Query::PromotionDetails(_)
            | Query::Post(_)
            | Query::Slice(_)
            | Query::Stream(_)
            | Query::Incident(_)
            | Query::Signals(_)
            | Query::Claim(_)
            | Query::ClaimEvidence(_)
            | Query::ClaimPreview { .. }
            | Query::Restitution(_)
            | Query::RestitutionEvidence(_)
            | Query::AccountFreeze(_)
            | Query::Suspect(_)
            | Query::RefundPreview { .. } => unreachable!("{NO_SHOP}"),
        }
    }

    fn ask_card(&self, id: CardId) -> Option<Answer> {
        let card = self.cards.get(id)?.clone();
        let account = self.account(AccountId::from_bits(id.bits()));
        Some(Answer::Card { card, account, now: self.now, shows_code: false })
    }
}
