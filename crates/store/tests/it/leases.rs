//! Who owns a book, on every kind of leases.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::postgres::Database;
use store::{BookName, Leases, Member, MemoryLeases, Renewal, Term};
use testbed::OwnDatabase;

const LENGTH: Duration = Duration::from_secs(5);

/// Leases that several processes share, and their time.
trait SharedLeases {
    /// The leases as one more process sees them.
    fn leases(&self) -> Box<dyn Leases>;
    /// Lets time pass, for instance by moving the end of every lease back.
    fn pass(&self, time: Duration);
}

struct InMemory {
    now: Arc<Mutex<Duration>>,
    leases: MemoryLeases,
}

impl InMemory {
    fn new() -> InMemory {
        let now = Arc::new(Mutex::new(Duration::from_secs(1_000)));
        let clock = Arc::clone(&now);
        InMemory { now, leases: MemoryLeases::new(Arc::new(move || *clock.lock().unwrap())) }
    }
}

impl SharedLeases for InMemory {
    fn leases(&self) -> Box<dyn Leases> {
        Box::new(self.leases.clone())
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }
}

struct InDatabase {
    own: OwnDatabase,
    database: Database,
}

impl InDatabase {
    fn new() -> InDatabase {
        let own = OwnDatabase::new();
        let database = Database::at(&own.address()).unwrap();
        InDatabase { own, database }
    }
}

impl SharedLeases for InDatabase {
    fn leases(&self) -> Box<dyn Leases> {
        Box::new(self.database.leases().unwrap())
    }

    fn pass(&self, time: Duration) {
        let earlier = format!("set until_micros = until_micros - {}", time.as_micros());
        self.own.run(&format!("update makegood.lease {earlier}"));
    }
}

/// Runs a test of behavior on every kind of leases.
fn on_all_leases(test: impl Fn(&dyn SharedLeases)) {
    println!("on leases in memory");
    test(&InMemory::new());
    println!("on PostgreSQL");
    test(&InDatabase::new());
}

fn book() -> BookName {
    BookName::new("test").unwrap()
}

fn member(name: char) -> Member {
    let process = name.to_string().repeat(32);
    Member { process, address: format!("http://10.0.0.{}:8080", u32::from(name)) }
}

fn acquire(leases: &mut dyn Leases, name: char) -> Option<Term> {
    leases.acquire(&book(), &member(name), LENGTH).unwrap()
}

fn renew(leases: &mut dyn Leases, name: char, term: Term) -> Renewal {
    leases.renew(&book(), &member(name), term, LENGTH).unwrap()
}

fn owner(leases: &mut dyn Leases) -> Option<char> {
    let owner = leases.owner(&book()).unwrap()?;
    owner.member.process.chars().next()
}

#[test]
fn one_process_owns_a_book_until_its_lease_lapses() {
    on_all_leases(|shared| {
        let (mut one, mut two) = (shared.leases(), shared.leases());
        assert_eq!(owner(one.as_mut()), None);
        let first = acquire(one.as_mut(), 'a').unwrap();
        assert_eq!(acquire(two.as_mut(), 'b'), None);
        shared.pass(LENGTH - Duration::from_secs(1));
        assert_eq!(acquire(two.as_mut(), 'b'), None);
        assert_eq!(renew(one.as_mut(), 'a', first), Renewal::Held);
        shared.pass(LENGTH - Duration::from_secs(1));
        assert_eq!(acquire(two.as_mut(), 'b'), None, "it was renewed");
        assert_eq!(owner(two.as_mut()), Some('a'));
        shared.pass(Duration::from_secs(1));
        assert_eq!(owner(two.as_mut()), None);
        let second = acquire(two.as_mut(), 'b').unwrap();
        assert!(second > first, "{second:?} after {first:?}");
        assert_eq!(renew(one.as_mut(), 'a', first), Renewal::Lost);
        assert_eq!(acquire(one.as_mut(), 'a'), None);
    });
}

#[test]
fn an_owner_is_told_with_its_address_and_time_left() {
    on_all_leases(|shared| {
        let mut leases = shared.leases();
        let term = acquire(leases.as_mut(), 'a').unwrap();
        shared.pass(Duration::from_secs(2));
        let owner = leases.owner(&book()).unwrap().unwrap();
        assert_eq!((owner.member.clone(), owner.term), (member('a'), term));
        let left = Duration::from_secs(2)..=Duration::from_secs(3);
        assert!(left.contains(&owner.remaining), "{:?}", owner.remaining);
        let other = BookName::new("other").unwrap();
        assert_eq!(leases.owner(&other).unwrap(), None);
        leases.acquire(&other, &member('b'), LENGTH).unwrap().unwrap();
        let owners = leases.owners().unwrap();
        let told: Vec<_> = owners.iter().map(|(book, owner)| (book, &owner.member)).collect();
        assert_eq!(told, [(&other, &member('b')), (&book(), &member('a'))]);
        shared.pass(LENGTH);
        assert_eq!(leases.owners().unwrap(), []);
    });
}

