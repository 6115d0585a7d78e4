//! Which declaration a name means: scopes are filled while the text is walked, and asked when it is known.

use std::collections::{HashMap, HashSet};

use swc_atoms::Atom;

/// The scopes of a file, the first of which is its top level.
pub(super) struct Scopes {
    all: Vec<Scope>,
    current: usize,
}

struct Scope {
    parent: usize,
    /// Whether `var` ends here.
    is_function: bool,
    names: HashSet<Atom>,
}

/// What a name means.
pub(super) enum Meaning {
    /// The name of the top level.
    Top(usize),
    Inner,
    Outer,
}

/// The names of the top level.
pub(super) type Top = HashMap<Atom, usize>;

impl Scopes {
    pub(super) fn new() -> Self {
        Self {
            all: vec![Scope { parent: 0, is_function: true, names: HashSet::new() }],
            current: 0,
        }
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    pub(super) fn enter(&mut self, is_function: bool) {
        self.all.push(Scope { parent: self.current, is_function, names: HashSet::new() });
        self.current = self.all.len() - 1;
    }

    pub(super) fn leave(&mut self) {
        self.current = self.all.get(self.current).map_or(0, |scope| scope.parent);
    }

    /// Declares a name where the text is; true where that is the top level.
    pub(super) fn declare(&mut self, name: &Atom, is_var: bool) -> bool {
        let mut at = self.current;
        while is_var
            && let Some(scope) = self.all.get(at)
            && !scope.is_function
        {
            at = scope.parent;
        }
        if at > 0
            && let Some(scope) = self.all.get_mut(at)
        {
            scope.names.insert(name.clone());
        }
        at == 0
    }

    pub(super) fn meaning(&self, name: &Atom, mut scope: usize, top: &Top) -> Meaning {
        while let Some(here) = self.all.get(scope).filter(|_| scope > 0) {
            if here.names.contains(name) {
                return Meaning::Inner;
            }
            scope = here.parent;
        }
        top.get(name).map_or(Meaning::Outer, |index| Meaning::Top(*index))
    }

    /// What is declared below the top level.
    pub(super) fn inner(&self) -> HashSet<String> {
        self.all.iter().flat_map(|scope| &scope.names).map(ToString::to_string).collect()
    }
}
