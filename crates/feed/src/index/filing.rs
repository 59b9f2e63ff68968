//! Where an audience is filed.

use super::names::{NOT_ASKED, NameId};
use super::terms::Terms;

/// A region, a language and an interest, or [`NOT_ASKED`] for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub region: NameId,
    pub language: NameId,
    pub interest: NameId,
}

/// The keys of an audience: every combination of what it asks for. Where these would be more than
/// [`KEYS_MAX`], the longest lists are left out, which narrow the search the least.
#[derive(Debug)]
pub struct Filing<'a> {
    regions: &'a [NameId],
    languages: &'a [NameId],
    interests: &'a [NameId],
    is_complete: bool,
}

/// More keys cost memory, fewer time.
const KEYS_MAX: usize = 16;

impl<'a> Filing<'a> {
    pub fn new(terms: &'a Terms) -> Filing<'a> {
        let mut lists = [terms.regions(), terms.languages(), terms.interests()];
        let mut is_complete = true;
        while lists.iter().fold(1, |count: usize, list| count.saturating_mul(list.len().max(1)))
            > KEYS_MAX
        {
            if let Some(longest) = lists.iter_mut().max_by_key(|list| list.len()) {
                *longest = &[];
            }
            is_complete = false;
        }
        let [regions, languages, interests] = lists.map(or_not_asked);
        Filing { regions, languages, interests, is_complete }
    }

    /// Whether the keys say all that the audience asks of regions, languages and interests, but
    /// for what is excluded.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Calls `act` with each key once.
    pub fn each_key(&self, mut act: impl FnMut(Key)) {
        for region in self.regions {
            for language in self.languages {
                for interest in self.interests {
                    act(Key { region: *region, language: *language, interest: *interest });
                }
            }
        }
    }
}

fn or_not_asked(list: &[NameId]) -> &[NameId] {
    if list.is_empty() { &[NOT_ASKED] } else { list }
}
