//! What the names in a type mean: the plugin's own declarations, also those within namespaces.

use typescript::{
    Cut as _,
    syntax::{Item, ItemKind, Module, NamespaceName, TypeExpr, TypeParam},
};

use super::Collector;
use crate::{
    clean::facts::{Id, Text},
    program::DeclId,
};
use std::rc::Rc;

/// Where a piece of syntax is read.
#[derive(Clone)]
pub(super) struct Place<'p> {
    /// The declaration that it belongs to.
    pub(super) id: Id,
    pub(super) module: &'p Module,
    /// The type parameters around it, the innermost last.
    params: Vec<Bound<'p>>,
}

/// A type parameter, and what it stands for where that is known.
#[derive(Clone)]
struct Bound<'p> {
    param: &'p TypeParam,
    argument: Option<Argument<'p>>,
}

/// What a type parameter stands for.
#[derive(Clone)]
pub(super) struct Argument<'p> {
    /// As shown.
    pub(super) text: Text,
    /// As written, and where.
    pub(super) ty: &'p TypeExpr,
    pub(super) place: Rc<Place<'p>>,
}

impl<'p> Place<'p> {
    /// This place within a declaration with these type parameters.
    pub(super) fn with(&self, params: &'p [TypeParam]) -> Self {
        self.bound(params, Vec::new())
    }

    /// [`Place::with`], where the type parameters stand for `args`.
    pub(super) fn bound(&self, params: &'p [TypeParam], args: Vec<Argument<'p>>) -> Self {
        let mut place = self.clone();
        let mut args = args.into_iter();
        place.params.extend(params.iter().map(|param| Bound { param, argument: args.next() }));
        place
    }

    fn param(&self, name: &str) -> Option<&Bound<'p>> {
        self.params.iter().rev().find(|bound| bound.param.name.text == name)
    }

    /// Whether `name` is a type parameter here.
    pub(super) fn is_param(&self, name: &str) -> bool {
        self.param(name).is_some()
    }

    /// What the type parameter `name` stands for, where that is known.
    pub(super) fn argument(&self, name: &str) -> Option<&Argument<'p>> {
        self.param(name)?.argument.as_ref()
    }

    /// What the type parameter `name` extends, where it stands for nothing yet.
    pub(super) fn constraint(&self, name: &str) -> Option<&'p TypeExpr> {
        let bound = self.param(name).filter(|bound| bound.argument.is_none())?;
        bound.param.constraint.as_ref()
    }
}

