//! Text can be read on its ground in both schemes, and edges of controls seen.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../assets/tokens.css");

/// Colours of the light scheme, and of the dark one.
fn schemes() -> [BTreeMap<&'static str, [u32; 3]>; 2] {
    let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").unwrap();
    let (dark, _) = dark.split_once("prefers-contrast").unwrap();
    [light, dark].map(|part| {
        let lines = part.lines().filter_map(|line| line.trim().strip_prefix("--"));
        let colour = |line: &'static str| {
            let (name, value) = line.split_once(": #")?;
            let digits = value.get(..6)?;
            let channel = |at: usize| u32::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            Some((name, [channel(0)?, channel(2)?, channel(4)?]))
        };
        lines.filter_map(colour).collect()
    })
}

/// Relative luminance as WCAG 2.2 defines it, in millionths: `((c + 0.055) / 1.055) ^ 2.4`, by the
/// nearest of whole powers, for tests may compute with floats.
#[expect(clippy::float_arithmetic, reason = "the definition has a power of 2.4")]
fn luminance(colour: [u32; 3]) -> f64 {
    let linear = |channel: u32| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

#[expect(clippy::float_arithmetic, reason = "a ratio of luminances")]
fn contrast(one: [u32; 3], other: [u32; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn texts_and_edges_stand_out() {
    let texts = [
        ("text", "ground"),
        ("text", "surface"),
        ("text", "sunken"),
        ("text", "accent-wash"),
        ("text", "good-wash"),
        ("text", "wait-wash"),
        ("text", "bad-wash"),
        ("text-soft", "ground"),
        ("text-soft", "surface"),
        ("text-soft", "sunken"),
        ("accent", "ground"),
        ("accent", "surface"),
        ("accent-strong", "accent-wash"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("good", "good-wash"),
        ("wait", "wait-wash"),
        ("bad", "bad-wash"),
        ("bad", "surface"),
        ("bad", "ground"),
        ("surface", "good"),
    ];
    let edges = [
        ("edge", "surface"),
        ("edge", "ground"),
        ("focus", "ground"),
        ("focus", "surface"),
        ("plot-1", "ground"),
        ("plot-2", "ground"),
        ("plot-3", "ground"),
        ("plot-4", "ground"),
        ("plot-1", "plot-band"),
    ];
    for (scheme, name) in schemes().iter().zip(["light", "dark"]) {
        for (pairs, least) in [(&texts[..], 4.5), (&edges[..], 3.0)] {
            for (one, other) in pairs {
                let ratio = contrast(scheme[one], scheme[other]);
                assert!(ratio >= least, "{one} on {other}, {name}: {ratio:.2} of {least}");
            }
        }
    }
}
