//! Reports about the delivery of a mail (RFC 3464, within RFC 6522).

use std::fmt;

use super::headers::{Entity, parts};
use crate::mailer::read_status;

/// Most bytes of a report that are looked at; servers return the headers of a mail of ours and
/// not its text, or both, and neither is long.
pub const REPORT_BYTES_MAX: usize = 256 * 1024;

/// Most recipients of a report that are read. Our mails have one.
const RECIPIENTS_MAX: usize = 20;

/// What a server reports about one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The `Message-ID` of the mail it is about, with angle brackets, when the report returns it.
    pub message_id: Option<String>,
    /// What became of it, for each recipient.
    pub recipients: Vec<Recipient>,
}

impl Report {
    /// True when the report says of some recipient that nobody will try any longer.
    pub fn is_bounce(&self) -> bool {
        self.recipients.iter().any(|recipient| recipient.action == Action::Failed)
    }
}

/// What became of a mail for one recipient. `Debug` leaves the address out.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address as the server names it: the one we sent to if it says so, else the one the
    /// mail was forwarded to. Not checked.
    pub address: String,
    /// What happened.
    pub action: Action,
    /// The code of RFC 3463, such as 5.1.1 for a mailbox that does not exist, if there is one.
    pub status: Option<[u16; 3]>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("action", &self.action)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What a server did (RFC 3464, section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It gave up. Also after trying for days, when the status still begins with 4.
    Failed,
    /// It is still trying.
    Delayed,
    /// It is in the mailbox.
    Delivered,
    /// It went to a server that sends no reports, or to several recipients.
    Passed,
}

/// The mail is not a report about a delivery: an absence note, a person's answer, or rubbish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this mail is not a report about a delivery")]
pub struct NotAReport;

/// Reads a mail that came to a return path.
///
/// # Errors
///
/// [`NotAReport`], also above [`REPORT_BYTES_MAX`].
pub fn read_report(mail: &[u8]) -> Result<Report, NotAReport> {
    if mail.len() > REPORT_BYTES_MAX {
        return Err(NotAReport);
    }
    let mail = String::from_utf8_lossy(mail).replace("\r\n", "\n");
    let whole = Entity::read(&mail);
    let boundary = whole.parameter("boundary").ok_or(NotAReport)?;
    if whole.content_type() != "multipart/report" || boundary.is_empty() {
        return Err(NotAReport);
    }
    let mut recipients = Vec::new();
    let mut message_id = None;
    for part in parts(whole.body, &boundary) {
        let part = Entity::read(part);
        match part.content_type().as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                recipients.extend(recipients_of(part.body));
            }
            "message/rfc822" | "text/rfc822-headers" | "message/global" => {
                let returned = Entity::read(part.body);
                message_id = returned.field("message-id").map(str::to_owned);
            }
            _ => {}
        }
    }
    recipients.truncate(RECIPIENTS_MAX);
    if recipients.is_empty() { Err(NotAReport) } else { Ok(Report { message_id, recipients }) }
}

/// Groups of fields with empty lines between; the one about the message has no recipient.
fn recipients_of(body: &str) -> Vec<Recipient> {
    let groups = body.split("\n\n").map(|group| Entity::read(group.trim_start_matches('\n')));
    groups.filter_map(|group| recipient(&group)).collect()
}

fn recipient(group: &Entity<'_>) -> Option<Recipient> {
    let named =
        group.field("original-recipient").or_else(|| group.field("final-recipient")).map(address);
    let action = match group.field("action")?.to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" | "expanded" => Action::Passed,
        _ => return None,
    };
    let status = group.field("status").and_then(|status| status.split_whitespace().next());
    Some(Recipient { address: named?, action, status: status.and_then(read_status) })
}

/// `rfc822; anna@example.org` without the type in front.
fn address(field: &str) -> String {
    let address = field.split_once(';').map_or(field, |(_, address)| address).trim();
    address.trim_start_matches('<').trim_end_matches('>').to_owned()
}
