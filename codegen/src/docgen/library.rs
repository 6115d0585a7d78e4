//! What programs read from the disk, kept for all programs of one process: folders, manifests, files.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use super::{
    program::{Disk, Entry},
    scan,
    sources::{Need, SourceFile},
};
use crate::cut::Cut as _;
use crate::{parse::references, syntax::Reference};

/// The files that were read so far. Programs of one library share them: what a second project of a
/// monorepo has in common with the first costs nothing.
pub struct Library<'d> {
    disk: &'d dyn Disk,
    files: RefCell<HashMap<String, Option<Rc<SourceFile>>>>,
    folders: RefCell<HashMap<String, Option<Entries>>>,
    /// Folders without symbolic links.
    real: RefCell<HashMap<String, String>>,
    manifests: RefCell<HashMap<String, Option<Rc<serde_json::Value>>>>,
    /// What a specifier means in a folder.
    resolved: RefCell<HashMap<(String, String), Option<String>>>,
}

/// A folder's entries by their names.
type Entries = Rc<BTreeMap<String, Entry>>;

impl<'d> Library<'d> {
    /// A library that has read nothing yet.
    #[must_use]
    pub fn new(disk: &'d dyn Disk) -> Self {
        Self {
            disk,
            files: RefCell::default(),
            folders: RefCell::default(),
            real: RefCell::default(),
            manifests: RefCell::default(),
            resolved: RefCell::default(),
        }
    }

    /// The file at `path`; `None` when there is none.
    pub(super) fn file(&self, path: &str) -> Option<Rc<SourceFile>> {
        if let Some(file) = self.files.borrow().get(path) {
            return file.clone();
        }
        let file = self.disk.read(path).map(|text| Rc::new(self.source(path, text)));
        self.files.borrow_mut().insert(path.to_owned(), file.clone());
        file
    }

    fn source(&self, path: &str, text: String) -> SourceFile {
        let outline = scan::outline(&text);
        let mut file = SourceFile::new(path, text, outline);
        let folder = parent(path);
        for reference in references(&file.text) {
            file.needs.extend(match reference {
                Reference::Path(relative) => Some(Need::File(join(folder, &relative))),
                Reference::Types(name) => self.types_package(folder, &name).map(Need::File),
                Reference::Lib(name) => Some(Need::Lib(name)),
            });
        }
        for specifier in file.outline.imports.iter().chain(&file.outline.augmented) {
            let relative_in_ambient = !file.outline.is_module && specifier.starts_with('.');
            if relative_in_ambient {
                continue;
            }
            if let Some(path) = self.resolve(folder, specifier) {
                file.resolved.insert(specifier.clone(), path);
            }
        }
        let imports =
            file.outline.imports.iter().filter_map(|specifier| file.resolved.get(specifier));
        file.needs.extend(imports.map(|path| Need::File(path.clone())).collect::<Vec<_>>());
        file
    }

    fn entries(&self, folder: &str) -> Option<Entries> {
        if let Some(entries) = self.folders.borrow().get(folder) {
            return entries.clone();
        }
        let entries = self.disk.entries(folder).map(|entries| {
            Rc::new(entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect())
        });
        self.folders.borrow_mut().insert(folder.to_owned(), entries.clone());
        entries
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        match self.entries(parent(path)) {
            Some(entries) => entries.get(name(path)).is_some_and(|entry| !entry.is_folder),
            None => self.disk.is_file(path),
        }
    }

    /// Whether there may be such a folder.
    fn may_be_folder(&self, path: &str) -> bool {
        match self.entries(parent(path)) {
            Some(entries) => entries.get(name(path)).is_some_and(|entry| entry.is_folder),
            None => true,
        }
    }

    /// The folders in `path`, sorted.
    pub(super) fn folders(&self, path: &str) -> Vec<String> {
        match self.entries(path) {
            Some(entries) => {
                let folders = entries.values().filter(|entry| entry.is_folder);
                folders.map(|entry| entry.name.clone()).collect()
            }
            None => self.disk.folders(path),
        }
    }

