//! `background-runner diff OLD NEW`: what changed between two revisions of a plugin's declarations.

mod revision;

use std::{ops::Range, process::ExitCode};

use clap::{Args, ValueEnum};
use docgen::diff::{self, Change, Severity};
use miette::Result;
use serde::Serialize;
use serde_json::json;

use revision::Revision;

/// Show what changed between two revisions of a plugin's API, and whom it concerns: what breaks,
/// what is new, what is documented otherwise.
///
/// A revision is a file of declarations, the folder of a package (its sources, or the declarations
/// that it ships), the `.tgz` that `npm pack` makes, or the name of a package, such as
/// `@scope/plugin@1`: npm takes that from its cache, and fetches what is not there.
#[derive(Args)]
pub(crate) struct Diff {
    /// The old revision: a file, a folder, a `.tgz` or a package's name
    old: String,
    /// The new revision
    new: String,
    /// Print one JSON line
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown for the notes of a release
    #[arg(long)]
    markdown: bool,
    /// Exit with 1 where a change is at least this severe
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Breaking)]
    fail_on: FailOn,
}

/// The least severe change that is a failure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What compiled may no longer compile
    Breaking,
    /// There is something new, too
    Addition,
    /// Anything, comments included
    Documentation,
    /// Nothing: the exit code is 0
    Never,
}

impl Diff {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let (old, new) = (Revision::read(&self.old)?, Revision::read(&self.new)?);
        let changes = diff::changes(&old.declarations()?, &new.declarations()?);
        let severity = changes.iter().map(|change| change.severity).max();
        if self.json {
            println!("{}", self.line(&changes, severity));
        } else if self.markdown {
            print!("{}", diff::markdown(&changes));
        } else {
            for change in &changes {
                println!("{change}\n");
            }
            println!("{}", diff::summary(&changes));
        }
        let fails = severity.is_some_and(|severity| self.fail_on.includes(severity));
        Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// The changes for a program.
    fn line(&self, changes: &[Change], severity: Option<Severity>) -> serde_json::Value {
        let changes: Vec<_> = changes.iter().map(Entry::new).collect();
        json!({ "old": self.old, "new": self.new, "severity": severity, "changes": changes })
    }
}

/// A change in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'c> {
    #[serde(flatten)]
    change: &'c Change,
    /// The part of the old text that changed, in UTF-16 units as most languages count characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_mark: Option<[usize; 2]>,
    /// That of the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_mark: Option<[usize; 2]>,
}

impl<'c> Entry<'c> {
    fn new(change: &'c Change) -> Self {
        let (old, new) = change.marks().unzip();
        let mark = |text: &Option<String>, range: Option<Range<usize>>| {
            let (text, range) = (text.as_deref()?, range?);
            let units = |at| text.get(..at).map_or(0, |before: &str| before.encode_utf16().count());
            Some([units(range.start), units(range.end)])
        };
        Self { change, old_mark: mark(&change.old, old), new_mark: mark(&change.new, new) }
    }
}

impl FailOn {
    fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Breaking => severity >= Severity::Breaking,
            Self::Addition => severity >= Severity::Addition,
            Self::Documentation => true,
            Self::Never => false,
        }
    }
}
