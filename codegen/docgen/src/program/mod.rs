//! The files that a plugin's declarations are spread over, in the order in which TypeScript reads
//! them: a name that two files declare is that of the first one.

mod disk;
mod library;
mod libs;
mod manifest;
mod mistake;
mod options;
mod scan;
mod sources;
mod tsconfig;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use miette::{Diagnostic, NamedSource};
use thiserror::Error;

pub use disk::{Disk, Entry};
pub use library::Library;
use library::{ancestors, join};
use libs::lib_rank;
pub use mistake::{Failure, Mistake};
pub use options::{Mapping, Options};
use sources::Need;
pub(crate) use sources::{SourceFile, is_of_library};
pub use tsconfig::{Project, project};
use typescript::{
    ChunkKind, ParseError, parse,
    syntax::{Exported, Imported, Item, Module, Name},
};

/// What is no TypeScript in one file.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` has syntax errors", self.text.name())]
#[diagnostic(help("mend them: what stands there would be missing in the documentation"))]
pub struct SyntaxErrors {
    #[source_code]
    text: NamedSource<String>,
    /// In source order, never empty.
    #[related]
    pub errors: Vec<ParseError>,
}

/// A program: the files that the roots reach.
pub struct Program {
    pub(crate) options: Options,
    pub(crate) files: Vec<Rc<SourceFile>>,
    /// How many of the files come before what TypeScript adds unasked.
    pub(crate) asked: usize,
    /// Where a file is in `files`, by its path.
    by_path: HashMap<String, usize>,
    /// The globals by name, those that were asked for.
    globals: RefCell<HashMap<String, Rc<[DeclId]>>>,
    /// What was asked for of [`Program::first`].
    firsts: RefCell<HashMap<String, Firsts>>,
}

/// The first declarations of a name.
#[derive(Clone, Copy, Default)]
struct Firsts {
    interface: Option<DeclId>,
    alias: Option<DeclId>,
    enumeration: Option<DeclId>,
}

/// Which statement of which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DeclId {
    pub(crate) file: usize,
    pub(crate) chunk: usize,
}

impl Program {
    /// Reads every file that `roots` reach. `cwd` is where automatic `@types` are looked for.
    pub fn load(disk: &dyn Disk, roots: &[String], options: Options, cwd: &str) -> Self {
        Self::load_from(&Library::new(disk), roots, options, cwd)
    }

    /// [`Program::load`], with what the library has read before.
    pub fn load_from(library: &Library<'_>, roots: &[String], options: Options, cwd: &str) -> Self {
        library.follow(&options.mapping);
        let mut order = Order {
            library,
            lib_folder: library.lib_folder(cwd),
            files: Vec::new(),
            libs: Vec::new(),
            seen: HashSet::new(),
        };
        for root in roots {
            order.file(root);
        }
        let asked = order.files.len();
        for package in automatic_types(library, &options, cwd) {
            if let Some(path) = library.package(&package, "") {
                order.file(&path);
            }
        }
        if !options.no_default_lib {
            order.lib("esnext.full");
        }
        for lib in &options.libs {
            order.lib(lib);
        }
        order.finish(options, asked)
    }

    /// The syntax errors of the files that are not installed packages.
    #[must_use]
    pub fn syntax_errors(&self) -> Vec<SyntaxErrors> {
        let own = self.files.iter().filter(|file| !file.is_installed());
        own.filter_map(|file| {
            let errors = parse(&file.path, &file.text).err()?;
            Some(SyntaxErrors { text: NamedSource::new(&file.path, file.text.clone()), errors })
        })
        .collect()
    }

    /// The syntax errors that were met in installed packages, as far as these were looked at: what
    /// stands there is not described.
    #[must_use]
    pub fn errors_of_packages(&self) -> Vec<SyntaxErrors> {
        let installed = self.files.iter().filter(|file| file.is_installed());
        let found = installed.filter_map(|file| {
            let errors: Vec<_> = file.errors().collect();
            let text = NamedSource::new(&file.path, file.text.clone());
            (!errors.is_empty()).then_some(SyntaxErrors { text, errors })
        });
        found.collect()
    }

