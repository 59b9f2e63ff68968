//! `POST /v1/promotions/{id}/submit`: pays a draft.

use axum::http::StatusCode;
use base::{CheckoutId, LineKind, Money, Region, Text, Token};
use engine::{AddTender, Answer, CardRef, Command, NewCheckout, OperationKey, OperationRefusal};
use engine::{PromotionCommand, PromotionDetails, Refusal, ShopCommand};
use giftcards::Metadata;
use payments::ReturnUrl;
use promotions::{Authorization, PayWith, Promotion, Role};
use risk::budget::Asker;
use serde::{Deserialize, Serialize};
use shop::NewLine;
use writer::Operation;

use super::authorization_body::AuthorizationBody;
use super::{actor, details, paying};
use crate::call::{Call, Caller};
use crate::card_ref::NamedCard;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::checkouts::pay;
use crate::routes::checkouts::tenders::add::{Named, TenderBody, hold_ids};
use crate::routes::checkouts::tenders::wallet;
use crate::scope::Promote;
use crate::views::promotion::PromotionView;
use crate::wire::{self, MoneyOrZeroBody};

/// What the receipt calls a promotion.
const NAME: &str = "Promotion";

/// Where an advertiser is of whom nothing is told: CLDR's code of the unknown region.
const UNKNOWN_REGION: &str = "ZZ";

/// How a draft is paid.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionSubmission)]
pub(crate) struct SubmitBody {
    /// Where the advertiser is; unknown (`ZZ`) when left out, and gift cards that are bound to
    /// regions do not pay then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-CA")]
    region: Option<String>,
    /// Tax on what the advertiser pays, on top of it.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    tax: Option<MoneyOrZeroBody>,
    /// What pays in place of the tenders of the draft, which has these from then on. When they
    /// differ, the `authorization` of the draft does not count: somebody agreed to others.
    #[serde(
        default,
        deserialize_with = "wire::object_list_said",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(max_items = 20, nullable = false)]
    tenders: Option<Vec<TenderBody>>,
    /// Where the payer comes back to after a challenge, as for a checkout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 9, max_length = 1024, example = "https://shop.example/promote/done")]
    return_url: Option<String>,
    /// Who agreed to pay; in place of what the draft knows.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    authorization: Option<AuthorizationBody>,
    /// Who submits it, if the platform tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Submit a promotion
