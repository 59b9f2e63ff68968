//! What the routes ask of whoever calls rails. The calls themselves are made by jobs.

use std::sync::Arc;

use base::{CheckoutId, RailRefundId};
use jobs::{NoRail, RailCaller};

/// Calls rails for one book: implemented by jobs, used by routes.
pub trait RailWork: Send + Sync {
    /// Something of this checkout wants a rail now. Returns at once; what is forgotten is found
    /// again by the regular runs.
    fn nudge_checkout(&self, checkout: CheckoutId);

    /// The same for a refund over a rail.
    fn nudge_refund(&self, refund: RailRefundId);

    /// The rail of this name.
    ///
    /// # Errors
    ///
    /// [`NoRail`]: why it cannot be asked.
    fn rail(&self, name: &str) -> Result<Arc<dyn rails::Rail>, NoRail>;

    /// Whoever makes the calls, for messages of rails and for test clocks; nobody in a pretence.
    fn caller(&self) -> Option<&RailCaller> {
        None
    }
}

impl RailWork for RailCaller {
    fn nudge_checkout(&self, checkout: CheckoutId) {
        RailCaller::nudge_checkout(self, checkout);
    }

    fn nudge_refund(&self, refund: RailRefundId) {
        RailCaller::nudge_refund(self, refund);
    }

    fn rail(&self, name: &str) -> Result<Arc<dyn rails::Rail>, NoRail> {
        RailCaller::rail(self, name)
    }

    fn caller(&self) -> Option<&RailCaller> {
        Some(self)
    }
}
