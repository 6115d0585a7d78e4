//! Names in a place, to the declarations that they mean, and back.

use std::{collections::HashSet, rc::Rc};

use typescript::{
    Cut as _,
    syntax::{EntityName, Exported, Imported, Item, ItemKind, Name, NamespaceName},
};

use super::{
    Checker,
    scope::{Decl, Place},
};
use crate::program::DeclId;

impl<'p> Checker<'p> {
    pub(super) fn global(&self, name: &str) -> Option<Decl<'p>> {
        self.program
            .global(name)
            .iter()
            .filter_map(|&id| self.decl(id))
            .find(|decl| is_type(decl.item))
    }

    /// The declaration of a type by its name.
    pub(crate) fn find(&self, name: &EntityName, place: &Place<'p>) -> Option<Decl<'p>> {
        let first = name.first();
        if let [_] = name.parts.as_slice() {
            return self.candidates(first, place).into_iter().find(|decl| is_type(decl.item));
        }
        let mut scopes = self.candidates(first, place);
        let rest = name.parts.cut(1..);
        if let ("globalThis", [name]) = (first, rest) {
            let global = self.global(&name.text);
            return global.or_else(|| {
                self.augmented(&name.text).into_iter().find(|decl| is_type(decl.item))
            });
        }
        scopes.retain(|decl| matches!(decl.item.kind, ItemKind::Namespace(_)));
        if scopes.is_empty()
            && let Some(mut file) = self.program.namespace(place.file, first)
        {
            let mut rest = rest;
            while let [name, _, ..] = rest
                && let Some(next) = self.program.namespace_in(file, &name.text)
            {
                file = next;
                rest = rest.cut(1..);
            }
            let outer = rest.first()?;
            let found = self.program.exported(file, &outer.text);
            let found = found.into_iter().filter_map(|id| self.decl(id)).collect();
            return follow(found, rest.cut(1..));
        }
        follow(scopes, rest).or_else(|| {
            let mut scopes = self.augmented(first);
            scopes.retain(|decl| matches!(decl.item.kind, ItemKind::Namespace(_)));
            follow(scopes, rest)
        })
    }

    /// The declarations that merge with one, itself first.
    pub(super) fn merged(&self, decl: &Decl<'p>) -> Vec<Decl<'p>> {
        let mut all = vec![decl.clone()];
        if decl.name().is_empty() {
            return all;
        }
        let found = self.candidates(decl.name(), &decl.place).into_iter();
        all.extend(found.filter(|found| {
            !std::ptr::eq(found.item, decl.item)
                && matches!(found.item.kind, ItemKind::Interface(_) | ItemKind::Class(_))
                && std::mem::discriminant(&found.item.kind)
                    == std::mem::discriminant(&decl.item.kind)
        }));
        all
    }

    /// What `decl` is called where nothing else may be meant: with its namespaces and its module.
    pub(crate) fn qualified(&self, decl: &Decl<'p>) -> String {
        let source = self.program.source(decl.place.file);
        let module = source
            .outline
            .is_module
            .then(|| format!("import(\"{}\")", without_extension(&source.path)));
        let namespaces = decl.place.namespaces.iter().map(|(name, _)| *name);
        let names = namespaces.chain([decl.name()]).filter(|name| !name.is_empty());
        let parts: Vec<&str> = module.as_deref().into_iter().chain(names).collect();
        parts.join(".")
    }

    /// What `decl` is called in `place`: its name with the namespaces and imports that lead to it.
    pub(crate) fn accessible(&self, decl: &Decl<'p>, place: &Place<'p>) -> Option<String> {
        let is_it = |found: &Decl<'p>| std::ptr::eq(found.item, decl.item);
        let name = decl.name();
        let here = self.candidates(name, place);
        let is_near = here.iter().any(is_it);
        let is_imported = is_near && decl.place.file != place.file;
        if is_near && (!is_imported || !self.program.source(decl.place.file).outline.is_module) {
            return Some(name.to_owned());
        }
        let links = self.program.source(place.file).links();
        let outer = decl.place.namespaces.first().map_or(name, |(name, _)| name);
        let mut path: Vec<&str> = decl
            .place
            .namespaces
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !name.is_empty())
            .collect();
        path.push(name);
        let leads = |ids: Vec<DeclId>| {
            let decls = ids.into_iter().filter_map(|id| self.decl(id)).collect::<Vec<_>>();
            decls.iter().any(is_it)
                || decls.iter().any(|found| {
                    found.place.file == decl.place.file && path.len() > 1 && found.name() == outer
                })
        };
        let root = path.first().copied().unwrap_or(name);
        for local in &links.order {
            let Some((from, imported)) = links.imports.get(local) else { continue };
            let Some(file) = self.program.import(place.file, from) else { continue };
            let rest = match imported {
                Imported::Named(name) if leads(self.program.exported(file, name)) => path.cut(1..),
                Imported::Everything if leads(self.program.exported(file, root)) => &path[..],
                _ => continue,
            };
            let parts: Vec<&str> =
                std::iter::once(local.as_str()).chain(rest.iter().copied()).collect();
            return Some(parts.join("."));
        }
        if is_near {
            return Some(name.to_owned());
        }
        if let Some(names) = self.exported_as(place.file, &path, &leads, &mut HashSet::new()) {
            return Some(names.join("."));
        }
        let known = self.candidates(root, place);
        let is_near = path.len() > 1
            && known.iter().any(|found| matches!(found.item.kind, ItemKind::Namespace(_)));
        is_near.then(|| path.join("."))
    }

    /// The names that lead from `file` through its `export * as name` to what `path` names in the
    /// file that declares it. `leads` says whether declarations are those.
    fn exported_as(
        &self,
        file: usize,
        path: &[&'p str],
        leads: &dyn Fn(Vec<DeclId>) -> bool,
        visited: &mut HashSet<usize>,
    ) -> Option<Vec<&'p str>> {
        if !visited.insert(file) {
            return None;
        }
        for export in &self.program.source(file).links().exports {
            let Exported::Namespace(name) = &export.what else { continue };
            let from = export.from.as_ref()?;
            let Some(target) = self.program.import(file, &from.text) else { continue };
            if leads(self.program.exported(target, path.first()?)) {
                return Some([&[name.text.as_str()], path].concat());
            }
            if let Some(rest) = self.exported_as(target, path, leads, visited) {
                return Some([&[name.text.as_str()], rest.as_slice()].concat());
            }
        }
        None
    }

    pub(super) fn candidates(&self, name: &str, place: &Place<'p>) -> Vec<Decl<'p>> {
        for (depth, (_, items)) in place.namespaces.iter().enumerate().rev() {
            let namespaces = Rc::new(place.namespaces.cut(..=depth).to_vec());
            let found = among(items, name, place, &namespaces);
            if !found.is_empty() {
                return found;
            }
        }
        let found: Vec<Decl<'p>> = self
            .program
            .named(place.file, name)
            .into_iter()
            .filter_map(|id| self.decl(id))
            .collect();
        if found.is_empty() { self.augmented(name) } else { found }
    }

    /// The declarations of `name` in `declare global` blocks.
    fn augmented(&self, name: &str) -> Vec<Decl<'p>> {
        let mut found = Vec::new();
        for id in self.program.augmentations(name) {
            let Some(ItemKind::Namespace(module)) = self.program.item(id).map(|item| &item.kind)
            else {
                continue;
            };
            let place = self.place(id);
            let mut globals: Vec<&'p [Item]> = Vec::new();
            match module.name {
                NamespaceName::Global => globals.push(&module.items),
                _ => globals.extend(module.items.iter().filter_map(global_block)),
            }
            for items in globals {
                found.extend(among(items, name, &place, &Rc::new(vec![("", items)])));
            }
        }
        found
    }
}

