//! What of the files is used, and when it runs.

use std::collections::HashSet;

use typescript::link::{Export, Origin, RequestKind, Role, Shape};

use crate::{
    exports::Meaning,
    graph::{Graph, Index, Kind, Module, Target},
    problem::Problem,
};

/// What stays.
pub(crate) struct Live {
    /// The files.
    pub(crate) modules: Vec<bool>,
    /// The statements of the modules.
    pub(crate) statements: Vec<Vec<bool>>,
    /// The files of which all that they export is wanted as an object.
    pub(crate) spaces: Vec<bool>,
    /// The modules that run when they are asked for; the others run at once, in their order.
    pub(crate) lazy: Vec<bool>,
    /// Those of them that wait for something.
    pub(crate) waiting: Vec<bool>,
    /// Those that are asked for by `require`.
    pub(crate) required: Vec<bool>,
}

/// Finds what is used.
pub(crate) fn of(graph: &Graph) -> Result<Live, Vec<Problem>> {
    let problems = problems(graph);
    if !problems.is_empty() {
        return Err(problems);
    }
    let count = graph.modules.len();
    let statements = |it: &Module| vec![false; it.unit.statements.len()];
    let mut live = Live {
        modules: vec![false; count],
        statements: graph.modules.iter().map(statements).collect(),
        spaces: vec![false; count],
        lazy: vec![false; count],
        waiting: vec![false; count],
        required: vec![false; count],
    };
    live.find_lazy(graph);
    let mut marker = Marker { graph, live: &mut live, open: Vec::new() };
    marker.module(0);
    marker.run();
    Ok(live)
}

impl Live {
    pub(crate) fn is_live(&self, module: Index) -> bool {
        self.modules.get(module).copied().unwrap_or_default()
    }

    pub(crate) fn is_lazy(&self, module: Index) -> bool {
        self.lazy.get(module).copied().unwrap_or_default()
    }

    pub(crate) fn is_waiting(&self, module: Index) -> bool {
        self.waiting.get(module).copied().unwrap_or_default()
    }

    pub(crate) fn has_space(&self, module: Index) -> bool {
        self.spaces.get(module).copied().unwrap_or_default()
    }

    pub(crate) fn statement(&self, module: Index, statement: usize) -> bool {
        self.statements.get(module).and_then(|it| it.get(statement)).copied().unwrap_or_default()
    }

    fn find_lazy(&mut self, graph: &Graph) {
        let eager = closure(graph, [0]);
        let asked = |dynamic: bool| {
            graph.modules.iter().flat_map(move |module| {
                let requests = module.unit.requests.iter().zip(&module.targets);
                requests.filter_map(move |(request, target)| match (&request.kind, target) {
                    (RequestKind::Dynamic(_), Target::Module(of)) if dynamic => Some(*of),
                    (RequestKind::Require { .. }, Target::Module(of)) if !dynamic => Some(*of),
                    _ => None,
                })
            })
        };
        let is_module = |index: &Index| graph.kind(*index) == Kind::Module;
        for index in asked(false).filter(is_module) {
            set(&mut self.required, index);
        }
        for index in closure(graph, asked(false).filter(is_module)) {
            set(&mut self.lazy, index);
        }
        // Before anything that is asked for later runs, all that runs at once has run, unless it waits.
        let waits = graph.modules.iter().any(|it| it.kind == Kind::Module && it.unit.awaits);
        for index in closure(graph, asked(true).filter(is_module)) {
            if waits || !eager.contains(&index) {
                set(&mut self.lazy, index);
            }
        }
        self.find_waiting(graph);
    }

    fn find_waiting(&mut self, graph: &Graph) {
        for (index, module) in graph.modules.iter().enumerate() {
            let awaits = |it: &Index| {
                graph.get(*it).is_some_and(|it| it.unit.awaits && it.kind == Kind::Module)
            };
            if module.kind == Kind::Module && closure(graph, [index]).iter().any(awaits) {
                set(&mut self.waiting, index);
            }
        }
    }
}

fn set(list: &mut [bool], index: Index) {
    if let Some(it) = list.get_mut(index) {
        *it = true;
    }
}

/// The modules that have run when these have.
pub(crate) fn closure(graph: &Graph, roots: impl IntoIterator<Item = Index>) -> HashSet<Index> {
    let mut found = HashSet::new();
    let mut open: Vec<Index> = roots.into_iter().collect();
    while let Some(index) = open.pop() {
        if graph.kind(index) != Kind::Module || !found.insert(index) {
            continue;
        }
        if let Some(module) = graph.get(index) {
            open.extend(module.imports().filter_map(|it| graph.target(index, it)));
        }
    }
    found
}

struct Marker<'a> {
    graph: &'a Graph,
    live: &'a mut Live,
    open: Vec<Work>,
}

enum Work {
    Module(Index),
    Statement(Index, usize),
    Space(Index),
    Meaning(Meaning),
}

