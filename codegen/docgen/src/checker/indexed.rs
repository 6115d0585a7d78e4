//! Indexed access, and one property of a type.

use typescript::syntax::{ItemKind, Member, MemberKind, TypeExpr, TypeKind};

use super::{
    Checker,
    enums::enum_value,
    mapped::MOST_LOOKUPS,
    scope::{Scope, bound},
    types::{Alias, Element, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    pub(crate) fn indexed(
        &self,
        object: TypeId,
        index: TypeId,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if matches!(object, known::ANY | known::ERROR) {
            return object;
        }
        let kind = self.get(index).kind.clone();
        match (&self.get(object).kind, &kind) {
            (Kind::Tuple(elements, _), _) if index == known::NUMBER => {
                let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
                self.union(&types, None)
            }
            (Kind::Tuple(elements, _), Kind::String(name)) if name == "length" => {
                if elements.iter().any(|element| element.rest) {
                    return known::NUMBER;
                }
                let required = elements.iter().filter(|element| !element.optional).count();
                let lengths = (required..=elements.len()).map(|length| self.length(length));
                self.union(&lengths.collect::<Vec<_>>(), alias)
            }
            (Kind::Tuple(elements, _), Kind::Number(number)) => {
                element_at(elements, &number.to_string()).unwrap_or(known::UNDEFINED)
            }
            (Kind::Tuple(elements, _), Kind::String(name)) if is_number(name) => {
                element_at(elements, name).unwrap_or(known::UNDEFINED)
            }
            (Kind::Named(decl, args), _)
                if index == known::NUMBER && decl.name().ends_with("Array") && !args.is_empty() =>
            {
                args.first().copied().unwrap_or(known::UNKNOWN)
            }
            (Kind::Union(types, _), Kind::String(_)) => {
                let types: Vec<TypeId> =
                    types.iter().map(|&object| self.indexed(object, index, None)).collect();
                self.union(&types, alias)
            }
            (_, Kind::String(name)) => self.property_type(object, name).unwrap_or(known::ERROR),
            (_, Kind::EnumMember(decl, at)) if enum_value(decl.item, *at).is_some() => {
                let name = enum_value(decl.item, *at).unwrap_or_default();
                self.property_type(object, &name).unwrap_or(known::ERROR)
            }
            (_, Kind::Number(number)) if self.has_properties(object) => {
                self.property_type(object, &number.to_string()).unwrap_or(known::ERROR)
            }
            (_, Kind::Intrinsic("string")) if self.index_type(object, known::STRING).is_some() => {
                self.index_type(object, known::STRING).unwrap_or(known::ERROR)
            }
            (_, Kind::Intrinsic("number"))
                if self.index_type(self.apparent(object), known::NUMBER).is_some() =>
            {
                self.index_type(self.apparent(object), known::NUMBER).unwrap_or(known::ERROR)
            }
            (_, Kind::Union(types, _)) => {
                let types: Vec<TypeId> =
                    types.iter().map(|&index| self.indexed(object, index, None)).collect();
                self.union(&types, alias)
            }
            (_, Kind::KeyOf(target)) if *target == object && self.properties(object).is_some() => {
                let props = self.properties(object).unwrap_or_default();
                let types: Vec<TypeId> = props.iter().map(|prop| self.type_of(prop)).collect();
                self.union(&types, alias)
            }
            _ => self.intern(
                format!("indexed {object:?} {index:?}"),
                Kind::Indexed(object, index),
                alias,
            ),
        }
    }

    /// Whether it is an object whose properties are all known.
    fn has_properties(&self, ty: TypeId) -> bool {
        !matches!(self.get(ty).kind, Kind::Named(ref decl, _) if decl.name().ends_with("Array"))
            && self.properties(ty).is_some()
    }

    pub(crate) fn property_type(&self, object: TypeId, name: &str) -> Option<TypeId> {
        let data = self.get(object);
        if let Kind::Mapped(mapped, scope) = &data.kind {
            let lookups = self.lookups.get();
            if lookups == MOST_LOOKUPS {
                return None;
            }
            self.lookups.set(lookups + 1);
            let props = self.mapped_props(mapped, scope, Some(name));
            self.lookups.set(lookups);
            return props?.first().map(|prop| prop.ty);
        }
        let object = self.apparent(object);
        let props = self.properties(object)?;
        let found = props.iter().find(|prop| prop.key.text == name);
        found
            .map(|prop| self.type_of(prop))
            .or_else(|| self.index_type(object, known::NUMBER).filter(|_| is_number(name)))
            .or_else(|| self.index_type(object, known::STRING))
    }

    /// What an object type says of any string, or any number, as a name.
    pub(super) fn index_type(&self, object: TypeId, key: TypeId) -> Option<TypeId> {
        let data = self.get(object);
        match &data.kind {
            Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, scope) => {
                self.index_in(members, key, scope)
            }
            Kind::Named(decl, args) => self.merged(decl).iter().find_map(|decl| {
                let scope = bound(decl, args);
                let (members, bases) = match &decl.item.kind {
                    ItemKind::Interface(item) => (&item.members, item.extends.as_slice()),
                    ItemKind::Class(item) => (&item.members, item.extends.as_slice()),
                    _ => return None,
                };
                self.index_in(members, key, &scope).or_else(|| {
                    let bases = bases.iter();
                    let mut found = bases
                        .map(|base| self.deeper(|| self.index_type(self.eval(base, &scope), key)));
                    found.find_map(|ty| ty)
                })
            }),
            Kind::Intersection(types) => types.iter().find_map(|&ty| self.index_type(ty, key)),
            Kind::Mapped(mapped, scope) => {
                let props = self.mapped_props(mapped, scope, None)?;
                props.iter().find(|prop| prop.name == key).map(|prop| prop.ty)
            }
            _ => None,
        }
    }

    fn index_in(&self, members: &'p [Member], key: TypeId, scope: &Scope<'p>) -> Option<TypeId> {
        members.iter().find_map(|member| match &member.kind {
            MemberKind::Index(index)
                if index.param.ty.as_ref().is_some_and(|ty| self.eval(ty, scope) == key) =>
            {
                Some(index.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, scope)))
            }
            _ => None,
        })
    }
}

fn is_number(name: &str) -> bool {
    name.parse::<f64>().is_ok_and(|number| number.to_string() == name)
}

/// The type at a position of a tuple.
fn element_at(elements: &[Element], position: &str) -> Option<TypeId> {
    let at: usize = position.parse().ok()?;
    match elements.iter().position(|element| element.rest) {
        Some(rest) if at >= rest => elements.get(rest).map(|element| element.ty),
        _ => elements.get(at).map(|element| element.ty),
    }
}
