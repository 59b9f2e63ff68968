//! Duplicates: the same claim again.
//!
//! One that is open is refused by name when the second is made. One that was decided is linked to,
//! unless the second shows something new; the rules then decide what that means.

use base::{ClaimId, Day};

use crate::Claim;

/// The first claim in which the same was decided before, of those on its promotion.
pub(crate) fn linked_to(claim: &Claim, decided: &[&Claim]) -> Option<ClaimId> {
    let same = decided.iter().find(|first| is_same(claim, first))?;
    Some(same.linked_to.unwrap_or(same.id))
}

/// Whether it is the same: same ground and charge, days that were looked at, and no file that was
/// not.
fn is_same(claim: &Claim, first: &Claim) -> bool {
    let is_same_charge = match (claim.payment, first.payment) {
        (Some(charge), Some(other)) => charge == other,
        _ => true,
    };
    let is_looked_at = match (claim.period, first.period) {
        // Whoever named no days had all looked at that were over.
        (Some(period), None) => period.ends_on < Day::of(first.filed_at),
        (None, None) => true,
        (None, Some(_)) => false,
        (Some(period), Some(looked_at)) => looked_at.contains(&period),
    };
    let has_file = |content| first.attachments.iter().any(|file| file.content == content);
    let is_nothing_new = claim.attachments.iter().all(|file| has_file(file.content));
    first.ground == claim.ground && is_same_charge && is_looked_at && is_nothing_new
}
