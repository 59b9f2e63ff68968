//! `GET /v1/promotions/{id}/settlements`: what a promotion gave back, newest first.

use base::{Currency, PromotionId};
use engine::{Key, Row};
use promotions::Settlement;
use store::{List, Reader, StoreError};

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::promotion_settlement::PromotionSettlementView;

/// The name of the answer in the documentation.
type SettlementList = ListView<PromotionSettlementView>;

/// List settlements of a promotion
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/promotions/{id}/settlements",
    operation_id = "list_promotion_settlements", tag = "Promotions",
    params(("id" = String, Path, description = "The promotion"), PageQuery, CreatedQuery),
    responses((status = 200, description = "Settlements", body = SettlementList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let promotion: PromotionId = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("settlements of {promotion}"), &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let sight = caller.look_at_lists().await?;
    let found = caller.read(sight, move |reader| {
        let Some(currency) = currency_of(reader, promotion)? else { return Ok(None) };
        let list = List::PromotionSettlements { promotion };
        let found = wanted.objects(
            |row: &Row| settlement(row).map(|row| row.id.bits()).unwrap_or_default(),
            |_| true,
            |page| reader.list(list, page),
        )?;
        Ok::<_, StoreError>(Some((currency, found)))
    });
    let (currency, found) =
        found.await?.ok_or_else(|| Problem::new(&catalog::PROMOTION_NOT_FOUND))?;
    let view = |row| settlement(row).map(|row| PromotionSettlementView::new(row, currency));
    Ok(found.reply(&cursors, view))
}

/// The currency of a promotion, which its settlements do not repeat; `None` without one.
fn currency_of(
    reader: &mut dyn Reader,
    promotion: PromotionId,
) -> Result<Option<Currency>, StoreError> {
    let row = reader.rows(&[Key::Promotion(promotion)])?.pop().flatten();
    Ok(match row {
        Some(Row::Promotion(row)) => Some(row.currency()),
        _ => None,
    })
}

fn settlement(row: &Row) -> Option<&Settlement> {
    match row {
        Row::PromotionSettlement(row) => Some(row),
        _ => None,
    }
}
