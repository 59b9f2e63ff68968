//! Laying the sources of settings over one another.

use std::path::Path;

use toml::{Table, Value};

use super::{Environment, MANUAL, Settings};
use crate::failure::{Done, Failure};

/// The settings that hold: flags over environment over file over defaults.
pub(super) fn merge(
    file: Option<&Path>,
    environment: &Environment,
    flags: &[(&str, Option<String>)],
) -> Done<Settings> {
    let mut settings = defaults();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
        lay_file(&mut settings, path, &text)?;
    }
    for name in names() {
        let variable = name.to_ascii_uppercase();
        if let Some(text) = environment.get(&variable) {
            lay_text(&mut settings, &name, text, &format!("MAKEGOOD_{variable}"))?;
        }
    }
    for (name, text) in flags {
        if let Some(text) = text {
            lay_text(&mut settings, name, text, &format!("--{name}"))?;
        }
    }
    settings.try_into().map_err(|error: toml::de::Error| {
        Failure::new(format!("a setting does not fit: {}", error.message())).next(SEE_MANUAL)
    })
}

/// The names of all settings.
pub(crate) fn names() -> Vec<String> {
    defaults().keys().cloned().collect()
}

const SEE_MANUAL: &str = "`makegood serve --print-config` explains every setting";

fn defaults() -> Table {
    MANUAL.parse().expect("the manual is well-formed; a test reads it")
}

fn lay_file(settings: &mut Table, path: &Path, text: &str) -> Done {
    let source = path.display();
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        Failure::new(format!("{source} is not well-formed: {}", error.message())).next(SEE_MANUAL)
    })?;
    for (name, value) in table {
        let Some(known) = settings.get(&name) else {
            let what = format!("{source} has a setting that does not exist: {name}");
            return Err(Failure::new(what).next(SEE_MANUAL));
        };
        if known.same_type(&value) {
            check_number(&name, &value, &format!("{name} in {source}"))?;
            settings.insert(name, value);
        } else {
            let what = format!("{name} in {source} must be {}", kind(known));
            return Err(Failure::new(what).next(SEE_MANUAL));
        }
    }
    Ok(())
}

fn lay_text(settings: &mut Table, name: &str, text: &str, source: &str) -> Done {
    let known = settings.get(name).expect("only names of the manual are laid");
    let value = match known {
        Value::Integer(_) => text.parse().map(Value::Integer).map_err(|_| {
            Failure::new(format!("{source} must be {}", kind(known))).next(SEE_MANUAL)
        })?,
        _ => Value::String(text.to_owned()),
    };
    check_number(name, &value, source)?;
    settings.insert(name.to_owned(), value);
    Ok(())
}

fn kind(value: &Value) -> &'static str {
    if value.is_integer() { "a whole number" } else { "a text" }
}

/// Every number is a limit or a time, and nothing works without any of it; but what is kept may be
/// kept for ever, and advertisers may promote as much as they like.
fn check_number(name: &str, value: &Value, source: &str) -> Done {
    let is_retention = name.ends_with("_retention_days");
    let least = if is_retention { RETENTION_DAYS_MIN } else { 1 };
    match value.as_integer() {
        Some(0) if ZERO_IS_NO_LIMIT.contains(&name) => Ok(()),
        Some(number) if number < least => {
            Err(Failure::new(format!("{source} must be at least {least}")).next(SEE_MANUAL))
        }
        _ => Ok(()),
    }
}

/// Numbers that mean "for ever" or "any number" when they are 0.
const ZERO_IS_NO_LIMIT: [&str; 2] = ["journal_retention_days", "promotions_under_way_max"];

/// A hold may last thirty days. While it does, its key must be known, so that `reverse` finds it.
const RETENTION_DAYS_MIN: i64 = 31;

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(file: &str, variables: &[(&str, &str)], listen: Option<&str>) -> Done<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("makegood.toml");
        std::fs::write(&path, file).unwrap();
        let flags = [("listen", listen.map(str::to_owned))];
        merge(Some(&path), &Environment::of(variables), &flags)
    }

    #[track_caller]
    fn check_listen(file: &str, variables: &[(&str, &str)], flag: Option<&str>, expected: &str) {
        assert_eq!(merged(file, variables, flag).unwrap().listen, expected);
    }

    #[test]
    fn the_nearest_source_wins() {
        check_listen("", &[], None, "127.0.0.1:8080");
        check_listen("listen = 'a:1'", &[], None, "a:1");
        check_listen("listen = 'a:1'", &[("LISTEN", "b:1")], None, "b:1");
        check_listen("listen = 'a:1'", &[("LISTEN", "b:1")], Some("c:1"), "c:1");
        check_listen("listen = 'a:1'", &[("LISTEN", "")], None, "a:1");
    }

    #[track_caller]
    fn check_refused(file: &str, variables: &[(&str, &str)], named: &str) {
        let failure = merged(file, variables, None).unwrap_err().to_string();
        assert!(failure.contains(named), "{failure}");
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        check_refused("lisen = 'a:1'", &[], "does not exist: lisen");
        check_refused("listen = 1", &[], "listen in");
        check_refused("connections_max = 'many'", &[], "must be a whole number");
        check_refused("connections_max = 0", &[], "at least 1");
        check_refused("", &[("CONNECTIONS_MAX", "many")], "MAKEGOOD_CONNECTIONS_MAX must be");
        check_refused("", &[("CONNECTIONS_MAX", "-1")], "at least 1");
        check_refused("operation_retention_days = 30", &[], "at least 31");
        check_refused("", &[("OPERATION_RETENTION_DAYS", "30")], "at least 31");
        check_refused("operation_retention_days = 0", &[], "at least 31");
        check_refused("journal_retention_days = 30", &[], "at least 31");
        check_refused("journal_retention_days = -1", &[], "at least 31");
        merged("journal_retention_days = 0", &[], None).unwrap();
        check_refused("log_format = 'xml'", &[], "xml");
        check_refused("listen = ", &[], "not well-formed");
    }
}
