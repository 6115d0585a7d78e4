//! The files that a runner is made of, and which asks for which.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use typescript::{
    ParseError,
    link::{self, Export, Origin, RequestKind, Unit},
};

use crate::{
    chosen::Options,
    package::Asked,
    problem::Problem,
    resolve::{Found, Missing, Resolver},
};

/// The index of a file in [`Graph::modules`].
pub(crate) type Index = usize;

/// All files; the first one is where it begins.
pub(crate) struct Graph {
    pub(crate) modules: Vec<Module>,
    pub(crate) packages: Vec<String>,
}

/// A file.
pub(crate) struct Module {
    pub(crate) path: PathBuf,
    /// What is in it, without types.
    pub(crate) text: String,
    pub(crate) unit: Unit,
    pub(crate) kind: Kind,
    /// What each request of the unit leads to.
    pub(crate) targets: Vec<Target>,
    /// Whether it does something by being there.
    pub(crate) has_effects: bool,
    /// Whether Node.js takes it for a module by its name: then `default` of a file that is none is all of
    /// it.
    pub(crate) is_node: bool,
    pub(crate) is_typed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With `import` and `export`.
    Module,
    /// With `require` and `exports`, or with nothing of all that.
    Common,
    Json,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Module(Index),
    /// It is only of use for types.
    Dropped,
    /// Who asks for it gets an error, which is caught.
    Missing,
}

impl Graph {
    pub(crate) fn get(&self, index: Index) -> Option<&Module> {
        self.modules.get(index)
    }

    /// The file that a request leads to.
    pub(crate) fn target(&self, module: Index, request: usize) -> Option<Index> {
        match self.get(module)?.targets.get(request)? {
            Target::Module(index) => Some(*index),
            Target::Dropped | Target::Missing => None,
        }
    }

    pub(crate) fn kind(&self, module: Index) -> Kind {
        self.get(module).map_or(Kind::Common, |module| module.kind)
    }
}

impl Module {
    /// The requests that are followed before it runs, in their order.
    pub(crate) fn imports(&self) -> impl Iterator<Item = usize> + '_ {
        let requests = self.unit.requests.iter().enumerate();
        requests.filter(|(_, it)| it.kind == RequestKind::Static).map(|(index, _)| index)
    }

    fn problem(
        &self,
        message: String,
        help: Option<String>,
        at: std::ops::Range<usize>,
    ) -> Problem {
        let (file, text) = (self.path.clone(), self.text.clone());
        Problem { message, help, file, text, at }
    }

    pub(crate) fn complain(&self, message: String, at: std::ops::Range<usize>) -> Problem {
        self.problem(message, None, at)
    }
}

/// Reads a file and all that it leads to.
pub(crate) fn read(entry: &Path, options: &Options) -> Result<Graph, Vec<Problem>> {
    let mut resolver = Resolver::default();
    loop {
        let mut reader = Reader::new(&resolver, options);
        reader.all(entry);
        let Reader { modules, packages, problems, .. } = reader;
        if !problems.is_empty() {
            return Err(problems);
        }
        if !resolver.has_twins() {
            return Ok(Graph { modules, packages });
        }
        let required = resolver.required.take();
        resolver = Resolver::default();
        resolver.required.replace(required);
    }
}

struct Reader<'a> {
    resolver: &'a Resolver,
    options: &'a Options,
    modules: Vec<Module>,
    known: HashMap<PathBuf, Index>,
    packages: Vec<String>,
    problems: Vec<Problem>,
}

/// What stands for a file that browsers have not.
const NOTHING: &str = "\0nothing";

impl<'a> Reader<'a> {
    fn new(resolver: &'a Resolver, options: &'a Options) -> Self {
        let (modules, known) = (Vec::new(), HashMap::new());
        let (packages, problems) = (Vec::new(), Vec::new());
        Self { resolver, options, modules, known, packages, problems }
    }

    fn all(&mut self, entry: &Path) {
        let entry = fs::canonicalize(entry).unwrap_or_else(|_| entry.to_owned());
        self.index(&entry);
        let mut next = 0;
        while next < self.modules.len() {
            self.follow(next);
            next += 1;
        }
    }

    /// The place of a file among the others, which is read unless it is there.
    fn index(&mut self, path: &Path) -> Index {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let index = self.modules.len();
        self.known.insert(path.to_owned(), index);
        let module = self.load(path);
        self.modules.push(module);
        index
    }

