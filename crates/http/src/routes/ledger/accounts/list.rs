//! `GET /v1/ledger/accounts`: accounts in order of their names.

use base::AccountId;
use ledger::Account;

use crate::cursor::CursorMaker;
use crate::fields;
use crate::lists::{Fits, PageQuery, scan};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::account::AccountView;
use crate::views::list::ListView;

query_parameters! {
    /// Which accounts.
    AccountsQuery {
        /// What their names start with, such as `giftcard/`.
        #[param(min_length = 1, max_length = 100, example = "giftcard/")]
        prefix,
    }
}

/// The name of the answer in the documentation.
type AccountList = ListView<AccountView>;

/// List ledger accounts
///
/// In order of their names; accounts of one name differ in currency. Shows at least everything
/// that this key has written.
#[utoipa::path(get, path = "/v1/ledger/accounts", operation_id = "list_ledger_accounts",
    tag = "Ledger", params(PageQuery, AccountsQuery),
    responses((status = 200, description = "Accounts", body = AccountList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, query): (PageQuery, AccountsQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "ledger_accounts", &query);
    let after = cursors.read(page.cursor.as_deref())?;
    let limit = page.limit()?;
    let prefix = query.prefix.as_deref();
    let prefix = prefix.map(|text| fields::text::<100>("prefix", text)).transpose()?;
    let sight = caller.look_at_lists().await?;
    let found = caller.read(sight, move |reader| {
        let prefix = prefix.as_ref().map_or("", AsRef::as_ref);
        let id = |account: &Account| account.id.bits();
        scan(
            (after, limit),
            id,
            |_| Fits::Yes,
            |after, limit| reader.accounts(prefix, after.map(AccountId::from_bits), limit),
        )
    });
    let found = found.await?;
    Ok(found.reply(&cursors, AccountView::new))
}
