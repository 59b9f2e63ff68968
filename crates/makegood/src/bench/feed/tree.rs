//! The crate `a-tree` beside the index, on the same audiences and viewers.
//!
//! For viewers of whom all is known and who consent. It knows no parts of countries, so a region is
//! compared as a whole.

use std::time::Duration;

use a_tree::{ATree, AttributeDefinition, Event};
use base::{Label, Region};
use promotions::{Audience, Device, Gender, Language, Viewer};

use super::naive;
use super::report::TreeReport;
use super::times::{Times, resident_bytes};
use crate::failure::{Done, Failure};

/// Beyond this the tree takes minutes to build.
const AUDIENCES_MAX: usize = 100_000;

/// Viewers on whom it is compared before it is timed.
const COMPARED: usize = 20;

/// Builds a tree and searches it; nothing when there are too many audiences.
pub(super) fn measure(
    audiences: &[Audience],
    viewers: &[Viewer],
    long: Duration,
) -> Done<Option<TreeReport>> {
    if audiences.len() > AUDIENCES_MAX {
        return Ok(None);
    }
    let before = resident_bytes();
    let tree = tree(audiences);
    let bytes = resident_bytes().saturating_sub(before);
    let events: Vec<Event> = viewers.iter().map(|viewer| event(&tree, viewer)).collect();
    for (viewer, event) in viewers.iter().zip(&events).take(COMPARED) {
        if search(&tree, event) != naive::scan(audiences, viewer).len() {
            return Err(Failure::new("the crate a-tree does not find what a scan finds"));
        }
    }
    let searching = Times::of(&events, long, |event| search(&tree, event));
    Ok(Some(TreeReport { searching, bytes_per_promotion: bytes / audiences.len() as u64 }))
}

/// How many match.
fn search(tree: &ATree<u64>, event: &Event) -> usize {
    tree.search(event).expect("an event of its attributes").matches().len()
}

fn tree(audiences: &[Audience]) -> ATree<u64> {
    let mut tree = ATree::new(&[
        AttributeDefinition::string("region"),
        AttributeDefinition::string("language"),
        AttributeDefinition::integer("age"),
        AttributeDefinition::string("gender"),
        AttributeDefinition::string("device"),
        AttributeDefinition::string_list("interests"),
    ])
    .expect("the attributes differ");
    for (slot, audience) in (0..).zip(audiences) {
        tree.insert(&slot, &expression(audience)).expect("an expression of its language");
    }
    tree
}

fn event(tree: &ATree<u64>, viewer: &Viewer) -> Event {
    let mut interests: Vec<&str> = viewer.interests.iter().map(Label::as_str).collect();
    interests.sort_unstable();
    interests.dedup();
    let region = viewer.region.as_ref().map_or("", Region::as_str);
    let language = viewer.language.as_ref().map_or("", Language::as_str);
    let mut event = tree.make_event();
    let known = event
        .with_string("region", region)
        .and_then(|()| event.with_string("language", language))
        .and_then(|()| event.with_integer("age", viewer.age.map_or(0, i64::from)))
        .and_then(|()| event.with_string("gender", viewer.gender.map_or("", Gender::as_str)))
        .and_then(|()| event.with_string("device", viewer.device.map_or("", Device::as_str)))
        .and_then(|()| event.with_string_list("interests", &interests));
    known.and_then(|()| event.build()).expect("an event of its attributes")
}

fn expression(audience: &Audience) -> String {
    let mut terms = vec![format!("region in {}", list(&audience.regions, Region::as_str))];
    if !audience.languages.is_empty() {
        terms.push(format!("language in {}", list(&audience.languages, Language::as_str)));
    }
    terms.extend(audience.age_min.map(|least| format!("age >= {least}")));
    terms.extend(audience.age_max.map(|most| format!("age <= {most}")));
    if !audience.genders.is_empty() {
        terms.push(format!("gender in {}", list(&audience.genders, |one| one.as_str())));
    }
    if !audience.interests.is_empty() {
        terms.push(format!("interests one of {}", list(&audience.interests, Label::as_str)));
    }
    if !audience.excluded_interests.is_empty() {
        let excluded = list(&audience.excluded_interests, Label::as_str);
        terms.push(format!("interests none of {excluded}"));
    }
    if !audience.devices.is_empty() {
        terms.push(format!("device in {}", list(&audience.devices, |one| one.as_str())));
    }
    terms.join(" and ")
}

fn list<T>(entries: &[T], text: impl Fn(&T) -> &str) -> String {
    let quoted: Vec<String> = entries.iter().map(|entry| format!("'{}'", text(entry))).collect();
    format!("[{}]", quoted.join(", "))
}
