//! Who a card is from and for: checked, and put into the form that is sealed.

use base::Text;
use outside::keyring::KeyRing;
use serde::{Deserialize, Serialize};

use crate::fields::{self, Checked, refuse};
use crate::personal::{self, About, PersonalText};
use crate::without_links::without_links;

/// Bytes of a message at most.
const MESSAGE_BYTES_MAX: usize = 2_000;

/// Bytes of an address at most: RFC 5321, section 4.5.3.1.3, without the angle brackets.
const EMAIL_BYTES_MAX: usize = 254;

/// Who the card is for.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecipientInput)]
pub(crate) struct RecipientBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 3, max_length = 254)]
    email: Option<String>,
    /// Their name in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    handle: Option<String>,
    /// Their language, such as `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 35)]
    locale: Option<String>,
    /// Their time zone by the IANA database, such as `America/Los_Angeles`; `deliver_at` may be in
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    time_zone: Option<String>,
}

impl RecipientBody {
    /// Whether they can be written to.
    pub(crate) fn has_email(&self) -> bool {
        self.email.is_some()
    }

    /// Their time zone, as it was given.
    pub(crate) fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }
}

/// Who the card is from.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SenderInput)]
pub(crate) struct SenderBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 3, max_length = 254)]
    email: Option<String>,
}

impl SenderBody {
    /// Whether they are known by an address.
    pub(crate) fn has_email(&self) -> bool {
        self.email.is_some()
    }
}

/// The form in which text about a recipient is sealed, message included.
#[derive(Default, Deserialize, Serialize)]
pub(crate) struct SealedRecipient {
    #[serde(flatten)]
    pub(crate) person: crate::views::gift_card::PersonText,
    #[serde(default)]
    pub(crate) message: Option<String>,
}

/// Key ring, name of the book, and key of the operation.
type Context<'a> = (&'a KeyRing, &'a str, [u8; 16]);

/// What is to be sealed about the recipient, if anything was said.
pub(crate) fn recipient(
    (ring, book, operation): Context<'_>,
    body: Option<&RecipientBody>,
    message: Option<&str>,
) -> Checked<Option<PersonalText>> {
    if let Some(message) = message {
        let checked = Text::<MESSAGE_BYTES_MAX>::multiline(message);
        checked.map_err(|problem| refuse("/message", problem.to_string()))?;
    }
    let email = body.and_then(|body| body.email.as_deref());
    if let Some(body) = body {
        line::<200>("/recipient/name", &body.name)?;
        address("/recipient/email", email)?;
        line::<64>("/recipient/handle", &body.handle)?;
        line::<35>("/recipient/locale", &body.locale)?;
        line::<64>("/recipient/time_zone", &body.time_zone)?;
    }
    if body.is_none() && message.is_none() {
        return Ok(None);
    }
    let plain = serde_json::json!({
        "name": body.and_then(|body| body.name.as_deref()).map(without_links),
        "email": email,
        "handle": body.and_then(|body| body.handle.as_deref()),
        "locale": body.and_then(|body| body.locale.as_deref()),
        "time_zone": body.and_then(|body| body.time_zone.as_deref()),
        "message": message.map(without_links),
    });
    let plain = within_limit("/message", plain.to_string())?;
    Ok(Some(PersonalText::of_recipient(ring, About { book, email, operation }, plain)))
}

/// What is to be sealed about the sender, if anything was said.
pub(crate) fn sender(
    (ring, book, operation): Context<'_>,
    body: Option<&SenderBody>,
) -> Checked<Option<PersonalText>> {
    let Some(body) = body else { return Ok(None) };
    line::<200>("/sender/name", &body.name)?;
    let email = body.email.as_deref();
    address("/sender/email", email)?;
    let name = body.name.as_deref().map(without_links);
    let plain = serde_json::json!({ "name": name, "email": email });
    let plain = within_limit("/sender", plain.to_string())?;
    Ok(Some(PersonalText::of_sender(ring, About { book, email, operation }, plain)))
}

fn line<const MAX: usize>(pointer: &str, text: &Option<String>) -> Checked<()> {
    text.as_deref().map_or(Ok(()), |text| fields::text::<MAX>(pointer, text).map(|_| ()))
}

/// Only what every address has is asked for: mail will tell whether it works.
pub(crate) fn address(pointer: &str, email: Option<&str>) -> Checked<()> {
    let Some(email) = email else { return Ok(()) };
    fields::text::<EMAIL_BYTES_MAX>(pointer, email)?;
    let parts = email.rsplit_once('@');
    let complete = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !complete || email.contains(char::is_whitespace) {
        return Err(refuse(pointer, "must be an e-mail address"));
    }
    Ok(())
}

fn within_limit(pointer: &str, plain: String) -> Checked<String> {
    if !personal::fits(&plain) {
        return Err(refuse(pointer, "is too long together with the names"));
    }
    Ok(plain)
}
