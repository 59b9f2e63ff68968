//! What every page promises, checked at once.

use base::{Currency, Instant, Money};
use pages::{Asset, Language, Moment, Visit, Zone};

/// Somebody who looks at a page.
pub fn visit(language: Language, path: &str) -> Visit<'_> {
    let words = language.words();
    Visit { words, shop: "Luna <Shop>", zone: Zone::Customer, path, csrf: "c5", once: "0nce" }
}

/// Panics unless this is a whole document that asks nobody else, with tags closed in their order,
/// ids that are one, labels with their boxes, and rules for its classes. Scripts are ours only.
#[track_caller]
pub fn check_whole(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>"));
    for forbidden in ["style=\"", "<style", "onclick", "javascript:", "…/…", "<script>"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for named in ["href=\"", "src=\"", "action=\""] {
        for rest in page.split(named).skip(1) {
            let address = rest.split('"').next().unwrap_or("");
            let is_ours = address.starts_with(['/', '#', '?']) && !address.starts_with("//");
            assert!(is_ours || address == "data:,", "{address}");
        }
    }
    assert!(page.contains("Luna &lt;Shop&gt;") && !page.contains("Luna <Shop>"));
    check_tags(page);
    check_ids(page);
    check_classes(page);
}

#[track_caller]
fn check_tags(page: &str) {
    const EMPTY: [&str; 6] = ["meta", "link", "input", "br", "wbr", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    for rest in page.split('<').skip(1) {
        let tag = rest.split(['>', ' ', '\n']).next().unwrap_or("");
        let is_closed = rest.split('>').next().unwrap_or("").ends_with('/');
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {rest:.60}");
        } else if !EMPTY.contains(&tag) && !is_closed {
            // What stands within a paragraph is what a browser lets stand there.
            let ends_paragraph =
                ["p", "div", "dl", "form", "ul", "table", "fieldset", "h2"].contains(&tag);
            assert!(!(ends_paragraph && open.contains(&"p")), "<{tag}> in a paragraph");
            open.push(tag);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[track_caller]
fn check_ids(page: &str) {
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    for named in [" for=\"", "aria-describedby=\""] {
        for rest in page.split(named).skip(1) {
            for id in rest.split('"').next().unwrap_or("").split(' ') {
                assert!(ids.contains(&id), "{named}{id}");
            }
        }
    }
}

#[track_caller]
fn check_classes(page: &str) {
    let styles = Asset::all().iter().filter(|asset| asset.path.ends_with(".css"));
    let loaded = styles.filter(|asset| page.contains(&*asset.path));
    let styles: String =
        loaded.map(|asset| std::str::from_utf8(asset.bytes).expect("styles are text")).collect();
    for rest in page.split("class=\"").skip(1) {
        for class in rest.split('"').next().unwrap_or("").split(' ') {
            assert!(styles.contains(&format!(".{class}")), "{class}");
        }
    }
}

/// Bytes of a page and of all it names, without the drawing of a gift.
pub fn weight(page: &str) -> usize {
    let drawing = page
        .split_once("viewBox=\"0 0 480 300\"")
        .map_or(0, |(_, rest)| rest.split_once("</svg>").map_or(0, |(drawing, _)| drawing.len()));
    let named = Asset::all().iter().filter(|asset| page.contains(&asset.path));
    page.len() - drawing + named.map(|asset| asset.bytes.len()).sum::<usize>()
}

/// A whole page of which no text is missing, and that is no heavier than pages are.
#[track_caller]
pub fn check(page: &str) {
    check_whole(page);
    assert!(!page.contains('…'), "a text is missing: {page}");
    assert!(weight(page) < 60_000, "{}", weight(page));
}

/// A moment in UTC.
pub fn at(text: &str) -> Moment<'static> {
    Moment::utc(Instant::parse(text).unwrap())
}

/// An amount of dollars.
pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}
