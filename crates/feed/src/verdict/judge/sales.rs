//! Billed sales that may still be returned.

use std::collections::BTreeMap;

use base::{Instant, PromotionId, Span};
use promotions::Goal;

use super::Billed;
use crate::saved::saved;
use crate::token::{Selection, ViewerHash};

/// Sales remembered, the latest; about 150 MB when all are in use.
const SALES_MAX: usize = 1 << 20;

#[derive(Debug)]
struct Sale {
    at: Instant,
    token: TokenName,
    promotion: PromotionId,
    viewer: Option<ViewerHash>,
    billed: Billed,
    is_repaid: bool,
}

saved!(Sale { at, token, promotion, viewer, billed, is_repaid });

/// What is known of the sale of a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownSale {
    pub(super) billed: Billed,
    /// Whether it was repaid, for whatever reason.
    pub(super) is_repaid: bool,
}

/// What tells a token from every other: process, goal and nonce.
type TokenName = (u16, Goal, u64);

fn name(selection: &Selection) -> TokenName {
    (selection.process, selection.goal, selection.nonce)
}

/// Billed sales by the number of their record, and the record by the name of the token.
#[derive(Debug)]
pub(super) struct Sales {
    keeps: Span,
    by_record: BTreeMap<u64, Sale>,
    by_token: BTreeMap<TokenName, u64>,
}

saved!(Sales { keeps, by_record, by_token });

impl Sales {
    pub(super) fn new(keeps: Span) -> Sales {
        Sales { keeps, by_record: BTreeMap::new(), by_token: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, selection: &Selection, billed: Billed, at: Instant) {
        let token = name(selection);
        self.by_token.insert(token, billed.sequence);
        let Selection { promotion, viewer, .. } = *selection;
        let sale = Sale { at, token, promotion, viewer, billed, is_repaid: false };
        self.by_record.insert(billed.sequence, sale);
        while self.by_record.len() > SALES_MAX {
            self.drop_first();
        }
    }

    /// The sale billed for a token. A token of the same name that says something else of what it
    /// costs whom is not the one that was billed.
    pub(super) fn find(&self, selection: &Selection) -> Option<KnownSale> {
        let sale = self.by_record.get(self.by_token.get(&name(selection))?)?;
        let Billed { slice, price, .. } = sale.billed;
        let is_same = (sale.promotion, slice, price)
            == (selection.promotion, selection.slice, selection.price);
        is_same.then_some(KnownSale { billed: sale.billed, is_repaid: sale.is_repaid })
    }

    /// Marks a sale as repaid, and tells whose it was. It stays: who tells of its return again is
    /// to hear that it was done.
    pub(super) fn repay(&mut self, sequence: u64) -> Option<ViewerHash> {
        let sale = self.by_record.get_mut(&sequence)?;
        sale.is_repaid = true;
        sale.viewer
    }

    pub(super) fn drop_old(&mut self, now: Instant) {
        let keeps = self.keeps;
        let is_old = |sale: &Sale| sale.at.saturating_add(keeps) < now;
        while self.by_record.first_key_value().is_some_and(|(_, sale)| is_old(sale)) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, sale)) = self.by_record.pop_first() {
            self.by_token.remove(&sale.token);
        }
    }
}
