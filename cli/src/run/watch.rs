//! `--watch`: run again whenever a file changes that the last run read.

use std::{
    collections::BTreeSet,
    path::{self, Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use miette::{IntoDiagnostic as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{Run, output};

/// Editors write a file in several steps: all of them count as one change.
const SETTLE: Duration = Duration::from_millis(50);

/// The files that matter, absolute.
type Files = Arc<Mutex<BTreeSet<PathBuf>>>;

/// Runs until the process is stopped.
pub(super) fn run(command: &Run) -> Result<ExitCode> {
    let files = Files::default();
    let (mut watcher, changes) = watcher(&files)?;
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
            watch(&mut watcher, &files, file)?;
        }
        let Some(changed) = next_change(&changes) else { break };
        if !command.json {
            output::separate(number, &changed);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn watcher(files: &Files) -> Result<(RecommendedWatcher, Receiver<PathBuf>)> {
    let (sender, changes) = mpsc::channel();
    let files = Arc::clone(files);
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if let Some(changed) = event.ok().and_then(|event| matters(&event, &files)) {
            // Nobody listens when the process ends.
            let _ = sender.send(changed);
        }
    });
    Ok((watcher.into_diagnostic()?, changes))
}

/// The file that matters among those that an event is about.
fn matters(event: &Event, files: &Files) -> Option<PathBuf> {
    let files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let change = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_));
    event.paths.iter().find(|path| change && files.contains(*path)).cloned()
}

/// Watches the file's folder: a file that an editor replaces is another file in the same folder.
fn watch(watcher: &mut RecommendedWatcher, files: &Files, file: &Path) -> Result<()> {
    let file = path::absolute(file).into_diagnostic()?;
    let folder = file.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
    let new = files.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
    if let Some(folder) = folder.filter(|_| new) {
        watcher.watch(&folder, RecursiveMode::NonRecursive).into_diagnostic()?;
    }
    Ok(())
}

/// Sleeps until a file changed and the changes have settled; none when nothing can change.
fn next_change(changes: &Receiver<PathBuf>) -> Option<PathBuf> {
    let first = changes.recv().ok();
    while changes.recv_timeout(SETTLE).is_ok() {}
    first
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
