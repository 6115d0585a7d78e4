//! What stands behind the names of types: members of interfaces and their bases, targets of aliases,
//! what `Omit` and its like make of a type.

use std::rc::Rc;

use typescript::syntax::{ItemKind, Keyword, Literal, TypeExpr};

use super::{
    names::{Found, Key},
    reach::Declarations,
    types::{Kept, Named, Object, Prop, Scope, Ty},
};

/// How many names are followed from one to the next.
pub(super) const DEEPEST: usize = 24;

impl<'m> Declarations<'m> {
    /// The scope in which a declaration is written.
    pub(super) fn scope(&self, key: &Key, found: Found<'m>) -> Scope<'m> {
        let around = key.path.split_last().map_or(&[][..], |(_, around)| around).to_vec();
        let owner = self.called.get(key).map_or("", String::as_str);
        let (file, module, owner) = (key.file, found.module, Rc::from(owner));
        let (params, takes, this) = (Vec::new(), &[][..], None);
        Scope { file, module, around, owner, params, takes, this, level: 0, depth: 0 }
    }

    /// A type without the names in front of it.
    pub(super) fn open(&self, ty: &Ty<'m>) -> Ty<'m> {
        self.open_at(ty, 0)
    }

    pub(super) fn open_at(&self, ty: &Ty<'m>, depth: usize) -> Ty<'m> {
        if depth > DEEPEST {
            return ty.clone();
        }
        let opened = match ty {
            Ty::Named(named) => self.target(named, depth),
            Ty::KeyOf(ty) => self.key_of(ty, depth),
            Ty::Indexed(pair) => self.indexed(&pair.0, &pair.1, depth),
            Ty::Mapped(each) => self.each(each, depth),
            Ty::Template { texts, types } => self.texts(texts, types, depth),
            Ty::Intersection(parts) => return self.intersection(parts, depth),
            _ => None,
        };
        opened.map_or_else(|| ty.clone(), |opened| self.open_at(&opened, depth + 1))
    }

    /// The next type behind a name.
    fn target(&self, named: &Named<'m>, depth: usize) -> Option<Ty<'m>> {
        let Some(key) = &named.key else {
            return self.utility(&named.id, &named.args, depth);
        };
        if named.of_value {
            return self.value_at(key, named.member.as_deref(), depth);
        }
        if named.member.is_some() {
            return None;
        }
        let found = *self.names.found(key).iter().find(|found| is_type(found))?;
        match &found.item.kind {
            ItemKind::Alias(alias) => {
                let scope = self.scope(key, found).with(self, &alias.type_params, &named.args);
                Some(self.read(&alias.ty, &scope))
            }
            ItemKind::Interface(_) | ItemKind::Class(_) => {
                let mut object = self.members(key, &named.args, depth);
                // An instance has no constructor.
                if matches!(found.item.kind, ItemKind::Class(_)) {
                    object.constructs.clear();
                    object.members.retain(|prop| !is_static(prop));
                }
                Some(Ty::Object(Rc::new(object)))
            }
            _ => None,
        }
    }

    /// What all declarations of an interface or class have, and their bases.
    pub(super) fn members(&self, key: &Key, args: &[Ty<'m>], depth: usize) -> Object<'m> {
        let mut object = Object::default();
        let mut bases: Vec<(&'m TypeExpr, Scope<'m>)> = Vec::new();
        for found in self.names.found(key) {
            let scope = self.scope(key, *found);
            match &found.item.kind {
                ItemKind::Interface(item) => {
                    let scope = self.inside(key, &scope, &item.type_params, args);
                    add(&mut object, self.object(&item.members, &scope, false));
                    bases.extend(item.extends.iter().map(|base| (base, scope.clone())));
                }
                ItemKind::Class(item) => {
                    let scope = self.inside(key, &scope, &item.type_params, args);
                    add(&mut object, self.object(&item.members, &scope, false));
                    add(&mut object, self.object(&item.statics, &scope, true));
                    bases.extend(item.extends.iter().map(|base| (base, scope.clone())));
                }
                _ => {}
            }
        }
        for (base, scope) in bases {
            let base = self.read(base, &scope);
            match self.open_at(&base, depth + 1) {
                Ty::Object(more) => inherit(&mut object, &more),
                _ => object.unknown.push(base),
            }
        }
        object
    }

    /// The type of a value, or of what stands below it.
    fn value_at(&self, key: &Key, rest: Option<&str>, depth: usize) -> Option<Ty<'m>> {
        let found = self.names.found(key);
        let mut calls = Vec::new();
        let mut ty = None;
        for found in found {
            let scope = self.scope(key, *found);
            match &found.item.kind {
                ItemKind::Variable(item) => {
                    let kept = if item.constant { Kept::Top } else { Kept::Never };
                    let read = || item.initializer.as_ref().map(|it| self.value(it, &scope, kept));
                    ty = item.ty.as_ref().map(|ty| self.read(ty, &scope)).or_else(read);
                }
                ItemKind::Function(item) => {
                    calls.push(Rc::new(self.call(&item.signature, &scope)));
                }
                ItemKind::Class(item) => {
                    ty = Some(Ty::Object(Rc::new(self.class_itself(key, *found, item))));
                }
                _ => {}
            }
        }
        if !calls.is_empty() {
            ty = Some(Ty::Object(Rc::new(Object { calls, ..Object::default() })));
        }
        let parts = rest.map(|rest| rest.split('.')).into_iter().flatten();
        parts.fold(ty, |ty, part| {
            let key = Ty::Literal(Literal::String(part.to_owned()));
            self.indexed(&ty?, &key, depth + 1)
        })
    }

    fn key_of(&self, ty: &Ty<'m>, depth: usize) -> Option<Ty<'m>> {
        let Ty::Object(object) = self.open_at(ty, depth + 1) else { return None };
        if !object.unknown.is_empty() || !object.indexes.is_empty() {
            return None;
        }
        let names = object.members.iter();
        let names = names.map(|prop| Ty::Literal(Literal::String(prop.name.clone())));
        Some(Ty::Union(names.collect()))
    }

    fn indexed(&self, object: &Ty<'m>, index: &Ty<'m>, depth: usize) -> Option<Ty<'m>> {
        let object = match self.open_at(object, depth + 1) {
            Ty::Array { element, .. } => return Some((*element).clone()),
            Ty::Tuple { elements, .. } => {
                let types = elements.iter().map(|element| element.ty.clone());
                return Some(Ty::Union(types.collect()));
            }
            Ty::Object(object) => object,
            _ => return None,
        };
        let names = self.literals(index, depth + 1)?;
        let mut types = Vec::new();
        for name in names {
            let found = object.members.iter().filter(|prop| prop.name == name);
            let before = types.len();
            types.extend(found.map(|prop| prop.ty.clone()));
            if types.len() == before {
                types.push(object.indexes.first()?.1.clone());
            }
        }
        Some(if let [only] = types.as_slice() { only.clone() } else { Ty::Union(types.into()) })
    }

    fn intersection(&self, parts: &[Ty<'m>], depth: usize) -> Ty<'m> {
        let opened: Vec<_> = parts.iter().map(|part| self.open_at(part, depth + 1)).collect();
        let mut all = Object::default();
        for part in &opened {
            let Ty::Object(object) = part else { return Ty::Intersection(parts.into()) };
            inherit(&mut all, object);
        }
        Ty::Object(Rc::new(all))
    }

    /// The names that a type of names stands for.
    pub(super) fn literals(&self, ty: &Ty<'m>, depth: usize) -> Option<Vec<String>> {
        if depth > DEEPEST {
            return None;
        }
        match self.open_at(ty, depth) {
            Ty::Literal(Literal::String(text)) => Some(vec![text]),
            Ty::Literal(Literal::Number(number)) => Some(vec![number.to_string()]),
            Ty::Union(types) => {
                let all = types.iter().map(|ty| self.literals(ty, depth + 1));
                Some(all.collect::<Option<Vec<_>>>()?.concat())
            }
            _ => None,
        }
    }

    /// What one of TypeScript's own types makes of its arguments.
    fn utility(&self, name: &str, args: &[Ty<'m>], depth: usize) -> Option<Ty<'m>> {
        if let ("Record", [keys, value]) = (name, args) {
            return self.record(keys, value, depth);
        }
        if let ("Awaited", [ty]) = (name, args) {
            return self.awaited(ty, depth);
        }
        if let ("Exclude" | "Extract" | "NonNullable", Some(first)) = (name, args.first()) {
            return self.filtered(name, first, args.get(1), depth);
        }
        if !["Partial", "Required", "Readonly", "Pick", "Omit"].contains(&name) {
            return None;
        }
        let Ty::Object(object) = self.open_at(args.first()?, depth + 1) else { return None };
        if !object.unknown.is_empty() {
            return None;
        }
        let mut object = (*object).clone();
        object.calls.clear();
        object.constructs.clear();
        match (name, args) {
            ("Partial", [_]) => object.members.iter_mut().for_each(|prop| prop.optional = true),
            ("Required", [_]) => object.members.iter_mut().for_each(|prop| prop.optional = false),
            ("Readonly", [_]) => object.members.iter_mut().for_each(|prop| prop.readonly = true),
            (_, [_, keys]) => {
                let keys = self.literals(keys, depth + 1)?;
                object.members.retain(|prop| keys.contains(&prop.name) == (name == "Pick"));
            }
            _ => return None,
        }
        Some(Ty::Object(Rc::new(object)))
    }

    fn record(&self, keys: &Ty<'m>, value: &Ty<'m>, depth: usize) -> Option<Ty<'m>> {
        let mut object = Object::default();
        if let Ty::Keyword(Keyword::String | Keyword::Number | Keyword::Symbol) = keys {
            object.indexes.push((keys.clone(), value.clone()));
        } else {
            let names = self.literals(keys, depth + 1)?.into_iter();
            object.members.extend(names.map(|name| Prop {
                name,
                optional: false,
                readonly: false,
                ty: value.clone(),
                source: None,
            }));
        }
        Some(Ty::Object(Rc::new(object)))
    }

    fn filtered(
        &self,
        name: &str,
        types: &Ty<'m>,
        some: Option<&Ty<'m>>,
        depth: usize,
    ) -> Option<Ty<'m>> {
        let opened = self.open_at(types, depth + 1);
        let Ty::Union(types) = &opened else { return None };
        let nothing = |ty: &Ty<'_>| matches!(ty, Ty::Keyword(Keyword::Null | Keyword::Undefined));
        if name == "NonNullable" {
            return Some(Ty::Union(types.iter().filter(|ty| !nothing(ty)).cloned().collect()));
        }
        let some = self.literals(some?, depth + 1)?;
        let mut kept = Vec::new();
        for ty in types.iter() {
            let names = self.literals(ty, depth + 1)?;
            if names.iter().all(|name| some.contains(name)) == (name == "Extract") {
                kept.push(ty.clone());
            }
        }
        Some(Ty::Union(kept.into()))
    }
}

pub(super) fn is_type(found: &Found<'_>) -> bool {
    matches!(
        found.item.kind,
        ItemKind::Interface(_) | ItemKind::Alias(_) | ItemKind::Enum(_) | ItemKind::Class(_)
    )
}

fn is_static(prop: &Prop<'_>) -> bool {
    prop.source.as_ref().is_some_and(|source| source.is_static)
}

/// Adds all of another declaration of the same type.
fn add<'m>(object: &mut Object<'m>, more: Object<'m>) {
    object.members.extend(more.members);
    object.calls.extend(more.calls);
    object.constructs.extend(more.constructs);
    object.indexes.extend(more.indexes);
}

/// Adds what a base has and the type itself does not declare again.
fn inherit<'m>(object: &mut Object<'m>, base: &Object<'m>) {
    let own = object.members.len();
    for prop in &base.members {
        let is_own = object.members.iter().take(own).any(|known| known.name == prop.name);
        if !is_own {
            object.members.push(prop.clone());
        }
    }
    object.calls.extend(base.calls.iter().cloned());
    object.constructs.extend(base.constructs.iter().cloned());
    object.indexes.extend(base.indexes.iter().cloned());
    object.unknown.extend(base.unknown.iter().cloned());
}
