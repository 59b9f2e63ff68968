//! The sandbox behind Stripe's wire format, on a free port of 127.0.0.1, until it is killed. It
//! prints its address. Disputes open and refunds settle at once, since nobody waits for days.
//!
//! `cargo run -p rails --features stripe-server --example stripe_server`

use std::sync::Arc;

use base::Span;
use outside::clock::SystemClock;
use outside::random::{Randomness, SystemRandomness};
use rails::Secret;
use rails::sandbox::{Sandbox, Settings};
use rails::stripe_server::StripeServer;

fn main() -> std::io::Result<()> {
    let mut settings = Settings::new(SystemRandomness.next_u64(), Secret::new("whsec_test"));
    settings.behavior.dispute_opens_after = Span::seconds(0);
    settings.behavior.refund_pends = Span::seconds(0);
    settings.behavior.timeout_lasts = Span::seconds(1);
    let sandbox = Sandbox::in_memory(Arc::new(SystemClock::new()), settings);
    let server = StripeServer::start(sandbox)?;
    println!("{}", server.base_url());
    server.wait();
    Ok(())
}
