//! What a scope allows, as a table.

use giftcards::{Label, Line, LineKind, Scope, ScopeLists};
use proptest::prelude::*;

/// Words such as `kind:goods seller:mine`; what is not named stays empty.
fn line(words: &str) -> Line {
    let mut line =
        Line { kind: LineKind::Goods, category: None, seller: None, creator: None, product: None };
    for word in words.split_whitespace() {
        let (field, value) = word.split_once(':').unwrap();
        let label = Some(Label::new(value).unwrap());
        match field {
            "kind" => line.kind = LineKind::parse(value).unwrap(),
            "category" => line.category = label,
            "seller" => line.seller = label,
            "creator" => line.creator = label,
            "product" => line.product = label,
            other => panic!("no such field: {other}"),
        }
    }
    line
}

fn lists(words: &str) -> ScopeLists {
    let mut lists = ScopeLists::default();
    for word in words.split_whitespace() {
        let (field, value) = word.split_once(':').unwrap();
        let labels = match field {
            "kind" => {
                lists.kinds.push(LineKind::parse(value).unwrap());
                continue;
            }
            "category" => &mut lists.categories,
            "seller" => &mut lists.sellers,
            "creator" => &mut lists.creators,
            "product" => &mut lists.products,
            other => panic!("no such list: {other}"),
        };
        labels.push(Label::new(value).unwrap());
    }
    lists
}

#[test]
fn a_line_must_be_in_every_list_that_includes_and_in_none_that_excludes() {
    #[track_caller]
    fn check(include: &str, exclude: &str, words: &str, allowed: bool) {
        let scope = Scope { include: lists(include), exclude: lists(exclude) };
        assert_eq!(scope.allows(&line(words)), allowed, "+ {include} - {exclude}: {words}");
    }
    check("", "", "", true);
    check("", "", "kind:gift_card", false);
    check("kind:gift_card", "", "kind:gift_card", false);
    check("kind:goods kind:service", "", "kind:service", true);
    check("kind:goods", "", "kind:digital", false);
    check("seller:mine", "", "seller:mine", true);
    check("seller:mine seller:ours", "", "seller:ours", true);
    check("seller:mine", "", "seller:other", false);
    check("seller:mine", "", "", false);
    check("seller:mine", "", "creator:mine product:mine category:mine", false);
    check("seller:mine creator:ann", "", "seller:mine creator:ann", true);
    check("seller:mine creator:ann", "", "seller:mine creator:bob", false);
    check("seller:mine creator:ann", "", "seller:mine", false);
    check("", "product:42", "product:42", false);
    check("", "product:42", "product:43", true);
    check("", "product:42", "", true);
    check("", "kind:digital", "kind:digital", false);
    check("category:toys", "seller:mine", "category:toys seller:other", true);
    check("category:toys", "seller:mine", "category:toys seller:mine", false);
}

fn any_lists() -> impl Strategy<Value = ScopeLists> {
    let words = ["kind:goods", "category:a", "seller:a", "seller:b", "creator:a", "product:a"];
    prop::sample::subsequence(words.to_vec(), 0..3).prop_map(|words| lists(&words.join(" ")))
}

proptest! {
    #[test]
    fn narrowing_a_scope_never_allows_more(
        include in any_lists(),
        exclude in any_lists(),
        kind in prop::sample::select(LineKind::ALL.to_vec()),
        seller in prop::option::of("[abc]"),
    ) {
        let seller = seller.map(|seller| Label::new(&seller).unwrap());
        let line = Line { kind, seller, ..line("category:a creator:a product:a") };
        let wide = Scope { include: include.clone(), exclude: ScopeLists::default() };
        let narrow = Scope { include, exclude };
        prop_assert!(!narrow.allows(&line) || wide.allows(&line));
        prop_assert!(!wide.allows(&line) || Scope::default().allows(&line));
        let nothing = ScopeLists::default();
        let is_free = narrow.include == nothing && narrow.exclude == nothing;
        prop_assert_eq!(narrow.is_unrestricted(), is_free);
    }
}
