//! From a name to addresses, once for each attempt, and no further than what was judged.

use std::fmt::{self, Debug};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::{AddressRefusal, Reach, judge};

/// Most addresses of one name that are judged and tried.
const ADDRESSES_MAX: usize = 16;

/// Who knows the addresses of names.
pub trait Names: Debug + Send + Sync + 'static {
    /// The addresses of a host, which is a name or an address without brackets.
    ///
    /// # Errors
    ///
    /// There is none, or nothing came within `patience` ([`io::ErrorKind::TimedOut`]).
    fn addresses(&self, host: &str, port: u16, patience: Duration) -> io::Result<Vec<SocketAddr>>;
}

/// The names that the operating system knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn addresses(&self, host: &str, port: u16, patience: Duration) -> io::Result<Vec<SocketAddr>> {
        let (sender, answer) = mpsc::sync_channel(1);
        let host = host.to_owned();
        // The system's call cannot be told to hurry: a thread waits for it, and ends with it.
        thread::spawn(move || {
            let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            sender.send(addresses).ok()
        });
        answer.recv_timeout(patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// The step before the connection: what passes here is what is connected to.
pub(crate) struct JudgedNames {
    pub(crate) names: Arc<dyn Names>,
    pub(crate) reach: Reach,
}

impl Debug for JudgedNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgedNames").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Resolver for JudgedNames {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let default_port = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let port = uri.port_u16().unwrap_or(default_port);
        let found = self.names.addresses(host, port, *timeout.after).map_err(|error| {
            if error.kind() == io::ErrorKind::TimedOut {
                ureq::Error::Timeout(timeout.reason)
            } else {
                ureq::Error::HostNotFound
            }
        })?;
        let mut judged = self.empty();
        for address in found {
            judge(address.ip(), self.reach)
                .map_err(|refusal| ureq::Error::Other(Box::new(Refused(refusal))))?;
            if judged.len() < ADDRESSES_MAX {
                judged.push(address);
            }
        }
        if judged.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(judged) }
    }
}

/// Carries a refusal through the client's errors.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Refused(pub(crate) AddressRefusal);
