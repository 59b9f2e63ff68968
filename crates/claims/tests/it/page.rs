//! The page `docs/claims.md`: what stands below its mark is written from the tables.

use claims::{About, Kind, Messages, RowDescription, Rules, Table};

const PAGE: &str = include_str!("../../../../docs/claims.md");
const MARK: &str =
    "<!-- Below: written from the tables by the test `page` of the crate claims. -->\n";

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn the_page_of_claims_is_what_the_tables_say() {
    let (written_by_hand, _) = PAGE.split_once(MARK).expect("the mark is there");
    let page = format!("{written_by_hand}{MARK}{}", tables());
    if std::env::var_os("MAKEGOOD_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/claims.md"), page).unwrap();
        return;
    }
    assert!(page == PAGE, "docs/claims.md is out of date:\n{page}");
}

fn tables() -> String {
    let rules = Rules::standard();
    let mut page = String::new();
    for table in rules.all() {
        write_table(&mut page, table, rules.messages());
    }
    page.push_str(
        "\n## Facts\n\nA fact is *on record* when it has one of the values named last.\n\n",
    );
    page.push_str(
        "| fact | kind | kept by | meaning | on record |\n| --- | --- | --- | --- | --- |\n",
    );
    for fact in claims::FactName::ALL {
        let (name, source) = (fact.as_str(), fact.source().as_str());
        let (kind, on_record) = match fact.kind() {
            Kind::Word(words) => {
                let present = words.iter().filter(|word| !fact.absent_words().contains(word));
                (words.join(", "), present.copied().collect::<Vec<_>>().join(", "))
            }
            Kind::Flag => ("flag".to_owned(), "yes".to_owned()),
            Kind::Span => ("span".to_owned(), "any but never".to_owned()),
            kind => (kind.name().to_owned(), "above zero".to_owned()),
        };
        let meaning = fact.meaning();
        page.push_str(&format!("| `{name}` | {kind} | {source} | {meaning} | {on_record} |\n"));
    }
    page
}

fn write_table(page: &mut String, table: &Table, messages: &Messages) {
    let title = match table.about() {
        About::Gate => "Before all: the gate".to_owned(),
        About::Ground(ground) => format!("Ground: {}", ground.as_str().replace('_', " ")),
    };
    let day: String = table.effective_from().to_string().chars().take(10).collect();
    page.push_str(&format!("\n## {title}\n\nTable `{}`, in force from {day}.\n", table.name()));
    let named = table.named_values();
    if !named.is_empty() {
        page.push_str("\n| named value | is |\n| --- | --- |\n");
    }
    for (name, value) in named {
        page.push_str(&format!("| `{name}` | {value} |\n"));
    }
    page.push_str("\n| row | in plain words | when | decided | code |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    for row in table.describe() {
        let decided = decided(&row, messages);
        let (id, says, code) = (&row.id, &row.says, row.code.as_str());
        page.push_str(&format!("| {id} | {says} | {} | {decided} | `{code}` |\n", when(&row)));
    }
}

/// Conditions with what all alternatives share told once.
fn when(row: &RowDescription) -> String {
    let words = |tests: &[&(String, String)]| {
        let test = |(name, values): &&(String, String)| format!("`{name}` is {values}");
        tests.iter().map(test).collect::<Vec<_>>().join(", ")
    };
    let first = &row.when[0];
    let is_shared = |test: &&(String, String)| row.when.iter().all(|it| it.contains(test));
    let shared: Vec<_> = first.iter().filter(is_shared).collect();
    let own = |alternative: &Vec<(String, String)>| {
        let own: Vec<_> = alternative.iter().filter(|test| !shared.contains(test)).collect();
        words(&own)
    };
    let alternatives: Vec<String> = row.when.iter().map(own).filter(|it| !it.is_empty()).collect();
    match (shared.is_empty(), alternatives.is_empty()) {
        (true, true) => "no row above fits".to_owned(),
        (false, true) => words(&shared),
        (true, false) => alternatives.join("; or "),
        (false, false) => format!("{}; and either {}", words(&shared), alternatives.join("; or ")),
    }
}

fn decided(row: &RowDescription, messages: &Messages) -> String {
    let mut text = messages.outcome(row.outcome).to_owned();
    if let Some(amount) = &row.amount {
        text.push_str(&format!(": `{amount}`"));
    }
    if let Some(elsewhere) = &row.elsewhere {
        text.push_str(&format!(", and without the claim `{elsewhere}`"));
    }
    for (code, condition) in &row.also {
        let names: Vec<String> = condition.iter().map(|(name, _)| format!("`{name}`")).collect();
        text.push_str(&format!("; also `{}` for {}", code.as_str(), names.join(", ")));
    }
    for act in &row.acts {
        text.push_str(&format!(". {}", messages.act(*act).trim_end_matches('.')));
    }
    text
}
