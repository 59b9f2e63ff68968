//! `GET /v1/payouts`: payouts, newest first.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Key, Row};
use shop::{Payee, Payout, PayoutState};
use store::{List, Reader, StoreError};

use crate::fields::{self, refuse};
use crate::lists::{Created, CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::{ReadCall, ReadCaller};
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::sheet::sheet;
use crate::views::list::ListView;
use crate::views::payout::PayoutView;

/// Payouts of a sheet at most.
const SHEET_ROWS_MAX: usize = 10_000;

/// What stands above the columns of a sheet.
const HEAD: [&str; 9] =
    ["payout", "created_at", "status", "payee", "name", "amount", "currency", "rail", "failure"];

query_parameters! {
    /// Which payouts.
    PayoutsQuery {
        /// `pending`, `paid` or `failed`.
        #[param(pattern = "^(pending|paid|failed)$")]
        status,
    }
}

/// The name of the answer in the documentation.
type PayoutList = ListView<PayoutView<'static>>;

/// List payouts
///
/// Newest first. Shows at least everything that this key has written. With `Accept: text/csv` as a
/// sheet for other programs (RFC 4180) with all of them at once, 10,000 at most, whatever `limit`
/// and `cursor` say: amounts in major units, and names of payees. What a spreadsheet would take for
/// a formula has `'` before it.
#[utoipa::path(get, path = "/v1/payouts", operation_id = "list_payouts", tag = "Payouts",
    params(PageQuery, CreatedQuery, PayoutsQuery),
    responses((status = 200, description = "Payouts", body = PayoutList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PayoutsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let known = PayoutState::ALL;
    let state = fields::status(wanted.status.as_deref(), &known, PayoutState::as_str)?;
    let list = List::Payouts { state };
    if call.wants_sheet() {
        return in_a_sheet(&call.caller, created.created()?, list).await;
    }
    let asked = Filtered { name: "payouts", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, list).await
}

async fn in_a_sheet(caller: &ReadCaller, created: Created, list: List) -> Result<Reply, Problem> {
    let sight = caller.look_at_lists().await?;
    let rows = caller.read(sight, move |reader| rows(reader, created, list)).await?;
    let message = format!("leaves more than {SHEET_ROWS_MAX} payouts; take a shorter time");
    let rows = rows.ok_or_else(|| refuse("created_after", message))?;
    Ok(Reply::sheet(sheet(&HEAD, rows.into_iter())))
}

/// The rows of a sheet; `None` when they are too many.
fn rows(
    reader: &mut dyn Reader,
    created: Created,
    list: List,
) -> Result<Option<Vec<Vec<String>>>, StoreError> {
    let payout = |row: Row| match row {
        Row::Payout(payout) => Some(payout),
        _ => None,
    };
    let found = Wanted::everything(
        created,
        SHEET_ROWS_MAX,
        |payout: &Arc<Payout>| payout.id.bits(),
        |page| Ok(reader.list(list, page)?.into_iter().filter_map(payout).collect()),
    )?;
    let Some(payouts) = found else { return Ok(None) };
    let names = names(reader, &payouts)?;
    Ok(Some(payouts.iter().map(|payout| cells(payout, &names)).collect()))
}

/// Names of payees by their ids.
fn names(
    reader: &mut dyn Reader,
    payouts: &[Arc<Payout>],
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut keys: BTreeMap<String, Key> = BTreeMap::new();
    for payout in payouts {
        let key = match payout.payee {
            Payee::Seller(seller) => Key::Seller(seller),
            Payee::Creator(creator) => Key::Creator(creator),
        };
        keys.insert(id_of(payout), key);
    }
    let (ids, keys): (Vec<String>, Vec<Key>) = keys.into_iter().unzip();
    let name = |row: Option<Row>| match row {
        Some(Row::Seller(seller)) => seller.name.to_string(),
        Some(Row::Creator(creator)) => creator.name.to_string(),
        _ => String::new(),
    };
    Ok(ids.into_iter().zip(reader.rows(&keys)?.into_iter().map(name)).collect())
}

/// The id of whoever is paid.
fn id_of(payout: &Payout) -> String {
    match payout.payee {
        Payee::Seller(seller) => seller.to_string(),
        Payee::Creator(creator) => creator.to_string(),
    }
}

fn cells(payout: &Payout, names: &BTreeMap<String, String>) -> Vec<String> {
    let (payee, money) = (id_of(payout), payout.amount.to_string());
    let amount = money.split(' ').next().unwrap_or_default().to_owned();
    vec![
        payout.id.to_string(),
        payout.created_at.to_string(),
        payout.state.as_str().to_owned(),
        payee.clone(),
        names.get(&payee).cloned().unwrap_or_default(),
        amount,
        payout.amount.currency.code().to_owned(),
        payout.rail.to_string(),
        payout.failure.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}
