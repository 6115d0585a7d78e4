//! Unions, reduced and in the order in which the compiler keeps them.

use typescript::syntax::ItemKind;

use super::{
    Checker,
    enums::{enum_is_string, enum_member_is_string, first_of_value},
    scope::Decl,
    types::{Alias, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    /// The type of what is declared with or without `?`.
    pub(crate) fn optional(&self, ty: TypeId, optional: bool) -> TypeId {
        if optional && self.program.options.strict_null_checks {
            self.union(&[ty, known::UNDEFINED], None)
        } else {
            ty
        }
    }

    pub(crate) fn members_of(&self, ty: TypeId) -> Vec<TypeId> {
        match &self.get(ty).kind {
            Kind::Union(types, _) => types.clone(),
            _ => vec![ty],
        }
    }

    pub(crate) fn union(&self, types: &[TypeId], alias: Option<Alias<'p>>) -> TypeId {
        if let [only] = types {
            return *only;
        }
        if types.iter().any(|ty| matches!(*ty, known::ANY | known::ERROR)) {
            return known::ANY;
        }
        if types.contains(&known::UNKNOWN) {
            return known::UNKNOWN;
        }
        let names_members = types.iter().any(|&ty| self.names_members(ty));
        let set = self.reduced(types, alias.is_none() && !names_members);
        match set.as_slice() {
            [] if types.contains(&known::NULL) => known::NULL,
            [] if types.contains(&known::UNDEFINED) => known::UNDEFINED,
            [] => known::NEVER,
            [only] => *only,
            [known::FALSE, known::TRUE] => known::BOOLEAN,
            _ => self.made_of(types, set, alias),
        }
    }

    /// Whether it is a union with a name that is made of an enum's members, one by one.
    fn names_members(&self, ty: TypeId) -> bool {
        let is_member = |&ty: &TypeId| matches!(self.get(ty).kind, Kind::EnumMember(..));
        let data = self.get(ty);
        data.alias.is_some()
            && matches!(&data.kind, Kind::Union(types, _) if types.iter().any(is_member))
    }

    /// The members of the union of `types`, in order.
    fn reduced(&self, types: &[TypeId], folds_enums: bool) -> Vec<TypeId> {
        let strict = self.program.options.strict_null_checks;
        let mut set: Vec<TypeId> = types.iter().flat_map(|&ty| self.members_of(ty)).collect();
        set.retain(|&ty| {
            ty != known::NEVER && (strict || !matches!(ty, known::UNDEFINED | known::NULL))
        });
        set.sort_by_key(|&ty| self.order(ty));
        set.dedup();
        self.absorb(&mut set);
        if folds_enums {
            self.fold_enums(&mut set);
        }
        set
    }

    /// The union whose members are `set`: one that has a name, if `types` has no more than that.
    fn made_of(&self, types: &[TypeId], set: Vec<TypeId>, alias: Option<Alias<'p>>) -> TypeId {
        let mut named = Vec::new();
        for &ty in types {
            self.named_unions(ty, &mut named);
        }
        let is_in_named =
            |ty: &TypeId| named.iter().any(|&union| self.members_of(union).contains(ty));
        let mut parts: Vec<TypeId> = set.iter().copied().filter(|ty| !is_in_named(ty)).collect();
        if let ([only], [], None) = (named.as_slice(), parts.as_slice(), &alias) {
            return *only;
        }
        let count: usize = named.iter().map(|&union| self.members_of(union).len()).sum();
        let origin = (!named.is_empty() && count + parts.len() == set.len()).then(|| {
            parts.extend(&named);
            parts.sort_by_key(|&ty| self.order(ty));
            parts
        });
        let key = format!("union {set:?} {origin:?}");
        self.intern(key, Kind::Union(set, origin), alias)
    }

    /// `string` takes in string literals, `number` takes in numbers.
    fn absorb(&self, set: &mut Vec<TypeId>) {
        let (string, number, bigint) = (
            set.contains(&known::STRING),
            set.contains(&known::NUMBER),
            set.contains(&known::BIGINT),
        );
        if string || number || bigint {
            set.retain(|&ty| match &self.get(ty).kind {
                Kind::String(_) | Kind::Template(..) | Kind::Mapping(..) => !string,
                Kind::Number(_) => !number,
                Kind::BigInt(_) => !bigint,
                Kind::Enum(decl) => {
                    let strings = enum_is_string(decl.item);
                    !(strings && string || !strings && number)
                }
                Kind::EnumMember(decl, index) => {
                    let strings = enum_member_is_string(decl.item, *index);
                    !(strings && string || !strings && number)
                }
                _ => true,
            });
        }
    }

    /// All members of an enum are the enum, which takes in its members.
    fn fold_enums(&self, set: &mut Vec<TypeId>) {
        let enums: Vec<Decl<'p>> = set
            .iter()
            .filter_map(|&ty| match &self.get(ty).kind {
                Kind::EnumMember(decl, _) => Some(decl.clone()),
                _ => None,
            })
            .collect();
        for decl in enums {
            let ItemKind::Enum(item) = &decl.item.kind else { continue };
            let is_other = |ty: &TypeId| !matches!(&self.get(*ty).kind, Kind::EnumMember(other, _) if std::ptr::eq(other.item, decl.item));
            let whole = self.enumeration(decl.clone());
            let count = set.iter().filter(|ty| !is_other(ty)).count();
            let values = (0..item.members.len()).filter(|&at| first_of_value(item, at) == at);
            if count == values.count() && !set.contains(&whole) {
                set.push(whole);
            }
            if set.contains(&whole) {
                set.retain(is_other);
                set.sort_by_key(|&ty| self.order(ty));
            }
        }
    }

    fn named_unions(&self, ty: TypeId, named: &mut Vec<TypeId>) {
        let data = self.get(ty);
        let Kind::Union(_, origin) = &data.kind else { return };
        // What is printed as one other type is no list of others.
        if data.alias.is_some() || origin.as_ref().is_some_and(|origin| origin.len() == 1) {
            if !named.contains(&ty) {
                named.push(ty);
            }
        } else if let Some(origin) = origin {
            for &ty in origin {
                self.named_unions(ty, named);
            }
        }
    }

    /// A type without `undefined`.
    pub(super) fn defined(&self, ty: TypeId) -> TypeId {
        let types = self.members_of(ty);
        if !types.contains(&known::UNDEFINED) {
            return ty;
        }
        let rest: Vec<TypeId> = types.into_iter().filter(|&ty| ty != known::UNDEFINED).collect();
        self.union(&rest, None)
    }
}
