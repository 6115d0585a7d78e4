//! Whether a type matches a condition, and what `infer` finds in it.

use typescript::{
    Cut as _,
    syntax::{
        ItemKind, Member, MemberKind, Operator, Param, Signature, TupleElement, TypeExpr, TypeKind,
    },
};

use super::mentions::{contains_infer, infers_of};
use super::{
    Checker,
    assignable::{Found, all, both},
    scope::{Decl, Scope, bound},
    signatures::{Call, Way},
    types::{Element, Kind, TypeId, is_primitive, known},
};

impl<'p> Checker<'p> {
    /// Whether `check` is assignable to `extends`; `None` when that depends on a type parameter or
    /// goes beyond what is decided here. Binds what `infer` finds.
    pub(super) fn matches(
        &self,
        check: TypeId,
        extends: &'p TypeExpr,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let data = self.get(check);
        let is_open = matches!(
            data.kind,
            Kind::Param(_) | Kind::Conditional(..) | Kind::Indexed(..) | Kind::KeyOf(_)
        );
        match &extends.unparenthesized().kind {
            TypeKind::Infer(param) => {
                scope.bind(&param.name.text, check);
                Some(true)
            }
            _ if is_open => self.assignable(check, self.eval(extends, scope)),
            TypeKind::Array(element) => self.matches_array(check, element, false, scope),
            TypeKind::Operator { operator: Operator::ReadOnly, ty } => {
                match &ty.unparenthesized().kind {
                    TypeKind::Array(element) => self.matches_array(check, element, true, scope),
                    TypeKind::Tuple(elements) => self.matches_tuple(check, elements, scope),
                    _ => None,
                }
            }
            TypeKind::Tuple(elements) => self.matches_tuple(check, elements, scope),
            TypeKind::Function(wanted) => self.matches_call(check, wanted, Way::Call, scope),
            TypeKind::Constructor { signature: wanted, is_abstract } => {
                self.matches_call(check, wanted, Way::new(*is_abstract), scope)
            }
            TypeKind::Object(members) => self.matches_object(check, members, scope),
            TypeKind::Template { texts, types } => {
                self.matches_template(check, texts, types, scope)
            }
            TypeKind::Reference { args, .. } if args.iter().any(contains_infer) => {
                self.matches_reference(check, extends, args, scope)
            }
            _ => self.assignable(check, self.eval(extends, scope)),
        }
    }