    /// The paths in the plugin's own imports and exports that lead to no file, each with its file.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (&SourceFile, &str)> {
        let declared = |specifier: &str| {
            let mut ambient = self.files.iter().flat_map(|file| &file.outline.augmented);
            ambient.any(|pattern| {
                pattern == specifier
                    || pattern.split_once('*').is_some_and(|(before, after)| {
                        let rest = specifier.strip_prefix(before);
                        rest.is_some_and(|rest| rest.ends_with(after))
                    })
            })
        };
        let missing = self
            .files
            .iter()
            .flat_map(|file| file.missing.iter().map(|specifier| (&**file, specifier.as_str())));
        missing.filter(move |(_, specifier)| !declared(specifier))
    }

    /// Whether TypeScript's own declarations are missing, though the project did not opt out: then
    /// `Promise` and arrays are unknown.
    #[must_use]
    pub fn lacks_library(&self) -> bool {
        let is_library = |file: &Rc<SourceFile>| file.path.contains("/typescript/lib/lib.");
        !self.options.no_default_lib && !self.files.iter().any(is_library)
    }

    /// The first statement that declares `name` as this kind of thing.
    pub(crate) fn first(&self, kind: ChunkKind, name: &str) -> Option<DeclId> {
        let known = self.firsts.borrow().get(name).copied();
        let firsts = known.unwrap_or_else(|| {
            let firsts = self.find_firsts(name);
            self.firsts.borrow_mut().insert(name.to_owned(), firsts);
            firsts
        });
        match kind {
            ChunkKind::Interface => firsts.interface,
            ChunkKind::Alias => firsts.alias,
            ChunkKind::Enum => firsts.enumeration,
            _ => None,
        }
    }

    fn find_firsts(&self, name: &str) -> Firsts {
        let mut firsts = Firsts::default();
        for (file, source) in self.files.iter().enumerate() {
            for chunk in source.declarations(name) {
                let first = match source.chunk(chunk).kind {
                    ChunkKind::Interface => &mut firsts.interface,
                    ChunkKind::Alias => &mut firsts.alias,
                    ChunkKind::Enum => &mut firsts.enumeration,
                    _ => continue,
                };
                first.get_or_insert(DeclId { file, chunk });
            }
        }
        firsts
    }

    /// The global declarations of `name`.
    pub(crate) fn global(&self, name: &str) -> Rc<[DeclId]> {
        if let Some(found) = self.globals.borrow().get(name) {
            return Rc::clone(found);
        }
        let scripts = self.files.iter().enumerate().filter(|(_, file)| !file.outline.is_module);
        let found: Rc<[DeclId]> = scripts
            .flat_map(|(file, source)| {
                source.declarations(name).map(move |chunk| DeclId { file, chunk })
            })
            .collect();
        self.globals.borrow_mut().insert(name.to_owned(), Rc::clone(&found));
        found
    }

    /// The statements in whose `declare global` or nested `global` block `name` may be declared.
    pub(crate) fn augmentations(&self, name: &str) -> Vec<DeclId> {
        let files = self.files.iter().enumerate();
        files
            .flat_map(|(file, source)| {
                source.augmentations(name).map(move |chunk| DeclId { file, chunk })
            })
            .collect()
    }

    /// The file that `specifier` means in `file`.
    pub(crate) fn import(&self, file: usize, specifier: &str) -> Option<usize> {
        self.by_path.get(self.source(file).resolved.get(specifier)?).copied()
    }

    /// Where the package that `specifier` means in `file` is described, if it says so.
    pub(crate) fn address(&self, file: usize, specifier: &str) -> Option<String> {
        self.source(file).addresses.get(specifier).cloned()
    }

    /// The declarations that `file` exports under `name`.
    pub(crate) fn exported(&self, file: usize, name: &str) -> Vec<DeclId> {
        let mut visited = HashSet::new();
        self.exported_once(file, name, &mut visited)
    }

    fn exported_once(&self, file: usize, name: &str, visited: &mut HashSet<usize>) -> Vec<DeclId> {
        if !visited.insert(file) {
            return Vec::new();
        }
        if name == "default" {
            return self.default_export(file);
        }
        let source = self.source(file);
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
    pub(crate) fn named(&self, file: usize, name: &str) -> Vec<DeclId> {
        let source = self.source(file);
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

    /// The file whose exports `name` stands for in `file`: of `import * as name`, or of another
    /// file's `export * as name`.
    pub(crate) fn namespace(&self, file: usize, name: &str) -> Option<usize> {
        self.namespace_once(file, name, &mut HashSet::new())
    }

    /// The file that `file` exports as a whole under `name`.
    pub(crate) fn namespace_in(&self, file: usize, name: &str) -> Option<usize> {
        self.exported_namespace(file, name, &mut HashSet::new())
    }

    fn namespace_once(
        &self,
        file: usize,
        name: &str,
        visited: &mut HashSet<(usize, String)>,
    ) -> Option<usize> {
        if !visited.insert((file, name.to_owned())) {
            return None;
        }
        match self.source(file).links().imports.get(name)? {
            (from, Imported::Everything) => self.import(file, from),
            (from, Imported::Named(name)) => {
                self.exported_namespace(self.import(file, from)?, name, visited)
            }
            _ => None,
        }
    }

    fn exported_namespace(
        &self,
        file: usize,
        name: &str,
        visited: &mut HashSet<(usize, String)>,
    ) -> Option<usize> {
        if !visited.insert((file, format!("export {name}"))) {
            return None;
        }
        let target = |from: &Option<Name>| self.import(file, &from.as_ref()?.text);
        let exports = &self.source(file).links().exports;
        exports.iter().find_map(|export| match &export.what {
            Exported::Namespace(found) if found.text == name => target(&export.from),
            Exported::Names(names) => {
                let (local, _) = names.iter().find(|(_, exported)| exported.text == name)?;
                match &export.from {
                    Some(_) => self.exported_namespace(target(&export.from)?, &local.text, visited),
                    None => self.namespace_once(file, &local.text, visited),
                }
            }
            Exported::Everything => self.exported_namespace(target(&export.from)?, name, visited),
            _ => None,
        })
    }

    fn default_export(&self, file: usize) -> Vec<DeclId> {
        let source = self.source(file);
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
        // A search for the word alone spares to parse the others.
        (0..source.outline.chunks.len())
            .filter(|&chunk| source.chunk_text(chunk).contains("default"))
            .filter(|&chunk| source.item(chunk).is_some_and(|item| item.default))
            .map(|chunk| DeclId { file, chunk })
            .collect()
    }

    /// A file by its number.
    #[expect(
        clippy::indexing_slicing,
        reason = "only this program gives out the numbers of its files"
    )]
    pub(crate) fn source(&self, file: usize) -> &SourceFile {
        &self.files[file]
    }

    pub(crate) fn item(&self, id: DeclId) -> Option<&Item> {
        self.source(id.file).item(id.chunk)
    }

    pub(crate) fn module(&self, id: DeclId) -> &Module {
        self.source(id.file).module(id.chunk)
    }
}

