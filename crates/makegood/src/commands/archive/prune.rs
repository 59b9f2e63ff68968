//! Asking for what is archived to leave the journal: of the server that owns the book, or by
//! opening it when nobody does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde::Deserialize;
use store::BookName;
use writer::{Archived, Removal};

use crate::commands::health::reachable;
use crate::config::{Environment, Settings};
use crate::failure::{Done, Failure};
use crate::wiring::Installation;

/// Longer than a server takes to answer, also when it passes the request on.
const PATIENCE: Duration = Duration::from_secs(60);

const SET_RETENTION: &str = "set journal_retention_days, for the server too, and start it again";

/// Whoever removes.
pub(super) enum Pruner {
    /// The server that listens there, for the book of this key.
    Server { listen: String, key: String },
    /// This process: nobody serves the books.
    Here(Box<Installation>),
}

impl Pruner {
    /// With a key the server is asked, without one the books are opened.
    ///
    /// # Errors
    ///
    /// A server has the books, or the installation cannot be opened.
    pub(super) fn new(settings: &Settings, environment: &Environment) -> Done<Pruner> {
        if let Some(key) = environment.get("KEY") {
            return Ok(Pruner::Server { listen: settings.listen.clone(), key: key.to_owned() });
        }
        let installation = Installation::open(settings, environment).map_err(|failure| {
            failure.next_if_in_use(
                "while a server runs, let it remove: --book BOOK, and MAKEGOOD_KEY with a key of \
                 that book that has the scope admin",
            )
        })?;
        Ok(Pruner::Here(Box::new(installation)))
    }

    /// Removes whatever of the archive may leave the journal of a book; returns the last record
    /// that has left it.
    ///
    /// # Errors
    ///
    /// No retention is set, the archive is of another history, or nobody can write.
    pub(super) fn prune(&self, book: &BookName, archived: Archived) -> Done<u64> {
        match self {
            Pruner::Server { listen, key } => loop {
                let answer = ask(listen, key, archived)?;
                if answer.done {
                    return Ok(answer.removed_to);
                }
            },
            Pruner::Here(installation) => {
                let open = installation.open_book(&installation.book(book)?)?;
                let removed = loop {
                    match open.handle().remove_and_wait(archived) {
                        Ok(Removal::Removed { is_done: false, .. }) => {}
                        ended => break ended,
                    }
                };
                open.stop();
                match removed {
                    Ok(Removal::Removed { through, .. }) => Ok(through),
                    Ok(Removal::KeptForEver) => {
                        let what = "the journal is kept for ever: nothing was removed";
                        Err(Failure::new(what).next(SET_RETENTION))
                    }
                    Ok(Removal::OtherHistory) => Err(Failure::new(format!(
                        "the archive is not the beginning of the journal of book {book}"
                    ))),
                    Err(trouble) => Err(Failure::new(format!("book {book}: {trouble}"))),
                }
            }
        }
    }
}

/// What the server says of the journal.
#[derive(Deserialize)]
struct Pruned {
    removed_to: u64,
    done: bool,
}

/// What it says instead.
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

fn ask(listen: &str, key: &str, archived: Archived) -> Done<Pruned> {
    let hash: String = archived.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let body = format!("{{\"archived_to\":{},\"hash\":\"{hash}\"}}", archived.seq);
    let answer = post(listen, key, &body).map_err(|error| {
        Failure::new(format!("{listen}: {error}"))
            .next("name the address the server listens on: --listen HOST:PORT")
    })?;
    let not_understood = || Failure::new(format!("{listen} did not answer as a server of ours"));
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(not_understood)?;
    if head.starts_with("HTTP/1.1 200") {
        return serde_json::from_str(body).map_err(|_| not_understood());
    }
    let problem: Problem = serde_json::from_str(body).map_err(|_| not_understood())?;
    Err(Failure::new(format!("{}: {}", problem.code, problem.detail)))
}

fn post(listen: &str, key: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&reachable(listen)?, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = body.len();
    let request = format!(
        "POST /v1/journal/prune HTTP/1.1\r\nHost: makegood\r\nConnection: close\r\n\
         Authorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
