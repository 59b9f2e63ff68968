//! `POST /v1/gift-cards`: issues a card.

use engine::{Command, GiftCardCommand};
use giftcards::{Funding, Issue as IssueCommand, NewCode, Sandbox};
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::card_body::{self, CardDraft, card_body, optional_instant};
use crate::routes::gift_cards::new_code;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;
use crate::wire::{self, ClientBody, MoneyBody};

pub(crate) mod people;

/// Where it is.
pub(crate) const PATH: &str = "/v1/gift-cards";

card_body! {
/// The card to be issued.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GiftCardInput)]
pub(crate) struct IssueBody {
    #[serde(deserialize_with = "wire::object")]
    value: MoneyBody,
    #[serde(deserialize_with = "wire::object")]
    funding: FundingBody,
    /// Before then it cannot be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    activates_at: Option<String>,
    /// Not available yet.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    jurisdictions: Option<JurisdictionsBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}
}

/// Where the value comes from.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FundingInput)]
pub(crate) struct FundingBody {
    /// `promotional`, `invoice` or `external`. What is paid for with a payment of ours is bought:
    /// `POST /v1/gift-card-purchases`.
    #[schema(pattern = "^(promotional|invoice|external)$")]
    kind: String,
    /// Not available yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<String>,
    /// Required for `invoice`, where it names the customer; for `external` it may name the payment
    /// made elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    reference: Option<String>,
}

/// Where buyer and recipient live.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JurisdictionsInput)]
pub(crate) struct JurisdictionsBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    buyer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
}

/// Issue a gift card
///
/// The answer shows the code to keys with the scope `gift_cards:reveal`; a repetition with the same
/// idempotency key shows it again for 24 hours.
#[utoipa::path(post, path = "/v1/gift-cards", operation_id = "issue_gift_card", tag = "Gift cards",
    request_body = IssueBody,
    responses((status = 201, description = "Issued", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: IssueBody = call.json().await?;
    let operation = call.operation(&body)?;
    let drafts = vec![draft(&call.caller, &body, operation)?];
    let prepared = finish(&call.caller, drafts).await?.pop();
    prepared.expect("one draft in, one command out").decide(&call.caller).await
}

/// A card that lacks only the seals on its personal text.
pub(crate) struct Draft {
    /// As it will be, but for what the terms of the card say.
    issue: Box<IssueCommand>,
    card: Box<CardDraft>,
    operation: Operation,
}

/// Checks the body and draws id and code.
pub(crate) fn draft(
    caller: &Caller,
    body: &IssueBody,
    operation: Operation,
) -> Result<Draft, Problem> {
    refuse_what_is_not_available(body)?;
    guesses::client_identity(&caller.app, body.client.as_ref())?;
    let (funding, funding_reference) = funding(&body.funding)?;
    let value = fields::money("/value", &body.value)?;
    let mut card = body.card().check(caller, operation.key.0)?;
    if let Some(theirs) = funding_reference {
        if card.details.reference.is_some() {
            let words = "is one with /funding/reference; give one of them";
            return Err(refuse("/reference", words).into());
        }
        card.details.reference = Some(fields::text("/funding/reference", theirs)?);
    }
    let id = caller.app.new_id();
    let issue = IssueCommand {
        id,
        value,
        opening_balance: None,
        code: NewCode(new_code(&caller.app, caller.book().name(), id)?),
        funding,
        expires_at: None,
        sandbox: Sandbox::None,
        program: None,
        created_at: None,
        details: None,
        activates_at: optional_instant("/activates_at", body.activates_at.as_deref())?,
        delivery: None,
    };
    Ok(Draft { issue: Box::new(issue), card: Box::new(card), operation })
}

/// Seals the personal text of all drafts at once and makes the commands, in order.
pub(crate) async fn finish(caller: &Caller, drafts: Vec<Draft>) -> Result<Vec<Prepared>, Problem> {
    let (mut cards, mut rest) = (Vec::new(), Vec::new());
    for Draft { issue, card, operation } in drafts {
        cards.push(*card);
        rest.push((issue, operation));
    }
    let terms = card_body::seal(caller, cards).await?;
    let prepare = |((issue, operation), terms): ((Box<IssueCommand>, Operation), _)| {
        let terms: card_body::CardTerms = terms;
        let issue = IssueCommand {
            delivery: terms.delivery_of(caller, issue.id, None)?,
            program: terms.program,
            expires_at: terms.expires_at,
            details: terms.details,
            ..*issue
        };
        let command = Command::GiftCards(GiftCardCommand::Issue(Box::new(issue)));
        Ok(Prepared::creating(command, operation))
    };
    rest.into_iter().zip(terms).map(prepare).collect()
}

/// Better refused than silently ignored.
fn refuse_what_is_not_available(body: &IssueBody) -> Result<(), Problem> {
    if body.funding.kind == "payment" || body.funding.payment.is_some() {
        return Err(Problem::new(&catalog::FUNDING_NOT_AVAILABLE).param("/funding/kind"));
    }
    let not_yet = [("/jurisdictions", body.jurisdictions.is_some())];
    match not_yet.into_iter().find(|(_, given)| *given) {
        Some((pointer, _)) => Err(Problem::new(&catalog::NOT_AVAILABLE_YET).param(pointer)),
        None => Ok(()),
    }
}

/// The funding, and the reference to keep with the card.
fn funding(body: &FundingBody) -> Checked<(Funding, Option<&str>)> {
    let reference = body.reference.as_deref();
    let required = || reference.ok_or_else(|| refuse("/funding/reference", "is required here"));
    match body.kind.as_str() {
        "promotional" => Ok((Funding::Promotional, reference)),
        "invoice" => {
            let customer = fields::token("/funding/reference", required()?)?;
            Ok((Funding::Invoice { customer }, None))
        }
        "external" => Ok((Funding::External, reference)),
        _ => Err(refuse("/funding/kind", "must be one of promotional, invoice, external")),
    }
}
