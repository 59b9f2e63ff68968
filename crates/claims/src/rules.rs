//! All rules for claims: the tables of every ground and date, with the texts of their codes.

mod messages;

pub use messages::Messages;

use base::Instant;
use sha2::{Digest, Sha256};

use crate::table::{About, Table};
use crate::{Ground, LoadError};

/// Tables of a rule set.
pub const TABLES_MAX: usize = 64;

/// A checked set of tables: for each ground, from its first date on, one gate and one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    tables: Vec<Table>,
    messages: Messages,
}

/// A file: what it is called, and its text.
pub type File<'a> = (&'a str, &'a str);

/// The two tables that decide one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables<'r> {
    /// What comes first.
    pub gate: &'r Table,
    /// The table of the claim's ground.
    pub ground: &'r Table,
}

impl Tables<'_> {
    /// SHA-256 of the versions of both tables, the gate first: what a decision is stored with.
    pub fn version(&self) -> [u8; 32] {
        let versions = [self.gate.version(), self.ground.version()];
        Sha256::digest(versions.concat()).into()
    }
}

/// The default tables, by the names of their files under `rules/claims/`.
const DEFAULT: [File; 7] = [
    ("rules/claims/gate.toml", include_str!("../../../rules/claims/gate.toml")),
    ("rules/claims/gate-2026-12.toml", include_str!("../../../rules/claims/gate-2026-12.toml")),
    (
        "rules/claims/technical_error.toml",
        include_str!("../../../rules/claims/technical_error.toml"),
    ),
    (
        "rules/claims/unauthorized_charge.toml",
        include_str!("../../../rules/claims/unauthorized_charge.toml"),
    ),
    (
        "rules/claims/failure_to_deliver.toml",
        include_str!("../../../rules/claims/failure_to_deliver.toml"),
    ),
    ("rules/claims/poor_outcome.toml", include_str!("../../../rules/claims/poor_outcome.toml")),
    ("rules/claims/other.toml", include_str!("../../../rules/claims/other.toml")),
];

/// The default texts.
const DEFAULT_MESSAGES: File =
    ("rules/claims/messages.en.toml", include_str!("../../../rules/claims/messages.en.toml"));

impl Rules {
    /// Reads and checks a whole set.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in any file; a ground without a table; two tables for the same
    /// from the same date on; two of one name for
    /// different grounds; a code, a fact, an outcome or an act that has no text.
    pub fn load(tables: &[File], messages: File) -> Result<Rules, Vec<LoadError>> {
        let mut errors = Vec::new();
        if tables.len() > TABLES_MAX {
            let message = format!("there are more than {TABLES_MAX} tables");
            return Err(vec![LoadError { file: tables[0].0.to_owned(), line: 1, message }]);
        }
        let mut read = Vec::new();
        for (file, text) in tables {
            match Table::load(file, text) {
                Ok(table) => read.push(table),
                Err(more) => errors.extend(more),
            }
        }
        read.sort_by_key(|table| (table.about, table.effective_from));
        let texts = Messages::load(messages.0, messages.1);
        let messages = match texts {
            Ok(texts) => texts,
            Err(error) => {
                errors.push(error);
                Messages::default()
            }
        };
        if errors.is_empty() {
            errors.extend(lacking(&read));
        }
        if errors.is_empty() {
            errors.extend(messages.lacking(&read));
        }
        if errors.is_empty() { Ok(Rules { tables: read, messages }) } else { Err(errors) }
    }

    /// The rules that come with the product.
    ///
    /// # Panics
    ///
    /// Never: a test loads them.
    pub fn standard() -> Rules {
        Rules::load(&DEFAULT, DEFAULT_MESSAGES).expect("the default rules are checked by a test")
    }