/// The files in the order in which TypeScript adds them: what a file needs comes before it.
struct Order<'l, 'd> {
    library: &'l Library<'d>,
    lib_folder: Option<String>,
    files: Vec<Rc<SourceFile>>,
    /// The default library, by name.
    libs: Vec<(String, Rc<SourceFile>)>,
    seen: HashSet<String>,
}

impl Order<'_, '_> {
    fn finish(mut self, options: Options, asked: usize) -> Program {
        self.libs.sort_by_key(|(name, _)| lib_rank(name));
        let asked = self.libs.len() + asked;
        let libs = self.libs.into_iter().map(|(_, file)| file);
        let files: Vec<Rc<SourceFile>> = libs.chain(self.files).collect();
        let by_path =
            files.iter().enumerate().map(|(index, file)| (file.path.clone(), index)).collect();
        Program {
            options,
            files,
            asked,
            by_path,
            globals: RefCell::default(),
            firsts: RefCell::default(),
        }
    }

    fn read(&mut self, path: &str) -> Option<Rc<SourceFile>> {
        if self.seen.insert(path.to_owned()) { self.library.file(path) } else { None }
    }

    fn file(&mut self, path: &str) {
        let Some(source) = self.read(path) else { return };
        for need in &source.needs {
            match need {
                Need::File(path) => self.file(path),
                Need::Lib(name) => self.lib(name),
            }
        }
        self.files.push(source);
    }

    fn lib(&mut self, name: &str) {
        let name = name.to_ascii_lowercase();
        let Some(folder) = &self.lib_folder else { return };
        let path = format!("{folder}/lib.{name}.d.ts");
        let Some(source) = self.read(&path) else { return };
        for need in &source.needs {
            if let Need::Lib(name) = need {
                self.lib(name);
            }
        }
        self.libs.push((name, source));
    }
}

/// The packages below every `node_modules/@types` that TypeScript includes unasked.
fn automatic_types(library: &Library<'_>, options: &Options, cwd: &str) -> Vec<String> {
    let roots = options.type_roots.clone().unwrap_or_else(|| {
        ancestors(cwd).map(|folder| join(folder, "node_modules/@types")).collect()
    });
    let mut names = HashSet::new();
    let mut packages = Vec::new();
    for root in roots {
        for name in library.folders(&root) {
            if !name.starts_with('.') && names.insert(name.clone()) {
                packages.push(format!("{root}/{name}"));
            }
        }
    }
    packages
}
