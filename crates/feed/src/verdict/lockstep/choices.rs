//! What viewers did of what they were shown, bounded in time and number.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{Instant, PromotionId, Span};
use promotions::Goal;

use super::ChoicesPolicy;
use super::alike::{Profile, Taste};
use super::numbers::Numbered;
use crate::saved::saved;
use crate::token::ViewerHash;
use crate::verdict::limits::part_number;

/// How often a viewer was shown a promotion and did what it pays for; both stop at the most that
/// fits.
#[derive(Clone, Copy, Debug)]
struct Cell {
    promotion: u32,
    goal: Goal,
    shown: u8,
    chosen: u8,
    /// The day of the latest change.
    day: u32,
}

saved!(Cell { promotion, goal, shown, chosen, day });

/// What is remembered of a viewer.
#[derive(Debug, Default)]
struct Chooser {
    /// The latest day that it was seen on.
    day: u32,
    /// The latest hour that it was looked at in.
    hour: u64,
    /// Whether its choices are odd; then they say nothing of how people choose.
    is_odd: bool,
    /// By number of the promotion.
    cells: Vec<Cell>,
}

saved!(Chooser { day, hour, is_odd, cells });

/// A promotion that somebody was shown.
#[derive(Debug, Default)]
struct Offered {
    /// Cells of it.
    cells: u32,
    /// Viewers who were shown it, without the odd ones.
    shown: u32,
    /// Viewers who chose it, without the odd ones.
    chosen: u32,
    /// Odd viewers who chose it, the latest at the back.
    odd: VecDeque<ViewerHash>,
}

saved!(Offered { cells, shown, chosen, odd });

/// What viewers did of what they were shown.
#[derive(Debug)]
pub(super) struct Choices {
    policy: ChoicesPolicy,
    viewers: BTreeMap<ViewerHash, Chooser>,
    /// Viewers by the latest day that they were seen on.
    by_day: BTreeSet<(u32, ViewerHash)>,
    promotions: Numbered<Offered>,
    /// Cells of all viewers.
    cells: usize,
}

saved!(Choices { policy, viewers, by_day, promotions, cells });

impl Choices {
    pub(super) fn new(policy: ChoicesPolicy) -> Choices {
        Choices {
            policy,
            viewers: BTreeMap::new(),
            by_day: BTreeSet::new(),
            promotions: Numbered::new(),
            cells: 0,
        }
    }

    /// Remembers that a viewer was shown a promotion, or did what it pays for.
    pub(super) fn put(
        &mut self,
        viewer: ViewerHash,
        (promotion, goal): (PromotionId, Goal),
        at: Instant,
        is_choice: bool,
    ) {
        let day = day_of(at);
        self.see(viewer, day);
        let number = self.promotions.number_of(promotion, Offered::default);
        let chooser = self.viewers.entry(viewer).or_default();
        let place = chooser.cells.binary_search_by_key(&number, |cell| cell.promotion);
        let place = place.unwrap_or_else(|place| {
            let cell = Cell { promotion: number, goal, shown: 0, chosen: 0, day };
            chooser.cells.insert(place, cell);
            let offered = &mut self.promotions[number];
            offered.cells += 1;
            offered.shown += u32::from(!chooser.is_odd);
            self.cells += 1;
            place
        });
        let cell = &mut chooser.cells[place];
        cell.day = day;
        if is_choice {
            cell.chosen = cell.chosen.saturating_add(1);
            if cell.chosen == 1 {
                let offered = &mut self.promotions[number];
                if chooser.is_odd {
                    offered.add_odd(viewer, self.policy.odd_max);
                } else {
                    offered.chosen += 1;
                }
            }
        } else {
            cell.shown = cell.shown.saturating_add(1);
        }
        // What was shown was perhaps not reported.
        cell.shown = cell.shown.max(cell.chosen);
        self.keep_bounds(viewer);
    }

    /// Forgets viewers who were not seen for too long.
    pub(super) fn forget(&mut self, now: Instant) {
        let first = day_of(now.saturating_sub(self.policy.memory));
        while self.by_day.first().is_some_and(|(day, _)| *day < first) {
            self.forget_oldest();
        }
    }

    /// The choices of a viewer are to say nothing of how people choose, whatever they are.
    pub(super) fn set_odd(&mut self, viewer: ViewerHash, is_odd: bool) {
        let Some(chooser) = self.viewers.get_mut(&viewer) else { return };
        if chooser.is_odd == is_odd {
            return;
        }
        chooser.is_odd = is_odd;
        for cell in &chooser.cells {
            let offered = &mut self.promotions[cell.promotion];
            let is_chosen = cell.chosen > 0;
            if is_odd {
                offered.shown -= 1;
                offered.chosen -= u32::from(is_chosen);
                if is_chosen {
                    offered.add_odd(viewer, self.policy.odd_max);
                }
            } else {
                offered.shown += 1;
                offered.chosen += u32::from(is_chosen);
                offered.odd.retain(|one| *one != viewer);
            }
        }
    }

