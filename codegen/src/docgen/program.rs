//! The files that a plugin's declarations are spread over, in the order in which TypeScript reads
//! them: a name that two files declare is that of the first one.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use miette::{Diagnostic, NamedSource};
use thiserror::Error;

use super::{
    library::{Library, ancestors, join},
    libs::lib_rank,
    scan::ChunkKind,
    sources::{Need, SourceFile},
};
use crate::{
    parse::{ParseError, parse},
    syntax::{Exported, Imported, Item, Module, Name},
};

/// Where the files are: a disk, or a map in memory. Paths are absolute, with forward slashes.
pub trait Disk {
    /// The text of a file.
    fn read(&self, path: &str) -> Option<String>;
    /// Whether there is such a file.
    fn is_file(&self, path: &str) -> bool;
    /// What is in a folder; nothing for what is no folder. `None` says that asking for each file
    /// is as good.
    fn entries(&self, _: &str) -> Option<Vec<Entry>> {
        None
    }
    /// The names of the folders in a folder, sorted.
    fn folders(&self, path: &str) -> Vec<String>;
    /// Every TypeScript file below a folder, `node_modules` left out.
    fn sources(&self, path: &str) -> Vec<String>;
    /// The path without symbolic links.
    fn real_path(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// A name in a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name alone.
    pub name: String,
    /// Whether it is a folder, or a link to one.
    pub is_folder: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
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
#[diagnostic(
    severity(warning),
    help("mend them: what stands there is missing in the documentation")
)]
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
    pub(super) files: Vec<Rc<SourceFile>>,
    /// How many of the files come before what TypeScript adds unasked.
    pub(super) asked: usize,
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
pub(super) struct DeclId {
    pub(super) file: usize,
    pub(super) chunk: usize,
}

impl Program {
    /// Reads every file that `roots` reach. `cwd` is where automatic `@types` are looked for.
    pub fn load(disk: &dyn Disk, roots: &[String], options: Options, cwd: &str) -> Self {
        Self::load_from(&Library::new(disk), roots, options, cwd)
    }

    /// [`Program::load`], with what the library has read before.
    pub fn load_from(library: &Library<'_>, roots: &[String], options: Options, cwd: &str) -> Self {
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

    /// Whether TypeScript's own declarations are missing, though the project did not opt out: then
    /// `Promise` and arrays are unknown.
    #[must_use]
    pub fn lacks_library(&self) -> bool {
        let is_library = |file: &Rc<SourceFile>| file.path.contains("/typescript/lib/lib.");
        !self.options.no_default_lib && !self.files.iter().any(is_library)
    }

    /// The first statement that declares `name` as this kind of thing.
    pub(super) fn first(&self, kind: ChunkKind, name: &str) -> Option<DeclId> {
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
    pub(super) fn global(&self, name: &str) -> Rc<[DeclId]> {
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
    pub(super) fn augmentations(&self, name: &str) -> Vec<DeclId> {
        let files = self.files.iter().enumerate();
        files
            .flat_map(|(file, source)| {
                source.augmentations(name).map(move |chunk| DeclId { file, chunk })
            })
            .collect()
    }

    /// The file that `specifier` means in `file`.
    pub(super) fn import(&self, file: usize, specifier: &str) -> Option<usize> {
        self.by_path.get(self.source(file).resolved.get(specifier)?).copied()
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
    pub(super) fn named(&self, file: usize, name: &str) -> Vec<DeclId> {
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
    pub(super) fn namespace(&self, file: usize, name: &str) -> Option<usize> {
        self.namespace_once(file, name, &mut HashSet::new())
    }

    /// The file that `file` exports as a whole under `name`.
    pub(super) fn namespace_in(&self, file: usize, name: &str) -> Option<usize> {
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
        (0..source.outline.chunks.len())
            .filter(|&chunk| source.chunk_text(chunk).contains("export default"))
            .map(|chunk| DeclId { file, chunk })
            .collect()
    }

    /// A file by its number.
    #[expect(
        clippy::indexing_slicing,
        reason = "only this program gives out the numbers of its files"
    )]
    pub(super) fn source(&self, file: usize) -> &SourceFile {
        &self.files[file]
    }

    pub(super) fn item(&self, id: DeclId) -> Option<&Item> {
        self.source(id.file).item(id.chunk)
    }

    pub(super) fn module(&self, id: DeclId) -> &Module {
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
