//! A PostgreSQL server that belongs to one test: to be killed, restarted, followed, promoted.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::{ask, run, unique_name};

/// What tests/postgres does for the server of all tests, it does for these too.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");

/// Ports that the system gives nobody by itself, so that a server that is away keeps its own.
const PORTS: std::ops::Range<u32> = 15_000..32_000;

/// Settings of all servers. A crash must be one: everything is synced.
const SETTINGS: &str = "
    listen_addresses = '127.0.0.1'
    unix_socket_directories = ''
    fsync = on
    max_connections = 60
    shared_buffers = '32MB'
    wal_keep_size = '256MB'
    max_wal_senders = 5
    hot_standby = on
    wal_receiver_status_interval = '100ms'
    wal_retrieve_retry_interval = '100ms'
    autovacuum = off
";

/// Time in which anything that is waited for must happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Transactions are rolled back, everything is written.
    Fast,
    /// As though the machine had failed: the next start reads the log.
    Immediate,
}

/// A server of a test's own, on loopback. It is killed when this goes, or the test is.
#[derive(Debug)]
pub struct OwnServer {
    folder: PathBuf,
    port: u16,
    /// Stops and removes the server as soon as its input ends.
    undertaker: Child,
}

impl OwnServer {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start() -> OwnServer {
        OwnServer::start_with("")
    }

    /// Starts one with these lines in its configuration.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_with(settings: &str) -> OwnServer {
        let folder = std::env::temp_dir().join(format!("makegood-{}", unique_name()));
        OwnServer::start_in(folder, settings)
    }

    /// Starts one in a folder that is made, or is there and empty: for a disk of its own.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_in(folder: PathBuf, settings: &str) -> OwnServer {
        let server = OwnServer::prepared(folder);
        let pgdata = format!("--pgdata={}", server.data());
        program(
            "initdb",
            &[
                &pgdata,
                "--username=makegood",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        );
        server.configure(SETTINGS);
        server.configure(&format!("port = {}\n{settings}", server.port));
        server.start_again();
        server
    }

    fn prepared(folder: PathBuf) -> OwnServer {
        fs::create_dir_all(&folder).unwrap();
        // The server's user must own it, and be allowed to pass through it.
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(&folder).status();
            assert!(owned.unwrap().success(), "chown {}", folder.display());
        }
        OwnServer { undertaker: undertaker(&folder), folder, port: free_port() }
    }

    /// A standby that follows this server under a name, as `synchronous_standby_names` lists it.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn standby(&self, name: &str) -> OwnServer {
        let folder = std::env::temp_dir().join(format!("makegood-{}", unique_name()));
        let standby = OwnServer::prepared(folder);
        standby.copy(self, name);
        standby.start_again();
        standby
    }

    /// Makes this server, which is stopped, a standby of another one, from a copy of that: what
    /// this one had is gone.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn follow(&self, primary: &OwnServer, name: &str) {
        fs::remove_dir_all(self.folder.join("data")).unwrap();
        self.copy(primary, name);
        self.start_again();
    }

    fn copy(&self, primary: &OwnServer, name: &str) {
        let (pgdata, from) = (format!("--pgdata={}", self.data()), primary.connection());
        let from = format!("--dbname={from}");
        let how = ["--checkpoint=fast", "--wal-method=stream", "--no-sync"];
        program("pg_basebackup", &[&[pgdata.as_str(), &from], &how[..]].concat());
        self.configure(&format!(
            "port = {}\nprimary_conninfo = '{} application_name={name}'\n",
            self.port,
            primary.connection(),
        ));
        // Only whether it is there counts.
        fs::write(self.folder.join("data/standby.signal"), "").unwrap();
    }

    fn connection(&self) -> String {
        format!("host=127.0.0.1 port={} user=makegood", self.port)
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// Host and port.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Address of its database.
    pub fn address(&self) -> String {
        format!("postgres://makegood@{}/postgres", self.host())
    }

    /// Adds lines to its configuration; later ones win. They hold from the next start on.
    ///
    /// # Panics
    ///
    /// When the file cannot be written.
    pub fn configure(&self, settings: &str) {
        let path = self.folder.join("data/postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(path).unwrap();
        writeln!(file, "{settings}").unwrap();
    }

    /// Changes a setting while it runs; an empty value is that.
    ///
    /// # Panics
    ///
    /// When PostgreSQL refuses.
    pub fn set(&self, setting: &str, value: &str) {
        run(&self.address(), &format!("alter system set {setting} = '{value}'"));
        run(&self.address(), "select pg_reload_conf()");
        let shown = format!("show {setting}");
        self.wait_for(&shown, value);
    }

    /// Waits until a question has this answer.
    ///
    /// # Panics
    ///
    /// When it does not come.
    pub fn wait_for(&self, question: &str, answer: &str) {
        let (_sender, never) = std::sync::mpsc::channel::<()>();
        let pause = Duration::from_millis(20);
        let mut said = None;
        for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
            said = ask(&self.address(), question).ok().flatten();
            if said.as_deref() == Some(answer) {
                return;
            }
            let _ = never.recv_timeout(pause);
        }
        panic!("{question}: {said:?} in place of {answer}\n{}", self.log());
    }

    /// Waits until a standby of this name follows in this way: `sync` or `async`.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn wait_for_standby(&self, name: &str, how: &str) {
        let of = format!("application_name = '{name}' and state = 'streaming'");
        self.wait_for(&format!("select sync_state from pg_stat_replication where {of}"), how);
    }

    /// Tells PostgreSQL not to wait for a standby with what waits now; how many did.
    ///
    /// # Panics
    ///
    /// When it does not answer.
    pub fn cancel_waits(&self) -> usize {
        let cancel = "select count(pg_cancel_backend(pid)) from pg_stat_activity \
                      where wait_event = 'SyncRep'";
        ask(&self.address(), cancel).unwrap().unwrap().parse().unwrap()
    }

    /// Waits until this standby has everything that its primary has.
    ///
    /// # Panics
    ///
    /// When it does not get there.
    pub fn wait_for_all_of(&self, primary: &OwnServer) {
        let end = ask(&primary.address(), "select pg_current_wal_flush_lsn()").unwrap().unwrap();
        self.wait_for(&format!("select pg_last_wal_replay_lsn() >= '{end}'"), "t");
    }

    /// Starts it again after it was stopped.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&self) {
        let log = format!("--log={}", self.folder.join("server.log").display());
        self.control("start", &[&log]);
    }

    /// Whether it runs: one that ends by itself removes this file as well.
    pub fn is_running(&self) -> bool {
        self.folder.join("data/postmaster.pid").exists()
    }

    /// Stops it. One that is stopped stays so.
    ///
    /// # Panics
    ///
    /// When it does not stop.
    pub fn stop(&self, how: Stop) {
        if self.is_running() {
            let mode = if how == Stop::Fast { "--mode=fast" } else { "--mode=immediate" };
            self.control("stop", &[mode]);
        }
    }

    /// Stops and starts it.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub fn restart(&self, how: Stop) {
        self.stop(how);
        self.start_again();
    }

    /// Makes a standby the primary.
    ///
    /// # Panics
    ///
    /// When it does not become one.
    pub fn promote(&self) {
        self.control("promote", &[]);
    }

    fn control(&self, what: &str, more: &[&str]) {
        let pgdata = format!("--pgdata={}", self.data());
        let all = [&[what, &pgdata, "--wait", "--silent", "--timeout=30"], more].concat();
        assert!(tried("pg_ctl", &all), "pg_ctl {what}\n{}", self.log());
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // What cannot be stopped or removed is not what the test is about.
        drop(self.undertaker.stdin.take());
        let _ = self.undertaker.wait();
    }
}

