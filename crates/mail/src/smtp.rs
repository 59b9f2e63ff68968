//! The way to a mail server, over SMTP.
//!
//! The library's own `send` does not say how far it came, and that decides what is true: a
//! connection lost before the text was handed over is harmless, after it nobody knows. So the
//! steps are taken one by one here.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use crate::{Deferral, Domain, Mailer, Message, Outcome, Refusal, Reply, Step, Trouble, mime};

/// Names of this machine for which a connection may go without encryption.
const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte (port 465).
    Tls,
    /// Encrypted by `STARTTLS` before anything is said (port 587); never without.
    StartTls,
    /// Not encrypted: to a server on this machine only.
    PlainOnLoopback,
}

/// Name and password for the server.
#[derive(Clone)]
pub struct Login {
    /// The account.
    pub user: String,
    /// Its password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// How to reach the server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who we are to it; `None` where it trusts the network.
    pub login: Option<Login>,
    /// What we call ourselves in greeting: the public name of this machine.
    pub hello_name: Domain,
    /// Longest wait for connecting, and for each answer.
    pub patience: Duration,
    /// Roots of certificates (DER) that are trusted beside those of the machine.
    pub more_roots: Vec<Vec<u8>>,
}

/// Hands messages to a mail server, each over a connection of its own.
pub struct SmtpMailer {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer with these settings. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SmtpSettingsError`].
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpSettingsError> {
        let is_loopback = LOOPBACK.contains(&settings.host.as_str());
        let tls = match settings.security {
            Security::PlainOnLoopback if !is_loopback => {
                return Err(SmtpSettingsError::PlainBeyondLoopback);
            }
            Security::PlainOnLoopback => None,
            Security::Tls | Security::StartTls => {
                let mut parameters = TlsParameters::builder(settings.host.clone());
                for root in &settings.more_roots {
                    let root =
                        Certificate::from_der(root.clone()).map_err(|_| SmtpSettingsError::Root)?;
                    parameters = parameters.add_root_certificate(root);
                }
                Some(parameters.build_rustls().map_err(|_| SmtpSettingsError::Root)?)
            }
        };
        Ok(Self { settings, tls })
    }

    /// A connection on which the next word is the sender's.
    fn connect(&self) -> Result<SmtpConnection, Deferral> {
        let settings = &self.settings;
        let hello = ClientId::Domain(settings.hello_name.as_str().to_owned());
        let addresses = self.addresses().map_err(|_| broken(Step::Connect))?;
        let from_start = self.tls.as_ref().filter(|_| settings.security == Security::Tls);
        let mut connection = SmtpConnection::connect(
            addresses.as_slice(),
            Some(settings.patience),
            &hello,
            from_start,
            None,
        )
        .map_err(|error| deferral(Step::Connect, &error))?;
        if settings.security == Security::StartTls {
            let tls = self.tls.as_ref().expect("made for this security");
            connection.starttls(tls, &hello).map_err(|error| deferral(Step::Encrypt, &error))?;
        }
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            if let Err(error) = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            {
                connection.abort();
                return Err(deferral(Step::Login, &error));
            }
        }
        Ok(connection)
    }

    /// Where the server is. Without encryption no name is asked for: it might lead elsewhere.
    fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        let SmtpSettings { host, port, security, .. } = &self.settings;
        match (security, host.as_str()) {
            (Security::PlainOnLoopback, "::1") => {
                Ok(vec![SocketAddr::from((Ipv6Addr::LOCALHOST, *port))])
            }
            (Security::PlainOnLoopback, _) => {
                Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, *port))])
            }
            (_, host) => Ok((host, *port).to_socket_addrs()?.collect()),
        }
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, message: &Message) -> Outcome {
        let mut connection = match self.connect() {
            Ok(connection) => connection,
            Err(deferral) => return Outcome::Deferred(deferral),
        };
        let outcome = hand_over(&mut connection, message);
        if outcome == Outcome::Sent {
            // The message is the server's; what becomes of the farewell does not matter.
            let _ = connection.quit();
        } else {
            connection.abort();
        }
        outcome
    }
}

/// The talk about one message. Refusals up to the sender are about us and only defer.
fn hand_over(connection: &mut SmtpConnection, message: &Message) -> Outcome {
    let return_path = mime::address(&message.return_path);
    if let Err(error) = connection.command(Mail::new(Some(return_path), Vec::new())) {
        return Outcome::Deferred(deferral(Step::Sender, &error));
    }
    let recipient = mime::address(&message.to.address);
    if let Err(error) = connection.command(Rcpt::new(recipient, Vec::new())) {
        return refused_or_deferred(Step::Recipient, &error);
    }
    if let Err(error) = connection.command(Data) {
        return refused_or_deferred(Step::Text, &error);
    }
    match connection.message(&message.reveal_bytes()) {
        Ok(_) => Outcome::Sent,
        // Without a reply of three digits nobody knows how much of the text has arrived.
        Err(error) if error.status().is_none() => Outcome::Unknown,
        Err(error) => refused_or_deferred(Step::Text, &error),
    }
}

fn refused_or_deferred(step: Step, error: &Error) -> Outcome {
    match deferral(step, error) {
        Deferral { trouble: Trouble::Reply(reply), .. } if reply.is_permanent() => {
            Outcome::Refused(Refusal { step, reply })
        }
        deferral => Outcome::Deferred(deferral),
    }
}

fn deferral(step: Step, error: &Error) -> Deferral {
    let words = || std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let trouble = match error.status() {
        Some(code) => Trouble::Reply(Reply::new(code.into(), &words())),
        None if error.is_tls() || is_handshake(step) && is_invalid_data(error) => Trouble::Security,
        None if error.is_client() => Trouble::NotOffered,
        None => Trouble::Broken,
    };
    Deferral { step, trouble }
}

/// The handshake happens with the first byte that is written or read, so a certificate that is not
/// trusted comes as an error of the network in one of these steps.
fn is_handshake(step: Step) -> bool {
    matches!(step, Step::Connect | Step::Encrypt)
}

fn is_invalid_data(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let input = inner.downcast_ref::<std::io::Error>();
        if input.is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        cause = inner.source();
    }
    false
}

fn broken(step: Step) -> Deferral {
    Deferral { step, trouble: Trouble::Broken }
}

/// Why settings cannot be used. The text is for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpSettingsError {
    /// Without encryption to another machine: links that open gifts would cross a network in clear.
    #[error(
        "mail without encryption goes only to a server on this machine (localhost, 127.0.0.1, \
         ::1); choose TLS or STARTTLS"
    )]
    PlainBeyondLoopback,
    /// A root certificate is not one.
    #[error("a root certificate for the mail server cannot be read; it must be one in DER form")]
    Root,
}
