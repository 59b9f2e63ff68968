//! What was made of a report about a mail.

use base::CardId;
use serde::Serialize;

use crate::views::Id;

/// What a report changed.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MailReport)]
pub(crate) struct MailReportView<'a> {
    /// Always `mail_report`.
    object: &'static str,
    /// The card that was sent; `null` for a mail to a buyer.
    #[schema(value_type = Option<String>, example = "gc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    gift_card: Option<Id<CardId>>,
    /// The new state of its delivery, `bounced` or `accepted`; `ignored` when nothing changed.
    outcome: &'a str,
}

impl MailReportView<'_> {
    pub(crate) fn new(card: Option<CardId>, outcome: &str) -> MailReportView<'_> {
        MailReportView { object: "mail_report", gift_card: card.map(Id), outcome }
    }
}
