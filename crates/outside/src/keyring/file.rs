//! The ring as text, and the file it is kept in.

use std::fmt::Write as _;
use std::path::Path;

use base::Instant;
use serde::Deserialize;

use super::subkeys::Secret;
use super::{KEY_VERSIONS_MAX, KeyNumber, KeyRing, KeyState, KeyVersion, RingError};
use crate::clock::{Clock, SystemClock};
use crate::random::{Randomness, SystemRandomness};
use crate::strict_files::{
    create_whole, folder_of, io_error, prepare_folder, refuse_open_to_others, replace_whole,
};

/// The only layout there is so far.
const FORMAT: u32 = 1;

const HEADER: &str = "\
# Makegood key ring. Whoever has this file and the data can spend every gift card and read every
# personal text; without it nobody can, not even you. Keep it apart from the data and its backups,
# and keep a copy of it in a safe place. Do not edit it by hand: use `makegood keys`.
";

impl KeyRing {
    /// Reads the ring at `path`, or creates one with fresh keys when there is none.
    ///
    /// The file has mode 0600 in a folder of mode 0700. Only for the first start: an installation
    /// that has data should use [`KeyRing::open`], which never makes a new ring for old data.
    ///
    /// # Errors
    ///
    /// [`RingError::File`] when others could read it, with the `chmod` to run;
    /// [`RingError::NotUnderstood`].
    pub fn open_or_create(path: &Path) -> Result<Self, RingError> {
        if !path.exists() {
            prepare_folder(folder_of(path))?;
            let fresh = Self::generate(SystemClock::new().now(), &mut SystemRandomness);
            create_whole(path, &fresh.reveal_text())?;
        }
        Self::open(path)
    }

    /// Reads the ring at `path`.
    ///
    /// # Errors
    ///
    /// [`RingError::Missing`]; otherwise as [`KeyRing::open_or_create`].
    pub fn open(path: &Path) -> Result<Self, RingError> {
        if !path.exists() {
            return Err(RingError::Missing(path.to_owned()));
        }
        refuse_open_to_others(folder_of(path), 0o700)?;
        refuse_open_to_others(path, 0o600)?;
        Self::from_text(&std::fs::read_to_string(path).map_err(io_error(path))?)
    }

    /// Puts a new current key into the ring at `path`, in one step, and returns the new ring.
    ///
    /// A running server keeps the ring it started with until it is told to read it again.
    ///
    /// # Errors
    ///
    /// As [`KeyRing::open`], and [`RingError::Full`].
    pub fn rotate_file(
        path: &Path,
        now: Instant,
        random: &mut dyn Randomness,
    ) -> Result<Self, RingError> {
        let rotated = Self::open(path)?.rotate(now, random)?;
        rotated.replace_file(path)?;
        Ok(rotated)
    }

    /// Replaces the file at `path` by this ring, in one step.
    ///
    /// # Errors
    ///
    /// [`RingError::File`].
    pub fn replace_file(&self, path: &Path) -> Result<(), RingError> {
        prepare_folder(folder_of(path))?;
        Ok(replace_whole(path, &self.reveal_text())?)
    }

    /// Reads a ring from text, such as an environment variable of a container.
    ///
    /// # Errors
    ///
    /// [`RingError::NotUnderstood`] names what is wrong, and never quotes the text.
    pub fn from_text(text: &str) -> Result<Self, RingError> {
        let ring: RingText = toml::from_str(text).map_err(|error| {
            // What the parser says may quote the text, so only the place is passed on.
            let before = error.span().and_then(|span| text.as_bytes().get(..span.start));
            let line = before.map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count() + 1);
            damaged(match line {
                Some(line) => format!("it is not understood near line {line}"),
                None => "it is not understood".to_owned(),
            })
        })?;
        ring.check()
    }

    /// The ring as text, **with its secrets**: for the file and for secret stores only.
    pub fn reveal_text(&self) -> String {
        let mut text = String::from(HEADER);
        let anchor = self.anchor.to_hex();
        writeln!(text, "format = {FORMAT}\nanchor = \"{anchor}\"").expect(INTO_STRING);
        for version in &self.versions {
            let KeyVersion { number, created_at, root, .. } = version;
            let state = state_text(version.state);
            let secret = root.to_hex();
            write!(
                text,
                "\n[[key]]\nnumber = {number}\nstate = \"{state}\"\n\
                 created_at = \"{created_at}\"\nsecret = \"{secret}\"\n"
            )
            .expect(INTO_STRING);
        }
        text
    }
}

const INTO_STRING: &str = "writing into a string cannot fail";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText {
    format: u32,
    anchor: String,
    key: Vec<KeyText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    number: u32,
    state: String,
    created_at: String,
    secret: String,
}

impl RingText {
    /// Establishes the invariants of [`KeyRing`].
    fn check(&self) -> Result<KeyRing, RingError> {
        if self.format != FORMAT {
            return Err(damaged(format!("format {} is not known to this version", self.format)));
        }
        if self.key.len() > KEY_VERSIONS_MAX {
            return Err(damaged(format!("it has more than {KEY_VERSIONS_MAX} keys")));
        }
        let anchor = Secret::from_hex(&self.anchor)
            .ok_or_else(|| damaged("the anchor is not 64 hexadecimal digits".to_owned()))?;
        let mut versions = Vec::with_capacity(self.key.len());
        for (expected, key) in (1..).zip(&self.key) {
            if key.number != expected {
                return Err(damaged(format!("key {expected} is missing or out of order")));
            }
            versions.push(key.check()?);
        }
        let mut current = versions.iter().filter(|version| version.state == KeyState::Current);
        match (current.next(), current.next()) {
            (Some(only), None) => {
                let current = only.number;
                Ok(KeyRing::assemble(anchor, versions, current))
            }
            _ => Err(damaged("exactly one key must be current".to_owned())),
        }
    }
}

impl KeyText {
    fn check(&self) -> Result<KeyVersion, RingError> {
        let wrong = |what| damaged(format!("the {what} of key {} is wrong", self.number));
        let number = KeyNumber::new(self.number).ok_or_else(|| wrong("number"))?;
        let state = state_from_text(&self.state).ok_or_else(|| wrong("state"))?;
        let created_at = self.created_at.parse().map_err(|_| wrong("created_at"))?;
        let root = Secret::from_hex(&self.secret).ok_or_else(|| wrong("secret"))?;
        Ok(KeyVersion::of(number, state, created_at, root))
    }
}

fn damaged(what: String) -> RingError {
    RingError::NotUnderstood(what)
}

fn state_text(state: KeyState) -> &'static str {
    match state {
        KeyState::Current => "current",
        KeyState::Readable => "readable",
        KeyState::Retired => "retired",
    }
}

fn state_from_text(text: &str) -> Option<KeyState> {
    [KeyState::Current, KeyState::Readable, KeyState::Retired]
        .into_iter()
        .find(|state| state_text(*state) == text)
}
