//! `POST /v1/programs`: creates a program.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base::{Amount, Instant, Money};
use engine::{Command, GiftCardCommand};
use giftcards::{NewProgram, Program, limits};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::programs::unclaimed::{UnclaimedBody, return_after_days};
use crate::routes::scope_body::{ScopeBody, scope};
use crate::scope::Issue;
use crate::views::program::ProgramView;
use crate::wire::{self, MoneyBody};

/// Smallest value of a card, in minor units, when the program does not say.
const VALUE_MIN_DEFAULT: Amount = match Amount::new(1) {
    Some(amount) => amount,
    None => unreachable!(),
};

/// The program to be created.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProgramInput)]
pub(crate) struct ProgramBody {
    /// Name for staff.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Largest value of a card. Its currency is that of the program's cards.
    #[serde(deserialize_with = "wire::object")]
    value_max: MoneyBody,
    /// Smallest value of a card; 1 minor unit when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    value_min: Option<MoneyBody>,
    /// Days a card lives; it never expires when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    validity_days: Option<u32>,
    /// Seconds one hold may last, 30 days at most; one day when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 2592000)]
    hold_seconds_max: Option<u32>,
    /// Days by which a refund prolongs a card that has expired; 90 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 65535)]
    refund_extension_days: Option<u32>,
    /// Seconds after its sale from which on a bought card can be spent, 30 days at most; at once
    /// when left out. Cards that are issued by hand say so themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 2592000)]
    activation_s: Option<u32>,
    /// What becomes of bought gifts that nobody claims; they keep their value when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    unclaimed: Option<UnclaimedBody>,
    /// Where its cards may be spent; everywhere when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, example = json!(["US"]))]
    regions: Vec<String>,
    /// On what its cards may be spent; everything when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    scope: Option<ScopeBody>,
    /// Strings of the shop.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// Create a program
///
/// Terms for a family of cards. A card copies them when it is issued, so cards that people hold
/// never change.
#[utoipa::path(post, path = "/v1/programs", operation_id = "create_program", tag = "Programs",
    request_body = ProgramBody,
    responses((status = 201, description = "Created", body = ProgramView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: ProgramBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let program = NewProgram(program(&call.caller.app, &body)?);
    let command = Command::GiftCards(GiftCardCommand::CreateProgram(Box::new(program)));
    let prepared = Prepared::changing(command, operation);
    Prepared { status: StatusCode::CREATED, ..prepared }.decide(&call.caller).await
}

fn program(app: &App, body: &ProgramBody) -> Checked<Program> {
    let value_max = fields::money("/value_max", &body.value_max)?;
    let currency = value_max.currency;
    let value_min = match fields::optional_money("/value_min", body.value_min.as_ref())? {
        None => VALUE_MIN_DEFAULT,
        Some(Money { amount, currency: same }) if same == currency => amount,
        Some(_) => return Err(refuse("/value_min/currency", "must be that of /value_max")),
    };
    let region = |at: &str, code: &String| fields::region(at, code);
    let validity_days = at_least_one("/validity_days", body.validity_days)?;
    let scope = body.scope.as_ref().map(|body| scope("/scope", body)).transpose()?;
    Ok(Program {
        id: app.new_id(),
        name: fields::text("/name", &body.name)?,
        currency,
        value_min,
        value_max: value_max.amount,
        validity_days,
        hold_seconds_max: at_least_one("/hold_seconds_max", body.hold_seconds_max)?
            .unwrap_or(limits::HOLD_SECONDS_MAX_DEFAULT),
        refund_extension_days: extension_days(body.refund_extension_days)?,
        activation_s: body.activation_s.unwrap_or(0),
        return_after_days: return_after_days(
            body.unclaimed.as_ref(),
            body.activation_s.unwrap_or(0),
            validity_days,
        )?,
        scope: scope.unwrap_or_default(),
        regions: fields::each("/regions", &body.regions, limits::SCOPE_LIST_MAX, region)?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
        // The decision sets the book's time.
        created_at: Instant::MIN,
    })
}

fn at_least_one(pointer: &str, number: Option<u32>) -> Checked<Option<u32>> {
    match number {
        Some(0) => Err(refuse(pointer, "must be at least 1")),
        number => Ok(number),
    }
}

fn extension_days(days: Option<u32>) -> Checked<u16> {
    let pointer = "/refund_extension_days";
    match at_least_one(pointer, days)? {
        None => Ok(limits::REFUND_EXTENSION_DAYS_DEFAULT),
        Some(days) => u16::try_from(days).map_err(|_| refuse(pointer, "must be 65535 at most")),
    }
}
