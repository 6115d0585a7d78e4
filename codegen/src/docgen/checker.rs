//! What a written type means: names resolved, aliases followed, unions reduced, as far as printing
//! a type the way TypeScript's checker prints it needs that.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt::Write as _,
    rc::Rc,
};

use super::program::{DeclId, Program};
use crate::cut::Cut as _;
use crate::syntax::{
    Conditional, EntityName, Enum, EnumValue, Imported, Item, ItemKind, Keyword, Literal, Mapped,
    Member, MemberKind, Modifier, Module, Name, NamespaceName, Operator, PropertyName, Signature,
    TupleElement, TypeExpr, TypeKind, TypeParam, Value,
};

/// An interned type; the order of ids is the order of creation, which orders unions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TypeId(u32);

/// The types that exist from the start, in TypeScript's order of creation.
pub(super) mod known {
    use super::TypeId;

    pub(in super::super) const ANY: TypeId = TypeId(0);
    pub(in super::super) const ERROR: TypeId = TypeId(1);
    pub(in super::super) const UNKNOWN: TypeId = TypeId(2);
    pub(in super::super) const UNDEFINED: TypeId = TypeId(3);
    pub(in super::super) const NULL: TypeId = TypeId(4);
    pub(in super::super) const STRING: TypeId = TypeId(5);
    pub(in super::super) const NUMBER: TypeId = TypeId(6);
    pub(in super::super) const BIGINT: TypeId = TypeId(7);
    pub(in super::super) const FALSE: TypeId = TypeId(8);
    pub(in super::super) const TRUE: TypeId = TypeId(9);
    pub(in super::super) const BOOLEAN: TypeId = TypeId(10);
    pub(in super::super) const SYMBOL: TypeId = TypeId(11);
    pub(in super::super) const VOID: TypeId = TypeId(12);
    pub(in super::super) const NEVER: TypeId = TypeId(13);
    pub(in super::super) const OBJECT: TypeId = TypeId(14);
    /// What a generic global that no file declares becomes: it prints `{}`.
    pub(in super::super) const EMPTY: TypeId = TypeId(15);
}

/// A declaration and what surrounds it.
#[derive(Clone)]
pub(super) struct Decl<'p> {
    pub(super) item: &'p Item,
    pub(super) place: Place<'p>,
}

/// Where names are looked up from.
#[derive(Clone)]
pub(super) struct Place<'p> {
    pub(super) file: usize,
    pub(super) module: &'p Module,
    /// The names and statements of the namespaces around it, the innermost last; a block of global
    /// declarations has no name.
    namespaces: Rc<Vec<(&'p str, &'p [Item])>>,
}

impl<'p> Decl<'p> {
    pub(super) fn name(&self) -> &'p str {
        self.item.name().map_or("", |name| name.text.as_str())
    }

    /// How many type arguments a reference to it must have.
    pub(super) fn required_params(&self) -> usize {
        self.type_params().iter().filter(|param| param.default.is_none()).count()
    }

    fn type_params(&self) -> &'p [TypeParam] {
        match &self.item.kind {
            ItemKind::Interface(item) => &item.type_params,
            ItemKind::Alias(item) => &item.type_params,
            ItemKind::Class(item) => &item.type_params,
            _ => &[],
        }
    }
}

/// A place, and what the type parameters in scope stand for.
#[derive(Clone)]
pub(super) struct Scope<'p> {
    pub(super) place: Place<'p>,
    env: Option<Rc<Binding>>,
}

struct Binding {
    name: String,
    ty: TypeId,
    next: Option<Rc<Binding>>,
}

impl<'p> Place<'p> {
    /// The place, without type parameters.
    pub(super) fn scope(&self) -> Scope<'p> {
        Scope { place: self.clone(), env: None }
    }
}

impl Scope<'_> {
    /// This scope, in which `name` stands for `ty` as well.
    pub(super) fn with_binding(&self, name: &str, ty: TypeId) -> Self {
        let mut scope = self.clone();
        scope.bind(name, ty);
        scope
    }

    pub(super) fn get(&self, name: &str) -> Option<TypeId> {
        let mut env = self.env.as_deref();
        while let Some(binding) = env {
            if binding.name == name {
                return Some(binding.ty);
            }
            env = binding.next.as_deref();
        }
        None
    }

    pub(super) fn bind(&mut self, name: &str, ty: TypeId) {
        let next = self.env.take();
        self.env = Some(Rc::new(Binding { name: name.to_owned(), ty, next }));
    }

    pub(super) fn key(&self) -> String {
        let mut key = String::new();
        let mut env = self.env.as_deref();
        while let Some(binding) = env {
            let _ = write!(key, "{}={},", binding.name, binding.ty.0);
            env = binding.next.as_deref();
        }
        key
    }
}

/// An alias that a type is printed by.
#[derive(Clone)]
pub(super) struct Alias<'p> {
    pub(super) decl: Decl<'p>,
    pub(super) args: Vec<TypeId>,
    /// Whether the alias is the one whose definition the type is, not one around it.
    pub(super) own: bool,
}

impl<'p> Alias<'p> {
    /// The alias with the arguments that `scope` gives its parameters.
    pub(super) fn rebound(&self, scope: &Scope<'p>) -> Self {
        let params = self.decl.type_params().iter().zip(&self.args);
        let args = params.map(|(param, &arg)| scope.get(&param.name.text).unwrap_or(arg));
        Self { args: args.collect(), ..self.clone() }
    }
}

pub(super) struct Type<'p> {
    pub(super) kind: Kind<'p>,
    pub(super) alias: Option<Alias<'p>>,
    /// Types of the default library come before those of the plugin in a union.
    is_lib: bool,
}

