//! What a folder is already: which bundler, test runner and package manager, TypeScript or not.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::json;

/// A folder with what its `package.json` says.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    package: Value,
}

impl Project {
    pub(super) fn read(folder: &Path) -> Self {
        let text = json::read(&folder.join("package.json")).unwrap_or_default();
        let package = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        Self { folder: folder.to_owned(), package }
    }

    pub(super) fn depends_on(&self, name: &str) -> bool {
        let lists = ["dependencies", "devDependencies", "peerDependencies"];
        lists.iter().any(|list| self.package.get(list).is_some_and(|list| list.get(name).is_some()))
    }

    pub(super) fn uses_typescript(&self) -> bool {
        self.has("tsconfig.json") || self.depends_on("typescript")
    }

    pub(super) fn uses_vitest(&self) -> bool {
        self.depends_on("vitest")
    }

    /// A script of `package.json`.
    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.package.get("scripts")?.get(name)?.as_str()
    }

    /// Where the app's web assets are after a build, as its bundler has it.
    pub(super) fn web_dir(&self) -> &'static str {
        if self.has("angular.json") || self.has("ionic.config.json") {
            "www"
        } else if self.depends_on("next") {
            "out"
        } else if self.depends_on("react-scripts") || self.depends_on("@sveltejs/kit") {
            "build"
        } else if self.depends_on("vite") {
            "dist"
        } else {
            "www"
        }
    }

    /// How a package is added here.
    pub(super) fn install(&self, package: &str) -> String {
        let by_lock = [
            ("pnpm-lock.yaml", "pnpm add"),
            ("yarn.lock", "yarn add"),
            ("bun.lock", "bun add"),
            ("bun.lockb", "bun add"),
        ];
        let above = |file: &str| self.folder.ancestors().any(|folder| folder.join(file).is_file());
        let found = by_lock.iter().find(|(file, _)| above(file));
        format!("{} {package}", found.map_or("npm install", |(_, command)| command))
    }

    /// The folder of a package as this one sees it, relative to here.
    pub(super) fn path_of(&self, package: &str) -> String {
        let found = self
            .folder
            .ancestors()
            .enumerate()
            .find(|(_, folder)| folder.join("node_modules").join(package).is_dir());
        let up = found.map_or(0, |(levels, _)| levels);
        let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
        format!("{start}node_modules/{package}")
    }

    fn has(&self, file: &str) -> bool {
        self.folder.join(file).is_file()
    }
}
