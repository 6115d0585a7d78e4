//! Type operators, `keyof` first of all.

use typescript::syntax::{Literal, Mapped, Operator, TypeExpr, TypeKind};

use super::{
    Checker,
    enums::{enum_is_string, enum_member_is_string},
    scope::Scope,
    types::{Alias, Key, KeyStyle, Kind, TypeId, known},
};

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

    /// `keyof ty`.
    pub(super) fn key_of(&self, ty: TypeId) -> TypeId {
        let any_key = [known::STRING, known::NUMBER, known::SYMBOL];
        match ty {
            known::ANY | known::ERROR | known::NEVER => return self.union(&any_key, None),
            known::UNKNOWN => return known::NEVER,
            _ => {}
        }
        let data = self.get(ty);
        match &data.kind {
            Kind::TypeOf(name) => {
                self.intern(format!("keyof typeof {name}"), Kind::KeyOf(ty), None)
            }
            Kind::Union(types, _) => {
                let keys: Vec<TypeId> = types.iter().map(|&ty| self.key_of(ty)).collect();
                self.intersection(&keys, None)
            }
            Kind::Intersection(types) => {
                let keys: Vec<TypeId> = types.iter().map(|&ty| self.key_of(ty)).collect();
                self.union(&keys, None)
            }
            Kind::Mapped(Mapped { name: None, param, .. }, scope) => match &param.constraint {
                Some(keys) => self.eval(keys, scope),
                None => known::NEVER,
            },
            _ => match self.names_of(self.apparent(ty)) {
                Some(names) => self.keys_from(ty, names),
                None => self.intern(format!("keyof {ty:?}"), Kind::KeyOf(ty), None),
            },
        }
    }

    /// The union of a type's names and of what its index signatures take, printed as `keyof` of it
    /// where it has a name.
    fn keys_from(&self, ty: TypeId, mut names: Vec<TypeId>) -> TypeId {
        let apparent = self.apparent(ty);
        if self.index_type(apparent, known::STRING).is_some() {
            names.retain(|&name| matches!(self.get(name).kind, Kind::TypeOf(_)));
            names.extend([known::STRING, known::NUMBER]);
            return self.union(&names, None);
        }
        let data = self.get(ty);
        let is_named =
            matches!(data.kind, Kind::Named(..) | Kind::Tuple(..)) || data.alias.is_some();
        let whole = self.intern(format!("keyof {ty:?}"), Kind::KeyOf(ty), None);
        let keys = self.union(&names, None);
        let keys = match &self.get(keys).kind {
            Kind::Union(types, _) if is_named => {
                let key = format!("union of {whole:?}");
                self.intern(key, Kind::Union(types.clone(), Some(vec![whole])), None)
            }
            _ => keys,
        };
        if self.index_type(apparent, known::NUMBER).is_some() {
            return self.union(&[known::NUMBER, keys], None);
        }
        keys
    }

    /// The interface that says what a primitive type has; other types are that themselves.
    pub(super) fn apparent(&self, ty: TypeId) -> TypeId {
        let name = match &self.get(ty).kind {
            Kind::Enum(decl) => wrapper(enum_is_string(decl.item)),
            Kind::EnumMember(decl, index) => wrapper(enum_member_is_string(decl.item, *index)),
            Kind::Intrinsic("string")
            | Kind::String(_)
            | Kind::Template(..)
            | Kind::Mapping(..) => "String",
            Kind::Intrinsic("number") | Kind::Number(_) => "Number",
            Kind::Intrinsic("bigint") | Kind::BigInt(_) => "BigInt",
            Kind::Intrinsic("true" | "false") => "Boolean",
            Kind::Intrinsic("symbol") => "Symbol",
            Kind::Tuple(elements, _) => return self.list_of(elements),
            _ if ty == known::BOOLEAN => "Boolean",
            _ => return ty,
        };
        self.global(name).map_or(ty, |decl| self.named(decl, Vec::new(), None))
    }

    /// The names of the properties of an object type.
    pub(crate) fn names_of(&self, ty: TypeId) -> Option<Vec<TypeId>> {
        if matches!(self.get(ty).kind, Kind::Intrinsic(_)) {
            return Some(Vec::new());
        }
        if let Kind::Mapped(mapped, scope) = &self.get(ty).kind {
            let props = self.mapped_props(mapped, scope, None)?;
            return Some(props.iter().map(|prop| prop.name).collect());
        }
        let props = self.properties(ty)?;
        Some(props.iter().filter_map(|prop| self.key_type(&prop.key)).collect())
    }

    /// A name as a type; those of the symbols that the language knows are none.
    fn key_type(&self, key: &Key) -> Option<TypeId> {
        match key.style {
            KeyStyle::Computed if key.text.starts_with("Symbol.") => None,
            KeyStyle::Computed => Some(self.intern(
                format!("typeof {}", key.text),
                Kind::TypeOf(key.text.clone()),
                None,
            )),
            KeyStyle::Number => {
                Some(self.literal(&Literal::Number(key.text.parse().unwrap_or(f64::NAN))))
            }
            _ => Some(self.string(&key.text)),
        }
    }
}

/// The interface of what enums are made of.
fn wrapper(is_string: bool) -> &'static str {
    if is_string { "String" } else { "Number" }
}
