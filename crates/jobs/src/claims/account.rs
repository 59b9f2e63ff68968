//! What is known of the account that has bought a promotion: what was told of it, and what its
//! person had agreed to pay before.

use std::sync::Arc;

use base::{Amount, Instant, Span};
use claims::{Finding, Ground, Status, Value, WhyUnknown};
use engine::{Key, Row};
use feed::shortfall::Delivered;
use promotions::{Authorization, Deed, DeedKind, EndCause, Happening, Micros, Promotion, Role};
use promotions::{SignalKind, Signals};
use serving::Report;
use store::{List, Page, Reader, StoreError};

use super::told::whole_minutes;

/// What is known of an account.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// What was told of it.
    signals: Option<Arc<Signals>>,
    /// What its person had agreed to before, and nobody has claimed or disputed; `None` when that
    /// is too much to look through.
    agreed: Option<Vec<Authorization>>,
}

/// Promotions of one person that are looked through.
const LOOKED_THROUGH_MAX: usize = 1_000;

/// Promotions in one page of a list.
const PAGE: u32 = 100;

/// Earlier agreements count that were made so long before: thieves do not wait.
const LONG_BEFORE: Span = Span::days(30);

/// A request that failed is followed by the next one, and by the stop, within this time, or it was
/// about something else.
const ASKED_AGAIN_WITHIN: Span = Span::hours(1);

impl Account {
    /// The account of whoever has bought this promotion.
    ///
    /// # Errors
    ///
    /// What the reader says.
    pub fn of(promotion: &Promotion, reader: &mut dyn Reader) -> Result<Account, StoreError> {
        let signals = reader.rows(&[Key::Signals(promotion.advertiser)])?;
        let signals = signals.into_iter().flatten().find_map(|row| match row {
            Row::Signals(row) => Some(row),
            _ => None,
        });
        Ok(Account { signals, agreed: agreed_before(promotion, reader)? })
    }

    /// For how long the network address had been known from which somebody agreed: since the first
    /// earlier agreement from there. That is the least it was known for, which is enough where it
    /// is long ago; else nobody has recorded it.
    pub(super) fn network_age(&self, agreement: &Authorization) -> Finding {
        let Some(agreed) = &self.agreed else { return Finding::Unknown(WhyUnknown::NotGathered) };
        let from_there = agreed
            .iter()
            .filter(|earlier| earlier.address.is_some() && earlier.address == agreement.address);
        let ages = from_there.filter_map(|earlier| agreement.at.since(earlier.at));
        match ages.max().filter(|age| *age > LONG_BEFORE) {
            Some(age) => Finding::Known(Value::Span(age)),
            None => Finding::Unknown(WhyUnknown::NotRecorded),
        }
    }

    /// How many promotions their person had agreed to on the same device long before.
    pub(super) fn paid_alike(&self, agreement: &Authorization) -> Finding {
        if agreement.device.is_none() {
            return Finding::Unknown(WhyUnknown::NotRecorded);
        }
        let Some(agreed) = &self.agreed else { return Finding::Unknown(WhyUnknown::NotGathered) };
        let is_alike = |earlier: &&Authorization| {
            let before = agreement.at.since(earlier.at);
            earlier.device == agreement.device && before.is_some_and(|span| span >= LONG_BEFORE)
        };
        let count = agreed.iter().filter(is_alike).count();
        Finding::Known(Value::Count(u64::try_from(count).unwrap_or(u64::MAX)))
    }

