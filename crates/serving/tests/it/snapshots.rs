//! Snapshots of the log, and what is left of them by a crash or damage.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{PromotionId, Span};
use feed::verdict::Verdict;
use promotions::Goal;
use serving::{Disk, Feed, RealDisk};
use tempfile::{TempDir, tempdir};

use crate::settled::{end, give_back, sell, serve, with_ending};
use crate::town::Town;

/// Fails after so many steps, for so many: half of what is to be written then is there.
#[derive(Debug)]
struct FailingDisk {
    before: AtomicUsize,
    failures: AtomicUsize,
}

impl FailingDisk {
    fn new(before: usize, failures: usize) -> Arc<FailingDisk> {
        let [before, failures] = [before, failures].map(AtomicUsize::new);
        Arc::new(FailingDisk { before, failures })
    }

    fn step(&self) -> io::Result<()> {
        let is_counted = |left: &AtomicUsize| {
            let count = |left: usize| left.checked_sub(1);
            left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count).is_ok()
        };
        match is_counted(&self.before) || !is_counted(&self.failures) {
            true => Ok(()),
            false => Err(io::Error::other("the disk is full")),
        }
    }
}

impl Disk for FailingDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let step = self.step();
        let length = if step.is_ok() { bytes.len() } else { bytes.len() / 2 };
        file.write_all(&bytes[..length])?;
        step
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.step()?;
        file.sync_data()
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.sync_folder(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::remove_file(path)
    }
}

/// A town whose log has a promotion that is settled and about to leave memory, and one that goes
/// on, of which a part was sold.
struct Scene {
    town: Town,
    folder: TempDir,
    settled: PromotionId,
    running: PromotionId,
    tokens: Vec<String>,
}

impl Scene {
    fn new() -> Scene {
        let scene = Scene::before();
        scene.town.wait(Span::days(6));
        scene
    }

    /// Six days before a promotion is to leave.
    fn before() -> Scene {
        let (town, folder) = (Town::new(), tempdir().unwrap());
        let settled = town.running_for(Goal::Sales, 1, 500_000);
        let feed = town.feed(folder.path());
        let tokens = serve(&town, &feed, 60, true);
        end(&town, &feed, settled);
        assert_eq!(give_back(&feed, &tokens[0]), Verdict::Repaid);
        feed.run().unwrap();
        town.wait(Span::days(2));
        town.settle(settled).unwrap();
        drop(feed);
        let running = town.running_for(Goal::Sales, 2, 500_000);
        let mut scene = Scene { town, folder, settled, running, tokens };
        let feed = scene.open();
        scene.tokens = serve(&scene.town, &feed, 60, false);
        scene.sell(&feed, 3);
        drop(feed);
        scene
    }

    fn open(&self) -> Feed {
        self.town.feed(self.folder.path())
    }

    /// Sells one in so many.
    fn sell(&self, feed: &Feed, one_in: usize) {
        for token in self.tokens.iter().step_by(one_in) {
            let verdict = sell(feed, token);
            // What no slice has money for is counted.
            let expected = [Verdict::Billed, Verdict::Counted, Verdict::Duplicate];
            assert!(expected.contains(&verdict), "{verdict:?}");
        }
        let _ = feed.run();
    }

    /// Whoever goes on sells the rest: each is billed once, and told once.
    fn check(&self) {
        let Scene { town, settled, running, tokens, .. } = self;
        let feed = self.open();
        self.sell(&feed, 1);
        feed.run().unwrap();
        for promotion in [*running, *settled] {
            let delivery = town.promotion(promotion).delivery;
            let known = (delivery.billed_units + delivery.invalid_units, delivery.unbilled_units);
            assert_eq!(delivered(town, &feed, promotion), known);
            assert!(delivery.billed_units > 3);
            if promotion == *running {
                assert_eq!(known.0 + known.1, tokens.len() as u64);
            }
        }
        assert_eq!(with_ending(self.folder.path(), "log").len(), 1, "it is the same stream");
    }
}

/// Units that a report tells, billed and not, of which its minutes and its summary say the same.
fn delivered(town: &Town, feed: &Feed, promotion: PromotionId) -> (u64, u64) {
    let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
    let asked = serving::Asked { promotion, deeds: &[], stretch, reach: &|_| 1 };
    let report = feed.report_on(&asked).unwrap();
    let minutes = report.delivered.iter().map(|(_, minute)| minute);
    let (units, unbilled) = minutes.fold((0, 0), |(units, unbilled), minute| {
        (units + minute.units, unbilled + minute.unbilled_units)
    });
    let kind = &report.summary.kinds[0];
    assert_eq!((kind.billed, kind.counted), (units, unbilled));
    let served = |(_, counts): &(_, feed::Counts)| counts.get(feed::Outcome::Served);
    assert!(report.waterfall.iter().map(served).sum::<u64>() >= units + unbilled);
    (units, unbilled)
}

