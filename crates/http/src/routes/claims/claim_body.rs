//! What a claim is made of, as it is sent.

use std::collections::BTreeMap;

use base::{Day, Metadata, PersonId, Text};
use claims::{Ground, MediaType, Named, NewAttachment, Period, limits};
use serde::{Deserialize, Serialize};

use super::hint_body::HintBody;
use crate::call::Caller;
use crate::fields::{self, Checked, refuse};
use crate::guesses;
use crate::routes::gift_cards::issue::people::address;
use crate::routes::promotions::one_of;
use crate::wire::{self, ClientBody};

/// What went wrong with what, and what is told of it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewClaim)]
pub(crate) struct ClaimBody {
    /// What it is about. Name this, or `charge`, or tell by a `hint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^promo_[0-9a-hjkmnp-tv-z]{26}$")]
    promotion: Option<String>,
    /// The payment it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^pay_[0-9a-hjkmnp-tv-z]{26}$")]
    charge: Option<String>,
    /// What is known of a charge, when it has to be found.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    hint: Option<HintBody>,
    /// What they say went wrong. `failure_to_deliver` and `poor_outcome` need the promotion.
    #[schema(
        pattern = "^(technical_error|unauthorized_charge|failure_to_deliver|poor_outcome|other)$"
    )]
    ground: String,
    /// The first day it is about; given together with `ends_on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    starts_on: Option<String>,
    /// The last day it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    ends_on: Option<String>,
    /// What happened, in their words. It is kept sealed, and erased with its person.
    #[schema(min_length = 1, max_length = 4000)]
    description: String,
    /// Files that are kept elsewhere.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 10)]
    attachments: Vec<AttachmentBody>,
    /// Who makes it. When left out, whoever has bought what is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    claimant: Option<String>,
    /// How to reach somebody without an account; they tell by a `hint`.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    contact: Option<ContactBody>,
    /// Who is behind a claim without an account: each counts as a guess of this client, for a hint
    /// costs nothing.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    pub(super) client: Option<ClientBody>,
    /// Strings of the platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// How to reach somebody. Only a keyed hash is kept.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimContactInput)]
struct ContactBody {
    #[schema(min_length = 3, max_length = 254)]
    email: String,
}

/// A file that is kept elsewhere.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimAttachmentInput)]
pub(crate) struct AttachmentBody {
    /// SHA-256 of its content, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    #[schema(pattern = "^(image/png|image/jpeg|image/webp|application/pdf|text/plain|video/mp4)$")]
    media_type: String,
    /// Its size; at most 10 MiB.
    #[schema(minimum = 1)]
    bytes: i64,
}

/// Bytes of a description at most.
const DESCRIPTION_BYTES_MAX: usize = limits::DESCRIPTION_BYTES_MAX as usize;

/// A claim whose fields are right, each by itself.
pub(super) struct Checks {
    pub(super) named: Named,
    pub(super) ground: Ground,
    pub(super) period: Option<Period>,
    pub(super) description: Text<DESCRIPTION_BYTES_MAX>,
    pub(super) attachments: Vec<NewAttachment>,
    pub(super) by: By,
    pub(super) metadata: Metadata,
}

/// Who makes a claim.
pub(super) enum By {
    /// This person.
    Person(PersonId),
    /// Whoever has bought what is named.
    Owner,
    /// Somebody without an account, who is reached at this address.
    Contact(String),
}

impl By {
    /// How to reach somebody without an account.
    pub(super) fn address(&self) -> Option<&str> {
        match self {
            By::Contact(address) => Some(address),
            By::Person(_) | By::Owner => None,
        }
    }
}

impl ClaimBody {
    /// Checks every field by itself.
    pub(super) fn check(&self, caller: &Caller) -> Checked<Checks> {
        let description = Text::multiline(&self.description);
        guesses::client_identity(&caller.app, self.client.as_ref())?;
        Ok(Checks {
            named: self.named(caller)?,
            ground: one_of("/ground", &self.ground, &Ground::ALL, Ground::as_str)?,
            period: self.period()?,
            description: description
                .map_err(|problem| refuse("/description", problem.to_string()))?,
            attachments: attachments(&self.attachments)?,
            by: self.by()?,
            metadata: fields::metadata("/metadata", &self.metadata)?,
        })
    }

    fn named(&self, caller: &Caller) -> Checked<Named> {
        let promotion = fields::optional_id("/promotion", self.promotion.as_deref())?;
        let charge = fields::optional_id("/charge", self.charge.as_deref())?;
        let hint = self.hint.as_ref().map(|hint| hint.check(caller)).transpose()?;
        match (promotion, charge, hint) {
            (Some(promotion), None, None) => Ok(Named::Promotion(promotion)),
            (None, Some(charge), None) => Ok(Named::Charge(charge)),
            (None, None, Some(hint)) => Ok(Named::Hint(hint)),
            (None, None, None) => {
                Err(refuse("/promotion", "is required, unless `charge` or `hint` is given"))
            }
            (_, Some(_), _) => Err(refuse("/charge", "must stand alone")),
            (_, None, _) => Err(refuse("/hint", "must stand alone")),
        }
    }

    fn period(&self) -> Checked<Option<Period>> {
        let starts_on = optional_day("/starts_on", self.starts_on.as_deref())?;
        let ends_on = optional_day("/ends_on", self.ends_on.as_deref())?;
        match (starts_on, ends_on) {
            (Some(starts_on), Some(ends_on)) => Ok(Some(Period { starts_on, ends_on })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(refuse("/ends_on", "is required together with `starts_on`")),
            (None, Some(_)) => Err(refuse("/starts_on", "is required together with `ends_on`")),
        }
    }

    fn by(&self) -> Checked<By> {
        let claimant = fields::optional_id("/claimant", self.claimant.as_deref())?;
        let email = self.contact.as_ref().map(|contact| contact.email.as_str());
        address("/contact/email", email)?;
        match (claimant, email) {
            (Some(claimant), None) => Ok(By::Person(claimant)),
            (None, Some(email)) => Ok(By::Contact(email.trim().to_lowercase())),
            (Some(_), Some(_)) => Err(refuse("/contact", "is for those without an account")),
            (None, None) if self.hint.is_some() => {
                Err(refuse("/contact", "is required with a hint, unless there is a `claimant`"))
            }
            (None, None) => Ok(By::Owner),
        }
    }
}

/// A day that may be left out.
pub(super) fn optional_day(pointer: &str, text: Option<&str>) -> Checked<Option<Day>> {
    let day = |text| Day::parse(text).map_err(|problem| refuse(pointer, problem.to_string()));
    text.map(day).transpose()
}

/// Files, each at its place in `/attachments`.
pub(super) fn attachments(bodies: &[AttachmentBody]) -> Checked<Vec<NewAttachment>> {
    fields::each("/attachments", bodies, limits::ATTACHMENTS_MAX, |_, body| body.check())
}

impl AttachmentBody {
    /// One file, by pointers that begin at its object.
    pub(super) fn check(&self) -> Checked<NewAttachment> {
        let content = fields::sha256("/sha256", &self.sha256)?;
        let bytes = u64::try_from(self.bytes).ok().filter(|bytes| *bytes > 0);
        Ok(NewAttachment {
            content: claims::Digest(content),
            media: one_of("/media_type", &self.media_type, &MediaType::ALL, MediaType::as_str)?,
            bytes: bytes.ok_or_else(|| refuse("/bytes", "must be at least 1"))?,
        })
    }
}
