//! The text of the bundle.
//!
//! ```text
//! (function () {
//!   our own functions, JSON
//!   files that are no modules, each a sloppy function
//!   (function () { "use strict"; the modules one after the other })();
//! })();
//! ```
//!
//! Modules stand side by side in one function, as what they are: their names mean what they meant, what
//! they import is the very variable. Only what is asked for later, or by `require`, is a function of its
//! own. A bundle that waits at its top level is a module, without the functions around.

use std::collections::{BTreeSet, HashMap};

use typescript::link::{Statement, StatementKind};

use crate::{
    chosen::{Bundle, Options},
    edits::{Edit, Editor},
    graph::{Graph, Index, Kind, Module},
    live::{Live, closure},
    map::{Lines, Writer},
    names::{HELPERS, Names, is_identifier, quoted},
    order::{self, Step},
};

/// Our own functions.
const TEXTS: &str = include_str!("helpers.js");

/// Puts the text together.
pub(crate) fn bundle(graph: &Graph, live: &Live, options: &Options) -> Bundle {
    let steps = order::steps(graph, live);
    let names = Names::new(graph, live, &steps);
    let is_module = steps.iter().any(|step| match step {
        Step::Body(index) => graph.get(*index).is_some_and(|it| it.unit.awaits),
        Step::Ask(index) => live.is_waiting(*index),
    });
    let editor = Editor { graph, live, names: &names, is_module };
    let emitter = Emitter { graph, live, names: &names, editor, options, out: Writer::new() };
    emitter.bundle(&steps)
}

struct Emitter<'a> {
    graph: &'a Graph,
    live: &'a Live,
    names: &'a Names,
    editor: Editor<'a>,
    options: &'a Options,
    out: Writer,
}

