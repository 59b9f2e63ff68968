//! The table of which role may call what, which a person reads when it changes.

use base::{PasskeyId, PersonId};
use outside::people::{KnownPasskey, KnownPerson};
use people::Role;
use people::passkey::PublicKey;
use serde_json::json;

use super::world::{BOOK, Browser, Place, new_device};

/// The table. `MAKEGOOD_WRITE_SNAPSHOTS=1` writes it anew; read the difference before it is kept.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/accounts/role_table.txt");

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
async fn the_table_of_roles_is_the_one_that_was_read() {
    let place = Place::new();
    let mut routes = http::account_routes();
    // The one that ends sessions is tried at the end.
    routes.sort_by_key(|route| route.path == "/account/sign-out");
    let mut lines = vec![Vec::new(); routes.len()];
    let mut nobody = place.browser();
    for (route, line) in routes.iter().zip(&mut lines) {
        let is_open = may(&mut nobody, route.method, route.path).await;
        assert_eq!(is_open, route.permission.is_none(), "{}", route.path);
        if is_open {
            line.push("anybody".to_owned());
        }
    }
    for role in Role::ALL {
        let (mut weak, mut strong) = browsers(&place, role).await;
        for (route, line) in routes.iter().zip(&mut lines) {
            let Some(permission) = route.permission else { continue };
            let by_mail = may(&mut weak, route.method, route.path).await;
            let by_passkey = may(&mut strong, route.method, route.path).await;
            assert_eq!(by_passkey, role.permissions().allows(permission) || by_mail);
            match (by_mail, by_passkey) {
                (true, true) => line.push(role.as_str().to_owned()),
                (false, true) => line.push(format!("{} with a passkey", role.as_str())),
                (false, false) => {}
                (true, false) => panic!("{} is stronger by mail", route.path),
            }
        }
    }
    let mut table = String::from("# Who may call what: sessions of each role, tried by a test.\n");
    for (route, line) in routes.iter().zip(lines) {
        assert!(!line.is_empty(), "nobody may call {}", route.path);
        table.push_str(&format!("{:4} {:34} {}\n", route.method, route.path, line.join(", ")));
    }
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(kept, table, "the table has changed");
}

async fn may(browser: &mut Browser<'_>, method: &str, path: &str) -> bool {
    let answer = match method {
        "GET" => browser.get(path).await,
        // Whoever is let in hears what is missing in the body.
        _ => browser.post(path, json!({})).await,
    };
    assert!(answer.status < 500, "{path}: {}", answer.json);
    let code = answer.json["code"].as_str().unwrap_or_default();
    let denied = [
        "session_ended",
        "not_permitted",
        "stronger_sign_in_needed",
        "passkey_not_confirmed",
        "foreign_request",
    ];
    !denied.contains(&code)
}

/// Browsers of two people with a role: one signed in by mail, one by passkey. They are two, for
/// what one does to their account ends the other's session.
pub async fn browsers(place: &Place, role: Role) -> (Browser<'_>, Browser<'_>) {
    let by_mail = format!("{}@mail.example", role.as_str());
    set_role(place, place.person(&by_mail).await, role);
    let mut weak = place.browser();
    weak.sign_in(&by_mail).await;
    let person = place.person(&format!("passkey-{by_mail}")).await;
    set_role(place, person, role);
    let device = new_device(role as u8);
    let added = place.accounts.transact(BOOK, |rows| {
        rows.add_passkey(&KnownPasskey {
            id: PasskeyId::from_bits(u128::from(role as u8)),
            person,
            credential_id: device.id().into(),
            key: PublicKey::read(&device.key()).unwrap(),
            counter: 0,
            backup_eligible: true,
            backed_up: false,
            created_at: place.now(),
            confirmed_at: None,
            used_at: None,
        })
    });
    added.unwrap();
    let mut strong = place.browser();
    let options = strong.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    strong.post("/account/sign-in/passkey", device.get(&options)).await.expect(200);
    (weak, strong)
}

fn set_role(place: &Place, person: PersonId, role: Role) {
    let set = place.accounts.transact(BOOK, |rows| {
        let known = rows.person(person)?.unwrap();
        let person = known.person.with_roles(known.person.roles.with(role), place.now());
        rows.put_person(&KnownPerson { person, ..known })
    });
    set.unwrap();
}
