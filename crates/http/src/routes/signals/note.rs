//! `POST /v1/signals`: tells what happened to the account of a person.

use axum::http::StatusCode;
use base::PersonId;
use engine::{Answer, Command, PromotionCommand};
use promotions::{Happening, SignalKind};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::authorization_body::{NAME_BYTES_MAX, fingerprint};
use crate::routes::promotions::one_of;
use crate::scope::TellSignals;
use crate::views::signal::SignalView;

/// What happened, to whom, and when.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignalInput)]
pub(crate) struct SignalBody {
    /// Whose account it is.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: String,
    /// `dormant`: it was used again after 90 days or more without use. `factor_removed`: a second
    /// factor was taken away. `new_country`: it was used from a country for the first time.
    /// `session_stolen`: there were marks of that. `promotion_used`: the report of a promotion was
    /// looked at, or a promotion was edited, on `device`. `call_failed`: a request to pause, stop
    /// or edit a promotion failed for a reason of the platform.
    #[schema(
        pattern = "^(new_device|email_changed|new_admin|limit_raised|password_changed|dormant|\
            phone_changed|factor_removed|new_country|passkey_enrolled|totp_enrolled|session_stolen|\
            promotion_used|call_failed)$"
    )]
    kind: String,
    /// Not in the future.
    #[schema(format = DateTime)]
    at: String,
    /// The device, named as in the authorization of a promotion; only a keyed hash is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    device: Option<String>,
}

/// Tell what happened to an account
///
/// Evidence for or against what this person is said to have authorized. It never changes; telling
/// it again keeps it once. Of each person the newest hundred are kept.
#[utoipa::path(post, path = "/v1/signals", operation_id = "note_signal", tag = "Promotions",
    request_body = SignalBody,
    responses((status = 201, description = "Kept", body = SignalView)))]
pub(crate) async fn handle(mut call: Call<TellSignals>) -> Result<Reply, Problem> {
    let body: SignalBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let person: PersonId = fields::id("/person", &body.person)?;
    let device = body.device.as_deref().map(|name| {
        let name = fields::text::<NAME_BYTES_MAX>("/device", name)?;
        Ok::<_, Problem>(fingerprint(&call.caller, "device", name.as_str()))
    });
    let happened = Happening {
        at: fields::instant("/at", &body.at)?,
        kind: one_of("/kind", &body.kind, &SignalKind::ALL, SignalKind::as_str)?,
        device: device.transpose()?,
    };
    let command = Box::new(PromotionCommand::NoteSignal { person, happened });
    let prepared = Prepared::creating_with(Command::Promotions(command), operation);
    let told = prepared.told(&call.caller).await?;
    let signal = match told.answer() {
        Some(Answer::Signals(signals)) => signals.of(&happened).copied(),
        _ => None,
    };
    let signal = signal.ok_or_else(|| Problem::new(&catalog::OUTCOME_UNKNOWN))?;
    let view = SignalView::new(person, &signal);
    Ok(Reply::view(StatusCode::CREATED, &view).replayed(told.is_replayed()))
}
