//! Declarations, the places that names are looked up from, and what type parameters stand for.

use std::{fmt::Write as _, rc::Rc};

use typescript::syntax::{Item, ItemKind, Module, TypeParam};

use super::{
    Checker,
    types::{Kind, TypeId},
};

/// A declaration and what surrounds it.
#[derive(Clone)]
pub(crate) struct Decl<'p> {
    pub(crate) item: &'p Item,
    pub(crate) place: Place<'p>,
}

/// Where names are looked up from.
#[derive(Clone)]
pub(crate) struct Place<'p> {
    pub(crate) file: usize,
    pub(crate) module: &'p Module,
    /// The names and statements of the namespaces around it, the innermost last; a block of global
    /// declarations has no name.
    pub(super) namespaces: Rc<Vec<(&'p str, &'p [Item])>>,
}

impl<'p> Decl<'p> {
    pub(crate) fn name(&self) -> &'p str {
        self.item.name().map_or("", |name| name.text.as_str())
    }

    /// How many type arguments a reference to it must have.
    pub(crate) fn required_params(&self) -> usize {
        self.type_params().iter().filter(|param| param.default.is_none()).count()
    }

    pub(super) fn type_params(&self) -> &'p [TypeParam] {
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
pub(crate) struct Scope<'p> {
    pub(crate) place: Place<'p>,
    env: Option<Rc<Binding>>,
}

struct Binding {
    name: String,
    ty: TypeId,
    next: Option<Rc<Binding>>,
}

impl<'p> Place<'p> {
    /// The place, without type parameters.
    pub(crate) fn scope(&self) -> Scope<'p> {
        Scope { place: self.clone(), env: None }
    }
}

impl Scope<'_> {
    /// This scope, in which `name` stands for `ty` as well.
    pub(crate) fn with_binding(&self, name: &str, ty: TypeId) -> Self {
        let mut scope = self.clone();
        scope.bind(name, ty);
        scope
    }

    pub(crate) fn get(&self, name: &str) -> Option<TypeId> {
        let mut env = self.env.as_deref();
        while let Some(binding) = env {
            if binding.name == name {
                return Some(binding.ty);
            }
            env = binding.next.as_deref();
        }
        None
    }

    pub(crate) fn bind(&mut self, name: &str, ty: TypeId) {
        let next = self.env.take();
        self.env = Some(Rc::new(Binding { name: name.to_owned(), ty, next }));
    }

    pub(crate) fn key(&self) -> String {
        let mut key = String::new();
        let mut env = self.env.as_deref();
        while let Some(binding) = env {
            let _ = write!(key, "{}={},", binding.name, binding.ty.0);
            env = binding.next.as_deref();
        }
        key
    }
}

impl<'p> Checker<'p> {
    /// The scope of a declaration's body: its type parameters stand for themselves.
    pub(crate) fn scope_of(&self, decl: &Decl<'p>) -> Scope<'p> {
        let mut scope = decl.place.scope();
        self.bind_params(&mut scope, decl.type_params());
        scope
    }

    pub(crate) fn bind_params(&self, scope: &mut Scope<'p>, params: &'p [TypeParam]) {
        for param in params {
            scope.bind(&param.name.text, self.param(param));
        }
    }

    /// A type parameter that stands for itself.
    pub(super) fn param(&self, param: &'p TypeParam) -> TypeId {
        self.intern(format!("param {param:p}"), Kind::Param(param.name.text.clone()), None)
    }
}

pub(super) fn bound<'p>(decl: &Decl<'p>, args: &[TypeId]) -> Scope<'p> {
    let mut scope = decl.place.scope();
    for (param, &arg) in decl.type_params().iter().zip(args) {
        scope.bind(&param.name.text, arg);
    }
    scope
}