/// The type that the names in `parts` lead to, from one of the declarations in `scopes`.
pub(super) fn follow<'p>(mut scopes: Vec<Decl<'p>>, parts: &[Name]) -> Option<Decl<'p>> {
    for part in parts {
        scopes = scopes.iter().flat_map(|decl| inside(decl, &part.text)).collect();
    }
    scopes.into_iter().find(|decl| is_type(decl.item))
}

pub(super) fn inside<'p>(decl: &Decl<'p>, name: &str) -> Vec<Decl<'p>> {
    let ItemKind::Namespace(namespace) = &decl.item.kind else { return Vec::new() };
    let mut namespaces = (*decl.place.namespaces).clone();
    namespaces.push((decl.name(), &namespace.items));
    among(&namespace.items, name, &decl.place, &Rc::new(namespaces))
}

fn global_block(item: &Item) -> Option<&[Item]> {
    match &item.kind {
        ItemKind::Namespace(inner) if inner.name == NamespaceName::Global => Some(&inner.items),
        _ => None,
    }
}

pub(super) fn among<'p>(
    items: &'p [Item],
    name: &str,
    place: &Place<'p>,
    namespaces: &Rc<Vec<(&'p str, &'p [Item])>>,
) -> Vec<Decl<'p>> {
    let place = Place { namespaces: Rc::clone(namespaces), ..place.clone() };
    let is_it = |item: &&Item| match &item.kind {
        ItemKind::Namespace(namespace) => {
            matches!(&namespace.name, NamespaceName::Ident(found) if found.text == name)
        }
        _ => item.name().is_some_and(|found| found.text == name),
    };
    items.iter().filter(is_it).map(|item| Decl { item, place: place.clone() }).collect()
}

fn is_type(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::Interface(_) | ItemKind::Alias(_) | ItemKind::Enum(_) | ItemKind::Class(_)
    )
}

/// A path as TypeScript names the module in it.
pub(super) fn without_extension(path: &str) -> &str {
    [".d.ts", ".tsx", ".ts"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}
