//! `background-runner diff OLD NEW`: what a new revision of a definitions file breaks.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::Args;
use codegen::{diff, parse::parse, syntax::Module};
use miette::{IntoDiagnostic as _, NamedSource, Result, WrapErr as _};

/// Show the breaking changes between two revisions of a definitions file.
#[derive(Args)]
pub(crate) struct Diff {
    /// The old definitions file
    old: PathBuf,
    /// The new definitions file
    new: PathBuf,
    /// Print one JSON line
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let changes = diff::changes(&read(&self.old)?, &read(&self.new)?);
        if self.json {
            let list: Vec<_> = changes
                .iter()
                .map(|change| {
                    serde_json::json!({ "breaking": change.breaking, "path": change.path, "what": change.what })
                })
                .collect();
            println!("{}", serde_json::Value::Array(list));
        } else {
            for change in &changes {
                println!("{change}");
            }
        }
        let breaking = changes.iter().any(|change| change.breaking);
        Ok(if breaking { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn read(path: &PathBuf) -> Result<Module> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot read `{name}`"))?;
    parse(&name, &text).map_err(|mut errors| {
        miette::Report::new(errors.remove(0)).with_source_code(NamedSource::new(name, text))
    })
}
