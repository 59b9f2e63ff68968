//! The files the rules look at, in memory.

use std::path::Path;
use std::process::Command;

use crate::manifest::Manifest;
use crate::source::Source;

/// All files of the repository, ordered by path.
pub struct Tree {
    /// Every file that is checked in or would be added.
    pub files: Vec<File>,
}

/// One file with its text.
pub struct File {
    /// Path from the root of the repository, with forward slashes.
    pub path: String,
    /// Content; empty for files that are not UTF-8 text.
    pub text: String,
    /// The file taken apart, for Rust files.
    pub source: Option<Source>,
}

impl Tree {
    /// Reads the checked-in files and those git does not ignore. What is deleted but not yet
    /// committed is left out, so the rules judge what the next commit would contain.
    ///
    /// # Errors
    /// When git is missing or `root` is not a checkout.
    pub fn of_checkout(root: &Path) -> Result<Self, String> {
        let listing = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()
            .map_err(|error| format!("git cannot be started ({error}); tidy needs it"))?;
        if !listing.status.success() {
            return Err(format!("git: {}", String::from_utf8_lossy(&listing.stderr).trim()));
        }
        let mut paths: Vec<String> = String::from_utf8_lossy(&listing.stdout)
            .split('\0')
            .filter(|path| !path.is_empty() && root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        paths.sort();
        paths.dedup();
        let read = |path: String| {
            let bytes = std::fs::read(root.join(&path)).map_err(|e| format!("{path}: {e}"))?;
            Ok(File::new(path, String::from_utf8(bytes).unwrap_or_default()))
        };
        Ok(Self { files: paths.into_iter().map(read).collect::<Result<_, String>>()? })
    }

    /// A tree written down in a test: pairs of path and text.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File::new((*path).into(), (*text).into());
        Self { files: files.iter().map(file).collect() }
    }

    /// The file with exactly this path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether this path is a file, or a folder with at least one file.
    pub fn holds(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// Rust files, taken apart.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files.iter().filter_map(|file| Some((file, file.source.as_ref()?)))
    }

    /// Markdown files.
    pub fn markdown(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".md"))
    }

    /// Every `Cargo.toml`, taken apart.
    pub fn manifests(&self) -> impl Iterator<Item = (&File, Manifest)> {
        self.files
            .iter()
            .filter(|file| file.path.rsplit('/').next() == Some("Cargo.toml"))
            .map(|file| (file, Manifest::read(&file.text)))
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let source = path.ends_with(".rs").then(|| Source::read(&text));
        Self { path, text, source }
    }

    /// Name of the crate whose folder contains this file, if any.
    pub fn crate_name(&self) -> Option<&str> {
        match self.path.strip_prefix("crates/") {
            Some(rest) => rest.split('/').next(),
            None => self.path.starts_with("xtask/").then_some("xtask"),
        }
    }

    /// Whether this is product code of its crate: below `src/`, not a test of its own.
    pub fn is_in_src(&self) -> bool {
        let inside = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        inside.split('/').nth(1) == Some("src")
    }

    /// Lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}
