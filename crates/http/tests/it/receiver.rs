//! A receiver of webhooks on this machine, which answers as its test says at the moment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver as Arrivals, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use webhooks::{MessageId, Secret, Secrets, sign};

/// Nothing here takes long; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a path answers.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    Status(u16),
    /// 429 with `Retry-After`.
    Later(u64),
    /// Nothing, for as long as the sender is patient.
    Nothing,
}

/// A request that arrived.
#[derive(Debug)]
pub struct Arrived {
    pub path: String,
    headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

pub struct Receiver {
    address: SocketAddr,
    answers: Arc<Mutex<BTreeMap<String, Answers>>>,
    arrivals: Arrivals<Arrived>,
}

impl Receiver {
    /// Everything is answered 200.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(BTreeMap::new()));
        let (sender, arrivals) = mpsc::channel();
        let shared = Arc::clone(&answers);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, sender) = (Arc::clone(&shared), sender.clone());
                // A sender that had enough breaks the connection.
                thread::spawn(move || serve(stream.unwrap(), &answers, &sender).ok());
            }
        });
        Receiver { address, answers, arrivals }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn answer(&self, path: &str, answers: Answers) {
        self.answers.lock().unwrap().insert(path.to_owned(), answers);
    }

    /// The next request.
    #[track_caller]
    pub fn arrived(&self) -> Arrived {
        self.arrivals.recv_timeout(PATIENCE).expect("something arrives")
    }

    /// Whether anything arrives within `time`.
    pub fn arrives_within(&self, time: Duration) -> Option<Arrived> {
        self.arrivals.recv_timeout(time).ok()
    }
}

impl Arrived {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        &self.headers[name]
    }

    /// What it is signed with, by the rules of Standard Webhooks.
    pub fn signatures(&self) -> Vec<&str> {
        self.header("webhook-signature").split(' ').collect()
    }

    /// The signature of this request by a secret.
    pub fn signed_with(&self, secret: &str) -> String {
        let secrets = Secrets { newest: Secret::parse(secret).unwrap(), older: Vec::new() };
        let id = MessageId::new(self.header("webhook-id")).unwrap();
        sign(&secrets, &id, self.header("webhook-timestamp").parse().unwrap(), &self.body)
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Mutex<BTreeMap<String, Answers>>,
    sender: &Sender<Arrived>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let said = answers.lock().unwrap().get(&path).copied().unwrap_or(Answers::Status(200));
    let _ = sender.send(Arrived { path, headers, body });
    let (status, more) = match said {
        Answers::Status(status) => (status, String::new()),
        Answers::Later(seconds) => (429, format!("Retry-After: {seconds}\r\n")),
        Answers::Nothing => {
            // Until the sender has had enough.
            let _ = reader.read(&mut [0]);
            return Ok(());
        }
    };
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n{more}\r\n");
    stream.write_all(head.as_bytes())
}
