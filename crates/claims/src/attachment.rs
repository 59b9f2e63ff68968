//! Attachments: what a claimant shows. The row has hash, type and size; the file is sealed
//! elsewhere.

use base::Instant;

use crate::{Claim, ClaimEvent, Digest, Effect, Refusal, Rows, limits};

/// A type of file that is taken. The numbers are stored and never change.
///
/// None of them can carry a script into the page of whoever looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum MediaType {
    /// An image.
    Png = 1,
    /// An image.
    Jpeg = 2,
    /// An image.
    Webp = 3,
    /// A document.
    Pdf = 4,
    /// Words.
    Text = 5,
    /// A film.
    Mp4 = 6,
}

impl MediaType {
    /// Every type.
    pub const ALL: [MediaType; 6] = [
        MediaType::Png,
        MediaType::Jpeg,
        MediaType::Webp,
        MediaType::Pdf,
        MediaType::Text,
        MediaType::Mp4,
    ];

    /// Its name in the registry of media types (IANA).
    pub fn as_str(self) -> &'static str {
        match self {
            MediaType::Png => "image/png",
            MediaType::Jpeg => "image/jpeg",
            MediaType::Webp => "image/webp",
            MediaType::Pdf => "application/pdf",
            MediaType::Text => "text/plain",
            MediaType::Mp4 => "video/mp4",
        }
    }

    /// The type of that name, if it is taken.
    pub fn parse(name: &str) -> Option<MediaType> {
        MediaType::ALL.into_iter().find(|media| media.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<MediaType> {
        MediaType::ALL.into_iter().find(|media| *media as u8 == number)
    }
}

/// A file to be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    /// SHA-256 of its content.
    pub content: Digest,
    /// Its type.
    pub media: MediaType,
    /// Its size.
    pub bytes: u64,
}

/// A file that was attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its content.
    pub content: Digest,
    /// Its type.
    pub media: MediaType,
    /// Its size.
    pub bytes: u64,
    /// When.
    pub at: Instant,
}

/// Attaches a file to a claim that is not decided. Facts that were frozen before do not know it.
///
/// # Errors
///
/// In this order: `Decided` unless it is undecided; `NothingToChange` when the same content is
/// attached; `AttachmentTooLarge`, `AttachmentEmpty`, `TooManyAttachments`.
pub fn attach(
    new: NewAttachment,
    claim: &Claim,
    rows: Rows<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if !claim.status.is_undecided() {
        return Err(Refusal::Decided);
    }
    if claim.attachments.iter().any(|one| one.content == new.content) {
        return Err(Refusal::NothingToChange);
    }
    let mut after = claim.clone();
    after.attachments = with_attachments(&claim.attachments, &[new], now)?;
    // It shows something new, so no earlier decision answers it.
    after.linked_to = None;
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Attached))
}

/// Those that are there and the new ones, each content once.
pub(crate) fn with_attachments(
    there: &[Attachment],
    new: &[NewAttachment],
    now: Instant,
) -> Result<Vec<Attachment>, Refusal> {
    let mut all = there.to_vec();
    for NewAttachment { content, media, bytes } in new.iter().copied() {
        if bytes > limits::ATTACHMENT_BYTES_MAX {
            return Err(Refusal::AttachmentTooLarge);
        }
        if bytes == 0 {
            return Err(Refusal::AttachmentEmpty);
        }
        if all.iter().any(|one| one.content == content) {
            continue;
        }
        if all.len() == limits::ATTACHMENTS_MAX {
            return Err(Refusal::TooManyAttachments);
        }
        all.push(Attachment { content, media, bytes, at: now });
    }
    Ok(all)
}