    /// Binds what `infer` finds in `any`, which matches everything: what is no part of it is not
    /// known, a list of arguments is at least a list, and no text is a part of a template.
    pub(super) fn matches_any(&self, extends: &'p TypeExpr, scope: &mut Scope<'p>) {
        if let TypeKind::Infer(param) = &extends.unparenthesized().kind {
            return scope.bind(&param.name.text, known::ANY);
        }
        for param in infers_of(extends) {
            scope.bind(&param.name.text, known::UNKNOWN);
        }
        let list = || self.array(known::UNKNOWN, "Array", None);
        let bind = |ty: &TypeExpr, found: TypeId, scope: &mut Scope<'p>| {
            if let TypeKind::Infer(param) = &ty.unparenthesized().kind {
                scope.bind(&param.name.text, found);
            }
        };
        match &extends.unparenthesized().kind {
            TypeKind::Function(signature) | TypeKind::Constructor { signature, .. } => {
                let rest = signature.params.iter().filter(|param| param.rest);
                rest.filter_map(|param| param.ty.as_ref()).for_each(|ty| bind(ty, list(), scope));
            }
            TypeKind::Tuple(elements) => {
                let rest = elements.iter().filter(|element| element.rest);
                rest.for_each(|element| bind(&element.ty, list(), scope));
            }
            TypeKind::Template { types, .. } => {
                for ty in types {
                    bind(ty, known::NEVER, scope);
                }
            }
            _ => {}
        }
    }

    fn matches_array(
        &self,
        check: TypeId,
        element: &'p TypeExpr,
        readonly: bool,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        match &self.get(check).kind {
            Kind::Named(decl, args) if decl.name() == "Array" => {
                self.matches(*args.first()?, element, scope)
            }
            Kind::Named(decl, args) if decl.name() == "ReadonlyArray" => {
                if readonly {
                    self.matches(*args.first()?, element, scope)
                } else {
                    Some(false)
                }
            }
            Kind::Tuple(elements, _) => {
                let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
                self.matches(self.union(&types, None), element, scope)
            }
            Kind::Mapped(mapped, at) => self.mapped_props(mapped, at, None).map(|_| false),
            Kind::Intersection(types) => {
                let is_none = |&ty| self.matches_array(ty, element, readonly, scope) == Some(false);
                types.iter().all(is_none).then_some(false)
            }
            _ => Some(false),
        }
    }

    fn matches_tuple(
        &self,
        check: TypeId,
        wanted: &'p [TupleElement],
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let data = self.get(check);
        let Kind::Tuple(found, readonly) = &data.kind else { return Some(false) };
        let rest = wanted.iter().position(|element| element.rest);
        let fixed = rest.unwrap_or(wanted.len());
        if found.iter().any(|element| element.rest) {
            return None;
        }
        if let Some(at) = rest.filter(|at| at + 1 < wanted.len()) {
            return self.matches_ends(found, *readonly, wanted, at, scope);
        }
        let required = found.iter().filter(|element| !element.optional).count();
        if required < fixed || rest.is_none() && found.len() > fixed {
            return Some(false);
        }
        let mut all = Some(true);
        for (element, found) in wanted.cut(..fixed).iter().zip(found) {
            all = both(all, self.matches(found.ty, &element.ty, scope));
        }
        if let Some(element) = rest.and_then(|at| wanted.get(at)) {
            let tail = self.tuple(found.cut(fixed..).to_vec(), *readonly, None);
            all = both(all, self.matches(tail, &element.ty, scope));
        }
        all
    }

    /// `[...infer A, B]`: what is spread at `at` takes what the elements around it leave.
    fn matches_ends(
        &self,
        found: &[Element],
        readonly: bool,
        wanted: &'p [TupleElement],
        at: usize,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let last = wanted.len() - at - 1;
        let Some(middle) = found.len().checked_sub(at + last) else { return Some(false) };
        let (head, tail) = (found.cut(..at), found.cut(at + middle..));
        let spread = self.tuple(found.cut(at..at + middle).to_vec(), readonly, None);
        let mut all = self.matches(spread, &wanted.get(at)?.ty, scope);
        let pairs = wanted.cut(..at).iter().zip(head).chain(wanted.cut(at + 1..).iter().zip(tail));
        for (element, found) in pairs {
            all = both(all, self.matches(found.ty, &element.ty, scope));
        }
        all
    }

    /// The last of several signatures is the one that says something.
    fn matches_call(
        &self,
        check: TypeId,
        wanted: &'p Signature,
        way: Way,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        if let Kind::Union(types, _) = &self.get(check).kind {
            return self.matches_calls(types, wanted, way, scope);
        }
        let calls = self.signatures(check, way)?;
        match calls.last() {
            Some(last) => self.matches_signature(last, wanted, scope),
            None => Some(false),
        }
    }

    /// All of a union: what `infer` finds in parameters must be all of them at once, what it finds
    /// in results may be any.
    fn matches_calls(
        &self,
        types: &[TypeId],
        wanted: &'p Signature,
        way: Way,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let mut found: Vec<(&str, bool, Vec<TypeId>)> = Vec::new();
        let in_params = wanted.params.iter().filter_map(|param| param.ty.as_ref());
        let both_ways =
            in_params.map(|ty| (ty, true)).chain(wanted.returns.iter().map(|ty| (ty, false)));
        for (ty, is_param) in both_ways {
            let names = infers_of(ty).into_iter().map(|param| param.name.text.as_str());
            found.extend(names.map(|name| (name, is_param, Vec::new())));
        }
        let mut all = Some(true);
        for &ty in types {
            let mut inner = scope.clone();
            all = both(all, self.matches_call(ty, wanted, way, &mut inner));
            for (name, _, types) in &mut found {
                types.extend(inner.get(name));
            }
        }
        for (name, is_param, types) in found {
            let ty =
                if is_param { self.intersection(&types, None) } else { self.union(&types, None) };
            scope.bind(name, ty);
        }
        all
    }

    fn matches_signature(
        &self,
        call: &Call<'p>,
        wanted: &'p Signature,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        if !wanted.type_params.is_empty() {
            return None;
        }
        let found = call.signature;
        let at = &self.erased(call);
        let mut all = Some(true);
        let (this, params) = split_this(&found.params);
        let (wanted_this, wanted_params) = split_this(&wanted.params);
        if let Some(ty) = wanted_this.and_then(|param| param.ty.as_ref()) {
            let this = this.map_or(known::UNKNOWN, |param| self.element(param, at).ty);
            if contains_infer(ty) {
                all = both(all, self.matches(this, ty, scope));
            }
        }
        for (index, param) in wanted_params.iter().enumerate() {
            let Some(ty) = &param.ty else { continue };
            if param.rest {
                let rest = params.get(index..).unwrap_or_default();
                let rest = rest.iter().flat_map(|param| self.spread_param(param, at)).collect();
                if contains_infer(ty) {
                    all = both(all, self.matches(self.tuple(rest, false, None), ty, scope));
                }
            } else if let Some(other) = params.get(index)
                && contains_infer(ty)
            {
                all = both(all, self.matches(self.element(other, at).ty, ty, scope));
            } else if contains_infer(ty) {
                all = both(all, self.matches(known::UNKNOWN, ty, scope));
            }
        }
        let takes_rest = wanted_params.iter().any(|param| param.rest);
        let required = params.iter().filter(|param| !param.optional && !param.rest).count();
        if !takes_rest && required > wanted_params.len() {
            return Some(false);
        }
        match &wanted.returns {
            Some(wanted) => {
                let call = Call { scope: at.clone(), ..call.clone() };
                both(all, self.matches(self.returned(&call), wanted, scope))
            }
            None => all,
        }
    }

    /// The scope of a signature in which its type parameters are what they extend.
    fn erased(&self, call: &Call<'p>) -> Scope<'p> {
        let mut scope = call.scope.clone();
        for param in &call.signature.type_params {
            let constraint = param.constraint.as_ref();
            let ty = constraint.map_or(known::UNKNOWN, |ty| self.eval(ty, &scope));
            scope.bind(&param.name.text, ty);
        }
        scope
    }

    /// A parameter as an element of a tuple, or those of the tuple that it takes the rest into.
    fn spread_param(&self, param: &'p Param, scope: &Scope<'p>) -> Vec<Element> {
        if param.rest
            && let Some(ty) = &param.ty
            && let Kind::Tuple(elements, _) = &self.get(self.eval(ty, scope)).kind
        {
            return elements.clone();
        }
        vec![self.element(param, scope)]
    }

    /// A parameter as an element of a tuple.
    fn element(&self, param: &'p Param, scope: &Scope<'p>) -> Element {
        let ty = self.param_type(param, scope);
        let ty = if param.rest { self.element_of(ty) } else { ty };
        Element {
            label: Some(param.name.text.clone()),
            ty,
            optional: param.optional,
            rest: param.rest,
            variadic: false,
        }
    }

    /// The type of a parameter, `undefined` added for `?`.
    pub(crate) fn param_type(&self, param: &'p Param, scope: &Scope<'p>) -> TypeId {
        let ty = match (&param.ty, &param.default) {
            (Some(ty), _) => self.eval(ty, scope),
            (None, Some(value)) => self.value(value, false, scope).unwrap_or(known::ANY),
            (None, None) if param.rest => self.array(known::ANY, "Array", None),
            (None, None) => known::ANY,
        };
        self.optional(ty, param.optional && param.default.is_none())
    }

    fn matches_object(
        &self,
        check: TypeId,
        members: &'p [Member],
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        if matches!(check, known::NULL | known::UNDEFINED | known::VOID | known::UNKNOWN) {
            return Some(false);
        }
        let mut all = Some(true);
        for member in members {
            let MemberKind::Property(property) = &member.kind else { return None };
            let found = match self.member_of(check, &property.name.text) {
                Found::Type(found) => found,
                Found::Missing if property.optional => continue,
                Found::Missing => return Some(false),
                Found::Unclear => return None,
            };
            if let Some(ty) = &property.ty {
                all = both(all, self.matches(found, ty, scope));
            }
        }
        all
    }

    fn matches_template(
        &self,
        check: TypeId,
        texts: &[String],
        types: &'p [TypeExpr],
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let data = self.get(check);
        let Kind::String(text) = &data.kind else {
            return self
                .assignable(check, known::STRING)
                .and_then(|text| if text { None } else { Some(false) });
        };
        let begin = texts.first().map_or("", String::as_str);
        let Some(mut rest) = text.strip_prefix(begin) else { return Some(false) };
        let mut all = Some(true);
        for (index, (ty, after)) in types.iter().zip(texts.cut(1..)).enumerate() {
            let is_last = index + 1 == types.len();
            let end = match (is_last, after.is_empty()) {
                (true, _) => rest.strip_suffix(after.as_str()).map(str::len),
                // Without text in between, each type takes one character, as the compiler has it.
                (false, true) => rest.chars().next().map(char::len_utf8),
                (false, false) => rest.find(after.as_str()),
            };
            let Some(end) = end else { return Some(false) };
            let part = self.string(rest.cut(..end));
            all = both(all, self.matches(part, ty, scope));
            rest = rest.cut(end + after.len()..);
        }
        all
    }

    /// A generic type with `infer` among its arguments.
    fn matches_reference(
        &self,
        check: TypeId,
        extends: &'p TypeExpr,
        args: &'p [TypeExpr],
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        let data = self.get(check);
        let target = self.eval(extends, scope);
        let target = self.get(target);
        let Kind::Named(wanted, _) = &target.kind else { return None };
        match &data.kind {
            Kind::Named(decl, found) if self.as_instance(decl, found, wanted).is_some() => {
                let found = self.as_instance(decl, found, wanted).unwrap_or_default();
                let pairs = found.iter().zip(args);
                all(pairs.map(|(&found, arg)| self.matches(found, arg, scope)))
            }
            kind if is_primitive(kind) => Some(false),
            Kind::Tuple(elements, _) => {
                self.matches_reference(self.list_of(elements), extends, args, scope)
            }
            Kind::Named(..) | Kind::Anonymous(..) | Kind::Record(..) => {
                let wanted = self.eval(extends, scope);
                let missing = self.properties(wanted)?.iter().any(|prop| {
                    !prop.optional
                        && matches!(self.member_of(check, &prop.key.text), Found::Missing)
                });
                if missing { Some(false) } else { None }
            }
            _ => None,
        }
    }
}