    /// The path without symbolic links.
    fn real_path(&self, path: &str) -> String {
        let entries = self.entries(parent(path));
        match entries.as_ref().and_then(|entries| entries.get(name(path))) {
            Some(entry) if !entry.is_link => {
                let mut known = self.real.borrow_mut();
                let folder = known
                    .entry(parent(path).to_owned())
                    .or_insert_with(|| self.disk.real_path(parent(path)));
                format!("{folder}/{}", entry.name)
            }
            _ => self.disk.real_path(path),
        }
    }

    fn types_package(&self, from: &str, name: &str) -> Option<String> {
        let mangled = mangled(name);
        ancestors(from).find_map(|folder| {
            let modules = format!("{folder}/node_modules");
            self.installed(&modules, &format!("@types/{mangled}"), "")
                .or_else(|| self.installed(&modules, name, ""))
        })
    }

    /// What the compiler's `node` resolution finds for `specifier` in a file of `folder`.
    fn resolve(&self, folder: &str, specifier: &str) -> Option<String> {
        let key = (folder.to_owned(), specifier.to_owned());
        if let Some(found) = self.resolved.borrow().get(&key) {
            return found.clone();
        }
        let found = self.resolve_anew(folder, specifier);
        self.resolved.borrow_mut().insert(key, found.clone());
        found
    }

    fn resolve_anew(&self, folder: &str, specifier: &str) -> Option<String> {
        if specifier.starts_with('.') || specifier.starts_with('/') {
            let path = join(folder, specifier);
            return self.path_or_folder(&path).map(|path| self.real_path(&path));
        }
        let (name, rest) = package_name(specifier);
        let mangled = mangled(name);
        ancestors(folder).filter(|folder| !folder.ends_with("/node_modules")).find_map(|folder| {
            let modules = format!("{folder}/node_modules");
            self.installed(&modules, name, rest)
                .or_else(|| self.installed(&modules, &format!("@types/{mangled}"), rest))
        })
    }

    /// The declarations of the package `name` in a folder of packages, or of `rest` in it.
    fn installed(&self, modules: &str, name: &str, rest: &str) -> Option<String> {
        let folder = format!("{modules}/{name}");
        let scope = name.split_once('/').map(|(scope, _)| format!("{modules}/{scope}"));
        let is_there =
            scope.is_none_or(|scope| self.may_be_folder(&scope)) && self.may_be_folder(&folder);
        if is_there { self.package(&folder, rest) } else { None }
    }

    fn path_or_folder(&self, path: &str) -> Option<String> {
        self.source_file(path)
            .or_else(|| if self.may_be_folder(path) { self.package(path, "") } else { None })
    }

    /// `path` with the extension of a source file.
    fn source_file(&self, path: &str) -> Option<String> {
        let with_extension = |path: &str| {
            [".ts", ".tsx", ".d.ts"]
                .iter()
                .map(|extension| format!("{path}{extension}"))
                .find(|path| self.is_file(path))
        };
        if [".ts", ".tsx"].iter().any(|extension| path.ends_with(extension)) && self.is_file(path) {
            return Some(path.to_owned());
        }
        with_extension(path).or_else(|| {
            path.strip_suffix(".js").or_else(|| path.strip_suffix(".jsx")).and_then(with_extension)
        })
    }

    /// The declarations of the package in `folder`, or of `rest` in it.
    pub(super) fn package(&self, folder: &str, rest: &str) -> Option<String> {
        let manifest = self.manifest(folder);
        let versions = manifest.as_ref().and_then(|manifest| types_versions(manifest));
        let field = |name: &str| manifest.as_ref()?.get(name)?.as_str();
        let real = |path: String| self.real_path(&path);
        if !rest.is_empty() {
            let mapped = versions.and_then(|versions| mapped(versions, rest));
            let path = join(folder, mapped.as_deref().unwrap_or(rest));
            return self.path_or_folder(&path).map(real);
        }
        let entry = field("typings").or_else(|| field("types")).or_else(|| field("main"));
        if let Some(entry) = entry.map(|entry| entry.trim_start_matches("./")) {
            let mapped = versions.and_then(|versions| mapped(versions, entry));
            let path = join(folder, mapped.as_deref().unwrap_or(entry));
            let found = self
                .source_file(&path)
                .or_else(|| self.source_file(path.strip_suffix(".d.ts").unwrap_or(&path)))
                .or_else(|| self.source_file(&join(&path, "index")));
            if let Some(path) = found {
                return Some(real(path));
            }
        }
        let index = versions.and_then(|versions| mapped(versions, "index.d.ts"));
        self.source_file(&join(folder, index.as_deref().unwrap_or("index")))
            .or_else(|| self.source_file(&join(folder, "index")))
            .map(real)
    }

