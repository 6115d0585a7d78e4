//! What a written type means: names resolved, aliases followed, unions reduced, as far as printing
//! a type the way TypeScript's checker prints it needs that.
//!
//! `types` and `scope` are the data: a type, and where its names are looked up. `names` and
//! `references` lead from a name to its declaration, `values` from a value to its type. The other
//! modules make one kind of type each; `conditional` asks `matching`, which asks `assignable`.

mod assignable;
mod conditional;
mod enums;
mod indexed;
mod intersections;
mod keys;
mod lib_order;
mod literals;
mod mapped;
mod matching;
pub(crate) mod mentions;
mod names;
mod properties;
mod references;
mod scope;
mod signatures;
mod tuples;
mod types;
mod unions;
mod values;

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    fmt::Write as _,
    rc::Rc,
};

pub(crate) use mapped::MappedProp;
pub(crate) use properties::{Prop, Written};
pub(crate) use scope::{Decl, Place, Scope};
pub(crate) use types::{Callable, Element, Field, Key, KeyStyle, Kind, TypeId, known};

use crate::program::{DeclId, Program};
use types::{Alias, Type};
use typescript::syntax::{Item, Keyword, Literal, TypeExpr, TypeKind, TypeParam};

pub(crate) struct Checker<'p> {
    pub(crate) program: &'p Program,
    types: RefCell<Vec<Rc<Type<'p>>>>,
    by_key: RefCell<HashMap<String, TypeId>>,
    open: RefCell<Vec<String>>,
    depth: Cell<usize>,
    /// How many properties of mapped types are being looked up, each for another.
    lookups: Cell<usize>,
    /// The declarations whose bases are being looked up.
    inheriting: RefCell<Vec<&'p Item>>,
}

const DEEPEST: usize = 120;

impl<'p> Checker<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
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
        // The literals that the checker makes for itself.
        checker.string("");
        checker.literal(&Literal::Number(0.0));
        for text in
            ["string", "number", "bigint", "boolean", "symbol", "undefined", "object", "function"]
        {
            checker.string(text);
        }
        checker
    }

    #[expect(clippy::indexing_slicing, reason = "only this checker gives out the ids of its types")]
    pub(crate) fn get(&self, id: TypeId) -> Rc<Type<'p>> {
        Rc::clone(&self.types.borrow()[id.0 as usize])
    }

    pub(crate) fn intern(
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
        types.push(Rc::new(Type { kind, alias, met: OnceCell::new() }));
        self.by_key.borrow_mut().insert(key, id);
        id
    }

    pub(crate) fn decl(&self, id: DeclId) -> Option<Decl<'p>> {
        let place = self.place(id);
        self.program.item(id).map(|item| Decl { item, place })
    }

    pub(crate) fn place(&self, id: DeclId) -> Place<'p> {
        Place { file: id.file, module: self.program.module(id), namespaces: Rc::default() }
    }

    /// The type that `ty` means in `scope`.
    pub(crate) fn eval(&self, ty: &'p TypeExpr, scope: &Scope<'p>) -> TypeId {
        self.eval_as(ty, scope, None)
    }

    pub(super) fn eval_as(
        &self,
        ty: &'p TypeExpr,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if self.depth.get() > DEEPEST {
            return known::ANY;
        }
        self.depth.set(self.depth.get() + 1);
        let id = self.eval_kind(ty, scope, alias);
        self.depth.set(self.depth.get() - 1);
        id
    }

    /// Runs `work` one level deeper; `None` where that is too deep.
    pub(crate) fn deeper<T>(&self, work: impl FnOnce() -> Option<T>) -> Option<T> {
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
                self.lengths(elements);
                let elements = elements.iter().flat_map(|element| self.elements(element, scope));
                self.tuple(elements.collect(), false, alias)
            }
            TypeKind::Union(types) => self.union(&all(types), alias),
            TypeKind::Intersection(types) => self.intersection(&all(types), alias),
            TypeKind::Object(members) if members.is_empty() && alias.is_none() => {
                // There is only one, and the compiler has it from the start.
                self.intern("empty object".to_owned(), Kind::Anonymous(ty, scope.clone()), None)
            }
            TypeKind::Function(_) | TypeKind::Constructor { .. } | TypeKind::Object(_) => {
                let key = format!("anonymous {:p} {}", ty, scope.key());
                self.intern(key, Kind::Anonymous(ty, scope.clone()), alias)
            }
            TypeKind::Mapped(mapped) => self.mapped(mapped, scope, alias),
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
    pub(crate) fn inferred(&self, param: &TypeParam) -> TypeId {
        self.intern(format!("infer {param:p}"), Kind::Param(param.name.text.clone()), None)
    }
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
