//! Who asks for a code by mail, and who pays when it was wrong: the browser that its person has
//! used before, or else the address and the network of a stranger.
//!
//! A stranger must be able neither to guess nor to shut anybody out. So what strangers do with an
//! address counts for strangers alone, and never closes it: it makes their codes longer. A browser
//! in which somebody has signed in keeps a budget of its own for them.
//!
//! How many guesses that leaves: strangers get [`CODES_PER_HOUR_MAX`] codes an hour for an address,
//! each good for five tries. Short ones are sent as long as fewer than [`DOUBT`] allows were wrong,
//! of which two a day are forgotten: about 800 guesses at short codes a year, which find one with a
//! chance of 1 in 120,000, and 440,000 guesses at long ones, with a chance of 1 in 2,000,000.

use base::{Instant, Span};

use crate::{CodeLength, Rate, Refusal, SecretHash, Tries, Used};

/// Codes that strangers together can have sent to one address within an hour, so that nobody
/// floods a mailbox.
pub const CODES_PER_HOUR_MAX: usize = 10;

/// Codes of them that can be asked for from one network, so that one alone cannot use them up.
pub const CODES_PER_HOUR_AND_NETWORK_MAX: usize = 4;

/// Codes that a known browser can have sent within an hour.
pub const CODES_PER_HOUR_AND_BROWSER_MAX: usize = 5;

/// Wrong codes of strangers until the codes for an address are long; two a day are forgotten.
pub const DOUBT: Rate = Rate { at_once: 10, within: Span::days(5) };

/// Codes that strangers of one network can ask for, whatever the addresses.
pub const ASKED_BY_NETWORK: Rate = Rate { at_once: 40, within: Span::hours(1) };

/// Wrong codes that strangers of one network can enter, whatever the addresses.
pub const WRONG_BY_NETWORK: Rate = Rate { at_once: 40, within: Span::hours(1) };

/// A code that a stranger has had sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentToStranger {
    /// When.
    pub at: Instant,
    /// From which network, when that is known.
    pub network: Option<SecretHash>,
}

/// What is remembered of an address, whether it has an account or not: what strangers did with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressLog {
    /// The codes of the last hour, oldest first.
    pub sent: Vec<SentToStranger>,
    /// Wrong codes, of [`DOUBT`].
    pub doubt: Used,
}

impl AddressLog {
    /// The log after one more code was sent, and how long that has to be.
    ///
    /// # Errors
    ///
    /// `Wait` when too many were sent within an hour, from this network or at all.
    pub fn ask(
        &self,
        network: Option<SecretHash>,
        now: Instant,
    ) -> Result<(AddressLog, CodeLength), Refusal> {
        let hour_ago = now.saturating_sub(Span::hours(1));
        let mut sent: Vec<_> = self.sent.iter().copied().filter(|one| one.at > hour_ago).collect();
        let from_here = |one: &SentToStranger| network.is_some() && one.network == network;
        let here = sent.iter().filter(|one| from_here(one)).map(|one| one.at);
        check_hour(here, CODES_PER_HOUR_AND_NETWORK_MAX)?;
        check_hour(sent.iter().map(|one| one.at), CODES_PER_HOUR_MAX)?;
        sent.push(SentToStranger { at: now, network });
        let length = match self.doubt.check(DOUBT, now) {
            Ok(()) => CodeLength::Usual,
            Err(_) => CodeLength::Long,
        };
        Ok((AddressLog { sent, doubt: self.doubt }, length))
    }

    /// True when nothing is worth remembering: the row can go.
    pub fn is_idle(&self, now: Instant) -> bool {
        now >= self.idle_at()
    }

    /// From when on nothing is worth remembering.
    pub fn idle_at(&self) -> Instant {
        let sent = self.sent.iter().map(|one| one.at.saturating_add(Span::hours(1)));
        sent.fold(self.doubt.full_at, Instant::max)
    }
}

/// What strangers of one network did lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkLog {
    /// Codes that were asked for, of [`ASKED_BY_NETWORK`].
    pub asked: Used,
    /// Wrong codes that were entered, of [`WRONG_BY_NETWORK`].
    pub wrong: Used,
}

impl NetworkLog {
    /// From when on nothing is worth remembering.
    pub fn idle_at(&self) -> Instant {
        self.asked.full_at.max(self.wrong.full_at)
    }
}

/// A browser in which somebody has signed in before, for that person. It shows a token of 256 bits
/// that only it has, so what strangers do does not concern it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBrowser {
    /// When they signed in with it first.
    pub known_at: Instant,
    /// When they did last.
    pub used_at: Instant,
    /// When its codes of the last hour were sent, oldest first.
    pub sent: Vec<Instant>,
    /// Its wrong codes since the last right one.
    pub tries: Tries,
}

impl KnownBrowser {
    /// How long a browser is known after somebody has signed in with it; browsers keep cookies no
    /// longer (RFC 6265bis, section 5.5: 400 days).
    pub const LIFETIME: Span = Span::days(400);

    /// Browsers known for one person; with one more, the one that rested longest is forgotten.
    pub const PER_PERSON_MAX: u32 = 20;

    /// One in which somebody signs in now.
    pub fn new(now: Instant) -> KnownBrowser {
        KnownBrowser { known_at: now, used_at: now, sent: Vec::new(), tries: Tries::default() }
    }