impl Emitter<'_> {
    fn bundle(mut self, steps: &[Step]) -> Bundle {
        let body = self.written(|it| it.everything(steps));
        let is_module = self.editor.is_module;
        let helpers = self.helpers(&body.code);
        if !is_module {
            self.out.add("(function () {\n");
        }
        self.out.add(&helpers);
        self.out.append(&body);
        if !is_module {
            self.out.add("})();\n");
        }
        self.legal();
        let path = |index: &Index| self.graph.get(*index).map(|it| it.path.clone());
        let Writer { code, mappings, sources, .. } = self.out;
        Bundle {
            code,
            mappings,
            sources: sources.iter().filter_map(path).collect(),
            is_module,
            packages: self.graph.packages.clone(),
            read: self
                .graph
                .modules
                .iter()
                .map(|it| it.path.clone())
                .filter(|it| it.is_absolute())
                .collect(),
        }
    }

    /// What is written by `write`, apart.
    fn written(&mut self, write: impl FnOnce(&mut Self)) -> Writer {
        let before = std::mem::replace(&mut self.out, Writer::new());
        write(self);
        std::mem::replace(&mut self.out, before)
    }

    /// Our own functions that the text calls, and those that these call.
    fn helpers(&self, code: &str) -> String {
        let texts: HashMap<&str, &str> = HELPERS
            .iter()
            .filter_map(|name| {
                let start = TEXTS.find(&format!("var {name} ="))?;
                let rest = TEXTS.get(start..)?;
                let end = rest.get(1..)?.find("\nvar ").map_or(rest.len(), |end| end + 2);
                Some((*name, rest.get(..end)?))
            })
            .collect();
        let mut called = BTreeSet::new();
        let mut open: Vec<&'static str> =
            HELPERS.iter().filter(|name| says(code, self.names.helper(name))).copied().collect();
        while let Some(name) = open.pop() {
            if called.insert(name) {
                let text = texts.get(name).copied().unwrap_or_default();
                open.extend(HELPERS.iter().filter(|other| says(text, other)).copied());
            }
        }
        let mut out = String::new();
        for name in called {
            let mut text = texts.get(name).copied().unwrap_or_default().to_owned();
            for other in HELPERS {
                let own = self.names.helper(other);
                if own != other {
                    text = text.replace(other, own);
                }
            }
            out += &text;
        }
        out
    }

    fn everything(&mut self, steps: &[Step]) {
        let graph = self.graph;
        let live = |kind: Kind| {
            let all = graph.modules.iter().enumerate();
            all.filter(move |(_, module)| module.kind == kind)
                .filter(|(index, _)| self.live.is_live(*index))
                .map(|(index, _)| index)
                .collect::<Vec<_>>()
        };
        let (json, common, modules) = (live(Kind::Json), live(Kind::Common), live(Kind::Module));
        for index in json {
            self.json(index);
        }
        self.variables(&common, &modules);
        for index in &common {
            self.common(*index);
        }
        let is_apart = !self.editor.is_module && !common.is_empty();
        if is_apart && !modules.is_empty() {
            self.out.add("(function () {\n");
        }
        if !self.editor.is_module && !modules.is_empty() {
            self.out.add("\"use strict\";\n");
        }
        self.spaces(&modules);
        for index in modules.iter().filter(|it| self.live.is_lazy(**it)) {
            self.lazy(*index);
        }
        for step in steps {
            match step {
                Step::Body(index) => self.body(*index),
                Step::Ask(index) => self.ask(*index, None),
            }
        }
        if is_apart && !modules.is_empty() {
            self.out.add("})();\n");
        }
    }

    /// The variables that files of both kinds see.
    fn variables(&mut self, common: &[Index], modules: &[Index]) {
        let mut names: Vec<&str> = Vec::new();
        for index in common {
            names.extend(self.names.imports(*index).iter().map(|(_, name)| *name));
        }
        for index in modules {
            names.extend(self.names.space(*index));
            names.extend(self.names.run(*index));
        }
        if !names.is_empty() {
            self.out.add(&format!("var {};\n", names.join(", ")));
        }
    }

    fn json(&mut self, index: Index) {
        let (Some(module), Some(name)) = (self.graph.get(index), self.names.run(index)) else {
            return;
        };
        let text = module.text.trim();
        // As a literal it would be the prototype.
        let value = if text.contains("\"__proto__\"") {
            format!("JSON.parse({})", quoted(text))
        } else {
            text.to_owned()
        };
        self.out.add(&format!("var {name} = {value};\n"));
        for (_, import) in self.names.imports(index) {
            let helper = self.names.helper("__import");
            self.out.add(&format!("var {import} = {helper}({name}, true);\n"));
        }
    }

    fn banner(&mut self, module: &Module) {
        let path = module.path.strip_prefix(&self.options.root).unwrap_or(&module.path);
        let shown = path.to_string_lossy().replace(['\\', '\n', '\0'], "/");
        self.out.add(&format!("// {shown}\n"));
    }

    fn common(&mut self, index: Index) {
        let (Some(module), Some(name)) = (self.graph.get(index), self.names.run(index)) else {
            return;
        };
        self.banner(module);
        let helper = self.names.helper("__common");
        self.out.add(&format!("var {name} = {helper}(function (exports, module, require) {{\n"));
        let start = if module.text.starts_with("#!") {
            module.text.find('\n').unwrap_or(module.text.len())
        } else {
            0
        };
        let edits = self.editor.edits(index, module);
        let lines = Lines::of(&module.text);
        self.part(index, module, &lines, &edits, start..module.text.len());
        self.out.add("\n});\n");
    }

    /// The objects with all that modules export.
    fn spaces(&mut self, modules: &[Index]) {
        for index in modules {
            let Some(space) = self.names.space(*index) else { continue };
            let required = self.live.required.get(*index).copied().unwrap_or_default();
            let required = if required { "true" } else { "" };
            self.out.add(&format!("{space} = {}({required});\n", self.names.helper("__space")));
            if !self.live.is_lazy(*index) {
                self.getters(*index, space);
            }
        }
    }

    fn getters(&mut self, index: Index, space: &str) {
        let names = self.graph.export_names(index);
        let getter = |name: &String| {
            let meaning = self.graph.export(index, name);
            let is_there = !matches!(
                meaning,
                crate::exports::Meaning::Missing | crate::exports::Meaning::Ambiguous
            );
            let key = match name.as_str() {
                "__proto__" => "[\"__proto__\"]".to_owned(),
                name if is_identifier(name) => name.to_owned(),
                name => quoted(name),
            };
            let value = self.names.expression(self.graph, self.live, &meaning, index);
            is_there.then(|| format!("  {key}: () => {value},\n"))
        };
        let getters: String = names.iter().filter_map(getter).collect();
        if !getters.is_empty() {
            let helper = self.names.helper("__define");
            self.out.add(&format!("{helper}({space}, {{\n{getters}}});\n"));
        }
    }

    /// A module that runs when it is asked for.
    fn lazy(&mut self, index: Index) {
        let (Some(module), Some(name)) = (self.graph.get(index), self.names.run(index)) else {
            return;
        };
        let waits = self.live.is_waiting(index);
        let (helper, function) =
            if waits { ("__waiting", "async function") } else { ("__lazy", "function") };
        self.banner(module);
        self.out.add(&format!("{name} = {}({function} () {{\n", self.names.helper(helper)));
        if let Some(space) = self.names.space(index) {
            self.getters(index, space);
        }
        for of in order::asked(self.graph, self.live, index) {
            self.ask(of, Some(index));
        }
        self.stars(index);
        self.statements(index, module);
        self.out.add("});\n");
    }

    /// Has a file run that runs when it is asked for.
    fn ask(&mut self, of: Index, by: Option<Index>) {
        let Some(run) = self.names.run(of) else { return };
        match self.graph.kind(of) {
            Kind::Json => {}
            Kind::Common => {
                let imports = self.names.imports(of);
                if imports.is_empty() {
                    self.out.add(&format!("{run}();\n"));
                }
                for (is_node, name) in imports {
                    let helper = self.names.helper("__import");
                    self.out.add(&format!("{name} ||= {helper}({run}(), {is_node});\n"));
                }
            }
            Kind::Module => {
                // Who is waited for by the other one does not wait for it.
                let is_circle = by.is_some_and(|by| closure(self.graph, [of]).contains(&by));
                let wait = if self.live.is_waiting(of) && !is_circle { "await " } else { "" };
                self.out.add(&format!("{wait}{run}();\n"));
            }
        }
    }

    /// Passes on what files export that are no modules.
    fn stars(&mut self, index: Index) {
        let Some(space) = self.names.space(index) else { return };
        for of in self.graph.late(index) {
            if let Some((_, import)) = self.names.imports(of).first() {
                let helper = self.names.helper("__star");
                self.out.add(&format!("{helper}({space}, {import});\n"));
            }
        }
    }

    fn body(&mut self, index: Index) {
        let Some(module) = self.graph.get(index).filter(|_| self.live.is_live(index)) else {
            return;
        };
        self.stars(index);
        let statements = 0..module.unit.statements.len();
        if statements.into_iter().any(|it| self.live.statement(index, it)) {
            self.banner(module);
        }
        self.statements(index, module);
    }

    fn statements(&mut self, index: Index, module: &Module) {
        let edits = self.editor.edits(index, module);
        let lines = Lines::of(&module.text);
        for (number, statement) in module.unit.statements.iter().enumerate() {
            if self.live.statement(index, number) {
                self.statement(index, module, &lines, &edits, statement);
            }
        }
    }

    fn statement(
        &mut self,
        index: Index,
        module: &Module,
        lines: &Lines,
        edits: &[Edit],
        statement: &Statement,
    ) {
        let range = statement.range.clone();
        let name =
            statement.declares.first().map(|it| self.names.local(module, index, *it).to_owned());
        let name = name.unwrap_or_default();
        let is_ended = module.text.get(range.clone()).is_some_and(|it| it.ends_with(';'));
        let end = |needs: bool| if needs && !is_ended { ";\n" } else { "\n" };
        match statement.kind {
            StatementKind::Linkage => {}
            StatementKind::Plain { needs_semicolon } => {
                self.part(index, module, lines, edits, range);
                self.out.add(end(needs_semicolon));
            }
            StatementKind::Exported { at, needs_semicolon } => {
                self.part(index, module, lines, edits, at..range.end);
                self.out.add(end(needs_semicolon));
            }
            StatementKind::Class { at, has_name } => {
                self.part(index, module, lines, edits, at..range.end);
                self.out.add("\n");
                let own = statement.declares.first().and_then(|it| module.unit.names.get(*it));
                if let Some(own) = own.filter(|own| own.text != name && !has_name) {
                    // It keeps the name that it was written with.
                    self.out.add(&format!(
                        "Object.defineProperty({name}, \"name\", {{ value: {}, configurable: true }});\n",
                        quoted(&own.text)
                    ));
                }
            }
            StatementKind::Default { at } => {
                self.out.add(&format!("const {name} = "));
                self.part(index, module, lines, edits, at..range.end);
                self.out.add(end(true));
            }
            StatementKind::DefaultFunction { at, name_at } => {
                self.part(index, module, lines, edits, at..name_at);
                self.out.add(&format!(" {name}"));
                self.part(index, module, lines, edits, name_at..range.end);
                self.out.add("\n");
            }
        }
    }

    /// A part of a file, with its edits.
    fn part(
        &mut self,
        index: Index,
        module: &Module,
        lines: &Lines,
        edits: &[Edit],
        range: std::ops::Range<usize>,
    ) {
        let text = &module.text;
        if text.is_empty() {
            return;
        }
        let source = self.out.source(index);
        let mut at = range.start;
        let first = edits.partition_point(|edit| edit.range.start < range.start);
        for edit in edits.get(first..).unwrap_or_default() {
            if edit.range.start < at {
                continue;
            }
            if edit.range.start >= range.end {
                break;
            }
            let kept = text.get(at..edit.range.start).unwrap_or_default();
            self.out.keep(kept, source, lines.place(text, at));
            self.out.add_for(&edit.text, source, lines.place(text, edit.range.start));
            at = edit.range.end;
        }
        let kept = text.get(at..range.end).unwrap_or_default();
        self.out.keep(kept, source, lines.place(text, at));
    }

    /// The comments that tell a licence.
    fn legal(&mut self) {
        let mut seen = BTreeSet::new();
        let mut out = String::new();
        for (index, module) in self.graph.modules.iter().enumerate() {
            if !self.live.is_live(index) || module.kind != Kind::Module {
                continue;
            }
            for range in &module.unit.legal {
                let comment = module.text.get(range.clone()).unwrap_or_default();
                if seen.insert(comment.to_owned()) {
                    out += comment;
                    out.push('\n');
                }
            }
        }
        self.out.add(&out);
    }
}

/// Whether a text has a name in it.
fn says(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$');
        let behind = text.get(at + name.len()..).and_then(|rest| rest.chars().next());
        let before = text.get(..at).and_then(|rest| rest.chars().next_back());
        !behind.is_some_and(part) && !before.is_some_and(part)
    })
}
