//! `typeof`: the types of values.

use std::fmt::Write as _;

use typescript::{
    Cut as _,
    syntax::{
        EntityName, ItemKind, Literal, Operator, Signature, TypeExpr, TypeKind, Value, ValuePart,
        Variable,
    },
};

use super::{
    Checker,
    names::inside,
    scope::{Decl, Scope},
    signatures::Way,
    types::{Callable, Element, Field, Key, Kind, TypeId, known},
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
        self.deeper(|| {
            self.overloads(found).or_else(|| found.iter().find_map(|decl| self.value_of_one(decl)))
        })
    }

    /// The function that the declarations declare together.
    fn overloads(&self, found: &[Decl<'p>]) -> Option<TypeId> {
        let mut functions = found.iter().filter_map(|decl| match &decl.item.kind {
            ItemKind::Function(function) => Some((&function.signature, decl.place.scope())),
            _ => None,
        });
        let (first, scope) = functions.next()?;
        let signatures = std::iter::once(first).chain(functions.map(|(signature, _)| signature));
        Some(self.function(Callable { signatures: signatures.collect(), scope, returns: None }))
    }

    fn value_of_one(&self, decl: &Decl<'p>) -> Option<TypeId> {
        let object = |kind: fn(Decl<'p>) -> Kind<'p>| {
            let key = format!("typeof {:p}", decl.item);
            self.intern(key, kind(decl.clone()), None)
        };
        match &decl.item.kind {
            ItemKind::Enum(_) => {
                self.enumeration(decl.clone());
                Some(object(Kind::EnumObject))
            }
            ItemKind::Class(_) => Some(object(Kind::ClassObject)),
            ItemKind::Variable(variable) => self.variable(variable, &decl.place.scope()),
            _ => None,
        }
    }

    fn variable(&self, variable: &'p Variable, scope: &Scope<'p>) -> Option<TypeId> {
        match (&variable.ty, &variable.initializer) {
            (Some(TypeExpr { kind: TypeKind::Operator { operator, .. }, .. }), _)
                if *operator == Operator::Unique =>
            {
                let name = variable.name.text.clone();
                Some(self.intern(format!("typeof {name}"), Kind::TypeOf(name), None))
            }
            (Some(ty), _) => Some(self.eval(ty, scope)),
            (None, Some(value)) => self.value(value, variable.constant, scope),
            (None, None) => None,
        }
    }

    pub(super) fn function(&self, callable: Callable<'p>) -> TypeId {
        let mut key = format!("function {:?} {}", callable.returns, callable.scope.key());
        for &signature in &callable.signatures {
            let _ = write!(key, " {signature:p}");
        }
        self.intern(key, Kind::Function(callable), None)
    }

    /// The type of a value; `None` when it says nothing of it. Of a constant, literals stay what
    /// they are.
    pub(super) fn value(
        &self,
        value: &'p Value,
        constant: bool,
        scope: &Scope<'p>,
    ) -> Option<TypeId> {
        match value {
            Value::String(text) if constant => Some(self.string(text)),
            Value::String(_) => Some(known::STRING),
            Value::Number(text) => match text.parse() {
                Ok(number) if constant => Some(self.literal(&Literal::Number(number))),
                _ => Some(known::NUMBER),
            },
            Value::BigInt(text) if constant => Some(self.literal(&Literal::BigInt(text.clone()))),
            Value::BigInt(_) => Some(known::BIGINT),
            Value::Boolean(value) if constant => Some(self.literal(&Literal::Boolean(*value))),
            Value::Boolean(_) => Some(known::BOOLEAN),
            Value::Null => Some(known::NULL),
            Value::RegExp => self.instance("RegExp", Vec::new()),
            Value::Array(values) => self.list(values, scope),
            Value::Object(parts) => self.record(parts, false, scope),
            Value::Const(inner) => self.asserted(inner, scope),
            Value::As(ty) => Some(self.eval(ty, scope)),
            Value::Function { signature, is_async, result } => {
                let result = result.as_deref();
                self.function_value(signature, *is_async, result, scope)
            }
            Value::Reference(name) => self.referred(name, constant, scope),
            Value::New(name, args) => self.made(name, args, scope),
            Value::Call(name, _) => self.called(self.referred(name, false, scope)?),
            Value::TypeName => Some(self.type_names()),
            Value::Other => None,
        }
    }

    /// `value as const`.
    fn asserted(&self, value: &'p Value, scope: &Scope<'p>) -> Option<TypeId> {
        match value {
            Value::Object(parts) => self.record(parts, true, scope),
            Value::Array(values) => {
                let types: Vec<TypeId> = values
                    .iter()
                    .map(|value| self.asserted(value, scope))
                    .collect::<Option<_>>()?;
                self.length(types.len());
                let elements = types.into_iter().map(Element::required);
                Some(self.tuple(elements.collect(), true, None))
            }
            value => self.value(value, true, scope),
        }
    }

    /// The type of a list: only what is asserted to be constant is a tuple.
    fn list(&self, values: &'p [Value], scope: &Scope<'p>) -> Option<TypeId> {
        let types: Vec<TypeId> =
            values.iter().map(|value| self.value(value, false, scope)).collect::<Option<_>>()?;
        let element = if types.is_empty() { known::ANY } else { self.union(&types, None) };
        Some(self.array(element, "Array", None))
    }

    /// The type of an object; `None` when a value in it says nothing about its own.
    fn record(&self, parts: &'p [ValuePart], constant: bool, scope: &Scope<'p>) -> Option<TypeId> {
        let mut fields: Vec<Field> = Vec::new();
        // What follows what is spread comes before it.
        let mut spread: Vec<Field> = Vec::new();
        for part in parts {
            let (name, value, is_method, is_fixed) = match part {
                ValuePart::Property(name, value) => (name, value, false, constant),
                ValuePart::Method(name, value) => (name, value, true, constant),
                ValuePart::Getter(name, value) => (name, value, false, true),
                ValuePart::Spread(value) => {
                    let inner = self.value(value, false, scope)?;
                    let Kind::Record(inner) = &self.get(inner).kind else { return None };
                    let inner = inner.iter().map(|it| Field { readonly: constant, ..it.clone() });
                    spread = over(std::mem::take(&mut fields), spread);
                    spread = over(inner.collect(), spread);
                    continue;
                }
            };
            let ty = if constant {
                self.asserted(value, scope)?
            } else {
                self.value(value, false, scope)?
            };
            let key = Key::of(name, scope.place.module);
            fields.retain(|field| field.key.text != key.text);
            fields.push(Field { key, ty, readonly: is_fixed, is_method });
        }
        let fields = over(fields, spread);
        let key = format!("record {parts:p} {constant} {}", scope.key());
        Some(self.intern(key, Kind::Record(fields), None))
    }

    fn function_value(
        &self,
        signature: &'p Signature,
        is_async: bool,
        result: Option<&'p Value>,
        scope: &Scope<'p>,
    ) -> Option<TypeId> {
        let returns = match (&signature.returns, result) {
            (Some(_), _) => None,
            (None, Some(result)) => {
                let mut inner = scope.clone();
                self.bind_params(&mut inner, &signature.type_params);
                let ty = self
                    .parameter_type(signature, result, &inner)
                    .or_else(|| self.value(result, false, &inner))?;
                if is_async { Some(self.instance("Promise", vec![ty])?) } else { Some(ty) }
            }
            (None, None) => return None,
        };
        Some(self.function(Callable { signatures: vec![signature], scope: scope.clone(), returns }))
    }

    /// The type of a parameter that a function returns.
    fn parameter_type(
        &self,
        signature: &'p Signature,
        result: &Value,
        scope: &Scope<'p>,
    ) -> Option<TypeId> {
        let Value::Reference(name) = result else { return None };
        let name = name.single()?;
        let param =
            signature.params.iter().find(|param| param.simple && param.name.text == name)?;
        let ty = param.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, scope));
        Some(self.optional(ty, param.optional && param.default.is_none()))
    }

    /// The type of a variable that a value mentions: its literals are as wide as where it stands.
    fn referred(&self, name: &EntityName, constant: bool, scope: &Scope<'p>) -> Option<TypeId> {
        if let Some(single) = name.single()
            && let [Decl { item, place }] = self.candidates(single, &scope.place).as_slice()
            && let ItemKind::Variable(Variable { ty: None, initializer: Some(value), .. }) =
                &item.kind
        {
            return self.deeper(|| self.value(value, constant, &place.scope()));
        }
        let ty = self.query(name, scope);
        (!matches!(self.get(ty).kind, Kind::TypeOf(_)) && ty != known::ERROR).then_some(ty)
    }

    fn instance(&self, name: &str, args: Vec<TypeId>) -> Option<TypeId> {
        let decl = self.global(name)?;
        let args = self.fill(&decl, args);
        Some(self.named(decl, args, None))
    }

    /// `new name<args>(...)`.
    fn made(
        &self,
        name: &'p EntityName,
        args: &'p [TypeExpr],
        scope: &Scope<'p>,
    ) -> Option<TypeId> {
        let decl = self.find(name, &scope.place)?;
        if !matches!(decl.item.kind, ItemKind::Class(_) | ItemKind::Interface(_)) {
            return None;
        }
        let args = args.iter().map(|arg| self.eval(arg, scope)).collect();
        let args = self.fill(&decl, args);
        Some(self.named(decl, args, None))
    }

    /// What a call of a function makes.
    fn called(&self, function: TypeId) -> Option<TypeId> {
        let signatures = self.signatures(function, Way::Call)?;
        let [only] = signatures.as_slice() else { return None };
        only.signature.type_params.is_empty().then(|| self.returned(only))
    }

    /// What `typeof value` may be.
    fn type_names(&self) -> TypeId {
        let names =
            ["string", "number", "bigint", "boolean", "symbol", "undefined", "object", "function"];
        self.union(&names.map(|name| self.string(name)), None)
    }
}

/// The fields of both, those of `last` first and instead of those of the same name.
fn over(mut last: Vec<Field>, first: Vec<Field>) -> Vec<Field> {
    let is_new = |field: &Field| last.iter().all(|known| known.key.text != field.key.text);
    let rest: Vec<Field> = first.into_iter().filter(is_new).collect();
    last.extend(rest);
    last
}
