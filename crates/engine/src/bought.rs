//! What a claim is about: a promotion, how it was paid, and what has become of its money.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Amount, Instant, PaymentId, PromotionId};
use claims::{AutomaticPaid, Effect, Fingerprint, Funds, Instrument, InstrumentClaims};
use claims::{InstrumentRow, Named, Payer, PayerRow, PromotionClaims, Purchase};
use payments::Payment;
use promotions::{Post, Promotion, Returning, Signals, post_id, with_tax, without_tax};
use shop::{Checkout, TenderKind};

use crate::Rows;
use crate::promoting::policy;
use crate::promotion_money::payments_of;
use crate::rows::Walk;

/// A promotion with the rows that claims look at.
#[derive(Clone)]
pub(crate) struct Bought<'a> {
    pub(crate) promotion: &'a Arc<Promotion>,
    pub(crate) post: Option<&'a Arc<Post>>,
    pub(crate) signals: Option<&'a Arc<Signals>>,
    pub(crate) claims: Option<&'a Arc<PromotionClaims>>,
    pub(crate) payments: Vec<&'a Arc<Payment>>,
    payers: Vec<(Payer, Option<&'a Arc<AutomaticPaid>>)>,
    instruments: Vec<(Instrument, Option<&'a Arc<InstrumentClaims>>)>,
    checkout: Option<&'a Arc<Checkout>>,
}

/// The promotion that is named, and the charge, if one is.
pub(crate) fn named<R: Rows>(
    named: &Named,
    walk: &mut Walk<'_, R>,
) -> Option<(PromotionId, Option<PaymentId>)> {
    match *named {
        Named::Promotion(promotion) => Some((promotion, None)),
        Named::Charge(charge) => {
            let checkout = walk.payment(charge)?.purpose.checkout();
            Some((walk.checkout(checkout)?.promotion?, Some(charge)))
        }
        Named::Hint(_) => None,
    }
}

impl<'a> Bought<'a> {
    /// Names its rows, the promotion first; `None` without one.
    pub(crate) fn find<R: Rows>(id: PromotionId, walk: &mut Walk<'a, R>) -> Option<Bought<'a>> {
        let claims = walk.promotion_claims(id);
        let promotion = walk.promotion(id)?;
        let post = walk.post(post_id(&promotion.post));
        let signals = walk.signals(promotion.advertiser);
        let checkout = promotion.checkout.and_then(|checkout| walk.checkout(checkout));
        let paying = checkout.into_iter().flat_map(|checkout| payments_of(checkout));
        let payments = paying.filter_map(|payment| walk.payment(payment)).collect();
        let (payers, instruments) = (Vec::new(), Vec::new());
        Some(Bought { promotion, post, signals, claims, payments, payers, instruments, checkout })
    }

    /// The same with other sums of claims.
    pub(crate) fn with_claims(&self, claims: Option<&'a Arc<PromotionClaims>>) -> Bought<'a> {
        Bought { claims, ..self.clone() }
    }

    /// Names the rows of those whom, and what, yearly caps are held against, and of what a ring may
    /// share: a claim that nobody agreed to pay needs them.
    pub(crate) fn with_payers<R: Rows>(self, walk: &mut Walk<'a, R>) -> Bought<'a> {
        let payers: Vec<_> = payers(self.promotion, self.checkout.map(Arc::as_ref)).collect();
        let instruments = instruments(self.promotion, &payers);
        let payers = payers.into_iter().map(|payer| (payer, walk.automatic_paid(payer.id())));
        let payers = payers.collect();
        let instruments = instruments.into_iter();
        let instruments = instruments.map(|it| (it, walk.instrument_claims(it.id()))).collect();
        Bought { payers, instruments, ..self }
    }

    /// Whom and what yearly caps are held against, once they were named.
    pub(crate) fn payers(&self) -> Vec<PayerRow<'_>> {
        self.payers.iter().map(|(payer, row)| (*payer, row.map(Arc::as_ref))).collect()
    }

    /// What a ring may share, once it was named.
    pub(crate) fn instruments(&self) -> Vec<InstrumentRow<'_>> {
        self.instruments.iter().map(|(it, row)| (*it, row.map(Arc::as_ref))).collect()
    }

    /// Who has claimed over what it was paid with, after a change of a claim for it.
    pub(crate) fn with_instruments(&self, effect: Effect, now: Instant) -> Effect {
        let Some(after) = effect.claims.first() else { return effect };
        let instruments = claims::follow_instruments(after, &self.instruments(), now);
        Effect { instruments, ..effect }
    }

    /// The tax on what was paid.
    pub(crate) fn tax(&self) -> Amount {
        let line = self.checkout.and_then(|checkout| checkout.lines.first());
        line.map_or(Amount::ZERO, |line| line.tax)
    }

    /// So much of what was paid, with the tax that belongs to it.
    pub(crate) fn with_tax(&self, net: Amount) -> Amount {
        with_tax(net, self.promotion.terms.paid(), self.tax())
    }

    /// What has become of its money.
    pub(crate) fn funds(&self) -> Funds {
        let sum = |of: fn(&Payment) -> Amount| {
            let amounts = self.payments.iter().map(|payment| of(payment));
            amounts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(Amount::MAX))
        };
        let is_disputed = self.payments.iter().any(|payment| payment.disputed > payment.lost);
        let net = self.promotion.terms.paid();
        let gross = net.checked_add(self.tax()).unwrap_or(Amount::MAX);
        let net_of = |of: fn(&Payment) -> Amount| match sum(of) {
            all if all >= gross => net,
            part => without_tax(part, net, self.tax()),
        };
        let lost = net_of(|payment| payment.lost);
        let settled = net_of(|payment| payment.settled);
        Funds { lost, settled, is_disputed, ..funds_of(self.promotion) }
    }

    /// As a claim sees it. The charge is told when one is named, and was one for it.
    pub(crate) fn purchase(&self, charge: Option<PaymentId>) -> Purchase {
        let promotion = self.promotion;
        let most = self.payments.iter().max_by_key(|payment| payment.captured);
        let is_its = |charge: &PaymentId| self.payments.iter().any(|payment| payment.id == *charge);
        Purchase {
            promotion: promotion.id,
            payment: charge.filter(is_its),
            owner: promotion.advertiser,
            currency: promotion.currency(),
            region: self.checkout.map(|checkout| checkout.region),
            rail: most.map(|payment| payment.rail.clone()),
            paid_at: promotion.funded_at,
            starts_at: promotion.terms.starts_at,
            ends_at: promotion.end.map_or(promotion.terms.ends_at, |end| end.at),
        }
    }
}

/// Whoever bought a promotion, and what it was paid with.
fn payers<'a>(
    promotion: &Promotion,
    checkout: Option<&'a Checkout>,
) -> impl Iterator<Item = Payer> + use<'a> {
    let tenders = checkout.into_iter().flat_map(|checkout| &checkout.tenders);
    let instruments = tenders.filter(|tender| tender.is_live()).map(|tender| match tender.kind {
        TenderKind::PaymentMethod { method, .. } => Payer::Method(method),
        TenderKind::GiftCard { card, .. } => Payer::Card(card),
    });
    std::iter::once(Payer::Person(promotion.advertiser)).chain(instruments)
}

