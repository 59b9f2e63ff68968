//! `/v1/ledger/accounts`: buckets of money and what moved in and out of them.

pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod read;

use base::AccountId;
use engine::{Answer, Query};
use ledger::Account;

use crate::call::Caller;
use crate::problem::{Problem, catalog};

/// The account of this id, as of now.
async fn account(caller: &Caller, id: AccountId) -> Result<Account, Problem> {
    match caller.book().ask(Query::Account(id)).await? {
        Some(Answer::Account(account)) => Ok(account),
        _ => Err(Problem::new(&catalog::ACCOUNT_NOT_FOUND)),
    }
}