///
/// A checkout of nothing else, paid in one step: all of it happens or nothing. Gift cards pay
/// first, payment methods what they leave. Waits up to five seconds for the rails and answers with
/// the promotion as it then is: `in_review` when it was paid; a `draft` again when paying has
/// failed, with the `failure`; or a `draft` that is `being_paid`, perhaps with a `next_action`:
/// read it again. A repeated request never pays again and shows the promotion as it is by then.
#[utoipa::path(post, path = "/v1/promotions/{id}/submit", operation_id = "submit_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = SubmitBody,
    responses((status = 200, description = "The promotion as it is now", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: SubmitBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let actor = actor(Role::Advertiser, body.by.as_deref())?;
    let region = fields::region("/region", body.region.as_deref().unwrap_or(UNKNOWN_REGION))?;
    let tax = body.tax.as_ref().map(|body| fields::money_or_zero("/tax", body)).transpose()?;
    let authorization = body.authorization.as_ref().map(|body| body.check(caller)).transpose()?;
    let return_url = pay::return_url(caller, body.return_url.as_deref())?;
    let named = body.tenders.as_deref().map(|tenders| paying::all_named(caller, tenders));
    let named = named.transpose()?;
    let known = details(caller, id).await?;
    let pay_with = match &named {
        Some(named) => Some(paying::told(caller, named).await?),
        None => None,
    };
    let authorization = authorization.map(Box::new);
    let said = Said { region, tax, return_url, pay_with, authorization, actor };
    let steps = steps(caller, &known, named, said).await?;
    let Begun { checkout, replayed } = begin(caller, steps, operation).await?;
    let paid = pay::go_on(caller, checkout).await?;
    let details = details(caller, id).await?;
    let view = PromotionView::new(&details.promotion, details.now).with_details(&details);
    // Of a promotion that was paid since, in another way, it is no news.
    let has_failed = details.promotion.submitted_at.is_none();
    let view = view.with_failure(failure(&paid).filter(|_| has_failed));
    Ok(Reply::view(StatusCode::OK, &view).replayed(replayed))
}

/// Why paying has failed.
fn failure(paid: &Answer) -> Option<&str> {
    match paid {
        Answer::Checkout { checkout, .. } => checkout.failure.as_ref().map(Token::as_str),
        _ => None,
    }
}

/// What was said about paying, checked.
struct Said {
    region: Region,
    tax: Option<Money>,
    return_url: Option<ReturnUrl>,
    pay_with: Option<Vec<PayWith>>,
    authorization: Option<Box<Authorization>>,
    actor: promotions::Actor,
}

/// A part of paying.
struct Step {
    /// What its key is made from; the first step has the caller's own.
    purpose: String,
    command: Command,
    /// Who named a code, if one was named.
    asker: Option<Asker>,
}

impl Step {
    fn of_shop(purpose: impl Into<String>, command: ShopCommand) -> Step {
        Step { purpose: purpose.into(), command: Command::Shop(command), asker: None }
    }
}

/// What paying consists of, in order.
async fn steps(
    caller: &Caller,
    known: &PromotionDetails,
    named: Option<Vec<Named>>,
    said: Said,
) -> Result<Vec<Step>, Problem> {
    let promotion = &known.promotion;
    let Said { region, tax, return_url, pay_with, authorization, actor } = said;
    let new = new_checkout(caller, promotion, region, tax)?;
    let checkout = new.checkout.id;
    let mut steps = vec![Step::of_shop("", ShopCommand::CreateCheckout(Box::new(new)))];
    // First of all: whether it can be paid says more than how.
    let submit = PromotionCommand::Submit {
        promotion: promotion.id,
        checkout,
        pay_with,
        authorization,
        actor,
    };
    steps.push(Step {
        purpose: "submission of a promotion".to_owned(),
        command: Command::Promotions(Box::new(submit)),
        asker: None,
    });
    let is_free = promotion.terms.paid().is_zero() && tax.is_none_or(|tax| tax.amount.is_zero());
    if !is_free {
        let of_draft = || promotion.pay_with.iter().map(|pays| of_draft(pays, promotion)).collect();
        for (index, tender) in in_order(named.unwrap_or_else(of_draft)) {
            let (tender, asker) = tender_of(caller, tender, known).await?;
            let holds = hold_ids(&caller.app);
            let command = ShopCommand::AddTender { checkout, tender, holds };
            let purpose = format!("tender {index} of a promotion");
            steps.push(Step { asker, ..Step::of_shop(purpose, command) });
        }
    }
    let payments = Box::new(std::array::from_fn(|_| caller.app.new_id()));
    let pay = ShopCommand::Pay { checkout, payments, order: caller.app.new_id(), return_url };
    steps.push(Step::of_shop("payment of a promotion", pay));
    Ok(steps)
}

fn new_checkout(
    caller: &Caller,
    promotion: &Promotion,
    region: Region,
    tax: Option<Money>,
) -> Result<NewCheckout, Problem> {
    let line = NewLine {
        product: None,
        name: Text::new(NAME).map_err(|_| Problem::new(&catalog::INTERNAL_ERROR))?,
        seller: None,
        creator: None,
        kind: LineKind::Promotion,
        category: None,
        quantity: 1,
        unit_price: promotion.money(promotion.terms.paid()),
        discount: None,
        tax,
    };
    let checkout = shop::NewCheckout {
        id: caller.app.new_id(),
        currency: promotion.currency(),
        region,
        buyer: Some(promotion.advertiser),
        lines: vec![line],
        promotion: Some(promotion.id),
        shipping: None,
        source: None,
        metadata: Metadata::default(),
    };
    Ok(NewCheckout { checkout, cards: Vec::new() })
}

/// A tender of the draft, as if it had just been named.
fn of_draft(pays: &PayWith, promotion: &Promotion) -> Named {
    match *pays {
        PayWith::Card(card) => Named::Card(NamedCard { card: CardRef::Id(card), asker: None }),
        PayWith::Wallet => Named::Wallet,
        PayWith::Method { method, at_most } => {
            Named::Method { method, wanted: at_most.map(|amount| promotion.money(amount)) }
        }
    }
}

/// In the order in which each finds something to pay: methods that are told an amount, other
/// methods, then cards, which take over from them. Each with its place among what was named.
fn in_order(named: Vec<Named>) -> Vec<(usize, Named)> {
    let mut all: Vec<_> = named.into_iter().enumerate().collect();
    all.sort_by_key(|(_, tender)| match tender {
        Named::Method { wanted: Some(_), .. } => 0,
        Named::Method { wanted: None, .. } => 1,
        Named::Card(_) | Named::Wallet => 2,
    });
    all
}

/// What the checkout is to be paid with.
async fn tender_of(
    caller: &Caller,
    tender: Named,
    known: &PromotionDetails,
) -> Result<(AddTender, Option<Asker>), Problem> {
    let promotion = &known.promotion;
    Ok(match tender {
        Named::Card(NamedCard { card, asker }) => (AddTender::GiftCard { card }, asker),
        Named::Method { method, wanted } => (AddTender::PaymentMethod { method, wanted }, None),
        Named::Wallet => {
            let asked = (promotion.currency(), known.now);
            let cards = wallet::cards_of(caller, promotion.advertiser, asked).await?;
            (wallet::tender(caller, cards), None)
        }
    })
}

/// A promotion that is being paid.
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
async fn begin(caller: &Caller, steps: Vec<Step>, operation: Operation) -> Result<Begun, Problem> {
    let (mut requests, mut expected) = (Vec::new(), Vec::new());
    for Step { purpose, command, asker } in steps {
        let key = match purpose.as_str() {
            "" => operation.key,
            purpose => OperationKey(caller.app.ring.short_hash(purpose, &operation.key.0)),
        };
        let prepared = Prepared::changing(command, Operation { key, ..operation });
        let (request, told) = Prepared { asker, ..prepared }.into_request(caller);
        requests.push(request);
        expected.push(told);
    }
    let outcomes = caller.book().decide(requests, true).await?;
    let (mut checkout, mut replayed) = (None, true);
    for (expected, outcome) in expected.into_iter().zip(outcomes) {
        let aborted = Refusal::Operation(OperationRefusal::BatchAborted);
        if matches!(&outcome, Ok(decided) if decided.result == Err(aborted)) {
            continue;
        }
        let told = expected.settle(caller, outcome).await?;
        if let Some(Answer::Checkout { checkout: row, .. }) = told.answer() {
            checkout.get_or_insert(row.id);
        }
        replayed &= told.is_replayed();
    }
    let checkout = checkout.ok_or_else(|| Problem::new(&catalog::OUTCOME_UNKNOWN))?;
    Ok(Begun { checkout, replayed })
}
