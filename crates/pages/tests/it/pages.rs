//! Pages are whole documents that need nobody else, and hold a strict content policy.

use pages::{Asset, Language, Visit, Width, Zone, design};

fn visit(language: Language, path: &str) -> Visit<'_> {
    let words = language.words();
    Visit { words, shop: "Luna <Shop>", zone: Zone::Customer, path, csrf: "c5", once: "0nce" }
}

fn sample(language: Language) -> String {
    design(&visit(language, "/design")).into_string()
}

#[test]
fn every_page_is_whole_and_asks_nobody() {
    for language in Language::ALL {
        let page = sample(language);
        assert!(page.starts_with("<!DOCTYPE html>"));
        let opening =
            format!("<html lang=\"{}\" dir=\"{}\">", language.tag(), language.direction());
        assert!(page.contains(&opening));
        for forbidden in
            ["<script", "style=\"", "<style", "onclick", "javascript:", "http://www.google"]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        let foreign = page.split("href=\"").skip(1).filter(|rest| {
            let address = rest.split('"').next().unwrap_or("");
            !address.starts_with(['/', '#', '?']) && address != "data:,"
        });
        assert_eq!(foreign.count(), 0);
        assert!(page.contains("Luna &lt;Shop&gt;") && !page.contains("Luna <Shop>"));
    }
}

#[test]
fn tags_are_closed_in_their_order() {
    const EMPTY: [&str; 5] = ["meta", "link", "input", "br", "!DOCTYPE"];
    for language in Language::ALL {
        let page = sample(language);
        let mut open: Vec<&str> = Vec::new();
        for rest in page.split('<').skip(1) {
            let tag = rest.split(['>', ' ', '\n']).next().unwrap();
            let is_closed = rest.split('>').next().unwrap().ends_with('/');
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "before {rest:.60}");
            } else if !EMPTY.contains(&tag) && !is_closed {
                open.push(tag);
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
}

#[test]
fn each_id_is_one_and_each_label_has_its_box() {
    let page = sample(Language::English);
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    for named in [" for=\"", "aria-describedby=\""] {
        for rest in page.split(named).skip(1) {
            for id in rest.split('"').next().unwrap().split(' ') {
                assert!(ids.contains(&id), "{named}{id}");
            }
        }
    }
}

#[test]
fn icons_that_pages_use_are_in_the_sprite() {
    let icons = Asset::all().iter().find(|asset| asset.path.contains("icons")).unwrap();
    let sprite = std::str::from_utf8(icons.bytes).unwrap();
    let page = sample(Language::English);
    let mut used = 0;
    for rest in page.split(&format!("{}#", icons.path)).skip(1) {
        let name = rest.split('"').next().unwrap();
        assert!(sprite.contains(&format!("<symbol id=\"{name}\"")), "{name}");
        used += 1;
    }
    assert!(used > 30);
    assert!(pages::components::Icon::ALL.iter().all(|icon| sprite.contains(icon.name())));
}

#[test]
fn styles_have_a_rule_for_each_class_and_numbers_only_in_tokens() {
    let styles = Asset::all().iter().find(|asset| asset.path.ends_with(".css")).unwrap();
    let styles = std::str::from_utf8(styles.bytes).unwrap();
    let page = sample(Language::English);
    for rest in page.split("class=\"").skip(1) {
        for class in rest.split('"').next().unwrap().split(' ') {
            assert!(styles.contains(&format!(".{class}")), "{class}");
        }
    }
    let components = include_str!("../../assets/components.css");
    let base = include_str!("../../assets/base.css");
    for file in [components, base] {
        assert!(!file.contains('#'), "a colour beside the tokens");
        for sided in [
            "margin-left",
            "margin-right",
            "padding-left",
            "padding-right",
            "text-align: left",
            "text-align: right",
            " left:",
            " right:",
        ] {
            assert!(!file.contains(sided), "{sided}");
        }
    }
}

#[test]
fn the_way_on_which_somebody_is_is_told() {
    for (path, told) in [("/wallet", true), ("/wallet/card_1", true), ("/wallets", false)] {
        let frame = visit(Language::English, path).frame("t", Width::Narrow);
        let page = frame.page(&maud::html! {}).into_string();
        let is_told = page.contains("href=\"/wallet\" aria-current=\"page\"");
        assert_eq!(is_told, told, "{path}");
        assert!(page.contains(&format!("/help?from={path}")));
    }
}

#[test]
fn budgets_of_bytes_hold() {
    // Scripts, styles of paper and seldom letters are loaded where they are needed only.
    let is_seldom =
        |path: &str| path.ends_with(".js") || path.contains("/print.") || path.contains("-more.");
    let everywhere = Asset::all().iter().filter(|asset| !is_seldom(&asset.path));
    let assets: usize = everywhere.map(|asset| asset.bytes.len()).sum();
    // A reveal page has 60 kB without its picture; the frame takes two thirds of that at
    // most, the font among it.
    assert!(assets <= 40_000, "{assets}");
}
