//! `/v1/ledger/accounts`: buckets of money and what moved in and out of them.

pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod read;

use base::AccountId;
use engine::{Answer, Query};
use ledger::Account;

use crate::call::Call;
use crate::problem::{Problem, catalog};

/// The account in the path of a call, as of now.
async fn named<S>(call: &Call<S>) -> Result<Account, Problem> {
    let id: AccountId = call.path_id_at(4, &catalog::ACCOUNT_NOT_FOUND)?;
    match call.caller.book().ask(Query::Account(id)).await? {
        Some(Answer::Account(account)) => Ok(account),
        _ => Err(Problem::new(&catalog::ACCOUNT_NOT_FOUND)),
    }
}
