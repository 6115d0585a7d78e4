//! Mapped types whose keys are known.

use super::{
    Checker,
    enums::enum_value,
    scope::Scope,
    types::{Kind, TypeId, known},
};
use crate::syntax::{Mapped, Member, MemberKind, Modifier, Operator, TypeKind};

/// See [`Checker::lookups`].
pub(super) const MOST_LOOKUPS: usize = 4;

impl<'p> Checker<'p> {
    /// The literal names that a mapped type has, if they are known.
    pub(in crate::docgen) fn mapped_keys(
        &self,
        mapped: &'p Mapped,
        scope: &Scope<'p>,
    ) -> Option<Vec<TypeId>> {
        let constraint = mapped.param.constraint.as_ref()?;
        let keys = self.eval(constraint, scope);
        let keys = match &self.get(keys).kind {
            Kind::KeyOf(target) => self.names_of(*target)?,
            _ => self.members_of(keys),
        };
        let keys: Vec<TypeId> = keys
            .into_iter()
            .flat_map(|key| self.enum_members(key).unwrap_or_else(|| vec![key]))
            .collect();
        let known = keys.iter().all(|&key| {
            matches!(self.get(key).kind, Kind::String(_) | Kind::Number(_) | Kind::EnumMember(..))
                || matches!(key, known::STRING | known::NUMBER)
        });
        known.then_some(keys)
    }

    /// The properties that a mapped type has, or the one called `only`, if their names are known.
    pub(in crate::docgen) fn mapped_props(
        &self,
        mapped: &'p Mapped,
        scope: &Scope<'p>,
        only: Option<&str>,
    ) -> Option<Vec<MappedProp>> {
        let source = match mapped.param.constraint.as_ref().map(|ty| &ty.kind) {
            Some(TypeKind::Operator { operator: Operator::KeyOf, ty }) => {
                self.properties(self.eval(ty, scope))
            }
            _ => None,
        };
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
            let from = source.iter().find(|prop| {
                prop.member.name().is_some_and(|name| Some(&name.text) == text.as_ref())
            });
            let prop = self.mapped_prop(mapped, from.map(|prop| prop.member), &inner);
            props.extend(names.into_iter().map(|name| MappedProp { name, ..prop }));
        }
        Some(props)
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
        from: Option<&Member>,
        scope: &Scope<'p>,
    ) -> MappedProp {
        let (was_optional, was_readonly) = from.map_or((false, false), modifiers_of);
        let kept = |modifier: Option<Modifier>, was| {
            modifier.map_or(was, |modifier| modifier != Modifier::Minus)
        };
        let optional = kept(mapped.optional, was_optional);
        let readonly = kept(mapped.readonly, was_readonly);
        let ty = mapped.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, scope));
        let ty = if was_optional && !optional { self.defined(ty) } else { ty };
        MappedProp { name: known::NEVER, optional, readonly, ty: self.optional(ty, optional) }
    }
}

/// A property of a mapped type: its name, a literal or what all names are, and its type.
pub(in crate::docgen) struct MappedProp {
    pub(in crate::docgen) name: TypeId,
    pub(in crate::docgen) optional: bool,
    pub(in crate::docgen) readonly: bool,
    pub(in crate::docgen) ty: TypeId,
}

/// Whether a member is optional, and read-only.
fn modifiers_of(member: &Member) -> (bool, bool) {
    match &member.kind {
        MemberKind::Property(property) => (property.optional, property.readonly),
        MemberKind::Method(method) => (method.optional, false),
        _ => (false, false),
    }
}
