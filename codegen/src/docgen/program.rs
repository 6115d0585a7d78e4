//! The files that a plugin's declarations are spread over, in the order in which TypeScript reads
//! them: a name that two files declare is that of the first one.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use miette::{Diagnostic, NamedSource};
use thiserror::Error;

use super::scan::{self, ChunkKind, Outline};
use crate::{
    parse::{ParseError, parse, parse_lenient},
    syntax::{Export, Exported, Import, Imported, Item, ItemKind, Module, Reference},
};

/// Where the files are: a disk, or a map in memory. Paths are absolute, with forward slashes.
pub trait Disk {
    /// The text of a file.
    fn read(&self, path: &str) -> Option<String>;
    /// Whether there is such a file.
    fn is_file(&self, path: &str) -> bool;
    /// The names of the folders in a folder, sorted.
    fn folders(&self, path: &str) -> Vec<String>;
    /// Every TypeScript file below a folder, `node_modules` left out.
    fn sources(&self, path: &str) -> Vec<String>;
    /// The path without symbolic links.
    fn real_path(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// What of a `tsconfig.json` matters to a program.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `strict` or `strictNullChecks`: whether `a?: T` adds `undefined`.
    pub strict_null_checks: bool,
    /// Whether `lib` or `noLib` keep the default library away.
    pub no_default_lib: bool,
    /// `typeRoots`, absolute.
    pub type_roots: Option<Vec<String>>,
    /// Whether `lib` names are looked up as TypeScript does (the compatible mode does not).
    pub libs: Vec<String>,
}

/// What is no TypeScript in one file: the rest of it is described all the same.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` has syntax errors", self.text.name())]
#[diagnostic(severity(warning))]
pub struct SyntaxErrors {
    #[source_code]
    text: NamedSource<String>,
    /// In source order, never empty.
    #[related]
    pub errors: Vec<ParseError>,
}

/// A program: the files that the roots reach.
pub struct Program {
    pub(super) options: Options,
    pub(super) files: Vec<SourceFile>,
    /// The globals by name.
    globals: OnceCell<HashMap<String, Vec<DeclId>>>,
    /// What blocks of global declarations may declare, by name.
    augmented: OnceCell<HashMap<String, Vec<DeclId>>>,
}

/// Which statement of which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct DeclId {
    pub(super) file: usize,
    pub(super) chunk: usize,
}

pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) outline: Outline,
    /// Files that the outline's imports resolve to.
    pub(super) resolved: HashMap<String, usize>,
    /// The same by path, until every file has its index.
    paths: Vec<(String, String)>,
    parsed: Vec<OnceCell<Module>>,
    links: OnceCell<Links>,
}

/// The imports and re-exports of a file.
#[derive(Default)]
pub(super) struct Links {
    pub(super) imports: HashMap<String, (String, Imported)>,
    pub(super) exports: Vec<Export>,
}

impl SourceFile {
    /// The statement's syntax, parsed when first asked for.
    pub(super) fn module(&self, chunk: usize) -> &Module {
        self.parsed[chunk].get_or_init(|| {
            let range = self.outline.chunks[chunk].range.clone();
            parse_lenient(&self.path, &self.text[range]).0
        })
    }

    pub(super) fn item(&self, chunk: usize) -> Option<&Item> {
        self.module(chunk).items.first()
    }

    /// The statements that declare `name` as a type.
    pub(super) fn declarations(&self, name: &str) -> impl Iterator<Item = usize> {
        let name = name.to_owned();
        (0..self.outline.chunks.len()).filter(move |&chunk| self.outline.chunks[chunk].name == name)
    }

    pub(super) fn links(&self) -> &Links {
        self.links.get_or_init(|| {
            let mut links = Links::default();
            for (chunk, found) in self.outline.chunks.iter().enumerate() {
                if !matches!(found.kind, ChunkKind::Import | ChunkKind::Export) {
                    continue;
                }
                for item in &self.module(chunk).items {
                    match &item.kind {
                        ItemKind::Import(import) => add_import(&mut links, import),
                        ItemKind::Export(export) => links.exports.push(export.clone()),
                        _ => {}
                    }
                }
            }
            links
        })
    }
}

fn add_import(links: &mut Links, import: &Import) {
    for name in &import.names {
        links
            .imports
            .insert(name.local.text.clone(), (import.from.text.clone(), name.imported.clone()));
    }
}

