//! The list of pages with who may see them, which a person reads when it changes.

use people::Role;

/// The list. `MAKEGOOD_WRITE_SNAPSHOTS=1` writes it anew; read the difference before it is kept.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/roles.txt");

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn the_list_of_pages_is_the_one_that_was_read() {
    let mut table = String::from("# Who may see which page, by what their roles permit.\n");
    for route in site::routes() {
        let who = match route.permission {
            None => "anybody".to_owned(),
            Some(permission) => {
                let may = |role: &Role| role.permissions().allows(permission);
                let roles: Vec<_> = Role::ALL.iter().filter(|role| may(role)).collect();
                assert!(!roles.is_empty(), "nobody may see {}", route.path);
                roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
            }
        };
        table.push_str(&format!("{:4} {:34} {who}\n", route.method, route.path));
    }
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(kept, table, "the list has changed");
}