#[test]
fn slow_whoever_dies_at_any_step_of_a_snapshot_leaves_what_is_billed_once() {
    for steps in 0.. {
        let mut scene = Scene::new();
        scene.town.disk = FailingDisk::new(steps, usize::MAX);
        let opened = scene.town.try_feed(scene.folder.path());
        if let Ok(feed) = &opened {
            scene.sell(feed, 2);
            let _ = feed.run();
        }
        drop(opened);
        let is_done = !with_ending(scene.folder.path(), "settled").is_empty();
        scene.town.disk = Arc::new(RealDisk);
        scene.check();
        assert!(steps < 100);
        // The rest is as in any other second.
        if is_done && steps > 30 {
            return;
        }
    }
}

#[test]
fn slow_a_snapshot_that_fails_is_made_later_and_nothing_is_told_twice_or_not_at_all() {
    for steps in 0.. {
        let mut scene = Scene::before();
        let disk = FailingDisk::new(usize::MAX, 1);
        scene.town.disk = Arc::clone(&disk) as Arc<dyn Disk>;
        scene.town.wait(Span::days(4));
        let (feed, path) = (scene.open(), scene.folder.path());
        assert_eq!(with_ending(path, "settled").len(), 0);
        scene.sell(&feed, 2);
        scene.town.wait(Span::days(2));
        let told = || [scene.settled, scene.running].map(|id| delivered(&scene.town, &feed, id));
        let known = told();
        disk.before.store(steps, Ordering::SeqCst);
        let _ = feed.run();
        if disk.failures.load(Ordering::SeqCst) > 0 {
            assert!(steps >= 14, "{steps} steps");
            return;
        }
        assert_eq!(told(), known, "{steps}");
        scene.town.wait(Span::minutes(1));
        feed.run().unwrap();
        assert_eq!(with_ending(path, "settled").len(), 1, "{steps}");
        assert_eq!(told(), known, "{steps}");
        drop(feed);
        scene.check();
    }
}

/// Opens what a town has left after something was done to its files.
fn check_after(harm: impl Fn(&Path)) {
    let scene = Scene::new();
    drop(scene.open());
    let path = scene.folder.path();
    assert_eq!(with_ending(path, "snapshot").len(), 2);
    assert_eq!(with_ending(path, "settled").len(), 1);
    harm(path);
    scene.check();
}

fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, &bytes).unwrap();
}

fn cut_off(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 3]).unwrap();
}

#[test]
fn slow_a_damaged_snapshot_is_passed_over() {
    let snapshot = |path: &Path, place: usize| with_ending(path, "snapshot").remove(place);
    check_after(|_| {});
    check_after(|path| damage(&snapshot(path, 1)));
    check_after(|path| cut_off(&snapshot(path, 1)));
    // Then all volumes are read.
    check_after(|path| (0..2).for_each(|place| damage(&snapshot(path, place))));
    check_after(|path| (0..2).for_each(|_| std::fs::remove_file(snapshot(path, 0)).unwrap()));
    // One that lacks a file that belongs to it.
    check_after(|path| std::fs::remove_file(with_ending(path, "settled").remove(0)).unwrap());
}

#[test]
fn a_book_that_is_behind_a_snapshot_is_billed_by_what_is_before() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running_for(Goal::Sales, 1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, false);
    let sold = tokens.iter().filter(|token| sell(&feed, token) == Verdict::Billed).count() as u64;
    assert!(sold > 3);
    // What is in the log is not billed when its writer dies; a snapshot of it has it.
    let town = town.without_writer(|| {
        assert!(feed.close().is_ok());
        drop(feed);
    });
    let feed = town.feed(folder.path());
    assert_eq!(with_ending(folder.path(), "snapshot").len(), 1);
    drop(feed);
    assert_eq!(town.promotion(promotion).delivery.billed_units, 0, "no run has billed it");
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    assert_eq!(town.promotion(promotion).delivery.billed_units, sold);
    // A book of before: it has heard of nothing.
    drop(feed);
    let other = Town::new();
    let same = other.running_for(Goal::Sales, 1, 500_000);
    let holder = base::Label::new(
        with_ending(folder.path(), "log")[0].file_stem().unwrap().to_str().unwrap(),
    );
    let want = promotions::Lease {
        holder: holder.unwrap(),
        amount: town.slice(promotion, 1).granted(),
        term: Span::minutes(10),
    };
    let lease = engine::PromotionCommand::Lease { promotion: same, held: None, want };
    other.promote(lease).unwrap();
    other.wait(Span::seconds(60));
    let feed = other.feed(folder.path());
    feed.run().unwrap();
    assert_eq!(other.promotion(same).delivery.billed_units, sold);
    assert_eq!(delivered(&other, &feed, same).0, sold);
}
