//! What tests need from outside of Makegood: a PostgreSQL database of their own, and scripts in
//! Python as the other side, damage on purpose. Never shipped.
//!
//! The server is started by `./test`, or by hand with `tests/postgres`; here is only the way to
//! it. A test that asks for one where there is none fails, and says what to do. So does a test
//! that asks for Python.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]
#![expect(clippy::disallowed_methods, reason = "the run of the tests is configured from outside")]

pub mod certificates;
mod damage;
mod device;
mod own_server;
mod proxy;
mod python;

use std::fmt::Write;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{NoTls, SimpleQueryMessage};

pub use damage::{change_book, flip_bit_of_the_journal, without_sums_of_advertisers};
pub use device::Device;
pub use own_server::{OwnServer, Stop, all_of};
pub use proxy::{Cut, Proxy};
pub use python::{PYTHON_VARIABLE, Script, python};

/// Names the variable in which the address of the server stands.
pub const VARIABLE: &str = "MAKEGOOD_TEST_DATABASE";

/// True in the run of the tests in which books are kept in PostgreSQL wherever a test does not say
/// where: `MAKEGOOD_TEST_STORE=postgres`.
pub fn on_postgres() -> bool {
    std::env::var("MAKEGOOD_TEST_STORE").is_ok_and(|store| store == "postgres")
}

/// Address of a database on the server, which all tests share.
///
/// # Panics
///
/// When nobody has started a server.
pub fn shared_database() -> String {
    std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!(
            "no PostgreSQL to test on: ./test starts one; by hand: \
             export {VARIABLE}=$(tests/postgres start /tmp/makegood-postgres)"
        )
    })
}

/// A name that no other test has: letters and digits.
pub fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let mut name = String::from("t");
    write!(name, "{:x}x{:x}x{count}", process::id(), since_1970.as_nanos()).unwrap();
    name
}

/// A database that nobody else uses. It goes when this goes.
#[derive(Debug)]
pub struct OwnDatabase {
    server: String,
    name: String,
}

impl OwnDatabase {
    /// Makes one.
    ///
    /// # Panics
    ///
    /// When nobody has started a server, or it does not answer.
    pub fn new() -> OwnDatabase {
        let (server, name) = (shared_database(), unique_name());
        run(&server, &format!("create database {name}"));
        OwnDatabase { server, name }
    }

    /// Its address.
    pub fn address(&self) -> String {
        let (start, _) = self.server.rsplit_once('/').unwrap();
        format!("{start}/{}", self.name)
    }

    /// Runs statements in it.
    ///
    /// # Panics
    ///
    /// When PostgreSQL refuses.
    pub fn run(&self, statements: &str) {
        run(&self.address(), statements);
    }
}

impl Default for OwnDatabase {
    fn default() -> OwnDatabase {
        OwnDatabase::new()
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        run(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

/// Runs statements in the database at `address`.
///
/// # Panics
///
/// When PostgreSQL refuses.
pub fn run(address: &str, statements: &str) {
    ask(address, statements).unwrap();
}

/// Runs statements in the database at `address`; the first value of the last row, if any.
///
/// # Errors
///
/// PostgreSQL does not answer, or refuses.
///
/// # Panics
///
/// When there is no thread.
pub fn ask(address: &str, statements: &str) -> Result<Option<String>, tokio_postgres::Error> {
    // A thread of its own: tests may be within a runtime already.
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
            tokio::spawn(connection);
            let answers = client.simple_query(statements).await?;
            let value = |answer: &SimpleQueryMessage| match answer {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            Ok(answers.iter().rev().find_map(value))
        })
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}
