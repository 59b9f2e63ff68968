//! Guess budgets around every call that names a code.

use std::net::{IpAddr, SocketAddr};

use risk::budget::{Asker, ClientHash, Verdict};
use store::KeyKind;

use crate::app::App;
use crate::call::Caller;
use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::wire::ClientBody;

/// Bytes of the texts that describe a client.
const USER_AGENT_BYTES_MAX: usize = 1_000;
const NAME_BYTES_MAX: usize = 255;

/// The other end of the connection that a request came by; requests without socket have none.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub(crate) SocketAddr);

impl Peer {
    /// The other end at this address.
    pub fn new(address: SocketAddr) -> Peer {
        Peer(address)
    }

    /// Its address in the network.
    pub fn ip(self) -> IpAddr {
        self.0.ip()
    }
}

/// Asks for leave to look up a code on behalf of a client.
///
/// Anybody can read a publishable key and say anything with it, so its client is the peer itself,
/// whatever the body says, unless a proxy of the operator's own writes it.
///
/// # Errors
///
/// `invalid_request` about the client; `guess_budget_exhausted`.
pub(crate) fn admit(caller: &Caller, client: Option<&ClientBody>) -> Result<Asker, Problem> {
    let told = client_identity(&caller.app, client)?;
    let is_believed =
        caller.key.kind == KeyKind::Secret || caller.app.limits.publishable_client_believed;
    let peer = || caller.peer.map(|peer| address_identity(&caller.app, peer.0.ip()));
    let client = if is_believed { told } else { peer() };
    let asker = Asker { client, key: caller.key.id };
    match caller.book().budgets().check(&asker, caller.app.now()) {
        Verdict::Allowed => Ok(asker),
        Verdict::Exhausted { retry_after } => {
            Err(Problem::new(&catalog::GUESS_BUDGET_EXHAUSTED).retry_after(retry_after))
        }
    }
}

/// Records what came of the look-up.
pub(crate) fn record(caller: &Caller, asker: &Asker, found: bool) {
    let now = caller.app.now();
    let mut budgets = caller.book().budgets();
    if found {
        budgets.record_hit(asker, now);
    } else {
        budgets.record_miss(asker, now);
    }
}

/// Checks what a call says about its client, for calls that name no code.
pub(crate) fn client_identity(
    app: &App,
    client: Option<&ClientBody>,
) -> Checked<Option<ClientHash>> {
    let Some(client) = client else { return Ok(None) };
    let texts = [
        ("/client/user_agent", &client.user_agent, USER_AGENT_BYTES_MAX),
        ("/client/session", &client.session, NAME_BYTES_MAX),
        ("/client/device", &client.device, NAME_BYTES_MAX),
    ];
    for (pointer, text, max) in texts {
        if text.as_ref().is_some_and(|text| text.is_empty() || text.len() > max) {
            return Err(refuse(pointer, format!("must have 1 to {max} bytes")));
        }
    }
    let address = client.ip.as_deref().map(str::parse::<IpAddr>).transpose();
    let address = address.map_err(|_| refuse("/client/ip", "must be an IPv4 or IPv6 address"))?;
    let session = client.session.as_deref();
    Ok(match (address, session) {
        (Some(address), _) => Some(address_identity(app, address)),
        (None, Some(session)) => Some(app.client_hash(("session", session))),
        (None, None) => None,
    })
}

fn address_identity(app: &App, address: IpAddr) -> ClientHash {
    app.client_hash(("address", network(address)))
}

/// An address, or its /64 network for IPv6: a household has as many addresses there as it likes.
pub(crate) fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64,
    }
}
