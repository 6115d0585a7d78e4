//! Intersections.

use super::{
    Checker,
    types::{Alias, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    pub(super) fn intersection(&self, types: &[TypeId], alias: Option<Alias<'p>>) -> TypeId {
        let mut set: Vec<TypeId> = Vec::new();
        for &ty in types {
            let parts = match &self.get(ty).kind {
                Kind::Intersection(parts) => parts.clone(),
                _ => vec![ty],
            };
            for part in parts {
                if !set.contains(&part) && part != known::UNKNOWN {
                    set.push(part);
                }
            }
        }
        if set.contains(&known::NEVER) {
            return known::NEVER;
        }
        if set.iter().any(|ty| matches!(*ty, known::ANY | known::ERROR)) {
            return known::ANY;
        }
        if self.is_impossible(&set) {
            return known::NEVER;
        }
        let has = |found: fn(&Kind<'p>) -> bool| set.iter().any(|&ty| found(&self.get(ty).kind));
        let (text, number) = (
            has(|kind| matches!(kind, Kind::String(_))),
            has(|kind| matches!(kind, Kind::Number(_))),
        );
        set.retain(|&ty| !(text && ty == known::STRING || number && ty == known::NUMBER));
        if let Some(union) = set.iter().position(|&ty| matches!(self.get(ty).kind, Kind::Union(..)))
        {
            return self.distributed(&set, union, alias);
        }
        // Primitives first: `string & {}` keeps its place, objects keep theirs.
        set.sort_by_key(|&ty| !matches!(self.get(ty).kind, Kind::Intrinsic(_) | Kind::String(_)));
        match set.as_slice() {
            [] => known::UNKNOWN,
            [only] => *only,
            _ => {
                self.intern(format!("intersection {set:?}"), Kind::Intersection(set.clone()), alias)
            }
        }
    }

    /// `X & (A | B)` as `X & A | X & B`, which is still printed as it was.
    fn distributed(&self, set: &[TypeId], union: usize, alias: Option<Alias<'p>>) -> TypeId {
        let choices = set.get(union).map(|&union| self.members_of(union)).unwrap_or_default();
        let each: Vec<TypeId> = choices
            .into_iter()
            .map(|choice| {
                let types = set.iter().enumerate();
                let types = types.map(|(place, &ty)| if place == union { choice } else { ty });
                self.intersection(&types.collect::<Vec<_>>(), None)
            })
            .collect();
        let mixes = each.iter().any(|&ty| matches!(self.get(ty).kind, Kind::Intersection(_)));
        let made = self.union(&each, alias.clone());
        let data = self.get(made);
        let Kind::Union(types, _) = &data.kind else { return made };
        if !mixes {
            return made;
        }
        let key = format!("intersection {set:?}");
        let whole = self.intern(key, Kind::Intersection(set.to_vec()), None);
        self.intern(
            format!("union of {whole:?}"),
            Kind::Union(types.clone(), Some(vec![whole])),
            alias,
        )
    }

    /// Whether nothing can be all of the types: two kinds of primitive, or nothing and an object.
    fn is_impossible(&self, set: &[TypeId]) -> bool {
        let kinds: Vec<&str> = set
            .iter()
            .filter_map(|&ty| match &self.get(ty).kind {
                Kind::Intrinsic("{}") => None,
                Kind::Intrinsic("true" | "false") => Some("boolean"),
                Kind::Intrinsic(word) => Some(*word),
                Kind::String(_) | Kind::Template(..) => Some("string"),
                Kind::Number(_) => Some("number"),
                Kind::BigInt(_) => Some("bigint"),
                Kind::Named(..) | Kind::Anonymous(..) | Kind::Tuple(..) => Some("{}"),
                _ => None,
            })
            .collect();
        let is_unit = |ty: &&TypeId| {
            matches!(
                self.get(**ty).kind,
                Kind::String(_)
                    | Kind::Number(_)
                    | Kind::BigInt(_)
                    | Kind::EnumMember(..)
                    | Kind::Intrinsic("true" | "false" | "null" | "undefined")
            )
        };
        if set.iter().filter(is_unit).count() > 1 {
            return true;
        }
        let nothing = kinds.iter().any(|kind| matches!(*kind, "null" | "undefined"));
        let mut primitives: Vec<&&str> = kinds.iter().filter(|kind| **kind != "{}").collect();
        primitives.sort_unstable();
        primitives.dedup();
        primitives.len() > 1 || nothing && kinds.contains(&"{}")
    }
}