#[derive(Clone)]
pub(super) enum Kind<'p> {
    /// A word of the language.
    Intrinsic(&'static str),
    String(String),
    Number(f64),
    BigInt(String),
    Enum(Decl<'p>),
    EnumMember(Decl<'p>, usize),
    Param(String),
    This,
    /// An interface or class.
    Named(Decl<'p>, Vec<TypeId>),
    Tuple(Vec<Element>, bool),
    Union(Vec<TypeId>, Option<Vec<TypeId>>),
    Intersection(Vec<TypeId>),
    /// An inline object, function or constructor type.
    Anonymous(&'p TypeExpr, Scope<'p>),
    /// The type of a function or method that is declared.
    Function(&'p Signature, Scope<'p>),
    Mapped(&'p Mapped, Scope<'p>),
    Conditional(&'p Conditional, Scope<'p>),
    KeyOf(TypeId),
    Indexed(TypeId, TypeId),
    /// The type of an object that is written out: names, types, and whether all is `readonly`.
    Record(Vec<(String, TypeId)>, bool),
    Template(Vec<String>, Vec<TypeId>),
    /// `Uppercase<T>` and its like.
    Mapping(String, TypeId),
    TypeOf(String),
    /// `typeof Enum`.
    EnumObject(Decl<'p>, String),
    /// An alias inside of its own definition.
    Circular(String, Vec<TypeId>),
}

/// An element of a tuple type.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) label: Option<String>,
    pub(super) ty: TypeId,
    pub(super) optional: bool,
    pub(super) rest: bool,
    /// A rest whose type is that of the whole list, not of one in it: a type parameter.
    pub(super) variadic: bool,
}

/// A property or method of an object type.
#[derive(Clone)]
pub(super) struct Prop<'p> {
    pub(super) member: &'p Member,
    pub(super) scope: Scope<'p>,
}

pub(super) struct Checker<'p> {
    pub(super) program: &'p Program,
    types: RefCell<Vec<Rc<Type<'p>>>>,
    by_key: RefCell<HashMap<String, TypeId>>,
    open: RefCell<Vec<String>>,
    depth: Cell<usize>,
    /// How many properties of mapped types are being looked up, each for another.
    lookups: Cell<usize>,
    /// The declarations whose bases are being looked up.
    inheriting: RefCell<Vec<&'p Item>>,
}

/// See [`Checker::lookups`].
const MOST_LOOKUPS: usize = 4;
const DEEPEST: usize = 120;
/// A template of more strings than this is `string`, here as in TypeScript only much earlier.
const MOST_CHOICES: usize = 10_000;

impl<'p> Checker<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let checker = Self {
            program,
            types: RefCell::default(),
            by_key: RefCell::default(),
            open: RefCell::default(),
            depth: Cell::new(0),
            lookups: Cell::new(0),
            inheriting: RefCell::default(),
        };
        let words = [
            "any",
            "any",
            "unknown",
            "undefined",
            "null",
            "string",
            "number",
            "bigint",
            "false",
            "true",
            "boolean",
            "symbol",
            "void",
            "never",
            "object",
            "{}",
        ];
        for (index, word) in words.into_iter().enumerate() {
            let kind = match word {
                "boolean" => Kind::Union(vec![known::FALSE, known::TRUE], None),
                word => Kind::Intrinsic(word),
            };
            checker.intern(format!("known {index}"), kind, None);
        }
        // The literals that the checker makes for itself, and the first that its library mentions.
        checker.string("");
        checker.literal(&Literal::Number(0.0));
        for text in
            ["string", "number", "bigint", "boolean", "symbol", "undefined", "object", "function"]
        {
            checker.string(text);
        }
        checker.literal(&Literal::Number(1.0));
        checker
    }

    #[expect(clippy::indexing_slicing, reason = "only this checker gives out the ids of its types")]
    pub(super) fn get(&self, id: TypeId) -> Rc<Type<'p>> {
        Rc::clone(&self.types.borrow()[id.0 as usize])
    }

    pub(super) fn intern(
        &self,
        mut key: String,
        kind: Kind<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if let Some(alias) = &alias {
            let _ = write!(key, "@{:p}{:?}", alias.decl.item, alias.args);
        }
        if let Some(&id) = self.by_key.borrow().get(&key) {
            return id;
        }
        let mut types = self.types.borrow_mut();
        let id = TypeId(u32::try_from(types.len()).unwrap_or(u32::MAX));
        let is_lib = self.is_lib(&kind, &types);
        types.push(Rc::new(Type { kind, alias, is_lib }));
        self.by_key.borrow_mut().insert(key, id);
        id
    }

    /// Whether the checker meets the type before it reads a file of the plugin.
    fn is_lib(&self, kind: &Kind<'p>, types: &[Rc<Type<'p>>]) -> bool {
        match kind {
            Kind::Intrinsic(_) => true,
            Kind::Named(decl, args) => {
                let path = &self.program.source(decl.place.file).path;
                path.contains("/typescript/lib/lib.")
                    && args.iter().all(|arg| types.get(arg.0 as usize).is_some_and(|ty| ty.is_lib))
            }
            _ => false,
        }
    }

    fn order(&self, ty: TypeId) -> (bool, TypeId) {
        (!self.get(ty).is_lib, ty)
    }

    pub(super) fn decl(&self, id: DeclId) -> Option<Decl<'p>> {
        let place = self.place(id);
        self.program.item(id).map(|item| Decl { item, place })
    }

    pub(super) fn place(&self, id: DeclId) -> Place<'p> {
        Place { file: id.file, module: self.program.module(id), namespaces: Rc::default() }
    }

    /// The scope of a declaration's body: its type parameters stand for themselves.
    pub(super) fn scope_of(&self, decl: &Decl<'p>) -> Scope<'p> {
        let mut scope = decl.place.scope();
        self.bind_params(&mut scope, decl.type_params());
        scope
    }

    pub(super) fn bind_params(&self, scope: &mut Scope<'p>, params: &'p [TypeParam]) {
        for param in params {
            let key = format!("param {param:p}");
            let ty = self.intern(key, Kind::Param(param.name.text.clone()), None);
            scope.bind(&param.name.text, ty);
        }
    }

    /// The type that `ty` means in `scope`.
    pub(super) fn eval(&self, ty: &'p TypeExpr, scope: &Scope<'p>) -> TypeId {
        self.eval_as(ty, scope, None)
    }

    fn eval_as(&self, ty: &'p TypeExpr, scope: &Scope<'p>, alias: Option<Alias<'p>>) -> TypeId {
        if self.depth.get() > DEEPEST {
            return known::ANY;
        }
        self.depth.set(self.depth.get() + 1);
        let id = self.eval_kind(ty, scope, alias);
        self.depth.set(self.depth.get() - 1);
        id
    }

    /// Runs `work` one level deeper; `None` where that is too deep.
    pub(super) fn deeper<T>(&self, work: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.depth.get() > DEEPEST {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let done = work();
        self.depth.set(self.depth.get() - 1);
        done
    }

    fn eval_kind(&self, ty: &'p TypeExpr, scope: &Scope<'p>, alias: Option<Alias<'p>>) -> TypeId {
        let all = |types: &'p [TypeExpr]| -> Vec<TypeId> {
            types.iter().map(|ty| self.eval(ty, scope)).collect()
        };
        match &ty.kind {
            TypeKind::Keyword(word) => keyword(*word),
            TypeKind::This => self.intern("this".to_owned(), Kind::This, None),
            TypeKind::Literal(literal) => self.literal(literal),
            TypeKind::Template { texts, types } => self.template(texts, &all(types)),
            TypeKind::Reference { name, args } => self.reference(name, args, scope, alias),
            TypeKind::Query { name, .. } => self.query(name, scope),
            TypeKind::Import { from, name, args, query } => {
                self.imported(from, name.as_ref(), all(args), *query, scope, alias)
            }
            TypeKind::Array(element) => {
                let element = self.eval(element, scope);
                self.array(element, "Array", alias)
            }
            TypeKind::Tuple(elements) => {
                // A tuple that spreads another type is made anew and has no name.
                let spreads = elements.iter().any(|element| {
                    element.rest && !matches!(element.ty.unparenthesized().kind, TypeKind::Array(_))
                });
                let alias = alias.filter(|_| !spreads);
                let elements = elements.iter().flat_map(|element| self.elements(element, scope));
                self.tuple(elements.collect(), false, alias)
            }
            TypeKind::Union(types) => self.union(&all(types), alias),
            TypeKind::Intersection(types) => self.intersection(&all(types), alias),
            TypeKind::Function(_) | TypeKind::Constructor { .. } | TypeKind::Object(_) => {
                let key = format!("anonymous {:p} {}", ty, scope.key());
                self.intern(key, Kind::Anonymous(ty, scope.clone()), alias)
            }
            TypeKind::Mapped(mapped) => {
                let key = format!("mapped {:p} {}", ty, scope.key());
                self.intern(key, Kind::Mapped(mapped, scope.clone()), alias)
            }
            TypeKind::Conditional(conditional) => self.conditional(conditional, scope, alias),
            TypeKind::Infer(param) => {
                scope.get(&param.name.text).unwrap_or_else(|| self.inferred(param))
            }
            TypeKind::Parenthesized(inner) => self.eval_as(inner, scope, alias),
            TypeKind::Operator { operator, ty } => self.operator(*operator, ty, scope, alias),
            TypeKind::Indexed { object, index } => {
                let (object, index) = (self.eval(object, scope), self.eval(index, scope));
                self.indexed(object, index, alias)
            }
            TypeKind::Predicate { asserts, .. } => {
                if *asserts {
                    known::VOID
                } else {
                    known::BOOLEAN
                }
            }
        }
    }

    /// What `infer` stands for before it is found.
    pub(super) fn inferred(&self, param: &TypeParam) -> TypeId {
        self.intern(format!("infer {param:p}"), Kind::Param(param.name.text.clone()), None)
    }

    /// An element of a written tuple, or all those that it spreads.
    fn elements(&self, element: &'p TupleElement, scope: &Scope<'p>) -> Vec<Element> {
        let ty = self.eval(&element.ty, scope);
        let label = element.label.as_ref().map(|label| label.text.clone());
        let (optional, rest) = (element.optional, element.rest);
        match &self.get(ty).kind {
            Kind::Tuple(elements, _) if rest => elements.clone(),
            Kind::Param(_) if rest => {
                vec![Element { label, ty, optional, rest, variadic: true }]
            }
            _ if rest => {
                let ty = self.element_of(ty);
                vec![Element { label, ty, optional, rest, variadic: false }]
            }
            _ => {
                let ty = self.optional(ty, optional);
                vec![Element { label, ty, optional, rest, variadic: false }]
            }
        }
    }

    /// `import('from').name<args>`, `typeof import('from')`.
    fn imported(
        &self,
        from: &Name,
        name: Option<&EntityName>,
        args: Vec<TypeId>,
        query: bool,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let Some(file) = self.program.import(scope.place.file, &from.text) else {
            return known::ERROR;
        };
        let Some(name) = name else {
            let path = &self.program.source(file).path;
            let text = format!("import(\"{}\")", without_extension(path));
            return self.intern(format!("typeof {text}"), Kind::TypeOf(text), None);
        };
        if query {
            return known::ANY;
        }
        let start = self.program.exported(file, name.first());
        let start = start.into_iter().filter_map(|id| self.decl(id)).collect();
        self.declared(follow(start, name.parts.cut(1..)), name, args, scope, alias)
    }

    fn operator(
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

    fn literal(&self, literal: &Literal) -> TypeId {
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

    pub(super) fn string(&self, text: &str) -> TypeId {
        self.intern(format!("string {text}"), Kind::String(text.to_owned()), None)
    }

    /// A template: one for each choice of its unions, literals taken into its text.
    pub(super) fn template(&self, texts: &[String], types: &[TypeId]) -> TypeId {
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
        let mut all: Vec<String> = texts.iter().take(1).cloned().collect();
        let mut rest = Vec::new();
        for (&ty, text) in types.iter().zip(texts.cut(1..)) {
            let literal = match &self.get(ty).kind {
                Kind::String(choice) => Some(choice.clone()),
                Kind::Number(number) => Some(number.to_string()),
                Kind::BigInt(number) => Some(number.trim_end_matches('n').to_owned()),
                Kind::EnumMember(decl, index) => enum_value(decl.item, *index),
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

    /// The members of a whole enum, where they are types of their own.
    pub(super) fn enum_members(&self, ty: TypeId) -> Option<Vec<TypeId>> {
        let data = self.get(ty);
        let Kind::Enum(decl) = &data.kind else { return None };
        let ItemKind::Enum(item) = &decl.item.kind else { return None };
        if item.members.len() < 2 || !has_member_types(decl) {
            return None;
        }
        let members = (0..item.members.len()).filter(|&index| first_of_value(item, index) == index);
        Some(members.map(|index| self.enum_member_at(decl, index)).collect())
    }

    fn enum_member_at(&self, decl: &Decl<'p>, index: usize) -> TypeId {
        let key = format!("enum {:p} {index}", decl.item);
        self.intern(key, Kind::EnumMember(decl.clone(), index), None)
    }

    fn is_text(&self, ty: TypeId) -> bool {
        ty == known::STRING || matches!(self.get(ty).kind, Kind::Template(..) | Kind::Mapping(..))
    }

    /// `element[]`.
    pub(super) fn array(&self, element: TypeId, name: &str, alias: Option<Alias<'p>>) -> TypeId {
        match self.global(name) {
            Some(decl) => self.named(decl, vec![element], alias),
            None => known::EMPTY,
        }
    }

    fn global(&self, name: &str) -> Option<Decl<'p>> {
        self.program
            .global(name)
            .iter()
            .filter_map(|&id| self.decl(id))
            .find(|decl| is_type(decl.item))
    }

    fn named(&self, decl: Decl<'p>, args: Vec<TypeId>, alias: Option<Alias<'p>>) -> TypeId {
        let key = format!("named {:p} {args:?}", decl.item);
        self.intern(key, Kind::Named(decl, args), alias)
    }

    pub(super) fn tuple(
        &self,
        elements: Vec<Element>,
        readonly: bool,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if let [Element { ty, rest: true, variadic: false, .. }] = elements.as_slice() {
            return self.array(*ty, if readonly { "ReadonlyArray" } else { "Array" }, alias);
        }
        let elements = self.required_before_last(elements);
        let key = format!("tuple {readonly} {elements:?}");
        self.intern(key, Kind::Tuple(elements, readonly), alias)
    }

    /// What is optional in front of something required is not, but may be `undefined`.
    fn required_before_last(&self, mut elements: Vec<Element>) -> Vec<Element> {
        let last = elements.iter().rposition(|element| !element.optional && !element.rest);
        for element in elements.iter_mut().take(last.unwrap_or(0)).filter(|found| found.optional) {
            element.optional = false;
            element.ty = self.union(&[element.ty, known::UNDEFINED], None);
        }
        elements
    }

    /// The type of what is declared with or without `?`.
    pub(super) fn optional(&self, ty: TypeId, optional: bool) -> TypeId {
        if optional && self.program.options.strict_null_checks {
            self.union(&[ty, known::UNDEFINED], None)
        } else {
            ty
        }
    }

    pub(super) fn members_of(&self, ty: TypeId) -> Vec<TypeId> {
        match &self.get(ty).kind {
            Kind::Union(types, _) => types.clone(),
            _ => vec![ty],
        }
    }

    pub(super) fn union(&self, types: &[TypeId], alias: Option<Alias<'p>>) -> TypeId {
        if let [only] = types {
            return *only;
        }
        if let Some(top) = types.iter().find(|ty| matches!(**ty, known::ANY | known::ERROR)) {
            return *top;
        }
        if types.contains(&known::UNKNOWN) {
            return known::UNKNOWN;
        }
        let strict = self.program.options.strict_null_checks;
        let mut set: Vec<TypeId> = types.iter().flat_map(|&ty| self.members_of(ty)).collect();
        set.retain(|&ty| {
            ty != known::NEVER && (strict || !matches!(ty, known::UNDEFINED | known::NULL))
        });
        set.sort_by_key(|&ty| self.order(ty));
        set.dedup();
        self.absorb(&mut set);
        if alias.is_none() {
            self.fold_enums(&mut set);
        }
        if set.is_empty() {
            let null = types.contains(&known::NULL);
            let undefined = types.contains(&known::UNDEFINED);
            return if null {
                known::NULL
            } else if undefined {
                known::UNDEFINED
            } else {
                known::NEVER
            };
        }
        if let [only] = set.as_slice() {
            return *only;
        }
        if set == [known::FALSE, known::TRUE] {
            return known::BOOLEAN;
        }
        let mut named = Vec::new();
        for &ty in types {
            self.named_unions(ty, &mut named);
        }
        let rest: Vec<TypeId> = set
            .iter()
            .copied()
            .filter(|ty| !named.iter().any(|&union| self.members_of(union).contains(ty)))
            .collect();
        if let ([only], true, None) = (named.as_slice(), rest.is_empty(), &alias) {
            return *only;
        }
        let count: usize = named.iter().map(|&union| self.members_of(union).len()).sum();
        let mut origin = None;
        if !named.is_empty() && count + rest.len() == set.len() {
            let mut types = rest;
            types.extend(&named);
            types.sort_by_key(|&ty| self.order(ty));
            origin = Some(types);
        }
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
        if data.alias.is_some() {
            if !named.contains(&ty) {
                named.push(ty);
            }
        } else if let Some(origin) = origin {
            for &ty in origin {
                self.named_unions(ty, named);
            }
        }
    }

    fn intersection(&self, types: &[TypeId], alias: Option<Alias<'p>>) -> TypeId {
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
        if let Some(any) = set.iter().find(|ty| matches!(**ty, known::ANY | known::ERROR)) {
            return *any;
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
        let nothing = kinds.iter().any(|kind| matches!(*kind, "null" | "undefined"));
        let mut primitives: Vec<&&str> = kinds.iter().filter(|kind| **kind != "{}").collect();
        primitives.sort_unstable();
        primitives.dedup();
        primitives.len() > 1 || nothing && kinds.contains(&"{}")
    }

    fn reference(
        &self,
        name: &'p EntityName,
        args: &'p [TypeExpr],
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if let Some(ty) = name.single().and_then(|name| scope.get(name)) {
            return ty;
        }
        if let (Some(word @ ("Uppercase" | "Lowercase" | "Capitalize" | "Uncapitalize")), [arg]) =
            (name.single(), args)
            && self.global(word).is_some()
        {
            return self.mapping(word, self.eval(arg, scope));
        }
        let found = self.find(name, &scope.place);
        let args = args.iter().map(|arg| self.eval(arg, scope)).collect();
        self.declared(found, name, args, scope, alias)
    }

    fn declared(
        &self,
        decl: Option<Decl<'p>>,
        name: &EntityName,
        args: Vec<TypeId>,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let Some(decl) = decl else { return self.enum_member(name, scope) };
        match &decl.item.kind {
            ItemKind::Alias(_) => self.alias(&decl, args, alias),
            ItemKind::Enum(_) => self.enumeration(decl),
            ItemKind::Interface(_) | ItemKind::Class(_) => {
                let generic = !decl.type_params().is_empty();
                let args = self.fill(&decl, args);
                self.named(decl, args, alias.filter(|_| generic))
            }
            _ => known::ERROR,
        }
    }

    fn mapping(&self, word: &str, ty: TypeId) -> TypeId {
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

    /// Type arguments that are left out.
    fn fill(&self, decl: &Decl<'p>, mut args: Vec<TypeId>) -> Vec<TypeId> {
        let params = decl.type_params();
        let mut scope = decl.place.scope();
        for (index, param) in params.iter().enumerate() {
            if index >= args.len() {
                let default = param.default.as_ref().map(|ty| self.eval(ty, &scope));
                args.push(default.unwrap_or(known::UNKNOWN));
            }
            scope.bind(&param.name.text, args.get(index).copied().unwrap_or(known::UNKNOWN));
        }
        args.truncate(params.len());
        args
    }

    fn alias(&self, decl: &Decl<'p>, args: Vec<TypeId>, outer: Option<Alias<'p>>) -> TypeId {
        let ItemKind::Alias(item) = &decl.item.kind else { return known::ERROR };
        let args = self.fill(decl, args);
        let key = format!("{:p} {args:?}", decl.item);
        if self.open.borrow().contains(&key) {
            return self.intern(
                format!("circular {key}"),
                Kind::Circular(item.name.text.clone(), args),
                None,
            );
        }
        let scope = bound(decl, &args);
        let generic = !item.type_params.is_empty();
        let own = Alias { decl: decl.clone(), args, own: true };
        let alias =
            if generic { outer.map_or(own, |outer| Alias { own: false, ..outer }) } else { own };
        self.open.borrow_mut().push(key);
        let ty = self.eval_as(&item.ty, &scope, Some(alias));
        self.open.borrow_mut().pop();
        ty
    }

    /// The enum as a whole. Its members are made first, as the compiler does.
    fn enumeration(&self, decl: Decl<'p>) -> TypeId {
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
    fn enum_member(&self, name: &EntityName, scope: &Scope<'p>) -> TypeId {
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

    /// The declaration of a type by its name.
    pub(super) fn find(&self, name: &EntityName, place: &Place<'p>) -> Option<Decl<'p>> {
        let first = name.first();
        if let [_] = name.parts.as_slice() {
            return self.candidates(first, place).into_iter().find(|decl| is_type(decl.item));
        }
        let mut scopes = self.candidates(first, place);
        let rest = name.parts.cut(1..);
        if let ("globalThis", [name]) = (first, rest) {
            let global = self.global(&name.text);
            return global.or_else(|| {
                self.augmented(&name.text).into_iter().find(|decl| is_type(decl.item))
            });
        }
        scopes.retain(|decl| matches!(decl.item.kind, ItemKind::Namespace(_)));
        if scopes.is_empty()
            && let Some(mut file) = self.program.namespace(place.file, first)
        {
            let mut rest = rest;
            while let [name, _, ..] = rest
                && let Some(next) = self.program.namespace_in(file, &name.text)
            {
                file = next;
                rest = rest.cut(1..);
            }
            let outer = rest.first()?;
            let found = self.program.exported(file, &outer.text);
            let found = found.into_iter().filter_map(|id| self.decl(id)).collect();
            return follow(found, rest.cut(1..));
        }
        follow(scopes, rest).or_else(|| {
            let mut scopes = self.augmented(first);
            scopes.retain(|decl| matches!(decl.item.kind, ItemKind::Namespace(_)));
            follow(scopes, rest)
        })
    }

    /// What `decl` is called in `place`: its name with the namespaces and imports that lead to it.
    pub(super) fn accessible(&self, decl: &Decl<'p>, place: &Place<'p>) -> Option<String> {
        let is_it = |found: &Decl<'p>| std::ptr::eq(found.item, decl.item);
        let name = decl.name();
        let here = self.candidates(name, place);
        let is_near = here.iter().any(is_it);
        let is_imported = is_near && decl.place.file != place.file;
        if is_near && (!is_imported || !self.program.source(decl.place.file).outline.is_module) {
            return Some(name.to_owned());
        }
        let links = self.program.source(place.file).links();
        let outer = decl.place.namespaces.first().map_or(name, |(name, _)| name);
        let mut path: Vec<&str> = decl
            .place
            .namespaces
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !name.is_empty())
            .collect();
        path.push(name);
        let leads = |ids: Vec<DeclId>| {
            let decls = ids.into_iter().filter_map(|id| self.decl(id)).collect::<Vec<_>>();
            decls.iter().any(is_it)
                || decls.iter().any(|found| {
                    found.place.file == decl.place.file && path.len() > 1 && found.name() == outer
                })
        };
        let root = path.first().copied().unwrap_or(name);
        for local in &links.order {
            let Some((from, imported)) = links.imports.get(local) else { continue };
            let Some(file) = self.program.import(place.file, from) else { continue };
            let rest = match imported {
                Imported::Named(name) if leads(self.program.exported(file, name)) => path.cut(1..),
                Imported::Everything if leads(self.program.exported(file, root)) => &path[..],
                _ => continue,
            };
            let parts: Vec<&str> =
                std::iter::once(local.as_str()).chain(rest.iter().copied()).collect();
            return Some(parts.join("."));
        }
        if is_near {
            return Some(name.to_owned());
        }
        let known = self.candidates(root, place);
        let is_near = path.len() > 1
            && known.iter().any(|found| matches!(found.item.kind, ItemKind::Namespace(_)));
        is_near.then(|| path.join("."))
    }

    fn candidates(&self, name: &str, place: &Place<'p>) -> Vec<Decl<'p>> {
        for (depth, (_, items)) in place.namespaces.iter().enumerate().rev() {
            let namespaces = Rc::new(place.namespaces.cut(..=depth).to_vec());
            let found = among(items, name, place, &namespaces);
            if !found.is_empty() {
                return found;
            }
        }
        let found: Vec<Decl<'p>> = self
            .program
            .named(place.file, name)
            .into_iter()
            .filter_map(|id| self.decl(id))
            .collect();
        if found.is_empty() { self.augmented(name) } else { found }
    }

    /// The declarations of `name` in `declare global` blocks.
    fn augmented(&self, name: &str) -> Vec<Decl<'p>> {
        let mut found = Vec::new();
        for id in self.program.augmentations(name) {
            let Some(ItemKind::Namespace(module)) = self.program.item(id).map(|item| &item.kind)
            else {
                continue;
            };
            let place = self.place(id);
            let mut globals: Vec<&'p [Item]> = Vec::new();
            match module.name {
                NamespaceName::Global => globals.push(&module.items),
                _ => globals.extend(module.items.iter().filter_map(global_block)),
            }
            for items in globals {
                found.extend(among(items, name, &place, &Rc::new(vec![("", items)])));
            }
        }
        found
    }

    /// `typeof name`.
    fn query(&self, name: &EntityName, scope: &Scope<'p>) -> TypeId {
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

    fn function(&self, signature: &'p Signature, scope: Scope<'p>) -> TypeId {
        let key = format!("function {signature:p} {}", scope.key());
        self.intern(key, Kind::Function(signature, scope), None)
    }

    /// The type of the value of the variable `name`.
    fn value(&self, value: &Value, constant: bool, name: &str) -> TypeId {
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
    fn list(&self, values: &[Value], constant: bool, name: &str) -> Option<TypeId> {
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

    fn key_of(&self, ty: TypeId) -> TypeId {
        if ty == known::ANY {
            return self.union(&[known::STRING, known::NUMBER, known::SYMBOL], None);
        }
        let data = self.get(ty);
        match &data.kind {
            Kind::TypeOf(name) => {
                return self.intern(format!("keyof typeof {name}"), Kind::KeyOf(ty), None);
            }
            Kind::Record(..) | Kind::EnumObject(..) => {
                return self.union(&self.names_of(ty).unwrap_or_default(), None);
            }
            Kind::Mapped(mapped, scope) if mapped.name.is_none() => {
                if let Some(keys) = &mapped.param.constraint {
                    return self.eval(keys, scope);
                }
            }
            Kind::Anonymous(..) if data.alias.is_none() => {
                return self.union(&self.names_of(ty).unwrap_or_default(), None);
            }
            // A single name is no union that could be printed by where it comes from.
            Kind::Named(..) | Kind::Anonymous(..) if self.index_type(ty).is_none() => {
                if let Some([only]) = self.names_of(ty).as_deref() {
                    return *only;
                }
            }
            _ => {}
        }
        self.intern(format!("keyof {ty:?}"), Kind::KeyOf(ty), None)
    }

    /// The names of the properties of an object type.
    pub(super) fn names_of(&self, ty: TypeId) -> Option<Vec<TypeId>> {
        if let Kind::Record(properties, _) = &self.get(ty).kind {
            return Some(properties.iter().map(|(name, _)| self.string(name)).collect());
        }
        if let Kind::EnumObject(decl, _) = &self.get(ty).kind
            && let ItemKind::Enum(item) = &decl.item.kind
        {
            return Some(item.members.iter().map(|found| self.string(&found.name.text)).collect());
        }
        let props = self.properties(ty)?;
        let names = props.iter().filter_map(|prop| prop.member.name());
        Some(names.map(|name| self.string(&name.text)).collect())
    }

    pub(super) fn element_of(&self, ty: TypeId) -> TypeId {
        match &self.get(ty).kind {
            Kind::Named(decl, args) if matches!(decl.name(), "Array" | "ReadonlyArray") => {
                args.first().copied().unwrap_or(ty)
            }
            _ => ty,
        }
    }

    pub(super) fn indexed(
        &self,
        object: TypeId,
        index: TypeId,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let kind = self.get(index).kind.clone();
        match (&self.get(object).kind, &kind) {
            (Kind::Tuple(elements, _), _) if index == known::NUMBER => {
                let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
                self.union(&types, None)
            }
            (Kind::Tuple(elements, _), Kind::String(name)) if name == "length" => {
                if elements.iter().any(|element| element.rest) {
                    return known::NUMBER;
                }
                let required = elements.iter().filter(|element| !element.optional).count();
                let lengths = (required..=elements.len()).filter_map(|length| {
                    Some(self.literal(&Literal::Number(f64::from(u32::try_from(length).ok()?))))
                });
                self.union(&lengths.collect::<Vec<_>>(), alias)
            }
            (Kind::Tuple(elements, _), Kind::Number(number)) => elements
                .iter()
                .enumerate()
                .find(|(position, _)| position.to_string() == number.to_string())
                .map_or(known::UNDEFINED, |(_, element)| element.ty),
            (Kind::Named(decl, args), _)
                if index == known::NUMBER && decl.name().ends_with("Array") && !args.is_empty() =>
            {
                args.first().copied().unwrap_or(known::UNKNOWN)
            }
            (Kind::Union(types, _), Kind::String(_)) => {
                let types: Vec<TypeId> =
                    types.iter().map(|&object| self.indexed(object, index, None)).collect();
                self.union(&types, alias)
            }
            (_, Kind::String(name)) => self.property_type(object, name).unwrap_or(known::ERROR),
            (_, Kind::Union(types, _)) => {
                let types: Vec<TypeId> =
                    types.iter().map(|&index| self.indexed(object, index, None)).collect();
                self.union(&types, alias)
            }
            (_, Kind::KeyOf(target)) if *target == object && self.properties(object).is_some() => {
                let props = self.properties(object).unwrap_or_default();
                let types: Vec<TypeId> = props.iter().map(|prop| self.type_of(prop)).collect();
                self.union(&types, alias)
            }
            _ => self.intern(
                format!("indexed {object:?} {index:?}"),
                Kind::Indexed(object, index),
                alias,
            ),
        }
    }

    pub(super) fn property_type(&self, object: TypeId, name: &str) -> Option<TypeId> {
        let data = self.get(object);
        match &data.kind {
            Kind::Record(properties, _) => {
                return properties.iter().find(|(key, _)| key == name).map(|&(_, ty)| ty);
            }
            Kind::EnumObject(decl, _) => {
                let ItemKind::Enum(item) = &decl.item.kind else { return None };
                let index = item.members.iter().position(|member| member.name.text == name)?;
                let members = self.enum_members(self.enumeration(decl.clone()));
                return members.map(|_| self.enum_member_at(decl, first_of_value(item, index)));
            }
            Kind::Mapped(mapped, scope) => {
                let lookups = self.lookups.get();
                if lookups == MOST_LOOKUPS {
                    return None;
                }
                self.lookups.set(lookups + 1);
                let props = self.mapped_props(mapped, scope, Some(name));
                self.lookups.set(lookups);
                return props?.first().map(|prop| prop.ty);
            }
            _ => {}
        }
        let props = self.properties(object)?;
        let found =
            props.iter().find(|prop| prop.member.name().is_some_and(|key| key.text == name));
        found.map(|prop| self.type_of(prop)).or_else(|| self.index_type(object))
    }

    /// What an object type says of any string as a name.
    fn index_type(&self, object: TypeId) -> Option<TypeId> {
        let data = self.get(object);
        let (members, scope) = match &data.kind {
            Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, scope) => {
                (members, scope.clone())
            }
            Kind::Named(decl, args) => match &decl.item.kind {
                ItemKind::Interface(item) => (&item.members, bound(decl, args)),
                _ => return None,
            },
            _ => return None,
        };
        members.iter().find_map(|member| match &member.kind {
            MemberKind::Index(index)
                if matches!(
                    index.param.ty.as_ref().map(|ty| &ty.kind),
                    Some(TypeKind::Keyword(Keyword::String))
                ) =>
            {
                index.ty.as_ref().map(|ty| self.eval(ty, &scope))
            }
            _ => None,
        })
    }

    /// The type of a property, `undefined` added for `?`.
    pub(super) fn type_of(&self, prop: &Prop<'p>) -> TypeId {
        match &prop.member.kind {
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => {
                let ty = property.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, &prop.scope));
                self.optional(ty, property.optional)
            }
            MemberKind::Method(method) => {
                let ty = self.function(&method.signature, prop.scope.clone());
                self.optional(ty, method.optional)
            }
            _ => known::ANY,
        }
    }

    /// The members of an object type with a name, inherited ones behind its own.
    pub(super) fn properties(&self, ty: TypeId) -> Option<Vec<Prop<'p>>> {
        let data = self.get(ty);
        match &data.kind {
            Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, scope) => {
                Some(named_members(members, scope))
            }
            Kind::Named(decl, args) => {
                let scope = bound(decl, args);
                let (members, bases) = match &decl.item.kind {
                    ItemKind::Interface(item) => {
                        (&item.members, item.extends.iter().collect::<Vec<_>>())
                    }
                    ItemKind::Class(item) => (&item.members, item.extends.iter().collect()),
                    _ => return None,
                };
                let mut props = named_members(members, &scope);
                // What extends itself has nothing more from there.
                let item = decl.item;
                if self.inheriting.borrow().iter().any(|open| std::ptr::eq(*open, item)) {
                    return Some(props);
                }
                self.inheriting.borrow_mut().push(item);
                for base in bases {
                    let inherited = self.properties(self.eval(base, &scope)).unwrap_or_default();
                    for prop in inherited {
                        if !props.iter().any(|own| same_name(own.member, prop.member)) {
                            props.push(prop);
                        }
                    }
                }
                self.inheriting.borrow_mut().pop();
                Some(props)
            }
            Kind::Intersection(types) => {
                let mut props = Vec::new();
                for &ty in types {
                    props.extend(self.properties(ty)?);
                }
                Some(props)
            }
            _ => None,
        }
    }

    /// The literal names that a mapped type has, if they are known.
    pub(super) fn mapped_keys(&self, mapped: &'p Mapped, scope: &Scope<'p>) -> Option<Vec<TypeId>> {
        let constraint = mapped.param.constraint.as_ref()?;
        let keys = self.eval(constraint, scope);
        let keys = match &self.get(keys).kind {
            Kind::KeyOf(target) => self.names_of(*target)?,
            _ => self.members_of(keys),
        };
        let keys: Vec<TypeId> = keys
            .into_iter()
            .flat_map(|key| self.enum_members(key).unwrap_or_else(|| vec![key]))
            .collect();
        let known = keys.iter().all(|&key| {
            matches!(self.get(key).kind, Kind::String(_) | Kind::Number(_) | Kind::EnumMember(..))
                || matches!(key, known::STRING | known::NUMBER)
        });
        known.then_some(keys)
    }

    /// The properties that a mapped type has, or the one called `only`, if their names are known.
    pub(super) fn mapped_props(
        &self,
        mapped: &'p Mapped,
        scope: &Scope<'p>,
        only: Option<&str>,
    ) -> Option<Vec<MappedProp>> {
        let source = match mapped.param.constraint.as_ref().map(|ty| &ty.kind) {
            Some(TypeKind::Operator { operator: Operator::KeyOf, ty }) => {
                self.properties(self.eval(ty, scope))
            }
            _ => None,
        };
        let source = source.unwrap_or_default();
        let mut props = Vec::new();
        for key in self.mapped_keys(mapped, scope)? {
            let inner = scope.with_binding(&mapped.param.name.text, key);
            let text = match &self.get(key).kind {
                Kind::String(text) => Some(text.clone()),
                Kind::EnumMember(decl, index) => enum_value(decl.item, *index),
                _ => None,
            };
            let mut names = match &mapped.name {
                None => vec![text.as_ref().map_or(key, |text| self.string(text))],
                Some(name) => self.members_of(self.eval(name, &inner)),
            };
            let is_wanted = |name: TypeId| match (&self.get(name).kind, only) {
                (Kind::String(text), Some(only)) => text == only,
                (_, Some(_)) => false,
                (_, None) => name != known::NEVER,
            };
            names.retain(|&name| is_wanted(name));
            if names.is_empty() {
                continue;
            }
            let from = source.iter().find(|prop| {
                prop.member.name().is_some_and(|name| Some(&name.text) == text.as_ref())
            });
            let (was_optional, was_readonly) =
                from.map_or((false, false), |prop| modifiers_of(prop.member));
            let kept = |modifier, was| match modifier {
                None => was,
                Some(modifier) => modifier != Modifier::Minus,
            };
            let optional = kept(mapped.optional, was_optional);
            let ty = mapped.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, &inner));
            let ty = if was_optional && !optional { self.defined(ty) } else { ty };
            let readonly = kept(mapped.readonly, was_readonly);
            let ty = self.optional(ty, optional);
            for name in names {
                if !matches!(self.get(name).kind, Kind::String(_) | Kind::Number(_))
                    && mapped.name.is_some()
                {
                    return None;
                }
                props.push(MappedProp { name, optional, readonly, ty });
            }
        }
        Some(props)
    }

    /// A type without `undefined`.
    fn defined(&self, ty: TypeId) -> TypeId {
        let types = self.members_of(ty);
        if !types.contains(&known::UNDEFINED) {
            return ty;
        }
        let rest: Vec<TypeId> = types.into_iter().filter(|&ty| ty != known::UNDEFINED).collect();
        self.union(&rest, None)
    }
}

/// A property of a mapped type: its name, a literal or what all names are, and its type.
pub(super) struct MappedProp {
    pub(super) name: TypeId,
    pub(super) optional: bool,
    pub(super) readonly: bool,
    pub(super) ty: TypeId,
}

/// Whether a member is optional, and read-only.
fn modifiers_of(member: &Member) -> (bool, bool) {
    match &member.kind {
        MemberKind::Property(property) => (property.optional, property.readonly),
        MemberKind::Method(method) => (method.optional, false),
        _ => (false, false),
    }
}

/// The value of an enum's member as text, if it is known.
fn enum_value(item: &Item, index: usize) -> Option<String> {
    let ItemKind::Enum(item) = &item.kind else { return None };
    match &item.members.get(index)?.value {
        EnumValue::String(text) => Some(text.clone()),
        EnumValue::Number(number) => Some(number.to_string()),
        EnumValue::Computed => None,
    }
}

/// The type that the names in `parts` lead to, from one of the declarations in `scopes`.
fn follow<'p>(mut scopes: Vec<Decl<'p>>, parts: &[Name]) -> Option<Decl<'p>> {
    for part in parts {
        scopes = scopes.iter().flat_map(|decl| inside(decl, &part.text)).collect();
    }
    scopes.into_iter().find(|decl| is_type(decl.item))
}

/// A path as TypeScript names the module in it.
fn without_extension(path: &str) -> &str {
    [".d.ts", ".tsx", ".ts"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}

fn inside<'p>(decl: &Decl<'p>, name: &str) -> Vec<Decl<'p>> {
    let ItemKind::Namespace(namespace) = &decl.item.kind else { return Vec::new() };
    let mut namespaces = (*decl.place.namespaces).clone();
    namespaces.push((decl.name(), &namespace.items));
    among(&namespace.items, name, &decl.place, &Rc::new(namespaces))
}

fn bound<'p>(decl: &Decl<'p>, args: &[TypeId]) -> Scope<'p> {
    let mut scope = decl.place.scope();
    for (param, &arg) in decl.type_params().iter().zip(args) {
        scope.bind(&param.name.text, arg);
    }
    scope
}

