//! Ways to pay: what somebody keeps here, and what they have chosen. Rooms that take money put the
//! choice into their forms and ask here what was chosen.

use std::collections::HashSet;

use pages::customer::{MethodView, MethodsView, PLAYED_CARDS};
use serde::Deserialize;
use serde_json::json;

use crate::inside::Refused;
use crate::page::{Guest, Page};
use crate::values::List;

/// How many are offered, newest first.
const OFFERED_MAX: usize = 20;

/// The rail on which payments are played.
const PLAYED_RAIL: &str = "sandbox";

/// A way to pay as the API tells it.
#[derive(Debug, Deserialize)]
pub(super) struct Method {
    id: String,
    rail: String,
    person: Option<String>,
    brand: Option<String>,
    last4: Option<String>,
    expires: Option<String>,
}

impl Method {
    /// As pages show it.
    pub(super) fn view(&self) -> MethodView<'_> {
        MethodView {
            id: &self.id,
            brand: self.brand.as_deref(),
            last4: self.last4.as_deref(),
            expires: self.expires.as_deref(),
        }
    }

    /// Whose it is.
    pub(super) fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    fn is_played(&self) -> bool {
        self.rail == PLAYED_RAIL
    }
}

/// What whoever asks may pay with.
pub(super) struct Methods {
    kept: Vec<Method>,
    is_played: bool,
    chosen: String,
}

impl Methods {
    /// Those of whoever asks, with what the form has chosen, if one was sent.
    pub(super) async fn of<P: Guest>(page: &Page<P>) -> Result<Methods, Refused> {
        let kept = kept(page).await?;
        let (is_played, chosen) = (page.shop().is_test, page.field("method").to_owned());
        Ok(Methods { kept, is_played, chosen })
    }

    /// The choice. Played cards are told by what they do, so those that are kept are among them.
    pub(super) fn view(&self) -> MethodsView<'_> {
        let kept = self.kept.iter().filter(|one| !(self.is_played && one.is_played()));
        MethodsView {
            kept: kept.map(Method::view).collect(),
            is_played: self.is_played,
            chosen: &self.chosen,
        }
    }
}

async fn kept<P: Guest>(page: &Page<P>) -> Result<Vec<Method>, Refused> {
    let person = &page.me().person;
    let path = format!("/v1/payment-methods?person={person}&limit={OFFERED_MAX}");
    let mut methods = page.get::<List<Method>>(&path).await?.data;
    one_of_a_name(&mut methods);
    Ok(methods)
}

/// A card that was added again and again is offered once, as it was added last: nobody could tell
/// one from the other.
fn one_of_a_name(methods: &mut Vec<Method>) {
    let mut seen = HashSet::new();
    methods.retain(|one| {
        seen.insert((one.rail.clone(), one.brand.clone(), one.last4.clone(), one.expires.clone()))
    });
}

/// The id of the way to pay that the form has chosen. A played card is kept for whoever asks when
/// it is chosen for the first time.
///
/// # Errors
///
/// A field that names none of theirs; what the API refuses of a new one.
pub(super) async fn chosen<P: Guest>(page: &Page<P>) -> Result<String, Refused> {
    let typed = page.field("method");
    let kept = kept(page).await?;
    if let Some(one) = kept.iter().find(|one| one.id == typed) {
        return Ok(one.id.clone());
    }
    let played = PLAYED_CARDS.iter().find(|(token, ..)| *token == typed);
    let Some((token, last4, _)) = played.filter(|_| page.shop().is_test) else {
        return Err(Refused::field("method", "Choose one of the ways to pay."));
    };
    let known = |one: &&Method| one.is_played() && one.last4.as_deref() == Some(*last4);
    if let Some(one) = kept.iter().find(known) {
        return Ok(one.id.clone());
    }
    let body = json!({"person": page.me().person, "rail": PLAYED_RAIL, "token": token});
    Ok(page.post::<Method>("/v1/payment-methods", &body).await?.id)
}
