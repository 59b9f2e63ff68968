//! `/v1/rail-refunds`: parts of payments on their way back over a rail.

pub(crate) mod consent;
pub(crate) mod give_up;
pub(crate) mod list;
pub(crate) mod paid_by_hand;
pub(crate) mod read;
pub(crate) mod replace;
pub(crate) mod retry;
pub(crate) mod store_credit;

use base::RailRefundId;

use crate::call::Caller;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;

/// Has a command decided that leaves a refund to be sent, and has it sent soon.
async fn decide_and_send(
    prepared: Prepared,
    caller: &Caller,
    refund: RailRefundId,
) -> Result<Reply, Problem> {
    let reply = prepared.decide(caller).await?;
    if let Some(work) = caller.book().rails().filter(|_| !reply.replayed) {
        work.nudge_refund(refund);
    }
    Ok(reply)
}
