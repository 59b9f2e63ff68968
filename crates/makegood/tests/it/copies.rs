//! `makegood backup`, `restore` and `move`: from outside, beside a server that is being written to.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use store::BookRecord;
use store::postgres::Database;
use testbed::{Cut, OwnDatabase, Proxy, Script, on_postgres};

use crate::client::Client;
use crate::outgoing::wait_until_told;
use crate::process::{KEY, Place, Ran, flip_bit, run};
use crate::serve::{issue_body, redeem_body};

/// A place with cards, redemptions and a server that was stopped.
fn place_with_history(cards: u32) -> Place {
    let place = Place::new();
    live(&place, cards);
    place
}

/// Lets a server issue and redeem cards.
fn live(place: &Place, cards: u32) {
    let server = place.serve();
    let mut client = server.client();
    for number in 0..cards {
        let issued = client.post("/v1/gift-cards", &format!("i{number}"), &issue_body(2_500));
        let code = issued.unwrap().expect(201).text("/code");
        let body = redeem_body(&code, 100 + i64::from(number));
        client.post("/v1/redemptions", &format!("r{number}"), &body).unwrap().expect(201);
    }
    sweep(&mut client);
    assert_eq!(server.stop(), Some(0));
}

/// Has the tables brought up to date, which an archive ends with: a list waits for them, and one
/// of several processes leaves them as they are when it stops.
fn sweep(client: &mut Client) {
    client.get("/v1/gift-cards").unwrap().expect(200);
}

