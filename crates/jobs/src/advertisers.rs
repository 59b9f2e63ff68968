//! Promotions that are older than the rows of advertisers are counted, once.

use engine::{Command, PromotionCommand, Row};
use promotions::State;
use store::{List, Page, Reader};
use writer::{Handle, Request};

use crate::JobError;
use crate::due::{DUE_PORTION_MAX, SYSTEM_ACTOR};

/// Counts to their advertisers whatever is under way and is not counted, because it was written by
/// a release that knew no such sums; returns how many promotions that were. Where all are counted
/// it reads what is under way, and does nothing.
///
/// # Errors
///
/// [`JobError::Store`] and [`JobError::Writer`]. What was counted stays counted.
pub fn count_older(handle: &Handle, reader: &mut dyn Reader) -> Result<u64, JobError> {
    let mut counted = 0;
    for state in State::ALL.into_iter().filter(|state| state.is_under_way()) {
        let list = List::Promotions { advertiser: None, state: Some(state) };
        let mut after = None;
        loop {
            let limit = u32::try_from(DUE_PORTION_MAX).unwrap_or(u32::MAX);
            let rows = reader.list(list, Page::after(after, limit))?;
            let is_last = rows.len() < DUE_PORTION_MAX;
            let mut requests = Vec::new();
            for row in &rows {
                let Row::Promotion(row) = row else { continue };
                after = Some(row.id.bits());
                if !row.is_counted {
                    let count = PromotionCommand::Count { promotion: row.id };
                    let command = Command::Promotions(Box::new(count));
                    requests.push(Request { command, actor: SYSTEM_ACTOR, operation: None });
                }
            }
            if !requests.is_empty() {
                for outcome in handle.decide(requests, false)? {
                    // The tables lag: what is refused has ended or was counted meanwhile.
                    counted += u64::from(outcome?.result.is_ok());
                }
            }
            if is_last {
                break;
            }
        }
    }
    Ok(counted)
}
