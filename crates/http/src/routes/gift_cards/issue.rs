//! `POST /v1/gift-cards`: issues a card.

use std::collections::BTreeMap;

use base::{CardId, Instant};
use engine::{Command, GiftCardCommand};
use giftcards::{Channel, Details, Funding, Issue as IssueCommand, NewCode, NewDelivery, Sandbox};
use giftcards::{Source, limits};
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::personal::{self, PersonalText};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::{new_code, new_link};
use crate::routes::scope_body::{ScopeBody, scope};
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;
use crate::wire::{self, ClientBody, MoneyBody};

pub(crate) mod people;

use people::{RecipientBody, SenderBody};

/// Where it is.
pub(crate) const PATH: &str = "/v1/gift-cards";

/// The card to be issued.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GiftCardInput)]
pub(crate) struct IssueBody {
    #[serde(deserialize_with = "wire::object")]
    value: MoneyBody,
    #[serde(deserialize_with = "wire::object")]
    funding: FundingBody,
    /// The program to issue under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    program: Option<String>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    recipient: Option<RecipientBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    sender: Option<SenderBody>,
    /// What the recipient is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    message: Option<String>,
    /// Name of the design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40)]
    design: Option<String>,
    /// How it reaches its recipient; left to the shop when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    delivery: Option<DeliveryBody>,
    /// When it is sent; at once when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    deliver_at: Option<String>,
    /// Before then it cannot be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    activates_at: Option<String>,
    /// From then on it cannot be spent; left to the program when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Where it may be spent; left to the program when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, example = json!(["US"]))]
    regions: Vec<String>,
    /// Not available yet.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    jurisdictions: Option<JurisdictionsBody>,
    /// On what it may be spent; left to the program when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    scope: Option<ScopeBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    source: Option<SourceBody>,
    /// Strings of the shop; no personal text, for it is stored readable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    /// The shop's own reference, such as its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    reference: Option<String>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// How a card is delivered.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeliveryInput)]
pub(crate) struct DeliveryBody {
    /// `email` needs the recipient's address; `link` and `in_app` are handed over by the shop,
    /// which reveals the link; `print` has no link.
    #[schema(pattern = "^(link|email|in_app|print|none)$")]
    channel: String,
}

/// Where the value comes from.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FundingInput)]
pub(crate) struct FundingBody {
    /// `promotional`, `invoice` or `external`; `payment` is not available yet.
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

/// Where in the shop the card was bought.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceInput)]
pub(crate) struct SourceBody {
    /// `shop`, `post`, `profile` or `live`.
    #[schema(pattern = "^(shop|post|profile|live)$")]
    kind: String,
    #[schema(min_length = 1, max_length = 64)]
    id: String,
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
    issue: Box<IssueCommand>,
    operation: Operation,
    recipient: Option<PersonalText>,
    sender: Option<PersonalText>,
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
    let program = body.program.as_deref().map(|text| fields::id("/program", text)).transpose()?;
    let expires_at = optional_instant("/expires_at", body.expires_at.as_deref())?;
    let details = details(body, funding_reference)?;
    let (book, message) = (caller.book().name(), body.message.as_deref());
    let context = (&*caller.app.ring, book, operation.key.0);
    let recipient = people::recipient(context, body.recipient.as_ref(), message)?;
    let sender = people::sender(context, body.sender.as_ref())?;
    let id = caller.app.new_id();
    let issue = IssueCommand {
        id,
        value,
        opening_balance: None,
        code: NewCode(new_code(&caller.app, book, id)?),
        funding,
        expires_at,
        sandbox: Sandbox::None,
        program,
        created_at: None,
        details: (details != Details::default()).then(|| Box::new(details)),
        activates_at: optional_instant("/activates_at", body.activates_at.as_deref())?,
        delivery: delivery(caller, body, id)?,
    };
    Ok(Draft { issue: Box::new(issue), operation, recipient, sender })
}

fn optional_instant(pointer: &str, text: Option<&str>) -> Checked<Option<Instant>> {
    text.map(|text| fields::instant(pointer, text)).transpose()
}

/// How the card is delivered, with the link that goes with it.
fn delivery(
    caller: &Caller,
    body: &IssueBody,
    card: CardId,
) -> Result<Option<NewDelivery>, Problem> {
    let deliver_at = optional_instant("/deliver_at", body.deliver_at.as_deref())?;
    let word = body.delivery.as_ref().map_or("none", |delivery| &delivery.channel);
    let channel = Channel::ALL.into_iter().find(|channel| channel.as_str() == word);
    if channel.is_none() && word != "none" {
        let words = "must be one of email, link, print, in_app, none";
        return Err(refuse("/delivery/channel", words).into());
    }
    let is_sent = channel.is_some_and(|channel| channel != Channel::Print);
    if deliver_at.is_some() && !is_sent {
        let words = "needs a delivery by email, link or in_app";
        return Err(refuse("/deliver_at", words).into());
    }
    let has_email = body.recipient.as_ref().is_some_and(RecipientBody::has_email);
    if channel == Some(Channel::Email) && !has_email {
        return Err(refuse("/recipient/email", "is required to send the card by e-mail").into());
    }
    let Some(channel) = channel else { return Ok(None) };
    let book = caller.book().name();
    let link = is_sent.then(|| new_link(&caller.app, book, card)).transpose()?;
    Ok(Some(NewDelivery { channel, deliver_at, link }))
}

/// Seals the personal text of all drafts at once and makes the commands, in order.
pub(crate) async fn finish(
    caller: &Caller,
    mut drafts: Vec<Draft>,
) -> Result<Vec<Prepared>, Problem> {
    let mut texts = Vec::new();
    let mut owners = Vec::new();
    for (index, draft) in drafts.iter_mut().enumerate() {
        for text in [draft.recipient.take(), draft.sender.take()].into_iter().flatten() {
            owners.push((index, text.purpose));
            texts.push(text);
        }
    }
    let sealed = personal::seal(&caller.app, texts).await?;
    for ((index, purpose), sealed) in owners.into_iter().zip(sealed) {
        let details = drafts[index].issue.details.get_or_insert_default();
        let place = match purpose {
            personal::SENDER => &mut details.sender,
            _ => &mut details.recipient,
        };
        *place = Some(sealed);
    }
    let prepare = |draft: Draft| {
        let command = Command::GiftCards(GiftCardCommand::Issue(draft.issue));
        Prepared::creating(command, draft.operation)
    };
    Ok(drafts.into_iter().map(prepare).collect())
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

fn details(body: &IssueBody, funding_reference: Option<&str>) -> Checked<Details> {
    let reference = match (&body.reference, funding_reference) {
        (Some(_), Some(_)) => {
            return Err(refuse("/reference", "is one with /funding/reference; give one of them"));
        }
        (Some(own), None) => Some(fields::text("/reference", own)?),
        (None, Some(theirs)) => Some(fields::text("/funding/reference", theirs)?),
        (None, None) => None,
    };
    let region = |at: &str, code: &String| fields::region(at, code);
    Ok(Details {
        scope: body
            .scope
            .as_ref()
            .map(|body| scope("/scope", body))
            .transpose()?
            .unwrap_or_default(),
        regions: fields::each("/regions", &body.regions, limits::SCOPE_LIST_MAX, region)?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
        reference,
        recipient: None,
        sender: None,
        design: body.design.as_deref().map(|name| fields::token("/design", name)).transpose()?,
        source: body.source.as_ref().map(source).transpose()?,
    })
}

fn source(body: &SourceBody) -> Checked<Source> {
    if !["shop", "post", "profile", "live"].contains(&body.kind.as_str()) {
        return Err(refuse("/source/kind", "must be one of shop, post, profile, live"));
    }
    Ok(Source {
        kind: fields::token("/source/kind", &body.kind)?,
        id: fields::label("/source/id", &body.id)?,
    })
}
