//! Web Authentication as scripts send and get it: the JSON forms of Level 3, sections 5.1.8 to
//! 5.1.10, which browsers read and write by themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use people::passkey::{Algorithm, Assertion, Registration};
use serde::{Deserialize, Serialize};

use super::site::Site;
use crate::fields::{FieldError, refuse};

/// Milliseconds that somebody has for a ceremony.
const TIMEOUT_MS: u32 = 300_000;

/// Bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str, pointer: &str) -> Result<Vec<u8>, FieldError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse(pointer, "must be base64url without padding"))
}

/// What a browser needs to make a passkey.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationView {
    challenge: String,
    rp: RpView,
    user: UserView,
    pub_key_cred_params: Vec<ParameterView>,
    timeout: u32,
    attestation: &'static str,
    authenticator_selection: SelectionView,
    exclude_credentials: Vec<CredentialView>,
}

#[derive(Serialize)]
struct RpView {
    id: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserView {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Serialize)]
struct ParameterView {
    #[serde(rename = "type")]
    kind: &'static str,
    alg: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SelectionView {
    resident_key: &'static str,
    user_verification: &'static str,
}

#[derive(Serialize)]
struct CredentialView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

impl CredentialView {
    fn of(id: &[u8]) -> CredentialView {
        CredentialView { kind: "public-key", id: encode(id) }
    }
}

impl CreationView {
    /// `name` is what the device shows beside the passkey.
    pub(crate) fn new<'a>(
        site: &Site,
        challenge: &[u8; 32],
        (user, name): (&[u8], &str),
        known: impl Iterator<Item = &'a [u8]>,
    ) -> CreationView {
        let parameter = |one: Algorithm| ParameterView { kind: "public-key", alg: one.number() };
        CreationView {
            challenge: encode(challenge),
            rp: RpView { id: site.rp_id.clone(), name: site.shop.as_str().to_owned() },
            user: UserView {
                id: encode(user),
                name: name.to_owned(),
                display_name: name.to_owned(),
            },
            pub_key_cred_params: Algorithm::ALL.into_iter().map(parameter).collect(),
            timeout: TIMEOUT_MS,
            attestation: "none",
            authenticator_selection: SelectionView {
                resident_key: "required",
                user_verification: "required",
            },
            exclude_credentials: known.map(CredentialView::of).collect(),
        }
    }
}

/// What a browser needs to use a passkey.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestView {
    challenge: String,
    rp_id: String,
    timeout: u32,
    user_verification: &'static str,
    allow_credentials: Vec<CredentialView>,
}

impl RequestView {
    /// With no passkey named the device offers those that it has.
    pub(crate) fn new<'a>(
        site: &Site,
        challenge: &[u8; 32],
        allowed: impl Iterator<Item = &'a [u8]>,
    ) -> RequestView {
        RequestView {
            challenge: encode(challenge),
            rp_id: site.rp_id.clone(),
            timeout: TIMEOUT_MS,
            user_verification: "required",
            allow_credentials: allowed.map(CredentialView::of).collect(),
        }
    }
}

/// What a browser brings; members that browsers add are passed over.
#[derive(Deserialize)]
pub(crate) struct CredentialBody<R> {
    id: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttestationBody {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssertionBody {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
}

impl CredentialBody<AttestationBody> {
    pub(crate) fn registration(&self) -> Result<Registration, FieldError> {
        let response = &self.response;
        Ok(Registration {
            client_data: decode(&response.client_data, "/response/clientDataJSON")?,
            attestation_object: decode(
                &response.attestation_object,
                "/response/attestationObject",
            )?,
        })
    }
}

impl CredentialBody<AssertionBody> {
    /// The credential id, and what its passkey said.
    pub(crate) fn assertion(&self) -> Result<(Vec<u8>, Assertion), FieldError> {
        let response = &self.response;
        let assertion = Assertion {
            client_data: decode(&response.client_data, "/response/clientDataJSON")?,
            authenticator_data: decode(
                &response.authenticator_data,
                "/response/authenticatorData",
            )?,
            signature: decode(&response.signature, "/response/signature")?,
        };
        Ok((decode(&self.id, "/id")?, assertion))
    }
}
