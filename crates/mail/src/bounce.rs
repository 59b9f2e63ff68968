//! What comes back: where failures are reported to, and reading a report.
//!
//! Anybody can send a mail that looks like a report. What counts is the address it came to, which
//! nobody can make up: [`ReturnPaths::read`]. The `Message-ID` in a report is a hint for people.

mod headers;
mod report;

use outside::keyring::KeyRing;

use crate::{Address, AddressError, Domain, MessageKey};
pub use report::{Action, NotAReport, REPORT_BYTES_MAX, Recipient, Report, read_report};

const BEFORE_TOKEN: &str = "bounce+";

/// Names the purpose of the hash; part of every address that was handed out.
const LABEL: &str = "makegood mail return path";

/// Bytes of the hash in an address: 64 bits, far more than can be tried over mail.
const SEAL_BYTES: usize = 8;

/// Makes and reads return paths: `bounce+KEY-SEAL@domain`, one for each message.
///
/// The seal is a keyed hash over the key of the message, so only who got the mail (or sees it on
/// its way) can report it as failed.
#[derive(Clone, Debug)]
pub struct ReturnPaths {
    domain: Domain,
}

impl ReturnPaths {
    /// Return paths at a domain whose mail reaches us.
    ///
    /// # Errors
    ///
    /// [`AddressError::Domain`] for one without a dot.
    pub fn new(domain: Domain) -> Result<Self, AddressError> {
        Address::new(&format!("{BEFORE_TOKEN}x@{}", domain.as_str()))?;
        Ok(Self { domain })
    }

    /// The return path of a message.
    pub fn address(&self, key: &MessageKey, ring: &KeyRing) -> Address {
        let (key_text, seal) = (key.as_str(), seal(key, ring));
        let text = format!("{BEFORE_TOKEN}{key_text}-{seal}@{}", self.domain.as_str());
        Address::new(&text).expect("keys are short, and the domain was tried")
    }

    /// Which message an address is the return path of, whatever case its letters are in now.
    /// `None` when we did not make it.
    pub fn read(&self, address: &str, ring: &KeyRing) -> Option<MessageKey> {
        let address = address.to_ascii_lowercase();
        let (local, domain) = address.rsplit_once('@')?;
        if domain != self.domain.as_str().to_ascii_lowercase() {
            return None;
        }
        let (key, given) = local.strip_prefix(BEFORE_TOKEN)?.rsplit_once('-')?;
        let key = MessageKey::new(key).ok()?;
        is_same(given.as_bytes(), seal(&key, ring).as_bytes()).then_some(key)
    }
}

fn seal(key: &MessageKey, ring: &KeyRing) -> String {
    let hash = ring.short_hash(LABEL, key.as_str().as_bytes());
    hash[..SEAL_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares in the same time wherever the difference is.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let difference = left.iter().zip(right).fold(0, |sum, (left, right)| sum | (left ^ right));
    left.len() == right.len() && difference == 0
}
