//! `--watch`: run again whenever a file changes that the last run read.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::Result;

use super::{Run, output};
use crate::watch::Watch;

/// Runs until the process is stopped.
pub(super) fn run(command: &Run) -> Result<ExitCode> {
    let mut watch = Watch::new()?;
    for number in 2.. {
        // What is wrong now may be right after the next change.
        let read = command.once().map_or_else(
            |report| {
                eprintln!("{report:?}");
                Vec::new()
            },
            |done| done.read,
        );
        for file in named(command).chain(read.iter().map(PathBuf::as_path)) {
            watch.add(file)?;
        }
        let Some(changed) = watch.changed() else { break };
        if !command.json {
            output::separate(number, &changed);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The files that the command line names.
fn named(command: &Run) -> impl Iterator<Item = &Path> {
    let details = command.details.as_deref().and_then(|details| details.strip_prefix('@'));
    let files = [
        command.file.as_deref(),
        command.host.as_deref(),
        command.apis.as_deref(),
        details.map(Path::new),
    ];
    files.into_iter().flatten()
}
