//! Types as what they mean: names resolved, layouts forgotten.

use std::rc::Rc;

use typescript::syntax::{
    EntityName, ItemKind, Keyword, Literal, Member, MemberKind, Module, NameStyle, Operator, Param,
    Property, PropertyName, Signature, TypeExpr, TypeKind, TypeParam, Value, ValuePart,
};

use super::{
    forms::Each,
    names::{Key, Target},
    reach::{Declarations, parts},
};
use crate::printer::type_text;

/// A type.
#[derive(Clone)]
pub(super) enum Ty<'m> {
    Keyword(Keyword),
    Literal(Literal),
    Union(Rc<[Ty<'m>]>),
    Intersection(Rc<[Ty<'m>]>),
    Array {
        element: Rc<Ty<'m>>,
        readonly: bool,
    },
    Tuple {
        elements: Rc<[Element<'m>]>,
        readonly: bool,
    },
    Object(Rc<Object<'m>>),
    Named(Rc<Named<'m>>),
    /// A type parameter: of how manieth of the signatures around, and which of it.
    Param {
        level: usize,
        index: usize,
        bound: Option<Rc<Ty<'m>>>,
    },
    KeyOf(Rc<Ty<'m>>),
    Indexed(Rc<(Ty<'m>, Ty<'m>)>),
    /// `this`, where others extend the type: at least that.
    This(Rc<Ty<'m>>),
    /// Texts of a form: one more text than types.
    Template {
        texts: &'m [String],
        types: Rc<[Ty<'m>]>,
    },
    /// The type that is looked at, the one that it is compared with, and both results.
    Conditional(Rc<[Ty<'m>; 4]>),
    Mapped(Rc<Each<'m>>),
    /// What a function says of a value, `x is T` or `asserts x is T`.
    Predicate {
        asserts: bool,
        /// Which of its parameters, by its place: what that is called is no matter. `None` for `this`.
        param: Option<usize>,
        ty: Option<Rc<Ty<'m>>>,
    },
    /// What nobody wrote down, and what does not follow from what is: nothing is said of it.
    Unsaid,
    /// Anything else, as written.
    Text(Rc<str>),
}

/// An element of a tuple.
#[derive(Clone)]
pub(super) struct Element<'m> {
    pub(super) ty: Ty<'m>,
    pub(super) optional: bool,
    pub(super) rest: bool,
}

/// A type by its name.
pub(super) struct Named<'m> {
    /// What the name means in both revisions: what it is called outside, or `package#Name`.
    pub(super) id: String,
    /// Where it is declared, where the revision does that.
    pub(super) key: Option<Key>,
    /// What stands behind it: the member of an enum.
    pub(super) member: Option<String>,
    /// Whether it is the type of a value.
    pub(super) of_value: bool,
    pub(super) args: Vec<Ty<'m>>,
}

/// An object type: what it has, also from its bases.
#[derive(Clone, Default)]
pub(super) struct Object<'m> {
    pub(super) members: Vec<Prop<'m>>,
    pub(super) calls: Vec<Rc<Call<'m>>>,
    pub(super) constructs: Vec<Rc<Call<'m>>>,
    /// The types of keys and values.
    pub(super) indexes: Vec<(Ty<'m>, Ty<'m>)>,
    /// Bases of which nothing is known here.
    pub(super) unknown: Vec<Ty<'m>>,
}

/// A property, or one overload of a method.
#[derive(Clone)]
pub(super) struct Prop<'m> {
    pub(super) name: String,
    pub(super) optional: bool,
    pub(super) readonly: bool,
    pub(super) ty: Ty<'m>,
    /// Where it is written, and what is called so there.
    pub(super) source: Option<Source<'m>>,
}

/// Where a member is written.
#[derive(Clone)]
pub(super) struct Source<'m> {
    pub(super) member: &'m Member,
    pub(super) module: &'m Module,
    /// The declaration around it.
    pub(super) owner: Rc<str>,
    pub(super) is_static: bool,
}

/// A type parameter.
#[derive(Clone)]
pub(super) struct Generic<'m> {
    pub(super) bound: Option<Ty<'m>>,
    pub(super) default: Option<Ty<'m>>,
}

impl Generic<'_> {
    /// Whether nobody can leave it out.
    pub(super) fn is_needed(&self) -> bool {
        self.default.is_none()
    }
}

/// A signature.
pub(super) struct Call<'m> {
    pub(super) params: Vec<Generic<'m>>,
    pub(super) takes: Vec<Element<'m>>,
    pub(super) gives: Ty<'m>,
}

/// Where a type is written, and what the type parameters around it stand for.
#[derive(Clone)]
pub(super) struct Scope<'m> {
    pub(super) file: usize,
    pub(super) module: &'m Module,
    pub(super) around: Vec<String>,
    /// The declaration that it belongs to.
    pub(super) owner: Rc<str>,
    pub(super) params: Vec<(String, Ty<'m>)>,
    /// The parameters of the signature around it.
    pub(super) takes: &'m [Param],
    /// What `this` is.
    pub(super) this: Option<Ty<'m>>,
    /// How many signatures with type parameters are around it.
    pub(super) level: usize,
    /// How many types are around it.
    pub(super) depth: usize,
}

/// How many types within each other are told apart.
const DEEPEST: usize = 100;

impl<'m> Scope<'m> {
    pub(super) fn text(&self, ty: &TypeExpr) -> String {
        type_text(ty, self.module)
    }

    /// The scope within a signature or a declaration with these type parameters.
    pub(super) fn with(
        &self,
        declarations: &Declarations<'m>,
        params: &'m [TypeParam],
        args: &[Ty<'m>],
    ) -> Self {
        let mut scope = self.clone();
        if params.is_empty() {
            return scope;
        }
        let level = scope.level;
        scope.level += 1;
        for (index, param) in params.iter().enumerate() {
            scope.params.push((param.name.text.clone(), Ty::Param { level, index, bound: None }));
        }
        let start = scope.params.len() - params.len();
        for (index, param) in params.iter().enumerate() {
            let default = || param.default.as_ref().filter(|_| !args.is_empty());
            let given = args.get(index).cloned();
            let given = given.or_else(|| default().map(|ty| declarations.read(ty, &scope)));
            let ty = given.unwrap_or_else(|| {
                let bound = param.constraint.as_ref();
                let bound = bound.map(|ty| Rc::new(declarations.read(ty, &scope)));
                Ty::Param { level, index, bound }
            });
            if let Some(place) = scope.params.get_mut(start + index) {
                place.1 = ty;
            }
        }
        scope
    }

    pub(super) fn param(&self, name: &str) -> Option<&Ty<'m>> {
        self.params.iter().rev().find(|(found, _)| found == name).map(|(_, ty)| ty)
    }
}

impl<'m> Declarations<'m> {
    /// What a type means.
    pub(super) fn read(&self, ty: &'m TypeExpr, scope: &Scope<'m>) -> Ty<'m> {
        let ty = ty.unparenthesized();
        if scope.depth > DEEPEST {
            return Ty::Text(scope.text(ty).into());
        }
        let mut inner = scope.clone();
        inner.depth += 1;
        let scope = &inner;
        let all =
            |types: &'m [TypeExpr]| types.iter().map(|ty| self.read(ty, scope)).collect::<Vec<_>>();
        match &ty.kind {
            TypeKind::Keyword(word) => Ty::Keyword(*word),
            TypeKind::Literal(literal) => Ty::Literal(literal.clone()),
            TypeKind::Union(types) => Ty::Union(all(types).into()),
            TypeKind::Intersection(types) => Ty::Intersection(all(types).into()),
            TypeKind::Array(ty) => {
                Ty::Array { element: Rc::new(self.read(ty, scope)), readonly: false }
            }
            TypeKind::Tuple(elements) => {
                let elements = elements.iter().map(|element| Element {
                    ty: self.read(&element.ty, scope),
                    optional: element.optional,
                    rest: element.rest,
                });
                Ty::Tuple { elements: elements.collect(), readonly: false }
            }
            TypeKind::Function(signature) => function(self.call(signature, scope)),
            TypeKind::Constructor { signature, .. } => {
                let constructs = vec![Rc::new(self.call(signature, scope))];
                Ty::Object(Rc::new(Object { constructs, ..Object::default() }))
            }
            TypeKind::Object(members) => Ty::Object(Rc::new(self.object(members, scope, false))),
            TypeKind::Operator { operator: Operator::ReadOnly, ty } => frozen(self.read(ty, scope)),
            TypeKind::Operator { operator: Operator::KeyOf, ty } => {
                Ty::KeyOf(Rc::new(self.read(ty, scope)))
            }
            TypeKind::Indexed { object, index } => {
                Ty::Indexed(Rc::new((self.read(object, scope), self.read(index, scope))))
            }
            TypeKind::Reference { name, args } => {
                let parts = parts(name);
                if let ([single], []) = (parts.as_slice(), args.as_slice())
                    && let Some(ty) = scope.param(single)
                {
                    return ty.clone();
                }
                let found = self.names.resolve(scope.file, &scope.around, &parts);
                self.named(&parts, found, all(args), false)
            }
            TypeKind::Query { name, args } => {
                let parts = parts(name);
                let found = self.names.resolve(scope.file, &scope.around, &parts);
                self.named(&parts, found, all(args), true)
            }
            TypeKind::Import { from, name: Some(name), args, query } => {
                let parts = parts(name);
                let found = self.names.resolve_import(scope.file, &from.text, &parts);
                self.named(&parts, found, all(args), *query)
            }
            _ => self.form(ty, scope).unwrap_or_else(|| Ty::Text(scope.text(ty).into())),
        }
    }

    fn named(
        &self,
        parts: &[&str],
        found: Option<(Target, usize)>,
        args: Vec<Ty<'m>>,
        of_value: bool,
    ) -> Ty<'m> {
        let (id, key, used) = match found {
            Some((Target::Own(key), used)) => {
                (self.called.get(&key).cloned().unwrap_or_default(), Some(key), used)
            }
            Some((Target::Foreign(id), used)) => (id, None, used),
            _ => (parts.join("."), None, parts.len()),
        };
        let rest = parts.get(used..).unwrap_or_default().join(".");
        let member = Some(rest).filter(|rest| !rest.is_empty());
        let is_list = key.is_none() && member.is_none() && !of_value;
        match (id.as_str(), args.as_slice()) {
            ("Array" | "ReadonlyArray", [element]) if is_list => {
                Ty::Array { element: Rc::new(element.clone()), readonly: id != "Array" }
            }
            ("Readonly", [ty @ (Ty::Array { .. } | Ty::Tuple { .. })]) if is_list => {
                frozen(ty.clone())
            }
            _ => Ty::Named(Rc::new(Named { id, key, member, of_value, args })),
        }
    }

    pub(super) fn call(&self, signature: &'m Signature, scope: &Scope<'m>) -> Call<'m> {
        self.call_giving(signature, None, scope)
    }

    /// A signature, and what it gives where that is not written.
    fn call_giving(
        &self,
        signature: &'m Signature,
        result: Option<(&'m Value, bool)>,
        scope: &Scope<'m>,
    ) -> Call<'m> {
        let mut scope = scope.with(self, &signature.type_params, &[]);
        scope.takes = &signature.params;
        let params = self.generics(&signature.type_params, &scope);
        let takes = signature.params.iter().filter(|param| param.name.text != "this");
        let takes = takes.map(|param| Element {
            ty: self.taken(param, &scope),
            optional: param.optional,
            rest: param.rest,
        });
        // `...rest: [A, B]` is two parameters.
        let takes = takes.flat_map(|taken| match taken.ty {
            Ty::Tuple { elements, .. } if taken.rest => elements.to_vec(),
            _ => vec![taken],
        });
        let gives = match (&signature.returns, result) {
            (Some(ty), _) => self.read(ty, &scope),
            (None, Some((value, is_async))) => self.result(signature, value, is_async, &scope),
            (None, None) if signature.has_body => Ty::Unsaid,
            (None, None) => Ty::Keyword(Keyword::Any),
        };
        Call { params, takes: takes.collect(), gives }
    }

    /// Type parameters, in the scope that they are in.
    pub(super) fn generics(&self, params: &'m [TypeParam], scope: &Scope<'m>) -> Vec<Generic<'m>> {
        let start = scope.params.len() - params.len();
        let bounds = scope.params.iter().skip(start).map(|(_, ty)| match ty {
            Ty::Param { bound, .. } => bound.as_deref().cloned(),
            _ => None,
        });
        let all = bounds.zip(params).map(|(bound, param)| {
            let default = param.default.as_ref().map(|ty| self.read(ty, scope));
            Generic { bound, default }
        });
        all.collect()
    }

    /// What a function gives that is one expression.
    fn result(
        &self,
        signature: &'m Signature,
        value: &'m Value,
        is_async: bool,
        scope: &Scope<'m>,
    ) -> Ty<'m> {
        let named = |name: &EntityName| {
            let mut params = signature.params.iter().filter(|param| param.simple);
            params.find(|param| Some(param.name.text.as_str()) == name.single())
        };
        let ty = match value {
            Value::Reference(name) => named(name).map(|param| self.taken(param, scope)),
            _ => None,
        };
        let ty = ty.unwrap_or_else(|| self.value(value, scope, Kept::Never));
        if !is_async || matches!(ty, Ty::Unsaid) {
            return ty;
        }
        let (id, args) = ("Promise".to_owned(), vec![ty]);
        Ty::Named(Rc::new(Named { id, key: None, member: None, of_value: false, args }))
    }

    fn maybe(&self, ty: Option<&'m TypeExpr>, scope: &Scope<'m>) -> Ty<'m> {
        ty.map_or(Ty::Keyword(Keyword::Any), |ty| self.read(ty, scope))
    }

    /// The type of a parameter: where none is written, that of its default.
    fn taken(&self, param: &'m Param, scope: &Scope<'m>) -> Ty<'m> {
        match (&param.ty, &param.default) {
            (None, Some(value)) => self.value(value, scope, Kept::Never),
            (ty, _) => self.maybe(ty.as_ref(), scope),
        }
    }

    /// What stands between braces.
    pub(super) fn object(
        &self,
        members: &'m [Member],
        scope: &Scope<'m>,
        is_static: bool,
    ) -> Object<'m> {
        let mut object = Object::default();
        for member in members {
            let (module, owner) = (scope.module, Rc::clone(&scope.owner));
            let source = Some(Source { member, module, owner, is_static });
            let prefix = if is_static { "static " } else { "" };
            let prop = |name: &PropertyName, optional, readonly, ty| Prop {
                name: format!("{prefix}{}", called(name)),
                optional,
                readonly,
                ty,
                source,
            };
            let property = |property: &'m Property| self.property(property, scope);
            match &member.kind {
                MemberKind::Property(it) => {
                    object.members.push(prop(&it.name, it.optional, it.readonly, property(it)));
                }
                MemberKind::Getter(it) => {
                    let is_twin = |member: &Member| matches!(&member.kind, MemberKind::Setter(other) if other.name.text == it.name.text);
                    let twin = members.iter().find(|member| is_twin(member));
                    let written = it.ty.as_ref().or_else(|| match &twin?.kind {
                        MemberKind::Setter(twin) => twin.ty.as_ref(),
                        _ => None,
                    });
                    let ty = written.map_or(Ty::Unsaid, |ty| self.read(ty, scope));
                    object.members.push(prop(&it.name, false, twin.is_none(), ty));
                }
                MemberKind::Setter(it) => {
                    let is_twin = |member: &Member| matches!(&member.kind, MemberKind::Getter(other) if other.name.text == it.name.text);
                    if !members.iter().any(is_twin) {
                        object.members.push(prop(&it.name, false, false, property(it)));
                    }
                }
                MemberKind::Method(it) => {
                    let ty = function(self.call(&it.signature, scope));
                    object.members.push(prop(&it.name, it.optional, true, ty));
                }
                MemberKind::Call(it) => object.calls.push(Rc::new(self.call(it, scope))),
                MemberKind::Construct(it) => object.constructs.push(Rc::new(self.call(it, scope))),
                MemberKind::Index(it) => object.indexes.push((
                    self.maybe(it.param.ty.as_ref(), scope),
                    self.maybe(it.ty.as_ref(), scope),
                )),
            }
        }
        object
    }

    fn property(&self, property: &'m Property, scope: &Scope<'m>) -> Ty<'m> {
        match (&property.ty, &property.initializer) {
            (Some(ty), _) => self.read(ty, scope),
            (None, Some(value)) => self.value(value, scope, Kept::Never),
            (None, None) => Ty::Keyword(Keyword::Any),
        }
    }

    /// The type of an expression, as far as it can be read from it.
    pub(super) fn value(&self, value: &'m Value, scope: &Scope<'m>, kept: Kept) -> Ty<'m> {
        let literal = |literal: Literal, word| {
            if kept == Kept::Never { Ty::Keyword(word) } else { Ty::Literal(literal) }
        };
        // What stands in lists and objects is kept only where all of it is constant.
        let below = if kept == Kept::Deep { Kept::Deep } else { Kept::Never };
        match value {
            Value::String(text) => literal(Literal::String(text.clone()), Keyword::String),
            Value::Number(number) => match number.parse() {
                Ok(number) => literal(Literal::Number(number), Keyword::Number),
                Err(_) => Ty::Keyword(Keyword::Number),
            },
            Value::BigInt(text) => literal(Literal::BigInt(text.clone()), Keyword::BigInt),
            Value::Boolean(it) => literal(Literal::Boolean(*it), Keyword::Boolean),
            Value::Null => Ty::Keyword(Keyword::Null),
            Value::Array(values) => {
                let types = values.iter().map(|value| self.value(value, scope, below));
                if kept == Kept::Deep {
                    let elements = types.map(|ty| Element { ty, optional: false, rest: false });
                    return Ty::Tuple { elements: elements.collect(), readonly: true };
                }
                Ty::Array { element: Rc::new(Ty::Union(types.collect())), readonly: false }
            }
            Value::Object(parts) => {
                let mut object = Object::default();
                for part in parts {
                    match part {
                        ValuePart::Property(name, value)
                        | ValuePart::Method(name, value)
                        | ValuePart::Getter(name, value) => {
                            object.members.push(Prop {
                                name: name.text.clone(),
                                optional: false,
                                readonly: kept == Kept::Deep,
                                ty: self.value(value, scope, below),
                                source: None,
                            });
                        }
                        ValuePart::Spread(value) => {
                            object.unknown.push(self.value(value, scope, below));
                        }
                    }
                }
                Ty::Object(Rc::new(object))
            }
            Value::Function { signature, is_async, result } => {
                let result = result.as_deref().map(|value| (value, *is_async));
                function(self.call_giving(signature, result, scope))
            }
            Value::Reference(name) => {
                let parts = parts(name);
                let found = self.names.resolve(scope.file, &scope.around, &parts);
                let named = self.named(&parts, found, Vec::new(), true);
                self.enum_value(&named, kept).unwrap_or(named)
            }
            Value::Call(name, args) => {
                let registered = self.registered(name, args, scope);
                registered.or_else(|| self.called_result(name, scope)).unwrap_or(Ty::Unsaid)
            }
            Value::New(name, args) => {
                let parts = parts(name);
                let found = self.names.resolve(scope.file, &scope.around, &parts);
                let args = args.iter().map(|ty| self.read(ty, scope)).collect();
                self.named(&parts, found, args, false)
            }
            Value::Const(value) => self.value(value, scope, Kept::Deep),
            Value::As(ty) => self.read(ty, scope),
            Value::TypeName => Ty::Keyword(Keyword::String),
            Value::RegExp => self.named(&["RegExp"], None, Vec::new(), false),
            Value::Other => Ty::Unsaid,
        }
    }

    /// What a function of this name gives, where it has one signature, and its result is written.
    fn called_result(&self, name: &'m EntityName, scope: &Scope<'m>) -> Option<Ty<'m>> {
        let parts = parts(name);
        let (Target::Own(key), used) = self.names.resolve(scope.file, &scope.around, &parts)?
        else {
            return None;
        };
        let [found] = self.names.found(&key) else { return None };
        let ItemKind::Function(function) = &found.item.kind else { return None };
        let signature = &function.signature;
        let is_plain = used == parts.len() && signature.type_params.is_empty();
        let returns = signature.returns.as_ref().filter(|_| is_plain)?;
        Some(self.read(returns, &self.scope(&key, *found)))
    }
}

/// What a property is called: `['a']` is `a`.
fn called(name: &PropertyName) -> &str {
    let text = name.text.as_str();
    let quotes = ['\'', '"'].into_iter().filter(|_| name.style == NameStyle::Computed);
    let mut inner = quotes.filter_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    inner.find(|inner| !inner.contains(['\\', '\'', '"'])).unwrap_or(text)
}

/// Which literals of a value are its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Never,
    /// The value itself, if it is one.
    Top,
    /// Those within it, too: `as const`.
    Deep,
}

pub(super) fn function(call: Call<'_>) -> Ty<'_> {
    Ty::Object(Rc::new(Object { calls: vec![Rc::new(call)], ..Object::default() }))
}

/// A list that nobody can change.
fn frozen(ty: Ty<'_>) -> Ty<'_> {
    match ty {
        Ty::Array { element, .. } => Ty::Array { element, readonly: true },
        Ty::Tuple { elements, .. } => Ty::Tuple { elements, readonly: true },
        other => other,
    }
}