/// What it was paid with, and on which device somebody agreed, if that is known; each once.
fn instruments(promotion: &Promotion, payers: &[Payer]) -> BTreeSet<Instrument> {
    let paid_with = payers.iter().filter_map(|payer| match *payer {
        Payer::Person(_) => None,
        Payer::Method(method) => Some(Instrument::Method(method)),
        Payer::Card(card) => Some(Instrument::Card(card)),
    });
    let agreement = promotion.authorization.as_ref();
    let device = agreement.and_then(|agreement| agreement.device);
    let device = device.map(|device| Instrument::Device(Fingerprint(device.0)));
    paid_with.chain(device).collect()
}

/// What has become of the money of a promotion, as far as its own row tells.
fn funds_of(promotion: &Promotion) -> Funds {
    let is_funded = promotion.funded_at.is_some();
    let paid = if is_funded { promotion.terms.paid() } else { Amount::ZERO };
    Funds {
        currency: promotion.currency(),
        paid,
        spent: paid.saturating_sub(Returning::unclaimed(promotion).back),
        returned: promotion.returned,
        lost: Amount::ZERO,
        settled: Amount::ZERO,
        is_disputed: promotion.pauses.is_disputed,
        settles_at: settles_at(promotion),
    }
}

/// When what was not spent goes back: of one that has not ended, when it would at its end.
fn settles_at(promotion: &Promotion) -> Option<Instant> {
    if promotion.state.is_ended() {
        return promotion.settles_at;
    }
    let window = promotion.terms.goal.attribution_window();
    let ends_at = promotion.terms.ends_at.saturating_add(window);
    Some(ends_at.saturating_add(policy(promotion).settlement_hold))
}

/// What settlements have to return by now, after what claims and restitutions take.
pub(crate) fn returning(promotion: &Promotion, claims: Option<&PromotionClaims>) -> Returning {
    let funds = funds_of(promotion);
    let committed = claims.map_or(Amount::ZERO, PromotionClaims::committed);
    let set_out = claims.map_or(Amount::ZERO, |claims| claims.set_out);
    Returning { back: funds.settlement_back(committed), kept: funds.settlement_kept(set_out) }
}
