//! Names of what claims are made of.

use crate::components::Tone;

/// Where a claim stands.
pub(crate) fn standing(status: &str) -> (Tone, &'static str) {
    match status {
        "received" => (Tone::Wait, "claim.received"),
        "gathering" => (Tone::Wait, "claim.gathering"),
        "in_review" => (Tone::Wait, "claim.in_review"),
        "approved" => (Tone::Good, "claim.approved"),
        "partly_approved" => (Tone::Good, "claim.partly_approved"),
        "denied" => (Tone::Bad, "claim.denied"),
        "withdrawn" => (Tone::Plain, "claim.withdrawn"),
        "appealed" => (Tone::Wait, "claim.appealed"),
        "paying" => (Tone::Wait, "claim.paying"),
        _ => (Tone::Good, "claim.paid"),
    }
}

/// What went wrong: its name, and what is meant.
pub(crate) const GROUNDS: [(&str, &str, &str); 5] = [
    ("technical_error", "claim.technical_error", "claim.technical_error_text"),
    ("failure_to_deliver", "claim.failure_to_deliver", "claim.failure_to_deliver_text"),
    ("unauthorized_charge", "claim.unauthorized_charge", "claim.unauthorized_charge_text"),
    ("poor_outcome", "claim.poor_outcome", "claim.poor_outcome_text"),
    ("other", "claim.other", "claim.other_text"),
];

/// What went wrong.
pub(crate) fn ground(ground: &str) -> &'static str {
    let known = GROUNDS.iter().find(|(name, _, _)| *name == ground);
    known.map_or("claim.other", |(_, name, _)| name)
}

/// What happens next.
pub(crate) fn awaited(what: &str) -> &'static str {
    match what {
        "match" => "claim.next_match",
        "facts" => "claim.next_facts",
        "decision" => "claim.next_decision",
        "review" => "claim.next_review",
        "second_person" => "claim.next_second",
        "appeal_decision" => "claim.next_appeal_decision",
        "dispute_end" => "claim.next_dispute",
        "payout_start" => "claim.next_payout",
        "payout_end" => "claim.next_arrival",
        "appeal" => "claim.next_appeal",
        _ => "claim.next_nothing",
    }
}

/// A step.
pub(crate) fn step(name: &str) -> &'static str {
    match name {
        "received" => "claim.step_received",
        "matched" => "claim.step_matched",
        "gathered" => "claim.step_gathered",
        "decided" => "claim.step_decided",
        "approved" => "claim.step_approved",
        "paid" => "claim.step_paid",
        _ => "claim.step_appeal",
    }
}

/// What was decided.
pub(crate) fn outcome(outcome: &str) -> (Tone, &'static str) {
    match outcome {
        "approve" => (Tone::Good, "claim.outcome_approve"),
        "partly_approve" => (Tone::Good, "claim.outcome_partly"),
        "deny" => (Tone::Bad, "claim.outcome_deny"),
        "hold" => (Tone::Wait, "claim.outcome_hold"),
        "link" => (Tone::Plain, "claim.outcome_link"),
        _ => (Tone::Wait, "claim.outcome_review"),
    }
}

/// How far a part of the money is.
pub(crate) fn arrival(status: &str) -> (Tone, &'static str) {
    match status {
        "succeeded" => (Tone::Good, "claim.alloc_succeeded"),
        "failed" => (Tone::Bad, "claim.alloc_failed"),
        "needs_consent" => (Tone::Wait, "claim.alloc_consent"),
        _ => (Tone::Wait, "claim.alloc_pending"),
    }
}

/// What was just done, by the end of its name.
pub(super) fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "filed" => "claim.done_filed",
        "appealed" => "claim.done_appealed",
        "withdrawn" => "claim.done_withdrawn",
        _ => return None,
    })
}
