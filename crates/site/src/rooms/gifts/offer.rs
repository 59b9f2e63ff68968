//! What is sold: amounts, terms, and what a gift can be good for.

use base::{Currency, Money};
use pages::customer::{GiftOffer, GiftTerms, NamedThing};
use serde::Deserialize;

use crate::address::is_id;
use crate::inside::Refused;
use crate::page::{Guest, Page};
use crate::values::{Amount, List};

/// Fixed amounts, and the limits without a program, in units of the currency.
const FIXED: [i64; 4] = [25, 50, 100, 200];
const MIN: i64 = 5;
const MAX: i64 = 500;

/// The mark of the program whose cards these pages sell: a member of its metadata, and its value.
const MARK: (&str, &str) = ("gift_pages", "yes");

/// Creators to choose from, and products.
const CREATORS_MAX: usize = 100;
const PRODUCTS_MAX: usize = 24;

#[derive(Deserialize)]
struct Program {
    id: String,
    currency: String,
    value_min: Amount,
    value_max: Amount,
    validity_days: Option<u32>,
    unclaimed: Unclaimed,
    metadata: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Unclaimed {
    after_days: Option<u16>,
}

/// Something with an id and a name.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

impl Named {
    pub(super) fn view(&self) -> NamedThing<'_> {
        NamedThing { id: &self.id, name: &self.name }
    }
}

/// What is sold here.
pub(super) struct Offer {
    /// Amounts and terms.
    pub(super) view: GiftOffer,
    /// The program under which its cards are issued.
    pub(super) program: Option<String>,
    /// Creators for whom a gift can be good.
    pub(super) creators: Vec<Named>,
    /// Products for which a gift can be good.
    pub(super) products: Vec<Named>,
}

impl Offer {
    /// As it is now. What a form or an address names is among it, if there is such a thing.
    pub(super) async fn read<P: Guest>(page: &Page<P>) -> Result<Offer, Refused> {
        let currency = page.shop().currency;
        let programs: List<Program> = page.get("/v1/programs?limit=100").await?;
        let ours = |program: &Program| {
            program.currency == currency.code()
                && program.metadata.get(MARK.0).is_some_and(|value| value == MARK.1)
        };
        let program = programs.data.into_iter().find(ours);
        let creators: List<Named> = page.get(&format!("/v1/creators?limit={CREATORS_MAX}")).await?;
        let products: List<Named> = page.get(&format!("/v1/products?limit={PRODUCTS_MAX}")).await?;
        let mut offer = Offer {
            view: offer(currency, program.as_ref()),
            program: program.map(|program| program.id),
            creators: creators.data,
            products: products.data,
        };
        let asked = page.queries("creator").chain(page.fields("creator"));
        add(page, &mut offer.creators, "/v1/creators/", asked).await?;
        let asked = page.queries("product").chain(page.fields("product"));
        add(page, &mut offer.products, "/v1/products/", asked).await?;
        Ok(offer)
    }
}

/// Adds what was asked for by its id and is not among the newest.
async fn add<P: Guest>(
    page: &Page<P>,
    known: &mut Vec<Named>,
    path: &str,
    asked: impl Iterator<Item = &str>,
) -> Result<(), Refused> {
    for id in asked.take(PRODUCTS_MAX) {
        if id.is_empty() || !is_id(id) || known.iter().any(|one| one.id == id) {
            continue;
        }
        match page.get::<Named>(&format!("{path}{id}")).await {
            Ok(one) => known.insert(0, one),
            Err(refused) if refused.status.is_client_error() => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(())
}

fn offer(currency: Currency, program: Option<&Program>) -> GiftOffer {
    let (min, max) = match program {
        Some(program) => (program.value_min.0, program.value_max.0),
        None => (units(currency, MIN), units(currency, MAX)),
    };
    let is_sold = |value: &Money| (min.amount..=max.amount).contains(&value.amount);
    let mut fixed: Vec<Money> = FIXED.map(|one| units(currency, one)).into();
    fixed.retain(is_sold);
    if fixed.is_empty() {
        fixed.push(min);
    }
    let terms = program.map_or(GiftTerms::default(), |program| GiftTerms {
        validity_days: program.validity_days,
        return_days: program.unclaimed.after_days,
    });
    GiftOffer { fixed, min, max, terms }
}

/// So many units of a currency; of one without decimals a hundred times as many, for its unit is a
/// small coin.
fn units(currency: Currency, count: i64) -> Money {
    let unit = match currency.exponent() {
        0 => 100,
        exponent => 10_i64.pow(u32::from(exponent)),
    };
    Money::new(count * unit, currency).expect("a few units are an amount of any currency")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_fit_their_currency() {
        let check = |currency: Currency, minor: [i64; 3]| {
            let offer = offer(currency, None);
            let shown = [offer.min, offer.fixed[0], offer.max].map(|one| one.amount.minor());
            assert_eq!(shown, minor, "{}", currency.code());
        };
        check(Currency::USD, [500, 2_500, 50_000]);
        check(Currency::JPY, [500, 2_500, 50_000]);
        check(Currency::KWD, [5_000, 25_000, 500_000]);
    }
}
