//! `POST /v1/checkouts/{id}/tenders`: adds a way to pay.

use base::{CheckoutId, MethodId, Money};
use engine::{AddTender, Command, HoldIds, ShopCommand};
use risk::budget::Asker;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::call::{Call, Caller};
use crate::card_ref::{NamedCard, named_card};
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::checkouts::tenders::wallet;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;
use crate::wire::{self, ClientBody, MoneyBody};

/// A way to pay. A `gift_card` is named by `code` or `gift_card`; a `payment_method` by its id; a
/// `wallet` is the cards that the buyer of the checkout owns.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TenderInput)]
pub(crate) struct TenderBody {
    #[schema(pattern = "^(gift_card|wallet|payment_method)$")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gift_card: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^pm_[0-9a-hjkmnp-tv-z]{26}$")]
    payment_method: Option<String>,
    /// The most that the payment method shall pay; all that is left when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Add a tender
///
/// Plans all tenders anew: gift cards come first, each for as much as it may pay, then payment
/// methods. A card's part is reserved at once. A `wallet` adds, in one step, the cards of the buyer
/// that have something to pay, at most twelve in a checkout; cards that are frozen, expired, empty,
/// in another currency or bound to other things are passed over, and when none is left it is
/// refused. The first tender after a failed attempt begins the next one.
#[utoipa::path(post, path = "/v1/checkouts/{id}/tenders", operation_id = "add_tender",
    tag = "Checkout",
    params(("id" = String, Path, description = "The checkout")),
    request_body = TenderBody,
    responses((status = 201, description = "Added; the checkout", body = CheckoutView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let checkout = call.path_id(&catalog::CHECKOUT_NOT_FOUND)?;
    let body: TenderBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let (tender, asker) = tender(caller, checkout, &body).await?;
    let command = ShopCommand::AddTender { checkout, tender, holds: hold_ids(&caller.app) };
    let prepared = Prepared::creating(Command::Shop(command), operation);
    Prepared { asker, ..prepared }.decide(caller).await
}

/// Ids for the holds that may follow from a change.
pub(crate) fn hold_ids(app: &App) -> HoldIds {
    Box::new(std::array::from_fn(|_| app.new_id()))
}

/// A way to pay, as it was named.
pub(crate) enum Named {
    Card(NamedCard),
    /// The cards of whoever pays.
    Wallet,
    Method {
        method: MethodId,
        wanted: Option<Money>,
    },
}

async fn tender(
    caller: &Caller,
    checkout: CheckoutId,
    body: &TenderBody,
) -> Result<(AddTender, Option<Asker>), Problem> {
    match named(caller, body)? {
        Named::Card(NamedCard { card, asker }) => Ok((AddTender::GiftCard { card }, asker)),
        Named::Wallet => {
            let cards = wallet::cards(caller, checkout).await?;
            Ok((wallet::tender(caller, cards), None))
        }
        Named::Method { method, wanted } => Ok((AddTender::PaymentMethod { method, wanted }, None)),
    }
}

/// Reads how somebody wants to pay.
///
/// # Errors
///
/// `invalid_request` about a member; `code_typo`; `guess_budget_exhausted`.
pub(crate) fn named(caller: &Caller, body: &TenderBody) -> Result<Named, Problem> {
    match body.kind.as_str() {
        "gift_card" => {
            refuse_others(body, &["/payment_method", "/amount"])?;
            let (code, id) = (body.code.as_deref(), body.gift_card.as_deref());
            Ok(Named::Card(named_card(caller, code, id, body.client.as_ref())?))
        }
        "wallet" => {
            refuse_others(body, &["/code", "/gift_card", "/payment_method", "/amount"])?;
            guesses::client_identity(&caller.app, body.client.as_ref())?;
            Ok(Named::Wallet)
        }
        "payment_method" => {
            refuse_others(body, &["/code", "/gift_card"])?;
            guesses::client_identity(&caller.app, body.client.as_ref())?;
            let id = body.payment_method.as_deref();
            let id = id.ok_or_else(|| refuse("/payment_method", "give the payment method"))?;
            let method = fields::id("/payment_method", id)?;
            let wanted = fields::optional_money("/amount", body.amount.as_ref())?;
            Ok(Named::Method { method, wanted })
        }
        _ => Err(refuse("/kind", "must be one of gift_card, wallet, payment_method").into()),
    }
}

/// Refuses members that belong to another kind of tender.
fn refuse_others(body: &TenderBody, pointers: &[&str]) -> Checked<()> {
    let is_given = |pointer: &&&str| match **pointer {
        "/code" => body.code.is_some(),
        "/gift_card" => body.gift_card.is_some(),
        "/payment_method" => body.payment_method.is_some(),
        _ => body.amount.is_some(),
    };
    match pointers.iter().find(is_given) {
        Some(pointer) => Err(refuse(*pointer, format!("does not belong to a {}", body.kind))),
        None => Ok(()),
    }
}
