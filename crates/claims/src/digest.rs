//! Hashes that stand for what a row must not show.

/// SHA-256 of something that is kept elsewhere: sealed words, a file, the facts of a decision.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

/// A keyed hash of an address or a text: equal ones can be told, none can be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 16]);

macro_rules! shown_in_hexadecimal {
    ($($name:ident),+) => {$(
        /// Hexadecimal digits.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        /// Hexadecimal digits.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )+};
}

shown_in_hexadecimal!(Digest, Fingerprint);