    /// The same after somebody has signed in with it again.
    #[must_use]
    pub fn used(&self, now: Instant) -> KnownBrowser {
        KnownBrowser { used_at: now, tries: Tries::cleared(), ..self.clone() }
    }

    /// Whether it still counts: it is not too old, and has not guessed a hundred times.
    pub fn is_known(&self, now: Instant) -> bool {
        now < self.used_at.saturating_add(Self::LIFETIME) && self.tries.failures < Tries::MAX
    }

    fn ask(&self, now: Instant) -> Result<KnownBrowser, Refusal> {
        self.tries.check(now)?;
        self.write(now)
    }

    fn write(&self, now: Instant) -> Result<KnownBrowser, Refusal> {
        let hour_ago = now.saturating_sub(Span::hours(1));
        let mut sent: Vec<_> = self.sent.iter().copied().filter(|at| *at > hour_ago).collect();
        check_hour(sent.iter().copied(), CODES_PER_HOUR_AND_BROWSER_MAX)?;
        sent.push(now);
        Ok(KnownBrowser { sent, ..self.clone() })
    }
}

/// Who asks for a code, or enters one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A browser that its person has used before.
    Known(KnownBrowser),
    /// Anybody else.
    Stranger {
        /// What strangers did with the address.
        address: AddressLog,
        /// What strangers of the network did, and which one, when it is known.
        network: Option<(SecretHash, NetworkLog)>,
    },
}

impl Asker {
    /// Whoever asks, after one more code was sent, and how long that has to be.
    ///
    /// # Errors
    ///
    /// `Wait`; of a known browser as [`Asker::check`] and when it had too many within an hour, of
    /// a stranger when the network or the address had.
    pub fn ask(&self, now: Instant) -> Result<(Asker, CodeLength), Refusal> {
        match self {
            Asker::Known(browser) => Ok((Asker::Known(browser.ask(now)?), CodeLength::Usual)),
            Asker::Stranger { address, network } => {
                if let Some((_, log)) = network {
                    log.asked.check(ASKED_BY_NETWORK, now)?;
                }
                let (address, length) = address.ask(network.map(|(hash, _)| hash), now)?;
                let network = network.map(|(hash, log)| {
                    let asked = log.asked.once_more(ASKED_BY_NETWORK, now);
                    (hash, NetworkLog { asked, ..log })
                });
                Ok((Asker::Stranger { address, network }, length))
            }
        }
    }

    /// Whoever asks, after they have written to the shop and told the address for the answer. It
    /// counts as a code, so that nobody can have more sent there by asking for both; and whoever
    /// has entered wrong codes may write all the same, for they need help.
    ///
    /// # Errors
    ///
    /// `Wait` when the browser, the network or the address had too many within an hour.
    pub fn write(&self, now: Instant) -> Result<Asker, Refusal> {
        match self {
            Asker::Known(browser) => browser.write(now).map(Asker::Known),
            Asker::Stranger { .. } => self.ask(now).map(|(asker, _)| asker),
        }
    }

    /// Whether a code may be tried now.
    ///
    /// # Errors
    ///
    /// `WayClosed` and `Wait`: of a known browser for its own tries, of a stranger for those of the
    /// network. What others did with the address refuses nobody.
    pub fn check(&self, now: Instant) -> Result<(), Refusal> {
        match self {
            Asker::Known(browser) => browser.tries.check(now),
            Asker::Stranger { network: Some((_, log)), .. } => {
                log.wrong.check(WRONG_BY_NETWORK, now)
            }
            Asker::Stranger { network: None, .. } => Ok(()),
        }
    }

    /// Whoever asks, after a wrong code.
    #[must_use]
    pub fn failed(&self, now: Instant) -> Asker {
        match self {
            Asker::Known(browser) => {
                let tries = browser.tries.failed(now);
                Asker::Known(KnownBrowser { tries, ..browser.clone() })
            }
            Asker::Stranger { address, network } => {
                let doubt = address.doubt.once_more(DOUBT, now);
                let network = network.map(|(hash, log)| {
                    let wrong = log.wrong.once_more(WRONG_BY_NETWORK, now);
                    (hash, NetworkLog { wrong, ..log })
                });
                Asker::Stranger { address: AddressLog { doubt, ..address.clone() }, network }
            }
        }
    }

    /// Whoever asks, after a right code. What strangers are doubted for is not forgotten by it:
    /// else they would guess at short codes again each time that the owner signs in.
    #[must_use]
    pub fn succeeded(&self) -> Asker {
        match self {
            Asker::Known(browser) => {
                Asker::Known(KnownBrowser { tries: Tries::cleared(), ..browser.clone() })
            }
            Asker::Stranger { .. } => self.clone(),
        }
    }
}

/// `sent` is oldest first.
fn check_hour(sent: impl Iterator<Item = Instant> + Clone, max: usize) -> Result<(), Refusal> {
    let count = sent.clone().count();
    // The one that has to be an hour old before there is room.
    match count.checked_sub(max).and_then(|over| sent.clone().nth(over)) {
        Some(oldest) => Err(Refusal::Wait(oldest.saturating_add(Span::hours(1)))),
        None => Ok(()),
    }
}
