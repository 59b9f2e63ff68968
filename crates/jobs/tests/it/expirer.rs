use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use jobs::{Booked, Expirer, JobError};
use writer::Trouble;

use crate::shop::Shop;

const LONG: Duration = Duration::from_secs(3_600);
/// Nothing here takes long; this only ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(20);

type Ended = Result<Booked, JobError>;

fn spawn(shop: &Shop, interval: Duration) -> (Expirer, Receiver<Ended>) {
    let (sender, runs) = mpsc::channel();
    let handle = shop.running.handle.clone();
    let book = shop.book.clone();
    let open = Box::new(move || Ok(Box::new(book.reader()) as Box<dyn store::Reader>));
    let report = move |ended| {
        let _ = sender.send(ended);
    };
    (Expirer::spawn(handle, open, interval, report).unwrap(), runs)
}

fn next(runs: &Receiver<Ended>) -> Booked {
    runs.recv_timeout(PATIENCE).unwrap().unwrap()
}

#[test]
fn a_nudge_is_enough() {
    let shop = Shop::open(false);
    shop.issue(1, Some(shop.second(100)));
    let (expirer, runs) = spawn(&shop, LONG);
    assert_eq!(next(&runs), Booked::default());
    shop.wait_until(shop.second(200));
    expirer.nudge();
    assert_eq!(next(&runs).cards, 1);
    expirer.stop();
    // The thread is gone, and so is its end of the channel.
    assert!(matches!(runs.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected)));
    shop.close();
}

#[test]
fn time_is_enough() {
    let shop = Shop::open(false);
    shop.issue(1, Some(shop.second(100)));
    shop.wait_until(shop.second(200));
    let (expirer, runs) = spawn(&shop, Duration::from_millis(1));
    assert_eq!(next(&runs).cards, 1);
    shop.issue(2, Some(shop.second(300)));
    shop.wait_until(shop.second(400));
    // Runs before the clock moved may have found nothing.
    while next(&runs).cards == 0 {}
    assert!(shop.is_expired(2));
    drop(expirer);
    shop.close();
}

#[test]
fn it_ends_with_the_writer() {
    let shop = Shop::open(false);
    let (expirer, runs) = spawn(&shop, LONG);
    next(&runs);
    shop.close();
    expirer.nudge();
    let ended = runs.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(ended, Err(JobError::Writer(Trouble::Ended(_)))), "{ended:?}");
    let disconnected = Err(mpsc::RecvTimeoutError::Disconnected);
    assert_eq!(runs.recv_timeout(PATIENCE).map(|_| ()), disconnected);
    expirer.stop();
}
