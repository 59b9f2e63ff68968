//! What is known of the places in the feed that promotions are sold on.

use base::{Instant, Span};
use promotions::{Inventory, MarketPrices, Micros, Quote, Terms};
use serving::Feed;

use crate::blocking;
use crate::call::Caller;
use crate::problem::{Problem, catalog};

/// Figures of a feed that nobody has measured: what is assumed until the feed of the book was seen
/// for long enough ([`serving::Feed::inventory`]). They are the same for every audience; how many
/// impressions bring a unit is assumed by goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedFeed {
    /// People who look at it.
    pub people: u64,
    /// Places for promotions that it offers a day.
    pub opportunities_per_day: u64,
    /// The mean price of an impression, in millionths of a minor unit. Nine tenths cost at most
    /// twice as much.
    pub impression_price_micros: u64,
}

impl Default for AssumedFeed {
    fn default() -> AssumedFeed {
        AssumedFeed {
            people: 100_000,
            opportunities_per_day: 1_000_000,
            impression_price_micros: 500_000,
        }
    }
}

impl AssumedFeed {
    /// The least that a showing costs: where nobody else bids, a quote is made of that.
    fn reserve(&self) -> Micros {
        Micros::new(self.impression_price_micros / RESERVE_PART)
    }

    /// What is assumed that the audience of `terms` offers.
    pub fn inventory(&self, terms: &Terms) -> Inventory {
        let mean = self.impression_price_micros;
        Inventory {
            audience_size: self.people,
            opportunities_per_day: self.opportunities_per_day,
            units_per_million: serving::units_per_million(terms.goal),
            prices: MarketPrices {
                mean: Micros::new(mean),
                p90: Micros::new(mean.saturating_mul(2)),
            },
        }
    }
}

/// What part of the assumed mean price a showing costs at least: a tenth.
const RESERVE_PART: u64 = 10;

/// What the audience of `terms` offers: as the feed of the book has seen it, else as assumed.
pub(crate) fn inventory_of(feed: Option<&Feed>, assumed: &AssumedFeed, terms: &Terms) -> Inventory {
    let units = serving::units_per_million(terms.goal);
    let known = feed.and_then(|feed| feed.inventory(terms, assumed.reserve(), units));
    known.unwrap_or_else(|| assumed.inventory(terms))
}

/// What `terms` will bring, as far as anybody knows: the rest of them, when so much is due already.
/// All pages that the feed remembers are walked over for it, so it is made beside the requests.
///
/// # Errors
///
/// `busy` when too many quotes are being made; `unavailable` when the server is stopping.
pub(crate) async fn quote_for(
    caller: &Caller,
    terms: &Terms,
    due: Micros,
    now: Instant,
) -> Result<Quote, Problem> {
    let keeper = caller.book().feed().cloned();
    let (assumed, terms) = (caller.app.limits.assumed_feed.clone(), terms.clone());
    let made = blocking::spawn(move || {
        let feed = keeper.as_ref().and_then(|keeper| keeper.feed());
        let units = serving::units_per_million(terms.goal);
        let known = feed
            .map(|feed| feed.inventory_in_turn(&terms, assumed.reserve(), units))
            .transpose()?;
        let inventory = known.flatten().unwrap_or_else(|| assumed.inventory(&terms));
        Ok(promotions::quote_rest(&terms, due, &inventory, now))
    });
    let made = made.await.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?;
    made.map_err(|serving::Busy| Problem::new(&catalog::BUSY).retry_after(Span::seconds(1)))
}
