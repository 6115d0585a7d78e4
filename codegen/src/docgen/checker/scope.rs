//! Declarations, the places that names are looked up from, and what type parameters stand for.

use std::{fmt::Write as _, rc::Rc};

use super::{
    Checker,
    types::{Kind, TypeId},
};
use crate::syntax::{Item, ItemKind, Module, TypeParam};

/// A declaration and what surrounds it.
#[derive(Clone)]
pub(in crate::docgen) struct Decl<'p> {
    pub(in crate::docgen) item: &'p Item,
    pub(in crate::docgen) place: Place<'p>,
}

/// Where names are looked up from.
#[derive(Clone)]
pub(in crate::docgen) struct Place<'p> {
    pub(in crate::docgen) file: usize,
    pub(in crate::docgen) module: &'p Module,
    /// The names and statements of the namespaces around it, the innermost last; a block of global
    /// declarations has no name.
    pub(super) namespaces: Rc<Vec<(&'p str, &'p [Item])>>,
}

impl<'p> Decl<'p> {
    pub(in crate::docgen) fn name(&self) -> &'p str {
        self.item.name().map_or("", |name| name.text.as_str())
    }

    /// How many type arguments a reference to it must have.
    pub(in crate::docgen) fn required_params(&self) -> usize {
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
pub(in crate::docgen) struct Scope<'p> {
    pub(in crate::docgen) place: Place<'p>,
    env: Option<Rc<Binding>>,
}

struct Binding {
    name: String,
    ty: TypeId,
    next: Option<Rc<Binding>>,
}

impl<'p> Place<'p> {
    /// The place, without type parameters.
    pub(in crate::docgen) fn scope(&self) -> Scope<'p> {
        Scope { place: self.clone(), env: None }
    }
}

impl Scope<'_> {
    /// This scope, in which `name` stands for `ty` as well.
    pub(in crate::docgen) fn with_binding(&self, name: &str, ty: TypeId) -> Self {
        let mut scope = self.clone();
        scope.bind(name, ty);
        scope
    }

    pub(in crate::docgen) fn get(&self, name: &str) -> Option<TypeId> {
        let mut env = self.env.as_deref();
        while let Some(binding) = env {
            if binding.name == name {
                return Some(binding.ty);
            }
            env = binding.next.as_deref();
        }
        None
    }

    pub(in crate::docgen) fn bind(&mut self, name: &str, ty: TypeId) {
        let next = self.env.take();
        self.env = Some(Rc::new(Binding { name: name.to_owned(), ty, next }));
    }

    pub(in crate::docgen) fn key(&self) -> String {
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
    pub(in crate::docgen) fn scope_of(&self, decl: &Decl<'p>) -> Scope<'p> {
        let mut scope = decl.place.scope();
        self.bind_params(&mut scope, decl.type_params());
        scope
    }

    pub(in crate::docgen) fn bind_params(&self, scope: &mut Scope<'p>, params: &'p [TypeParam]) {
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
