//! `/v1/rails/{rail}/settlements`: what a rail tells of the money it has moved for us.

pub(crate) mod create;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod read;

use base::SettlementId;
use ledger::{AccountName, RailName};
use payments::Settlement;
use store::{List, Page, Reader, StoreError};

use crate::call::Call;
use crate::problem::{Problem, catalog};

/// The part of a path that names the rail.
const RAIL_PART: usize = 3;

/// The part of a path that names the file.
const SETTLEMENT_PART: usize = 5;

impl<S, C> Call<S, C> {
    /// The rail in the path. Text that is no name of a rail names none.
    pub(crate) fn path_rail(&self) -> Result<RailName, Problem> {
        let name = self.path_name(RAIL_PART, &catalog::RAIL_NOT_FOUND);
        name.and_then(|name: String| RailName::new(&name).map_err(|_| no_rail()))
    }

    /// Rail and file in the path.
    pub(crate) fn path_settlement(&self) -> Result<(RailName, SettlementId), Problem> {
        let rail = self.path_rail()?;
        Ok((rail, self.path_id_at(SETTLEMENT_PART, &catalog::SETTLEMENT_NOT_FOUND)?))
    }
}

/// Refuses a rail that there is not.
pub(crate) fn no_rail() -> Problem {
    Problem::new(&catalog::RAIL_NOT_FOUND)
}

/// True for a rail that was set up here, or over which something was moved.
pub(crate) fn is_known(
    reader: &mut dyn Reader,
    rail: &RailName,
    is_set_up: bool,
) -> Result<bool, StoreError> {
    let name = AccountName::RailClearing(rail.clone());
    let accounts =
        if is_set_up { Vec::new() } else { reader.accounts(&name.to_string(), None, 1)? };
    Ok(is_set_up || accounts.iter().any(|account| account.name == name))
}

/// The file of this id, if it is one of the rail.
fn find(
    reader: &mut dyn Reader,
    rail: &RailName,
    id: SettlementId,
) -> Result<Option<Settlement>, StoreError> {
    // Ids fall in the list, so the file is the first one below the next id.
    let after = id.bits().checked_add(1);
    let page = Page::after(after, 1);
    let found = reader.list(List::Settlements, page)?.pop();
    Ok(match found {
        Some(engine::Row::Settlement(row)) if row.id == id && row.rail == *rail => {
            Some((*row).clone())
        }
        _ => None,
    })
}
