//! Which file an import means: as TypeScript and Node.js have it, with what packages say for browsers.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    package::{Asked, Package, Replaced},
    paths::Paths,
};

/// What may have been left out, the likeliest first.
const ENDINGS: [&str; 6] = [".ts", ".js", ".mjs", ".mts", ".cjs", ".json"];

/// The TypeScript that a file is made of.
const SOURCES: [(&str, &str); 4] = [("js", "ts"), ("mjs", "mts"), ("cjs", "cts"), ("jsx", "tsx")];

/// What Node.js has built in.
const BUILT_IN: [&str; 34] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "stream",
    "string_decoder",
    "timers",
    "tls",
    "tty",
    "url",
    "util",
    "zlib",
];

/// What an import means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    File(PathBuf),
    /// A package says that browsers have nothing there.
    Nothing,
}

/// Why there is none, and what to do.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Looks for files, and remembers the packages on the way.
#[derive(Default)]
pub(crate) struct Resolver {
    packages: RefCell<HashMap<PathBuf, Option<Rc<Package>>>>,
    paths: RefCell<HashMap<PathBuf, Option<Rc<Paths>>>>,
    /// Packages of which the file for `require` is taken also for `import`, so that there is one.
    pub(crate) required: RefCell<Vec<PathBuf>>,
    /// Packages of which the file for `import` was taken.
    imported: RefCell<Vec<PathBuf>>,
}

impl Resolver {
    /// The file that an import means, which stands in a file of `folder`.
    pub(crate) fn find(&self, folder: &Path, source: &str, asked: Asked) -> Result<Found, Missing> {
        let source = source
            .split_once(['?', '#'])
            .map_or(source, |(path, _)| if path.is_empty() { source } else { path });
        if is_relative(source) {
            let path = folder.join(source);
            let is_folder = source.ends_with(['/', '.']) && !source.ends_with("..js");
            let found = if is_folder && path.is_dir() { None } else { file(&path) };
            let found = found.or_else(|| self.folder(&path, asked));
            return found
                .map(|it| self.in_browsers(it, asked))
                .ok_or_else(|| nowhere(source, &path));
        }
        if source.contains(':') && !source.starts_with("node:") {
            let help = "download it, and import the file, or `fetch` what is no code";
            return Err(Missing::new(format!("`{source}` cannot be bundled"), Some(help)));
        }
        let package = self.package_of(folder);
        if let (Some(package), true) = (&package, source.starts_with('#')) {
            let target = package.imported(source, asked).ok_or_else(|| {
                Missing::new(format!("`imports` of package.json has no `{source}`"), None)
            })?;
            let from = package.folder.clone();
            return self.find(&from, &target, asked);
        }
        if let Some(replaced) = package.as_ref().and_then(|it| it.replaced(&[source])) {
            return match replaced {
                Replaced::Nothing => Ok(Found::Nothing),
                Replaced::By(path) if path == source => self.bare(folder, source, asked),
                Replaced::By(path) => {
                    let from = package.as_ref().map_or(folder, |it| &it.folder).to_owned();
                    self.find(&from, path, asked)
                }
            };
        }
        if let Some(found) = self.by_paths(folder, source, asked) {
            return Ok(self.in_browsers(found, asked));
        }
        self.bare(folder, source, asked)
    }

    /// The package that a file belongs to.
    pub(crate) fn package_of(&self, folder: &Path) -> Option<Rc<Package>> {
        folder.ancestors().find_map(|folder| self.package(folder))
    }

    fn package(&self, folder: &Path) -> Option<Rc<Package>> {
        if let Some(known) = self.packages.borrow().get(folder) {
            return known.clone();
        }
        let package = Package::read(folder).map(Rc::new);
        self.packages.borrow_mut().insert(folder.to_owned(), package.clone());
        package
    }

    /// What `paths` of a `tsconfig.json` gives.
    fn by_paths(&self, folder: &Path, source: &str, asked: Asked) -> Option<PathBuf> {
        if folder.components().any(|part| part.as_os_str() == "node_modules") {
            return None;
        }
        let paths = folder.ancestors().find_map(|folder| {
            if let Some(known) = self.paths.borrow().get(folder) {
                return known.clone();
            }
            let paths = Paths::read(folder).map(Rc::new);
            self.paths.borrow_mut().insert(folder.to_owned(), paths.clone());
            paths
        })?;
        paths
            .candidates(source)
            .into_iter()
            .find_map(|path| file(&path).or_else(|| self.folder(&path, asked)))
    }

    fn bare(&self, folder: &Path, source: &str, asked: Asked) -> Result<Found, Missing> {
        let (name, subpath) = parts(source);
        let own = self.package_of(folder).filter(|it| it.name() == Some(name) && it.has_exports());
        if let Some(found) = own.and_then(|own| self.of_package(&own, subpath, asked)) {
            return Ok(self.in_browsers(found, asked));
        }
        let mut seen = None;
        for folder in folder.ancestors().filter(|folder| !folder.ends_with("node_modules")) {
            let at = folder.join("node_modules").join(name);
            if let Some(package) = self.package(&at) {
                if let Some(found) = self.of_package(&package, subpath, asked) {
                    return Ok(self.in_browsers(found, asked));
                }
                seen.get_or_insert(package);
            } else if at.is_dir()
                && let Some(found) = self.below(&at, subpath, asked)
            {
                return Ok(self.in_browsers(found, asked));
            }
        }
        Err(match seen {
            Some(package) => Missing::new(
                format!(
                    "the package `{name}` has no `{}`",
                    if subpath == "." { source } else { subpath }
                ),
                package
                    .has_exports()
                    .then_some("only what `exports` of its package.json names can be imported"),
            ),
            None if source.starts_with("node:") || BUILT_IN.contains(&name) => Missing::new(
                format!("`{source}` belongs to Node.js: runners have the APIs of the web"),
                Some(
                    "take a package that is made for browsers, or bundle one that stands for it under that name",
                ),
            ),
            None => Missing {
                message: format!("there is no package `{name}`"),
                help: Some(format!("install it: `npm install {name}`")),
            },
        })
    }

