//! The names that a type of names stands for: `'a' | keyof Base`, also where a part of it is open.

use typescript::syntax::{EnumValue, ItemKind, Keyword, Literal, Operator, TypeExpr, TypeKind};

use super::{
    Collector,
    bases::{DEEPEST, MOST, bare},
    names::Place,
};
use crate::clean::facts::Id;

/// Names, as far as they are known.
#[derive(Default)]
pub(super) struct Keys {
    /// Those that are among them whatever the type parameters stand for.
    pub(super) sure: Vec<String>,
    /// Those that may be; `None` where any may.
    maybe: Option<Vec<String>>,
}

impl Keys {
    /// Exactly these names.
    fn closed(sure: Vec<String>) -> Self {
        Self { sure, maybe: Some(Vec::new()) }
    }

    /// Whether `name` is among them in any case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.sure.iter().any(|key| key == name)
    }

    /// Whether `name` is among them in no case.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let maybe = self.maybe.as_ref();
        !self.has(name) && maybe.is_some_and(|keys| !keys.iter().any(|key| key == name))
    }

    fn join(&mut self, other: Self) {
        self.sure.extend(other.sure);
        self.maybe =
            self.maybe.take().zip(other.maybe).map(|(ours, theirs)| [ours, theirs].concat());
    }

    /// What `Exclude` (or else `Extract`) makes of these names and `some`.
    fn without(self, some: &Self, exclude: bool) -> Self {
        let is_in = |key: &String| if exclude { some.lacks(key) } else { some.has(key) };
        let is_out = |key: &String| if exclude { some.has(key) } else { some.lacks(key) };
        let (sure, rest): (Vec<_>, Vec<_>) = self.sure.into_iter().partition(is_in);
        let maybe = self
            .maybe
            .map(|maybe| rest.into_iter().chain(maybe).filter(|key| !is_out(key)).collect());
        Self { sure, maybe }
    }
}

impl<'p> Collector<'p> {
    /// The names that a type of names stands for; `None` where that takes more than syntax.
    pub(super) fn keys(
        &mut self,
        ty: &'p TypeExpr,
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Keys> {
        self.followed += 1;
        if depth > DEEPEST || self.followed > MOST {
            return None;
        }
        match &ty.unparenthesized().kind {
            TypeKind::Literal(Literal::String(text)) => Some(Keys::closed(vec![text.clone()])),
            TypeKind::Literal(Literal::Number(number)) => {
                Some(Keys::closed(vec![number.to_string()]))
            }
            TypeKind::Keyword(Keyword::Never) => Some(Keys::closed(Vec::new())),
            TypeKind::Union(types) => {
                let mut all = Keys::closed(Vec::new());
                for ty in types {
                    all.join(self.keys(ty, place, depth + 1)?);
                }
                Some(all)
            }
            TypeKind::Operator { operator: Operator::KeyOf, ty } => {
                let members = self.shape(ty, place, depth + 1)?;
                let names = members.iter().map(|member| bare(&member.name).to_owned());
                Some(Keys::closed(names.collect()))
            }
            TypeKind::Reference { name, args } => {
                let parts: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
                if let ([name], []) = (parts.as_slice(), args.as_slice())
                    && place.is_param(name)
                {
                    return self.keys_of_param(name, place, depth + 1);
                }
                let (ids, _) = self.types(place, &parts);
                match (parts.as_slice(), args.as_slice()) {
                    ([word @ ("Exclude" | "Extract")], [all, some]) if ids.is_empty() => {
                        let some = self.keys(some, place, depth + 1)?;
                        let all = self.keys(all, place, depth + 1)?;
                        Some(all.without(&some, *word == "Exclude"))
                    }
                    _ => self.declared_keys(*ids.first()?, depth + 1),
                }
            }
            _ => None,
        }
    }

    /// The names that a type parameter stands for; where it is open, those that it may.
    fn keys_of_param(&mut self, name: &str, place: &Place<'p>, depth: usize) -> Option<Keys> {
        if let Some(argument) = place.argument(name) {
            return self.keys(argument.ty, &argument.place, depth);
        }
        let bound = place.constraint(name).and_then(|ty| self.keys(ty, place, depth));
        let maybe = bound.and_then(|keys| Some([keys.sure, keys.maybe?].concat()));
        Some(Keys { sure: Vec::new(), maybe })
    }

    fn declared_keys(&mut self, id: Id, depth: usize) -> Option<Keys> {
        match &self.item(id)?.kind {
            ItemKind::Alias(item) if item.type_params.is_empty() => {
                let place = self.place(id);
                self.keys(&item.ty, &place, depth)
            }
            ItemKind::Enum(item) => {
                let values = item.members.iter().map(|member| match &member.value {
                    EnumValue::String(text) => Some(text.clone()),
                    EnumValue::Number(number) => Some(number.to_string()),
                    EnumValue::Computed => None,
                });
                values.collect::<Option<_>>().map(Keys::closed)
            }
            _ => None,
        }
    }
}
