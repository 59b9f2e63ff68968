//! Secrets of endpoints as they are kept: sealed under the key ring, each for its endpoint.

use base::EndpointId;
use outside::keyring::{KeyRing, RingError};
use webhooks::{Secret, SecretError};

/// Why a kept secret cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SecretTrouble {
    /// The ring cannot open it.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// It was opened and is no secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// Seals the secret of an endpoint for keeping it.
pub fn seal_webhook_secret(ring: &KeyRing, id: EndpointId, secret: &Secret) -> Vec<u8> {
    ring.seal_secret(&context(id), &secret.reveal())
}

/// Opens a kept secret.
///
/// # Errors
///
/// [`SecretTrouble`].
pub fn open_webhook_secret(
    ring: &KeyRing,
    id: EndpointId,
    sealed: &[u8],
) -> Result<Secret, SecretTrouble> {
    Ok(Secret::parse(&ring.open_secret(&context(id), sealed)?)?)
}

fn context(id: EndpointId) -> String {
    format!("webhook endpoint {id}")
}
