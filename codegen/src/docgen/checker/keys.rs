//! Type operators, `keyof` first of all.

use super::{
    Checker,
    scope::Scope,
    types::{Alias, Kind, TypeId, known},
};
use crate::syntax::{ItemKind, Operator, TypeExpr, TypeKind};

impl<'p> Checker<'p> {
    pub(super) fn operator(
        &self,
        operator: Operator,
        ty: &'p TypeExpr,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        match (operator, &ty.unparenthesized().kind) {
            (Operator::ReadOnly, TypeKind::Array(element)) => {
                let element = self.eval(element, scope);
                self.array(element, "ReadonlyArray", alias)
            }
            (Operator::ReadOnly, _) => match &self.get(self.eval(ty, scope)).kind {
                Kind::Tuple(elements, _) => self.tuple(elements.clone(), true, alias),
                _ => self.eval(ty, scope),
            },
            (Operator::Unique, _) => known::SYMBOL,
            (Operator::KeyOf, _) => self.key_of(self.eval(ty, scope)),
        }
    }

    fn key_of(&self, ty: TypeId) -> TypeId {
        if ty == known::ANY {
            return self.union(&[known::STRING, known::NUMBER, known::SYMBOL], None);
        }
        let data = self.get(ty);
        match &data.kind {
            Kind::TypeOf(name) => {
                return self.intern(format!("keyof typeof {name}"), Kind::KeyOf(ty), None);
            }
            Kind::Record(..) | Kind::EnumObject(..) => {
                return self.union(&self.names_of(ty).unwrap_or_default(), None);
            }
            Kind::Mapped(mapped, scope) if mapped.name.is_none() => {
                if let Some(keys) = &mapped.param.constraint {
                    return self.eval(keys, scope);
                }
            }
            Kind::Anonymous(..) if data.alias.is_none() => {
                return self.union(&self.names_of(ty).unwrap_or_default(), None);
            }
            // A single name is no union that could be printed by where it comes from.
            Kind::Named(..) | Kind::Anonymous(..) if self.index_type(ty).is_none() => {
                if let Some([only]) = self.names_of(ty).as_deref() {
                    return *only;
                }
            }
            _ => {}
        }
        self.intern(format!("keyof {ty:?}"), Kind::KeyOf(ty), None)
    }

    /// The names of the properties of an object type.
    pub(in crate::docgen) fn names_of(&self, ty: TypeId) -> Option<Vec<TypeId>> {
        if let Kind::Record(properties, _) = &self.get(ty).kind {
            return Some(properties.iter().map(|(name, _)| self.string(name)).collect());
        }
        if let Kind::EnumObject(decl, _) = &self.get(ty).kind
            && let ItemKind::Enum(item) = &decl.item.kind
        {
            return Some(item.members.iter().map(|found| self.string(&found.name.text)).collect());
        }
        let props = self.properties(ty)?;
        let names = props.iter().filter_map(|prop| prop.member.name());
        Some(names.map(|name| self.string(&name.text)).collect())
    }
}