    fn load(&mut self, path: &Path) -> Module {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let package = self.resolver.package_of(folder);
        let extension = path.extension().map(|it| it.to_string_lossy().into_owned());
        let extension = extension.as_deref().unwrap_or_default();
        let is_typed = matches!(extension, "ts" | "mts" | "cts");
        let is_node = matches!(extension, "mjs" | "mts")
            || package.as_ref().is_some_and(|it| it.is_module())
                && !matches!(extension, "cjs" | "cts");
        let mut module = Module {
            path: path.to_owned(),
            text: String::new(),
            unit: Unit::default(),
            kind: Kind::Common,
            targets: Vec::new(),
            has_effects: package.as_ref().is_none_or(|it| it.has_effects(path)),
            is_node,
            is_typed,
        };
        if path == Path::new(NOTHING) {
            return module;
        }
        if let Some(name) = package
            .filter(|it| it.folder.components().any(|it| it.as_os_str() == "node_modules"))
            .and_then(|it| it.name().map(str::to_owned))
            && !self.packages.contains(&name)
        {
            self.packages.push(name);
        }
        match fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => text.trim_start_matches('\u{feff}').clone_into(&mut module.text),
            Ok(Err(_)) => self.problems.push(module.complain("it is not UTF-8".to_owned(), 0..0)),
            Err(error) => {
                self.problems.push(module.complain(format!("it cannot be read: {error}"), 0..0));
            }
        }
        if extension == "json" {
            self.json(&mut module);
        } else {
            self.script(&mut module);
        }
        module
    }

    fn json(&mut self, module: &mut Module) {
        module.kind = Kind::Json;
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&module.text) {
            let line = module.text.split_inclusive('\n').take(error.line().saturating_sub(1));
            let at = line.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let at = at.min(module.text.len());
            self.problems.push(module.complain(format!("it is not JSON: {error}"), at..at));
        }
    }

    fn script(&mut self, module: &mut Module) {
        if module.is_typed {
            match typescript::strip(&module.text) {
                Ok(text) => module.text = text,
                Err(errors) => return self.syntax(module, &errors),
            }
        }
        match link::read(&module.text, &self.options.environment) {
            Ok(unit) => module.unit = unit,
            Err(errors) => return self.syntax(module, &errors),
        }
        let unit = &module.unit;
        let is_first = self.modules.is_empty();
        let is_plain = !unit.is_common && !is_first && (module.is_node || module.is_typed);
        module.kind =
            if unit.is_module || unit.awaits || is_plain { Kind::Module } else { Kind::Common };
    }

    fn syntax(&mut self, module: &Module, errors: &[ParseError]) {
        self.problems.extend(errors.iter().map(|error| {
            let at = error.span.offset()..error.span.offset() + error.span.len();
            module.complain(error.message.clone(), at)
        }));
    }

    /// Finds what a file asks for.
    fn follow(&mut self, index: Index) {
        let Some(module) = self.modules.get(index) else { return };
        let folder = module.path.parent().unwrap_or(Path::new("/")).to_owned();
        let dropped = dropped(module);
        let requests: Vec<_> = module
            .unit
            .requests
            .iter()
            .map(|it| (it.source.clone(), it.kind.clone(), it.at.clone()))
            .collect();
        let mut targets = Vec::with_capacity(requests.len());
        for (number, (source, kind, at)) in requests.into_iter().enumerate() {
            if dropped.contains(&number) {
                targets.push(Target::Dropped);
                continue;
            }
            let asked = match kind {
                RequestKind::Require { .. } => Asked::Require,
                RequestKind::Static | RequestKind::Dynamic(_) => Asked::Import,
            };
            let found = self.resolver.find(&folder, &source, asked).and_then(understood);
            let target = match found {
                Ok(Found::File(path)) => Target::Module(self.index(&path)),
                Ok(Found::Nothing) => Target::Module(self.index(Path::new(NOTHING))),
                Err(_) if matches!(kind, RequestKind::Require { in_try: true, .. }) => {
                    Target::Missing
                }
                Err(missing) => {
                    if let Some(module) = self.modules.get(index) {
                        self.problems.push(module.problem(missing.message, missing.help, at));
                    }
                    Target::Missing
                }
            };
            targets.push(target);
        }
        if let Some(module) = self.modules.get_mut(index) {
            module.targets = targets;
        }
    }
}

/// What was found, if it is code or JSON.
fn understood(found: Found) -> Result<Found, Missing> {
    let Found::File(path) = &found else { return Ok(found) };
    let extension = path.extension().map(|it| it.to_string_lossy().into_owned());
    let (what, help) = match extension.as_deref().unwrap_or("js") {
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "json" => return Ok(found),
        "jsx" | "tsx" => {
            ("holds elements of a page", "a runner has no page: import what needs none")
        }
        _ => ("is neither code nor JSON", "write it as a text or as JSON, or `fetch` it"),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Err(Missing { message: format!("`{name}` {what}"), help: Some(help.to_owned()) })
}

/// The imports of a TypeScript file of which nothing is used but types.
fn dropped(module: &Module) -> HashSet<usize> {
    if !module.is_typed {
        return HashSet::new();
    }
    let unit = &module.unit;
    let used: HashSet<usize> = unit
        .uses
        .iter()
        .map(|it| it.name)
        .chain(unit.exports.iter().filter_map(|export| match export {
            Export::Local { local, .. } => Some(*local),
            Export::From { .. } | Export::All { .. } => None,
        }))
        .collect();
    let mut unused = HashSet::new();
    let mut needed = HashSet::new();
    for (index, name) in unit.names.iter().enumerate() {
        if let Origin::There { request, .. } = &name.origin {
            let list = if used.contains(&index) { &mut needed } else { &mut unused };
            list.insert(*request);
        }
    }
    unused.difference(&needed).copied().collect()
}

pub(crate) fn is_needed(entry: &Path) -> bool {
    let (resolver, mut seen, mut open) =
        (Resolver::default(), HashSet::new(), vec![entry.to_owned()]);
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) || path.extension().is_some_and(|it| it == "json") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        // Nothing is asked for without one of the words.
        if !["import", "require", "export"].iter().any(|word| text.contains(word)) {
            continue;
        }
        let is_typed = path.extension().is_some_and(|it| it == "ts" || it == "mts");
        let stripped = if is_typed { typescript::strip(&text).ok() } else { Some(text) };
        let Some(unit) = stripped.and_then(|text| link::read(&text, "").ok()) else { continue };
        let requires = |it: &link::Request| matches!(it.kind, RequestKind::Require { .. });
        if !unit.is_module && unit.requests.iter().any(requires) {
            return true;
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        for request in unit.requests {
            let source = &request.source;
            if !source.starts_with("./") && !source.starts_with("../") {
                return true;
            }
            if let Ok(Found::File(path)) = resolver.find(folder, source, Asked::Import) {
                open.push(path);
            }
        }
    }
    false
}