    /// What was charged between the first request to stop it that failed and the stop, pause or
    /// hiding that came of it; `None` when nothing tells that a request of theirs failed, or
    /// nothing was stopped soon afterwards: then it may have been about something else.
    pub(super) fn billed_after_stop(
        &self,
        promotion: &Promotion,
        deeds: &[Deed],
        report: &Report,
    ) -> Option<Amount> {
        let until = promotion.end.map_or(promotion.terms.ends_at, |end| end.at);
        let signals = self.signals.as_ref()?;
        let happened = signals.kept.iter().map(|signal| signal.happened);
        let is_meant = |it: &Happening| {
            it.kind == SignalKind::CallFailed && promotion.created_at <= it.at && it.at <= until
        };
        let mut failed: Vec<Instant> = happened.filter(is_meant).map(|it| it.at).collect();
        failed.sort_unstable();
        let (mut is_found, mut cost, mut on_since) = (false, 0_u64, Instant::MIN);
        for deed in deeds {
            if deed.kind == DeedKind::Resumed || deed.kind == DeedKind::PostShown {
                on_since = deed.at;
            }
            if !is_theirs(deed) {
                continue;
            }
            let before = failed.iter().rev().filter(|at| on_since <= **at && **at <= deed.at);
            let first = before.fold(deed.at, |first, at| {
                let gap = first.since(*at);
                if gap.is_some_and(|gap| gap <= ASKED_AGAIN_WITHIN) { *at } else { first }
            });
            if first == deed.at {
                continue;
            }
            is_found = true;
            // What came after the stop counts as delivered wrongly.
            let net = |one: &Delivered| one.price.get().saturating_sub(one.repaid.get());
            cost += whole_minutes(report, first, deed.at).map(net).sum::<u64>();
            on_since = deed.at;
        }
        is_found.then(|| Micros::new(cost).whole())
    }
}

/// Whether an advertiser keeps something from being shown with it.
fn is_theirs(deed: &Deed) -> bool {
    match deed.kind {
        DeedKind::Paused | DeedKind::Stopped => deed.actor.role == Role::Advertiser,
        DeedKind::PostHidden => true,
        _ => false,
    }
}

fn agreed_before(
    promotion: &Promotion,
    reader: &mut dyn Reader,
) -> Result<Option<Vec<Authorization>>, StoreError> {
    let Some(agreement) = &promotion.authorization else { return Ok(Some(Vec::new())) };
    let (mut earlier, mut looked_at, mut after) = (Vec::new(), 0, None);
    loop {
        let list = List::Promotions { advertiser: Some(promotion.advertiser), state: None };
        let rows = reader.list(list, Page::after(after, PAGE))?;
        let is_last = rows.len() < PAGE as usize;
        looked_at += rows.len();
        for row in rows {
            let Row::Promotion(row) = row else { continue };
            after = Some(row.id.bits());
            let is_disputed =
                row.pauses.is_disputed || row.end.is_some_and(|end| end.cause == EndCause::Payment);
            let is_other = row.id != promotion.id && row.funded_at.is_some() && !is_disputed;
            let made = row.authorization.as_ref().filter(|it| is_other && it.at < agreement.at);
            earlier.extend(made.map(|made| (row.id, made.clone())));
        }
        if is_last {
            break;
        }
        if looked_at >= LOOKED_THROUGH_MAX {
            return Ok(None);
        }
    }
    let mut agreed = Vec::new();
    for part in earlier.chunks(PAGE as usize) {
        let keys: Vec<Key> = part.iter().map(|(id, _)| Key::PromotionClaims(*id)).collect();
        for ((_, made), row) in part.iter().zip(reader.rows(&keys)?) {
            let is_claimed = matches!(row, Some(Row::PromotionClaims(row)) if row.claims.iter().any(
                |entry| {
                    let is_withdrawn = entry.status == Status::Withdrawn;
                    entry.ground == Ground::UnauthorizedCharge && !is_withdrawn
                },
            ));
            agreed.extend((!is_claimed).then(|| made.clone()));
        }
    }
    Ok(Some(agreed))
}

#[cfg(test)]
impl Account {
    /// One of which this was told, and which has agreed to these before.
    pub(super) fn told(signals: Signals, agreed: Vec<Authorization>) -> Account {
        Account { signals: Some(Arc::new(signals)), agreed: Some(agreed) }
    }
}
