//! Frames: kind, length, payload, checksum. Each checksum covers everything up to it, so that no
//! frame can be changed, left out, or put somewhere else.

use std::io::{ErrorKind, Read, Write};

use sha2::{Digest, Sha256};

use crate::{CopyError, Damage};

/// The first bytes of a file, which say what it is. The version of the format follows.
pub(crate) type Magic = [u8; 16];

/// Bytes of a checksum: the first of a SHA-256.
const CHECKSUM_BYTES: usize = 8;

/// Bytes of kind and length.
const HEADER_BYTES: usize = 5;

/// Writes frames.
pub(crate) struct FrameWriter<W> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> FrameWriter<W> {
    pub(crate) fn new(out: W, magic: &Magic, version: u8) -> Result<FrameWriter<W>, CopyError> {
        let mut writer = FrameWriter { out, hasher: Sha256::new() };
        writer.put(magic)?;
        writer.put(&[version])?;
        Ok(writer)
    }

    pub(crate) fn frame(&mut self, kind: u8, payload: &[u8]) -> Result<(), CopyError> {
        let too_long = || CopyError::File(std::io::Error::other("a frame exceeds 4 GiB"));
        let length = u32::try_from(payload.len()).map_err(|_| too_long())?;
        self.put(&[kind])?;
        self.put(&length.to_le_bytes())?;
        self.put(payload)?;
        let checksum = self.digest();
        self.put(&checksum[..CHECKSUM_BYTES])
    }

    /// SHA-256 of everything so far.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.hasher.clone().finalize().into()
    }

    /// What was written to, flushed.
    pub(crate) fn finish(mut self) -> Result<W, CopyError> {
        self.out.flush().map_err(CopyError::File)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), CopyError> {
        self.hasher.update(bytes);
        self.out.write_all(bytes).map_err(CopyError::File)
    }
}

/// Reads frames, and refuses the first that is not as it was written.
pub(crate) struct FrameReader<R> {
    input: R,
    hasher: Sha256,
    offset: u64,
}

/// A frame, and where it begins.
pub(crate) struct Frame {
    pub(crate) offset: u64,
    pub(crate) kind: u8,
    pub(crate) payload: Vec<u8>,
    /// SHA-256 of everything before the frame.
    pub(crate) digest_before: [u8; 32],
}

impl<R: Read> FrameReader<R> {
    /// Reads files of this version, and of those before it.
    pub(crate) fn new(input: R, expected: &Magic, newest: u8) -> Result<FrameReader<R>, CopyError> {
        let mut reader = FrameReader { input, hasher: Sha256::new(), offset: 0 };
        let magic = reader.take(expected.len() + 1, 0)?;
        let (version, magic) = magic.split_last().expect("the version was read");
        if magic != expected {
            return Err(damaged(0, Damage::Magic));
        }
        if !(1..=newest).contains(version) {
            return Err(CopyError::NewerBackup { found: *version, newest });
        }
        Ok(reader)
    }

    pub(crate) fn next(&mut self) -> Result<Frame, CopyError> {
        let offset = self.offset;
        let digest_before = self.hasher.clone().finalize().into();
        let header = self.take(HEADER_BYTES, offset)?;
        let (kind, length) = header.split_first().expect("the header has five bytes");
        let length = length.try_into().expect("four bytes are left of five");
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        let payload = self.take(length, offset)?;
        let expected: [u8; 32] = self.hasher.clone().finalize().into();
        if self.take(CHECKSUM_BYTES, offset)? != expected[..CHECKSUM_BYTES] {
            return Err(damaged(offset, Damage::Checksum));
        }
        Ok(Frame { offset, kind: *kind, payload, digest_before })
    }

    /// Refuses anything behind the last frame.
    pub(crate) fn expect_end(&mut self) -> Result<(), CopyError> {
        let mut byte = [0];
        match self.input.read_exact(&mut byte) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(CopyError::File(error)),
            Ok(()) => Err(damaged(self.offset, Damage::Order("something follows the end"))),
        }
    }

    /// Reads so many bytes of the frame at `offset`. A length that is wrong allocates no more than
    /// the file has.
    fn take(&mut self, count: usize, offset: u64) -> Result<Vec<u8>, CopyError> {
        let mut bytes = Vec::new();
        let limited = (&mut self.input).take(count as u64).read_to_end(&mut bytes);
        limited.map_err(CopyError::File)?;
        if bytes.len() < count {
            return Err(damaged(offset, Damage::Truncated));
        }
        self.hasher.update(&bytes);
        self.offset += count as u64;
        Ok(bytes)
    }
}

pub(crate) fn damaged(offset: u64, damage: Damage) -> CopyError {
    CopyError::Backup { offset, damage }
}
