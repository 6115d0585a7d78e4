//! `typeof`: the types of values.

use super::{
    Checker,
    names::inside,
    scope::{Decl, Scope},
    types::{Element, Kind, TypeId, known},
};
use crate::cut::Cut as _;
use crate::syntax::{
    EntityName, Item, ItemKind, Literal, Operator, PropertyName, Signature, TypeExpr, TypeKind,
    Value,
};

impl<'p> Checker<'p> {
    /// `typeof name`.
    pub(super) fn query(&self, name: &EntityName, scope: &Scope<'p>) -> TypeId {
        let first = name.first();
        let mut found = self.candidates(first, &scope.place);
        let is_known = !found.is_empty()
            || first == "globalThis"
            || self.program.namespace(scope.place.file, first).is_some();
        let mut rest = name.parts.cut(1..);
        while let [part, more @ ..] = rest {
            let inner: Vec<Decl<'p>> =
                found.iter().flat_map(|decl| inside(decl, &part.text)).collect();
            if inner.is_empty() {
                break;
            }
            (found, rest) = (inner, more);
        }
        let mut ty = self.value_of(&found);
        for part in rest {
            ty = ty.and_then(|ty| self.property_type(ty, &part.text));
        }
        ty.unwrap_or_else(|| {
            if !is_known {
                return known::ERROR;
            }
            self.intern(format!("typeof {}", name.dotted()), Kind::TypeOf(name.dotted()), None)
        })
    }

    /// The type of the value that is declared, as far as its declarations say it.
    fn value_of(&self, found: &[Decl<'p>]) -> Option<TypeId> {
        if let [Decl { item: Item { kind: ItemKind::Function(function), .. }, place }, others @ ..] =
            found
            && !others.iter().any(|other| matches!(other.item.kind, ItemKind::Function(_)))
        {
            return Some(self.function(&function.signature, place.scope()));
        }
        found.iter().find_map(|decl| match &decl.item.kind {
            ItemKind::Enum(_) => {
                self.enumeration(decl.clone());
                let name = decl.name().to_owned();
                let key = format!("typeof {:p}", decl.item);
                Some(self.intern(key, Kind::EnumObject(decl.clone(), name), None))
            }
            ItemKind::Variable(variable) => match (&variable.ty, &variable.initializer) {
                (Some(TypeExpr { kind: TypeKind::Operator { operator, .. }, .. }), _)
                    if *operator == Operator::Unique =>
                {
                    let name = variable.name.text.clone();
                    Some(self.intern(format!("typeof {name}"), Kind::TypeOf(name), None))
                }
                (Some(ty), _) => Some(self.eval(ty, &decl.place.scope())),
                // Only what is asserted to be constant is a tuple.
                (None, Some(list @ Value::Array(_))) => {
                    Some(self.value(list, false, &variable.name.text))
                }
                (None, Some(value)) => {
                    Some(self.value(value, variable.constant, &variable.name.text))
                }
                (None, None) => None,
            },
            _ => None,
        })
    }

    pub(super) fn function(&self, signature: &'p Signature, scope: Scope<'p>) -> TypeId {
        let key = format!("function {signature:p} {}", scope.key());
        self.intern(key, Kind::Function(signature, scope), None)
    }

    /// The type of the value of the variable `name`.
    pub(super) fn value(&self, value: &Value, constant: bool, name: &str) -> TypeId {
        let unknown = || self.intern(format!("typeof {name}"), Kind::TypeOf(name.to_owned()), None);
        match value {
            Value::String(text) if constant => self.string(text),
            Value::String(_) => known::STRING,
            Value::Number(text) => match text.parse() {
                Ok(number) if constant => self.literal(&Literal::Number(number)),
                _ => known::NUMBER,
            },
            Value::Boolean(value) if constant => self.literal(&Literal::Boolean(*value)),
            Value::Boolean(_) => known::BOOLEAN,
            Value::Object(properties) => {
                self.record(properties, false, name).unwrap_or_else(unknown)
            }
            Value::Const(inner) => match &**inner {
                Value::Object(properties) => {
                    self.record(properties, true, name).unwrap_or_else(unknown)
                }
                inner => self.value(inner, true, name),
            },
            Value::Array(values) => self.list(values, constant, name).unwrap_or_else(unknown),
            _ => unknown(),
        }
    }

    /// The type of a list; `None` when a value in it says nothing about its own.
    pub(super) fn list(&self, values: &[Value], constant: bool, name: &str) -> Option<TypeId> {
        let types: Vec<TypeId> = values
            .iter()
            .map(|value| {
                let ty = match value {
                    Value::Object(inner) => self.record(inner, constant, name)?,
                    value => self.value(value, constant, name),
                };
                (!matches!(self.get(ty).kind, Kind::TypeOf(_))).then_some(ty)
            })
            .collect::<Option<_>>()?;
        if !constant {
            return Some(self.array(self.union(&types, None), "Array", None));
        }
        let elements = types.into_iter().map(|ty| Element {
            label: None,
            ty,
            optional: false,
            rest: false,
            variadic: false,
        });
        Some(self.tuple(elements.collect(), true, None))
    }

    /// The type of an object; `None` when a value in it says nothing about its own.
    fn record(
        &self,
        properties: &[(PropertyName, Value)],
        constant: bool,
        name: &str,
    ) -> Option<TypeId> {
        let properties: Vec<(String, TypeId)> = properties
            .iter()
            .map(|(key, value)| {
                let ty = match value {
                    Value::Object(inner) => self.record(inner, constant, name)?,
                    value => self.value(value, constant, name),
                };
                let is_known = !matches!(self.get(ty).kind, Kind::TypeOf(_));
                is_known.then(|| (key.text.clone(), ty))
            })
            .collect::<Option<_>>()?;
        let key = format!("record {constant} {properties:?}");
        Some(self.intern(key, Kind::Record(properties, constant), None))
    }
}
