//! The requests of the loads.

use super::client::Requests;
use super::seed::Codes;
use std::io::Write;
use std::sync::Arc;

/// One redemption a request, of a random card.
pub(super) struct OneByOne {
    pub(super) codes: Arc<Codes>,
    pub(super) key: String,
}

/// So many redemptions a request, each of a random card, or of one card after the other so that
/// every card has been met once.
pub(super) struct Batches {
    pub(super) in_turn: bool,
    pub(super) codes: Arc<Codes>,
    pub(super) key: String,
    pub(super) operations: u64,
}

/// A pseudo-random number from a counter (the finalizer of SplitMix64).
fn random(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn redemption(codes: &Codes, number: u64, card: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"code\":\"");
    out.extend_from_slice(codes.of(card));
    out.extend_from_slice(
        b"\",\"amount\":{\"amount\":1,\"currency\":\"USD\"},\"reference\":\"order-",
    );
    let _ = write!(out, "{number}\"}}");
}

/// The head of a request with a body of so many bytes.
pub(super) fn head(path: &str, key: &str, operation: Option<u64>, body: usize, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {body}\r\n"
    );
    if let Some(number) = operation {
        let _ = write!(out, "Idempotency-Key: bench-{number}\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

impl Requests for OneByOne {
    fn write(&self, number: u64, out: &mut Vec<u8>) {
        let mut body = Vec::with_capacity(160);
        redemption(&self.codes, number, random(number), &mut body);
        head("/v1/redemptions", &self.key, Some(number), body.len(), out);
        out.extend_from_slice(&body);
    }
}

impl Requests for Batches {
    fn write(&self, number: u64, out: &mut Vec<u8>) {
        let mut body = Vec::with_capacity(self.operations as usize * 240);
        body.extend_from_slice(b"{\"operations\":[");
        for position in 0..self.operations {
            let number = number * self.operations + position;
            if position > 0 {
                body.push(b',');
            }
            let _ = write!(body, "{{\"idempotency_key\":\"batch-{number}\",");
            body.extend_from_slice(b"\"path\":\"/v1/redemptions\",\"body\":");
            let card = if self.in_turn { number } else { random(number) };
            redemption(&self.codes, number, card, &mut body);
            body.push(b'}');
        }
        body.extend_from_slice(b"]}");
        head("/v1/batch", &self.key, None, body.len(), out);
        out.extend_from_slice(&body);
    }

    fn operations(&self) -> u64 {
        self.operations
    }
}