#[test]
fn a_lapsed_lease_is_renewed_when_nobody_took_it() {
    on_all_leases(|shared| {
        let (mut one, mut two) = (shared.leases(), shared.leases());
        let term = acquire(one.as_mut(), 'a').unwrap();
        shared.pass(10 * LENGTH);
        assert_eq!(renew(one.as_mut(), 'a', term), Renewal::Held);
        assert_eq!(acquire(two.as_mut(), 'b'), None);
    });
}

#[test]
fn an_owner_that_acquires_again_has_a_new_term() {
    on_all_leases(|shared| {
        let mut leases = shared.leases();
        let first = acquire(leases.as_mut(), 'a').unwrap();
        let second = acquire(leases.as_mut(), 'a').unwrap();
        assert!(second > first);
        assert_eq!(renew(leases.as_mut(), 'a', first), Renewal::Lost, "of an earlier term");
        assert_eq!(renew(leases.as_mut(), 'a', second), Renewal::Held);
    });
}

#[test]
fn a_released_lease_goes_to_another_process_first() {
    on_all_leases(|shared| {
        let (mut one, mut two) = (shared.leases(), shared.leases());
        let term = acquire(one.as_mut(), 'a').unwrap();
        // Of another term or process: nothing happens.
        one.release(&book(), &member('a'), Term(term.0 + 1)).unwrap();
        two.release(&book(), &member('b'), term).unwrap();
        assert_eq!(owner(two.as_mut()), Some('a'));
        one.release(&book(), &member('a'), term).unwrap();
        assert_eq!(owner(two.as_mut()), None);
        assert_eq!(renew(one.as_mut(), 'a', term), Renewal::Lost, "a released lease is gone");
        assert_eq!(acquire(one.as_mut(), 'a'), None, "the others come first");
        let next = acquire(two.as_mut(), 'b').unwrap();
        assert!(next > term);
        assert_eq!(owner(one.as_mut()), Some('b'));
    });
}

#[test]
fn a_released_lease_returns_when_nobody_else_wants_it() {
    on_all_leases(|shared| {
        let mut leases = shared.leases();
        let term = acquire(leases.as_mut(), 'a').unwrap();
        leases.release(&book(), &member('a'), term).unwrap();
        assert_eq!(acquire(leases.as_mut(), 'a'), None);
        shared.pass(LENGTH);
        assert!(acquire(leases.as_mut(), 'a').unwrap() > term);
    });
}

#[test]
fn an_owner_that_is_asked_steps_down_and_keeps_the_lease_until_it_does() {
    on_all_leases(|shared| {
        let (mut one, mut two) = (shared.leases(), shared.leases());
        assert!(!two.ask_hand_over(&book()).unwrap(), "there is nobody to ask");
        let term = acquire(one.as_mut(), 'a').unwrap();
        assert!(two.ask_hand_over(&book()).unwrap());
        assert!(two.owner(&book()).unwrap().unwrap().hand_over);
        assert_eq!(acquire(two.as_mut(), 'b'), None, "a lease is never torn away");
        assert_eq!(acquire(one.as_mut(), 'a'), None, "it is asked to step down");
        shared.pass(LENGTH - Duration::from_secs(1));
        assert_eq!(renew(one.as_mut(), 'a', term), Renewal::HandOver);
        shared.pass(LENGTH - Duration::from_secs(1));
        assert_eq!(acquire(two.as_mut(), 'b'), None, "it holds while its owner steps down");
        one.release(&book(), &member('a'), term).unwrap();
        assert_eq!(acquire(one.as_mut(), 'a'), None);
        let next = acquire(two.as_mut(), 'b').unwrap();
        assert_eq!(renew(two.as_mut(), 'b', next), Renewal::Held, "the wish is fulfilled");
        shared.pass(LENGTH);
        assert!(!one.ask_hand_over(&book()).unwrap(), "a lapsed lease has no owner to ask");
        assert!(acquire(one.as_mut(), 'a').is_some());
    });
}

#[test]
fn of_many_at_once_one_acquires() {
    on_all_leases(|shared| {
        let names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
        let all = names.map(|name| (name, shared.leases()));
        let won: Vec<char> = std::thread::scope(|scope| {
            let threads: Vec<_> = all
                .into_iter()
                .map(|(name, mut leases)| {
                    scope.spawn(move || (name, acquire(leases.as_mut(), name)))
                })
                .collect();
            let ended = threads.into_iter().map(|thread| thread.join().unwrap());
            ended.filter_map(|(name, term)| term.map(|_| name)).collect()
        });
        assert_eq!(won.len(), 1, "{won:?}");
        assert_eq!(owner(shared.leases().as_mut()), Some(won[0]));
    });
}
