//! Whether a type is assignable to another.

use typescript::syntax::TypeKind;

use super::{
    Checker,
    enums::{enum_is_string, enum_member_is_string, enum_value},
    properties::Prop,
    types::{Kind, TypeId, is_object, is_primitive, known},
};

impl<'p> Checker<'p> {
    pub(super) fn member_of(&self, ty: TypeId, name: &str) -> Found {
        let data = self.get(ty);
        let is_clear = match &data.kind {
            Kind::Intrinsic("null" | "undefined" | "void" | "never") => return Found::Missing,
            _ => self.properties(self.apparent(ty)).is_some(),
        };
        match self.property_type(ty, name) {
            Some(ty) => Found::Type(ty),
            None if is_clear => Found::Missing,
            None => Found::Unclear,
        }
    }

    pub(super) fn assignable(&self, from: TypeId, to: TypeId) -> Option<bool> {
        if from == to
            || matches!(to, known::ANY | known::ERROR | known::UNKNOWN)
            || matches!(from, known::NEVER | known::ANY | known::ERROR)
        {
            return Some(true);
        }
        if from == known::UNKNOWN {
            return Some(false);
        }
        let (from, to) = (self.spread_keys(from), self.spread_keys(to));
        let (from_data, to_data) = (self.get(from), self.get(to));
        match (&from_data.kind, &to_data.kind) {
            (Kind::Param(_) | Kind::Conditional(..) | Kind::Indexed(..) | Kind::KeyOf(_), _)
            | (_, Kind::Param(_) | Kind::Conditional(..) | Kind::Indexed(..) | Kind::KeyOf(_)) => {
                None
            }
            (Kind::Union(types, _), _) => all(types.iter().map(|&ty| self.assignable(ty, to))),
            (_, Kind::Union(types, _)) => {
                let each: Vec<Option<bool>> =
                    types.iter().map(|&ty| self.assignable(from, ty)).collect();
                if each.contains(&Some(true)) {
                    Some(true)
                } else if each.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            (Kind::String(_) | Kind::Template(..) | Kind::Mapping(..), _)
                if to == known::STRING =>
            {
                Some(true)
            }
            (Kind::Number(_), _) if to == known::NUMBER => Some(true),
            (Kind::EnumMember(decl, index), _) if matches!(to, known::STRING | known::NUMBER) => {
                Some(enum_member_is_string(decl.item, *index) == (to == known::STRING))
            }
            (Kind::Enum(decl), _) if matches!(to, known::STRING | known::NUMBER) => {
                Some(enum_is_string(decl.item) == (to == known::STRING))
            }
            (Kind::EnumMember(decl, index), Kind::Number(literal)) => {
                let is_text = enum_member_is_string(decl.item, *index);
                Some(!is_text && enum_value(decl.item, *index) == Some(literal.to_string()))
            }
            (Kind::EnumMember(..) | Kind::Enum(_), to) if is_primitive(to) => Some(false),
            (Kind::Number(_) | Kind::Intrinsic("number"), Kind::EnumMember(decl, index)) => {
                Some(!enum_member_is_string(decl.item, *index))
            }
            (Kind::Number(_) | Kind::Intrinsic("number"), Kind::Enum(decl)) => {
                Some(!enum_is_string(decl.item))
            }
            (from, Kind::EnumMember(..) | Kind::Enum(_)) if is_primitive(from) => Some(false),
            (from, to) if is_primitive(from) && is_primitive(to) => Some(false),
            (kind, _) if is_primitive(kind) && to == known::OBJECT => Some(false),
            (Kind::EnumMember(a, _), Kind::EnumMember(b, _) | Kind::Enum(b)) => {
                let whole = matches!(to_data.kind, Kind::Enum(_));
                Some(whole && std::ptr::eq(a.item, b.item))
            }
            (Kind::Enum(_) | Kind::EnumMember(..), _) if to == known::OBJECT => Some(false),
            (Kind::Intrinsic("null" | "undefined" | "void"), to) if is_object(to) => Some(false),
            (kind, to_kind)
                if is_object(to_kind) && !is_object(kind) && self.apparent(from) != from =>
            {
                self.structure_assignable(self.apparent(from), to)
            }
            (_, to) if is_object(&from_data.kind) && is_primitive(to) => Some(false),
            (from, _) if is_object(from) && to == known::OBJECT => Some(true),
            (Kind::Intersection(types), to_kind) => {
                let each: Vec<Option<bool>> =
                    types.iter().map(|&ty| self.assignable(ty, to)).collect();
                match each.iter().find(|answer| **answer != Some(false)) {
                    Some(Some(true)) => Some(true),
                    None if is_primitive(to_kind) => Some(false),
                    _ => self.structure_assignable(from, to),
                }
            }
            (Kind::Named(a, found), Kind::Named(b, wanted)) if std::ptr::eq(a.item, b.item) => {
                let pairs = found.iter().zip(wanted);
                all(pairs.map(|(&a, &b)| self.assignable(a, b)))
            }
            (from_kind, to_kind) if is_object(from_kind) && is_object(to_kind) => {
                self.structure_assignable(from, to)
            }
            _ => None,
        }
    }

    /// Whether one object type has the members of another.
    fn structure_assignable(&self, from: TypeId, to: TypeId) -> Option<bool> {
        if matches!(&self.get(to).kind, Kind::Anonymous(ty, _) if !matches!(ty.kind, TypeKind::Object(_)))
        {
            return None;
        }
        let wanted = self.properties(to)?;
        if let Kind::Tuple(..) = &self.get(to).kind {
            return None;
        }
        let is_weak = !wanted.is_empty() && wanted.iter().all(|prop| prop.optional);
        let has = |prop: &Prop<'p>| matches!(self.member_of(from, &prop.key.text), Found::Type(_));
        if is_weak && !wanted.iter().any(has) {
            let is_empty = self.properties(from)?.is_empty();
            return if is_empty { None } else { Some(false) };
        }
        let mut all = Some(true);
        for prop in wanted {
            let found = match self.member_of(from, &prop.key.text) {
                Found::Type(found) => found,
                Found::Missing if prop.optional => continue,
                Found::Missing => return Some(false),
                Found::Unclear => return None,
            };
            let wanted = self.type_of(&prop);
            all = both(all, self.deeper(|| self.assignable(found, wanted)));
        }
        all
    }
}

/// What is known of a member of a type.
pub(super) enum Found {
    Type(TypeId),
    /// The type has none of that name.
    Missing,
    /// Nothing.
    Unclear,
}

/// Whether all hold.
pub(super) fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for answer in answers {
        all = both(all, answer);
    }
    all
}

/// Whether both hold.
pub(super) fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
