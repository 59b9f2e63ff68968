//! Data in files that lack what was answered: refused, until somebody puts it back or accepts it.

use std::fs;
use std::path::Path;

use crate::process::{Place, Server};
use crate::serve::issue_body;

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

fn issue(server: &Server, key: &str) -> String {
    let mut client = server.client();
    client.post("/v1/gift-cards", key, &issue_body(2_500)).unwrap().expect(201).text("/id")
}

/// What `serve` says that does not begin.
#[track_caller]
fn refused(place: &Place) -> String {
    place.run(&SERVE).expect(1).err
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_listed_book_without_a_file_does_not_begin_anew_by_itself() {
    let place = Place::in_files();
    let server = place.serve();
    let first = issue(&server, "one");
    assert_eq!(server.stop(), Some(0));
    let (books, aside) = (place.data().join("books"), place.path("aside"));
    fs::rename(&books, &aside).unwrap();
    let said = refused(&place);
    assert!(said.contains("books/test.db is gone"), "{said}");
    assert!(said.contains("restore a backup") && said.contains("--accept-lost-history"), "{said}");
    let create = ["keys", "create", "--book", "test", "--scopes", "all"];
    assert!(place.run(&create).expect(1).err.contains("is gone"));
    assert!(!books.join("test.db").exists(), "nothing is made in its place");
    // A file that was cut to nothing is no book either; and what is known of it is not needed.
    fs::write(books.join("test.db"), "").unwrap();
    fs::remove_dir_all(place.path("data-keys/heads")).unwrap();
    assert!(refused(&place).contains("has no book in it"));
    // It was there all the time.
    copy(&aside, &books);
    let server = place.serve();
    assert_eq!(issue(&server, "one"), first);
    assert_eq!(server.stop(), Some(0));
    // Whoever wants to begin anew has to say so.
    fs::remove_dir_all(&books).unwrap();
    let accepted = place.command(&[&SERVE[..], &["--accept-lost-history"]].concat());
    let server = place.start(accepted);
    assert_ne!(issue(&server, "one"), first);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(place.serve().stop(), Some(0));
}

#[test]
fn an_older_copy_of_a_file_is_refused_until_somebody_accepts_it() {
    let place = Place::in_files();
    let server = place.serve();
    issue(&server, "one");
    assert_eq!(server.stop(), Some(0));
    let (books, older, newer) =
        (place.data().join("books"), place.path("older"), place.path("new"));
    copy(&books, &older);
    let server = place.serve();
    let second = issue(&server, "two");
    assert_eq!(server.stop(), Some(0));
    copy(&books, &newer);
    copy(&older, &books);
    let said = refused(&place);
    assert!(said.contains("committed and answered") && said.contains("docs/backup.md"), "{said}");
    let examined = place.run(&["doctor", "--listen", "127.0.0.1:0"]).expect(1).out;
    assert!(examined.contains("was answered: an older copy"), "{examined}");
    copy(&newer, &books);
    let server = place.serve();
    assert_eq!(issue(&server, "two"), second);
    assert_eq!(server.stop(), Some(0));
    copy(&older, &books);
    let accepted = place.command(&[&SERVE[..], &["--accept-lost-history"]].concat());
    let server = place.start(accepted);
    assert_ne!(issue(&server, "two"), second);
    assert_eq!(server.stop(), Some(0));
    // From then on the other one is the copy that lacks what was answered.
    copy(&newer, &books);
    assert!(refused(&place).contains("committed and answered"));
}

#[test]
fn a_restored_book_takes_the_place_of_one_that_got_further() {
    let place = Place::in_files();
    let server = place.serve();
    let first = issue(&server, "one");
    let backup = place.path("shop.backup");
    place.run(&["backup", backup.to_str().unwrap()]).expect(0);
    issue(&server, "two");
    assert_eq!(server.stop(), Some(0));
    fs::rename(place.data(), place.path("former")).unwrap();
    place.run(&["restore", backup.to_str().unwrap()]).expect(0);
    let server = place.serve();
    assert_eq!(issue(&server, "one"), first);
    assert_eq!(server.stop(), Some(0));
}
