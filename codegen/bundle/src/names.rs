//! What everything is called in the bundle, where the names of all files meet.

use std::collections::{HashMap, HashSet};

use typescript::link::{NAMELESS, Origin, Shape};

use crate::{
    exports::Meaning,
    graph::{Graph, Index, Kind, Module},
    live::Live,
    order::Step,
};

/// The names.
pub(crate) struct Names {
    /// Those of the modules that run at once, and of what has none in the others.
    locals: HashMap<(Index, usize), String>,
    /// The objects with all that a module exports.
    spaces: HashMap<Index, String>,
    /// The functions that run a file which is asked for, and the values of JSON.
    runs: HashMap<Index, String>,
    /// What files that are no modules export, as modules see it.
    imports: HashMap<(Index, bool), String>,
    /// Our own functions.
    helpers: HashMap<&'static str, String>,
}

/// Our own functions, which stand in `helpers.js`.
pub(crate) const HELPERS: [&str; 11] = [
    "__common",
    "__define",
    "__import",
    "__later",
    "__lazy",
    "__meta",
    "__missing",
    "__require",
    "__space",
    "__star",
    "__waiting",
];

impl Names {
    pub(crate) fn new(graph: &Graph, live: &Live, steps: &[Step]) -> Self {
        let mut namer = Namer::new(graph);
        let mut names = Self {
            locals: HashMap::new(),
            spaces: HashMap::new(),
            runs: HashMap::new(),
            imports: HashMap::new(),
            helpers: HELPERS.iter().map(|name| (*name, namer.fresh(name))).collect(),
        };
        for (index, module) in graph.modules.iter().enumerate() {
            if live.is_live(index) {
                names.of_file(&mut namer, live, index, module);
            }
        }
        let wanted = Wanted::of(graph, live);
        for (index, is_node) in wanted.imports {
            if let Some(module) = graph.get(index) {
                let name = namer.fresh(&format!("import_{}", stem(module)));
                names.imports.insert((index, is_node), name);
            }
        }
        for step in steps {
            if let Step::Body(index) = step
                && live.is_live(*index)
            {
                names.of_body(&mut namer, graph, *index, &wanted.shadowed);
            }
        }
        names
    }

    fn of_file(&mut self, namer: &mut Namer, live: &Live, index: Index, module: &Module) {
        let stem = stem(module);
        match module.kind {
            Kind::Common => drop(self.runs.insert(index, namer.fresh(&format!("require_{stem}")))),
            Kind::Json => drop(self.runs.insert(index, namer.fresh(&format!("json_{stem}")))),
            Kind::Module => {
                if live.has_space(index) {
                    self.spaces.insert(index, namer.fresh(&format!("{stem}_exports")));
                }
                if live.is_lazy(index) {
                    self.runs.insert(index, namer.fresh(&format!("init_{stem}")));
                    for (number, name) in module.unit.names.iter().enumerate() {
                        if name.text == NAMELESS {
                            let name = namer.fresh(&format!("{stem}_default"));
                            self.locals.insert((index, number), name);
                        }
                    }
                }
            }
        }
    }

    fn of_body(
        &mut self,
        namer: &mut Namer,
        graph: &Graph,
        index: Index,
        shadowed: &HashSet<(Index, usize)>,
    ) {
        let Some(module) = graph.get(index) else { return };
        for (number, name) in module.unit.names.iter().enumerate() {
            if name.origin != Origin::Here {
                continue;
            }
            let name = if name.text == NAMELESS {
                namer.fresh(&format!("{}_default", stem(module)))
            } else if shadowed.contains(&(index, number)) {
                namer.fresh(&name.text)
            } else {
                namer.own(&name.text)
            };
            self.locals.insert((index, number), name);
        }
    }

    pub(crate) fn helper(&self, name: &str) -> &str {
        self.helpers.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(crate) fn local<'a>(&'a self, module: &'a Module, index: Index, name: usize) -> &'a str {
        let known = self.locals.get(&(index, name)).map(String::as_str);
        known.or_else(|| Some(module.unit.names.get(name)?.text.as_str())).unwrap_or_default()
    }

    pub(crate) fn space(&self, index: Index) -> Option<&str> {
        self.spaces.get(&index).map(String::as_str)
    }

    pub(crate) fn run(&self, index: Index) -> Option<&str> {
        self.runs.get(&index).map(String::as_str)
    }

    /// What a file exports that is no module, in the ways in which it is wanted.
    pub(crate) fn imports(&self, index: Index) -> Vec<(bool, &str)> {
        let both = [false, true].into_iter();
        let name =
            |is_node| self.imports.get(&(index, is_node)).map(|name| (is_node, name.as_str()));
        both.filter_map(name).collect()
    }

    /// What stands for something in the file `from`; none where it stays as it is written.
    pub(crate) fn expression(
        &self,
        graph: &Graph,
        live: &Live,
        meaning: &Meaning,
        from: Index,
    ) -> String {
        let nothing = || "(void 0)".to_owned();
        match meaning {
            Meaning::Local { module: of, name } => {
                let Some(module) = graph.get(*of) else { return nothing() };
                if live.is_lazy(*of) && *of != from {
                    let space = self.space(*of).unwrap_or_default();
                    let export = exported_as(module, *name).unwrap_or_default();
                    return format!("{space}{}", member(export));
                }
                self.local(module, *of, *name).to_owned()
            }
            Meaning::All { module: of, is_node } => {
                let import = self.imports.get(&(*of, *is_node)).map(String::as_str);
                self.space(*of).or(import).map_or_else(nothing, str::to_owned)
            }
            Meaning::Property { module: of, name, is_node } => {
                if graph.kind(*of) == Kind::Json {
                    let json = self.run(*of).unwrap_or_default();
                    return if name == "default" {
                        json.to_owned()
                    } else {
                        format!("{json}{}", member(name))
                    };
                }
                let import = self.imports.get(&(*of, *is_node));
                import.map_or_else(nothing, |import| format!("{import}{}", member(name)))
            }
            Meaning::Late { module: of, name } => {
                self.space(*of).map_or_else(nothing, |space| format!("{space}{}", member(name)))
            }
            Meaning::Missing | Meaning::Ambiguous => nothing(),
        }
    }
}

/// A name under which a module exports one of its own.
fn exported_as(module: &Module, name: usize) -> Option<&str> {
    module.unit.exports.iter().find_map(|export| match export {
        typescript::link::Export::Local { name: exported, local, .. } if *local == name => {
            Some(exported.as_str())
        }
        _ => None,
    })
}

/// `.name`, or `["a name"]`.
pub(crate) fn member(name: &str) -> String {
    if is_identifier(name) { format!(".{name}") } else { format!("[{}]", quoted(name)) }
}

pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let begins = |it: char| it.is_alphabetic() || matches!(it, '_' | '$');
    letters.next().is_some_and(begins) && letters.all(|it| begins(it) || it.is_ascii_digit())
}

pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What has to be there for the names that are used.
struct Wanted {
    imports: Vec<(Index, bool)>,
    /// Names that something else hides where they are used in other files.
    shadowed: HashSet<(Index, usize)>,
}

impl Wanted {
    fn of(graph: &Graph, live: &Live) -> Self {
        let mut wanted = Self { imports: Vec::new(), shadowed: HashSet::new() };
        for (index, module) in graph.modules.iter().enumerate() {
            if module.kind != Kind::Module || !live.is_live(index) {
                continue;
            }
            let own: HashSet<&str> = if live.is_lazy(index) {
                module.unit.names.iter().map(|name| name.text.as_str()).collect()
            } else {
                HashSet::new()
            };
            let hides = |name: &str| module.unit.inner.contains(name) || own.contains(name);
            for meaning in meanings(graph, live, index, module) {
                wanted.add(graph, index, &meaning, &hides);
            }
            for of in graph.late(index) {
                wanted.import(of, false);
            }
        }
        wanted
    }

    fn add(&mut self, graph: &Graph, from: Index, meaning: &Meaning, hides: &dyn Fn(&str) -> bool) {
        match meaning {
            Meaning::Local { module, name } if *module != from => {
                let text = graph.get(*module).and_then(|it| it.unit.names.get(*name));
                if text.is_some_and(|name| hides(&name.text)) {
                    self.shadowed.insert((*module, *name));
                }
            }
            Meaning::All { module, is_node } if graph.kind(*module) != Kind::Module => {
                self.import(*module, *is_node);
            }
            Meaning::Property { module, is_node, .. } if graph.kind(*module) == Kind::Common => {
                self.import(*module, *is_node);
            }
            _ => {}
        }
    }

    fn import(&mut self, index: Index, is_node: bool) {
        if !self.imports.contains(&(index, is_node)) {
            self.imports.push((index, is_node));
        }
    }
}

/// Everything that a module uses or passes on.
fn meanings(graph: &Graph, live: &Live, index: Index, module: &Module) -> Vec<Meaning> {
    let statements = module.unit.statements.iter().enumerate();
    let used = statements.filter(|(number, _)| live.statement(index, *number));
    let uses = used.filter_map(|(_, it)| module.unit.uses.get(it.uses.clone())).flatten();
    let mut found: Vec<Meaning> = uses
        .map(|it| match &it.shape {
            Shape::Property { property, .. } => graph.property(index, it.name, property),
            _ => graph.meaning(index, it.name),
        })
        .collect();
    if live.has_space(index) {
        found.extend(graph.export_names(index).iter().map(|name| graph.export(index, name)));
    }
    found
}

/// Gives names that nothing else has.
struct Namer {
    /// Every name that a file says.
    words: HashSet<String>,
    /// Names that nothing declares: they mean the same everywhere.
    globals: HashSet<String>,
    given: HashSet<String>,
}

impl Namer {
    fn new(graph: &Graph) -> Self {
        let (mut words, mut globals) = (HashSet::new(), HashSet::new());
        for module in &graph.modules {
            let unit = &module.unit;
            words.extend(unit.inner.iter().chain(&unit.outer).cloned());
            words.extend(unit.names.iter().map(|name| name.text.clone()));
            globals.extend(unit.outer.iter().cloned());
        }
        Self { words, globals, given: HashSet::new() }
    }

    /// A name that a file has chosen, or one like it.
    fn own(&mut self, text: &str) -> String {
        if self.globals.contains(text) || !self.given.insert(text.to_owned()) {
            return self.fresh(text);
        }
        text.to_owned()
    }

    /// A name that no file says.
    fn fresh(&mut self, base: &str) -> String {
        let mut name = base.to_owned();
        let mut number = 1;
        while self.words.contains(&name) || self.given.contains(&name) {
            name = format!("{base}${number}");
            number += 1;
        }
        self.given.insert(name.clone());
        name
    }
}

/// A word for a file.
fn stem(module: &Module) -> String {
    let stem =
        |path: &std::path::Path| path.file_stem().map(|it| it.to_string_lossy().into_owned());
    let name = stem(&module.path).unwrap_or_default();
    let parent = || module.path.parent().and_then(stem).unwrap_or_default();
    let name = if name == "index" { parent() } else { name };
    let letter = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    let word: String = name.chars().map(letter).collect();
    if word.starts_with(|it: char| it.is_ascii_digit()) { format!("_{word}") } else { word }
}
