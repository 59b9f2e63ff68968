use std::fmt;

/// Something that shows who somebody is. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Way {
    /// A code that came by mail: they can read the mailbox. NIST SP 800-63B-4, section 3.1.3, does
    /// not count it as an authenticator of its own; it opens what customers do.
    MailCode = 1,
    /// A code that changes with time, from a secret shared with their authenticator (RFC 6238).
    Totp = 2,
    /// One of the codes for the day the authenticator is lost.
    RecoveryCode = 3,
    /// A passkey that has verified its user. Nobody can be talked into giving it away.
    Passkey = 4,
    /// The embedding shop says who they are.
    HandOver = 5,
}

impl Way {
    /// Every way.
    pub const ALL: [Way; 5] =
        [Way::MailCode, Way::Totp, Way::RecoveryCode, Way::Passkey, Way::HandOver];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::MailCode => "mail_code",
            Way::Totp => "totp",
            Way::RecoveryCode => "recovery_code",
            Way::Passkey => "passkey",
            Way::HandOver => "hand_over",
        }
    }
}

/// The ways that were shown together, one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways(u8);

impl Ways {
    /// Of one way.
    pub fn of(way: Way) -> Ways {
        Ways::default().with(way)
    }

    /// And one more.
    #[must_use]
    pub fn with(self, way: Way) -> Ways {
        Ways(self.0 | 1 << way as u8)
    }

    /// Whether this one is among them.
    pub fn has(self, way: Way) -> bool {
        self.0 & 1 << way as u8 != 0
    }

    /// Each of them, in order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Way> {
        Way::ALL.into_iter().filter(move |way| self.has(*way))
    }

    /// The stored number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Reads the stored number back; `None` when it has bits of no way.
    pub fn from_number(number: u8) -> Option<Ways> {
        let known = Way::ALL.into_iter().fold(Ways::default(), Ways::with);
        (number & !known.0 == 0).then_some(Ways(number))
    }

    /// How hard they are to steal together.
    pub fn strength(self) -> Strength {
        let first = self.has(Way::MailCode) || self.has(Way::HandOver);
        let second = self.has(Way::Totp) || self.has(Way::RecoveryCode);
        match (self.has(Way::Passkey), first, second) {
            (true, ..) => Strength::PhishingResistant,
            (false, true, true) => Strength::TwoFactors,
            (false, true, false) => Strength::OneFactor,
            (false, false, _) => Strength::Nothing,
        }
    }
}

impl fmt::Debug for Ways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// How hard what was shown is to steal, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Too little for a session.
    Nothing,
    /// One thing.
    OneFactor,
    /// Two different things; a good imitation of our page can still get both (NIST's AAL2).
    TwoFactors,
    /// Bound to our address by a key that never leaves its device (AAL2 with resistance to
    /// phishing; AAL3 for keys that cannot be copied, which is not checked).
    PhishingResistant,
}

impl Strength {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Strength::Nothing => "nothing",
            Strength::OneFactor => "one_factor",
            Strength::TwoFactors => "two_factors",
            Strength::PhishingResistant => "phishing_resistant",
        }
    }
}
