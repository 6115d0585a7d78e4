//! What the names in one revision mean: its own declarations, those of other packages, and what its
//! entry exports under which name.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet, HashSet},
    rc::Rc,
};

use typescript::{
    Cut as _,
    syntax::{Exported, Imported, Item, ItemKind, Module, NamespaceName},
};

use crate::program::Program;

/// A declaration of the revision: its file, and its name there, behind those of the namespaces around
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) file: usize,
    pub(super) path: Vec<String>,
}

/// A statement, and the file that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'m> {
    pub(super) module: &'m Module,
    pub(super) item: &'m Item,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Own(Key),
    /// All that a file exports.
    File(usize),
    /// What another package declares, as `package#Name`.
    Foreign(String),
    /// A value that has no name.
    Nameless,
}

/// What a file exports.
#[derive(Debug, Clone, Default)]
pub(super) struct Exports {
    pub(super) names: BTreeMap<String, Target>,
    /// The names that are exported as types alone: `export type { A }`.
    pub(super) types: BTreeSet<String>,
    /// The packages that it passes on as a whole.
    pub(super) packages: BTreeSet<String>,
}

/// The statements of a file by their paths.
type Index<'m> = BTreeMap<Vec<String>, Vec<Found<'m>>>;

/// The names of one revision.
pub(super) struct Names<'m> {
    program: &'m Program,
    /// What the paths of the revision's own files start with, up to the package that they belong to.
    package: String,
    indexes: Vec<OnceCell<Index<'m>>>,
    exports: RefCell<BTreeMap<usize, Rc<Exports>>>,
}

impl<'m> Names<'m> {
    /// The names of the package that the file at `entry` belongs to.
    pub(super) fn new(program: &'m Program, entry: &str) -> Self {
        let indexes = program.files.iter().map(|_| OnceCell::new()).collect();
        let package = package(entry).to_owned();
        Self { program, package, indexes, exports: RefCell::default() }
    }

    /// The number of the file at a path.
    pub(super) fn file(&self, path: &str) -> Option<usize> {
        self.program.files.iter().position(|file| file.path == path)
    }

