//! Answers that are ready, from a file.

use std::sync::LazyLock;

use toml::{Table, Value};

const FILE: &str = include_str!("../../../rules/support/replies.toml");

/// An answer that staff begin with. It is sent by nobody but a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned {
    /// Its name in addresses, of `a`–`z` and `-`.
    pub name: String,
    /// What it is for.
    pub title: String,
    text: String,
}

impl Canned {
    /// What it says in a request of this number.
    pub fn text(&self, number: &str) -> String {
        self.text.replace("{number}", number)
    }
}

static ALL: LazyLock<Vec<Canned>> =
    LazyLock::new(|| load(FILE).expect("the file is part of the program, and tested"));

/// Every answer that is ready, in the order of the file.
pub fn canned() -> &'static [Canned] {
    &ALL
}

/// Reads a file; `None` when it is not such a one, or two have one name.
fn load(file: &str) -> Option<Vec<Canned>> {
    let table: Table = file.parse().ok()?;
    if table.get("name")?.as_str()? != "support_replies" {
        return None;
    }
    let text = |table: &Value, member: &str| {
        let text = table.get(member)?.as_str()?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let mut all: Vec<Canned> = Vec::new();
    for reply in table.get("reply")?.as_array()? {
        let name = text(reply, "name")?;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !is_plain || all.iter().any(|other| other.name == name) {
            return None;
        }
        all.push(Canned { name, title: text(reply, "title")?, text: text(reply, "text")? });
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_ready_and_fit_a_message() {
        assert!(canned().len() > 3);
        for one in canned() {
            let text = one.text("7K2M-9QXA");
            assert!(!text.contains(['{', '}']), "{text}");
            let text = crate::conversation::MessageText::multiline(&text);
            assert!(text.is_ok(), "{}", one.name);
        }
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        let reply = "[[reply]]\nname = \"a\"\ntitle = \"A\"\ntext = \"a\"\n";
        let file = |replies: &str| format!("name = \"support_replies\"\n{replies}");
        assert_eq!(load(&file(reply)).unwrap().len(), 1);
        for wrong in [
            String::new(),
            file(""),
            file(&reply.repeat(2)),
            file(&reply.replace("\"a\"", "\"\"")),
            file(&reply.replace("\"a\"\nt", "\"A/\"\nt")),
            reply.to_owned(),
        ] {
            assert_eq!(load(&wrong), None, "{wrong}");
        }
    }
}