/// Brings the keys of one place to another, as the docs say.
fn bring_keys(from: &Place, to: &Place) {
    let (from, to) = (from.path("data-keys"), to.path("data-keys"));
    std::fs::DirBuilder::new().mode(0o700).create(&to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // Where a database is, there is a folder of what is known of its books too.
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn backup(place: &Place) -> (String, Value) {
    let file = place.path("shop.backup").display().to_string();
    let view = place.run(&["backup", &file, "--json"]).expect(0).json();
    (file, view)
}

/// The books that can be served from a database.
fn listed(address: &str) -> Vec<BookRecord> {
    Database::at(address).unwrap().read_control().unwrap().books
}

/// Totals of every account at a cut, of which the tables have everything.
fn accounts_at(place: &Place, seq: u64) -> BTreeMap<String, (i64, i64, i64)> {
    let mut reader = place.reader();
    let mut found = BTreeMap::new();
    let mut note = |at: store::AccountAt| {
        let totals = (at.debits_posted.minor(), at.credits_posted.minor(), at.held.minor());
        found.insert(at.account.id.to_string(), totals);
    };
    reader.accounts_at(seq, &mut note).unwrap();
    found
}

#[test]
fn a_backup_under_load_is_one_instant_of_the_book() {
    let place = Place::new();
    let server = place.serve();
    // A process over a database listens before it has the book.
    sweep(&mut server.client());
    let done = AtomicBool::new(false);
    let views: Vec<(String, Value)> = std::thread::scope(|scope| {
        for thread in 0..2 {
            let (server, done) = (&server, &done);
            scope.spawn(move || {
                let mut client = server.client();
                let mut number = 0;
                while !done.load(Ordering::Relaxed) {
                    let issue = format!("i{thread}-{number}");
                    let issued = client.post("/v1/gift-cards", &issue, &issue_body(2_500));
                    let code = issued.unwrap().expect(201).text("/code");
                    let redeem = format!("r{thread}-{number}");
                    let body = redeem_body(&code, 100 + number % 1_000);
                    client.post("/v1/redemptions", &redeem, &body).unwrap().expect(201);
                    number += 1;
                }
            });
        }
        let views = (0..4).map(|_| backup(&place)).collect();
        done.store(true, Ordering::Relaxed);
        views
    });
    sweep(&mut server.client());
    assert_eq!(server.stop(), Some(0));
    let sequence = |view: &Value| view["books"][0]["sequence"].as_u64().unwrap();
    let (file, last) = views.last().unwrap();
    let (first_seq, last_seq) = (sequence(&views[0].1), sequence(last));
    assert!(first_seq < last_seq, "nothing was written meanwhile");

    let checked = place.run(&["backup", "--check", file, "--json"]).expect(0).json();
    assert_eq!(checked["books"], last["books"]);
    let other = Place::new();
    let restored = other.run(&["restore", file, "--json"]).expect(0).json();
    assert_eq!(restored["books"][0]["digest"], last["books"][0]["digest"]);
    assert_eq!(restored["books"][0]["totals"], last["books"][0]["totals"]);
    bring_keys(&place, &other);
    let other_server = other.serve();
    sweep(&mut other_server.client());
    assert_eq!(other_server.stop(), Some(0));
    let verified = other.run(&["verify", "--json"]).expect(0).json();
    assert_eq!(verified["books"][0]["findings"], serde_json::json!([]));
    let accounts = accounts_at(&place, last_seq);
    assert!(accounts.len() > 2);
    assert_eq!(accounts, accounts_at(&other, last_seq));
}

#[test]
fn a_restored_book_goes_on_and_refuses_former_cursors() {
    let place = place_with_history(3);
    let server = place.serve();
    let page = server.client().get("/v1/events?limit=2").unwrap().expect(200);
    let kept = format!("/v1/events?limit=2&cursor={}", page.text("/next_cursor"));
    let (file, made) = backup(&place);
    server.client().get(&kept).unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(place.last_backup().exists(), "doctor could not know of it");

    let other = Place::new();
    let restored = other.run(&["restore", &file, "--json"]).expect(0).json();
    let again = other.run(&["restore", &file, "--json"]).expect(0).json();
    assert_eq!(again["books"][0]["was_there"], true);
    let incarnation = &restored["books"][0]["incarnation"];
    assert_eq!(again["books"][0]["incarnation"], *incarnation);
    assert_ne!(made["books"][0]["incarnation"], *incarnation);
    let refused = other.run(&["serve", "--listen", "127.0.0.1:0"]).expect(1);
    assert!(refused.err.contains("ring.toml"), "{}", refused.err);
    bring_keys(&place, &other);
    let server = other.serve();
    let mut client = server.client();
    let refused = client.get(&kept).unwrap().expect(410);
    assert_eq!(refused.text("/code"), "cursor_from_another_incarnation");
    client.post("/v1/gift-cards", "new", &issue_body(2_500)).unwrap().expect(201);
    // A key that was used before the backup is still known.
    let replayed = client.post("/v1/gift-cards", "i0", &issue_body(2_500)).unwrap();
    replayed.expect(201);
    assert_eq!(server.stop(), Some(0));
    let verified = other.run(&["verify", "--json"]).expect(0).json();
    assert_eq!(verified["books"][0]["incarnation"], *incarnation);
    let refused = other.run(&["restore", &file]).expect(1);
    assert!(refused.err.contains("fresh place"), "{}", refused.err);
}

const RECEIVER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../webhooks/tests/servers/receiver.py");

/// Endpoints may be on this machine.
const HERE: (&str, &str) = ("MAKEGOOD_WEBHOOK_REACH", "public_and_loopback");

/// Ids of the events that arrive, signed with the secret of the receiver, until there are so many.
fn arrivals(receiver: &Script, count: usize) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    while ids.len() < count {
        let arrived: Value = serde_json::from_str(&receiver.line()).unwrap();
        assert_eq!(arrived["accepted"], json!([true]), "the sealed secret came along");
        ids.insert(arrived["headers"]["webhook-id"].as_str().unwrap().to_owned());
    }
    ids
}

/// Ids of the events of cards that were issued after the first `known`.
fn issued(client: &mut Client, known: usize) -> BTreeSet<String> {
    let page = client.get("/v1/events?limit=100&type=gift_card.issued").unwrap().expect(200);
    let page = page.json();
    let events = page["data"].as_array().unwrap().iter().skip(known);
    events.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn endpoints_come_along_and_a_restored_book_tells_them_nothing_until_it_is_told_to() {
    let place = Place::new();
    let server = place.serve_with(&[HERE]);
    let mut client = server.client();
    // A test book begins with some cards.
    let before = issued(&mut client, 0).len();
    let nobody = json!({"url": "http://127.0.0.1:1/", "types": ["gift_card.issued"]});
    let made = client.post("/v1/webhook-endpoints", "endpoint", &nobody).unwrap().expect(201);
    let endpoint = format!("/v1/webhook-endpoints/{}", made.text("/id"));
    let (receiver, address) = Script::server(RECEIVER, &[&made.text("/secret")]);
    let url = json!({"url": format!("http://{address}/ok")});
    client.patch(&endpoint, &url).unwrap().expect(200);
    client.post("/v1/gift-cards", "told", &issue_body(100)).unwrap().expect(201);
    assert_eq!(arrivals(&receiver, 1), issued(&mut client, before));
    wait_until_told(&mut client, &endpoint);
    // Switched off, it has its place while something happens.
    client.patch(&endpoint, &json!({"enabled": false})).unwrap().expect(200);
    client.post("/v1/gift-cards", "untold", &issue_body(100)).unwrap().expect(201);
    client.patch(&endpoint, &json!({"enabled": true, "url": "http://127.0.0.1:1/"})).unwrap();
    assert_eq!(server.stop(), Some(0));
    let (file, _) = backup(&place);
    // It goes on as it was where it is moved to.
    let there = place.path("there").display().to_string();
    let moved = place.run(&["move", "--to", &there, "--json"]).expect(0).json();
    assert_eq!(moved["books"][0]["webhook_endpoints"], 1);
    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let keys = place.path("data-keys");
    serve.env("MAKEGOOD_DATA", &there).env("MAKEGOOD_KEYS", &keys).env(HERE.0, HERE.1);
    serve.env_remove("MAKEGOOD_DATABASE");
    let server = place.start(serve);
    let mut client = server.client();
    let read = client.get(&endpoint).unwrap().expect(200);
    assert_eq!(read.text("/status"), "enabled");
    client.patch(&endpoint, &url).unwrap().expect(200);
    // What was told before is not told again.
    assert_eq!(arrivals(&receiver, 1), issued(&mut client, before + 1));
    server.stop();
    receiver.lines_so_far();

    let other = Place::new();
    let restored = other.run(&["restore", &file]).expect(0);
    assert!(restored.out.contains("1 webhook endpoints"), "{}", restored.out);
    bring_keys(&place, &other);
    let server = other.serve_with(&[HERE]);
    let mut client = server.client();
    assert_eq!(client.get(&endpoint).unwrap().expect(200).text("/status"), "restored");
    client.patch(&endpoint, &url).unwrap().expect(200);
    client.post("/v1/gift-cards", "here", &issue_body(100)).unwrap().expect(201);
    // A copy beside the original says nothing; once it is told to, nothing is missing.
    a_while();
    assert_eq!(receiver.lines_so_far(), Vec::<String>::new());
    client.patch(&endpoint, &json!({"enabled": true})).unwrap().expect(200);
    assert_eq!(arrivals(&receiver, 2), issued(&mut client, before + 1));
}

#[expect(clippy::disallowed_methods, reason = "what must not happen has no event to wait for")]
fn a_while() {
    std::thread::sleep(std::time::Duration::from_secs(1));
}

#[test]
fn a_damaged_backup_leaves_nothing_to_serve() {
    let place = place_with_history(3);
    let (file, _) = backup(&place);
    let length = usize::try_from(std::fs::metadata(&file).unwrap().len()).unwrap();
    flip_bit(file.as_ref(), length / 2);
    let checked = place.run(&["backup", "--check", &file]).expect(1);
    assert!(checked.err.contains("damaged at byte"), "{}", checked.err);
    let other = Place::new();
    let refused = other.run(&["restore", &file]).expect(1);
    assert!(refused.err.contains("damaged at byte"), "{}", refused.err);
    if on_postgres() {
        // There are only those books that are listed.
        assert_eq!(listed(&other.database()), []);
    } else {
        let verified = other.run(&["verify"]).expect(1);
        assert!(verified.out.contains("not completed"), "{}", verified.out);
        let looked = other.run(&["doctor"]).expect(1);
        assert!(looked.out.contains("not completed"), "{}", looked.out);
    }
    flip_bit(file.as_ref(), length / 2);
    other.run(&["restore", &file]).expect(0);
    bring_keys(&place, &other);
    other.run(&["verify"]).expect(0);
}

#[test]
fn a_backup_through_a_pipe_is_the_same() {
    let place = place_with_history(2);
    let (file, view) = backup(&place);
    let piped = place.command(&["backup", "-"]).output().unwrap();
    assert!(piped.status.success());
    let other = place.path("piped.backup");
    std::fs::write(&other, &piped.stdout).unwrap();
    let checked = place.run(&["backup", "--check", other.to_str().unwrap(), "--json"]);
    assert_eq!(checked.expect(0).json()["books"], view["books"]);
    assert_eq!(std::fs::read(file).unwrap().len(), piped.stdout.len());
}

#[test]
fn moving_there_and_back_changes_nothing() {
    let place = place_with_history(5);
    let before = place.run(&["verify", "--json"]).expect(0).json();
    let there = place.path("there").display().to_string();
    let back = place.path("back").display().to_string();
    let moved = place.run(&["move", "--to", &there, "--json"]).expect(0).json();
    assert_eq!(moved["books"][0]["api_keys"], 1);
    let again = place.run(&["move", "--to", &there, "--json"]).expect(0).json();
    assert_eq!(again["books"][0]["was_there"], true);
    let returned = place.run(&["move", "--from", &there, "--to", &back, "--json"]).expect(0).json();
    assert_eq!(returned["books"], moved["books"]);
    for data in [&there, &back] {
        let mut verify = place.command(&["verify", "--json"]);
        verify.env("MAKEGOOD_DATA", data).env("MAKEGOOD_KEYS", place.path("data-keys"));
        assert_eq!(run(&mut verify).expect(0).json(), before);
    }
    // Served with the same keys, the copy answers to the same API key.
    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    serve.env("MAKEGOOD_DATA", &back).env("MAKEGOOD_KEYS", place.path("data-keys"));
    let server = place.start(serve);
    server.client().get("/v1/gift-cards").unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
    let refused = place.run(&["move", "--to", &back]).expect(1);
    assert!(refused.err.contains("used already"), "{}", refused.err);
}

/// A secret where the address of a database may have one.
const PASSWORD: &str = "hush-5514";

#[test]
fn slow_moving_into_a_database_and_back_survives_interruptions() {
    let place = Place::in_files();
    live(&place, 30);
    let before = place.run(&["verify", "--json"]).expect(0).json();
    let database = OwnDatabase::new();
    let address = database.address();
    let (_, rest) = address.split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::to(host);
    let through = format!("{}?password={PASSWORD}", address.replace(host, &proxy.host()));
    for (round, cut) in
        [Cut::AfterCommit, Cut::Hold, Cut::BeforeCommit, Cut::AfterCommit].into_iter().enumerate()
    {
        proxy.cut_next(cut);
        let ran = place.run(&["move", "--to", &through]).expect(1);
        assert_eq!(proxy.cuts(), round + 1, "{}", ran.err);
        assert!(ran.err.contains("run the same command again"), "{}", ran.err);
        assert_eq!(listed(&address), [], "listed before its end");
    }
    let moved = place.run(&["move", "--to", &through, "--json"]).expect(0);
    assert!(!moved.out.contains(PASSWORD) && moved.out.contains(name), "{}", moved.out);
    let moved = moved.json();
    // What was held on the way since the second attempt comes too late.
    assert_eq!(proxy.deliver(), [false]);
    let there = |args: &[&str]| {
        let mut command = place.command(args);
        command.env("MAKEGOOD_DATABASE", &address).env("MAKEGOOD_KEYS", place.path("data-keys"));
        command
    };
    assert_eq!(run(&mut there(&["verify", "--json"])).expect(0).json(), before);

    let (ip, port) = host.split_once(':').unwrap();
    let pairs = format!("host={ip} port={port} user=makegood dbname={name} password={PASSWORD}");
    let back = place.path("back").display().to_string();
    let back_again = ["move", "--from", &pairs, "--to", &back, "--json"];
    let returned = place.run(&back_again).expect(0);
    assert!(!returned.out.contains(PASSWORD), "{}", returned.out);
    assert_eq!(returned.json()["books"], moved["books"]);
    let mut verify = place.command(&["verify", "--json"]);
    verify.env("MAKEGOOD_DATA", &back).env("MAKEGOOD_KEYS", place.path("data-keys"));
    assert_eq!(run(&mut verify).expect(0).json(), before);

    // The database answers to the same API key, and knows the keys of former requests.
    let server = place.start(there(&["serve", "--listen", "127.0.0.1:0"]));
    let mut client = server.client();
    assert!(client.post("/v1/gift-cards", "i0", &issue_body(2_500)).unwrap().is_replayed);
    client.post("/v1/gift-cards", "new", &issue_body(2_500)).unwrap().expect(201);
    let refused = place.run(&back_again).expect(1);
    assert!(refused.err.contains("stop every process"), "{}", refused.err);
    assert_eq!(server.stop(), Some(0));
    run(&mut there(&["verify"])).expect(0);
}

#[test]
fn a_move_of_a_database_into_itself_is_refused() {
    let place = Place::in_database();
    live(&place, 1);
    let address = place.database();
    let (_, rest) = address.split_once('@').unwrap();
    for same in [address.clone(), format!("postgresql://somebody:{PASSWORD}@{rest}")] {
        let refused = place.run(&["move", "--to", &same]).expect(1);
        assert!(refused.err.contains("the same"), "{}", refused.err);
    }
}

#[test]
fn a_move_is_refused_while_a_server_runs_or_into_itself() {
    let place = Place::in_files();
    live(&place, 1);
    let data = place.data().display().to_string();
    let refused = place.run(&["move", "--to", &data]).expect(1);
    assert!(refused.err.contains("the same"), "{}", refused.err);
    // Nobody listens there.
    let refused = place.run(&["move", "--to", "postgres://127.0.0.1:1/shop"]).expect(1);
    assert!(refused.err.contains("connect"), "{}", refused.err);
    let server = place.serve();
    let there = place.path("there").display().to_string();
    let refused = place.run(&["move", "--to", &there]).expect(1);
    assert!(refused.err.contains("stop the server"), "{}", refused.err);
    assert_eq!(server.stop(), Some(0));
    let refused = Place::in_files().run(&["move", "--to", &there]).expect(1);
    assert!(refused.err.contains("no books"), "{}", refused.err);
}

#[test]
fn an_archive_grows_and_is_checked_with_the_journal() {
    let place = place_with_history(3);
    let folder = place.path("archive");
    let archive = folder.display().to_string();
    let first = place.run(&["archive", &archive, "--json"]).expect(0).json();
    assert_eq!(first["books"][0]["new_segments"], 1);
    let again = place.run(&["archive", &archive, "--json"]).expect(0).json();
    assert_eq!(again["books"][0]["new_segments"], 0);
    // Also beside a server, and what it writes later follows.
    let server = place.serve();
    let mut client = server.client();
    client.post("/v1/gift-cards", "later", &issue_body(2_500)).unwrap().expect(201);
    sweep(&mut client);
    place.run(&["archive", &archive]).expect(0);
    assert_eq!(server.stop(), Some(0));
    let later = place.run(&["archive", &archive, "--json"]).expect(0).json();
    let through = |view: &Value| view["books"][0]["archived_through"].as_u64().unwrap();
    assert!(through(&later) > through(&first));
    let verify = ["verify", "--archive", &archive, "--json"];
    let verified = place.run(&verify).expect(0).json();
    assert_eq!(verified["books"][0]["archive"]["archived_through"], through(&later));
    assert_eq!(verified["books"][0]["sequence"], through(&later));

    // A changed bit, a missing segment, and the archive of another book are found.
    let segments = std::fs::read_dir(folder.join("test")).unwrap();
    let mut segments: Vec<_> = segments.map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    flip_bit(&segments[0], 200);
    let found = place.run(&verify).expect(1);
    assert!(found.out.contains("damaged at byte"), "{}", found.out);
    flip_bit(&segments[0], 200);
    std::fs::rename(&segments[0], place.path("aside")).unwrap();
    let found = place.run(&verify).expect(1);
    assert!(found.out.contains("expected record 1"), "{}", found.out);
    std::fs::rename(place.path("aside"), &segments[0]).unwrap();
    place.run(&verify).expect(0);
    let other = place_with_history(9);
    let found = other.run(&verify).expect(1);
    assert!(found.out.contains("another history"), "{}", found.out);
}

/// Moves the clock of the test book to this date, and lets something happen.
fn live_until(client: &mut Client, date: &str) {
    let now = json!({"now": format!("{date}T00:00:00Z")});
    client.post_once("/v1/test/clock", &now).unwrap().expect(200);
    client.post("/v1/gift-cards", date, &issue_body(100)).unwrap().expect(201);
}

#[test]
fn what_is_archived_leaves_the_journal_and_is_proven_with_it() {
    const DAYS: (&str, &str) = ("MAKEGOOD_JOURNAL_RETENTION_DAYS", "31");
    let place = place_with_history(3);
    let archive = place.path("archive").display().to_string();
    let server = place.serve_with(&[DAYS]);
    let mut client = server.client();
    let prune = ["archive", &archive, "--prune", "--json"];
    let ask_server = || {
        let mut command = place.command(&prune);
        command.args(["--book", "test", "--listen", &server.address]).env("MAKEGOOD_KEY", KEY);
        run(&mut command)
    };
    let removed = |ran: Ran| ran.expect(0).json()["books"][0]["removed_to"].as_u64().unwrap();
    // Keys of old records are known for a while: the first time only those before them go.
    live_until(&mut client, "2040-01-01");
    client.get("/v1/gift-cards").unwrap().expect(200);
    let first = removed(ask_server());
    live_until(&mut client, "2040-06-01");
    client.get("/v1/gift-cards").unwrap().expect(200);
    let second = removed(ask_server());
    assert!(0 < first && first + 6 <= second, "{first} {second}");
    let balance = "/v1/ledger/trial-balance?at=2039-01-01T00:00:00Z";
    let then = client.get(balance).unwrap().expect(200).body;
    let named = place.run(&prune).expect(1);
    if !on_postgres() {
        assert!(named.err.contains("MAKEGOOD_KEY"), "{}", named.err);
    }
    let mut command = place.command(&prune);
    command.env("MAKEGOOD_KEY", KEY);
    assert!(run(&mut command).expect(1).err.contains("--book"));
    assert_eq!(server.stop(), Some(0));

    // Sound by itself, and whole with the archive.
    let alone = place.run(&["verify", "--json"]).expect(0).json();
    assert_eq!(alone["books"][0]["replayed_after"], second);
    assert!(alone["notes"][0].as_str().unwrap().contains("--archive"), "{alone}");
    let whole = place.run(&["verify", "--archive", &archive, "--json"]).expect(0).json();
    assert_eq!(whole["books"][0]["replayed_after"], 0);
    assert!(whole["books"][0]["records"].as_u64() > alone["books"][0]["records"].as_u64());
    assert_eq!(whole["books"][0]["entries"], whole["books"][0]["transfers"].as_u64().unwrap() * 2);

    // Without a server, and with a server of what was backed up.
    let refused = place.run(&prune).expect(1);
    assert!(refused.err.contains("journal_retention_days"), "{}", refused.err);
    let again = removed(run(place.command(&prune).env(DAYS.0, DAYS.1)));
    assert!(again >= second);
    let (file, _) = backup(&place);
    let other = Place::new();
    bring_keys(&place, &other);
    other.run(&["restore", &file]).expect(0);
    other.run(&["verify", "--archive", &archive]).expect(0);
    let server = other.serve_with(&[DAYS]);
    assert_eq!(server.client().get(balance).unwrap().expect(200).body, then);
    assert_eq!(server.stop(), Some(0));
    // An archive that lacks what is gone is named.
    let segments = std::fs::read_dir(place.path("archive/test")).unwrap();
    let mut segments: Vec<_> = segments.map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    assert!(segments.len() > 1);
    segments[1..].iter().for_each(|path| std::fs::remove_file(path).unwrap());
    let found = place.run(&["verify", "--archive", &archive]).expect(1);
    assert!(found.out.contains("have left the journal"), "{}", found.out);
}

#[test]
fn a_backup_into_a_folder_that_is_missing_names_what_was_asked_for() {
    let place = Place::in_files();
    place.serve().stop();
    let file = place.path("nowhere/shop.backup").display().to_string();
    let refused = place.run(&["backup", &file]).expect(1);
    assert!(refused.err.contains(&file) && !refused.err.contains(".part"), "{}", refused.err);
}

#[test]
fn a_book_that_is_being_filled_is_not_begun_by_a_first_start() {
    let place = Place::new();
    let name = store::BookName::new("test").unwrap();
    let mut target: Box<dyn store::Store> = match on_postgres() {
        true => {
            Box::new(store::postgres::Database::at(&place.database()).unwrap().book(&name).unwrap())
        }
        false => Box::new(store::sqlite::open_folder(&place.data()).unwrap().book(&name).unwrap()),
    };
    // What an interrupted move leaves.
    copies::Filler::begin(target.as_mut()).unwrap();
    drop(target);
    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let refused = run(serve.env("MAKEGOOD_BOOTSTRAP_KEY", KEY)).expect(1);
    assert!(refused.err.contains("`makegood move`"), "{}", refused.err);
    assert_eq!(place.control().books().unwrap(), []);
}