    /// Looks at the choices of a viewer, once an hour at most: whether they are odd, and with whom
    /// it shares them. Gives who is found, of the viewer and of those it shares them with.
    pub(super) fn look(
        &mut self,
        viewer: ViewerHash,
        at: Instant,
        is_found: impl Fn(ViewerHash) -> bool,
    ) -> Vec<ViewerHash> {
        let hour = part_number(at, Span::hours(1));
        let Some(chooser) = self.viewers.get_mut(&viewer) else { return Vec::new() };
        if chooser.hour == hour {
            return Vec::new();
        }
        chooser.hour = hour;
        let profile = self.profile(viewer);
        let is_odd = profile.chosen() >= u64::from(self.policy.choices_min)
            && profile.surprise(&profile, self.policy.habit) >= self.policy.odd;
        self.set_odd(viewer, is_odd);
        if !is_odd {
            return Vec::new();
        }
        let mates = self.mates(viewer, &profile);
        if !self.are_enough(&mates) {
            return Vec::new();
        }
        let mut found = vec![viewer];
        for (_, mate) in mates {
            if !is_found(mate) && self.are_enough(&self.mates(mate, &self.profile(mate))) {
                found.push(mate);
            }
        }
        found
    }

    /// The viewers whose choices are most like those of `viewer`, which are odd: how many bits of
    /// surprise they share, in 256ths.
    fn mates(&self, viewer: ViewerHash, profile: &Profile) -> Vec<(u64, ViewerHash)> {
        let odd = profile.tastes.iter().filter(|taste| taste.chosen > 0);
        let odd = odd.flat_map(|taste| self.promotions[taste.promotion].odd.iter().copied());
        let mut all: Vec<_> = odd.filter(|one| *one != viewer).collect();
        all.sort_unstable();
        // Those who chose most of the same are looked at.
        let mut candidates: Vec<_> =
            all.chunk_by(|one, other| one == other).map(|same| (same.len(), same[0])).collect();
        candidates.sort_unstable_by(|one, other| other.cmp(one));
        candidates.truncate(self.policy.candidates_max);
        let habit = self.policy.habit;
        let mut mates: Vec<_> = candidates
            .into_iter()
            .map(|(_, mate)| {
                let other = self.profile(mate);
                let shared = profile.surprise(&other, habit).min(other.surprise(profile, habit));
                (shared, mate)
            })
            .filter(|(shared, _)| *shared > ONE_BIT)
            .collect();
        mates.sort_unstable_by(|one, other| other.cmp(one));
        mates.truncate(self.policy.mates_max);
        mates
    }

    fn are_enough(&self, mates: &[(u64, ViewerHash)]) -> bool {
        let shared: u64 = mates.iter().map(|(shared, _)| shared - ONE_BIT).sum();
        mates.len() >= self.policy.mates_min && shared >= self.policy.shared
    }

    fn profile(&self, viewer: ViewerHash) -> Profile {
        let cells = self.viewers.get(&viewer).map_or(&[][..], |chooser| &chooser.cells);
        let most = self.policy.choice_max;
        let tastes = cells.iter().map(|cell| {
            let offered = &self.promotions[cell.promotion];
            let (chosen, shown) = (u64::from(offered.chosen), u64::from(offered.shown));
            let rate = (chosen + 1) * MILLION / (shown + 2);
            Taste {
                promotion: cell.promotion,
                goal: cell.goal,
                chosen: u64::from(cell.chosen).min(most),
                expected: (u64::from(cell.shown) * rate).min(most * MILLION),
            }
        });
        Profile { tastes: tastes.collect() }
    }

    /// The viewer is seen on that day: what is older than the memory is forgotten.
    fn see(&mut self, viewer: ViewerHash, day: u32) {
        let chooser = self.viewers.entry(viewer).or_default();
        if chooser.day == day && !chooser.cells.is_empty() {
            return;
        }
        self.by_day.remove(&(chooser.day, viewer));
        self.by_day.insert((day, viewer));
        chooser.day = day;
        let days = (self.policy.memory.micros() / Span::days(1).micros()) as u32;
        let old: Vec<u32> = chooser
            .cells
            .iter()
            .filter(|cell| cell.day + days < day)
            .map(|cell| cell.promotion)
            .collect();
        old.into_iter().for_each(|promotion| self.drop_cell(viewer, promotion));
    }

