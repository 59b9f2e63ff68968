use std::fmt;

use crate::Message;

/// Who takes a message. Sending blocks, for as long as the settings of the mailer allow: jobs call
/// it from threads of their own.
pub trait Mailer: Send + Sync {
    /// Hands one message over, once. Trying again is the caller's, by
    /// [`schedule`](crate::schedule).
    fn send(&self, message: &Message) -> Outcome;
}

/// What became of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken the message and answers for it. A report may still come back.
    Sent,
    /// The server will never take this message to this recipient: it bounced.
    Refused(Refusal),
    /// Nothing was handed over; trying again is right.
    Deferred(Deferral),
    /// The text was handed over and the answer never came: it may have been sent or not.
    Unknown,
}

/// A refusal for good of the recipient or of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// [`Step::Recipient`] or [`Step::Text`].
    pub step: Step,
    /// What the server said.
    pub reply: Reply,
}

/// Why nothing was handed over this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deferral {
    /// How far it went.
    pub step: Step,
    /// What stopped it.
    pub trouble: Trouble,
}

impl Deferral {
    /// True when waiting alone will hardly help and the operator should look: the server refused
    /// for good what is ours (login, sender), or its certificate is not trusted.
    pub fn needs_operator(&self) -> bool {
        match self.trouble {
            Trouble::Reply(reply) => reply.is_permanent(),
            Trouble::Security | Trouble::NotOffered => true,
            Trouble::Broken => false,
        }
    }
}

/// How far the talk with the server went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reaching the server, and its greeting.
    Connect,
    /// Turning encryption on, in a connection that begins without.
    Encrypt,
    /// Logging in.
    Login,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Handing over the text.
    Text,
}

/// What stopped an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server said no.
    Reply(Reply),
    /// The connection failed, broke, or nothing came in time; or a file could not be written.
    Broken,
    /// Encryption failed: a certificate that is not trusted, or for another name.
    Security,
    /// The server offers no encryption, or no way to log in that we know.
    NotOffered,
}

/// What a server answered, without its words: they often quote the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits, 400 to 599.
    pub code: u16,
    /// The finer code of RFC 3463, such as 5.1.1 for a mailbox that does not exist, if given.
    pub status: Option<[u16; 3]>,
}

impl Reply {
    /// Reads the finer code, if the text begins with one of the same class.
    pub(crate) fn new(code: u16, text: &str) -> Self {
        let status = read_status(text.split_whitespace().next().unwrap_or_default());
        Self { code, status: status.filter(|status| status[0] == code / 100) }
    }

    /// True for 500 and above: the server will say the same again.
    pub fn is_permanent(self) -> bool {
        self.code >= 500
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some([class, subject, detail]) => {
                write!(f, "{} {class}.{subject}.{detail}", self.code)
            }
            None => write!(f, "{}", self.code),
        }
    }
}

/// A code of RFC 3463: one digit of class and twice one to three digits, with dots between.
pub(crate) fn read_status(text: &str) -> Option<[u16; 3]> {
    let mut parts = text.split('.').map(|part| {
        let is_number = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    });
    let status = [parts.next()??, parts.next()??, parts.next()??];
    (parts.next().is_none() && matches!(status[0], 2 | 4 | 5)).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finer_code_is_read() {
        for (code, text, expected) in [
            (550, "5.1.1 no such user", "550 5.1.1"),
            (550, "no such user", "550"),
            (550, "", "550"),
            (550, "4.1.1 of another class", "550"),
            (451, "4.7.1", "451 4.7.1"),
            (550, "5.1.1000 x", "550"),
            (550, "5.1 x", "550"),
            (550, "5.1.1.1 x", "550"),
            (550, "5.+1.1 x", "550"),
        ] {
            assert_eq!(Reply::new(code, text).to_string(), expected, "{code} {text}");
        }
    }

    #[test]
    fn what_waiting_does_not_mend_is_the_operators() {
        let deferral = |trouble| Deferral { step: Step::Login, trouble };
        for (trouble, expected) in [
            (Trouble::Reply(Reply::new(535, "")), true),
            (Trouble::Reply(Reply::new(454, "")), false),
            (Trouble::Broken, false),
            (Trouble::Security, true),
            (Trouble::NotOffered, true),
        ] {
            assert_eq!(deferral(trouble).needs_operator(), expected, "{trouble:?}");
        }
    }
}
