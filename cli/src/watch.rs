//! Files that are watched, so that a command does its work again when one changes.

use std::{
    collections::BTreeSet,
    path::{self, Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use miette::{IntoDiagnostic as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Editors write a file in several steps: all of them count as one change.
const SETTLE: Duration = Duration::from_millis(50);

/// The files that matter, absolute.
type Files = Arc<Mutex<BTreeSet<PathBuf>>>;

/// Watches files.
pub(crate) struct Watch {
    files: Files,
    watcher: RecommendedWatcher,
    changes: Receiver<PathBuf>,
}

impl Watch {
    pub(crate) fn new() -> Result<Self> {
        let (sender, changes) = mpsc::channel();
        let files = Files::default();
        let known = Arc::clone(&files);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if let Some(changed) = event.ok().and_then(|event| matters(&event, &known)) {
                // Nobody listens when the process ends.
                let _ = sender.send(changed);
            }
        });
        Ok(Self { files, watcher: watcher.into_diagnostic()?, changes })
    }

    /// Watches the file's folder: a file that an editor replaces is another file in the same folder.
    pub(crate) fn add(&mut self, file: &Path) -> Result<()> {
        let file = path::absolute(file).into_diagnostic()?;
        let folder = file.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
        let new = self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
        if let Some(folder) = folder.filter(|_| new) {
            self.watcher.watch(&folder, RecursiveMode::NonRecursive).into_diagnostic()?;
        }
        Ok(())
    }

    /// Sleeps until a file changed and the changes have settled; none when nothing can change.
    pub(crate) fn changed(&self) -> Option<PathBuf> {
        let first = self.changes.recv().ok();
        while self.changes.recv_timeout(SETTLE).is_ok() {}
        first
    }
}

/// The file that matters among those that an event is about.
fn matters(event: &Event, files: &Files) -> Option<PathBuf> {
    let files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let change = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_));
    event.paths.iter().find(|path| change && files.contains(*path)).cloned()
}