/// A process that outlives a test which is killed: such a test drops nothing, but the system ends
/// the pipe. It is in a group of its own, for whoever kills a test kills the test's group.
fn undertaker(folder: &Path) -> Child {
    let wait = r#"read -r _; exec "$0" stop "$1""#;
    Command::new("bash")
        .args(["-c", wait, SCRIPT])
        .arg(folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// One address for several servers, of which the one that can write is meant.
pub fn all_of(servers: &[&OwnServer]) -> String {
    let hosts: Vec<String> = servers.iter().map(|server| server.host()).collect();
    let hosts = hosts.join(",");
    format!("postgres://makegood@{hosts}/postgres?target_session_attrs=read-write")
}

fn program(name: &str, args: &[&str]) {
    assert!(tried(name, args), "{name} {args:?}");
}

/// Runs a program of PostgreSQL; what it complains about stands in the test's output.
fn tried(name: &str, args: &[&str]) -> bool {
    let output = Command::new(SCRIPT).arg("run").arg(name).args(args).output().unwrap();
    if !output.status.success() {
        println!("{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A port that nobody listens at; tests in other processes begin elsewhere.
fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = PORTS.end - PORTS.start;
    loop {
        let next = COUNT.fetch_add(1, Ordering::Relaxed);
        let place = process::id().wrapping_mul(37).wrapping_add(next) % count;
        let port = u16::try_from(PORTS.start + place).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
