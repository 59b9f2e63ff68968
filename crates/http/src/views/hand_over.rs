//! Ways from the shop.

use base::{Instant, PersonId};
use serde::Serialize;

use crate::views::{Id, Time};

/// A way by which the shop hands somebody over. It is kept nowhere.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HandOver)]
pub(crate) struct HandOverView<'a> {
    /// Always `hand_over`.
    #[schema(pattern = "^hand_over$")]
    object: &'static str,
    #[schema(value_type = String)]
    person: Id<PersonId>,
    /// Where the shop sends the browser of this person, at once. It is a secret.
    #[schema(example = "https://shop.example/hand-over?next=/wallet#mgh1.c2hvcA.AAAA")]
    url: &'a str,
    /// From then on it opens nothing.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl<'a> HandOverView<'a> {
    pub(crate) fn new(person: PersonId, url: &'a str, expires_at: Instant) -> HandOverView<'a> {
        HandOverView { object: "hand_over", person: Id(person), url, expires_at: Time(expires_at) }
    }
}
