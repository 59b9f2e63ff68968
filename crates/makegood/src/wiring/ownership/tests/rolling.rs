//! Restarts under load, as they are done behind a load balancer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::RwLock;
use std::thread::JoinHandle;

use http::{KeySecret, Scopes};
use store::{KeyKind, Reader};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::*;

/// A process that listens.
struct Server {
    process: Process,
    address: String,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    /// Its own, so that its connections break when it dies.
    runtime: Runtime,
}

impl Server {
    fn start(shared: &Shared) -> Server {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let process = shared.process(&format!("http://{address}"));
        let (stop, stopped) = oneshot::channel();
        let stopping = async move {
            let _ = stopped.await;
        };
        let app = Arc::clone(&process.app);
        let task = runtime.spawn(http::serve(app, listener, stopping));
        Server { process, address, stop, task, runtime }
    }

    /// As `serve` does it: hand over, drain, end.
    fn stop(self) {
        self.process.ownership.hand_over();
        self.stop.send(()).unwrap();
        self.runtime.block_on(self.task).unwrap().expect("every request was finished");
        self.process.ownership.stop();
    }

    /// Renews no more and answers no more, as if it were killed.
    fn kill(self) {
        let writer = self.process.last_writer();
        self.runtime.shutdown_background();
        self.process.ownership.stop();
        writer.leave();
    }
}

/// Sends a request; `None` when it did not get through to a process.
fn exchange(address: &str, path: &str, secret: &str, key: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\
         \r\nauthorization: Bearer {secret}\r\nidempotency-key: {key}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    // A connection that was not accepted any more when the process stopped listening.
    stream.read_to_string(&mut answer).ok().filter(|bytes| *bytes > 0)?;
    Some(answer)
}

/// What the load balancer knows.
type Addresses = Arc<RwLock<Vec<String>>>;

/// The same through a load balancer, which tries the next process when one is not there.
fn balanced(
    addresses: &Addresses,
    turn: usize,
    (path, secret): (&str, &str),
    key: &str,
    body: &str,
) -> String {
    for turn in turn..turn + 100 {
        let address = {
            let addresses = addresses.read().unwrap();
            addresses[turn % addresses.len()].clone()
        };
        if let Some(answer) = exchange(&address, path, secret, key, body) {
            return answer;
        }
    }
    panic!("no process can be reached");
}

/// Clients that redeem a cent each time, until they are told to stop.
struct Load {
    going: Arc<AtomicBool>,
    redeemed: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(addresses: &Addresses, secret: &str, code: &str) -> Load {
        let going = Arc::new(AtomicBool::new(true));
        let redeemed = Arc::new(AtomicUsize::new(0));
        let body = format!(
            r#"{{"code":"{code}","amount":{{"amount":1,"currency":"USD"}},"reference":"order"}}"#
        );
        let clients = (0..4usize).map(|client| {
            let (going, addresses) = (Arc::clone(&going), Arc::clone(addresses));
            let (secret, body, redeemed) = (secret.to_owned(), body.clone(), Arc::clone(&redeemed));
            std::thread::spawn(move || {
                let mut number = 0;
                while going.load(Ordering::Relaxed) {
                    let key = format!("client-{client}-{number}");
                    let to = ("/v1/redemptions", secret.as_str());
                    let answer = balanced(&addresses, client + number, to, &key, &body);
                    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
                    number += 1;
                    redeemed.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let clients = clients.collect();
        Load { going, redeemed, clients }
    }

    fn stop(self) -> usize {
        self.going.store(false, Ordering::Relaxed);
        self.clients.into_iter().for_each(|client| client.join().unwrap());
        self.redeemed.load(Ordering::Relaxed)
    }

    /// Waits until it goes on.
    #[track_caller]
    fn progress(&self) {
        let before = self.redeemed.load(Ordering::Relaxed);
        wait_for("the load goes on", || self.redeemed.load(Ordering::Relaxed) > before + 20);
    }
}

/// What requests go through.
struct Fleet {
    addresses: Addresses,
    load: Load,
}

impl Fleet {
    fn add(&self, server: &Server) {
        self.addresses.write().unwrap().push(server.address.clone());
    }

    fn remove(&self, gone: &str) {
        self.addresses.write().unwrap().retain(|address| address != gone);
    }
}

/// Two servers, a card and a load on it; what `meanwhile` does must fail no request.
fn under_load(meanwhile: impl FnOnce(&Shared, &Fleet, &mut Vec<Server>)) {
    let shared = Shared::new();
    let mut servers: Vec<Server> = vec![Server::start(&shared)];
    wait_for("the first one serves the book", || servers[0].process.serves("test"));
    servers.push(Server::start(&shared));
    let app = &servers[0].process.app;
    let secret = KeySecret::draw(KeyKind::Secret, true, &mut SystemRandomness);
    app.add_key(&secret, KeyKind::Secret, &app.book("test").unwrap(), Scopes::ALL).unwrap();
    let secret = secret.reveal().to_owned();
    let addresses: Addresses = Arc::default();
    addresses.write().unwrap().extend(servers.iter().map(|server| server.address.clone()));
    let issue = r#"{"value":{"amount":10000000,"currency":"USD"},
        "funding":{"kind":"promotional"}}"#;
    let issued = balanced(&addresses, 0, ("/v1/gift-cards", &secret), "issue", issue);
    let text = |name: &str| {
        let (_, rest) = issued.split_once(&format!("\"{name}\":\"")).expect(&issued);
        rest.split('"').next().unwrap().to_owned()
    };
    let load = Load::start(&addresses, &secret, &text("code"));
    let fleet = Fleet { addresses, load };
    fleet.load.progress();
    meanwhile(&shared, &fleet, &mut servers);
    fleet.load.progress();
    let redeemed = fleet.load.stop();
    for server in servers {
        server.stop();
    }
    let mut entries = 0;
    let count = &mut |entry: store::EntryRow| {
        entries += usize::from(entry.entry.reason == ledger::Reason::Redeem);
    };
    shared.book.reader().all_entries(count).unwrap();
    assert_eq!(entries, 2 * redeemed, "each redemption moved money once, between two accounts");
}

#[test]
fn a_rolling_restart_fails_no_request() {
    under_load(|shared, fleet, servers| {
        for _ in 0..4 {
            let former = servers.remove(0);
            let next = Server::start(shared);
            // The load balancer learns of the new one at once, of the old one's end by trying.
            fleet.add(&next);
            let gone = former.address.clone();
            former.stop();
            fleet.remove(&gone);
            servers.push(next);
            fleet.load.progress();
        }
    });
}

#[test]
fn the_death_of_an_owner_fails_no_request() {
    under_load(|_, fleet, servers| {
        let owner = servers.iter().position(|server| server.process.serves("test")).unwrap();
        let owner = servers.remove(owner);
        let gone = owner.address.clone();
        owner.kill();
        fleet.remove(&gone);
        wait_for("the other one takes over", || servers[0].process.serves("test"));
    });
}
