//! Conditional types: which branch is taken, and what `infer` finds.

use super::checker::{Alias, Checker, Element, Kind, Scope, TypeId, is_primitive, known};
use crate::cut::Cut as _;
use crate::syntax::{
    Conditional, Member, MemberKind, Operator, Param, Signature, TupleElement, TypeExpr, TypeKind,
};

impl<'p> Checker<'p> {
    pub(super) fn conditional(
        &self,
        conditional: &'p Conditional,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let check = self.eval(&conditional.check, scope);
        let name = conditional.check.reference().map(|(name, _)| name);
        let Some(name) = name.filter(|name| scope.get(name).is_some()) else {
            return self.branch(conditional, check, scope, alias);
        };
        let check = self.spread_keys(check);
        if check == known::NEVER {
            return known::NEVER;
        }
        let one = |member: TypeId| {
            let scope = scope.with_binding(name, member);
            let alias = alias.as_ref().map(|alias| alias.rebound(&scope));
            self.branch(conditional, member, &scope, alias)
        };
        match alias.as_ref().filter(|alias| !alias.own) {
            Some(outer) if matches!(self.get(check).kind, Kind::Union(..)) => {
                let each: Vec<TypeId> = self.members_of(check).into_iter().map(one).collect();
                self.union(&each, Some(outer.clone()))
            }
            _ => self.each(check, &one),
        }
    }

    /// `keyof T` as the union that it is, where its names are known.
    fn spread_keys(&self, ty: TypeId) -> TypeId {
        match self.get(ty).kind {
            Kind::KeyOf(target) => {
                self.names_of(target).map_or(ty, |names| self.union(&names, None))
            }
            _ => ty,
        }
    }

    /// A type made of what `one` makes of each part of a union; the union itself where that is the
    /// same.
    pub(super) fn each(&self, ty: TypeId, one: &impl Fn(TypeId) -> TypeId) -> TypeId {
        let data = self.get(ty);
        if let Some(members) = self.enum_members(ty) {
            let made: Vec<TypeId> = members.iter().map(|&member| one(member)).collect();
            return if made == members { ty } else { self.union(&made, None) };
        }
        let Kind::Union(types, origin) = &data.kind else { return one(ty) };
        let parts = origin.as_ref().filter(|origin| origin.len() > 1).unwrap_or(types);
        let made: Vec<TypeId> = parts.iter().map(|&part| self.each(part, one)).collect();
        if made == *parts { ty } else { self.union(&made, None) }
    }

    fn branch(
        &self,
        conditional: &'p Conditional,
        check: TypeId,
        scope: &Scope<'p>,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        let mut inner = scope.clone();
        if check == known::ANY {
            let yes = self.eval(&conditional.yes, &inner);
            return self.union(&[yes, self.eval(&conditional.no, scope)], None);
        }
        match self.matches(check, &conditional.extends, &mut inner) {
            Some(true) => self.eval(&conditional.yes, &inner),
            Some(false) => self.eval(&conditional.no, scope),
            None => {
                let key = format!("conditional {:p} {}", conditional, scope.key());
                self.intern(key, Kind::Conditional(conditional, scope.clone()), alias)
            }
        }
    }

