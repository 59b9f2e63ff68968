//! Billed sales that may still be returned.

use std::collections::BTreeMap;

use base::{Instant, Span};

use super::Billed;
use crate::token::{Selection, ViewerHash};

/// Sales remembered, the latest; about 150 MB when all are in use.
const SALES_MAX: usize = 1 << 20;

#[derive(Debug)]
struct Sale {
    at: Instant,
    token: (u16, u64),
    viewer: Option<ViewerHash>,
    billed: Billed,
}

/// Billed sales by the number of their record, and the record by process and nonce of the token.
#[derive(Debug)]
pub(super) struct Sales {
    keeps: Span,
    by_record: BTreeMap<u64, Sale>,
    by_token: BTreeMap<(u16, u64), u64>,
}

impl Sales {
    pub(super) fn new(keeps: Span) -> Sales {
        Sales { keeps, by_record: BTreeMap::new(), by_token: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, selection: &Selection, billed: Billed, at: Instant) {
        let token = (selection.process, selection.nonce);
        self.by_token.insert(token, billed.sequence);
        let sale = Sale { at, token, viewer: selection.viewer, billed };
        self.by_record.insert(billed.sequence, sale);
        while self.by_record.len() > SALES_MAX {
            self.drop_first();
        }
    }

    /// The sale billed for a token.
    pub(super) fn find(&self, selection: &Selection, now: Instant) -> Option<Billed> {
        let sequence = self.by_token.get(&(selection.process, selection.nonce))?;
        let sale = self.by_record.get(sequence)?;
        (sale.at.saturating_add(self.keeps) >= now).then_some(sale.billed)
    }

    /// Removes a sale that is repaid, and tells whose it was.
    pub(super) fn remove(&mut self, sequence: u64) -> Option<ViewerHash> {
        let sale = self.by_record.remove(&sequence)?;
        self.by_token.remove(&sale.token);
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
