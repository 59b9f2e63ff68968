//! Which crate may use which: the shape of the house as a table.

use crate::manifest::Kind;
use crate::report::Finding;
use crate::tree::Tree;

/// What one crate of ours may use of the others.
struct Edges {
    name: &'static str,
    /// Allowed in what is shipped.
    uses: &'static [&'static str],
    /// Allowed in tests as well.
    tests_also_use: &'static [&'static str],
}

/// From the bottom to the top. Capability crates (`giftcards`, `payments`, ...) do not appear in
/// each other's rows: only `engine` combines them.
const EDGES: &[Edges] = &[
    Edges { name: "base", uses: &[], tests_also_use: &[] },
    Edges { name: "ledger", uses: &["base"], tests_also_use: &[] },
    Edges { name: "giftcards", uses: &["base", "ledger"], tests_also_use: &[] },
    Edges { name: "payments", uses: &["base", "ledger"], tests_also_use: &[] },
    Edges { name: "shop", uses: &["base", "ledger"], tests_also_use: &[] },
    Edges { name: "promotions", uses: &["base", "ledger"], tests_also_use: &[] },
    Edges { name: "claims", uses: &["base"], tests_also_use: &[] },
    Edges { name: "risk", uses: &["base"], tests_also_use: &[] },
    Edges { name: "people", uses: &["base"], tests_also_use: &[] },
    // A world must not know how the feed finds out what it lost.
    Edges { name: "world", uses: &["base", "promotions"], tests_also_use: &[] },
    // A world of claims must not know how they are decided: of `claims` it takes the words for
    // facts and grounds.
    Edges {
        name: "claimworld",
        uses: &["base", "promotions", "claims", "world"],
        tests_also_use: &[],
    },
    Edges { name: "feed", uses: &["base", "promotions"], tests_also_use: &["ledger", "world"] },
    // The one place where a simulated world meets the real feed and its book; never shipped.
    Edges {
        name: "city",
        uses: &["base", "ledger", "promotions", "feed", "world"],
        tests_also_use: &[],
    },
    Edges { name: "journal", uses: &[], tests_also_use: &["base"] },
    Edges {
        name: "engine",
        uses: &["base", "ledger", "giftcards", "payments", "shop", "promotions", "claims"],
        // Whatever rules write must be rows that are read back.
        tests_also_use: &["journal", "store"],
    },
    Edges { name: "support", uses: &["base"], tests_also_use: &[] },
    Edges { name: "pages", uses: &["base"], tests_also_use: &[] },
    Edges { name: "testbed", uses: &[], tests_also_use: &[] },
    Edges {
        name: "store",
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "shop",
            "promotions",
            "claims",
            "engine",
            "journal",
        ],
        tests_also_use: &["testbed"],
    },
    Edges {
        name: "writer",
        uses: &["base", "ledger", "giftcards", "engine", "journal", "store"],
        tests_also_use: &["outside", "payments", "reports"],
    },
    Edges {
        name: "reports",
        // Verification replays the journal, so it reads records and knows rows.
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "promotions",
            "shop",
            "engine",
            "journal",
            "store",
        ],
        tests_also_use: &["writer"],
    },
    Edges {
        name: "copies",
        // A copy is checked on its way, so records and rows are read.
        uses: &["base", "ledger", "engine", "journal", "store"],
        tests_also_use: &["giftcards", "writer", "reports", "sim"],
    },
    // Accounts and conversations lie beside the keys of persons, in one file.
    Edges { name: "outside", uses: &["base", "people", "support"], tests_also_use: &[] },
    // What a rail answers is turned into words of `base`; payments and books are above it.
    Edges { name: "rails", uses: &["base", "outside"], tests_also_use: &[] },
    Edges { name: "mail", uses: &["base", "outside"], tests_also_use: &["testbed"] },
    Edges { name: "webhooks", uses: &["base", "outside"], tests_also_use: &["testbed"] },
    Edges {
        name: "serving",
        // The feed of a book: it reads the journal to hear of promotions, and asks for their money.
        uses: &["base", "promotions", "feed", "engine", "journal", "store", "writer", "outside"],
        tests_also_use: &["shop"],
    },
    Edges {
        name: "jobs",
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "shop",
            "promotions",
            "engine",
            "store",
            "writer",
            "serving",
            "outside",
            "rails",
            "mail",
            "webhooks",
            // What settlement files leave open is counted where it is explained.
            "reports",
            // What a feed explains becomes the facts of a claim.
            "feed",
            "claims",
        ],
        tests_also_use: &["journal"],
    },
    Edges {
        name: "http",
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "shop",
            "claims",
            "promotions",
            "feed",
            "engine",
            "journal",
            "store",
            "writer",
            "reports",
            "risk",
            "people",
            "serving",
            "outside",
            "rails",
            "mail",
            "webhooks",
            "support",
            "jobs",
        ],
        tests_also_use: &["sim", "testbed"],
    },
    Edges {
        name: "site",
        // It asks the API as any program does, so it knows none of the rules.
        uses: &["base", "http", "outside", "pages", "people", "support"],
        tests_also_use: &["mail", "store", "testbed"],
    },
    Edges {
        name: "makegood",
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "shop",
            "promotions",
            "feed",
            // `demo` lets a city look at its feed.
            "world",
            // `bench` lets rules decide the claims of a world.
            "claims",
            "claimworld",
            "engine",
            "journal",
            "store",
            "writer",
            "reports",
            "risk",
            "people",
            "copies",
            "serving",
            "outside",
            "rails",
            "mail",
            "webhooks",
            "jobs",
            "http",
            "site",
        ],
        tests_also_use: &["sim", "testbed"],
    },
    Edges {
        name: "sim",
        uses: &[
            "base",
            "ledger",
            "giftcards",
            "payments",
            "shop",
            "claims",
            "promotions",
            "engine",
            "journal",
            "store",
            "writer",
            "reports",
            "risk",
            "outside",
            "rails",
            "jobs",
        ],
        tests_also_use: &["http", "makegood", "testbed"],
    },
    Edges { name: "xtask", uses: &[], tests_also_use: &[] },
];

