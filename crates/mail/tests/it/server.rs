//! A mail server in a process of its own, and the way to it.

use std::time::Duration;

use mail::{Domain, Login, Security, SmtpMailer, SmtpSettings};
use serde_json::Value;
use testbed::Script;
use testbed::certificates;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/mail_server.py");

pub struct Server {
    script: Script,
    port: u16,
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let (script, address) = Script::server(SCRIPT, arguments);
        Self { script, port: address.port() }
    }

    pub fn encrypted(how: &str) -> Self {
        Self::start(&[how, "--certificate", certificates::server_pem()])
    }

    /// Settings that fit a server without encryption; change what the test is about.
    pub fn settings(&self) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::PlainOnLoopback,
            login: None,
            hello_name: Domain::new("pay.shop.example").unwrap(),
            patience: Duration::from_secs(20),
            more_roots: Vec::new(),
        }
    }

    pub fn encrypted_settings(&self, security: Security) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".to_owned(),
            security,
            more_roots: vec![certificates::AUTHORITY.to_vec()],
            ..self.settings()
        }
    }

    pub fn mailer(&self) -> SmtpMailer {
        SmtpMailer::new(self.settings()).unwrap()
    }

    /// The next mail that arrived.
    pub fn arrived(&self) -> Value {
        serde_json::from_str(&self.script.line()).unwrap()
    }

    /// Whether more mails have arrived.
    pub fn has_more(&self) -> bool {
        !self.script.lines_so_far().is_empty()
    }
}

pub fn login(user: &str, password: &str) -> Option<Login> {
    Some(Login { user: user.to_owned(), password: password.to_owned() })
}
