//! Members as facts: properties, methods, accessors, signatures, and the members of enums.

use miette::SourceSpan;
use typescript::{
    Cut as _,
    syntax::{
        self, Docs, EntityName, EnumValue, ItemKind, Keyword, Module, Name, NameStyle,
        PropertyName, Signature, TypeExpr, TypeKind,
    },
};

use super::{Collector, names::Place, params, tags};
use crate::clean::facts::{EnumMember, Member, MemberKind, Method, Param, Text};

/// How many inline types within each other are looked into for their comments.
const DEEPEST_INLINE: usize = 4;

impl<'p> Collector<'p> {
    pub(super) fn members(
        &mut self,
        members: &'p [syntax::Member],
        place: &Place<'p>,
        of: &str,
    ) -> Vec<Member> {
        let mut shown = Vec::with_capacity(members.len());
        for member in members {
            let docs = tags::docs(&member.docs, place);
            if docs.tag("hidden").or(docs.tag("internal")).is_some() {
                continue;
            }
            if self.calls
                && let Some(methods) = self.called(member, place, of)
            {
                shown.extend(methods);
                continue;
            }
            let twin = members.iter().find(|other| are_twins(member, other));
            shown.extend(self.member(member, twin, place, of));
        }
        shown
    }

    /// The members of a class itself.
    pub(super) fn statics(
        &mut self,
        members: &'p [syntax::Member],
        place: &Place<'p>,
        of: &str,
    ) -> Vec<Member> {
        let mut shown = self.members(members, place, of);
        for member in &mut shown {
            member.is_static = true;
        }
        shown
    }

    /// `twin` is the setter of a getter, and the other way round.
    fn member(
        &mut self,
        member: &'p syntax::Member,
        twin: Option<&'p syntax::Member>,
        place: &Place<'p>,
        of: &str,
    ) -> Option<Member> {
        use syntax::MemberKind as Kind;
        let (name, optional, readonly, kind) = match &member.kind {
            Kind::Property(property) => (
                source_name(&property.name, place.module),
                property.optional,
                property.readonly,
                MemberKind::Property(self.typed(property.ty.as_ref(), place)),
            ),
            Kind::Getter(_) | Kind::Setter(_) => return self.accessor(member, twin, place, of),
            Kind::Index(index) => (
                place.module.slice(member.span).split(']').next()?.replace("readonly ", "") + "]",
                false,
                index.readonly,
                MemberKind::Property(self.typed(index.ty.as_ref(), place)),
            ),
            Kind::Method(method) => (
                source_name(&method.name, place.module),
                method.optional,
                false,
                MemberKind::Method(self.method(&method.signature, member, place, of)),
            ),
            Kind::Call(signature) | Kind::Construct(signature) => {
                let name = if matches!(member.kind, Kind::Call(_)) { "()" } else { "new ()" };
                let method = self.method(signature, member, place, of);
                (name.to_owned(), false, false, MemberKind::Method(method))
            }
        };
        let key = match &kind {
            MemberKind::Method(method) => key_of(&name, of, method),
            MemberKind::Property(_) => format!("{of}.{name}"),
        };
        let comment = self.comment(&member.docs, member.span, place, &key);
        let mut inner = Vec::new();
        if let Some(ty) = type_of(member) {
            self.inner(ty, place, &key, "", &mut inner, 0);
        }
        Some(Member { name, optional, readonly, is_static: false, comment, kind, inner })
    }

    /// A getter, a setter, or both as one property where they have the same type.
    fn accessor(
        &mut self,
        member: &'p syntax::Member,
        twin: Option<&'p syntax::Member>,
        place: &Place<'p>,
        of: &str,
    ) -> Option<Member> {
        let (syntax::MemberKind::Getter(property) | syntax::MemberKind::Setter(property)) =
            &member.kind
        else {
            return None;
        };
        let is_setter = matches!(member.kind, syntax::MemberKind::Setter(_));
        let own = property.ty.as_ref().or_else(|| twin.and_then(type_of));
        let ty = self.typed(own, place);
        let other = twin.map(|twin| self.typed(type_of(twin).or(own), place));
        let is_one = other.is_some_and(|other| other.to_plain() == ty.to_plain());
        // The getter stands for both.
        if is_one && is_setter {
            return None;
        }
        let name = source_name(&property.name, place.module);
        let name = match (is_setter, twin) {
            (true, _) => format!("set {name}"),
            (false, Some(_)) if !is_one => format!("get {name}"),
            (false, _) => name,
        };
        let said = tags::docs(&member.docs, place).span.is_some();
        let documented = twin.filter(|_| is_one && !said).unwrap_or(member);
        let comment =
            self.comment(&documented.docs, documented.span, place, &format!("{of}.{name}"));
        Some(Member {
            name,
            optional: false,
            readonly: !is_setter && twin.is_none(),
            is_static: false,
            comment,
            kind: MemberKind::Property(ty),
            inner: Vec::new(),
        })
    }

    fn typed(&mut self, ty: Option<&'p TypeExpr>, place: &Place<'p>) -> Text {
        match ty {
            Some(ty) => self.text(ty, place),
            None => Text::plain("any"),
        }
    }

