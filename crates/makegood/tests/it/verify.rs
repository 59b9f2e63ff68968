//! `makegood verify`: it passes what is sound and finds one flipped bit.

use crate::process::Place;
use crate::serve::{issue_body, redeem_body};

fn place_with_history() -> Place {
    let place = Place::in_files();
    live(&place);
    place
}

/// Lets a server issue and redeem cards.
fn live(place: &Place) {
    let server = place.serve();
    let mut client = server.client();
    for number in 0..20 {
        let issued = client.post("/v1/gift-cards", &format!("i{number}"), &issue_body(2_500));
        let code = issued.unwrap().expect(201).text("/code");
        let body = redeem_body(&code, 100 + number);
        client.post("/v1/redemptions", &format!("r{number}"), &body).unwrap().expect(201);
    }
    client.get("/v1/gift-cards").unwrap().expect(200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_sound_installation_passes_also_beside_a_server() {
    let place = Place::new();
    live(&place);
    let alone = place.run(&["verify", "--json"]).expect(0).json();
    assert_eq!(alone["sound"], true);
    assert!(alone["books"][0]["records"].as_u64().unwrap() > 40, "{alone}");
    assert_eq!(alone["notes"], serde_json::json!([]));
    let server = place.serve();
    let beside = place.run(&["verify", "--json"]).expect(0).json();
    assert_eq!((&beside["sound"], &beside["notes"]), (&alone["sound"], &alone["notes"]));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn one_flipped_bit_of_the_journal_is_found() {
    let place = place_with_history();
    testbed::flip_bit_of_the_journal(&place.data().join("books/test.db"));
    let ran = place.run(&["verify"]).expect(1);
    assert!(ran.out.contains("NOT SOUND"), "{}", ran.out);
}

#[test]
fn what_does_not_belong_together_is_found() {
    let place = place_with_history();
    let ring = place.path("data-keys/ring.toml");
    let own = std::fs::read_to_string(&ring).unwrap();
    let other = Place::in_files();
    other.serve().stop();
    std::fs::copy(other.path("data-keys/ring.toml"), &ring).unwrap();
    let ran = place.run(&["verify"]).expect(1);
    assert!(ran.out.contains("another key ring"), "{}", ran.out);
    std::fs::write(&ring, own).unwrap();
    place.run(&["verify"]).expect(0);
    std::fs::remove_file(place.data().join("books/test.db")).unwrap();
    let ran = place.run(&["verify"]).expect(1);
    assert!(ran.out.contains("the file of book test is missing"), "{}", ran.out);
}

#[test]
fn a_sound_book_without_its_keys_is_sound() {
    let place = place_with_history();
    std::fs::rename(place.path("data-keys"), place.path("elsewhere")).unwrap();
    let ran = place.run(&["verify"]).expect(0);
    assert!(ran.out.contains("note: there is no key ring"), "{}", ran.out);
    assert!(ran.out.contains("everything agrees"), "{}", ran.out);
    // One that is there and cannot be used is something else.
    std::fs::create_dir(place.path("data-keys")).unwrap();
    std::fs::write(place.path("data-keys/ring.toml"), "not a ring").unwrap();
    place.run(&["verify"]).expect(1);
}

#[test]
fn a_folder_without_books_is_told() {
    let ran = Place::in_files().run(&["verify"]).expect(1);
    assert!(ran.err.contains("--data DIR"), "{}", ran.err);
}
