//! References to what is declared: aliases followed, type arguments filled in, `import(...)` types.

use std::rc::Rc;

use typescript::{
    Cut as _,
    syntax::{EntityName, ItemKind, Name, TypeExpr},
};

use super::{
    Checker,
    names::{follow, without_extension},
    scope::{Decl, Scope, bound},
    types::{Alias, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    /// `import('from').name<args>`, `typeof import('from')`.
    pub(super) fn imported(
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

    pub(super) fn named(
        &self,
        decl: Decl<'p>,
        args: Vec<TypeId>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let key = format!("named {:p} {args:?}", decl.item);
        self.intern(key, Kind::Named(decl, args), alias)
    }

    pub(super) fn reference(
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

    pub(super) fn declared(
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

    /// Type arguments that are left out.
    pub(super) fn fill(&self, decl: &Decl<'p>, mut args: Vec<TypeId>) -> Vec<TypeId> {
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

    pub(super) fn alias(
        &self,
        decl: &Decl<'p>,
        args: Vec<TypeId>,
        outer: Option<Alias<'p>>,
    ) -> TypeId {
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
        let own = Alias { decl: decl.clone(), args, defining: None };
        let alias = match outer {
            Some(outer) if generic => Alias { defining: Some(Rc::new(own)), ..outer },
            _ => own,
        };
        self.open.borrow_mut().push(key);
        let ty = self.eval_as(&item.ty, &scope, Some(alias));
        self.open.borrow_mut().pop();
        ty
    }
}
