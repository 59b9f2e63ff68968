//! The few parts of a `Cargo.toml` the rules ask about.
//!
//! A full TOML reader would be the only dependency of this crate and most of its build time,
//! while our manifests use one key a line. What this reader does not understand it skips.

/// A manifest: its package name and its dependencies.
pub struct Manifest {
    /// `package.name`, absent in the virtual manifest at the root.
    pub package: Option<String>,
    /// Whether `lints.workspace` is set.
    pub inherits_lints: bool,
    /// Whether the library is compiled for tests of its own: all are that do not say otherwise.
    pub tests_library: bool,
    /// Dependencies of every kind, in order of appearance.
    pub dependencies: Vec<Dependency>,
}

/// One dependency line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Name of the package, also where it is used under another name.
    pub package: String,
    /// Line in the manifest, counted from 1.
    pub line: usize,
    /// Which table it stands in.
    pub kind: Kind,
    /// Whether version and features come from the workspace.
    pub inherited: bool,
    /// Whether it is one of ours: a path instead of a version.
    pub by_path: bool,
}

/// The table a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[dependencies]` and `[build-dependencies]`: shipped with the crate.
    Normal,
    /// `[dev-dependencies]`: for tests only.
    Dev,
    /// `[workspace.dependencies]`: agreed, not yet used.
    Workspace,
}

impl Manifest {
    /// Reads a manifest.
    pub fn read(text: &str) -> Self {
        let mut manifest = Self {
            package: None,
            inherits_lints: false,
            tests_library: true,
            dependencies: Vec::new(),
        };
        let mut table = String::new();
        let mut open_brackets = 0_isize;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let continues = open_brackets > 0;
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if line.starts_with('[') && !continues {
                table = line.trim_matches(['[', ']', ' ']).to_owned();
                manifest.open_table(&table, index + 1);
                continue;
            }
            open_brackets += balance(line);
            if !continues && let Some((key, value)) = line.split_once('=') {
                manifest.key(&table, key.trim(), value.trim(), index + 1);
            }
        }
        manifest
    }

    /// `[dependencies.name]` opens a table for one dependency.
    fn open_table(&mut self, table: &str, line: usize) {
        if let Some((parent, name)) = table.rsplit_once('.')
            && let Some(kind) = kind_of(parent)
        {
            self.add(kind, name, "", line);
        }
    }

    fn key(&mut self, table: &str, key: &str, value: &str, line: usize) {
        match (table, key) {
            ("package", "name") => self.package = Some(value.trim_matches('"').to_owned()),
            ("lints", "workspace") => self.inherits_lints = value == "true",
            ("lib", "test") => self.tests_library = value == "true",
            _ => {
                if let Some(kind) = kind_of(table) {
                    self.add(kind, key, value, line);
                }
            }
        }
    }

    fn add(&mut self, kind: Kind, key: &str, value: &str, line: usize) {
        let name = key.split('.').next().unwrap_or(key).trim_matches('"');
        let renamed = value.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
        self.dependencies.push(Dependency {
            package: renamed.unwrap_or(name).to_owned(),
            line,
            kind,
            inherited: key.ends_with(".workspace") || value.contains("workspace = true"),
            by_path: value.contains("path = "),
        });
    }
}

fn kind_of(table: &str) -> Option<Kind> {
    match table {
        "workspace.dependencies" => Some(Kind::Workspace),
        _ if table.ends_with("dev-dependencies") => Some(Kind::Dev),
        _ if table.ends_with("dependencies") => Some(Kind::Normal),
        _ => None,
    }
}

fn balance(line: &str) -> isize {
    line.chars().fold(0, |depth, c| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => depth - 1,
        _ => depth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_dependency_is_read() {
        let manifest = Manifest::read(
            "[package]\nname = \"a\"\n[lints]\nworkspace = true\n\
             [dependencies]\nb.workspace = true\nc = { version = \"1\", features = [\n\"x\",\n] }\n\
             [dev-dependencies]\nd = { package = \"e\", path = \"../e\" }\n\
             [target.'cfg(unix)'.dependencies]\nf = \"1\"\n[dependencies.g]\nversion = \"1\"\n",
        );
        assert_eq!(manifest.package.as_deref(), Some("a"));
        assert!(manifest.inherits_lints);
        let found: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|d| (d.package.as_str(), d.line, d.kind, d.inherited, d.by_path))
            .collect();
        let expected = [
            ("b", 6, Kind::Normal, true, false),
            ("c", 7, Kind::Normal, false, false),
            ("e", 11, Kind::Dev, false, true),
            ("f", 13, Kind::Normal, false, false),
            ("g", 14, Kind::Normal, false, false),
        ];
        assert_eq!(found, expected);
    }
}