    /// Whether `check` is assignable to `extends`; `None` when that depends on a type parameter or
    /// goes beyond what is decided here. Binds what `infer` finds.
    fn matches(&self, check: TypeId, extends: &'p TypeExpr, scope: &mut Scope<'p>) -> Option<bool> {
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
            TypeKind::Reference { args, .. } if args.iter().any(infers) => {
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
                if infers(ty) {
                    all = both(all, self.matches(self.tuple(rest, false, None), ty, scope));
                }
            } else if let Some(other) = found.params.get(index)
                && infers(ty)
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
    fn element(&self, param: &'p Param, scope: &Scope<'p>) -> Element {
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

    fn member_of(&self, ty: TypeId, name: &str) -> Found {
        let data = self.get(ty);
        let is_clear = match &data.kind {
            Kind::Record(..) => true,
            kind if is_primitive(kind) => return Found::Missing,
            _ => self.properties(ty).is_some(),
        };
        match self.property_type(ty, name) {
            Some(ty) => Found::Type(ty),
            None if is_clear => Found::Missing,
            None => Found::Unclear,
        }
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

    fn assignable(&self, from: TypeId, to: TypeId) -> Option<bool> {
        if from == to
            || matches!(to, known::ANY | known::UNKNOWN)
            || matches!(from, known::NEVER | known::ANY)
        {
            return Some(true);
        }
        if from == known::UNKNOWN {
            return Some(false);
        }
        let (from, to) = (self.spread_keys(from), self.spread_keys(to));
        let (from_data, to_data) = (self.get(from), self.get(to));
        match (&from_data.kind, &to_data.kind) {
            (Kind::Param(_) | Kind::Conditional(..) | Kind::Indexed(..) | Kind::KeyOf(_), _)
            | (_, Kind::Param(_) | Kind::Conditional(..) | Kind::Indexed(..) | Kind::KeyOf(_)) => {
                None
            }
            (Kind::Union(types, _), _) => all(types.iter().map(|&ty| self.assignable(ty, to))),
            (_, Kind::Union(types, _)) => {
                let each: Vec<Option<bool>> =
                    types.iter().map(|&ty| self.assignable(from, ty)).collect();
                if each.contains(&Some(true)) {
                    Some(true)
                } else if each.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            (Kind::String(_) | Kind::Template(..) | Kind::Mapping(..), _)
                if to == known::STRING =>
            {
                Some(true)
            }
            (Kind::Number(_), _) if to == known::NUMBER => Some(true),
            (from, to) if is_primitive(from) && is_primitive(to) => Some(false),
            (kind, _) if is_primitive(kind) && to == known::OBJECT => Some(false),
            (Kind::EnumMember(a, _), Kind::EnumMember(b, _) | Kind::Enum(b)) => {
                let whole = matches!(to_data.kind, Kind::Enum(_));
                Some(whole && std::ptr::eq(a.item, b.item))
            }
            (Kind::Intrinsic(_) | Kind::String(_) | Kind::Number(_), Kind::Named(..)) => {
                Some(false)
            }
            (kind, Kind::Anonymous(..) | Kind::Tuple(..)) if is_primitive(kind) => Some(false),
            (_, to) if is_object(&from_data.kind) && is_primitive(to) => Some(false),
            (from, _) if is_object(from) && to == known::OBJECT => Some(true),
            (Kind::Named(a, found), Kind::Named(b, wanted)) if std::ptr::eq(a.item, b.item) => {
                let pairs = found.iter().zip(wanted);
                all(pairs.map(|(&a, &b)| self.assignable(a, b)))
            }
            (from_kind, to_kind) if is_object(from_kind) && is_object(to_kind) => {
                self.structure_assignable(from, to)
            }
            _ => None,
        }
    }

    /// Whether one object type has the members of another.
    fn structure_assignable(&self, from: TypeId, to: TypeId) -> Option<bool> {
        if matches!(&self.get(to).kind, Kind::Anonymous(ty, _) if !matches!(ty.kind, TypeKind::Object(_)))
        {
            return None;
        }
        let mut all = Some(true);
        for prop in self.properties(to)? {
            let Some(name) = prop.member.name() else { continue };
            let found = match self.member_of(from, &name.text) {
                Found::Type(found) => found,
                Found::Missing if is_optional(prop.member) => continue,
                Found::Missing => return Some(false),
                Found::Unclear => return None,
            };
            let wanted = self.type_of(&prop);
            all = both(all, self.deeper(|| self.assignable(found, wanted)));
        }
        all
    }
}

fn is_object(kind: &Kind<'_>) -> bool {
    matches!(
        kind,
        Kind::Named(..)
            | Kind::Anonymous(..)
            | Kind::Function(..)
            | Kind::Tuple(..)
            | Kind::Record(..)
    )
}

fn is_optional(member: &Member) -> bool {
    match &member.kind {
        MemberKind::Property(property) => property.optional,
        MemberKind::Method(method) => method.optional,
        _ => false,
    }
}

/// What is known of a member of a type.
enum Found {
    Type(TypeId),
    /// The type has none of that name.
    Missing,
    /// Nothing.
    Unclear,
}

/// Whether all hold.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for answer in answers {
        all = both(all, answer);
    }
    all
}

/// Whether both hold.
fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn infers(ty: &TypeExpr) -> bool {
    super::printer::contains_infer(ty)
}