/// The first member that is worth the same as the one at `index`.
fn first_of_value(item: &Enum, index: usize) -> usize {
    let Some(value) = item.members.get(index).map(|member| &member.value) else { return index };
    let same = item.members.iter().position(|member| member.value == *value);
    same.filter(|_| *value != EnumValue::Computed).unwrap_or(index)
}

/// Whether the members of an enum are types of their own: each is a literal, or one is a string.
fn has_member_types(decl: &Decl<'_>) -> bool {
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
            || text.starts_with(['\'', '"', '`'])
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

fn global_block(item: &Item) -> Option<&[Item]> {
    match &item.kind {
        ItemKind::Namespace(inner) if inner.name == NamespaceName::Global => Some(&inner.items),
        _ => None,
    }
}

fn among<'p>(
    items: &'p [Item],
    name: &str,
    place: &Place<'p>,
    namespaces: &Rc<Vec<(&'p str, &'p [Item])>>,
) -> Vec<Decl<'p>> {
    let place = Place { namespaces: Rc::clone(namespaces), ..place.clone() };
    let is_it = |item: &&Item| match &item.kind {
        ItemKind::Namespace(namespace) => {
            matches!(&namespace.name, NamespaceName::Ident(found) if found.text == name)
        }
        _ => item.name().is_some_and(|found| found.text == name),
    };
    items.iter().filter(is_it).map(|item| Decl { item, place: place.clone() }).collect()
}

