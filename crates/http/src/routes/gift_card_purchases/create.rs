//! `POST /v1/gift-card-purchases`: buys gift cards with a payment method.

use axum::http::StatusCode;
use base::{CheckoutId, LineKind, MethodId, Money};
use engine::ShopCommand;
use engine::{AddTender, Answer, Command, NewCheckout, OperationKey, OperationRefusal, Refusal};
use giftcards::{Metadata, purchase_of};
use payments::ReturnUrl;
use serde::{Deserialize, Serialize};
use shop::NewLine;
use writer::{Operation, Request};

use super::{Codes, shown};
use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::checkouts::gift_cards::{self, LineOfCards, Seed, prepare};
use crate::routes::checkouts::pay;
use crate::routes::checkouts::tenders::add::hold_ids;
use crate::routes::gift_cards::card_body::{Giver, card_body};
use crate::scope::Checkout;
use crate::views::purchase::PurchaseView;
use crate::wire::{self, ClientBody, MoneyBody};

/// What the receipt calls gift cards that have no name.
const NAME: &str = "Gift card";

card_body! {
    /// Gift cards to be bought, all alike.
    #[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = GiftCardPurchaseInput)]
    pub(crate) struct PurchaseBody {
        /// Value of each card, which is its price.
        #[serde(deserialize_with = "wire::object")]
        value: MoneyBody,
        /// Cards; one when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 100)]
        quantity: Option<u32>,
        /// Where the buyer is.
        #[schema(example = "US-CA")]
        region: String,
        /// Who buys, when the shop knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        buyer: Option<String>,
        /// What pays all of them.
        #[schema(pattern = "^pm_[0-9a-hjkmnp-tv-z]{26}$")]
        payment_method: String,
        /// As the receipt will show them; `Gift card` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 200)]
        name: Option<String>,
        /// Where the payer comes back to after a challenge, as for a checkout.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 9, max_length = 1024, example = "https://shop.example/gifts/done")]
        return_url: Option<String>,
        #[serde(
            default,
            deserialize_with = "wire::object_option",
            skip_serializing_if = "wire::is_not_compared"
        )]
        client: Option<ClientBody>,
    }
}

/// Buy gift cards
///
/// A checkout of nothing else, paid in one step. Waits up to five seconds for the rail and answers
/// with the purchase as it then is: `paid` with its cards; `failed` with the reason and no card;
/// `requires_action` with what the payer must do; or still `pending`: read it again. A repeated
/// request never pays again and shows the purchase as it is by then. Cards with different
/// recipients, or bought together with other things, are lines of `POST /v1/checkouts`.
#[utoipa::path(post, path = "/v1/gift-card-purchases", operation_id = "buy_gift_cards",
    tag = "Gift cards",
    request_body = PurchaseBody,
    responses((status = 201, description = "The purchase as it is now", body = PurchaseView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let body: PurchaseBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    guesses::client_identity(&caller.app, body.client.as_ref())?;
    let method = fields::id("/payment_method", &body.payment_method)?;
    let (checkout, sold) = checkout(caller, &body, Seed(operation.key.0))?;
    let cards = prepare(caller, vec![sold], Giver { buyer: checkout.buyer }).await?;
    let return_url = pay::return_url(caller, body.return_url.as_deref())?;
    let steps = steps(caller, NewCheckout { checkout, cards }, (method, return_url));
    let Begun { checkout, replayed } = begin(caller, steps, operation).await?;
    pay::go_on(caller, checkout).await?;
    let body = shown(caller, purchase_of(checkout), Codes::Shown).await?;
    Ok(Reply::json(StatusCode::CREATED, body).replayed(replayed))
}

/// The checkout with its one line, and the cards of that line.
fn checkout(
    caller: &Caller,
    body: &PurchaseBody,
    seed: Seed,
) -> Checked<(shop::NewCheckout, LineOfCards)> {
    let Money { amount, currency } = fields::money("/value", &body.value)?;
    let quantity = body.quantity.unwrap_or(1);
    if quantity == 0 {
        return Err(refuse("/quantity", "must be at least 1"));
    }
    let card = body.card().check(caller, seed.0)?;
    let sold = gift_cards::alike((1, quantity), card)?;
    let line = NewLine {
        product: None,
        name: fields::text("/name", body.name.as_deref().unwrap_or(NAME))?,
        seller: None,
        creator: None,
        kind: LineKind::GiftCard,
        category: None,
        quantity,
        unit_price: Money { amount, currency },
        discount: None,
        tax: None,
    };
    let checkout = shop::NewCheckout {
        id: caller.app.new_id(),
        currency,
        region: fields::region("/region", &body.region)?,
        buyer: fields::optional_id("/buyer", body.buyer.as_deref())?,
        lines: vec![line],
        promotion: None,
        shipping: None,
        source: None,
        metadata: Metadata::default(),
    };
    Ok((checkout, sold))
}

/// What buying consists of, in order, each with what its key is made from.
fn steps(
    caller: &Caller,
    new: NewCheckout,
    (method, return_url): (MethodId, Option<ReturnUrl>),
) -> [(Option<&'static str>, ShopCommand); 3] {
    let app = &caller.app;
    let checkout = new.checkout.id;
    let tender = AddTender::PaymentMethod { method, wanted: None };
    let add = ShopCommand::AddTender { checkout, tender, holds: hold_ids(app) };
    let payments = Box::new(std::array::from_fn(|_| app.new_id()));
    let pay = ShopCommand::Pay { checkout, payments, order: app.new_id(), return_url };
    [
        (None, ShopCommand::CreateCheckout(Box::new(new))),
        (Some("tender of a purchase"), add),
        (Some("payment of a purchase"), pay),
    ]
}

/// A purchase that is being paid.
struct Begun {
    /// Of a repeated request, that of the first one.
    checkout: CheckoutId,
    replayed: bool,
}

/// Takes all steps or none. Each has a key of its own that follows from the caller's, and they were
/// all decided together: so a repeated request repeats all of them, whatever ids it has drawn.
///
/// # Errors
///
/// Why one of them is refused. Nothing was done then, not even remembered.
async fn begin(
    caller: &Caller,
    steps: [(Option<&'static str>, ShopCommand); 3],
    operation: Operation,
) -> Result<Begun, Problem> {
    let request = |(purpose, command): (Option<&str>, ShopCommand)| {
        let key = match purpose {
            Some(purpose) => OperationKey(caller.app.ring.short_hash(purpose, &operation.key.0)),
            None => operation.key,
        };
        let operation = Some(Operation { key, ..operation });
        Request { command: Command::Shop(command), actor: caller.key.id, operation }
    };
    let outcomes = caller.book().decide(steps.map(request).into(), true).await?;
    let (mut checkout, mut replayed) = (None, true);
    for outcome in outcomes {
        let decided = outcome?;
        match decided.result {
            Ok(Answer::Checkout { checkout: row, .. }) => {
                checkout.get_or_insert(row.id);
                replayed &= decided.replayed;
                caller.key.wrote(decided.seq);
            }
            Ok(_) | Err(Refusal::Operation(OperationRefusal::BatchAborted)) => {}
            Err(refusal) => return Err(Problem::refused(&refusal, decided.replayed)),
        }
    }
    let checkout = checkout.ok_or_else(|| Problem::new(&catalog::OUTCOME_UNKNOWN))?;
    Ok(Begun { checkout, replayed })
}
