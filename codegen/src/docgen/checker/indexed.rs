//! Indexed access, and one property of a type.

use super::{
    Checker,
    enums::first_of_value,
    mapped::MOST_LOOKUPS,
    scope::bound,
    types::{Alias, Kind, TypeId, known},
};
use crate::syntax::{ItemKind, Keyword, Literal, MemberKind, TypeExpr, TypeKind};

impl<'p> Checker<'p> {
    pub(in crate::docgen) fn indexed(
        &self,
        object: TypeId,
        index: TypeId,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
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
                let lengths = (required..=elements.len()).filter_map(|length| {
                    Some(self.literal(&Literal::Number(f64::from(u32::try_from(length).ok()?))))
                });
                self.union(&lengths.collect::<Vec<_>>(), alias)
            }
            (Kind::Tuple(elements, _), Kind::Number(number)) => elements
                .iter()
                .enumerate()
                .find(|(position, _)| position.to_string() == number.to_string())
                .map_or(known::UNDEFINED, |(_, element)| element.ty),
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

    pub(in crate::docgen) fn property_type(&self, object: TypeId, name: &str) -> Option<TypeId> {
        let data = self.get(object);
        match &data.kind {
            Kind::Record(properties, _) => {
                return properties.iter().find(|(key, _)| key == name).map(|&(_, ty)| ty);
            }
            Kind::EnumObject(decl, _) => {
                let ItemKind::Enum(item) = &decl.item.kind else { return None };
                let index = item.members.iter().position(|member| member.name.text == name)?;
                let members = self.enum_members(self.enumeration(decl.clone()));
                return members.map(|_| self.enum_member_at(decl, first_of_value(item, index)));
            }
            Kind::Mapped(mapped, scope) => {
                let lookups = self.lookups.get();
                if lookups == MOST_LOOKUPS {
                    return None;
                }
                self.lookups.set(lookups + 1);
                let props = self.mapped_props(mapped, scope, Some(name));
                self.lookups.set(lookups);
                return props?.first().map(|prop| prop.ty);
            }
            _ => {}
        }
        let props = self.properties(object)?;
        let found =
            props.iter().find(|prop| prop.member.name().is_some_and(|key| key.text == name));
        found.map(|prop| self.type_of(prop)).or_else(|| self.index_type(object))
    }

    /// What an object type says of any string as a name.
    pub(super) fn index_type(&self, object: TypeId) -> Option<TypeId> {
        let data = self.get(object);
        let (members, scope) = match &data.kind {
            Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, scope) => {
                (members, scope.clone())
            }
            Kind::Named(decl, args) => match &decl.item.kind {
                ItemKind::Interface(item) => (&item.members, bound(decl, args)),
                _ => return None,
            },
            _ => return None,
        };
        members.iter().find_map(|member| match &member.kind {
            MemberKind::Index(index)
                if matches!(
                    index.param.ty.as_ref().map(|ty| &ty.kind),
                    Some(TypeKind::Keyword(Keyword::String))
                ) =>
            {
                index.ty.as_ref().map(|ty| self.eval(ty, &scope))
            }
            _ => None,
        })
    }
}