    pub(super) fn own_files(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.program.files.len()).filter(|&file| self.is_own(file))
    }

    fn is_own(&self, file: usize) -> bool {
        package(&self.program.source(file).path) == self.package
    }

    /// The name of a file without its folder and its extension.
    pub(super) fn stem(&self, file: usize) -> &str {
        let path = &self.program.source(file).path;
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split('.').next().unwrap_or(name)
    }

    /// The statements that declare something.
    pub(super) fn found(&self, key: &Key) -> &[Found<'m>] {
        self.index(key.file).get(&key.path).map_or(&[], Vec::as_slice)
    }

    /// The statements of a file by their paths; of one that is not the revision's own, none.
    pub(super) fn index(&self, file: usize) -> &Index<'m> {
        static NONE: Index<'static> = Index::new();
        let Some(index) = self.indexes.get(file).filter(|_| self.is_own(file)) else {
            return &NONE;
        };
        index.get_or_init(|| {
            let source = self.program.source(file);
            let mut index = Index::new();
            for chunk in 0..source.outline.chunks.len() {
                let module = source.module(chunk);
                add(&mut index, module, &module.items, &[]);
            }
            index
        })
    }

    /// Whether a file says what it exports; else all of it is for everybody.
    pub(super) fn exports_anything(&self, file: usize) -> bool {
        let source = self.program.source(file);
        let is_exported = |found: &Vec<Found<'_>>| found.iter().any(|found| found.item.exported);
        !source.links().exports.is_empty() || self.index(file).values().any(is_exported)
    }

    /// What the first parts of a dotted name mean in a file, within the namespaces `around`, and how
    /// many parts that takes.
    pub(super) fn resolve(
        &self,
        file: usize,
        around: &[String],
        parts: &[&str],
    ) -> Option<(Target, usize)> {
        let (first, rest) = parts.split_first()?;
        let mut blocks = (0..=around.len()).rev().map(|length| around.cut(..length));
        let own = blocks.find_map(|around| {
            let key = Key { file, path: joined(around, first) };
            (!self.found(&key).is_empty()).then_some(key)
        });
        if let Some(key) = own {
            return Some(self.within(key, rest, 1));
        }
        if let Some((from, imported)) = self.program.source(file).links().imports.get(*first) {
            return self.imported(file, from, imported, parts);
        }
        self.global(first).map(|key| self.within(key, rest, 1))
    }

    /// What `import('from').parts` means.
    pub(super) fn resolve_import(
        &self,
        file: usize,
        from: &str,
        parts: &[&str],
    ) -> Option<(Target, usize)> {
        let (first, rest) = parts.split_first()?;
        Some(match self.import(file, from) {
            Some(target) => match self.exports(target).names.get(*first)? {
                Target::Own(key) => self.within(key.clone(), rest, 1),
                other => (other.clone(), 1),
            },
            None => (Target::Foreign(format!("{from}#{first}")), 1),
        })
    }

    fn imported(
        &self,
        file: usize,
        from: &str,
        imported: &Imported,
        parts: &[&str],
    ) -> Option<(Target, usize)> {
        let rest = parts.get(1..).unwrap_or_default();
        let name = match imported {
            Imported::Named(name) => name.as_str(),
            Imported::Default => "default",
            Imported::Everything if rest.is_empty() => {
                let whole = self.import(file, from).map(Target::File);
                return Some((whole.unwrap_or_else(|| foreign(from, "*")), 1));
            }
            Imported::Everything => {
                let (target, used) = self.resolve_import(file, from, rest)?;
                return Some((target, used + 1));
            }
            Imported::Entity(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                // What means itself means nothing.
                let is_itself = names.first() == parts.first();
                let names = [names.as_slice(), rest].concat();
                return if is_itself { None } else { self.resolve(file, &[], &names) };
            }
        };
        let names = [&[name], rest].concat();
        self.resolve_import(file, from, &names)
    }

    /// Goes on into namespaces.
    fn within(&self, mut key: Key, rest: &[&str], mut used: usize) -> (Target, usize) {
        for part in rest {
            let inner = Key { file: key.file, path: joined(&key.path, part) };
            if self.found(&inner).is_empty() {
                break;
            }
            key = inner;
            used += 1;
        }
        (Target::Own(key), used)
    }

    /// What is declared for all files.
    fn global(&self, name: &str) -> Option<Key> {
        let block = vec!["global".to_owned(), name.to_owned()];
        self.own_files().find_map(|file| {
            let is_script = !self.program.source(file).outline.is_module;
            let paths = [Some(block.clone()), is_script.then(|| vec![name.to_owned()])];
            let mut keys = paths.into_iter().flatten().map(|path| Key { file, path });
            keys.find(|key| !self.found(key).is_empty())
        })
    }

    /// The file of the revision that a specifier means.
    fn import(&self, file: usize, specifier: &str) -> Option<usize> {
        self.program.import(file, specifier).filter(|&file| self.is_own(file))
    }

    /// What a file exports.
    pub(super) fn exports(&self, file: usize) -> Rc<Exports> {
        if let Some(known) = self.exports.borrow().get(&file) {
            return Rc::clone(known);
        }
        let exports = Rc::new(self.exports_once(file, &mut HashSet::new()));
        self.exports.borrow_mut().insert(file, Rc::clone(&exports));
        exports
    }

    fn exports_once(&self, file: usize, visited: &mut HashSet<usize>) -> Exports {
        let mut exports = Exports::default();
        if !visited.insert(file) {
            return exports;
        }
        for (path, found) in self.index(file) {
            let key = || Target::Own(Key { file, path: path.clone() });
            let [top] = path.as_slice() else { continue };
            for item in found.iter().map(|found| found.item).filter(|item| item.exported) {
                let name = if item.default { "default" } else { top };
                exports.names.insert(name.to_owned(), key());
            }
        }
        let links = self.program.source(file).links();
        for export in &links.exports {
            let from = export.from.as_ref().map(|from| from.text.as_str());
            match (&export.what, from) {
                (Exported::Names(names), from) => {
                    for (local, exported) in names {
                        let (target, is_type) = self.passed_on(file, from, &local.text, visited);
                        exports.names.insert(exported.text.clone(), target);
                        if is_type || export.type_only {
                            exports.types.insert(exported.text.clone());
                        }
                    }
                }
                (Exported::Namespace(name), Some(from)) => {
                    let whole = self.import(file, from).map(Target::File);
                    let target = whole.unwrap_or_else(|| foreign(from, "*"));
                    exports.names.insert(name.text.clone(), target);
                }
                (Exported::Value(name), _) => {
                    let target = name.as_ref().map(|name| self.local(file, &name.text));
                    exports.names.insert("default".to_owned(), target.unwrap_or(Target::Nameless));
                }
                _ => {}
            }
        }
        for export in links.exports.iter().filter(|it| matches!(it.what, Exported::Everything)) {
            let Some(from) = &export.from else { continue };
            let Some(target) = self.import(file, &from.text) else {
                exports.packages.insert(from.text.clone());
                continue;
            };
            let more = self.exports_once(target, visited);
            exports.packages.extend(more.packages);
            for (name, target) in more.names.into_iter().filter(|(name, _)| name != "default") {
                let is_type = export.type_only || more.types.contains(&name);
                if !exports.names.contains_key(&name) && is_type {
                    exports.types.insert(name.clone());
                }
                exports.names.entry(name).or_insert(target);
            }
        }
        visited.remove(&file);
        exports
    }

    /// What a name stands for that is passed on, and whether that is a type alone.
    fn passed_on(
        &self,
        file: usize,
        from: Option<&str>,
        local: &str,
        visited: &mut HashSet<usize>,
    ) -> (Target, bool) {
        let Some(from) = from else { return (self.local(file, local), false) };
        match self.import(file, from) {
            Some(target) => {
                let mut exports = self.exports_once(target, visited);
                let found = exports.names.remove(local);
                (found.unwrap_or(Target::Nameless), exports.types.contains(local))
            }
            None => (foreign(from, local), false),
        }
    }

    fn local(&self, file: usize, name: &str) -> Target {
        self.resolve(file, &[], &[name]).map_or(Target::Nameless, |(target, _)| target)
    }
}

