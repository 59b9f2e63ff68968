//! `POST /v1/mail/reports`: a mail that came to a return path of ours.

use axum::http::StatusCode;
use base::CardId;
use engine::{Command, GiftCardCommand};
use giftcards::{DeliveryNews, DeliveryState};
use jobs::mail::read_mail_key;
use mail::Domain;
use mail::bounce::{Action, REPORT_BYTES_MAX, Report, ReturnPaths, read_report};
use outside::keyring::KeyRing;
use serde::{Deserialize, Serialize};
use store::MailCause;
use writer::Request;

use crate::call::Call;
use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::MailReports;
use crate::views::mail_report::MailReportView;

/// A mail as it came.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailReportInput)]
pub(crate) struct ReportBody {
    /// The address that it came to, from the envelope: `bounce+…`.
    #[schema(max_length = 320, example = "bounce+key-seal@shop.example")]
    recipient: String,
    /// The whole mail, headers and all, as text.
    #[schema(min_length = 1, max_length = 262144)]
    report: String,
}

/// Report what became of a mail
///
/// For a mail server that gets what comes to our return paths. A report that says that a gift was
/// delivered or came back changes the delivery of its card; anything else that comes there, also
/// about mails to buyers, changes nothing. Repeating a report does no harm.
#[utoipa::path(post, path = "/v1/mail/reports", operation_id = "report_mail", tag = "Mail",
    request_body = ReportBody,
    responses((status = 200, description = "Read", body = MailReportView)))]
pub(crate) async fn handle(mut call: Call<MailReports>) -> Result<Reply, Problem> {
    let body: ReportBody = call.json().await?;
    let caller = &call.caller;
    let cause = about(&caller.app.ring, &body.recipient)?;
    let length = body.report.len();
    if length == 0 || length > REPORT_BYTES_MAX || body.report.contains('\0') {
        let text = format!("must be a mail of at most {REPORT_BYTES_MAX} bytes, as text");
        return Err(refuse("/report", text).into());
    }
    // No card waits for what becomes of a mail to a buyer.
    let MailCause::Gift { card, sending } = cause else { return Ok(reply(None, "ignored")) };
    // Absence notes and answers of people come there too.
    let state = read_report(body.report.as_bytes()).ok().as_ref().and_then(told);
    let Some(state) = state else { return Ok(reply(Some(card), "ignored")) };
    let news = DeliveryNews { sending, state };
    let command = Command::GiftCards(GiftCardCommand::NoteDelivery { card, news });
    let request = Request { command, actor: caller.key.id, operation: None };
    let mut outcomes = caller.book().decide(vec![request], false).await?;
    let decided = outcomes.pop().ok_or_else(|| Problem::new(&catalog::UNAVAILABLE))??;
    caller.key.wrote(decided.seq);
    Ok(match decided.result {
        Ok(_) => reply(Some(card), state.as_str()),
        // It was known, or the card was sent again since, or it belongs to another book.
        Err(_) => reply(Some(card), "ignored"),
    })
}

/// Why the mail was sent that a return path belongs to.
fn about(ring: &KeyRing, recipient: &str) -> Checked<MailCause> {
    let domain = recipient.rsplit_once('@').and_then(|(_, domain)| Domain::new(domain).ok());
    // The seal says that we made it, whatever our domain is called by now.
    let paths = domain.and_then(|domain| ReturnPaths::new(domain).ok());
    let key = paths.and_then(|paths| paths.read(recipient, ring));
    let about = key.and_then(|key| read_mail_key(&key));
    about.ok_or_else(|| refuse("/recipient", "must be a return path of a mail of this server"))
}

/// What a report says of a delivery; nothing while a server is still trying.
fn told(report: &Report) -> Option<DeliveryState> {
    let is_delivered = |report: &Report| {
        report.recipients.iter().any(|recipient| recipient.action == Action::Delivered)
    };
    match report {
        report if report.is_bounce() => Some(DeliveryState::Bounced),
        report if is_delivered(report) => Some(DeliveryState::Accepted),
        _ => None,
    }
}

fn reply(card: Option<CardId>, outcome: &str) -> Reply {
    Reply::view(StatusCode::OK, &MailReportView::new(card, outcome))
}
