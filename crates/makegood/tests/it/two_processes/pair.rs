//! Two processes over one database, each with a network of its own between.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use store::Leases;
use store::postgres::{Database, PostgresLeases};

use super::load::now;
use super::proxy::{Mode, Proxy};
use crate::kill::let_run;
use crate::load::recompute;
use crate::process::{KEY, Place, Server, signal};

/// Time in which somebody must own the book.
const OWNER_TIME_MAX: Duration = Duration::from_secs(30);

/// Lines of each log that are shown when a test fails.
const LOG_LINES: usize = 60;

/// Where the two processes listen now, for the clients.
pub type Addresses = RwLock<[String; 2]>;

/// The two processes, and what is theirs.
pub struct Pair {
    // Ended in this order: processes, their networks, the database.
    servers: [Option<Server>; 2],
    proxies: [Proxy; 2],
    place: Place,
    leases: PostgresLeases,
    pub addresses: Arc<Addresses>,
}

impl Pair {
    /// Both started, over a fresh database.
    pub fn start() -> Pair {
        let place = Place::in_database();
        let address = place.database();
        let (_, rest) = address.split_once('@').unwrap();
        let (upstream, _) = rest.split_once('/').unwrap();
        let proxies = [Proxy::to(upstream), Proxy::to(upstream)];
        let leases = Database::at(&address).unwrap().leases().unwrap();
        let servers = [None, None];
        let mut pair = Pair { servers, proxies, place, leases, addresses: Arc::default() };
        pair.start_one(0);
        pair.start_one(1);
        pair
    }

    /// Starts one that does not run.
    pub fn start_one(&mut self, side: usize) {
        let address = self.place.database();
        let (start, rest) = address.split_once('@').unwrap();
        let (_, name) = rest.split_once('/').unwrap();
        let mut command = self.place.command(&["serve", "--listen", "127.0.0.1:0"]);
        let database = format!("{start}@{}/{name}", self.proxies[side].address());
        command.env("MAKEGOOD_DATABASE", database).env("MAKEGOOD_BOOTSTRAP_KEY", KEY);
        let server = self.place.start_logging(command, &format!("server-{side}.log"));
        self.addresses.write().unwrap()[side].clone_from(&server.address);
        self.servers[side] = Some(server);
    }

    /// Sends a signal to one.
    pub fn signal(&self, side: usize, name: &str) {
        signal(self.servers[side].as_ref().unwrap().id(), name);
    }

    /// Ends one as `kill -9` does.
    pub fn kill(&mut self, side: usize) {
        self.servers[side].take().unwrap().kill();
    }

    /// Waits until one that was asked to stop has ended well.
    pub fn wait(&mut self, side: usize) {
        let mut server = self.servers[side].take().unwrap();
        assert_eq!(server.wait(), Some(0), "{}", server.log());
    }

    /// Makes the network of one so.
    pub fn network(&self, side: usize, mode: Mode) {
        self.proxies[side].set(mode);
    }

    /// Asks the owner to hand over, as people do it.
    pub fn ask_to_move(&self) {
        self.place.run(&["books", "move", "test"]).expect(0);
    }

    /// Which of them owns the book, if one does.
    pub fn owner(&mut self) -> Option<usize> {
        let owners = self.leases.owners().unwrap();
        let address = &owners.first()?.1.member.address;
        let addresses = self.addresses.read().unwrap();
        addresses.iter().position(|one| Some(one.as_str()) == address.strip_prefix("http://"))
    }

    /// Waits until one of them owns the book.
    pub fn some_owner(&mut self) -> usize {
        self.wait_for(|owner| owner.is_some()).unwrap()
    }

    /// Waits until this one owns the book.
    pub fn await_owner(&mut self, side: usize) {
        self.wait_for(|owner| owner == Some(side));
    }

    fn wait_for(&mut self, is_right: impl Fn(Option<usize>) -> bool) -> Option<usize> {
        let since = now();
        loop {
            let owner = self.owner();
            if is_right(owner) {
                return owner;
            }
            assert!(since.elapsed() < OWNER_TIME_MAX, "the owner is {owner:?}");
            let_run(20);
        }
    }

    /// Stops both, and recomputes the book from its journal.
    pub fn end_and_verify(mut self) {
        for side in [0, 1] {
            self.signal(side, "TERM");
            self.wait(side);
        }
        let report = recompute(&self.place.database());
        assert!(report.is_sound(), "{:#?}", report.findings);
        assert!(report.records > 0);
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for (side, server) in self.servers.iter().enumerate() {
            let Some(server) = server else { continue };
            let log = server.log();
            let lines: Vec<&str> =
                log.lines().filter(|line| !line.contains("a slow request")).collect();
            let last = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
            eprintln!("--- end of the log of process {side}\n{last}");
        }
    }
}
