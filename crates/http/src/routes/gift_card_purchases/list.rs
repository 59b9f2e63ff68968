//! `GET /v1/gift-card-purchases`: purchases of gift cards, newest first.

use std::sync::Arc;

use base::{CheckoutId, Instant, PersonId, PurchaseId};
use engine::{Key, Row};
use giftcards::{BoughtCard as SoldCard, Card, Purchase, account_of};
use ledger::Account;
use shop::{Checkout, Order};
use store::{List, Page, Reader, StoreError};

use crate::cursor::CursorMaker;
use crate::fields::{self, optional_id};
use crate::lists::{CreatedQuery, Found, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::purchase::{self, Bought, BoughtCard, PurchaseView};

query_parameters! {
    /// Which purchases.
    PurchasesQuery {
        /// Who buys.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        buyer,
        /// `pending`, `requires_action`, `paid`, `failed`, `expired` or `undone`.
        #[param(pattern = "^(pending|requires_action|paid|failed|expired|undone)$")]
        status,
    }
}

const STATUSES: [&str; 6] = ["pending", "requires_action", "paid", "failed", "expired", "undone"];

/// Cards after which a page ends, however many purchases are wanted: a purchase has up to 100.
const CARDS_MAX: usize = 1_000;

/// The name of the answer in the documentation.
type PurchaseList = ListView<PurchaseView<'static>>;

/// List purchases of gift cards
///
/// Newest first, those of checkouts that sell other things too among them. Shows at least all that
/// this key has written. A page may have fewer entries than wanted, or none, and still say that
/// there is more: when few have the wanted status, and when they have many cards. Codes, and what a
/// payer must do, are not in it.
#[utoipa::path(get, path = "/v1/gift-card-purchases", operation_id = "list_gift_card_purchases",
    tag = "Gift cards",
    params(PageQuery, CreatedQuery, PurchasesQuery),
    responses((status = 200, description = "Purchases", body = PurchaseList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PurchasesQuery)) = call.query()?;
    let (created, filter) = &filters;
    let buyer = optional_id("buyer", filter.buyer.as_deref())?;
    let status = fields::status(filter.status.as_deref(), &STATUSES, |name| name)?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "gift-card-purchases", &filters);
    let wanted = Wanted::read(&cursors, &page, created)?;
    let sight = caller.look_at_lists().await?;
    let now = sight.now;
    let found = caller.read(sight, move |reader| {
        let keep = |listed: &Listed| listed.is_wanted(status, now);
        let list = |page| listed(reader, buyer, page);
        let found = wanted.objects(|listed| listed.place, keep, list)?;
        with_cards(reader, found)
    });
    Ok(found.await?.reply(&cursors, |listed| listed.view(now)))
}

/// A purchase with what belongs to it. Whatever of it is not in the tables yet was written after
/// everything that the list must show.
#[derive(Default)]
struct Listed {
    /// The bits of its id, which are those of its checkout's.
    place: u128,
    purchase: Option<Arc<Purchase>>,
    checkout: Option<Arc<Checkout>>,
    order: Option<Arc<Order>>,
    cards: Vec<(Arc<Card>, Account)>,
}

/// A part of the purchases there are, without their cards. Those of a buyer are found by the
/// buyer's checkouts, most of which sell no cards.
fn listed(
    reader: &mut dyn Reader,
    buyer: Option<PersonId>,
    page: Page,
) -> Result<Vec<Listed>, StoreError> {
    let list = match buyer {
        None => List::Purchases,
        Some(_) => List::Checkouts { buyer },
    };
    let mut all: Vec<Listed> = reader.list(list, page)?.into_iter().map(Listed::of).collect();
    let other = |listed: &Listed| match &listed.purchase {
        Some(row) => Key::Checkout(CheckoutId::from_bits(row.id.bits())),
        None => Key::Purchase(PurchaseId::from_bits(listed.place)),
    };
    complete(reader, &mut all, |listed| Some(other(listed)))?;
    complete(reader, &mut all, |listed| listed.purchase.as_ref()?.order.map(Key::Order))?;
    Ok(all)
}

/// Adds to each the row of its key, where it has one.
fn complete(
    reader: &mut dyn Reader,
    all: &mut [Listed],
    key: impl Fn(&Listed) -> Option<Key>,
) -> Result<(), StoreError> {
    let keys: Vec<Option<Key>> = all.iter().map(key).collect();
    let mut rows = reader.rows(&keys.iter().copied().flatten().collect::<Vec<_>>())?.into_iter();
    for (listed, _) in all.iter_mut().zip(keys).filter(|(_, key)| key.is_some()) {
        if let Some(row) = rows.next().flatten() {
            listed.take(row);
        }
    }
    Ok(())
}

/// With their cards; cut after [`CARDS_MAX`] of them.
fn with_cards(
    reader: &mut dyn Reader,
    mut found: Found<Listed>,
) -> Result<Found<Listed>, StoreError> {
    let mut keys = Vec::new();
    let mut whole = 0;
    for listed in &found.entries {
        if keys.len() >= 2 * CARDS_MAX {
            break;
        }
        let cards = listed.cards_sold().map(|sold| sold.card);
        keys.extend(cards.flat_map(|card| [Key::Card(card), Key::Account(account_of(card))]));
        whole += 1;
    }
    if whole < found.entries.len() {
        found.entries.truncate(whole);
        found.next = found.entries.last().map(|listed| listed.place);
    }
    let mut rows = reader.rows(&keys)?.into_iter();
    for listed in &mut found.entries {
        for _ in 0..listed.cards_sold().count() {
            if let (Some(Some(Row::Card(card))), Some(Some(Row::Account(account)))) =
                (rows.next(), rows.next())
            {
                listed.cards.push((card, account));
            }
        }
    }
    Ok(found)
}

impl Listed {
    fn of(row: Row) -> Listed {
        let mut listed = Listed::default();
        listed.take(row);
        listed
    }

    fn take(&mut self, row: Row) {
        match row {
            Row::Purchase(row) => {
                self.place = row.id.bits();
                self.purchase = Some(row);
            }
            Row::Checkout(row) => {
                self.place = row.id.bits();
                self.checkout = Some(row);
            }
            Row::Order(row) => self.order = Some(row),
            _ => {}
        }
    }

    /// The cards of it that were issued.
    fn cards_sold(&self) -> impl Iterator<Item = &SoldCard> {
        let issued = self.purchase.iter().filter(|row| row.order.is_some());
        issued.flat_map(|row| &row.cards)
    }

    /// Whether the list shows it: it sells cards, and has the wanted status.
    fn is_wanted(&self, wanted: Option<&str>, now: Instant) -> bool {
        let Some((purchase, checkout)) = self.rows() else { return false };
        let status = || purchase::status(purchase, checkout, self.order.as_deref(), now);
        wanted.is_none_or(|wanted| status() == wanted)
    }

    fn rows(&self) -> Option<(&Purchase, &Checkout)> {
        self.purchase.as_deref().zip(self.checkout.as_deref())
    }

    /// `None` for what the list does not show.
    fn view(&self, now: Instant) -> Option<PurchaseView<'_>> {
        let (purchase, checkout) = self.rows()?;
        let order = self.order.as_deref();
        let card = |(card, account)| BoughtCard { card, account, code: None };
        let cards = self.cards.iter().map(|(card, account)| (card.as_ref(), account)).map(card);
        let cards = cards.collect();
        let bought = Bought { purchase, checkout, waits_for: None, order, cards, now };
        Some(PurchaseView::new(bought))
    }
}
