//! A line to PostgreSQL that is cut when a test says so: in the middle of a transaction.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// What happens to the next transaction that is sent as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Everything but its `commit` arrives.
    BeforeCommit,
    /// It arrives, and no answer comes back.
    AfterCommit,
    /// Nothing of it arrives before [`Proxy::deliver`], and the sender loses its connection.
    Hold,
}

/// Passes bytes on until it is told not to. Its threads end with the process of the test.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    to: Mutex<String>,
    armed: Mutex<Option<Cut>>,
    cuts: AtomicUsize,
    /// How often everything there was has been swallowed.
    swallowed: AtomicUsize,
    held: Mutex<Vec<Held>>,
}

/// A transaction on its way, on a connection whose client is gone.
#[derive(Debug)]
struct Held {
    server: TcpStream,
    bytes: Vec<u8>,
    line: Arc<Line>,
}

/// What the two directions of a connection know of each other.
#[derive(Debug, Default)]
struct Line {
    is_mute: AtomicBool,
    /// How often everything had been swallowed when it was made.
    born: usize,
    /// What the server said since nobody listens any more.
    unheard: Mutex<Vec<u8>>,
}

const BEGIN: &[u8] = b"begin read write\0";
const COMMIT: &[u8] = b"commit\0";
/// A statement begins with its kind and its length.
const HEADER: usize = 5;
const PATIENCE: Duration = Duration::from_secs(10);

impl Proxy {
    /// A line to the server at this host and port.
    ///
    /// # Panics
    ///
    /// When there is no port.
    pub fn to(host: &str) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to: Mutex::new(host.to_owned()),
            armed: Mutex::default(),
            cuts: AtomicUsize::new(0),
            swallowed: AtomicUsize::new(0),
            held: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                connect(&accepting, client);
            }
        });
        Proxy { address, shared }
    }

    /// Its host and port.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// From now on connections lead to another server, as when an address moves in a failover.
    ///
    /// # Panics
    ///
    /// When one of its threads did.
    pub fn turn_to(&self, host: &str) {
        host.clone_into(&mut self.shared.to.lock().unwrap());
    }

    /// Says what happens to the next transaction.
    ///
    /// # Panics
    ///
    /// When one of its threads did.
    pub fn cut_next(&self, cut: Cut) {
        *self.shared.armed.lock().unwrap() = Some(cut);
    }

    /// From now on nothing passes on the connections there are, either way, and none of them ends:
    /// as when a machine loses its power, or a firewall its memory. New ones work.
    pub fn swallow(&self) {
        self.shared.swallowed.fetch_add(1, Ordering::SeqCst);
    }

    /// How many transactions were cut.
    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Delivers what was held, and returns what the server said to it: for each whether it was
    /// committed.
    ///
    /// # Panics
    ///
    /// When the server says nothing.
    pub fn deliver(&self) -> Vec<bool> {
        let held = std::mem::take(&mut *self.shared.held.lock().unwrap());
        held.into_iter().map(Held::deliver).collect()
    }
}

impl Shared {
    fn swallows(&self, line: &Line) -> bool {
        self.swallowed.load(Ordering::SeqCst) > line.born
    }
}

impl Held {
    fn deliver(mut self) -> bool {
        self.server.write_all(&self.bytes).unwrap();
        let (_sender, never) = mpsc::channel::<()>();
        for _ in 0..PATIENCE.as_millis() / 10 {
            let unheard = self.line.unheard.lock().unwrap();
            if find(&unheard, b"COMMIT\0").is_some() {
                return true;
            }
            if find(&unheard, b"ROLLBACK\0").is_some() {
                return false;
            }
            drop(unheard);
            let _ = never.recv_timeout(Duration::from_millis(10));
        }
        panic!("the server says nothing");
    }
}

fn connect(shared: &Arc<Shared>, client: TcpStream) {
    // While the server is away, neither is there a line to it.
    let host = shared.to.lock().unwrap().clone();
    let Ok(server) = TcpStream::connect(host) else { return };
    let born = shared.swallowed.load(Ordering::SeqCst);
    let line = Arc::new(Line { born, ..Line::default() });
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
    }
    let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (passing, there) = (Arc::clone(shared), Arc::clone(&line));
    std::thread::spawn(move || pass_on(&passing, client, server, &there));
    let passing = Arc::clone(shared);
    std::thread::spawn(move || pass_back(&passing, from_server, to_client, &line));
}

fn pass_on(shared: &Shared, mut client: TcpStream, mut server: TcpStream, line: &Arc<Line>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        if shared.swallows(line) {
            continue;
        }
        let mut bytes = buffer[..count].to_vec();
        // A `begin` that goes alone begins no transaction that is sent as one.
        let is_more = |place: usize| bytes.len() > place + BEGIN.len();
        let cut = match find(&bytes, BEGIN).is_some_and(is_more) {
            true => shared.armed.lock().unwrap().take(),
            false => None,
        };
        let Some(cut) = cut else {
            if server.write_all(&bytes).is_err() {
                break;
            }
            continue;
        };
        // The rest of what was sent at once.
        while find(&bytes, COMMIT).is_none() {
            let Ok(count @ 1..) = client.read(&mut buffer) else { break };
            bytes.extend_from_slice(&buffer[..count]);
        }
        line.is_mute.store(true, Ordering::SeqCst);
        let end = find(&bytes, COMMIT).map_or(bytes.len(), |place| place - HEADER);
        // What cannot be delivered is cut as well.
        match cut {
            Cut::BeforeCommit => _ = server.write_all(&bytes[..end]),
            Cut::AfterCommit => _ = server.write_all(&bytes),
            Cut::Hold => {
                let held = Held { server: server.try_clone().unwrap(), bytes, line: line.clone() };
                shared.held.lock().unwrap().push(held);
            }
        }
        if cut != Cut::Hold {
            let _ = server.shutdown(Shutdown::Write);
        }
        shared.cuts.fetch_add(1, Ordering::SeqCst);
        let _ = client.shutdown(Shutdown::Both);
        return;
    }
    let _ = server.shutdown(Shutdown::Both);
}

fn pass_back(shared: &Shared, mut server: TcpStream, mut client: TcpStream, line: &Line) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut buffer) {
        if shared.swallows(line) {
            continue;
        }
        if line.is_mute.load(Ordering::SeqCst) {
            line.unheard.lock().unwrap().extend_from_slice(&buffer[..count]);
        } else if client.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}
