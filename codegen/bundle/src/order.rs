//! In which order the files run: what a file imports before the file, as the language has it.

use std::collections::HashSet;

use crate::{
    graph::{Graph, Index, Kind},
    live::Live,
};

/// Something that happens when the bundle begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The statements of a module.
    Body(Index),
    /// A file that runs when it is asked for is asked for.
    Ask(Index),
}

/// What happens at once, in order.
pub(crate) fn steps(graph: &Graph, live: &Live) -> Vec<Step> {
    let mut walk = Walk { graph, live, seen: HashSet::new(), steps: Vec::new() };
    walk.visit(0);
    walk.steps
}

/// The files that a module asks for before it runs: in the place of those of which nothing is left, what
/// they ask for.
pub(crate) fn asked(graph: &Graph, live: &Live, module: Index) -> Vec<Index> {
    let mut found = Vec::new();
    flatten(graph, live, module, &mut HashSet::from([module]), &mut found);
    found
}

fn flatten(
    graph: &Graph,
    live: &Live,
    module: Index,
    seen: &mut HashSet<Index>,
    found: &mut Vec<Index>,
) {
    let Some(of) = graph.get(module) else { return };
    for target in of.imports().filter_map(|request| graph.target(module, request)) {
        if live.is_live(target) {
            if !found.contains(&target) {
                found.push(target);
            }
        } else if graph.kind(target) == Kind::Module && seen.insert(target) {
            flatten(graph, live, target, seen, found);
        }
    }
}

struct Walk<'a> {
    graph: &'a Graph,
    live: &'a Live,
    seen: HashSet<Index>,
    steps: Vec<Step>,
}

impl Walk<'_> {
    fn visit(&mut self, module: Index) {
        if !self.seen.insert(module) {
            return;
        }
        match self.graph.kind(module) {
            Kind::Json => {}
            Kind::Module if !self.live.is_lazy(module) => {
                for target in asked(self.graph, self.live, module) {
                    self.visit(target);
                }
                self.steps.push(Step::Body(module));
            }
            Kind::Module | Kind::Common => self.steps.push(Step::Ask(module)),
        }
    }
}