    fn method(
        &mut self,
        signature: &'p Signature,
        member: &syntax::Member,
        place: &Place<'p>,
        of: &str,
    ) -> Method {
        let docs = tags::docs(&member.docs, place).into_owned();
        let unsaid = if signature.returns.is_none() { self.unsaid(member, place) } else { None };
        self.signed_as(signature, unsaid, &docs, place, &format!("{of}.{}", key(member)))
    }

    /// A method with this signature, of which `docs` is said. `of` is what it is called in keys.
    pub(super) fn signed(
        &mut self,
        signature: &'p Signature,
        docs: &Docs,
        place: &Place<'p>,
        of: &str,
    ) -> Method {
        self.signed_as(signature, None, docs, place, of)
    }

    /// [`Collector::signed`], with the result that follows from what it belongs to.
    fn signed_as(
        &mut self,
        signature: &'p Signature,
        unsaid: Option<TypeExpr>,
        docs: &Docs,
        place: &Place<'p>,
        of: &str,
    ) -> Method {
        let place = place.with(&signature.type_params);
        let names = params::names(signature, docs);
        let mut params = Vec::new();
        for (param, name) in signature.params.iter().zip(&names) {
            if param.name.text != "this" {
                params.push(self.param(param, name, &place, of));
            }
        }
        let mut whole = signature.clone();
        for (param, name) in whole.params.iter_mut().zip(names) {
            param.name.text = name;
            param.simple = true;
        }
        whole.returns = whole.returns.or(unsaid);
        let returns = whole.returns.as_ref().map(|ty| self.text(ty, &place));
        let returns = returns.unwrap_or_else(|| Text::plain("any"));
        let kind = TypeKind::Function(Box::new(whole));
        let text = self.text(&TypeExpr { kind, span: SourceSpan::from((0, 0)) }, &place);
        let type_params = signature.type_params.iter().map(|param| param.name.text.clone());
        Method { type_params: type_params.collect(), signature: text, params, returns }
    }

    /// The result of a method that does not say it: of a constructor the class. What a method of a
    /// class gives may follow from what it does.
    fn unsaid(&self, member: &syntax::Member, place: &Place<'p>) -> Option<TypeExpr> {
        let item = self.item(place.id);
        let kind = match item.map(|item| &item.kind) {
            Some(ItemKind::Class(class)) => {
                if !matches!(member.kind, syntax::MemberKind::Construct(_)) {
                    return None;
                }
                reference(&class.name, &class.type_params)
            }
            _ => TypeKind::Keyword(Keyword::Any),
        };
        Some(TypeExpr { kind, span: member.span })
    }

    fn param(
        &mut self,
        param: &'p syntax::Param,
        name: &str,
        place: &Place<'p>,
        of: &str,
    ) -> Param {
        let (rest, mark) =
            (if param.rest { "..." } else { "" }, if param.optional { "?" } else { "" });
        let ty = param.ty.as_ref().map(|ty| self.text(ty, place)).unwrap_or_default();
        let shown = format!("{rest}{name}{mark}");
        let docs = tags::docs(&param.docs, place).text.clone();
        let (optional, rest) = (param.optional, param.rest);
        let mut inner = Vec::new();
        if let Some(ty) = &param.ty {
            self.inner(ty, place, of, "", &mut inner, 0);
        }
        let bound = param.ty.as_ref().and_then(|ty| place.constraint(ty.reference()?.0));
        let bound = bound.map(|ty| self.text(ty, place));
        Param { name: name.to_owned(), shown, optional, rest, ty, docs, inner, bound }
    }

