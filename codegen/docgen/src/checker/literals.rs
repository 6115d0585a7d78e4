//! Literal types, and templates and changes of case of them.

use typescript::{Cut as _, syntax::Literal};

use super::{
    Checker,
    enums::{enum_value, has_member_types},
    types::{Kind, TypeId, known},
};

/// A template of more strings than this is `string`, here as in TypeScript only much earlier.
const MOST_CHOICES: usize = 10_000;

impl Checker<'_> {
    pub(super) fn literal(&self, literal: &Literal) -> TypeId {
        match literal {
            Literal::String(text) => self.string(text),
            Literal::Number(number) => {
                self.intern(format!("number {number}"), Kind::Number(*number), None)
            }
            Literal::BigInt(text) => {
                self.intern(format!("bigint {text}"), Kind::BigInt(text.clone()), None)
            }
            Literal::Boolean(true) => known::TRUE,
            Literal::Boolean(false) => known::FALSE,
        }
    }

    pub(crate) fn string(&self, text: &str) -> TypeId {
        self.intern(format!("string {text}"), Kind::String(text.to_owned()), None)
    }

    /// A template: one for each choice of its unions, literals taken into its text.
    pub(crate) fn template(&self, texts: &[String], types: &[TypeId]) -> TypeId {
        let union = types.iter().position(|&ty| {
            ty == known::NEVER
                || ty != known::BOOLEAN && self.members_of(ty).len() > 1
                || self.enum_members(ty).is_some()
        });
        let union = union.or_else(|| types.iter().position(|&ty| ty == known::BOOLEAN));
        if let Some((at, &ty)) = union.and_then(|at| Some((at, types.get(at)?))) {
            if self.members_of(ty).len() > MOST_CHOICES {
                return known::STRING;
            }
            if ty == known::NEVER {
                return known::NEVER;
            }
            return self.each(ty, &|choice| {
                let types = types.iter().enumerate();
                let types = types.map(|(place, &ty)| if place == at { choice } else { ty });
                self.template(texts, &types.collect::<Vec<_>>())
            });
        }
        // The whole of an enum whose members are no types has no text.
        let is_vague = |ty: &TypeId| match &self.get(*ty).kind {
            Kind::Enum(decl) => !has_member_types(decl),
            _ => false,
        };
        if types.iter().any(is_vague) {
            return known::STRING;
        }
        let mut all: Vec<String> = texts.iter().take(1).cloned().collect();
        let mut rest = Vec::new();
        for (&ty, text) in types.iter().zip(texts.cut(1..)) {
            let literal = match &self.get(ty).kind {
                Kind::String(choice) => Some(choice.clone()),
                Kind::Number(number) => Some(number.to_string()),
                Kind::BigInt(number) => Some(number.trim_end_matches('n').to_owned()),
                Kind::EnumMember(decl, index) => enum_value(decl.item, *index),
                // Its only member.
                Kind::Enum(decl) => enum_value(decl.item, 0),
                Kind::Intrinsic(word @ ("true" | "false" | "null" | "undefined")) => {
                    Some((*word).to_owned())
                }
                _ => None,
            };
            if let (Some(literal), Some(last)) = (literal, all.last_mut()) {
                *last += &literal;
                *last += text;
            } else {
                rest.push(ty);
                all.push(text.clone());
            }
        }
        match (all.as_slice(), rest.as_slice()) {
            ([text], _) => self.string(text),
            ([before, after], [ty])
                if before.is_empty() && after.is_empty() && self.is_text(*ty) =>
            {
                *ty
            }
            _ => {
                let key = format!("template {all:?} {rest:?}");
                self.intern(key, Kind::Template(all, rest), None)
            }
        }
    }

    fn is_text(&self, ty: TypeId) -> bool {
        ty == known::STRING || matches!(self.get(ty).kind, Kind::Template(..) | Kind::Mapping(..))
    }

    pub(super) fn mapping(&self, word: &str, ty: TypeId) -> TypeId {
        let change = |text: &str| match word {
            "Uppercase" => text.to_uppercase(),
            "Lowercase" => text.to_lowercase(),
            "Capitalize" => first_changed(text, |first| first.to_uppercase().to_string()),
            _ => first_changed(text, |first| first.to_lowercase().to_string()),
        };
        let each = self.members_of(ty).into_iter().map(|ty| match &self.get(ty).kind {
            Kind::String(text) => self.string(&change(text)),
            Kind::Intrinsic(_) => ty,
            Kind::Template(_, types)
                if types.iter().all(|&ty| matches!(self.get(ty).kind, Kind::Intrinsic(_))) =>
            {
                ty
            }
            _ => self.intern(
                format!("mapping {word} {ty:?}"),
                Kind::Mapping(word.to_owned(), ty),
                None,
            ),
        });
        self.union(&each.collect::<Vec<_>>(), None)
    }
}

fn first_changed(text: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| change(first) + chars.as_str())
}
