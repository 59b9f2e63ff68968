//! Named refusals of the ledger.

/// Why a linked set was refused. Variants stand in the order in which they are checked, and that
/// order is part of the contract: when several apply, the first is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The pending transfer was already posted, voided or expired in full.
    #[error("the pending transfer is closed")]
    PendingClosed,
    /// More was asked for than is left of the pending transfer.
    #[error("more than is left of the pending transfer")]
    ExceedsPending,
    /// A transfer moves nothing.
    #[error("the amount is zero")]
    AmountZero,
    /// Debit and credit name the same account.
    #[error("debit and credit are the same account")]
    SameAccount,
    /// An account was not loaded into the set: the caller forgot to name it.
    #[error("an account is not part of the set")]
    AccountNotLoaded,
    /// The two accounts, or account and amount, differ in currency.
    #[error("currencies differ")]
    CurrencyMismatch,
    /// A total would pass the largest number of minor units, what is reserved on the same side
    /// included; or a pending total would fall below zero, which means that reservation and
    /// account do not belong together.
    #[error("a total would overflow")]
    Overflow,
    /// A limited account would fall below zero.
    #[error("not enough on the account")]
    InsufficientFunds,
}
