//! `cargo xtask deny`: licenses, sources and names of the dependencies.
//!
//! What is allowed stands in `deny.toml`, in the format of cargo-deny, which needs minutes to
//! install. This command reads the same file and needs nothing but cargo, so that it can run
//! with every test. Packages are those cargo would build for any platform with all features.

mod license;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::report::{Finding, Report};

const POLICY: &str = "deny.toml";
const LOCK: &str = "Cargo.lock";

/// What `deny.toml` allows and forbids.
struct Policy {
    licenses: Vec<String>,
    banned: Vec<String>,
}

/// Checks all dependencies of the workspace at `root`.
///
/// # Errors
/// When a file is missing, or a package was not downloaded yet.
pub fn run(root: &Path) -> Result<Report, String> {
    let read =
        |name| std::fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"));
    let policy = Policy::read(&read(POLICY)?);
    let packages = packages(root)?;
    let lock = read(LOCK)?;
    let mut findings: Vec<(&'static str, Finding)> = Vec::new();
    findings.extend(licenses(&packages, &policy).into_iter().map(|f| ("licenses", f)));
    findings.extend(bans(&lock, &policy).into_iter().map(|f| ("bans", f)));
    findings.extend(sources(&lock).into_iter().map(|f| ("sources", f)));
    let looked_at = format!("{} packages", packages.len());
    Ok(Report { command: "deny", rules: 3, looked_at, findings })
}

impl Policy {
    /// Reads the quoted texts of `licenses.allow`, and of `crate = "..."` in `bans.deny`.
    fn read(text: &str) -> Self {
        let mut policy = Self { licenses: Vec::new(), banned: Vec::new() };
        let mut list = "";
        let mut table = "";
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                table = line;
            } else if let Some((key, _)) = line.split_once(" = [") {
                list = key;
            }
            let mut quoted = line.split('"').skip(1).step_by(2);
            match (table, list) {
                ("[licenses]", "allow") => policy.licenses.extend(quoted.map(str::to_owned)),
                ("[bans]", "deny") if line.contains("crate = ") => {
                    policy.banned.extend(quoted.next().map(str::to_owned));
                }
                _ => {}
            }
            if line.ends_with(']') {
                list = "";
            }
        }
        policy
    }
}

/// Name with version, and license expression, of everything the workspace can build.
fn packages(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let listing = Command::new("cargo")
        .current_dir(root)
        .args(["tree", "--offline", "--workspace", "--all-features", "--target", "all"])
        .args(["--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}\t{l}"])
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !listing.status.success() {
        let problem = String::from_utf8_lossy(&listing.stderr).trim().to_owned();
        return Err(format!("{problem}\nrun `cargo fetch` first"));
    }
    Ok(String::from_utf8_lossy(&listing.stdout).lines().filter_map(package).collect())
}

/// One line of `cargo tree`: "name v1.0.0 (where)", tab, license; a star marks repetitions.
fn package(line: &str) -> Option<(String, String)> {
    let (package, license) = line.split_once('\t')?;
    let name = package.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Some((name, license.trim_end_matches("(*)").trim().to_owned()))
}

fn licenses(packages: &BTreeMap<String, String>, policy: &Policy) -> Vec<Finding> {
    let refused = |license: &str| !license::is_allowed(license, &policy.licenses);
    packages
        .iter()
        .filter(|(_, license)| refused(license))
        .map(|(package, license)| {
            let license = if license.is_empty() { "none" } else { license };
            let message = format!(
                "{package} has the license {license}, which {POLICY} does not allow; take another \
                 package, or add the license there if it asks for no more than attribution"
            );
            Finding::about(LOCK, message)
        })
        .collect()
}

fn bans(lock: &str, policy: &Policy) -> Vec<Finding> {
    quoted_values(lock, "name = ")
        .filter(|(_, name)| policy.banned.iter().any(|banned| banned == name))
        .map(|(line, name)| {
            let message = format!("{name} is banned; {POLICY} says why and what to use instead");
            Finding::at(LOCK, line, message)
        })
        .collect()
}

/// Every package comes from one registry: none from a repository or from elsewhere.
fn sources(lock: &str) -> Vec<Finding> {
    let first = quoted_values(lock, "source = ")
        .map(|(_, source)| source)
        .find(|source| source.starts_with("registry+"));
    quoted_values(lock, "source = ")
        .filter(|(_, source)| Some(*source) != first)
        .map(|(line, source)| {
            let message = format!("{source} is not our registry; use a published version");
            Finding::at(LOCK, line, message)
        })
        .collect()
}

fn quoted_values<'a>(lock: &'a str, key: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    lock.lines()
        .enumerate()
        .filter_map(move |(at, line)| Some((at + 1, line.strip_prefix(key)?.trim_matches('"'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[licenses]\n# \"GPL-3.0\"\nallow = [\n    \"MIT\",\n    \"ISC\",\n]\n\
                        [bans]\ndeny = [\n    { crate = \"openssl\", reason = \"x\" },\n]\n";

    #[test]
    fn the_policy_is_read() {
        let policy = Policy::read(TEXT);
        assert_eq!(policy.licenses, ["MIT", "ISC"]);
        assert_eq!(policy.banned, ["openssl"]);
    }

    #[test]
    fn the_checked_in_policy_bans_and_allows_something() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml");
        let policy = Policy::read(&std::fs::read_to_string(path).unwrap());
        assert!(policy.licenses.iter().any(|license| license == "MIT"));
        assert!(!policy.licenses.iter().any(|license| license.contains("GPL")));
        assert!(policy.banned.iter().any(|name| name == "openssl-sys"));
    }

    #[test]
    fn a_license_that_is_not_allowed_is_found() {
        let lines = "a v1.0.0\tMIT\nb v2.0.0 (proc-macro)\tGPL-3.0 (*)\nc v3.0.0\t\n\n";
        let packages = lines.lines().filter_map(package).collect();
        let found = licenses(&packages, &Policy::read(TEXT));
        let found: Vec<_> = found.iter().map(|f| f.message.split(',').next().unwrap()).collect();
        assert_eq!(found, ["b v2.0.0 has the license GPL-3.0", "c v3.0.0 has the license none"]);
    }

    #[test]
    fn banned_names_and_foreign_sources_are_found() {
        let lock = "name = \"a\"\nsource = \"registry+one\"\nname = \"openssl\"\n\
                    source = \"registry+one\"\nname = \"b\"\nsource = \"git+two\"\n";
        let lines = |findings: Vec<Finding>| findings.iter().map(|f| f.line).collect::<Vec<_>>();
        assert_eq!(lines(bans(lock, &Policy::read(TEXT))), [3]);
        assert_eq!(lines(sources(lock)), [6]);
    }
}
