//! Whether a type matches a condition, and what `infer` finds in it.

use super::{
    super::mentions::contains_infer,
    Checker,
    assignable::{Found, all, both},
    properties::is_optional,
    scope::Scope,
    types::{Element, Kind, TypeId, is_primitive, known},
};
use crate::cut::Cut as _;
use crate::syntax::{
    Member, MemberKind, Operator, Param, Signature, TupleElement, TypeExpr, TypeKind,
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
            TypeKind::Function(wanted) => match &data.kind {
                Kind::Anonymous(TypeExpr { kind: TypeKind::Function(found), .. }, at) => {
                    self.matches_signature(found, at, wanted, scope)
                }
                Kind::Function(found, at) => self.matches_signature(found, at, wanted, scope),
                Kind::Anonymous(TypeExpr { kind: TypeKind::Object(_), .. }, _)
                | Kind::Named(..)
                | Kind::Mapped(..) => None,
                _ => Some(false),
            },
            TypeKind::Constructor { signature: wanted, .. } => match &data.kind {
                Kind::Anonymous(
                    TypeExpr { kind: TypeKind::Constructor { signature: found, .. }, .. },
                    at,
                ) => self.matches_signature(found, at, wanted, scope),
                kind if is_primitive(kind) => Some(false),
                _ => None,
            },
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
            Kind::Mapped(..) | Kind::Intersection(_) => None,
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

    fn matches_signature(
        &self,
        found: &'p Signature,
        at: &Scope<'p>,
        wanted: &'p Signature,
        scope: &mut Scope<'p>,
    ) -> Option<bool> {
        if !found.type_params.is_empty() || !wanted.type_params.is_empty() {
            return None;
        }
        let mut all = Some(true);
        for (index, param) in wanted.params.iter().enumerate() {
            let Some(ty) = &param.ty else { continue };
            if param.rest {
                let rest = found.params.get(index..).unwrap_or_default();
                let rest = rest.iter().map(|param| self.element(param, at)).collect();
                if contains_infer(ty) {
                    all = both(all, self.matches(self.tuple(rest, false, None), ty, scope));
                }
            } else if let Some(other) = found.params.get(index)
                && contains_infer(ty)
            {
                all = both(all, self.matches(self.element(other, at).ty, ty, scope));
            }
        }
        let takes_rest = wanted.params.iter().any(|param| param.rest);
        let required = found.params.iter().filter(|param| !param.optional && !param.rest).count();
        if !takes_rest && required > wanted.params.len() {
            return Some(false);
        }
        match (&found.returns, &wanted.returns) {
            (Some(found), Some(wanted)) => {
                both(all, self.matches(self.eval(found, at), wanted, scope))
            }
            _ => all,
        }
    }

    /// A parameter as an element of a tuple.
    pub(super) fn element(&self, param: &'p Param, scope: &Scope<'p>) -> Element {
        let ty = param.ty.as_ref().map_or(known::ANY, |ty| self.eval(ty, scope));
        let ty = if param.rest { self.element_of(ty) } else { self.optional(ty, param.optional) };
        Element {
            label: Some(param.name.text.clone()),
            ty,
            optional: param.optional,
            rest: param.rest,
            variadic: false,
        }
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
                // Without text in between, a placeholder takes one character.
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
            Kind::Named(decl, found) if std::ptr::eq(decl.item, wanted.item) => {
                let pairs = found.iter().zip(args);
                all(pairs.map(|(&found, arg)| self.matches(found, arg, scope)))
            }
            kind if is_primitive(kind) => Some(false),
            Kind::Named(..) | Kind::Anonymous(..) | Kind::Record(..) => {
                let wanted = self.eval(extends, scope);
                let missing = self.properties(wanted)?.iter().any(|prop| {
                    prop.member.name().is_some_and(|name| {
                        !is_optional(prop.member)
                            && matches!(self.member_of(check, &name.text), Found::Missing)
                    })
                });
                if missing { Some(false) } else { None }
            }
            _ => None,
        }
    }
}
