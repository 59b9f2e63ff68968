//! The network between a process and PostgreSQL: it can be cut, fall silent, and heal.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every byte passes.
    Open,
    /// Connections stand and nothing passes; what was sent meanwhile arrives when it heals.
    Silent,
    /// As [`Mode::Silent`] for what the server says; what the client says arrives.
    Deaf,
    /// Connections broke, and new ones break at once.
    Cut,
}

/// A way to a server. It ends with the test.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

struct State {
    /// `None` when it has ended.
    mode: Mutex<Option<Mode>>,
    changed: Condvar,
    streams: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// A way to `HOST:PORT`, open.
    pub fn to(upstream: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            mode: Mutex::new(Some(Mode::Open)),
            changed: Condvar::new(),
            streams: Mutex::default(),
        });
        let (upstream, shared) = (upstream.to_owned(), Arc::clone(&state));
        let listening = std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                match shared.mode() {
                    None => return,
                    // Dropped, and so closed.
                    Some(Mode::Cut) => {}
                    Some(_) => shared.connect(client, &upstream),
                }
            }
        });
        Proxy { address, state, listening: Some(listening) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the network so.
    pub fn set(&self, mode: Mode) {
        self.state.set(Some(mode));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.set(None);
        // Wakes whoever accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

impl State {
    fn mode(&self) -> Option<Mode> {
        *self.mode.lock().unwrap()
    }

    fn set(&self, mode: Option<Mode>) {
        *self.mode.lock().unwrap() = mode;
        self.changed.notify_all();
        if matches!(mode, None | Some(Mode::Cut)) {
            for stream in self.streams.lock().unwrap().drain(..) {
                // It may be closed already.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    fn connect(self: &Arc<State>, client: TcpStream, upstream: &str) {
        let Ok(server) = TcpStream::connect(upstream) else { return };
        let copy = |stream: &TcpStream| stream.try_clone().unwrap();
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
        }
        self.streams.lock().unwrap().extend([copy(&client), copy(&server)]);
        let ways = [(copy(&client), copy(&server), false), (server, client, true)];
        for (from, to, is_answer) in ways {
            let state = Arc::clone(self);
            // Ends with its connection.
            std::thread::spawn(move || state.pump(from, to, is_answer));
        }
        // It may have been cut between looking and noting the streams.
        if let mode @ (None | Some(Mode::Cut)) = self.mode() {
            self.set(mode);
        }
    }

    fn pump(&self, mut from: TcpStream, mut to: TcpStream, is_answer: bool) {
        let mut bytes = vec![0; 1 << 16];
        loop {
            let count = from.read(&mut bytes).unwrap_or(0);
            if !self.lets_pass(is_answer) || count == 0 || to.write_all(&bytes[..count]).is_err() {
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
                return;
            }
        }
    }

    /// Waits for as long as nothing passes that way; false when the connection is broken.
    fn lets_pass(&self, is_answer: bool) -> bool {
        let waits = |mode: &mut Option<Mode>| match mode {
            Some(Mode::Silent) => true,
            Some(Mode::Deaf) => is_answer,
            Some(Mode::Open | Mode::Cut) | None => false,
        };
        let mode = self.changed.wait_while(self.mode.lock().unwrap(), waits).unwrap();
        !matches!(*mode, None | Some(Mode::Cut))
    }
}