impl<'p> Checker<'p> {
    /// The type arguments that an interface with these ones has as the interface `wanted`: itself,
    /// or one that it extends.
    fn as_instance(
        &self,
        decl: &Decl<'p>,
        args: &[TypeId],
        wanted: &Decl<'p>,
    ) -> Option<Vec<TypeId>> {
        // The compiler compares members: these interfaces of its library have all of the other's, with
        // the same argument, though they do not extend it (`fixtures/library.ts` asks the original).
        let is_like = matches!(
            (decl.name(), wanted.name()),
            ("Promise", "PromiseLike")
                | ("Array", "ReadonlyArray" | "Iterable" | "ArrayLike")
                | ("ReadonlyArray", "Iterable" | "ArrayLike")
                | ("Set" | "ReadonlySet", "Iterable")
        );
        if std::ptr::eq(decl.item, wanted.item) || is_like && self.is_global(decl) {
            return Some(args.to_vec());
        }
        let ItemKind::Interface(item) = &decl.item.kind else { return None };
        let scope = bound(decl, args);
        item.extends.iter().find_map(|base| {
            self.deeper(|| match &self.get(self.eval(base, &scope)).kind {
                Kind::Named(base, args) => self.as_instance(base, args, wanted),
                _ => None,
            })
        })
    }

    fn is_global(&self, decl: &Decl<'p>) -> bool {
        !self.program.source(decl.place.file).outline.is_module
    }
}

/// The `this` parameter, and the others.
fn split_this(params: &[Param]) -> (Option<&Param>, &[Param]) {
    match params {
        [this, rest @ ..] if this.name.text == "this" => (Some(this), rest),
        params => (None, params),
    }
}