/// Compares every manifest with the table.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, manifest) in tree.manifests() {
        let Some(package) = &manifest.package else { continue };
        let Some(edges) = EDGES.iter().find(|edges| edges.name == package) else {
            let message = format!("crate {package} has no row; add one to {}", file!());
            findings.push(Finding::about(&file.path, message));
            continue;
        };
        for used in &manifest.dependencies {
            let name = used.package.as_str();
            let is_ours = EDGES.iter().any(|edges| edges.name == name);
            let in_tests = used.kind == Kind::Dev && edges.tests_also_use.contains(&name);
            if is_ours && name != package && !in_tests && !edges.uses.contains(&name) {
                let message = format!(
                    "{package} must not use {name}; move what they share down to a crate both may \
                     use, or combine them above (the allowed edges stand in {})",
                    file!()
                );
                findings.push(Finding::at(&file.path, used.line, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::expect;

    fn package(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n{rest}")
    }

    #[test]
    fn a_capability_crate_does_not_see_another() {
        let risk = package("risk", "[dependencies]\nbase = \"1\"\ngiftcards.workspace = true\n");
        expect(check, &[("crates/risk/Cargo.toml", &risk)], &["crates/risk/Cargo.toml:5"]);
    }

    #[test]
    fn tests_have_a_longer_list() {
        let dev = package("http", "[dev-dependencies]\nsim.workspace = true\n");
        let shipped = package("http", "[dependencies]\nsim.workspace = true\n");
        expect(check, &[("crates/http/Cargo.toml", &dev)], &[]);
        expect(check, &[("crates/http/Cargo.toml", &shipped)], &["crates/http/Cargo.toml:4"]);
    }

    #[test]
    fn an_unknown_crate_needs_a_row() {
        let manifest = package("shed", "");
        expect(check, &[("crates/shed/Cargo.toml", &manifest)], &["crates/shed/Cargo.toml:0"]);
    }

    #[test]
    fn the_table_has_no_cycle() {
        for (position, edges) in EDGES.iter().enumerate() {
            for used in edges.uses {
                let below = EDGES.iter().position(|other| other.name == *used).unwrap();
                assert!(below < position, "{} uses {used}, which stands above it", edges.name);
            }
        }
    }
}
