//! Every kind of row, in one place: whoever keeps or finds rows is made from this list.

/// The types that [`every_row!`](crate::every_row) names, for crates that do not know their own.
#[doc(hidden)]
pub mod types {
    pub use std::sync::Arc;

    pub use base::{AccountId, CardId, HoldId, ProgramId, RefundId};
    pub use giftcards::{Card, CodeHash, CodeRow, Hold, Program, Refund};
    pub use ledger::Account;
}

/// Calls the macro `$then` with every kind of row that is found by an id, in the order of their
/// tables. Each has: what it is, the look-up of [`Rows`](crate::Rows), the variant of
/// [`Key`](crate::Key) and [`Row`](crate::Row), the type of its id, the type of the row, and the
/// member of the row that is the id.
///
/// The book's own row is not among them: there is one, and it has no id.
#[macro_export]
macro_rules! every_row {
    ($then:ident) => {
        $then! {
            "A ledger account.", account, Account,
                $crate::types::AccountId, $crate::types::Account, id;
            "A program.", program, Program,
                $crate::types::ProgramId, $crate::types::Arc<$crate::types::Program>, id;
            "A gift card.", card, Card,
                $crate::types::CardId, $crate::types::Arc<$crate::types::Card>, id;
            "A code, by its keyed hash.", code, Code,
                $crate::types::CodeHash, $crate::types::CodeRow, hash;
            "A hold.", hold, Hold,
                $crate::types::HoldId, $crate::types::Arc<$crate::types::Hold>, id;
            "A refund.", refund, Refund,
                $crate::types::RefundId, $crate::types::Arc<$crate::types::Refund>, id;
        }
    };
}
