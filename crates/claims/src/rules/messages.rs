//! What people read: the text of each code, fact, outcome and act.

use std::collections::{BTreeMap, BTreeSet};

use base::Text;
use toml::de::DeValue;

use crate::table::{Document, LoadError, Section, Table};
use crate::{AMOUNT_UNCERTAIN, Act, Code, FactName, Outcome, RestitutionKind};

/// Texts of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    file: String,
    codes: BTreeMap<String, String>,
    people: BTreeMap<String, String>,
    facts: BTreeMap<String, String>,
    outcomes: BTreeMap<String, String>,
    acts: BTreeMap<String, String>,
    restitutions: BTreeMap<String, String>,
}

/// Bytes of one text.
const TEXT_BYTES_MAX: usize = 600;

impl Messages {
    /// Reads a message file: the tables `codes`, `people`, `facts`, `outcomes`, `acts` and
    /// `restitutions`, with a text for each name.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the file itself. Whether it has all that the tables
    /// need is checked with them, in [`Rules::load`](crate::Rules::load).
    pub fn load(file: &str, text: &str) -> Result<Messages, LoadError> {
        let (document, root) = Document::parse(file, text)?;
        let root = Section { document, table: &root, at: 0 };
        root.allow(&["codes", "people", "facts", "outcomes", "acts", "restitutions"])?;
        Ok(Messages {
            file: file.to_owned(),
            codes: texts(&root, "codes", |_| true)?,
            people: texts(&root, "people", |name| Code::new(name).is_ok())?,
            facts: texts(&root, "facts", |name| FactName::parse(name).is_some())?,
            outcomes: texts(&root, "outcomes", |name| Outcome::parse(name).is_some())?,
            acts: texts(&root, "acts", |name| Act::parse(name).is_some())?,
            restitutions: texts(&root, "restitutions", |name| {
                RestitutionKind::ALL.iter().any(|kind| kind.as_str() == name)
            })?,
        })
    }

    /// The text of a code, of a table or of people; of one that has none, the code.
    pub fn code<'a>(&'a self, code: &'a str) -> &'a str {
        self.text(code).unwrap_or(code)
    }

    /// The text of a code, of a table or of people, if it has one.
    pub fn text(&self, code: &str) -> Option<&str> {
        self.codes.get(code).or_else(|| self.people.get(code)).map(String::as_str)
    }

    /// Codes that only people give, by their names.
    pub fn of_people(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// Codes of tables that have a text, by their names.
    pub fn of_tables(&self) -> impl Iterator<Item = &str> {
        self.codes.keys().map(String::as_str)
    }

    /// The same, with the codes of people of `standard` where this file tells of none: files of
    /// operators are older than these codes.
    pub(super) fn or_people_of(mut self, standard: &Messages) -> Messages {
        if self.people.is_empty() {
            let is_free = |(code, _): &(&String, &String)| !self.codes.contains_key(*code);
            let people = standard.people.iter().filter(is_free);
            self.people = people.map(|(code, text)| (code.clone(), text.clone())).collect();
        }
        self
    }

    /// What a fact is called.
    pub fn fact(&self, fact: FactName) -> &str {
        find(&self.facts, fact.as_str())
    }

    /// What an outcome is called.
    pub fn outcome(&self, outcome: Outcome) -> &str {
        find(&self.outcomes, outcome.as_str())
    }

    /// What an act does.
    pub fn act(&self, act: Act) -> &str {
        find(&self.acts, act.as_str())
    }

    /// Why something is repaid without a claim.
    pub fn restitution(&self, kind: RestitutionKind) -> &str {
        find(&self.restitutions, kind.as_str())
    }

    /// Texts that the tables need and do not find, and texts of codes that no table has.
    pub(super) fn lacking(&self, tables: &[Table]) -> Vec<LoadError> {
        let mut errors = Vec::new();
        let mut used = BTreeSet::from([AMOUNT_UNCERTAIN]);
        for table in tables {
            for row in &table.rows {
                for code in row.also.iter().map(|(code, _)| code).chain([&row.code]) {
                    used.insert(code.as_str());
                    if !self.codes.contains_key(code.as_str()) {
                        let (code, file) = (code.as_str(), &self.file);
                        let message = format!("code `{code}` has no text in [codes] of {file}");
                        let (file, line) = (table.file.clone(), row.line);
                        errors.push(LoadError { file, line, message });
                    }
                }
            }
        }
        let facts = FactName::ALL.iter().map(|fact| ("facts", &self.facts, fact.as_str()));
        let outcomes = Outcome::ALL.iter().map(|it| ("outcomes", &self.outcomes, it.as_str()));
        let acts = Act::ALL.iter().map(|act| ("acts", &self.acts, act.as_str()));
        let repaid = RestitutionKind::ALL.iter();
        let repaid = repaid.map(|kind| ("restitutions", &self.restitutions, kind.as_str()));
        let own = [("codes", &self.codes, AMOUNT_UNCERTAIN)].into_iter();
        for (section, texts, name) in facts.chain(outcomes).chain(acts).chain(repaid).chain(own) {
            if !texts.contains_key(name) {
                errors.push(self.error(format!("[{section}] has no text for `{name}`")));
            }
        }
        for code in self.codes.keys().filter(|code| !used.contains(code.as_str())) {
            errors.push(self.error(format!("[codes]: no table has the code `{code}`")));
        }
        for code in self.people.keys().filter(|code| used.contains(code.as_str())) {
            errors.push(self.error(format!("[people]: `{code}` is a code of a table")));
        }
        errors
    }

    fn error(&self, message: String) -> LoadError {
        LoadError { file: self.file.clone(), line: 1, message }
    }
}

fn find<'a>(texts: &'a BTreeMap<String, String>, name: &'a str) -> &'a str {
    texts.get(name).map_or(name, String::as_str)
}

fn texts(
    root: &Section,
    key: &str,
    is_known: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, String>, LoadError> {
    let mut all = BTreeMap::new();
    let Some(section) = root.section(key)? else { return Ok(all) };
    for ((name, at), value) in section.entries() {
        if !is_known(name) {
            return Err(root.document.error(at, format!("[{key}]: nothing is called `{name}`")));
        }
        let DeValue::String(text) = value.get_ref() else {
            return Err(section.wrong(name, value, "a text in quotes"));
        };
        let text = Text::<TEXT_BYTES_MAX>::new(text).map_err(|error| {
            root.document.error(value.span().start, format!("`{name}`: {error}"))
        })?;
        all.insert(name.to_owned(), text.as_str().to_owned());
    }
    Ok(all)
}
