use std::fmt;

use base::{Label, PromotionId, Region};
use promotions::{Audience, Device, Gender, Language, Viewer};

use super::Payer;
use crate::Sold;

/// A promotion that has a place on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which promotion.
    pub promotion: PromotionId,
    /// The post to show.
    pub post: Label,
    /// What was sold: sign it into the token.
    pub sold: Sold,
    /// What must stand beside the post.
    pub label: PaidLabel,
    /// Why this viewer sees it: all that the advertiser asked for, with what of it is true of the
    /// viewer. Empty when the advertiser asked for nothing.
    pub why: Vec<Reason>,
}

/// The words beside a promoted post. Displayed, not debugged: the payer may be a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidLabel(pub Payer);

impl fmt::Display for PaidLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Promoted, paid by {}", self.0.0)
    }
}

/// One thing the advertiser asked for that is true of the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The place, as the advertiser named it.
    Region(Region),
    /// The language.
    Language(Language),
    /// The age lies between these, both included, as far as they were asked for.
    Age(Option<u8>, Option<u8>),
    /// The gender.
    Gender(Gender),
    /// The interests among those that were asked for.
    Interests(Vec<Label>),
    /// None of the excluded interests is known of the viewer.
    WithoutInterests(Vec<Label>),
    /// The device.
    Device(Device),
}

/// For people: a part of a sentence that begins with "because you".
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Region(region) => write!(f, "are in {region}"),
            Reason::Language(language) => write!(f, "read {}", language.as_str()),
            Reason::Age(Some(least), Some(most)) => write!(f, "are {least} to {most} years old"),
            Reason::Age(Some(least), None) => write!(f, "are {least} years old or older"),
            Reason::Age(None, Some(most)) => write!(f, "are {most} years old or younger"),
            Reason::Age(None, None) => f.write_str("are of any age"),
            Reason::Gender(gender) => write!(f, "said that your gender is {}", gender.as_str()),
            Reason::Interests(labels) => write!(f, "are interested in {}", Listed(labels)),
            Reason::WithoutInterests(labels) => {
                write!(f, "are not known to be interested in {}", Listed(labels))
            }
            Reason::Device(device) => write!(f, "use a {}", device.as_str()),
        }
    }
}

struct Listed<'a>(&'a [Label]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, label) in self.0.iter().enumerate() {
            let before = if position == 0 { "" } else { ", " };
            write!(f, "{before}{label}")?;
        }
        Ok(())
    }
}

/// Why `viewer` belongs to `audience`; `None` when it does not.
pub(super) fn why(audience: &Audience, viewer: &Viewer) -> Option<Vec<Reason>> {
    if !audience.admits(viewer) {
        return None;
    }
    let mut reasons = Vec::new();
    let here = viewer
        .region
        .and_then(|here| audience.regions.iter().copied().find(|asked| asked.contains(&here)));
    reasons.extend(here.map(Reason::Region));
    let language = viewer.language.filter(|_| !audience.languages.is_empty());
    reasons.extend(language.map(Reason::Language));
    if audience.age_min.is_some() || audience.age_max.is_some() {
        reasons.push(Reason::Age(audience.age_min, audience.age_max));
    }
    let gender = viewer.gender.filter(|_| !audience.genders.is_empty());
    reasons.extend(gender.map(Reason::Gender));
    if !audience.interests.is_empty() {
        let shared = audience.interests.iter().filter(|one| viewer.interests.contains(one));
        reasons.push(Reason::Interests(shared.cloned().collect()));
    }
    if !audience.excluded_interests.is_empty() {
        reasons.push(Reason::WithoutInterests(audience.excluded_interests.clone()));
    }
    let device = viewer.device.filter(|_| !audience.devices.is_empty());
    reasons.extend(device.map(Reason::Device));
    Some(reasons)
}