    /// Forgets what was changed longest ago of a viewer that has too many cells, and viewers who
    /// were not seen for longest when there are too many cells in all.
    fn keep_bounds(&mut self, viewer: ViewerHash) {
        let cells = self.viewers.get(&viewer).map_or(&[][..], |chooser| &chooser.cells);
        if cells.len() > self.policy.viewer_promotions_max.max(1) {
            let oldest = cells.iter().min_by_key(|cell| (cell.day, cell.shown, cell.promotion));
            if let Some(promotion) = oldest.map(|cell| cell.promotion) {
                self.drop_cell(viewer, promotion);
            }
        }
        while self.cells > self.policy.cells_max.max(1) && self.viewers.len() > 1 {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((_, viewer)) = self.by_day.pop_first() else { return };
        let cells = self.viewers.get(&viewer).map_or(&[][..], |chooser| &chooser.cells);
        let promotions: Vec<u32> = cells.iter().map(|cell| cell.promotion).collect();
        promotions.into_iter().for_each(|promotion| self.drop_cell(viewer, promotion));
        self.viewers.remove(&viewer);
    }

    fn drop_cell(&mut self, viewer: ViewerHash, promotion: u32) {
        let Some(chooser) = self.viewers.get_mut(&viewer) else { return };
        let place = chooser.cells.binary_search_by_key(&promotion, |cell| cell.promotion);
        let Ok(place) = place else { return };
        let cell = chooser.cells.remove(place);
        self.cells -= 1;
        let offered = &mut self.promotions[promotion];
        if chooser.is_odd {
            offered.odd.retain(|one| *one != viewer);
        } else {
            offered.shown -= 1;
            offered.chosen -= u32::from(cell.chosen > 0);
        }
        offered.cells -= 1;
        if offered.cells == 0 {
            self.promotions.release(promotion);
        }
    }
}

const MILLION: u64 = 1_000_000;

/// In 256ths.
const ONE_BIT: u64 = 1 << 8;

impl Offered {
    fn add_odd(&mut self, viewer: ViewerHash, most: usize) {
        self.odd.push_back(viewer);
        if self.odd.len() > most {
            self.odd.pop_front();
        }
    }
}

fn day_of(at: Instant) -> u32 {
    // Some million days are enough.
    part_number(at, Span::days(1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is counted of promotions, counted again from the cells.
    fn check(choices: &Choices) {
        let cells = || choices.viewers.values().flat_map(|chooser| &chooser.cells);
        assert_eq!(cells().count(), choices.cells);
        assert!(choices.cells <= choices.policy.cells_max);
        assert_eq!(choices.by_day.len(), choices.viewers.len());
        for promotion in cells().map(|cell| cell.promotion) {
            let offered = &choices.promotions[promotion];
            let usual = choices.viewers.values().filter(|chooser| !chooser.is_odd);
            let usual: Vec<_> = usual
                .flat_map(|chooser| &chooser.cells)
                .filter(|cell| cell.promotion == promotion)
                .collect();
            assert_eq!(offered.shown as usize, usual.len());
            let chosen = usual.iter().filter(|cell| cell.chosen > 0).count();
            assert_eq!(offered.chosen as usize, chosen);
            let all = cells().filter(|cell| cell.promotion == promotion).count();
            assert_eq!(offered.cells as usize, all);
            assert!(offered.odd.len() <= choices.policy.odd_max);
            for viewer in &offered.odd {
                let chooser = &choices.viewers[viewer];
                let has_chosen = |cell: &Cell| cell.promotion == promotion && cell.chosen > 0;
                assert!(chooser.is_odd && chooser.cells.iter().any(has_chosen));
            }
        }
    }

    #[test]
    fn what_is_counted_is_what_is_remembered_and_bounded() {
        let policy = ChoicesPolicy {
            memory: Span::days(2),
            odd_max: 3,
            viewer_promotions_max: 4,
            cells_max: 40,
            ..ChoicesPolicy::default()
        };
        let mut choices = Choices::new(policy);
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        for step in 0..2_000 {
            let at = Instant::MIN.saturating_add(Span::minutes(step * 7));
            let viewer = ViewerHash::new(1 + draw(30));
            match draw(12) {
                0 => choices.set_odd(viewer, draw(2) == 0),
                1 => choices.forget(at),
                _ => {
                    let of = (PromotionId::from_bits(draw(9).into()), Goal::Views);
                    choices.put(viewer, of, at, draw(3) == 0);
                    // Where all were seen on one day, the viewer itself may have been forgotten.
                    let cells = choices.viewers.get(&viewer).map_or(&[][..], |one| &one.cells);
                    assert!(cells.len() <= 4 && cells.iter().all(|one| one.chosen <= one.shown));
                }
            }
            check(&choices);
        }
        choices.forget(Instant::MIN.saturating_add(Span::days(100)));
        assert_eq!((choices.cells, choices.viewers.len()), (0, 0));
    }
}