    /// What is said about the members of object types that are written within `ty`.
    pub(super) fn inner(
        &mut self,
        ty: &'p TypeExpr,
        place: &Place<'p>,
        of: &str,
        prefix: &str,
        out: &mut Vec<Member>,
        depth: usize,
    ) {
        if depth > DEEPEST_INLINE {
            return;
        }
        match &ty.kind {
            TypeKind::Object(members) => {
                for mut member in self.members(members, place, of) {
                    member.name = format!("{prefix}{}", member.name);
                    for below in &mut member.inner {
                        below.name = format!("{}.{}", member.name, below.name);
                    }
                    let more = std::mem::take(&mut member.inner);
                    let docs = &member.comment.docs;
                    if docs.text.is_some() || !docs.tags.is_empty() {
                        out.push(member);
                    }
                    out.extend(more);
                }
            }
            TypeKind::Parenthesized(ty) | TypeKind::Array(ty) | TypeKind::Operator { ty, .. } => {
                self.inner(ty, place, of, prefix, out, depth + 1);
            }
            TypeKind::Union(types) | TypeKind::Intersection(types) => {
                if matches!(ty.kind, TypeKind::Union(_)) {
                    self.said_of_each(types, place, of, prefix, out);
                }
                for ty in types {
                    self.inner(ty, place, of, prefix, out, depth + 1);
                }
            }
            TypeKind::Reference { args, .. } => {
                for ty in args {
                    self.inner(ty, place, of, prefix, out, depth + 1);
                }
            }
            TypeKind::Function(signature) => {
                let place = place.with(&signature.type_params);
                for ty in signature.params.iter().filter_map(|param| param.ty.as_ref()) {
                    self.inner(ty, &place, of, prefix, out, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// What is said about the types of a union: in front of each, or behind it on its line.
    fn said_of_each(
        &mut self,
        types: &'p [TypeExpr],
        place: &Place<'p>,
        of: &str,
        prefix: &str,
        out: &mut Vec<Member>,
    ) {
        let text = place.module.text.as_str();
        let mut start = types.first().map_or(0, |ty| opening(text, ty.span.offset()));
        for (index, ty) in types.iter().enumerate() {
            let (from, to) = (ty.span.offset(), ty.span.offset() + ty.span.len());
            let before = typescript::comments(text.cut(start..from)).pop();
            let mut at = before.map(|range| start + range.start..start + range.end);
            start = to;
            let next = types.get(index + 1).map(|next| next.span.offset());
            let gap = text.cut(to..next.unwrap_or(to));
            let beside = typescript::comments(gap).into_iter().next().filter(|range| {
                !gap.cut(..range.start).contains('\n')
                    && gap.cut(range.end..).contains('\n')
                    && !gap.cut(..range.start).contains('|')
            });
            if let Some(range) = beside {
                start = to + range.end;
                at = at.or(Some(to + range.start..start));
            }
            let Some(at) = at.filter(|at| text.cut(at.clone()).starts_with("/**")) else {
                continue;
            };
            let docs = Docs { beside: Some((at.start, at.len()).into()), ..Docs::default() };
            let shown = self.text(ty, place);
            let name = format!("{prefix}{}", shown.to_plain());
            let comment = self.comment(&docs, ty.span, place, &format!("{of}.{name}"));
            out.push(Member {
                name,
                optional: false,
                readonly: false,
                is_static: false,
                comment,
                kind: MemberKind::Property(shown),
                inner: Vec::new(),
            });
        }
    }

    pub(super) fn enum_member(
        &mut self,
        member: &syntax::EnumMember,
        place: &Place<'p>,
        of: &str,
    ) -> EnumMember {
        let value = match &member.value {
            EnumValue::String(text) => format!("'{text}'"),
            EnumValue::Number(number) => number.to_string(),
            EnumValue::Computed => {
                member.initializer.as_ref().map(|value| value.text.clone()).unwrap_or_default()
            }
        };
        let name = source_name(&member.name, place.module);
        let comment = self.comment(&member.docs, member.span, place, &format!("{of}.{name}"));
        EnumMember { name, value, comment }
    }
}

/// Where what stands in front of a type begins: behind the `=`, `:` or `|` before it.
fn opening(text: &str, at: usize) -> usize {
    let before = text.cut(..at).trim_end().trim_end_matches('|').trim_end();
    let comment = before.strip_suffix("*/").and_then(|inner| inner.rfind("/**"));
    let is_first = |at: &usize| {
        let before = before.cut(..*at).trim_end().trim_end_matches('|').trim_end();
        before.ends_with([':', '=', '(', '<', ','])
    };
    comment.filter(is_first).unwrap_or(at)
}

/// What the comment of a method is called: that of a listener with its event.
pub(super) fn key_of(name: &str, of: &str, method: &Method) -> String {
    if name != "addListener" {
        return format!("{of}.{name}");
    }
    let event = method.params.first().map(|param| param.event().to_plain());
    format!("{of}.{name}({})", event.unwrap_or_default())
}

/// `Name<T>`, of a declaration with these type parameters.
fn reference(name: &Name, params: &[syntax::TypeParam]) -> TypeKind {
    let args = params.iter().map(|param| TypeExpr {
        kind: reference(&param.name, &[]),
        span: SourceSpan::from((0, 0)),
    });
    TypeKind::Reference { name: EntityName { parts: vec![name.clone()] }, args: args.collect() }
}

/// Whether one is the getter and the other the setter of the same property.
fn are_twins(one: &syntax::Member, other: &syntax::Member) -> bool {
    use syntax::MemberKind::{Getter, Setter};
    match (&one.kind, &other.kind) {
        (Getter(a), Setter(b)) | (Setter(a), Getter(b)) => a.name.text == b.name.text,
        _ => false,
    }
}

/// The type of a property, or what a method gives.
fn type_of(member: &syntax::Member) -> Option<&TypeExpr> {
    use syntax::MemberKind as Kind;
    match &member.kind {
        Kind::Property(property) | Kind::Getter(property) | Kind::Setter(property) => {
            property.ty.as_ref()
        }
        Kind::Method(method) => method.signature.returns.as_ref(),
        Kind::Call(signature) | Kind::Construct(signature) => signature.returns.as_ref(),
        Kind::Index(index) => index.ty.as_ref(),
    }
}

/// What a member is called in the key of a comment.
fn key(member: &syntax::Member) -> &str {
    member.name().map_or("()", |name| &name.text)
}

/// A name as written.
pub(super) fn source_name(name: &PropertyName, module: &Module) -> String {
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        _ => module.slice(name.span).to_owned(),
    }
}
