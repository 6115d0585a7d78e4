//! Conditional types: which branch is taken.

use typescript::syntax::Conditional;

use super::{
    Checker,
    scope::Scope,
    types::{Alias, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    pub(crate) fn conditional(
        &self,
        conditional: &'p Conditional,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let check = self.eval(&conditional.check, scope);
        let name = conditional.check.reference().map(|(name, _)| name);
        let Some(name) = name.filter(|name| scope.get(name).is_some()) else {
            return self.branch(conditional, check, scope, alias);
        };
        let check = self.spread_keys(check);
        if check == known::NEVER {
            return known::NEVER;
        }
        let one = |member: TypeId| {
            let scope = scope.with_binding(name, member);
            let alias = alias.as_ref().map(|alias| alias.rebound(&scope));
            self.branch(conditional, member, &scope, alias)
        };
        let choices = self.enum_members(check).or_else(|| {
            let is_union = matches!(self.get(check).kind, Kind::Union(..));
            is_union.then(|| self.members_of(check))
        });
        match alias.as_ref().filter(|alias| alias.defining.is_some()).zip(choices) {
            Some((outer, choices)) => {
                let each: Vec<TypeId> = choices.into_iter().map(one).collect();
                self.union(&each, Some(outer.clone()))
            }
            None => self.each(check, &one),
        }
    }

    /// `keyof T` as the union that it is, where its names are known.
    pub(super) fn spread_keys(&self, ty: TypeId) -> TypeId {
        match self.get(ty).kind {
            Kind::KeyOf(target) => {
                self.names_of(target).map_or(ty, |names| self.union(&names, None))
            }
            _ => ty,
        }
    }

    /// A type made of what `one` makes of each part of a union; the union itself where that is the
    /// same.
    pub(crate) fn each(&self, ty: TypeId, one: &impl Fn(TypeId) -> TypeId) -> TypeId {
        let data = self.get(ty);
        if let Some(members) = self.enum_members(ty) {
            let made: Vec<TypeId> = members.iter().map(|&member| one(member)).collect();
            return if made == members { ty } else { self.union(&made, None) };
        }
        let Kind::Union(types, origin) = &data.kind else { return one(ty) };
        let parts = origin.as_ref().filter(|origin| origin.len() > 1).unwrap_or(types);
        let made: Vec<TypeId> = parts.iter().map(|&part| self.each(part, one)).collect();
        if made == *parts { ty } else { self.union(&made, None) }
    }

    fn branch(
        &self,
        conditional: &'p Conditional,
        check: TypeId,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let mut inner = scope.clone();
        if matches!(check, known::ANY | known::ERROR) {
            self.matches_any(&conditional.extends, &mut inner);
            let yes = self.eval(&conditional.yes, &inner);
            return self.union(&[yes, self.eval(&conditional.no, scope)], None);
        }
        match self.matches(check, &conditional.extends, &mut inner) {
            Some(true) => self.eval(&conditional.yes, &inner),
            Some(false) => self.eval(&conditional.no, scope),
            None => {
                let key = format!("conditional {:p} {}", conditional, scope.key());
                self.intern(key, Kind::Conditional(conditional, scope.clone()), alias)
            }
        }
    }
}
