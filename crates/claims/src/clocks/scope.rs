//! For which claims a row of the clocks is.

use base::Region;

use crate::{Ground, RailName};

/// What clocks depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The ground of the claim.
    pub ground: Ground,
    /// Where the payer is, if that is known.
    pub region: Option<Region>,
    /// Over which rail was paid, if over any.
    pub rail: Option<RailName>,
}

/// The cases that a row is for; an empty list is all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    pub grounds: Vec<Ground>,
    pub regions: Vec<Region>,
    pub rails: Vec<RailName>,
}

impl Scope {
    pub fn is_all(&self) -> bool {
        self.grounds.is_empty() && self.regions.is_empty() && self.rails.is_empty()
    }

    /// Whether a row is for the case. One for some regions is not when nobody knows where the payer
    /// is.
    pub fn fits(&self, case: &Case) -> bool {
        self.fits_in(case, false)
    }

    /// Whether a row may be for the case: when nobody knows where the payer is, it may be any
    /// region.
    pub fn may_fit(&self, case: &Case) -> bool {
        self.fits_in(case, case.region.is_none_or(is_unknown))
    }

    fn fits_in(&self, case: &Case, anywhere: bool) -> bool {
        let contains = |region: Region| self.regions.iter().any(|one| one.contains(&region));
        (self.grounds.is_empty() || self.grounds.contains(&case.ground))
            && (self.regions.is_empty() || anywhere || case.region.is_some_and(contains))
            && (self.rails.is_empty()
                || case.rail.as_ref().is_some_and(|it| self.rails.contains(it)))
    }

    /// Whether every case of the other one is a case of this.
    pub fn covers(&self, other: &Scope) -> bool {
        let has_region = |region: &Region| self.regions.iter().any(|one| one.contains(region));
        covers(&self.grounds, &other.grounds, |ground| self.grounds.contains(ground))
            && covers(&self.regions, &other.regions, has_region)
            && covers(&self.rails, &other.rails, |rail| self.rails.contains(rail))
    }
}

/// ISO 3166-1 leaves `ZZ` to its users, and those of CLDR write it for "unknown".
fn is_unknown(region: Region) -> bool {
    region.as_str() == "ZZ"
}

fn covers<T>(these: &[T], others: &[T], has: impl Fn(&T) -> bool) -> bool {
    these.is_empty() || (!others.is_empty() && others.iter().all(has))
}

/// As it is hashed: a canonical line.
impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut grounds: Vec<&str> = self.grounds.iter().map(|ground| ground.as_str()).collect();
        let mut regions: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        let mut rails: Vec<&str> = self.rails.iter().map(RailName::as_str).collect();
        [&mut grounds, &mut regions, &mut rails].into_iter().for_each(|list| list.sort_unstable());
        write!(f, "{}|{}|{}", grounds.join(","), regions.join(","), rails.join(","))
    }
}