impl<'p> Collector<'p> {
    pub(super) fn place(&self, id: Id) -> Place<'p> {
        Place { id, module: self.program.module(id.decl), params: Vec::new() }
    }

    pub(super) fn item(&self, id: Id) -> Option<&'p Item> {
        let item = self.program.item(id.decl)?;
        if id.inner == 0 { Some(item) } else { nested(item, id.inner) }
    }

    /// The types that the plugin itself declares under a name with dots, as it is called in `place`,
    /// and how many parts of the name lead there.
    pub(super) fn types(&self, place: &Place<'p>, parts: &[&str]) -> (Vec<Id>, usize) {
        let (mut found, used) = self.declared(place, parts);
        found.retain(|&id| self.is_own_type(id));
        (found, used)
    }

    /// As [`Collector::types`], of a name behind `typeof`.
    pub(super) fn values(&self, place: &Place<'p>, parts: &[&str]) -> (Vec<Id>, usize) {
        let (mut found, used) = self.declared(place, parts);
        found.retain(|&id| {
            let is_value = self.item(id).is_some_and(|item| {
                matches!(
                    item.kind,
                    ItemKind::Variable(_)
                        | ItemKind::Function(_)
                        | ItemKind::Class(_)
                        | ItemKind::Enum(_)
                )
            });
            is_value && self.is_own(id)
        });
        (found, used)
    }

    /// What a name with dots means.
    fn declared(&self, place: &Place<'p>, parts: &[&str]) -> (Vec<Id>, usize) {
        let Some((first, mut rest)) = parts.split_first() else { return (Vec::new(), 0) };
        let file = place.id.decl.file;
        let mut found = self.lookup(place, first);
        if found.is_empty()
            && let Some(mut target) = self.program.namespace(file, first)
        {
            while let [second, _, ..] = rest
                && let Some(next) = self.program.namespace_in(target, second)
            {
                target = next;
                rest = rest.cut(1..);
            }
            let [second, more @ ..] = rest else { return (Vec::new(), 0) };
            found = whole(self.program.exported(target, second));
            rest = more;
        }
        while let [part, more @ ..] = rest {
            let inner: Vec<Id> = found.iter().flat_map(|&id| self.inside(id, part)).collect();
            if inner.is_empty() {
                break;
            }
            found = inner;
            rest = more;
        }
        (found, parts.len() - rest.len())
    }

    /// The types that `import('from').parts` means.
    pub(super) fn imported_types(
        &self,
        place: &Place<'p>,
        from: &str,
        parts: &[&str],
    ) -> (Vec<Id>, usize) {
        let target = self.program.import(place.id.decl.file, from);
        let (Some(target), Some((first, rest))) = (target, parts.split_first()) else {
            return (Vec::new(), 0);
        };
        let mut found = whole(self.program.exported(target, first));
        let mut used = 1;
        for part in rest {
            let inner: Vec<Id> = found.iter().flat_map(|&id| self.inside(id, part)).collect();
            if inner.is_empty() {
                break;
            }
            found = inner;
            used += 1;
        }
        found.retain(|&id| self.is_own_type(id));
        (found, used)
    }

    /// Every declaration of `name`: of the namespaces around, of the file, imported, global.
    fn lookup(&self, place: &Place<'p>, name: &str) -> Vec<Id> {
        let id = place.id;
        if let Some(item) = self.program.item(id.decl).filter(|_| id.inner > 0) {
            for around in enclosing(item, id.inner).into_iter().rev() {
                let found = among(around, id.decl, name);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let found = whole(self.program.named(id.decl.file, name));
        if !found.is_empty() {
            return found;
        }
        let blocks = self.program.augmentations(name);
        let blocks = blocks.into_iter().filter_map(|decl| Some((decl, self.program.item(decl)?)));
        blocks.flat_map(|(decl, item)| in_global_blocks(item, decl, name)).collect()
    }

    fn inside(&self, id: Id, name: &str) -> Vec<Id> {
        match self.item(id).map(|item| &item.kind) {
            Some(ItemKind::Namespace(namespace)) => among(&namespace.items, id.decl, name),
            _ => Vec::new(),
        }
    }

    /// Whether it is a type, and none of a library.
    fn is_own_type(&self, id: Id) -> bool {
        self.is_own(id) && self.item(id).is_some_and(is_type)
    }

    /// Whether it is none of a library.
    fn is_own(&self, id: Id) -> bool {
        let path = &self.program.source(id.decl.file).path;
        let library =
            path.contains("/typescript/lib/lib.") || path.contains("/node_modules/@types/");
        !library
    }
}

fn whole(ids: Vec<DeclId>) -> Vec<Id> {
    ids.into_iter().map(Id::from).collect()
}

pub(super) fn is_type(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::Interface(_) | ItemKind::Alias(_) | ItemKind::Enum(_) | ItemKind::Class(_)
    )
}

fn items(item: &Item) -> &[Item] {
    match &item.kind {
        ItemKind::Namespace(namespace) => &namespace.items,
        _ => &[],
    }
}

/// The declarations of `name` in a block of the statement `decl`.
fn among(items: &[Item], decl: DeclId, name: &str) -> Vec<Id> {
    let found = items.iter().filter(|item| item.name().is_some_and(|found| found.text == name));
    found.map(|item| Id { decl, inner: item.span.offset() }).collect()
}

fn in_global_blocks(item: &Item, decl: DeclId, name: &str) -> Vec<Id> {
    match &item.kind {
        ItemKind::Namespace(block) if block.name == NamespaceName::Global => {
            among(&block.items, decl, name)
        }
        _ => items(item).iter().flat_map(|item| in_global_blocks(item, decl, name)).collect(),
    }
}

/// The declaration within `item` that starts at `offset`.
fn nested(item: &Item, offset: usize) -> Option<&Item> {
    let inner = items(item).iter().find(|inner| {
        let start = inner.span.offset();
        (start..start + inner.span.len()).contains(&offset)
    })?;
    if inner.span.offset() == offset { Some(inner) } else { nested(inner, offset) }
}

/// The statements of each namespace around `offset`, the innermost last.
fn enclosing(item: &Item, offset: usize) -> Vec<&[Item]> {
    let mut all = Vec::new();
    let mut next = Some(item);
    while let Some(item) = next {
        let inner = items(item);
        if inner.is_empty() {
            break;
        }
        all.push(inner);
        next = inner.iter().find(|inner| {
            let start = inner.span.offset();
            start <= offset && offset < start + inner.span.len() && start != offset
        });
    }
    all
}
