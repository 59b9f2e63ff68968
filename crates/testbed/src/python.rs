//! Scripts in Python, as servers and readers that share no code with ours.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Names the variable in which the Python with the packages of the tests stands.
pub const PYTHON_VARIABLE: &str = "MAKEGOOD_TEST_PYTHON";

/// Longest wait for a line of a script.
const PATIENCE: Duration = Duration::from_secs(30);

/// The Python to run scripts with.
///
/// # Panics
///
/// When nobody has said which.
pub fn python() -> String {
    std::env::var(PYTHON_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "no Python to test with: ./test installs what is needed; by hand: python3 -m venv \
             .tools/python && .tools/python/bin/pip install -r tests/python-packages.txt && \
             export {PYTHON_VARIABLE}=$PWD/.tools/python/bin/python"
        )
    })
}

/// A script that runs. It is ended when this goes.
#[derive(Debug)]
pub struct Script {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Script {
    /// Starts a script. What it says on its standard error is seen with the output of the test.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn start(script: &str, arguments: &[&str]) -> Script {
        assert!(Path::new(script).exists(), "there is no {script}");
        let mut process = Command::new(python())
            .args(["-u", script])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(process.stdout.take().unwrap());
        // Ends with the process, whose output it reads.
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = process.stdin.take();
        Script { process, input, lines }
    }

    /// Starts a server, whose first line is the port of 127.0.0.1 on which it listens.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn server(script: &str, arguments: &[&str]) -> (Script, SocketAddr) {
        let script = Script::start(script, arguments);
        let port = script.line();
        let port: u16 = port.parse().unwrap_or_else(|_| panic!("{port:?} is no port"));
        (script, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// The next line that the script says.
    ///
    /// # Panics
    ///
    /// When it has ended, or says nothing for half a minute.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the script says something")
    }

    /// What the script has said and nobody has asked for yet.
    pub fn lines_so_far(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Says a line to the script.
    ///
    /// # Panics
    ///
    /// When it has ended.
    pub fn tell(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open until the end");
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
