//! A bounded memory of what was used last.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

/// Keeps the most recently used entries, at most a stated number, each for a limited time.
///
/// Entries live in two generations. What is used moves to the younger one; when that is full, it
/// becomes the older one and the former older one is dropped. So nothing that is among the last
/// used is ever dropped (half the capacity at least), and every step costs the same. Times are
/// those of a monotonic clock.
pub(super) struct RecentCache<K, V> {
    generation_max: usize,
    keep: Duration,
    younger: HashMap<K, Entry<V>>,
    older: HashMap<K, Entry<V>>,
}

impl<K: Hash + Eq + Copy, V: Clone> RecentCache<K, V> {
    /// A cache of at most `entries_max` entries, each dropped `keep` after it was inserted.
    pub(super) fn new(entries_max: usize, keep: Duration) -> Self {
        let generation_max = (entries_max / 2).max(1);
        Self { generation_max, keep, younger: HashMap::new(), older: HashMap::new() }
    }

    pub(super) fn get(&mut self, key: K, now: Duration) -> Option<V> {
        let entry = match self.younger.get(&key) {
            Some(entry) => entry.clone(),
            None => {
                let entry = self.older.remove(&key)?;
                self.put(key, entry.clone());
                entry
            }
        };
        if now.saturating_sub(entry.inserted_at) > self.keep {
            self.remove(key);
            return None;
        }
        Some(entry.value)
    }

    pub(super) fn insert(&mut self, key: K, value: V, now: Duration) {
        self.put(key, Entry { value, inserted_at: now });
    }

    pub(super) fn remove(&mut self, key: K) {
        self.younger.remove(&key);
        self.older.remove(&key);
    }

    fn put(&mut self, key: K, entry: Entry<V>) {
        if self.younger.len() >= self.generation_max && !self.younger.contains_key(&key) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(key, entry);
    }
}

#[derive(Clone)]
struct Entry<V> {
    value: V,
    inserted_at: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    #[test]
    fn stays_bounded_and_keeps_what_is_used() {
        let mut cache = RecentCache::new(10, Duration::from_secs(60));
        for key in 0..1_000 {
            cache.insert(key, key, NOW);
            assert!(cache.younger.len() + cache.older.len() <= 10, "bounded");
            assert_eq!(cache.get(0, NOW), Some(0), "used all the time, so never dropped");
        }
        assert_eq!(cache.get(999, NOW), Some(999));
        assert_eq!(cache.get(500, NOW), None);
        cache.remove(999);
        assert_eq!(cache.get(999, NOW), None);
    }

    #[test]
    fn forgets_after_its_time() {
        let keep = Duration::from_secs(60);
        let mut cache = RecentCache::new(10, keep);
        cache.insert(1, 1, NOW);
        assert_eq!(cache.get(1, NOW + keep), Some(1), "use does not prolong the time");
        assert_eq!(cache.get(1, NOW + keep + Duration::from_nanos(1)), None);
        assert!(cache.younger.is_empty() && cache.older.is_empty());
    }
}
