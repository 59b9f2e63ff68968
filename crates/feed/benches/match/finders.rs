//! What finds audiences: the index, a scan by the definition, and the crate `a-tree`.

use a_tree::{ATree, AttributeDefinition, Event};
use base::{Label, Region};
use feed::AudienceIndex;
use promotions::{Audience, Device, Gender, Language, Viewer};

/// Finds the audiences that admit a viewer, by their slots in order.
pub trait Finder {
    fn find(&self, viewer: &Viewer) -> Vec<u64>;
}

impl Finder for AudienceIndex {
    fn find(&self, viewer: &Viewer) -> Vec<u64> {
        let mut slots: Vec<u64> =
            self.all(viewer).iter().map(|found| u64::from(found.slot.0)).collect();
        slots.sort_unstable();
        slots
    }
}

/// Asks every audience.
pub struct Naive<'a>(pub &'a [Audience]);

impl Finder for Naive<'_> {
    fn find(&self, viewer: &Viewer) -> Vec<u64> {
        let numbered = (0..).zip(self.0);
        let admitting = numbered.filter(|(_, audience)| audience.admits(viewer));
        admitting.map(|(slot, _)| slot).collect()
    }
}

/// The crate `a-tree`, for viewers of whom all is known and who consent. It knows no parts of
/// countries, so a region is compared as a whole.
pub struct Tree(ATree<u64>);

impl Tree {
    pub fn new(audiences: &[Audience]) -> Tree {
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
        Tree(tree)
    }

    pub fn event(&self, viewer: &Viewer) -> Event {
        let mut interests: Vec<&str> = viewer.interests.iter().map(Label::as_str).collect();
        interests.sort_unstable();
        interests.dedup();
        let region = viewer.region.as_ref().map_or("", Region::as_str);
        let language = viewer.language.as_ref().map_or("", Language::as_str);
        let mut event = self.0.make_event();
        let known = event
            .with_string("region", region)
            .and_then(|()| event.with_string("language", language))
            .and_then(|()| event.with_integer("age", viewer.age.map_or(0, i64::from)))
            .and_then(|()| event.with_string("gender", viewer.gender.map_or("", Gender::as_str)))
            .and_then(|()| event.with_string("device", viewer.device.map_or("", Device::as_str)))
            .and_then(|()| event.with_string_list("interests", &interests));
        known.and_then(|()| event.build()).expect("an event of its attributes")
    }

    /// How many match.
    pub fn search(&self, event: &Event) -> usize {
        self.0.search(event).expect("an event of its attributes").matches().len()
    }
}

impl Finder for Tree {
    fn find(&self, viewer: &Viewer) -> Vec<u64> {
        let report = self.0.search(&self.event(viewer)).expect("an event of its attributes");
        let mut slots: Vec<u64> = report.matches().iter().map(|slot| **slot).collect();
        slots.sort_unstable();
        slots
    }
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
