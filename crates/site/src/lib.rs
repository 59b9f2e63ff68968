//! Pages as they are served: a request is read, the API is asked, a view is made, and `pages`
//! writes it.
//!
//! # Vocabulary
//!
//! * **Room**: pages that belong together, one folder or file under `rooms/`, found by their path.
//! * **Page**: a request for a page, by somebody who may see it (`page::Page`).
//! * **Inside**: the API of this process, asked without a network (`inside::Inside`).
//! * **Shown**: an answer for a browser: HTML, or the way to another page (`shown::Shown`).
//!
//! # Invariants
//!
//! * Pages know what the API tells and do what it does, and nothing else: every rule, refusal and
//!   repetition is that of the API, and so is the process that answers.
//! * Whoever calls a page is in the type of its handler; the list of [`routes`] says who, and a
//!   test keeps it.
//! * What belongs to somebody else does not exist: a page asks for what is of its person, or
//!   compares the owner before it shows anything.
//! * Nothing is changed by looking: only forms of our own pages change something, once each.

mod address;
mod inside;
mod page;
mod rooms;
mod sheet;
mod shown;
mod values;

use std::sync::Arc;

use axum::Router;
use base::{Currency, Money};

pub use page::PageRoute;
pub use rooms::routes;

/// A shop as its pages know it.
#[derive(Clone, Debug)]
pub struct Shop {
    /// What it is called.
    pub name: String,
    /// The origin of the pages, such as `https://shop.example`; empty where nobody signs in.
    pub origin: String,
    /// The secret key of its book that pages ask the API with.
    pub key: String,
    /// In which currency it sells gift cards and promotions.
    pub currency: Currency,
    /// Above which amounts whoever has a passkey confirms with it what they pay; for currencies
    /// that are not named, never.
    pub step_up_above: Vec<Money>,
    /// Where its customers are taken to be, as an ISO 3166 code: for taxes and regions of cards.
    pub region: String,
    /// Whether its book is a test book, in which payments are played.
    pub is_test: bool,
    /// Whom one can be without signing in, where it is a demonstration.
    pub demo: Vec<DemoPerson>,
}

/// Somebody of a demonstration.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Names them.
    pub key: String,
    /// What they are called.
    pub name: String,
    /// What they do: `customer`, `creator`, `support`, `claims`, `approves` or `finance`.
    pub does: String,
}

/// The picture of a gift's design that mails show, as a PNG; `None` when the name is none of ours.
pub fn mail_picture(design: &str) -> Option<&'static [u8]> {
    pages::gift::Design::parse(design).map(pages::gift::Design::png)
}

/// The API with the pages of a shop beside it. The pages ask the API that is given.
pub fn router(api: Router, shop: Shop) -> Router {
    let site = Arc::new(page::Site::new(api.clone(), shop));
    let mut pages = Router::new();
    for route in routes() {
        pages = pages.route(route.path, route.service);
    }
    api.merge(pages.method_not_allowed_fallback(page::astray).with_state(site))
}
