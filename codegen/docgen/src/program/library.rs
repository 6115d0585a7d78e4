//! What programs read from the disk, kept for all programs of one process: folders, manifests, files.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use typescript::{Cut as _, references, syntax::Reference};

use super::{
    disk::{Disk, Entry},
    manifest::{exported, mapped, types_versions},
    options::Mapping,
    scan,
    sources::{Need, SourceFile},
};

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
    /// The mapping of the program that is being read, and what its files are kept under: files that
    /// other specifiers lead to are not the same.
    mapping: RefCell<(Rc<Mapping>, String)>,
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
            mapping: RefCell::default(),
        }
    }

    /// Reads files as a program with this mapping does.
    pub(super) fn follow(&self, mapping: &Mapping) {
        let is_plain = *mapping == Mapping::default();
        let key = if is_plain { String::new() } else { format!("{mapping:?} ") };
        *self.mapping.borrow_mut() = (Rc::new(mapping.clone()), key);
    }

    /// What is kept under `name` for programs with the mapping of this one.
    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.mapping.borrow().1)
    }

    /// The file at `path`; `None` when there is none.
    pub(super) fn file(&self, path: &str) -> Option<Rc<SourceFile>> {
        let key = self.key(path);
        if let Some(file) = self.files.borrow().get(&key) {
            return file.clone();
        }
        let file = self.disk.read(path).map(|text| Rc::new(self.source(path, text)));
        self.files.borrow_mut().insert(key, file.clone());
        file
    }

    fn source(&self, path: &str, text: String) -> SourceFile {
        let outline = scan::outline(path, &text);
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
            match self.resolve(folder, specifier) {
                Some(path) => {
                    file.resolved.insert(specifier.clone(), path);
                }
                None if !file.is_installed() && !self.is_script(folder, specifier) => {
                    file.missing.push(specifier.clone());
                }
                None => {}
            }
            if !file.is_installed()
                && let Some(address) = self.address(folder, specifier)
            {
                file.addresses.insert(specifier.clone(), address);
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

    /// Whether a path leads to something that has no declarations: a script, a picture.
    fn is_script(&self, folder: &str, specifier: &str) -> bool {
        if !specifier.starts_with(['.', '/']) {
            return true;
        }
        let path = join(folder, specifier);
        ["", ".js", ".mjs", ".cjs", ".jsx", ".json", "/index.js"]
            .iter()
            .any(|end| self.is_file(&format!("{path}{end}")))
    }

    /// What the compiler's `node` resolution finds for `specifier` in a file of `folder`.
    fn resolve(&self, folder: &str, specifier: &str) -> Option<String> {
        let key = (self.key(folder), specifier.to_owned());
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
        if let Some(path) = self.mapped(specifier) {
            return Some(self.real_path(&path));
        }
        let (name, rest) = package_name(specifier);
        let mangled = mangled(name);
        ancestors(folder).filter(|folder| !folder.ends_with("/node_modules")).find_map(|folder| {
            let modules = format!("{folder}/node_modules");
            self.installed(&modules, name, rest)
                .or_else(|| self.installed(&modules, &format!("@types/{mangled}"), rest))
        })
    }

    /// What `paths`, then `baseUrl` find for a specifier that is no path.
    fn mapped(&self, specifier: &str) -> Option<String> {
        let mapping = Rc::clone(&self.mapping.borrow().0);
        let targets = best_match(&mapping.paths, specifier);
        let targets = targets.into_iter().flat_map(|(middle, targets)| {
            targets.iter().map(move |target| target.replacen('*', middle, 1))
        });
        let base = mapping.base.iter().map(|base| join(base, specifier));
        targets.chain(base).find_map(|path| self.path_or_folder(&path))
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
        let with_one_of = |path: &str, extensions: &[&str]| {
            let paths = extensions.iter().map(|extension| format!("{path}{extension}"));
            paths.into_iter().find(|path| self.is_file(path))
        };
        let modern = self.is_modern();
        let sources: &[&str] =
            if modern { &[".ts", ".tsx", ".mts", ".cts"] } else { &[".ts", ".tsx"] };
        if sources.iter().any(|extension| path.ends_with(extension)) && self.is_file(path) {
            return Some(path.to_owned());
        }
        let scripts: [(&str, &[&str]); 4] = [
            (".js", &PLAIN_SOURCES),
            (".jsx", &PLAIN_SOURCES),
            (".mjs", &[".mts", ".d.mts"]),
            (".cjs", &[".cts", ".d.cts"]),
        ];
        let known = if modern { scripts.as_slice() } else { scripts.cut(..2) };
        with_one_of(path, &PLAIN_SOURCES).or_else(|| {
            known
                .iter()
                .find_map(|(script, sources)| with_one_of(path.strip_suffix(script)?, sources))
        })
    }

    /// Whether files are found as newer compilers find them.
    fn is_modern(&self) -> bool {
        self.mapping.borrow().0.modern
    }

    /// The declarations of the package in `folder`, or of `rest` in it.
    pub(super) fn package(&self, folder: &str, rest: &str) -> Option<String> {
        let manifest = self.manifest(folder);
        let versions = manifest.as_ref().and_then(|manifest| types_versions(manifest));
        let field = |name: &str| manifest.as_ref()?.get(name)?.as_str();
        let real = |path: String| self.real_path(&path);
        if self.is_modern() {
            let entry = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
            let target = manifest.as_ref().and_then(|manifest| exported(manifest, &entry));
            let found = target.and_then(|target| self.source_file(&join(folder, &target)));
            if let Some(found) = found {
                return Some(real(found));
            }
        }
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

    /// The file that the declarations of the package in `folder` start from: of a package as it is
    /// published what it ships, of one that is being written its sources, else the other one; `None`
    /// where there is neither.
    #[must_use]
    pub fn entry(&self, folder: &str, is_published: bool) -> Option<String> {
        self.follow(&Mapping { modern: true, ..Mapping::default() });
        let source = |name: &str| {
            let path = join(folder, name);
            self.is_file(&path).then(|| self.real_path(&path))
        };
        let sources = || {
            ["index.ts", "index.mts", "index.tsx"]
                .iter()
                .find_map(|name| source(&format!("src/{name}")))
        };
        let shipped = if is_published { self.package(folder, "") } else { None };
        shipped
            .or_else(sources)
            .or_else(|| self.package(folder, ""))
            .or_else(|| source("src/definitions.ts"))
    }

    /// Where the package that `specifier` names in a file of `folder` is described: where it says so
    /// itself, else its page at npm.
    fn address(&self, folder: &str, specifier: &str) -> Option<String> {
        if specifier.starts_with(['.', '/']) {
            return None;
        }
        let (name, _) = package_name(specifier);
        let described = self.described(folder, name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "@/-_.~".contains(c);
        // Where npm shows every package that is public.
        let page = format!("https://www.npmjs.com/package/{name}");
        described.or_else(|| name.chars().all(is_name).then_some(page))
    }

    /// The address in the manifest of the package `name`, as it is installed for `folder`.
    fn described(&self, folder: &str, name: &str) -> Option<String> {
        let manifest = ancestors(folder)
            .find_map(|folder| self.manifest(&format!("{folder}/node_modules/{name}")))?;
        let repository = manifest.get("repository");
        let repository = repository.and_then(|it| it.get("url").unwrap_or(it).as_str());
        let homepage = manifest.get("homepage").and_then(serde_json::Value::as_str);
        let address = homepage.or(repository)?;
        let address = address.strip_prefix("git+").unwrap_or(address);
        let address = address.strip_suffix(".git").unwrap_or(address);
        let is_link = address.starts_with("https://") || address.starts_with("http://");
        let is_plain = !address.contains([' ', ')', '(', '<', '>']);
        (is_link && is_plain).then(|| address.to_owned())
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

/// What a source may end in whose path is written without it.
const PLAIN_SOURCES: [&str; 3] = [".ts", ".tsx", ".d.ts"];

/// The pattern of `paths` that the compiler takes for a specifier, as what its `*` stands for and its
/// targets: the very name, else the pattern with the longest text in front of the `*`.
fn best_match<'m>(
    paths: &'m [(String, Vec<String>)],
    specifier: &'m str,
) -> Option<(&'m str, &'m [String])> {
    if let Some((_, targets)) = paths.iter().find(|(pattern, _)| pattern == specifier) {
        return Some(("", targets));
    }
    let fitting = paths.iter().filter_map(|(pattern, targets)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = specifier.strip_prefix(before)?.strip_suffix(after)?;
        Some((before.len(), middle, targets.as_slice()))
    });
    // Of two that are as long, the first.
    let longest = fitting.reduce(|best, next| if next.0 > best.0 { next } else { best });
    longest.map(|(_, middle, targets)| (middle, targets))
}

/// The name of a package's declarations below `@types`.
fn mangled(name: &str) -> String {
    name.strip_prefix('@').map_or_else(|| name.to_owned(), |name| name.replace('/', "__"))
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