impl Program {
    /// Reads every file that `roots` reach. `cwd` is where automatic `@types` are looked for.
    pub fn load(disk: &dyn Disk, roots: &[String], options: Options, cwd: &str) -> Self {
        let mut loader = Loader {
            disk,
            lib_folder: lib_folder(disk, cwd),
            files: Vec::new(),
            libs: Vec::new(),
            seen: HashSet::new(),
            packages: HashMap::new(),
        };
        for root in roots {
            loader.file(root);
        }
        for package in loader.automatic_types(&options, cwd) {
            if let Some(path) = loader.package(&package, "") {
                loader.file(&path);
            }
        }
        if !options.no_default_lib {
            loader.lib("esnext.full");
        }
        for lib in &options.libs {
            loader.lib(lib);
        }
        loader.finish(options)
    }

    /// The syntax errors of the files that are not installed packages.
    #[must_use]
    pub fn syntax_errors(&self) -> Vec<SyntaxErrors> {
        let own = self.files.iter().filter(|file| !file.path.contains("/node_modules/"));
        own.filter_map(|file| {
            let errors = parse(&file.path, &file.text).err()?;
            Some(SyntaxErrors { text: NamedSource::new(&file.path, file.text.clone()), errors })
        })
        .collect()
    }

    /// The global declarations of `name`.
    pub(super) fn global(&self, name: &str) -> &[DeclId] {
        let globals = self.globals.get_or_init(|| {
            let mut globals: HashMap<String, Vec<DeclId>> = HashMap::new();
            for (file, source) in
                self.files.iter().enumerate().filter(|(_, file)| !file.outline.is_module)
            {
                for (chunk, found) in source.outline.chunks.iter().enumerate() {
                    if !found.name.is_empty() && found.kind != ChunkKind::Module {
                        globals.entry(found.name.clone()).or_default().push(DeclId { file, chunk });
                    }
                }
            }
            globals
        });
        globals.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The statements in whose `declare global` or nested `global` block `name` may be declared.
    pub(super) fn augmentations(&self, name: &str) -> &[DeclId] {
        let augmented = self.augmented.get_or_init(|| {
            let mut augmented: HashMap<String, Vec<DeclId>> = HashMap::new();
            for (file, source) in self.files.iter().enumerate() {
                for (chunk, found) in source.outline.chunks.iter().enumerate() {
                    let text = &source.text[found.range.clone()];
                    if found.kind == ChunkKind::Module && text.contains("global {") {
                        for name in declared_names(text) {
                            augmented
                                .entry(name.to_owned())
                                .or_default()
                                .push(DeclId { file, chunk });
                        }
                    }
                }
            }
            augmented
        });
        augmented.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The file that `specifier` means in `file`.
    pub(super) fn import(&self, file: usize, specifier: &str) -> Option<usize> {
        self.files[file].resolved.get(specifier).copied()
    }

    /// The declarations that `file` exports under `name`.
    pub(super) fn exported(&self, file: usize, name: &str) -> Vec<DeclId> {
        let mut visited = HashSet::new();
        self.exported_once(file, name, &mut visited)
    }

    fn exported_once(&self, file: usize, name: &str, visited: &mut HashSet<usize>) -> Vec<DeclId> {
        if !visited.insert(file) {
            return Vec::new();
        }
        let source = &self.files[file];
        let local: Vec<DeclId> =
            source.declarations(name).map(|chunk| DeclId { file, chunk }).collect();
        if !local.is_empty() {
            return local;
        }
        let links = source.links();
        for export in &links.exports {
            let Exported::Names(names) = &export.what else { continue };
            let Some((local, _)) = names.iter().find(|(_, exported)| exported.text == name) else {
                continue;
            };
            let Some(from) = &export.from else {
                visited.remove(&file);
                return self.named(file, &local.text);
            };
            return self
                .import(file, &from.text)
                .map(|target| self.exported_once(target, &local.text, visited))
                .unwrap_or_default();
        }
        links
            .exports
            .iter()
            .filter(|export| matches!(export.what, Exported::Everything))
            .filter_map(|export| export.from.as_ref())
            .filter_map(|from| self.import(file, &from.text))
            .map(|target| self.exported_once(target, name, visited))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The declarations that `name` means in `file`: its own, imported ones, global ones.
    pub(super) fn named(&self, file: usize, name: &str) -> Vec<DeclId> {
        let source = &self.files[file];
        if source.outline.is_module {
            let own: Vec<DeclId> =
                source.declarations(name).map(|chunk| DeclId { file, chunk }).collect();
            if !own.is_empty() {
                return own;
            }
            if let Some((from, imported)) = source.links().imports.get(name) {
                return match (self.import(file, from), imported) {
                    (Some(target), Imported::Named(name)) => self.exported(target, name),
                    (Some(target), Imported::Default) => self.default_export(target),
                    _ => Vec::new(),
                };
            }
        }
        self.global(name).to_vec()
    }

    /// Whether `name` is an import of `file` that leads nowhere.
    pub(super) fn namespace_import(&self, file: usize, name: &str) -> Option<usize> {
        match self.files[file].links().imports.get(name)? {
            (from, Imported::Everything) => self.import(file, from),
            _ => None,
        }
    }

    fn default_export(&self, file: usize) -> Vec<DeclId> {
        let source = &self.files[file];
        let named = source.links().exports.iter().find_map(|export| match &export.what {
            Exported::Value(name) => name.clone(),
            Exported::Names(names) => names
                .iter()
                .find(|(_, exported)| exported.text == "default")
                .map(|(local, _)| local.clone()),
            _ => None,
        });
        if let Some(name) = named {
            return self.named(file, &name.text);
        }
        (0..source.outline.chunks.len())
            .filter(|&chunk| {
                source.text[source.outline.chunks[chunk].range.clone()].contains("export default")
            })
            .map(|chunk| DeclId { file, chunk })
            .collect()
    }

    pub(super) fn item(&self, id: DeclId) -> Option<&Item> {
        self.files[id.file].item(id.chunk)
    }

    pub(super) fn module(&self, id: DeclId) -> &Module {
        self.files[id.file].module(id.chunk)
    }
}

struct Loader<'a> {
    disk: &'a dyn Disk,
    lib_folder: Option<String>,
    /// In the order in which TypeScript adds them: what a file needs comes before it.
    files: Vec<SourceFile>,
    /// The default library, by name.
    libs: Vec<(String, SourceFile)>,
    seen: HashSet<String>,
    packages: HashMap<String, Option<serde_json::Value>>,
}

impl Loader<'_> {
    fn finish(mut self, options: Options) -> Program {
        self.libs.sort_by_key(|(name, _)| lib_rank(name));
        let libs = self.libs.into_iter().map(|(_, file)| file);
        let mut files: Vec<SourceFile> = libs.chain(self.files).collect();
        let by_path: HashMap<String, usize> =
            files.iter().enumerate().map(|(index, file)| (file.path.clone(), index)).collect();
        for file in &mut files {
            let paths = std::mem::take(&mut file.paths);
            file.resolved = paths
                .into_iter()
                .filter_map(|(specifier, path)| by_path.get(&path).map(|&index| (specifier, index)))
                .collect();
        }
        Program { options, files, globals: OnceCell::new(), augmented: OnceCell::new() }
    }

    fn read(&mut self, path: &str) -> Option<SourceFile> {
        if !self.seen.insert(path.to_owned()) {
            return None;
        }
        let text = self.disk.read(path)?;
        let outline = scan::outline(&text);
        let parsed = outline.chunks.iter().map(|_| OnceCell::new()).collect();
        Some(SourceFile {
            path: path.to_owned(),
            text,
            outline,
            resolved: HashMap::new(),
            paths: Vec::new(),
            parsed,
            links: OnceCell::new(),
        })
    }

    fn file(&mut self, path: &str) {
        let Some(mut source) = self.read(path) else { return };
        let folder = parent(path).to_owned();
        for reference in references(&source.text) {
            match reference {
                Reference::Path(relative) => self.file(&join(&folder, &relative)),
                Reference::Types(name) => {
                    if let Some(path) = self.types_package(&folder, &name) {
                        self.file(&path);
                    }
                }
                Reference::Lib(name) => self.lib(&name),
            }
        }
        for specifier in source.outline.imports.clone() {
            let relative_in_ambient = !source.outline.is_module && specifier.starts_with('.');
            if relative_in_ambient {
                continue;
            }
            if let Some(path) = self.resolve(&folder, &specifier) {
                self.file(&path);
                source.paths.push((specifier, path));
            }
        }
        self.files.push(source);
    }

    fn lib(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        let Some(folder) = &self.lib_folder else { return };
        let path = format!("{folder}/lib.{name}.d.ts");
        let Some(source) = self.read(&path) else { return };
        for reference in references(&source.text) {
            if let Reference::Lib(name) = reference {
                self.lib(&name);
            }
        }
        self.libs.push((name, source));
    }

    /// The packages below every `node_modules/@types` that TypeScript includes unasked.
    fn automatic_types(&self, options: &Options, cwd: &str) -> Vec<String> {
        let roots = options.type_roots.clone().unwrap_or_else(|| {
            ancestors(cwd).map(|folder| join(folder, "node_modules/@types")).collect()
        });
        let mut names = HashSet::new();
        let mut packages = Vec::new();
        for root in roots {
            for name in self.disk.folders(&root) {
                if !name.starts_with('.') && names.insert(name.clone()) {
                    packages.push(format!("{root}/{name}"));
                }
            }
        }
        packages
    }

    fn types_package(&mut self, from: &str, name: &str) -> Option<String> {
        let mangled =
            name.strip_prefix('@').map_or_else(|| name.to_owned(), |name| name.replace('/', "__"));
        let folders: Vec<String> = ancestors(from).map(str::to_owned).collect();
        folders.iter().find_map(|folder| {
            let package = self.package(&format!("{folder}/node_modules/@types/{mangled}"), "");
            package.or_else(|| self.package(&format!("{folder}/node_modules/{name}"), ""))
        })
    }

    /// What the compiler's `node` resolution finds for `specifier` in a file of `folder`.
    fn resolve(&mut self, folder: &str, specifier: &str) -> Option<String> {
        if specifier.starts_with('.') || specifier.starts_with('/') {
            let path = join(folder, specifier);
            return self.path_or_folder(&path).map(|path| self.disk.real_path(&path));
        }
        let (name, rest) = package_name(specifier);
        let mangled =
            name.strip_prefix('@').map_or_else(|| name.to_owned(), |name| name.replace('/', "__"));
        let folders: Vec<String> = ancestors(folder).map(str::to_owned).collect();
        folders.iter().filter(|folder| !folder.ends_with("/node_modules")).find_map(|folder| {
            let modules = format!("{folder}/node_modules");
            self.package(&format!("{modules}/{name}"), rest)
                .or_else(|| self.package(&format!("{modules}/@types/{mangled}"), rest))
        })
    }

    fn path_or_folder(&mut self, path: &str) -> Option<String> {
        self.source_file(path).or_else(|| self.package(path, ""))
    }

    /// `path` with the extension of a source file.
    fn source_file(&self, path: &str) -> Option<String> {
        let with_extension = |path: &str| {
            [".ts", ".tsx", ".d.ts"]
                .iter()
                .map(|extension| format!("{path}{extension}"))
                .find(|path| self.disk.is_file(path))
        };
        if [".ts", ".tsx"].iter().any(|extension| path.ends_with(extension))
            && self.disk.is_file(path)
        {
            return Some(path.to_owned());
        }
        with_extension(path).or_else(|| {
            path.strip_suffix(".js").or_else(|| path.strip_suffix(".jsx")).and_then(with_extension)
        })
    }

    /// The declarations of the package in `folder`, or of `rest` in it.
    fn package(&mut self, folder: &str, rest: &str) -> Option<String> {
        let manifest = self.manifest(folder);
        let versions = manifest.as_ref().and_then(types_versions);
        let field = |name: &str| {
            manifest
                .as_ref()
                .and_then(|manifest| manifest.get(name))
                .and_then(|value| value.as_str())
                .map(str::to_owned)
        };
        let real = |path: String| self.disk.real_path(&path);
        if !rest.is_empty() {
            let mapped = versions.as_ref().and_then(|versions| mapped(versions, rest));
            let path = join(folder, mapped.as_deref().unwrap_or(rest));
            return self.path_or_folder(&path).map(|path| self.disk.real_path(&path));
        }
        let entry = field("typings").or_else(|| field("types")).or_else(|| field("main"));
        if let Some(entry) = entry {
            let entry = entry.trim_start_matches("./").to_owned();
            let entry =
                versions.as_ref().and_then(|versions| mapped(versions, &entry)).unwrap_or(entry);
            let path = join(folder, &entry);
            let found = self
                .source_file(&path)
                .or_else(|| self.source_file(path.strip_suffix(".d.ts").unwrap_or(&path)))
                .or_else(|| self.source_file(&join(&path, "index")));
            if let Some(path) = found {
                return Some(real(path));
            }
        }
        let index = versions.as_ref().and_then(|versions| mapped(versions, "index.d.ts"));
        self.source_file(&join(folder, index.as_deref().unwrap_or("index")))
            .or_else(|| self.source_file(&join(folder, "index")))
            .map(real)
    }

    fn manifest(&mut self, folder: &str) -> Option<serde_json::Value> {
        if let Some(manifest) = self.packages.get(folder) {
            return manifest.clone();
        }
        let text = self.disk.read(&format!("{folder}/package.json"));
        let manifest = text.and_then(|text| serde_json::from_str(&text).ok());
        self.packages.insert(folder.to_owned(), manifest.clone());
        manifest
    }
}

/// The words after the keywords that declare a type, each once.
fn declared_names(text: &str) -> HashSet<&str> {
    let mut words = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| !word.is_empty());
    let mut names = HashSet::new();
    while let Some(word) = words.next() {
        if matches!(word, "interface" | "type" | "class" | "enum") {
            names.extend(words.next());
        }
    }
    names
}

