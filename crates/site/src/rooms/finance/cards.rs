//! `/console/finance/cards`: the cards behind a number of the overview.

use std::sync::Arc;

use base::{Currency, Instant, Span};
use pages::console::{OwedCard, OwedSum, OwedView, owed_page};
use serde::Deserialize;

use super::Liability;
use crate::address::with;
use crate::inside::Refused;
use crate::page::{Page, ReadMoney};
use crate::rooms::whole::{part, whole};
use crate::shown::Shown;
use crate::values::{Signed, Time};

/// Hundreds of cards that are looked at.
const PAGES_MAX: usize = 50;

/// Cards in a table.
const ROWS_MAX: usize = 100;

#[derive(Deserialize)]
struct Card {
    id: String,
    created_at: Time,
    program: Option<String>,
    balance: Signed,
    held: Signed,
}

/// `GET /console/finance/cards`: `by` and `which` as the report of the liability has them.
pub(in crate::rooms) async fn show(page: Arc<Page<ReadMoney>>) -> Result<Shown, Refused> {
    let (by, which) = (page.query("by").unwrap_or("all"), page.query("which").unwrap_or(""));
    let code = page.query("currency").unwrap_or("");
    let currency = Currency::parse(code).map_err(|_| Refused::not_found())?;
    let report = if matches!(by, "program" | "age") { by } else { "currency" };
    let mut query = vec![("by", report)];
    query.extend(page.query("at").map(|at| ("at", at)));
    let then: Liability = page.get(&with("/v1/reports/liability", &query)).await?;
    let now: Liability = page.get("/v1/reports/liability?by=currency").await?;
    let at = Instant::parse(&then.as_of).map_err(|_| Refused::not_found())?;
    let as_of = Instant::parse(&now.as_of).map_err(|_| Refused::not_found())?;
    let filter = (by == "program" && !which.is_empty()).then_some(("program", which));
    let filters: Vec<_> = filter.into_iter().collect();
    let (mut cards, has_more): (Vec<Card>, bool) =
        whole(&page, "/v1/gift-cards", &filters, PAGES_MAX).await?;
    cards.retain(|card| {
        let is_wanted = match by {
            "program" => card.program.as_deref().unwrap_or("") == which,
            "age" => is_of_age(which, as_of.since(card.created_at.0).unwrap_or(Span::ZERO)),
            _ => true,
        };
        is_wanted && card.balance.currency == currency && card.balance.minor != 0
    });
    let said = then.data.iter().filter(|one| one.currency == currency).find(|one| match by {
        "program" => one.program.as_deref().unwrap_or("") == which,
        "age" => one.age.as_deref() == Some(which),
        _ => true,
    });
    let said = said.map(|one| OwedSum { sums: [one.owed, one.held], cards: one.cards });
    let (shown, next) = part(&page, cards.len(), ROWS_MAX);
    let next = next.map(|next| {
        let mut query = vec![("by", by), ("which", which), ("currency", code)];
        query.extend(page.query("at").map(|at| ("at", at)));
        query.push(("from", &next));
        with("/console/finance/cards", &query)
    });
    let view = OwedView {
        which,
        by,
        currency,
        then: page.query("at").and(said).map(|said| (Time(at).moment(), said)),
        now: OwedSum {
            sums: [
                cards.iter().map(|card| card.balance.minor).sum(),
                cards.iter().map(|card| card.held.minor).sum(),
            ],
            cards: cards.len() as u64,
        },
        has_more,
        cards: cards[shown].iter().map(Card::row).collect(),
        next: next.as_deref(),
    };
    Ok(Shown::page(owed_page(&page.visit(), &view)))
}

impl Card {
    fn row(&self) -> OwedCard<'_> {
        OwedCard {
            id: &self.id,
            at: self.created_at.moment(),
            sums: [self.balance.minor, self.held.minor],
        }
    }
}

/// Whether that old is within `0-30`, or `over-730`: days of the report of the liability.
fn is_of_age(days: &str, age: Span) -> bool {
    let age = age.micros() / Span::days(1).micros();
    match days.split_once('-') {
        Some(("over", most)) => most.parse().is_ok_and(|most: u64| age > most),
        Some((least, most)) => {
            least.parse().is_ok_and(|least: u64| age >= least)
                && most.parse().is_ok_and(|most: u64| age <= most)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_those_of_the_report() {
        for (days, age, is_in) in [
            ("0-30", 0, true),
            ("0-30", 30, true),
            ("0-30", 31, false),
            ("31-90", 31, true),
            ("over-730", 730, false),
            ("over-730", 731, true),
            ("", 0, false),
        ] {
            assert_eq!(is_of_age(days, Span::days(age)), is_in, "{days} {age}");
        }
    }
}
