//! `makegood health`: asks a running server whether it is ready, for whoever supervises it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde::Serialize;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending};
use crate::output::OutputArgs;

/// Time for the connection, and for the answer: more than a book may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ask a running server whether it is ready; exit code 0 when it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port the server listens on.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct View {
    ready: bool,
    /// What it said, or why nothing was heard.
    found: String,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, args.listen.as_deref(), &environment)?;
    let view = match ask(&settings.listen) {
        Ok(status) => View { ready: status == "200", found: format!("/readyz: {status}") },
        Err(error) => View { ready: false, found: format!("{}: {error}", settings.listen) },
    };
    args.output.print(&view, || view.found.clone());
    Ok(if view.ready { Ending::Well } else { Ending::NotWell })
}

/// The status of `/readyz`.
fn ask(listen: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&reachable(listen)?, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: makegood\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    let status = answer.strip_prefix(b"HTTP/1.1 ").unwrap_or_default();
    Ok(String::from_utf8_lossy(status).into_owned())
}

/// Where to connect to what listens there: whoever listens everywhere is asked on this machine.
pub(crate) fn reachable(listen: &str) -> std::io::Result<SocketAddr> {
    let none = || std::io::Error::other("no address of this machine");
    let mut address = listen.to_socket_addrs()?.next().ok_or_else(none)?;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(address)
}