    fn of_package(&self, package: &Package, subpath: &str, asked: Asked) -> Option<PathBuf> {
        if package.has_exports() {
            let whole = format!("./{subpath}");
            let target = package.exported(if subpath == "." { subpath } else { &whole }, asked)?;
            return file(&package.folder.join(target));
        }
        self.below(&package.folder, subpath, asked)
    }

    fn below(&self, folder: &Path, subpath: &str, asked: Asked) -> Option<PathBuf> {
        let path = folder.join(subpath);
        let exact = if subpath == "." { None } else { file(&path) };
        exact.or_else(|| self.folder(&path, asked))
    }

    /// The file that stands for a folder.
    fn folder(&self, folder: &Path, asked: Asked) -> Option<PathBuf> {
        let folder: PathBuf = folder.components().collect();
        if !folder.is_dir() {
            return None;
        }
        let main = self.package(&folder).and_then(|package| {
            let asked = self.asked_of(&package, asked);
            package.mains(asked).find_map(|main| {
                let path = folder.join(main);
                file(&path).or_else(|| file(&path.join("index")))
            })
        });
        main.or_else(|| file(&folder.join("index")))
    }

    /// A package that is required somewhere is one file for everybody.
    fn asked_of(&self, package: &Package, asked: Asked) -> Asked {
        if self.required.borrow().contains(&package.folder) {
            return Asked::Require;
        }
        let has_both = package.mains(Asked::Import).next() != package.mains(Asked::Require).next();
        let mut list = match asked {
            Asked::Import => self.imported.borrow_mut(),
            Asked::Require => self.required.borrow_mut(),
        };
        if has_both && !list.contains(&package.folder) {
            list.push(package.folder.clone());
        }
        asked
    }

    /// Whether a package was taken as two files, of which one has to do.
    pub(crate) fn has_twins(&self) -> bool {
        let required = self.required.borrow();
        let twins = self.imported.borrow().iter().any(|it| required.contains(it));
        drop(required);
        self.imported.borrow_mut().clear();
        twins
    }

    /// What `browser` of its package puts in the place of a file.
    fn in_browsers(&self, found: PathBuf, asked: Asked) -> Found {
        let found = fs::canonicalize(&found).unwrap_or(found);
        let folder = found.parent().unwrap_or(Path::new("/"));
        let Some(package) = self.package_of(folder) else { return Found::File(found) };
        let Ok(path) = found.strip_prefix(&package.folder) else { return Found::File(found) };
        let path = format!("./{}", path.to_string_lossy().replace('\\', "/"));
        let short = path.strip_suffix(".js").unwrap_or(&path);
        let folder_of = path.strip_suffix("/index.js").unwrap_or(&path);
        let bare = path.trim_start_matches("./");
        match package.replaced(&[&path, short, folder_of, bare]) {
            None => Found::File(found),
            Some(Replaced::Nothing) => Found::Nothing,
            Some(Replaced::By(other)) => {
                let other = package.folder.join(other);
                let other = file(&other).or_else(|| self.folder(&other, asked));
                Found::File(other.and_then(|it| fs::canonicalize(it).ok()).unwrap_or(found))
            }
        }
    }
}

impl Missing {
    fn new(message: String, help: Option<&str>) -> Self {
        Self { message, help: help.map(str::to_owned) }
    }
}

fn is_relative(source: &str) -> bool {
    matches!(source, "." | "..") || ["./", "../", "/"].iter().any(|it| source.starts_with(it))
}

/// The package of a path, and what is meant in it.
fn parts(source: &str) -> (&str, &str) {
    let slashes = if source.starts_with('@') { 2 } else { 1 };
    let end = source.match_indices('/').nth(slashes - 1).map_or(source.len(), |(at, _)| at);
    let (name, rest) = source.split_at_checked(end).unwrap_or((source, ""));
    let subpath = if rest.is_empty() { "." } else { rest.trim_start_matches('/') };
    (name, subpath)
}

/// A file of this path: as it is, of the TypeScript that it is made of, or with an ending.
fn file(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    let extension = path.extension().unwrap_or_default();
    let source = SOURCES.iter().find(|(made, _)| extension == *made);
    let source = source.map(|(_, of)| path.with_extension(of)).filter(|path| path.is_file());
    let name = path.file_name()?.to_string_lossy().into_owned();
    source.or_else(|| {
        ENDINGS
            .iter()
            .map(|ending| path.with_file_name(format!("{name}{ending}")))
            .find(|path| path.is_file())
    })
}

fn nowhere(source: &str, path: &Path) -> Missing {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let entries =
        path.parent().and_then(|it| fs::read_dir(it).ok()).into_iter().flatten().flatten();
    let near: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|it| it.split('.').next().is_some_and(|it| it.to_lowercase() == stem))
        .collect();
    let help = near.first().map(|it| format!("beside it there is `{it}`"));
    Missing { message: format!("there is no file `{source}`"), help }
}
