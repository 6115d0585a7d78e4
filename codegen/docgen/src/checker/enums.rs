//! Enums and their members.

use typescript::{
    Cut as _,
    syntax::{EntityName, Enum, EnumValue, Item, ItemKind},
};

use super::{
    Checker,
    scope::{Decl, Scope},
    types::{Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    /// The members of a whole enum, where they are types of their own.
    pub(crate) fn enum_members(&self, ty: TypeId) -> Option<Vec<TypeId>> {
        let data = self.get(ty);
        let Kind::Enum(decl) = &data.kind else { return None };
        let ItemKind::Enum(item) = &decl.item.kind else { return None };
        if item.members.len() < 2 || !has_member_types(decl) {
            return None;
        }
        let members = (0..item.members.len()).filter(|&index| first_of_value(item, index) == index);
        Some(members.map(|index| self.enum_member_at(decl, index)).collect())
    }

    pub(super) fn enum_member_at(&self, decl: &Decl<'p>, index: usize) -> TypeId {
        let key = format!("enum {:p} {index}", decl.item);
        self.intern(key, Kind::EnumMember(decl.clone(), index), None)
    }

    /// The enum as a whole. Its members are made first, as the compiler does.
    pub(super) fn enumeration(&self, decl: Decl<'p>) -> TypeId {
        if let ItemKind::Enum(item) = &decl.item.kind
            && item.members.len() > 1
            && has_member_types(&decl)
        {
            for index in 0..item.members.len() {
                self.enum_member_at(&decl, first_of_value(item, index));
            }
        }
        self.intern(format!("enum {:p}", decl.item), Kind::Enum(decl), None)
    }

    /// `Enum.Member`.
    pub(super) fn enum_member(&self, name: &EntityName, scope: &Scope<'p>) -> TypeId {
        let Some((last, first)) = name.parts.split_last() else { return known::ERROR };
        if first.is_empty() {
            return known::ERROR;
        }
        let parent = EntityName { parts: first.to_vec() };
        let Some(decl) = self.find(&parent, &scope.place) else { return known::ERROR };
        let ItemKind::Enum(item) = &decl.item.kind else { return known::ERROR };
        let whole = self.enumeration(decl.clone());
        match item
            .members
            .iter()
            .position(|member| member.name.text == last.text)
            .map(|index| first_of_value(item, index))
        {
            Some(_) if item.members.len() == 1 || !has_member_types(&decl) => whole,
            // Members of the same value are the same type, named after the first.
            Some(index) => self.enum_member_at(&decl, index),
            None => known::ERROR,
        }
    }
}

/// The value of an enum's member as text, if it is known.
pub(super) fn enum_value(item: &Item, index: usize) -> Option<String> {
    let ItemKind::Enum(item) = &item.kind else { return None };
    match &item.members.get(index)?.value {
        EnumValue::String(text) => Some(text.clone()),
        EnumValue::Number(number) => Some(number.to_string()),
        EnumValue::Computed => None,
    }
}

/// The first member that is worth the same as the one at `index`; to the compiler, what only a
/// program can compute is worth 0.
pub(super) fn first_of_value(item: &Enum, index: usize) -> usize {
    let worth = |value: &EnumValue| match value {
        EnumValue::Computed => EnumValue::Number(0.0),
        value => value.clone(),
    };
    let Some(value) = item.members.get(index).map(|member| worth(&member.value)) else {
        return index;
    };
    item.members.iter().position(|member| worth(&member.value) == value).unwrap_or(index)
}

/// Whether the members of an enum are types of their own: each is a literal, or one is a string.
pub(super) fn has_member_types(decl: &Decl<'_>) -> bool {
    let ItemKind::Enum(item) = &decl.item.kind else { return false };
    let module = decl.place.module;
    let head = module.slice(decl.item.span).split("enum").next().unwrap_or_default();
    let ambient = module.file.ends_with(".d.ts") || head.contains("declare");
    let is_member = |text: &str| item.members.iter().any(|member| member.name.text == text);
    let is_literal = |text: &str| {
        let number = text.strip_prefix('-').map_or(text, str::trim_start);
        number.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
            || is_member(text)
            || text.split('+').all(is_string)
    };
    let values = || item.members.iter().map(|member| member.initializer.as_ref());
    values().flatten().any(|value| is_string(&value.text))
        || values().all(|value| value.map_or(!ambient, |value| is_literal(value.text.trim())))
}

/// Whether the source text of a value is one string.
fn is_string(text: &str) -> bool {
    let text = text.trim();
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"' | '`')) else {
        return false;
    };
    let mut escaped = false;
    let end = text.cut(1..).find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.is_some_and(|end| end + 2 == text.len())
}

pub(super) fn enum_is_string(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Enum(item) if item.members.iter().all(|member| matches!(member.value, typescript::syntax::EnumValue::String(_))))
}

pub(super) fn enum_member_is_string(item: &Item, index: usize) -> bool {
    matches!(&item.kind, ItemKind::Enum(item) if item.members.get(index).is_some_and(|member| matches!(member.value, typescript::syntax::EnumValue::String(_))))
}
