//! What a plugin exports that other packages declare.

use typescript::syntax::{Exported, Imported};

use super::Collector;
use crate::clean::facts::Foreign;

impl Collector<'_> {
    /// The types that the plugin's own files pass on from other packages, those on the page left out,
    /// by their packages.
    pub(super) fn foreign(&self) -> Vec<Foreign> {
        let mut found: Vec<Foreign> = Vec::new();
        let own = self.program.files.iter().enumerate().take(self.program.asked);
        for (file, source) in own.filter(|(_, source)| !source.is_installed()) {
            let links = source.links();
            for export in &links.exports {
                let from = export.from.as_ref().map(|from| from.text.as_str());
                match (&export.what, from) {
                    (Exported::Everything, Some(from)) => {
                        self.pass_on(file, from, None, &mut found);
                    }
                    (Exported::Names(names), _) => {
                        for (local, exported) in names {
                            let imported = links.imports.get(&local.text);
                            let (from, name) = match (from, imported) {
                                (Some(from), _) => (from, &local.text),
                                (None, Some((from, Imported::Named(name)))) => {
                                    (from.as_str(), name)
                                }
                                _ => continue,
                            };
                            let pair = Some((name.as_str(), exported.text.as_str()));
                            self.pass_on(file, from, pair, &mut found);
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// Adds what `file` exports of the package `from`: everything, or one name and what it is called
    /// here.
    fn pass_on(
        &self,
        file: usize,
        from: &str,
        pair: Option<(&str, &str)>,
        found: &mut Vec<Foreign>,
    ) {
        if from.starts_with(['.', '/']) {
            return;
        }
        let target = self.program.import(file, from);
        // What belongs to the project after all, by a path of its own.
        if target.is_some_and(|target| !self.program.source(target).is_installed()) {
            return;
        }
        if let (Some((name, _)), Some(target)) = (pair, target) {
            let ids = self.program.exported(target, name);
            let is_type = |id: &_| self.program.item(*id).is_some_and(super::names::is_type);
            let is_shown = ids.iter().any(|&id| self.seen.contains(&id.into()));
            if is_shown || !ids.is_empty() && !ids.iter().any(is_type) {
                return;
            }
        }
        let index = found.iter().position(|known| known.package == from).unwrap_or_else(|| {
            let address = self.program.address(file, from);
            found.push(Foreign { package: from.to_owned(), address, names: Vec::new() });
            found.len() - 1
        });
        if let (Some(known), Some((_, shown))) = (found.get_mut(index), pair)
            && !known.names.iter().any(|name| name == shown)
        {
            known.names.push(shown.to_owned());
        }
    }
}
