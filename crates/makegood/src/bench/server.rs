//! The server under load: a process of its own, so that its memory and its writes are its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::client;
use super::process::{Usage, usage};
use super::seed::place;
use crate::failure::{Done, Failure};

/// The line of `/metrics` that tells how far the tables are behind.
const BEHIND: &str = "makegood_writer_sweep_lag_records{";

/// A child process that listens on loopback.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

/// Processes that share a load.
pub(super) struct Servers {
    servers: Vec<Server>,
    addresses: Arc<[SocketAddr]>,
}

impl Server {
    /// `makegood serve` on the benchmark's folder; `key` makes its first API key.
    pub(super) fn serve(folder: &Path, key: &str) -> Done<Server> {
        let place = place(folder);
        Server::start(|command| {
            command.arg("serve").arg("--listen").arg("127.0.0.1:0");
            for (name, folder) in [("--data", place.data), ("--keys", place.keys)] {
                command.arg(name).args(folder);
            }
            command.env("MAKEGOOD_BOOTSTRAP_KEY", key);
        })
    }

    /// The same server without an engine, answering `bytes` bytes.
    pub(super) fn bare(bytes: u64) -> Done<Server> {
        Server::start(|command| {
            command.arg("bench").arg("bare").arg("--answer-bytes").arg(bytes.to_string());
        })
    }

    fn start(configure: impl FnOnce(&mut Command)) -> Done<Server> {
        let program = std::env::current_exe().map_err(Failure::new)?;
        let mut command = Command::new(program);
        configure(&mut command);
        command.stdout(Stdio::piped()).stdin(Stdio::null());
        let mut child = command.spawn().map_err(Failure::new)?;
        let out = child.stdout.take().ok_or_else(|| Failure::new("the server has no output"))?;
        for line in BufReader::new(out).lines() {
            let line = line.map_err(Failure::new)?;
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                let address = address.parse().map_err(Failure::new)?;
                return Ok(Server { child, address });
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        Err(Failure::new("the server ended before it listened; its message is above"))
    }

    /// Stops the server and waits for it.
    pub(super) fn stop(mut self) -> Done {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").arg("-TERM").arg(&id).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.child.kill().map_err(Failure::new)?;
        }
        self.child.wait().map_err(Failure::new)?;
        Ok(())
    }
}

impl Servers {
    /// So many times `makegood serve`; the first owns what there is.
    pub(super) fn serve(folder: &Path, key: &str, count: usize) -> Done<Servers> {
        let servers: Done<Vec<Server>> = (0..count).map(|_| Server::serve(folder, key)).collect();
        Ok(Servers::of(servers?))
    }

    /// The server without an engine, answering `bytes` bytes.
    pub(super) fn bare(bytes: u64) -> Done<Servers> {
        Ok(Servers::of(vec![Server::bare(bytes)?]))
    }

    fn of(servers: Vec<Server>) -> Servers {
        let addresses = servers.iter().map(|server| server.address).collect();
        Servers { servers, addresses }
    }

    /// Where they listen.
    pub(super) fn addresses(&self) -> &Arc<[SocketAddr]> {
        &self.addresses
    }

    /// What they have used so far, together.
    pub(super) fn usage(&self) -> Usage {
        usage(self.servers.iter().map(|server| server.child.id()))
    }

    /// Records that no table has yet, as the owner of the book counts them.
    pub(super) async fn records_behind(&self) -> Done<u64> {
        for address in self.addresses.iter() {
            let text = client::get(*address, "/metrics").await.map_err(Failure::new)?;
            let line = text.lines().find(|line| line.starts_with(BEHIND));
            if let Some(count) = line.and_then(|line| line.rsplit(' ').next()) {
                return count.parse().map_err(Failure::new);
            }
        }
        Err(Failure::new("no process tells how far the tables of the book are behind"))
    }

    /// Stops them, the last first, so that the first hands over to nobody.
    pub(super) fn stop(self) -> Done {
        self.servers.into_iter().rev().try_for_each(Server::stop)
    }

    /// Ends them at once, as a crash would.
    pub(super) fn kill(mut self) -> Done {
        for server in &mut self.servers {
            server.child.kill().map_err(Failure::new)?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Does nothing when it was stopped before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
