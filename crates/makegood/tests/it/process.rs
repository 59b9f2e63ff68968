//! Running the binary: servers that end with their test, and commands that are waited for.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use store::postgres::Database;
use store::sqlite::{open_folder, open_reader};
use store::{BookName, ControlStore, Reader};
use tempfile::TempDir;
use testbed::{OwnDatabase, on_postgres};

use crate::client::Client;

/// The key that test installations begin with.
pub const KEY: &str = "mg_test_0123456789abcdef0123";

/// Time in which a server must listen, or end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A data folder and a keys folder beside it, gone with the test; or a database and a keys folder.
pub struct Place {
    folder: TempDir,
    /// Of the database, when there is one.
    address: Option<String>,
    /// That database, unless the test looks after it itself.
    _own: Option<OwnDatabase>,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Panics unless it ended with this exit code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Place {
    /// A fresh one.
    pub fn new() -> Place {
        if on_postgres() { Place::in_database() } else { Place::in_files() }
    }

    /// A fresh one with its data in files, for tests about files.
    pub fn in_files() -> Place {
        Place { folder: tempfile::tempdir().unwrap(), address: None, _own: None }
    }

    /// A fresh one with its data in a database, for tests about several processes.
    pub fn in_database() -> Place {
        let own = OwnDatabase::new();
        Place {
            folder: tempfile::tempdir().unwrap(),
            address: Some(own.address()),
            _own: Some(own),
        }
    }

    /// A fresh one whose data is in the database at this address.
    pub fn on(address: String) -> Place {
        Place { folder: tempfile::tempdir().unwrap(), address: Some(address), _own: None }
    }

    /// Address of the database.
    pub fn database(&self) -> String {
        self.address.clone().expect("the data is kept in a database")
    }

    /// A file or folder beside the data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Reads book `test`, also beside a server.
    pub fn reader(&self) -> Box<dyn Reader> {
        let book = BookName::new("test").unwrap();
        match &self.address {
            None => Box::new(open_reader(&self.data(), &book).unwrap()),
            Some(address) => Box::new(Database::at(address).unwrap().reader(&book).unwrap()),
        }
    }

    /// What is kept beside books, when no server runs.
    pub fn control(&self) -> Box<dyn ControlStore> {
        match &self.address {
            None => Box::new(open_folder(&self.data()).unwrap().control().unwrap()),
            Some(address) => Box::new(Database::at(address).unwrap().control().unwrap()),
        }
    }

    /// The file whose time is that of the last backup.
    pub fn last_backup(&self) -> PathBuf {
        let beside = if self.address.is_some() { "data-keys" } else { "data" };
        self.path(beside).join("last-backup")
    }

    /// A command with arguments, not started yet, with nothing of ours in its environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
        clear_environment(&mut command);
        command.args(args).env("MAKEGOOD_DATA", self.data()).stdin(Stdio::null());
        if let Some(address) = &self.address {
            command.env("MAKEGOOD_DATABASE", address);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command(args))
    }

    /// Starts a server with the bootstrap key, and waits until it listens.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// As [`Place::serve`], with variables.
    pub fn serve_with(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("MAKEGOOD_BOOTSTRAP_KEY", KEY).envs(variables.iter().copied());
        self.start(command)
    }

    /// Starts a command that serves, and waits until it listens.
    pub fn start(&self, command: Command) -> Server {
        self.start_logging(command, "server.log")
    }

    /// As [`Place::start`], with a log of its own.
    pub fn start_logging(&self, mut command: Command, log: &str) -> Server {
        let log = self.path(log);
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let mut server = Server { child, address: String::new(), printed: String::new(), log };
        let (sender, lines) = mpsc::channel();
        // Ends with the pipe, and so with the server.
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        while server.address.is_empty() {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                panic!("it does not listen: {}\n{}", server.printed, server.log());
            };
            if let Some(address) = line.strip_prefix("listening on http://") {
                server.address = address.to_owned();
            }
            server.printed += &line;
            server.printed.push('\n');
        }
        server
    }
}

fn clear_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MAKEGOOD_") {
            command.env_remove(name);
        }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server that listens. It is killed when the test ends.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    /// What it printed until it listened.
    pub printed: String,
    log: PathBuf,
}

impl Server {
    /// A connection with the bootstrap key.
    pub fn client(&self) -> Client {
        Client::connect(&self.address, KEY).unwrap()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and returns its exit code.
    pub fn stop(mut self) -> Option<i32> {
        signal(self.child.id(), "TERM");
        self.wait()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        let mut log = String::new();
        File::open(&self.log).unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process.
pub fn signal(id: u32, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status();
    assert!(status.unwrap().success(), "kill -{name} {id}");
}

/// Flips one bit of a file.
pub fn flip_bit(path: &Path, offset: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[offset] ^= 1;
    std::fs::write(path, bytes).unwrap();
}
