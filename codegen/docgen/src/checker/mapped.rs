//! Mapped types whose keys are known.

use typescript::syntax::{Item, ItemKind, Mapped, Modifier, Operator, TypeExpr, TypeKind};

use super::{
    Checker,
    enums::{enum_value, has_member_types},
    properties::{Prop, Written},
    scope::Scope,
    types::{Alias, Element, Kind, TypeId, is_primitive, known},
};

/// See [`Checker::lookups`].
pub(super) const MOST_LOOKUPS: usize = 4;

impl<'p> Checker<'p> {
    pub(super) fn mapped(
        &self,
        mapped: &'p Mapped,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let made = |scope: &Scope<'p>, alias| {
            let key = format!("mapped {mapped:p} {}", scope.key());
            self.intern(key, Kind::Mapped(mapped, scope.clone()), alias)
        };
        let source = mapped_source(mapped).and_then(|name| Some((name, scope.get(name)?)));
        let Some((name, source)) = source else { return made(scope, alias) };
        if matches!(self.get(source).kind, Kind::Param(_)) {
            return made(scope, alias);
        }
        // What is not known is not known in a mapped form either.
        if source == known::ERROR {
            return known::ERROR;
        }
        self.mapped_over(mapped, source, scope, alias.clone(), &|part| {
            let inner = scope.with_binding(name, part);
            let scope = if part == source { scope } else { &inner };
            made(scope, alias.as_ref().map(|alias| alias.innermost().rebound(scope)))
        })
    }

    /// The literal names that a mapped type has, if they are known.
    pub(crate) fn mapped_keys(&self, mapped: &'p Mapped, scope: &Scope<'p>) -> Option<Vec<TypeId>> {
        let constraint = mapped.param.constraint.as_ref()?;
        let keys = match &constraint.kind {
            // In the order of the declaration, not in that of a union.
            TypeKind::Operator { operator: Operator::KeyOf, ty } => {
                let source = self.apparent(self.eval(ty, scope));
                if matches!(source, known::ANY | known::ERROR) {
                    return Some(vec![known::STRING]);
                }
                match self.names_of(source) {
                    Some(mut names) if !matches!(self.get(source).kind, Kind::Intrinsic(_)) => {
                        for key in [known::STRING, known::NUMBER] {
                            names.extend(self.index_type(source, key).map(|_| key));
                        }
                        names
                    }
                    _ => self.members_of(self.eval(constraint, scope)),
                }
            }
            _ => self.members_of(self.eval(constraint, scope)),
        };
        let keys: Vec<TypeId> = keys
            .into_iter()
            .flat_map(|key| self.enum_members(key).unwrap_or_else(|| vec![key]))
            .collect();
        let known = keys.iter().all(|&key| {
            matches!(self.get(key).kind, Kind::String(_) | Kind::Number(_) | Kind::EnumMember(..))
                || matches!(key, known::STRING | known::NUMBER)
                || self.is_number_enum(key)
        });
        known.then_some(keys)
    }

    /// What a mapped type over the keys of `source` is where that is no object with properties: an
    /// array of mapped elements, what it was, or one for each part of a union.
    pub(super) fn mapped_over(
        &self,
        mapped: &'p Mapped,
        source: TypeId,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
        whole: &dyn Fn(TypeId) -> TypeId,
    ) -> TypeId {
        let element = |key: TypeId, ty: TypeId| {
            let inner = scope.with_binding(&mapped.param.name.text, key);
            let inner = match mapped_source(mapped) {
                Some(name) => inner.with_binding(name, source),
                None => inner,
            };
            let made = mapped.ty.as_ref().map_or(ty, |ty| self.eval(ty, &inner));
            let adds = matches!(mapped.optional, Some(Modifier::Plain | Modifier::Plus));
            self.optional(made, adds)
        };
        let data = self.get(source);
        match &data.kind {
            Kind::Union(types, _) if source != known::BOOLEAN => {
                let each: Vec<TypeId> = types
                    .iter()
                    .map(|&ty| self.mapped_over(mapped, ty, scope, None, whole))
                    .collect();
                self.union(&each, alias)
            }
            // Unions of what is no object, which take the name of the mapped type all the same.
            _ if source == known::BOOLEAN => match alias {
                Some(_) => {
                    let key = "mapped boolean".to_owned();
                    self.intern(key, Kind::Union(vec![known::FALSE, known::TRUE], None), alias)
                }
                None => source,
            },
            Kind::Enum(_) => match (self.enum_members(source), alias) {
                (Some(members), Some(alias)) => {
                    let key = format!("mapped {source:?}");
                    self.intern(key, Kind::Union(members, None), Some(alias))
                }
                _ => source,
            },
            Kind::EnumMember(..) => source,
            kind if source == known::OBJECT || is_primitive(kind) => source,
            Kind::Named(decl, args)
                if mapped.name.is_none()
                    && matches!((decl.name(), args.len()), ("Array" | "ReadonlyArray", 1)) =>
            {
                let readonly = kept(mapped.readonly, decl.name() == "ReadonlyArray");
                let item = args.first().copied().unwrap_or(known::ANY);
                let name = if readonly { "ReadonlyArray" } else { "Array" };
                match element(known::NUMBER, item) {
                    // A list of what is not known is not known in a mapped form either.
                    known::ERROR => known::ERROR,
                    element => self.array(element, name, None),
                }
            }
            Kind::Tuple(elements, readonly) if mapped.name.is_none() => {
                let readonly = kept(mapped.readonly, *readonly);
                let made = elements.iter().enumerate().map(|(index, found)| {
                    let ty = element(self.string(&index.to_string()), found.ty);
                    let optional = kept(mapped.optional, found.optional) && !found.rest;
                    let ty = if found.optional && !optional { self.defined(ty) } else { ty };
                    Element { ty, optional, ..found.clone() }
                });
                let made: Vec<Element> = made.collect();
                if made.iter().any(|element| element.ty == known::ERROR) {
                    return known::ERROR;
                }
                self.tuple(made, readonly, None)
            }
            _ => whole(source),
        }
    }

