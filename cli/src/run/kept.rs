//! What stays between the runs of an app: its runners' stores, in a folder that git ignores.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use crate::json;

/// The folder, beside the app's configuration.
const FOLDER: &str = ".background-runner";

type Store = BTreeMap<String, String>;

/// The stores of an app's runners.
pub(super) struct Kept {
    file: PathBuf,
    stores: BTreeMap<String, Store>,
}

impl Kept {
    /// What earlier runs have left in an app.
    pub(super) fn read(app: &Path) -> Result<Self> {
        let file = app.join(FOLDER).join("kv.json");
        let stores = if file.is_file() { parse(&file)? } else { BTreeMap::new() };
        Ok(Self { file, stores })
    }

    pub(super) fn store(&self, label: &str) -> Store {
        self.stores.get(label).cloned().unwrap_or_default()
    }

    /// Keeps what a run has left, where it is not what was there.
    pub(super) fn keep(mut self, label: &str, store: &Store) -> Result<()> {
        let before = if store.is_empty() {
            self.stores.remove(label)
        } else {
            self.stores.insert(label.to_owned(), store.clone())
        };
        if before.unwrap_or_default() == *store {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&self.stores).into_diagnostic()?;
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(folder)
            .and_then(|()| codegen::project::replace(&folder.join(".gitignore"), "*\n"))
            .and_then(|()| codegen::project::replace(&self.file, &(text + "\n")));
        written
            .into_diagnostic()
            .wrap_err_with(|| format!("`{}` cannot be written", self.file.display()))
    }
}

fn parse(file: &Path) -> Result<BTreeMap<String, Store>> {
    serde_json::from_str(&json::read(file)?).map_err(|error| {
        miette!(
            help = "delete it, or pass `--fresh`",
            "`{}`, where stores are kept between runs, cannot be read: {error}",
            file.display()
        )
    })
}
