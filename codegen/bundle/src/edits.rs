//! What changes in the text of a file.

use std::ops::Range;

use typescript::link::{Request, RequestKind, Role, Shape, Use};

use crate::{
    exports::Meaning,
    graph::{Graph, Index, Kind, Module, Target},
    live::Live,
    names::{Names, quoted},
};

/// A text in the place of a part of a file.
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// What the edits are made by.
pub(crate) struct Editor<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) live: &'a Live,
    pub(crate) names: &'a Names,
    /// Whether the bundle is a module, which has its own `import.meta`.
    pub(crate) is_module: bool,
}

impl Editor<'_> {
    /// The edits of a file, in the order of its text.
    pub(crate) fn edits(&self, index: Index, module: &Module) -> Vec<Edit> {
        let unit = &module.unit;
        let mut edits: Vec<Edit> = unit
            .known
            .iter()
            .map(|(range, text)| Edit { range: range.clone(), text: text.clone() })
            .collect();
        if module.kind == Kind::Module {
            edits.extend(unit.uses.iter().filter_map(|it| self.used(index, module, it)));
        }
        if !self.is_module {
            edits.extend(unit.metas.iter().map(|range| Edit {
                range: range.clone(),
                text: self.names.helper("__meta").to_owned(),
            }));
        }
        let requests = unit.requests.iter().zip(&module.targets);
        edits.extend(requests.filter_map(|(it, target)| self.asked(module, it, target)));
        // A line may not end where one ended only in a comment.
        edits.extend(unit.comments.iter().map(|range| {
            let comment = module.text.get(range.clone()).unwrap_or_default();
            let text = if comment.contains('\n') { "\n" } else { " " };
            Edit { range: range.clone(), text: text.to_owned() }
        }));
        edits.sort_by_key(|edit| edit.range.start);
        edits
    }

    /// What a name becomes where it is used.
    fn used(&self, index: Index, module: &Module, it: &Use) -> Option<Edit> {
        let meaning = match &it.shape {
            Shape::Property { property, .. } => self.graph.property(index, it.name, property),
            _ => self.graph.meaning(index, it.name),
        };
        let name = module.unit.names.get(it.name)?;
        let expression = self.names.expression(self.graph, self.live, &meaning, index);
        let is_own = matches!(meaning, Meaning::Local { module, .. } if module == index);
        if is_own && expression == name.text || it.role == Role::Declare && !is_own {
            return None;
        }
        let is_called = matches!(it.shape, Shape::Callee | Shape::Property { is_callee: true, .. });
        let text = if is_called && expression.contains(['.', '[']) {
            format!("(0, {expression})")
        } else if it.shape == Shape::Shorthand {
            format!("{}: {expression}", name.text)
        } else {
            expression
        };
        Some(Edit { range: it.range.clone(), text })
    }

    /// What stands for a call that asks for a file.
    fn asked(&self, module: &Module, request: &Request, target: &Target) -> Option<Edit> {
        let (range, is_dynamic) = match &request.kind {
            RequestKind::Static => return None,
            RequestKind::Dynamic(call) => (call.clone(), true),
            RequestKind::Require { call, .. } => (call.clone(), false),
        };
        let Target::Module(of) = target else {
            let missing = self.names.helper("__missing");
            return Some(Edit { range, text: format!("{missing}({})", quoted(&request.source)) });
        };
        let text = if is_dynamic { self.later(module, *of)? } else { self.now(*of)? };
        Some(Edit { range, text })
    }

    fn now(&self, of: Index) -> Option<String> {
        let run = self.names.run(of);
        Some(match self.graph.kind(of) {
            Kind::Json => run?.to_owned(),
            Kind::Common => format!("{}()", run?),
            Kind::Module => format!("({}(), {})", run?, self.names.space(of)?),
        })
    }

    fn later(&self, module: &Module, of: Index) -> Option<String> {
        let later = self.names.helper("__later");
        let import = self.names.helper("__import");
        let run = self.names.run(of);
        Some(match self.graph.kind(of) {
            Kind::Json => format!("{later}(() => {import}({}, true))", run?),
            Kind::Common => format!("{later}(() => {import}({}(), {}))", run?, module.is_node),
            Kind::Module => {
                let space = self.names.space(of)?;
                match run {
                    None => format!("{later}(() => {space})"),
                    Some(run) if self.live.is_waiting(of) => {
                        format!("{later}({run}).then(() => {space})")
                    }
                    Some(run) => format!("{later}(() => ({run}(), {space}))"),
                }
            }
        })
    }
}