    /// The rules that come with the product, with files of an operator: a file that is called like
    /// one of them takes its place, all others come on top of them. A message file without codes of
    /// people keeps those of the product.
    ///
    /// # Errors
    ///
    /// As [`Rules::load`].
    pub fn with_files(files: &[File]) -> Result<Rules, Vec<LoadError>> {
        let is_replaced =
            |(name, _): &File| files.iter().any(|(file, _)| base_name(file) == base_name(name));
        let is_text = |(name, _): &&File| base_name(name).starts_with("messages.");
        let kept = DEFAULT.into_iter().filter(|file| !is_replaced(file));
        let own = files.iter().filter(|file| !is_text(file)).copied();
        let tables: Vec<File> = kept.chain(own).collect();
        let messages = files.iter().find(is_text).copied().unwrap_or(DEFAULT_MESSAGES);
        let rules = Rules::load(&tables, messages)?;
        let standard = Messages::load(DEFAULT_MESSAGES.0, DEFAULT_MESSAGES.1);
        let messages = match standard {
            Ok(standard) => rules.messages.or_people_of(&standard),
            Err(_) => rules.messages,
        };
        Ok(Rules { messages, ..rules })
    }

    /// The same rules with another table in the place of all of its kind, whatever its date. Codes
    /// that have no text here are their own text.
    pub fn trying(&self, table: Table) -> Rules {
        let mut tables = self.tables.clone();
        tables.retain(|other| other.about != table.about);
        tables.push(table);
        tables.sort_by_key(|table| (table.about, table.effective_from));
        Rules { tables, messages: self.messages.clone() }
    }

    /// The rules in which a table of this version decides claims on a ground: the version of one
    /// table, or that of a gate and a table together, as decisions tell it ([`Tables::version`]).
    pub fn of_version(&self, ground: Ground, version: [u8; 32]) -> Option<Rules> {
        let of = |about| self.tables.iter().filter(move |table| table.about == about);
        let pairs = of(About::Gate)
            .flat_map(|gate| of(About::Ground(ground)).map(move |ground| Tables { gate, ground }));
        let single = |table: &&Table| table.decides(ground) && table.version() == version;
        let pair = pairs.into_iter().find(|pair| pair.version() == version);
        match (self.tables.iter().find(single), pair) {
            (Some(table), _) => Some(self.trying(table.clone())),
            (None, Some(Tables { gate, ground })) => {
                Some(self.trying(gate.clone()).trying(ground.clone()))
            }
            (None, None) => None,
        }
    }

    /// The tables that decide a claim on this ground that was filed then. Claims from before the
    /// first table are decided by the first.
    pub fn tables(&self, ground: Ground, filed_at: Instant) -> Tables<'_> {
        Tables {
            gate: self.table(About::Gate, filed_at),
            ground: self.table(About::Ground(ground), filed_at),
        }
    }

    /// All tables: gates first, then by ground and date.
    pub fn all(&self) -> &[Table] {
        &self.tables
    }

    /// The texts.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    fn table(&self, about: About, at: Instant) -> &Table {
        let mut of = self.tables.iter().filter(|table| table.about == about);
        let first = of.next().expect("`load` has refused sets without it");
        of.take_while(|table| table.effective_from <= at).last().unwrap_or(first)
    }
}

/// Grounds without a table, and tables that stand in each other's place.
fn lacking(tables: &[Table]) -> Vec<LoadError> {
    let mut errors = Vec::new();
    let grounds = Ground::ALL.map(About::Ground);
    for about in grounds.into_iter().chain([About::Gate]) {
        if !tables.iter().any(|table| table.about == about) {
            let what = match about {
                About::Gate => "a gate (`gate = true`)".to_owned(),
                About::Ground(ground) => format!("`ground = \"{}\"`", ground.as_str()),
            };
            let message = format!("no table has {what}; add one");
            let file = tables.first().map_or("rules", |table| &table.file).to_owned();
            errors.push(LoadError { file, line: 1, message });
        }
    }
    for (place, table) in tables.iter().enumerate() {
        let of_name = |other: &&Table| other.name == table.name && other.about != table.about;
        if let Some(other) = tables[..place].iter().find(of_name) {
            let message =
                format!("`{}` is the name of {}; write another", other.name(), other.file);
            errors.push(LoadError { file: table.file.clone(), line: 1, message });
        }
    }
    for pair in tables.windows(2) {
        let [first, second] = pair else { continue };
        if (first.about, first.effective_from) == (second.about, second.effective_from) {
            let message = format!("{} decides the same from the same date on", first.file);
            errors.push(LoadError { file: second.file.clone(), line: 1, message });
        }
    }
    errors
}

/// A path without its folders.
fn base_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}
