//! Checks of the repository that the compiler and clippy cannot make.
//!
//! `cargo xtask tidy` reads every file git knows or would add and holds it against the house
//! rules; `cargo xtask deny` looks at the dependencies: their licenses, sources and names.
//! Both print what is wrong together with what to do instead, and end with code 1 then.
//!
//! To add a rule: a file in `src/rules/` with a `check` function and a test that it fails on
//! bad input, and a line in [`rules::RULES`].

mod deny;
mod manifest;
mod report;
mod rules;
mod source;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy(&workspace_root()),
        ["deny"] => deny::run(&workspace_root()),
        _ => Err("usage: cargo xtask tidy | deny".to_owned()),
    };
    match outcome {
        Ok(report) => {
            print!("{report}");
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::from(2)
        }
    }
}

fn tidy(root: &Path) -> Result<report::Report, String> {
    let tree = tree::Tree::of_checkout(root)?;
    let mut findings = Vec::new();
    for rule in rules::RULES {
        findings.extend((rule.check)(&tree).into_iter().map(|finding| (rule.name, finding)));
    }
    Ok(report::Report {
        command: "tidy",
        rules: rules::RULES.len(),
        looked_at: format!("{} files", tree.files.len()),
        findings,
    })
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the manifest of xtask lies one folder below the workspace")
        .to_owned()
}