    /// The properties that a mapped type has, or the one called `only`, if their names are known.
    pub(crate) fn mapped_props(
        &self,
        mapped: &'p Mapped,
        scope: &Scope<'p>,
        only: Option<&str>,
    ) -> Option<Vec<MappedProp<'p>>> {
        let source = modified(mapped, scope).and_then(|ty| self.properties(self.eval(ty, scope)));
        let source = source.unwrap_or_default();
        let mut props = Vec::new();
        for key in self.mapped_keys(mapped, scope)? {
            let inner = scope.with_binding(&mapped.param.name.text, key);
            let text = self.text_of_key(key);
            let names = self.mapped_names(mapped, key, text.as_deref(), &inner, only);
            if names.is_empty() {
                continue;
            }
            if mapped.name.is_some() && !names.iter().all(|&name| self.is_name(name)) {
                return None;
            }
            let from = source.iter().find(|prop| Some(&prop.key.text) == text.as_ref());
            let prop = self.mapped_prop(mapped, from, &inner);
            props.extend(names.into_iter().map(|name| MappedProp { name, ..prop.clone() }));
        }
        Some(props)
    }

    /// Whether a type is an enum whose values are any numbers.
    fn is_number_enum(&self, ty: TypeId) -> bool {
        matches!(&self.get(ty).kind, Kind::Enum(decl) if !has_member_types(decl))
    }

    fn text_of_key(&self, key: TypeId) -> Option<String> {
        match &self.get(key).kind {
            Kind::String(text) => Some(text.clone()),
            Kind::EnumMember(decl, index) => enum_value(decl.item, *index),
            _ => None,
        }
    }

    /// The names that the properties for `key` have, those that are wanted.
    fn mapped_names(
        &self,
        mapped: &'p Mapped,
        key: TypeId,
        text: Option<&str>,
        scope: &Scope<'p>,
        only: Option<&str>,
    ) -> Vec<TypeId> {
        let mut names = match &mapped.name {
            None if self.is_number_enum(key) => vec![known::NUMBER],
            None => vec![text.map_or(key, |text| self.string(text))],
            Some(name) => self.members_of(self.eval(name, scope)),
        };
        names.retain(|&name| match (&self.get(name).kind, only) {
            (Kind::String(text), Some(only)) => text == only,
            (_, Some(_)) => false,
            (_, None) => name != known::NEVER,
        });
        names
    }

    fn is_name(&self, ty: TypeId) -> bool {
        matches!(self.get(ty).kind, Kind::String(_) | Kind::Number(_))
    }

    /// What all properties for one key have in common. `from` is the one that they are made of.
    fn mapped_prop(
        &self,
        mapped: &'p Mapped,
        from: Option<&Prop<'p>>,
        scope: &Scope<'p>,
    ) -> MappedProp<'p> {
        let (was_optional, was_readonly) =
            from.map_or((false, false), |prop| (prop.optional, prop.readonly));
        let optional = kept(mapped.optional, was_optional);
        let readonly = kept(mapped.readonly, was_readonly);
        let ty = mapped.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, scope));
        let ty = if was_optional && !optional { self.defined(ty) } else { ty };
        let ty = self.optional(ty, optional);
        let origin = from.and_then(Prop::written);
        MappedProp { name: known::NEVER, optional, readonly, ty, origin }
    }
}

/// A property of a mapped type: its name, a literal or what all names are, and its type.
#[derive(Clone)]
pub(crate) struct MappedProp<'p> {
    pub(crate) name: TypeId,
    pub(crate) optional: bool,
    pub(crate) readonly: bool,
    pub(crate) ty: TypeId,
    /// The member that it is made of.
    pub(crate) origin: Option<Written<'p>>,
}

/// The type whose modifiers and comments the properties of a mapped type keep: `T` where its keys are
/// `keyof T`, or a type parameter that extends that.
fn modified<'p>(mapped: &'p Mapped, scope: &Scope<'p>) -> Option<&'p TypeExpr> {
    let keys = mapped.param.constraint.as_ref()?;
    let keys = match keys.reference() {
        Some((name, [])) => {
            let at = mapped.param.span.offset();
            let around = |item: &&Item| {
                let start = item.span.offset();
                (start..start + item.span.len()).contains(&at)
            };
            let item = scope.place.module.items.iter().find(around)?;
            let ItemKind::Alias(alias) = &item.kind else { return None };
            let param = alias.type_params.iter().find(|param| param.name.text == name)?;
            param.constraint.as_ref()?
        }
        _ => keys,
    };
    match &keys.kind {
        TypeKind::Operator { operator: Operator::KeyOf, ty } => Some(ty),
        _ => None,
    }
}

/// Whether something is so behind a modifier that was so before, or not.
fn kept(modifier: Option<Modifier>, was: bool) -> bool {
    modifier.map_or(was, |modifier| modifier != Modifier::Minus)
}

/// The type parameter whose keys a mapped type goes over.
pub(super) fn mapped_source(mapped: &Mapped) -> Option<&str> {
    match mapped.param.constraint.as_ref().map(|ty| &ty.kind) {
        Some(TypeKind::Operator { operator: Operator::KeyOf, ty }) => {
            ty.reference().map(|(name, _)| name)
        }
        _ => None,
    }
}
