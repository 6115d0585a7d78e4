//! What a name means that one file takes from another.

use std::collections::{BTreeSet, HashSet};

use typescript::link::{Export, Origin};

use crate::graph::{Graph, Index, Kind};

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A name of a module's top level: its index there.
    Local {
        module: Index,
        name: usize,
    },
    /// All that a file exports, as an object.
    All {
        module: Index,
        is_node: bool,
    },
    /// What a file exports that is no module.
    Property {
        module: Index,
        name: String,
        is_node: bool,
    },
    /// What a module passes on of such a file, as is known when it runs.
    Late {
        module: Index,
        name: String,
    },
    Missing,
    /// Two files export it, and neither is meant.
    Ambiguous,
}

impl Graph {
    /// What a name of a module's top level means.
    pub(crate) fn meaning(&self, module: Index, name: usize) -> Meaning {
        self.meaning_of(module, name, &mut HashSet::new())
    }

    fn meaning_of(&self, module: Index, name: usize, seen: &mut Seen) -> Meaning {
        match self.get(module).and_then(|it| it.unit.names.get(name)).map(|it| &it.origin) {
            Some(Origin::Here) => Meaning::Local { module, name },
            Some(Origin::There { request, name }) => {
                self.requested(module, *request, name.as_deref(), seen)
            }
            None => Meaning::Missing,
        }
    }

    /// What a module means by `name.property`, where the name is all of another file.
    pub(crate) fn property(&self, module: Index, name: usize, property: &str) -> Meaning {
        match self.meaning(module, name) {
            Meaning::All { module: of, is_node } => {
                self.member(of, is_node, Some(property), &mut HashSet::new())
            }
            _ => Meaning::Missing,
        }
    }

    fn requested(
        &self,
        module: Index,
        request: usize,
        name: Option<&str>,
        seen: &mut Seen,
    ) -> Meaning {
        let Some(of) = self.target(module, request) else { return Meaning::Missing };
        let is_node = self.get(module).is_some_and(|it| it.is_node);
        self.member(of, is_node, name, seen)
    }

    fn member(&self, of: Index, is_node: bool, name: Option<&str>, seen: &mut Seen) -> Meaning {
        // Only where it makes a difference, so that there is one object.
        let is_node = is_node && self.kind(of) == Kind::Common;
        match (self.kind(of), name) {
            (_, None) => Meaning::All { module: of, is_node },
            (Kind::Module, Some(name)) => self.export_of(of, name, seen),
            (Kind::Common | Kind::Json, Some(name)) => {
                Meaning::Property { module: of, name: name.to_owned(), is_node }
            }
        }
    }

    /// What a module exports under a name.
    pub(crate) fn export(&self, module: Index, name: &str) -> Meaning {
        self.export_of(module, name, &mut HashSet::new())
    }

    fn export_of(&self, module: Index, name: &str, seen: &mut Seen) -> Meaning {
        if !seen.insert((module, name.to_owned())) {
            return Meaning::Missing;
        }
        let Some(unit) = self.get(module).map(|it| &it.unit) else { return Meaning::Missing };
        for export in &unit.exports {
            match export {
                Export::Local { name: own, local, .. } if own == name => {
                    return self.meaning_of(module, *local, seen);
                }
                Export::From { name: own, request, imported, .. } if own == name => {
                    return self.requested(module, *request, imported.as_deref(), seen);
                }
                _ => {}
            }
        }
        if name == "default" {
            return Meaning::Missing;
        }
        let (mut found, mut late) = (Meaning::Missing, None);
        for export in &unit.exports {
            let Export::All { request } = export else { continue };
            let Some(of) = self.target(module, *request) else { continue };
            if self.kind(of) != Kind::Module {
                late.get_or_insert(Meaning::Late { module, name: name.to_owned() });
                continue;
            }
            match self.export_of(of, name, seen) {
                Meaning::Missing => {}
                // What is known before it runs is surer.
                other @ Meaning::Late { .. } => drop(late.get_or_insert(other)),
                other if found == Meaning::Missing || found == other => found = other,
                _ => return Meaning::Ambiguous,
            }
        }
        match late {
            Some(late) if found == Meaning::Missing => late,
            _ => found,
        }
    }

    /// The names that a module exports, but those of files that are no modules.
    pub(crate) fn export_names(&self, module: Index) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.add_names(module, true, &mut names, &mut HashSet::new());
        names
    }

    fn add_names(
        &self,
        module: Index,
        is_first: bool,
        names: &mut BTreeSet<String>,
        seen: &mut HashSet<Index>,
    ) {
        let Some(unit) = self.get(module).map(|it| &it.unit).filter(|_| seen.insert(module)) else {
            return;
        };
        for export in &unit.exports {
            match export {
                Export::Local { name, .. } | Export::From { name, .. } => {
                    if is_first || name != "default" {
                        names.insert(name.clone());
                    }
                }
                Export::All { request } => {
                    if let Some(of) = self.target(module, *request) {
                        self.add_names(of, false, names, seen);
                    }
                }
            }
        }
    }

    /// The files that are no modules of which a module passes everything on.
    pub(crate) fn late(&self, module: Index) -> Vec<Index> {
        let (mut found, mut seen, mut open) = (Vec::new(), HashSet::new(), vec![module]);
        while let Some(module) = open.pop() {
            let Some(unit) = self.get(module).map(|it| &it.unit).filter(|_| seen.insert(module))
            else {
                continue;
            };
            for export in &unit.exports {
                let Export::All { request } = export else { continue };
                match self.target(module, *request) {
                    Some(of) if self.kind(of) == Kind::Module => open.push(of),
                    Some(of) if !found.contains(&of) => found.push(of),
                    _ => {}
                }
            }
        }
        found
    }
}

/// What is being looked for, so that a circle ends.
type Seen = HashSet<(Index, String)>;