/// The `/// <reference ... />` lines of a file.
fn references(text: &str) -> Vec<Reference> {
    if text.contains("<reference") { crate::parse::references(text) } else { Vec::new() }
}

/// The path map of `typesVersions` that TypeScript 4.2 takes.
fn types_versions(manifest: &serde_json::Value) -> Option<serde_json::Value> {
    let versions = manifest.get("typesVersions")?.as_object()?;
    versions.iter().find(|(range, _)| includes_version(range)).map(|(_, map)| map.clone())
}

/// Whether a range such as `<=5.6` or `>=3.1 <4.0` holds version 4.2.
fn includes_version(range: &str) -> bool {
    const OURS: (u32, u32) = (4, 2);
    range.split_whitespace().all(|comparator| {
        let version = comparator.trim_start_matches(['<', '>', '=', '^', '~', 'v']);
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match &comparator[..comparator.len() - comparator.trim_start_matches(['<', '>', '=']).len()]
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
    match specifier[skip..].find('/') {
        Some(slash) => (&specifier[..skip + slash], &specifier[skip + slash + 1..]),
        None => (specifier, ""),
    }
}

/// A folder and the folders around it, from the inside out.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        folder.rfind('/').map(|slash| &folder[..slash]).filter(|_| !folder.is_empty())
    })
}

fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
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

/// The folder of TypeScript's own declarations, of the version that the original tool brings if it
/// is installed.
fn lib_folder(disk: &dyn Disk, cwd: &str) -> Option<String> {
    const PLACES: [&str; 2] = [
        "node_modules/@capacitor/docgen/node_modules/typescript/lib",
        "node_modules/typescript/lib",
    ];
    ancestors(cwd).find_map(|folder| {
        PLACES
            .iter()
            .map(|place| join(folder, place))
            .find(|place| disk.is_file(&format!("{place}/lib.es5.d.ts")))
    })
}

/// TypeScript's order of its own files: years, then hosts, then parts.
fn lib_rank(name: &str) -> (usize, String) {
    const ORDER: [&str; 50] = [
        "esnext.full",
        "es5",
        "es6",
        "es2015",
        "es7",
        "es2016",
        "es2017",
        "es2018",
        "es2019",
        "es2020",
        "esnext",
        "dom",
        "dom.iterable",
        "webworker",
        "webworker.importscripts",
        "webworker.iterable",
        "scripthost",
        "es2015.core",
        "es2015.collection",
        "es2015.generator",
        "es2015.iterable",
        "es2015.promise",
        "es2015.proxy",
        "es2015.reflect",
        "es2015.symbol",
        "es2015.symbol.wellknown",
        "es2016.array.include",
        "es2017.object",
        "es2017.sharedmemory",
        "es2017.string",
        "es2017.intl",
        "es2017.typedarrays",
        "es2018.asyncgenerator",
        "es2018.asynciterable",
        "es2018.intl",
        "es2018.promise",
        "es2018.regexp",
        "es2019.array",
        "es2019.object",
        "es2019.string",
        "es2019.symbol",
        "es2020.bigint",
        "es2020.promise",
        "es2020.sharedmemory",
        "es2020.string",
        "es2020.symbol.wellknown",
        "es2020.intl",
        "esnext.string",
        "esnext.promise",
        "esnext.weakref",
    ];
    (ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len()), name.to_owned())
}