fn named_members<'p>(members: &'p [Member], scope: &Scope<'p>) -> Vec<Prop<'p>> {
    let mut props: Vec<Prop<'p>> = Vec::new();
    for member in members.iter().filter(|member| member.name().is_some()) {
        props.push(Prop { member, scope: scope.clone() });
    }
    props
}

fn same_name(a: &Member, b: &Member) -> bool {
    a.name().map(|name| &name.text) == b.name().map(|name| &name.text)
}

fn is_type(item: &Item) -> bool {
    matches!(
        item.kind,
        ItemKind::Interface(_) | ItemKind::Alias(_) | ItemKind::Enum(_) | ItemKind::Class(_)
    )
}

pub(super) fn is_primitive(kind: &Kind<'_>) -> bool {
    match kind {
        Kind::Intrinsic(word) => !matches!(*word, "object" | "{}" | "any" | "unknown"),
        Kind::String(_) | Kind::Number(_) | Kind::BigInt(_) => true,
        _ => false,
    }
}

fn enum_is_string(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Enum(item) if item.members.iter().all(|member| matches!(member.value, crate::syntax::EnumValue::String(_))))
}

fn enum_member_is_string(item: &Item, index: usize) -> bool {
    matches!(&item.kind, ItemKind::Enum(item) if item.members.get(index).is_some_and(|member| matches!(member.value, crate::syntax::EnumValue::String(_))))
}

fn first_changed(text: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| change(first) + chars.as_str())
}

fn keyword(word: Keyword) -> TypeId {
    match word {
        Keyword::Any | Keyword::Intrinsic => known::ANY,
        Keyword::Unknown => known::UNKNOWN,
        Keyword::Number => known::NUMBER,
        Keyword::Object => known::OBJECT,
        Keyword::Boolean => known::BOOLEAN,
        Keyword::BigInt => known::BIGINT,
        Keyword::String => known::STRING,
        Keyword::Symbol => known::SYMBOL,
        Keyword::Void => known::VOID,
        Keyword::Undefined => known::UNDEFINED,
        Keyword::Null => known::NULL,
        Keyword::Never => known::NEVER,
    }
}
