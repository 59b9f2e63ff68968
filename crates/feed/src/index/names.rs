//! Small numbers for names, so that audiences are stored and compared as numbers.

use std::hash::Hash;

use base::{Label, Region};
use hashbrown::HashMap;
use promotions::Language;

/// The number of a name in its dictionary: never [`NOT_ASKED`].
pub type NameId = u32;

/// Stands in a key for an attribute that is not asked for.
pub const NOT_ASKED: NameId = 0;

/// The names that audiences use.
#[derive(Debug, Default)]
pub struct Names {
    pub regions: Dictionary<Region>,
    pub languages: Dictionary<Language>,
    pub interests: Dictionary<Label>,
}

impl Names {
    pub fn heap_bytes(&self) -> usize {
        let labels = self.interests.ids.keys().map(|label| 2 * label.as_str().len());
        let names = labels.sum::<usize>();
        names
            + self.regions.heap_bytes()
            + self.languages.heap_bytes()
            + self.interests.heap_bytes()
    }
}

/// Names of one kind. A name that nobody uses any more is forgotten and its number given to
/// another, so numbers say nothing but whether names are the same.
#[derive(Debug)]
pub struct Dictionary<T> {
    ids: HashMap<T, NameId>,
    /// By number; nothing has the first.
    entries: Vec<Entry<T>>,
    free: Vec<NameId>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    /// Nothing while the number is free.
    name: Option<T>,
    uses: u32,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        let nothing = Entry { name: None, uses: 0 };
        Dictionary { ids: HashMap::default(), entries: vec![nothing], free: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Dictionary<T> {
    /// The number of `name`, when somebody uses it.
    pub fn find(&self, name: &T) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    /// The number of `name`, used once more from now on.
    pub fn acquire(&mut self, name: &T) -> NameId {
        let id = self.find(name).unwrap_or_else(|| self.add(name.clone()));
        self.entries[id as usize].uses += 1;
        id
    }

    /// Ends one use of the name with this number.
    pub fn release(&mut self, id: NameId) {
        let entry = &mut self.entries[id as usize];
        entry.uses -= 1;
        if entry.uses == 0
            && let Some(name) = entry.name.take()
        {
            self.ids.remove(&name);
            self.free.push(id);
        }
    }

    fn add(&mut self, name: T) -> NameId {
        let entry = Entry { name: Some(name.clone()), uses: 0 };
        let id = match self.free.pop() {
            Some(id) => {
                self.entries[id as usize] = entry;
                id
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as NameId
            }
        };
        self.ids.insert(name, id);
        id
    }

    /// Without what names have on the heap themselves.
    fn heap_bytes(&self) -> usize {
        self.ids.allocation_size()
            + self.entries.capacity() * size_of::<Entry<T>>()
            + self.free.capacity() * size_of::<NameId>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_forgotten_after_its_last_use() {
        let mut names = Dictionary::default();
        let cats = names.acquire(&"cats");
        assert_eq!(names.acquire(&"cats"), cats);
        names.release(cats);
        assert_eq!(names.find(&"cats"), Some(cats));
        names.release(cats);
        assert_eq!(names.find(&"cats"), None);
        assert_eq!(names.acquire(&"dogs"), cats);
        assert_ne!(names.acquire(&"cats"), cats);
    }
}
