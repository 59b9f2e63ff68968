//! Who agreed to pay, as callers say it.

use std::net::IpAddr;

use promotions::{Authorization, Factor, Fingerprint};
use serde::{Deserialize, Serialize};

use super::one_of;
use crate::account::read_nonce;
use crate::call::Caller;
use crate::fields::{self, Checked, refuse};

/// Bytes of a name of a device or session.
pub(crate) const NAME_BYTES_MAX: usize = 255;

/// The record that somebody agreed to pay: evidence when they say that they did not. Device,
/// session and address are kept as keyed hashes: equal ones can be told, none can be read.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuthorizationInput)]
pub(crate) struct AuthorizationBody {
    /// By what they proved to be who they are.
    #[schema(pattern = "^(passkey|totp|password|mail_code|hand_over|none)$")]
    factor: String,
    /// The device, as the platform tells devices apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    device: Option<String>,
    /// Their session with the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    session: Option<String>,
    /// Their address, IPv4 or IPv6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// Where the address is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-CA")]
    region: Option<String>,
    /// Which version of the terms of use they were shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40)]
    terms_version: Option<String>,
    /// The act that their passkey has signed for this very payment, 32 hexadecimal digits: what
    /// `POST /account/acts/use` has compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    act: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    at: String,
}

impl AuthorizationBody {
    /// The record.
    ///
    /// # Errors
    ///
    /// About a member under `/authorization`.
    pub(crate) fn check(&self, caller: &Caller) -> Checked<Authorization> {
        let hashed = |name: &str, text: &Option<String>| {
            let pointer = format!("/authorization/{name}");
            let hash = |text: &String| {
                let text = fields::text::<NAME_BYTES_MAX>(&pointer, text)?;
                Ok(fingerprint(caller, name, text.as_str()))
            };
            text.as_ref().map(hash).transpose()
        };
        let address = |text: &String| {
            let address: IpAddr = text
                .parse()
                .map_err(|_| refuse("/authorization/ip", "must be an IPv4 or IPv6 address"))?;
            // By this the feed knows events that come from there.
            Ok(serving::address_fingerprint(&caller.app.ring, caller.book().name(), address))
        };
        let region = |text: &String| fields::region("/authorization/region", text);
        let version = |text: &String| fields::token("/authorization/terms_version", text);
        let act = |text: &String| {
            let act = read_nonce(text);
            act.ok_or_else(|| refuse("/authorization/act", "must be 32 hexadecimal digits"))
        };
        Ok(Authorization {
            factor: one_of("/authorization/factor", &self.factor, &Factor::ALL, Factor::as_str)?,
            device: hashed("device", &self.device)?,
            session: hashed("session", &self.session)?,
            address: self.ip.as_ref().map(address).transpose()?,
            region: self.region.as_ref().map(region).transpose()?,
            act: self.act.as_ref().map(act).transpose()?,
            terms_version: self.terms_version.as_ref().map(version).transpose()?,
            at: fields::instant("/authorization/at", &self.at)?,
        })
    }
}

/// A keyed hash within one book: those of two books do not compare, those of a signal and of an
/// authorization do.
pub(crate) fn fingerprint(caller: &Caller, what: &str, text: &str) -> Fingerprint {
    // A book's name has no line break, so the boundary cannot be moved.
    let text = format!("{}\n{text}", caller.book().name());
    Fingerprint(caller.app.ring.short_hash(&format!("{what} of authorization"), text.as_bytes()))
}
