//! A runner that imports packages, bundled for the run as `build` bundles it for the app.

use std::path::{Path, PathBuf};

use super::plan::Plan;
use crate::{
    bundled::{self, Bundled},
    disk::slashed,
};

/// What the runtime gets of a runner.
pub(super) enum Joined {
    /// The files as they are: the runtime finds what they import.
    Not,
    Bundle(Bundled),
    Failed {
        message: String,
        read: Vec<PathBuf>,
    },
}

impl Joined {
    pub(super) fn of(plan: &Plan) -> Self {
        if !bundle::is_needed(&plan.file) {
            return Self::Not;
        }
        match bundled::bundle(&plan.file, &plan.root.join(name(plan)), &plan.root) {
            Ok(bundled) => Self::Bundle(bundled),
            Err(problems) => {
                let lines: Vec<_> =
                    problems.iter().map(|it| bundled::line(it, &plan.root)).collect();
                let read = problems.into_iter().map(|it| it.file).collect();
                Self::Failed { message: lines.join("\n"), read }
            }
        }
    }

    /// The path at which the runtime finds the runner.
    pub(super) fn src(&self, plan: &Plan) -> String {
        if matches!(self, Self::Bundle(_)) { name(plan) } else { plan.src.clone() }
    }

    /// The files that the run has to do with.
    pub(super) fn read(self) -> Vec<PathBuf> {
        match self {
            Self::Not => Vec::new(),
            Self::Bundle(bundled) => bundled.read,
            Self::Failed { read, .. } => read,
        }
    }

    /// A stack in which places of the bundle are those of its sources: when a dispatch is over, the runtime
    /// reads no map any more.
    pub(super) fn told(&self, plan: &Plan, stack: &str) -> String {
        let Self::Bundle(bundled) = self else { return stack.to_owned() };
        let mark = format!("({}:", name(plan));
        let line = |line: &str| {
            let (before, place) = line.split_once(&mark)?;
            let (row, column) = place.strip_suffix(')')?.split_once(':')?;
            let (row, column): (usize, usize) = (row.parse().ok()?, column.parse().ok()?);
            let place =
                bundle::original(&bundled.mappings, row.checked_sub(1)?, column.checked_sub(1)?);
            let [source, row, column] = place?;
            let source = bundled.sources.get(source)?;
            Some(format!("{before}({source}:{}:{})", row + 1, column + 1))
        };
        let lines: Vec<_> =
            stack.lines().map(|it| line(it).unwrap_or_else(|| it.to_owned())).collect();
        // Each line ends where it did.
        lines.join("\n") + if stack.ends_with('\n') { "\n" } else { "" }
    }
}

/// The path of the bundle: beside the runner, where no file is.
fn name(plan: &Plan) -> String {
    slashed(&Path::new(&plan.src).with_extension("bundle.js"))
}
