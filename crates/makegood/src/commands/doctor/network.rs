//! Looks at the address the server listens on.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use super::{Finding, Patient};

/// Where it listens decides who can reach it; keys and codes travel in what is sent there.
pub(super) fn address_is_private(patient: &Patient<'_>) -> Finding {
    let listen = &patient.settings.listen;
    let Ok(addresses) = listen.to_socket_addrs() else {
        let fix = "write it as ADDRESS:PORT, for instance 127.0.0.1:8080";
        return Finding::fail(format!("{listen} is no address of this machine"), fix);
    };
    let is_public = |address: &SocketAddr| !address.ip().is_loopback();
    if addresses.into_iter().any(|address| is_public(&address)) {
        let fix = "there is no TLS here: listen on 127.0.0.1 behind a reverse proxy, or in a \
                   network that only the proxy reaches";
        return Finding::warn(format!("{listen} can be reached from elsewhere"), fix);
    }
    Finding::ok(format!("{listen} is reached from this machine only"))
}

pub(super) fn port_is_free(patient: &Patient<'_>) -> Finding {
    let listen = &patient.settings.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Finding::ok(format!("{listen} is free")),
        Err(error) if patient.is_served => {
            let fix = "fine if it is your server that listens there";
            Finding::warn(format!("{listen}: {error}"), fix)
        }
        Err(error) => {
            let fix = "stop what listens there, or choose another port with --listen";
            Finding::fail(format!("{listen}: {error}"), fix)
        }
    }
}