fn foreign(from: &str, name: &str) -> Target {
    Target::Foreign(format!("{from}#{name}"))
}

/// Adds statements, and those of their namespaces.
fn add<'m>(index: &mut Index<'m>, module: &'m Module, items: &'m [Item], around: &[String]) {
    for item in items {
        let name = match &item.kind {
            ItemKind::Namespace(namespace) => match &namespace.name {
                NamespaceName::Ident(name) => name.text.clone(),
                NamespaceName::Module(name) => format!("'{}'", name.text),
                NamespaceName::Global => "global".to_owned(),
            },
            _ => match item.name() {
                Some(name) if name.text.is_empty() => "default".to_owned(),
                Some(name) => name.text.clone(),
                None => continue,
            },
        };
        let path = joined(around, &name);
        if let ItemKind::Namespace(namespace) = &item.kind {
            add(index, module, &namespace.items, &path);
        }
        index.entry(path).or_default().push(Found { module, item });
    }
}

/// A name behind those of the namespaces around it.
pub(super) fn joined(around: &[String], name: &str) -> Vec<String> {
    around.iter().cloned().chain([name.to_owned()]).collect()
}

/// The folder of the installed package that a file belongs to; empty for other files.
fn package(path: &str) -> &str {
    const MODULES: &str = "/node_modules/";
    let Some(at) = path.rfind(MODULES) else { return "" };
    let start = at + MODULES.len();
    let slashes = if path.cut(start..).starts_with('@') { 2 } else { 1 };
    let end = path.cut(start..).match_indices('/').nth(slashes - 1);
    path.cut(..end.map_or(path.len(), |(at, _)| start + at))
}
