//! Signatures of messages: `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `<seconds>.<body>`.
//!
//! Source: the scheme `v1` of Stripe's webhook signatures. The sandbox signs its messages in the
//! same way, so there is one scheme to keep right.

use base::{Instant, Span};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::event::Header;
use crate::{Secret, WebhookError};

/// How far the time of a signature may be from now, either way. Stripe's own clients allow as
/// much.
pub const TOLERANCE: Span = Span::seconds(300);

/// The value of the signature header.
pub(crate) fn sign(secret: &Secret, at: Instant, body: &[u8]) -> String {
    let seconds = at.micros().div_euclid(1_000_000).to_string();
    let digest = mac(secret, &seconds, body).finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

/// Believes the header `name` when one of the secrets made one of its signatures just now.
pub(crate) fn verify(
    secrets: &[Secret],
    name: &str,
    headers: &[Header<'_>],
    body: &[u8],
    now: Instant,
) -> Result<(), WebhookError> {
    let mut values = headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
    let (Some((_, value)), None) = (values.next(), values.next()) else {
        return Err(WebhookError::NoSignature);
    };
    let mut seconds = None;
    let mut signatures = Vec::new();
    for part in value.split(',') {
        match part.split_once('=') {
            Some(("t", text)) if seconds.is_none() => seconds = Some(text),
            Some(("v1", text)) => signatures.extend(from_hex(text)),
            _ => {}
        }
    }
    let seconds = seconds.ok_or(WebhookError::NoSignature)?;
    let at: i64 = seconds.parse().map_err(|_| WebhookError::NoSignature)?;
    let is_ours = |signature: &[u8; 32]| {
        secrets.iter().any(|secret| mac(secret, seconds, body).verify_slice(signature).is_ok())
    };
    if !signatures.iter().any(is_ours) {
        return Err(WebhookError::Forged);
    }
    let distance = now.micros().div_euclid(1_000_000).abs_diff(at);
    if distance > TOLERANCE.micros() / 1_000_000 {
        return Err(WebhookError::OutOfTime);
    }
    Ok(())
}

fn mac(secret: &Secret, seconds: &str, body: &[u8]) -> Hmac<Sha256> {
    let key = secret.reveal().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"a\":1}";

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[track_caller]
    fn check(value: &str, now: i64, expected: Result<(), WebhookError>) {
        let secrets = [Secret::new("old"), Secret::new("whsec_new")];
        let headers = [("other", "x"), ("STRIPE-signature", value)];
        assert_eq!(verify(&secrets, "Stripe-Signature", &headers, BODY, at(now)), expected);
    }

    #[test]
    fn signatures_are_believed_when_they_are_ours_and_fresh() {
        let good = sign(&Secret::new("whsec_new"), at(1000), BODY);
        let forged = sign(&Secret::new("whsec_theirs"), at(1000), BODY);
        let both = format!("{forged},v1={}", good.split("v1=").nth(1).unwrap());
        let moved = good.replace("t=1000", "t=1001");
        check(&good, 1000, Ok(()));
        check(&good, 1300, Ok(()));
        check(&good, 700, Ok(()));
        check(&both, 1000, Ok(()));
        check(&good, 1301, Err(WebhookError::OutOfTime));
        check(&good, 699, Err(WebhookError::OutOfTime));
        check(&forged, 1000, Err(WebhookError::Forged));
        check(&moved, 1000, Err(WebhookError::Forged));
        check("t=1000,v1=zz", 1000, Err(WebhookError::Forged));
        check("t=1000,v0=00", 1000, Err(WebhookError::Forged));
        check("v1=00", 1000, Err(WebhookError::NoSignature));
        check("t=x,v1=00", 1000, Err(WebhookError::NoSignature));
        check("", 1000, Err(WebhookError::NoSignature));
    }

    #[test]
    fn a_missing_or_doubled_header_is_no_signature() {
        let secrets = [Secret::new("s")];
        let good = sign(&secrets[0], at(1000), BODY);
        let twice = [("S", good.as_str()), ("s", good.as_str())];
        for headers in [&[][..], &twice[..]] {
            let verified = verify(&secrets, "s", headers, BODY, at(1000));
            assert_eq!(verified, Err(WebhookError::NoSignature));
        }
    }
}
