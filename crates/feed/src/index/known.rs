//! A viewer in numbers.

use promotions::Viewer;

use super::filing::Key;
use super::gate::Pass;
use super::names::{NOT_ASKED, NameId, Names};

/// What may be used of a viewer. A name that no audience uses is left out. The lists are sorted
/// and begin with [`NOT_ASKED`], because a viewer fits what is not asked, too.
#[derive(Debug)]
pub struct Known {
    /// The viewer's country, and the part of it.
    pub regions: Vec<NameId>,
    pub languages: Vec<NameId>,
    pub interests: Vec<NameId>,
    pub pass: Pass,
}

impl Known {
    /// Without the viewer's consent, age, gender and interests count as unknown.
    pub fn new(viewer: &Viewer, names: &Names) -> Known {
        let places = viewer.region.iter().flat_map(|region| [region.country(), *region]);
        let interests = viewer.interests.iter().filter(|_| viewer.consents_to_personal);
        Known {
            regions: sorted(places.filter_map(|place| names.regions.find(&place))),
            languages: sorted(viewer.language.iter().filter_map(|one| names.languages.find(one))),
            interests: sorted(interests.filter_map(|label| names.interests.find(label))),
            pass: Pass::new(viewer),
        }
    }

    /// All keys under which an audience that admits the viewer can be filed.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.regions.iter().flat_map(move |region| {
            self.languages.iter().flat_map(move |language| {
                self.interests.iter().map(move |interest| Key {
                    region: *region,
                    language: *language,
                    interest: *interest,
                })
            })
        })
    }
}

fn sorted(ids: impl Iterator<Item = NameId>) -> Vec<NameId> {
    let mut sorted: Vec<NameId> = std::iter::once(NOT_ASKED).chain(ids).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}
