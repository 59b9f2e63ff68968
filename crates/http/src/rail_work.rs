//! What the routes ask of whoever calls rails. The calls themselves are made by jobs.

use std::sync::Arc;

use base::{CheckoutId, RailRefundId};
use jobs::{NoRail, RailCaller};
use writer::Trouble;

use crate::call::Caller;
use crate::problem::{Problem, catalog};

/// What a caller is told before a rail could be opened.
const NOT_YET: &str = "The rail is not open yet: another process may still have its file.";

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

impl Caller {
    /// The rail of this name, which the body asks for.
    ///
    /// # Errors
    ///
    /// `rail_not_available` when it is not set up; those of [`Caller::find_rail`].
    pub(crate) fn rail(&self, name: &str) -> Result<Arc<dyn rails::Rail>, Problem> {
        let none = || Problem::new(&catalog::RAIL_NOT_AVAILABLE).param("/rail");
        self.find_rail(name)?.ok_or_else(none)
    }

    /// The rail of this name; `None` when it is not set up.
    ///
    /// # Errors
    ///
    /// `rail_silent` when it cannot be asked yet. When the book is being given up, its next owner
    /// is asked.
    pub(crate) fn find_rail(&self, name: &str) -> Result<Option<Arc<dyn rails::Rail>>, Problem> {
        let work = self.book().rails().ok_or(NoRail::NotSetUp);
        match work.and_then(|work| work.rail(name)) {
            Ok(rail) => Ok(Some(rail)),
            Err(NoRail::NotSetUp) => Ok(None),
            Err(NoRail::NotYet) => Err(Problem::new(&catalog::RAIL_SILENT).detail(NOT_YET)),
            Err(NoRail::Stopped) => Err(Trouble::Moved.into()),
        }
    }
}
