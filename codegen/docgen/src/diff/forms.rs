//! Types that are made of others: conditions, mapped types, texts of a form, `this`, what is awaited,
//! and the plugin that `registerPlugin` gives.

use std::{collections::BTreeSet, rc::Rc};

use typescript::syntax::{
    EntityName, ItemKind, Keyword, Literal, Mapped, Modifier, TypeExpr, TypeKind, TypeParam,
};

use super::{
    names::{Key, Target},
    reach::{Declarations, parts},
    types::{Kept, Named, Object, Prop, Scope, Ty},
};
use crate::checker::mentions::infers_of;

/// How many texts a form may stand for, to be told apart.
const MOST_TEXTS: usize = 1000;

/// A mapped type: its keys may lead back to the type that it stands in, so that they are looked at
/// when somebody asks what it has.
pub(super) struct Each<'m> {
    pub(super) written: &'m Mapped,
    pub(super) keys: Ty<'m>,
    pub(super) name: Option<Ty<'m>>,
    /// With the key as a type parameter.
    pub(super) value: Ty<'m>,
    scope: Scope<'m>,
}

impl<'m> Declarations<'m> {
    /// A type that is made of others.
    pub(super) fn form(&self, ty: &'m TypeExpr, scope: &Scope<'m>) -> Option<Ty<'m>> {
        match &ty.kind {
            TypeKind::This => scope.this.clone(),
            TypeKind::Infer(param) => scope.param(&param.name.text).cloned(),
            TypeKind::Template { texts, types } => {
                let types = types.iter().map(|ty| self.read(ty, scope)).collect();
                Some(Ty::Template { texts, types })
            }
            TypeKind::Conditional(it) => {
                let inner = self.with_inferred(&infers_of(&it.extends), scope);
                let (check, no) = (self.read(&it.check, scope), self.read(&it.no, scope));
                let (extends, yes) = (self.read(&it.extends, &inner), self.read(&it.yes, &inner));
                Some(Ty::Conditional(Rc::new([check, extends, yes, no])))
            }
            TypeKind::Mapped(written) => Some(self.mapped(written, scope)),
            TypeKind::Predicate { param, asserts, ty } => {
                let mut takes = scope.takes.iter().filter(|taken| taken.name.text != "this");
                let place = takes.position(|taken| taken.name.text == param.text);
                let ty = ty.as_ref().map(|ty| Rc::new(self.read(ty, scope)));
                (place.is_some() || param.text == "this").then_some(Ty::Predicate {
                    asserts: *asserts,
                    param: place,
                    ty,
                })
            }
            _ => None,
        }
    }

    fn mapped(&self, written: &'m Mapped, scope: &Scope<'m>) -> Ty<'m> {
        let inner = scope.with(self, std::slice::from_ref(&written.param), &[]);
        let read = |ty: &'m TypeExpr| self.read(ty, &inner);
        let keys = written.param.constraint.as_ref().map(|ty| self.read(ty, scope));
        Ty::Mapped(Rc::new(Each {
            written,
            keys: keys.unwrap_or(Ty::Keyword(Keyword::Never)),
            name: written.name.as_ref().map(read),
            value: written.ty.as_ref().map_or(Ty::Keyword(Keyword::Any), read),
            scope: scope.clone(),
        }))
    }

    /// The scope in which what a condition infers has a name.
    fn with_inferred(&self, inferred: &[&'m TypeParam], scope: &Scope<'m>) -> Scope<'m> {
        let mut inner = scope.clone();
        if inferred.is_empty() {
            return inner;
        }
        inner.level += 1;
        let mut names: Vec<&str> = Vec::new();
        for param in inferred {
            // One that stands in two places is one.
            if names.contains(&param.name.text.as_str()) {
                continue;
            }
            let bound = param.constraint.as_ref().map(|ty| Rc::new(self.read(ty, scope)));
            let ty = Ty::Param { level: scope.level, index: names.len(), bound };
            inner.params.push((param.name.text.clone(), ty));
            names.push(&param.name.text);
        }
        inner
    }

    /// What a mapped type has, where its keys are known.
    pub(super) fn each(&self, each: &Each<'m>, depth: usize) -> Option<Ty<'m>> {
        if each.name.is_some() {
            return None;
        }
        let mut object = Object::default();
        if let Ty::Keyword(Keyword::String | Keyword::Number | Keyword::Symbol) = each.keys {
            object.indexes.push((each.keys.clone(), each.value.clone()));
            return Some(Ty::Object(Rc::new(object)));
        }
        let like = match &each.keys {
            Ty::KeyOf(ty) => match self.open_at(ty, depth + 1) {
                Ty::Object(object) => Some(object),
                _ => return None,
            },
            _ => None,
        };
        for name in self.literals(&each.keys, depth + 1)? {
            let same = |prop: &&Prop<'m>| prop.name == name;
            let like = like.as_ref().and_then(|object| object.members.iter().find(same));
            object.members.push(self.mapped_member(each, &name, like));
        }
        Some(Ty::Object(Rc::new(object)))
    }

    /// The member of one name, like that of the type whose keys they are.
    fn mapped_member(&self, each: &Each<'m>, name: &str, like: Option<&Prop<'m>>) -> Prop<'m> {
        let modified = |how: Option<Modifier>, was: bool| match how {
            Some(Modifier::Plain | Modifier::Plus) => true,
            Some(Modifier::Minus) => false,
            None => was,
        };
        let mut scope = each.scope.clone();
        let key = Ty::Literal(Literal::String(name.to_owned()));
        scope.params.push((each.written.param.name.text.clone(), key));
        let ty = each.written.ty.as_ref().map(|ty| self.read(ty, &scope));
        Prop {
            name: name.to_owned(),
            optional: modified(each.written.optional, like.is_some_and(|it| it.optional)),
            readonly: modified(each.written.readonly, like.is_some_and(|it| it.readonly)),
            ty: ty.unwrap_or(Ty::Keyword(Keyword::Any)),
            source: None,
        }
    }

    /// The texts that a form stands for, where they can be counted.
    pub(super) fn texts(&self, texts: &[String], types: &[Ty<'m>], depth: usize) -> Option<Ty<'m>> {
        let (first, rest) = texts.split_first()?;
        let mut all = vec![first.clone()];
        for (ty, text) in types.iter().zip(rest) {
            let parts = self.literals(ty, depth + 1)?;
            if all.len() * parts.len() > MOST_TEXTS {
                return None;
            }
            let longer = |start: &String| {
                parts.iter().map(|part| format!("{start}{part}{text}")).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(longer).collect();
        }
        let literals = all.into_iter().map(|text| Ty::Literal(Literal::String(text)));
        Some(Ty::Union(literals.collect()))
    }

    /// The scope within an interface or a class.
    pub(super) fn inside(
        &self,
        key: &Key,
        scope: &Scope<'m>,
        params: &'m [TypeParam],
        args: &[Ty<'m>],
    ) -> Scope<'m> {
        let mut inner = scope.with(self, params, args);
        let args = inner.params.iter().skip(scope.params.len()).map(|(_, ty)| ty.clone());
        let own = Ty::Named(Rc::new(Named {
            id: self.called.get(key).cloned().unwrap_or_default(),
            key: Some(key.clone()),
            member: None,
            of_value: false,
            args: args.collect(),
        }));
        inner.this = Some(if self.is_extended(key) { Ty::This(Rc::new(own)) } else { own });
        inner
    }

    /// Whether another type extends one: then its `this` is more than its name.
    fn is_extended(&self, key: &Key) -> bool {
        self.extended.get_or_init(|| self.all_extended()).contains(key)
    }

    fn all_extended(&self) -> BTreeSet<Key> {
        let mut extended = BTreeSet::new();
        for file in self.names.own_files() {
            for (path, found) in self.names.index(file) {
                let around = path.split_last().map_or(&[][..], |(_, around)| around);
                for item in found.iter().map(|found| &found.item.kind) {
                    let bases = match item {
                        ItemKind::Interface(item) => item.extends.as_slice(),
                        ItemKind::Class(item) => item.extends.as_slice(),
                        _ => &[],
                    };
                    extended.extend(bases.iter().filter_map(|base| self.base(file, around, base)));
                }
            }
        }
        extended
    }

    fn base(&self, file: usize, around: &[String], base: &TypeExpr) -> Option<Key> {
        let TypeKind::Reference { name, .. } = &base.kind else { return None };
        match self.names.resolve(file, around, &parts(name))?.0 {
            Target::Own(key) => Some(key),
            _ => None,
        }
    }

    /// `Awaited<ty>`.
    pub(super) fn awaited(&self, ty: &Ty<'m>, depth: usize) -> Option<Ty<'m>> {
        let awaited = |ty: &Ty<'m>| {
            let (id, args) = ("Awaited".to_owned(), vec![ty.clone()]);
            Ty::Named(Rc::new(Named { id, key: None, member: None, of_value: false, args }))
        };
        let opened = self.open_at(ty, depth + 1);
        match &opened {
            Ty::Named(named) => match (named.id.as_str(), named.args.as_slice()) {
                ("Promise" | "PromiseLike", [ty]) if named.key.is_none() => Some(awaited(ty)),
                _ => None,
            },
            Ty::Union(types) => Some(Ty::Union(types.iter().map(awaited).collect())),
            Ty::Object(object) => {
                let is_plain = object.unknown.is_empty();
                let has_then = object.members.iter().any(|prop| prop.name == "then");
                (is_plain && !has_then).then_some(opened)
            }
            Ty::Keyword(_) | Ty::Literal(_) | Ty::Array { .. } | Ty::Tuple { .. } => Some(opened),
            _ => None,
        }
    }

    /// The plugin that `registerPlugin<Plugin>(...)` gives.
    pub(super) fn registered(
        &self,
        name: &'m EntityName,
        args: &'m [TypeExpr],
        scope: &Scope<'m>,
    ) -> Option<Ty<'m>> {
        let [plugin] = args else { return None };
        let found = self.names.resolve(scope.file, &scope.around, &parts(name));
        let Some((Target::Foreign(id), _)) = found else { return None };
        (id == "@capacitor/core#registerPlugin").then(|| self.read(plugin, scope))
    }

    /// The type of a member of an enum, as a value.
    pub(super) fn enum_value(&self, ty: &Ty<'m>, kept: Kept) -> Option<Ty<'m>> {
        let Ty::Named(named) = ty else { return None };
        let key = named.key.as_ref().filter(|_| named.member.is_some())?;
        let mut found = self.names.found(key).iter();
        if !found.any(|found| matches!(found.item.kind, ItemKind::Enum(_))) {
            return None;
        }
        let member = named.member.clone().filter(|_| kept != Kept::Never);
        let (id, key, args) = (named.id.clone(), Some(key.clone()), Vec::new());
        Some(Ty::Named(Rc::new(Named { id, key, member, of_value: false, args })))
    }
}

/// Whether a text is of a form whose gaps are any texts; of other gaps it is not known.
pub(super) fn is_of_form(texts: &[String], types: &[Ty<'_>], text: &str) -> bool {
    let is_text = |ty: &Ty<'_>| matches!(ty, Ty::Keyword(Keyword::String));
    let ([first, between @ .., last], true) = (texts, types.iter().all(is_text)) else {
        return false;
    };
    let inner = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
    let rest = between.iter().try_fold(inner.unwrap_or_default(), |rest, text| {
        rest.split_once(text.as_str()).map(|(_, rest)| rest)
    });
    inner.is_some() && rest.is_some()
}
