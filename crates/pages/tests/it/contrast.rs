//! Text can be read on its ground in both schemes, and edges of controls seen.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../assets/tokens.css");

/// Colours of the light scheme, and of the dark one.
fn schemes() -> [BTreeMap<&'static str, [u32; 3]>; 2] {
    let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").expect("a dark scheme");
    let (dark, _) = dark.split_once("prefers-contrast").expect("a scheme of more contrast");
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

/// Relative luminance as WCAG 2.2 defines it, in millionths: of each channel
/// `((c + 0.055) / 1.055) ^ 2.4`, and a straight line where it is dark.
fn luminance(colour: [u32; 3]) -> u128 {
    const ONE: u128 = 1_000_000;
    let linear = |channel: u32| {
        let channel = u128::from(channel);
        if channel <= 10 {
            return channel * ONE * 100 / (255 * 1_292);
        }
        let part = (channel * 1_000 + 14_025) * ONE / 269_025;
        // x ^ 2.4 is the square of x times the fifth root of that square.
        let square = part * part;
        square * fifth_root(square * ONE.pow(3)) / ONE.pow(2)
    };
    (2_126 * linear(colour[0]) + 7_152 * linear(colour[1]) + 722 * linear(colour[2])) / 10_000
}

/// The largest whole number whose fifth power is at most this.
fn fifth_root(of: u128) -> u128 {
    let (mut low, mut high) = (0, 2_000_000_u128);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if middle.pow(5) <= of { low = middle } else { high = middle - 1 }
    }
    low
}

/// In hundredths.
fn contrast(one: [u32; 3], other: [u32; 3]) -> u128 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 50_000) * 100 / (one.min(other) + 50_000)
}

#[test]
fn contrast_is_what_others_compute() {
    assert_eq!(contrast([0; 3], [255; 3]), 2_100);
    assert_eq!(contrast([255; 3], [255; 3]), 100);
    // Published pairs: #767676 on white is the darkest grey that passes, with 4.54.
    assert_eq!(contrast([0x76; 3], [255; 3]), 454);
    assert_eq!(contrast([0x77; 3], [255; 3]), 447);
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
        for (pairs, least) in [(&texts[..], 450), (&edges[..], 300)] {
            for (one, other) in pairs {
                let ratio = contrast(scheme[one], scheme[other]);
                assert!(ratio >= least, "{one} on {other}, {name}: {ratio} of {least}");
            }
        }
    }
}
