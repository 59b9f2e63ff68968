//! The environment, read once.

use std::collections::BTreeMap;

/// What every variable of ours begins with.
const PREFIX: &str = "MAKEGOOD_";

/// Variables beside the settings that have a meaning, without the prefix.
const OTHERS: [&str; 10] = [
    "CONFIG",
    "BOOTSTRAP_KEY",
    "KEY",
    "KEY_RING",
    "MAIL_PASSWORD",
    "STRIPE_LIVE_KEY",
    "STRIPE_LIVE_WEBHOOK_SECRETS",
    "STRIPE_TEST_KEY",
    "STRIPE_TEST_WEBHOOK_SECRETS",
    "TEST_MAX_PAGE_COUNT",
];

/// The variables that begin with `MAKEGOOD_`, without that prefix.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Environment {
        let ours = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
            Some((name, value.to_str()?.to_owned()))
        };
        Environment { variables: std::env::vars_os().filter_map(ours).collect() }
    }

    /// The value of a variable, by its name without the prefix. An empty one counts as absent,
    /// because that is how containers leave a variable out.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Without the variables whose names, without the prefix, begin with one of these.
    pub(crate) fn without(mut self, beginnings: &[&str]) -> Environment {
        self.variables.retain(|name, _| !beginnings.iter().any(|begin| name.starts_with(begin)));
        self
    }

    /// Names that are neither a setting nor anything else we know, with their prefix.
    pub(crate) fn unknown(&self, settings: &[String]) -> Vec<String> {
        let is_known = |name: &str| {
            OTHERS.contains(&name) || settings.iter().any(|known| known.to_uppercase() == name)
        };
        let unknown = self.variables.keys().filter(|name| !is_known(name));
        unknown.map(|name| format!("{PREFIX}{name}")).collect()
    }

    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment { variables: pairs.iter().map(owned).collect() }
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.variables.keys()).finish()
    }
}
