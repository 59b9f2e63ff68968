//! A small HTTP/1.1 client: one connection, one request at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Longer than any answer takes, shorter than the patience of whoever waits for the tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a server, with the key that its requests carry.
pub struct Client {
    stream: BufReader<TcpStream>,
    key: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub is_replayed: bool,
    pub has_retry_after: bool,
    pub request_id: String,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Panics unless the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A text member of the body.
    pub fn text(&self, pointer: &str) -> String {
        self.json().pointer(pointer).unwrap().as_str().unwrap().to_owned()
    }

    /// A number of the body.
    pub fn number(&self, pointer: &str) -> i64 {
        self.json().pointer(pointer).unwrap().as_i64().unwrap()
    }
}

impl Client {
    /// Connects to `127.0.0.1:PORT`.
    pub fn connect(address: &str, key: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client { stream: BufReader::new(stream), key: key.to_owned() })
    }

    /// A request that reads. A connection that is closed before a byte of the answer has come
    /// is *aborted*; one that ends in the middle of it, *unexpectedly*.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.request("GET", path, None, "")
    }

    /// A request that writes, under an idempotency key.
    pub fn post(&mut self, path: &str, key: &str, body: &Value) -> io::Result<Answer> {
        self.request("POST", path, Some(key), &body.to_string())
    }

    /// A request that changes an object, and may be repeated as it is.
    pub fn patch(&mut self, path: &str, body: &Value) -> io::Result<Answer> {
        self.request("PATCH", path, None, &body.to_string())
    }

    /// A request that writes, and may not be repeated.
    pub fn post_once(&mut self, path: &str, body: &Value) -> io::Result<Answer> {
        self.request("POST", path, None, &body.to_string())
    }

    fn request(
        &mut self,
        method: &str,
        path: &str,
        idempotency_key: Option<&str>,
        body: &str,
    ) -> io::Result<Answer> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n");
        head += &format!("Authorization: Bearer {}\r\n", self.key);
        if let Some(key) = idempotency_key {
            head += &format!("Idempotency-Key: {key}\r\n");
        }
        if !body.is_empty() {
            head += "Content-Type: application/json\r\n";
        }
        head += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.read_answer()
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        let status_line = self.line().map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::ErrorKind::ConnectionAborted.into(),
            _ => error,
        })?;
        let status = status_line.split(' ').nth(1).and_then(|number| number.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no status"))?;
        let mut answer = Answer {
            status,
            is_replayed: false,
            has_retry_after: false,
            request_id: String::new(),
            body: String::new(),
        };
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("content-length", number)) => length = number.parse().unwrap(),
                Some(("idempotent-replayed", value)) => answer.is_replayed = value == "true",
                Some(("retry-after", _)) => answer.has_retry_after = true,
                Some(("x-request-id", id)) => answer.request_id = id.trim().to_owned(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        answer.body = String::from_utf8(body).unwrap();
        Ok(answer)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
