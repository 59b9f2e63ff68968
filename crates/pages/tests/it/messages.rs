//! Every text that pages name is in the files, and every text in the files is named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pages::Language;

/// Names of messages in the sources: string literals that look like `room.thing`.
fn named() -> BTreeSet<String> {
    let english: BTreeSet<&str> = Language::English.words().names().collect();
    let rooms: BTreeSet<&str> =
        english.iter().filter_map(|name| Some(name.split_once('.')?.0)).collect();
    let mut named = BTreeSet::new();
    // Whoever makes views names some too.
    let folders =
        ["src", "../site/src"].map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    for file in folders.iter().flat_map(|folder| sources(folder)) {
        let source = std::fs::read_to_string(file).expect("a source");
        for literal in source.split('"').skip(1).step_by(2) {
            let is_name = literal.split_once('.').is_some_and(|(room, thing)| {
                let plain = |part: &str| {
                    !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                };
                rooms.contains(room) && plain(thing)
            });
            if is_name {
                named.insert(literal.to_owned());
            }
        }
    }
    named
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn english_says_everything_and_nothing_in_vain() {
    let words = Language::English.words();
    let named = named();
    assert!(named.len() > 30, "{named:?}");
    let unsaid: Vec<&String> = named
        .iter()
        .filter(|name| !words.says(name) && !words.says(&format!("{name}.other")))
        .collect();
    assert_eq!(unsaid, Vec::<&String>::new());
    let base_of = |name: &str| {
        let form = ["one", "two", "few", "many", "zero", "other"];
        match name.rsplit_once('.') {
            Some((base, last)) if form.contains(&last) && base.contains('.') => base.to_owned(),
            _ => name.to_owned(),
        }
    };
    // Refusals and findings are named by their codes.
    let by_code = |name: &&str| name.starts_with("refused.") || name.starts_with("finding.");
    let vain = words.names().filter(|name| !by_code(name) && !named.contains(&base_of(name)));
    let vain: Vec<&str> = vain.collect();
    assert_eq!(vain, Vec::<&str>::new());
}

#[test]
fn other_languages_say_what_english_says_with_the_same_values() {
    let english = Language::English.words();
    let values = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
            .collect()
    };
    for language in Language::ALL {
        let words = language.words();
        for name in words.names() {
            let is_form = !english.says(name) && name.matches('.').count() == 2;
            assert!(english.says(name) || is_form, "{name} of {}", language.tag());
            if !is_form && name.matches('.').count() == 1 {
                assert_eq!(values(words.text(name)), values(english.text(name)), "{name}");
            }
        }
    }
}
