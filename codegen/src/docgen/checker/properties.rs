//! The properties of object types.

use super::{
    Checker,
    scope::{Scope, bound},
    types::{Kind, TypeId, known},
};
use crate::syntax::{ItemKind, Member, MemberKind, TypeExpr, TypeKind};

/// A property or method of an object type.
#[derive(Clone)]
pub(in crate::docgen) struct Prop<'p> {
    pub(in crate::docgen) member: &'p Member,
    pub(in crate::docgen) scope: Scope<'p>,
}

impl<'p> Checker<'p> {
    /// The type of a property, `undefined` added for `?`.
    pub(in crate::docgen) fn type_of(&self, prop: &Prop<'p>) -> TypeId {
        match &prop.member.kind {
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => {
                let ty = property.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, &prop.scope));
                self.optional(ty, property.optional)
            }
            MemberKind::Method(method) => {
                let ty = self.function(&method.signature, prop.scope.clone());
                self.optional(ty, method.optional)
            }
            _ => known::ANY,
        }
    }

    /// The members of an object type with a name, inherited ones behind its own.
    pub(in crate::docgen) fn properties(&self, ty: TypeId) -> Option<Vec<Prop<'p>>> {
        let data = self.get(ty);
        match &data.kind {
            Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, scope) => {
                Some(named_members(members, scope))
            }
            Kind::Named(decl, args) => {
                let scope = bound(decl, args);
                let (members, bases) = match &decl.item.kind {
                    ItemKind::Interface(item) => {
                        (&item.members, item.extends.iter().collect::<Vec<_>>())
                    }
                    ItemKind::Class(item) => (&item.members, item.extends.iter().collect()),
                    _ => return None,
                };
                let mut props = named_members(members, &scope);
                // What extends itself has nothing more from there.
                let item = decl.item;
                if self.inheriting.borrow().iter().any(|open| std::ptr::eq(*open, item)) {
                    return Some(props);
                }
                self.inheriting.borrow_mut().push(item);
                for base in bases {
                    let inherited = self.properties(self.eval(base, &scope)).unwrap_or_default();
                    for prop in inherited {
                        if !props.iter().any(|own| same_name(own.member, prop.member)) {
                            props.push(prop);
                        }
                    }
                }
                self.inheriting.borrow_mut().pop();
                Some(props)
            }
            Kind::Intersection(types) => {
                let mut props = Vec::new();
                for &ty in types {
                    props.extend(self.properties(ty)?);
                }
                Some(props)
            }
            _ => None,
        }
    }
}

fn named_members<'p>(members: &'p [Member], scope: &Scope<'p>) -> Vec<Prop<'p>> {
    let mut props: Vec<Prop<'p>> = Vec::new();
    for member in members.iter().filter(|member| member.name().is_some()) {
        props.push(Prop { member, scope: scope.clone() });
    }
    props
}

fn same_name(a: &Member, b: &Member) -> bool {
    a.name().map(|name| &name.text) == b.name().map(|name| &name.text)
}

pub(super) fn is_optional(member: &Member) -> bool {
    match &member.kind {
        MemberKind::Property(property) => property.optional,
        MemberKind::Method(method) => method.optional,
        _ => false,
    }
}
