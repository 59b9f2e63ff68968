//! QR codes as drawings, so that a phone reads an address from paper.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Modules that stay white around the code (ISO/IEC 18004, the quiet zone).
const QUIET: usize = 4;

/// The code of a text, named for those who cannot see it. Nothing where the text is too long for
/// one (2,331 bytes): the page says it in letters too.
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let width = code.width();
    let path = path(&code.to_colors(), width);
    let size = width + 2 * QUIET;
    html! {
        svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {size} {size}"))
            role="img" aria-label=(label) shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#ffffff" {}
            path fill="#000000" d=(path) {}
        }
    }
}

/// Dark modules, each row's neighbors together.
fn path(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row[x..].iter().take_while(|one| **one == Color::Dark).count();
            if dark > 0 {
                path.push_str(&format!("M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET));
            }
            x += dark.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let code = QrCode::with_error_correction_level("https://shop.example/gift", EcLevel::M);
        let code = code.unwrap();
        let dark = code.to_colors().iter().filter(|one| **one == Color::Dark).count();
        let path = path(&code.to_colors(), code.width());
        let drawn: usize = path
            .split('h')
            .skip(1)
            .filter_map(|rest| rest.split('v').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(drawn, dark);
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert_eq!(qr(&"x".repeat(4_000), "").into_string(), "");
        assert!(qr("https://shop.example/gift", "Gift").into_string().starts_with("<svg"));
    }
}