    fn manifest(&self, folder: &str) -> Option<Rc<serde_json::Value>> {
        if let Some(manifest) = self.manifests.borrow().get(folder) {
            return manifest.clone();
        }
        let path = format!("{folder}/package.json");
        let text = if self.is_file(&path) { self.disk.read(&path) } else { None };
        let manifest = text.and_then(|text| serde_json::from_str(&text).ok()).map(Rc::new);
        self.manifests.borrow_mut().insert(folder.to_owned(), manifest.clone());
        manifest
    }

    /// The folder of TypeScript's own declarations, of the version that the original tool brings if
    /// it is installed.
    pub(super) fn lib_folder(&self, cwd: &str) -> Option<String> {
        const PLACES: [&str; 2] = [
            "node_modules/@capacitor/docgen/node_modules/typescript/lib",
            "node_modules/typescript/lib",
        ];
        ancestors(cwd).find_map(|folder| {
            let mut places = PLACES.iter().map(|place| join(folder, place));
            places.find(|place| self.is_file(&format!("{place}/lib.es5.d.ts")))
        })
    }
}

/// The name of a package's declarations below `@types`.
fn mangled(name: &str) -> String {
    name.strip_prefix('@').map_or_else(|| name.to_owned(), |name| name.replace('/', "__"))
}

/// The path map of `typesVersions` that TypeScript 4.2 takes.
fn types_versions(manifest: &serde_json::Value) -> Option<&serde_json::Value> {
    let versions = manifest.get("typesVersions")?.as_object()?;
    versions.iter().find(|(range, _)| includes_version(range)).map(|(_, map)| map)
}

/// Whether a range such as `<=5.6` or `>=3.1 <4.0` holds version 4.2.
fn includes_version(range: &str) -> bool {
    const OURS: (u32, u32) = (4, 2);
    range.split_whitespace().all(|comparator| {
        let version = comparator.trim_start_matches(['<', '>', '=', '^', '~', 'v']);
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match comparator
            .cut(..comparator.len() - comparator.trim_start_matches(['<', '>', '=']).len())
        {
            "<=" => OURS <= version,
            "<" => OURS < version,
            ">=" => OURS >= version,
            ">" => OURS > version,
            _ => comparator == "*" || OURS.0 == version.0,
        }
    })
}

/// Where a path map sends `path`.
fn mapped(versions: &serde_json::Value, path: &str) -> Option<String> {
    let first = |targets: &serde_json::Value| {
        targets.get(0).and_then(|target| target.as_str()).map(str::to_owned)
    };
    let map = versions.as_object()?;
    if let Some(targets) = map.get(path) {
        return first(targets);
    }
    map.iter().find_map(|(pattern, targets)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = path.strip_prefix(before)?.strip_suffix(after)?;
        first(targets).map(|target| target.replace('*', middle))
    })
}

/// The package of a specifier, and the path in it.
fn package_name(specifier: &str) -> (&str, &str) {
    let skip = if specifier.starts_with('@') {
        specifier.find('/').map_or(0, |slash| slash + 1)
    } else {
        0
    };
    match specifier.cut(skip..).find('/') {
        Some(slash) => (specifier.cut(..skip + slash), specifier.cut(skip + slash + 1..)),
        None => (specifier, ""),
    }
}

/// A folder and the folders around it, from the inside out.
pub(super) fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        folder.rfind('/').map(|slash| folder.cut(..slash)).filter(|_| !folder.is_empty())
    })
}

/// The folder that `path` stands in.
pub(super) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| path.cut(..slash))
}

/// The last part of a path.
fn name(path: &str) -> &str {
    path.rfind('/').map_or(path, |slash| path.cut(slash + 1..))
}

/// `relative`, seen from `folder`, without `.` and `..`.
pub(super) fn join(folder: &str, relative: &str) -> String {
    let absolute = relative.starts_with('/');
    let mut parts: Vec<&str> = if absolute { Vec::new() } else { folder.split('/').collect() };
    if absolute {
        parts.push("");
    }
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
