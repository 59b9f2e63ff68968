//! What a person does where an order refuses to send what is owed for a promotion: it is sent after
//! all, the payer takes a gift card, or it was paid by hand. So it is with restitutions that are
//! stuck, and with claims that nobody could pay.

use std::sync::Arc;

use base::{Amount, CardId, ClaimId, PersonId, RestitutionId};
use claims::{Resolution, Resolve};
use giftcards::{CreditTerms, Program, StoreCredit};
use ledger::AccountName;
use promotions::Promotion;

use crate::bought::Bought;
use crate::claim_money::{Ways, make_good, name_accounts, send_back};
use crate::composition::Composition;
use crate::credits;
use crate::rows::{Stop, Walk};
use crate::{Context, ResolveBy, Rows, WayBack};

/// The card that is given instead of a restitution that is stuck: it has its bits, so there is one
/// at most.
pub fn credit_for(restitution: RestitutionId) -> CardId {
    CardId::from_bits(restitution.bits())
}

/// The card that is given instead of the how manyth payout of a claim, from 1: there is one at most
/// for each, and either is found by the other without a look-up.
pub fn credit_for_payout(claim: ClaimId, number: u32) -> CardId {
    CardId::from_bits(claim.bits().wrapping_add(u128::from(number)))
}

/// A way for what is owed, with the rows that it looks at.
pub(crate) struct Resolving<'w, 'a> {
    way: &'w ResolveBy,
    sent: Option<(&'w WayBack, Ways<'a>)>,
    program: Option<Option<&'a Arc<Program>>>,
    /// The card that would be given.
    card: CardId,
}

impl<'w, 'a> Resolving<'w, 'a> {
    pub(crate) fn find<R: Rows>(
        way: &'w ResolveBy,
        card: CardId,
        walk: &mut Walk<'a, R>,
        at: Context,
    ) -> Resolving<'w, 'a> {
        let sent = match way {
            ResolveBy::SendAgain(back) => Some((back.as_ref(), Ways::find(back, walk, at))),
            ResolveBy::StoreCredit(_) | ResolveBy::PaidByHand { .. } => None,
        };
        let program = match way {
            ResolveBy::StoreCredit(new) => {
                credits::name_new(card, &new.code, walk);
                new.program.map(|program| walk.program(program))
            }
            _ => None,
        };
        Resolving { way, sent, program, card }
    }

    /// Names the accounts that money moves between.
    pub(crate) fn name_accounts<R: Rows>(&self, bought: &Bought<'_>, walk: &mut Walk<'_, R>) {
        name_accounts(Some(bought), walk);
        walk.account(self.leaves_by().id(bought.promotion.currency()));
    }

    /// The account by which the money leaves.
    fn leaves_by(&self) -> AccountName {
        match self.way {
            ResolveBy::SendAgain(_) => AccountName::OrderClearing,
            ResolveBy::StoreCredit(_) => AccountName::RefundPayable,
            ResolveBy::PaidByHand { rail, .. } => AccountName::RailClearing(rail.clone()),
        }
    }

    /// What the rules of claims are told of it.
    pub(crate) fn resolve(&self, by: PersonId) -> Resolve {
        let how = match self.way {
            ResolveBy::SendAgain(_) => Resolution::SentAgain,
            ResolveBy::StoreCredit(_) => Resolution::StoreCredit,
            ResolveBy::PaidByHand { reference, .. } => {
                Resolution::PaidByHand { reference: reference.clone() }
            }
        };
        let refund = self.sent.as_ref().map(|(back, _)| back.refund);
        Resolve { by, how, refund }
    }

    /// The money leaves: so much net, and with its tax. Another way than by the order is borne by
    /// the platform, with the tax. Tells the card that was given.
    pub(crate) fn leave<R: Rows>(
        self,
        (net, gross): (Amount, Amount),
        reason: &str,
        promotion: &Promotion,
        composed: &mut Composition<'_, '_, R>,
    ) -> Result<Option<CardId>, Stop> {
        let to = self.leaves_by();
        match (self.way, self.sent) {
            (ResolveBy::SendAgain(_), Some(ways)) => {
                send_back((net, gross), reason, promotion, ways, composed)?;
            }
            (ResolveBy::StoreCredit(new), _) => {
                make_good(gross, &to, promotion, composed)?;
                let (value, owner) = (promotion.money(gross), Some(promotion.advertiser));
                let credit = StoreCredit { id: self.card, code: new.code.clone(), value, owner };
                let program: Option<&Program> = match self.program {
                    Some(program) => Some(program.ok_or(giftcards::Refusal::ProgramNotFound)?),
                    None => None,
                };
                credits::issue(&credit, CreditTerms::Program(program), composed)?;
                return Ok(Some(credit.id));
            }
            _ => make_good(gross, &to, promotion, composed)?,
        }
        Ok(None)
    }
}
