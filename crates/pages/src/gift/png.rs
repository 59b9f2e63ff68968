//! Designs as PNG, for programs that show no SVG: previews of links, and mail.
//!
//! The files are drawn from the drawings by `tests/browser/pictures.mjs`, and a test of pages in a
//! browser compares the two. They have no words: names stand beside them.

use super::Design;

/// Pixels across and down: what programs ask for that show a link.
pub const PNG_SIZE: (u32, u32) = (1200, 630);

impl Design {
    /// The drawing as a PNG of [`PNG_SIZE`].
    pub fn png(self) -> &'static [u8] {
        match self {
            Design::Confetti => include_bytes!("../../assets/pictures/confetti.png"),
            Design::Blossom => include_bytes!("../../assets/pictures/blossom.png"),
            Design::Waves => include_bytes!("../../assets/pictures/waves.png"),
            Design::Lanterns => include_bytes!("../../assets/pictures/lanterns.png"),
            Design::Hearts => include_bytes!("../../assets/pictures/hearts.png"),
            Design::Peaks => include_bytes!("../../assets/pictures/peaks.png"),
            Design::Ribbons => include_bytes!("../../assets/pictures/ribbons.png"),
            Design::Night => include_bytes!("../../assets/pictures/night.png"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of a picture: it goes with every mail.
    const BYTES_MAX: usize = 20_000;

    /// The number that begins there.
    fn number(bytes: &[u8], at: usize) -> u32 {
        u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    /// Where a chunk of this name begins, and how many bytes are in it (PNG, section 5.3).
    fn chunk(png: &[u8], name: &[u8]) -> (usize, usize) {
        let mut at = 8;
        while &png[at + 4..at + 8] != name {
            at += 12 + number(png, at) as usize;
        }
        (at + 8, number(png, at) as usize)
    }

    #[test]
    fn each_is_a_small_picture_of_its_own_with_several_colors() {
        for design in Design::ALL {
            let (png, name) = (design.png(), design.name());
            assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
            let (head, _) = chunk(png, b"IHDR");
            assert_eq!((number(png, head), number(png, head + 4)), PNG_SIZE, "{name}");
            let (_, palette) = chunk(png, b"PLTE");
            assert!(palette / 3 >= 8, "{name} has {} colors", palette / 3);
            assert!(png.len() <= BYTES_MAX, "{name} has {} bytes", png.len());
            let same = Design::ALL.iter().filter(|other| other.png() == png);
            assert_eq!(same.count(), 1, "{name}");
        }
    }
}