impl Marker<'_> {
    fn run(&mut self) {
        while let Some(work) = self.open.pop() {
            match work {
                Work::Module(index) => self.module(index),
                Work::Statement(index, statement) => self.statement(index, statement),
                Work::Space(index) => self.space(index),
                Work::Meaning(meaning) => self.meaning(meaning),
            }
        }
    }

    fn module(&mut self, index: Index) {
        let Some(module) = self.graph.get(index).filter(|_| !self.live.is_live(index)) else {
            return;
        };
        set(&mut self.live.modules, index);
        match module.kind {
            Kind::Json => {}
            Kind::Common => {
                for (request, target) in module.unit.requests.iter().zip(&module.targets) {
                    self.asked(&request.kind, target);
                }
            }
            Kind::Module => {
                for (number, statement) in module.unit.statements.iter().enumerate() {
                    if !statement.is_pure {
                        self.open.push(Work::Statement(index, number));
                    }
                }
                for request in module.imports() {
                    if let Some(of) = self.graph.target(index, request)
                        && self.graph.get(of).is_some_and(|it| it.has_effects)
                    {
                        self.open.push(Work::Module(of));
                    }
                }
                if self.live.is_lazy(index) || !self.graph.late(index).is_empty() {
                    self.open.push(Work::Space(index));
                }
                for of in self.graph.late(index) {
                    self.open.push(Work::Module(of));
                }
            }
        }
    }

    /// What is asked for while it runs.
    fn asked(&mut self, kind: &RequestKind, target: &Target) {
        let Target::Module(of) = target else { return };
        if *kind == RequestKind::Static {
            return;
        }
        self.open.push(Work::Module(*of));
        if self.graph.kind(*of) == Kind::Module {
            self.open.push(Work::Space(*of));
        }
    }

    fn statement(&mut self, index: Index, number: usize) {
        let Some(module) = self.graph.get(index).filter(|_| !self.live.statement(index, number))
        else {
            return;
        };
        if let Some(it) = self.live.statements.get_mut(index).and_then(|it| it.get_mut(number)) {
            *it = true;
        }
        let Some(statement) = module.unit.statements.get(number) else { return };
        for request in &statement.requests {
            if let (Some(request), Some(target)) =
                (module.unit.requests.get(*request), module.targets.get(*request))
            {
                self.asked(&request.kind, target);
            }
        }
        for it in module.unit.uses.get(statement.uses.clone()).unwrap_or_default() {
            let meaning = match &it.shape {
                Shape::Property { property, .. } => self.graph.property(index, it.name, property),
                _ => self.graph.meaning(index, it.name),
            };
            self.open.push(Work::Meaning(meaning));
        }
    }

    fn meaning(&mut self, meaning: Meaning) {
        match meaning {
            Meaning::Local { module, name } => {
                self.open.push(Work::Module(module));
                let Some(unit) = self.graph.get(module).map(|it| &it.unit) else { return };
                for (number, statement) in unit.statements.iter().enumerate() {
                    if statement.declares.contains(&name) {
                        self.open.push(Work::Statement(module, number));
                    }
                }
            }
            Meaning::All { module, .. } | Meaning::Late { module, .. } => {
                self.open.push(Work::Module(module));
                self.open.push(Work::Space(module));
            }
            Meaning::Property { module, .. } => self.open.push(Work::Module(module)),
            Meaning::Missing | Meaning::Ambiguous => {}
        }
    }

    fn space(&mut self, index: Index) {
        if self.live.has_space(index) {
            return;
        }
        set(&mut self.live.spaces, index);
        if self.graph.kind(index) == Kind::Module {
            for name in self.graph.export_names(index) {
                let meaning = self.graph.export(index, &name);
                self.open.push(Work::Meaning(meaning));
            }
        }
    }
}

/// What the language forbids, and a single file would let pass.
fn problems(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, module) in graph.modules.iter().enumerate() {
        if module.kind != Kind::Module {
            continue;
        }
        problems.extend(missing(graph, index, module));
        for it in &module.unit.uses {
            let name = module.unit.names.get(it.name);
            if it.role == Role::Write
                && let Some(name) = name.filter(|name| name.origin != Origin::Here)
            {
                let message = format!("`{}` is imported, and cannot be assigned", name.text);
                problems.push(module.complain(message, it.range.clone()));
            }
        }
    }
    problems
}

/// Imports of what is not exported.
fn missing(graph: &Graph, index: Index, module: &Module) -> Vec<Problem> {
    let used: HashSet<usize> = module.unit.uses.iter().map(|it| it.name).collect();
    let mut problems = Vec::new();
    let mut check = |request: usize, name: &str, meaning: Meaning, at| {
        let Some(of) = graph.target(index, request) else { return };
        let what = match meaning {
            Meaning::Missing => "exports no",
            Meaning::Ambiguous => "exports two of the name",
            _ => return,
        };
        let source = module.unit.requests.get(request).map(|it| it.source.as_str());
        let message = format!("`{}` {what} `{name}`", source.unwrap_or_default());
        let names = graph.export_names(of);
        let near = names.iter().find(|it| it.eq_ignore_ascii_case(name));
        let help = match near {
            Some(near) => Some(format!("it exports `{near}`")),
            None if names.contains("default") && name != "default" && names.len() == 1 => {
                Some("it has a default export: `import x from …`".to_owned())
            }
            None if name == "default" && !names.is_empty() => {
                let first: Vec<_> = names.iter().take(5).map(String::as_str).collect();
                Some(format!(
                    "it has no default export, but `{}`: `import {{ {} }} from …`",
                    first.join("`, `"),
                    first.first().copied().unwrap_or_default()
                ))
            }
            None => None,
        };
        let mut problem = module.complain(message, at);
        problem.help = help;
        problems.push(problem);
    };
    for (number, name) in module.unit.names.iter().enumerate() {
        if let Origin::There { request, name: Some(imported) } = &name.origin
            && (used.contains(&number) || !module.is_typed)
        {
            let at = module.unit.requests.get(*request).map_or(0..0, |it| it.at.clone());
            check(*request, imported, graph.meaning(index, number), at);
        }
    }
    for export in &module.unit.exports {
        if let Export::From { name, request, imported: Some(imported), at } = export {
            // It may be a type.
            let of = graph.target(index, *request).and_then(|of| graph.get(of));
            let may_be_type = module.is_typed && of.is_some_and(|it| it.is_typed);
            if !may_be_type {
                check(*request, imported, graph.export(index, name), at.clone());
            }
        }
    }
    problems
}
