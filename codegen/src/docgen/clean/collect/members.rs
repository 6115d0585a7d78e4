//! Members as facts: properties, methods, accessors, signatures, and the members of enums.

use miette::SourceSpan;

use super::{
    super::facts::{EnumMember, Member, MemberKind, Method, Param, Text},
    Collector,
    names::Place,
};
use crate::syntax::{
    self, EnumValue, Module, NameStyle, PropertyName, Signature, TypeExpr, TypeKind,
};

impl<'p> Collector<'p> {
    pub(super) fn members(
        &mut self,
        members: &'p [syntax::Member],
        place: &Place<'p>,
        of: &str,
    ) -> Vec<Member> {
        let mut shown = Vec::with_capacity(members.len());
        for member in members {
            let is_twin = |other: &syntax::Member| {
                let same =
                    other.name().map(|name| &name.text) == member.name().map(|name| &name.text);
                same && is_accessor(other) && is_accessor(member)
            };
            let pair = members.iter().filter(|other| is_twin(other)).count() > 1;
            let hidden = member.docs.tag("hidden").or(member.docs.tag("internal")).is_some();
            // A getter stands for its setter as well.
            if hidden || pair && matches!(member.kind, syntax::MemberKind::Setter(_)) {
                continue;
            }
            shown.extend(self.member(member, pair, place, of));
        }
        shown
    }

    fn member(
        &mut self,
        member: &'p syntax::Member,
        pair: bool,
        place: &Place<'p>,
        of: &str,
    ) -> Option<Member> {
        use syntax::MemberKind as Kind;
        let typed = |collector: &mut Self, ty: Option<&'p TypeExpr>| match ty {
            Some(ty) => collector.text(ty, place),
            None => Text::plain("any"),
        };
        let (name, optional, readonly, kind) = match &member.kind {
            Kind::Property(property) => (
                source_name(&property.name, place.module),
                property.optional,
                property.readonly,
                MemberKind::Property(typed(self, property.ty.as_ref())),
            ),
            Kind::Getter(property) => (
                source_name(&property.name, place.module),
                false,
                !pair,
                MemberKind::Property(typed(self, property.ty.as_ref())),
            ),
            Kind::Index(index) => (
                place.module.slice(member.span).split(']').next()?.replace("readonly ", "") + "]",
                false,
                index.readonly,
                MemberKind::Property(typed(self, index.ty.as_ref())),
            ),
            Kind::Method(method) => (
                source_name(&method.name, place.module),
                method.optional,
                false,
                MemberKind::Method(self.method(&method.signature, member.span, place)),
            ),
            Kind::Call(signature) | Kind::Construct(signature) => {
                let name = if matches!(member.kind, Kind::Call(_)) { "()" } else { "new ()" };
                let method = self.method(signature, member.span, place);
                (name.to_owned(), false, false, MemberKind::Method(method))
            }
            Kind::Setter(property) => (
                format!("set {}", source_name(&property.name, place.module)),
                false,
                false,
                MemberKind::Property(typed(self, property.ty.as_ref())),
            ),
        };
        let key = match &kind {
            MemberKind::Method(method) if name == "addListener" => {
                let event =
                    method.params.first().map(|param| param.ty.to_plain()).unwrap_or_default();
                format!("{of}.{name}({event})")
            }
            _ => format!("{of}.{name}"),
        };
        let comment = self.comment(&member.docs, member.span, place, &key);
        Some(Member { name, optional, readonly, comment, kind })
    }

    fn method(&mut self, signature: &'p Signature, span: SourceSpan, place: &Place<'p>) -> Method {
        let place = place.with(&signature.type_params);
        let params = signature.params.iter().filter(|param| param.name.text != "this");
        let params = params.map(|param| self.param(param, &place)).collect();
        let returns = signature.returns.as_ref().map(|ty| self.text(ty, &place));
        let returns = returns.unwrap_or_else(|| Text::plain("any"));
        let kind = TypeKind::Function(Box::new(signature.clone()));
        let signature = self.text(&TypeExpr { kind, span }, &place);
        Method { signature, params, returns }
    }

    fn param(&mut self, param: &'p syntax::Param, place: &Place<'p>) -> Param {
        let name = if param.simple { param.name.text.clone() } else { "options".to_owned() };
        let (rest, mark) =
            (if param.rest { "..." } else { "" }, if param.optional { "?" } else { "" });
        let ty = param.ty.as_ref().map(|ty| self.text(ty, place)).unwrap_or_default();
        let shown = format!("{rest}{name}{mark}");
        let docs = param.docs.text.clone();
        let (optional, rest) = (param.optional, param.rest);
        Param { name, shown, optional, rest, ty, docs }
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

fn is_accessor(member: &syntax::Member) -> bool {
    matches!(member.kind, syntax::MemberKind::Getter(_) | syntax::MemberKind::Setter(_))
}

/// A name as written.
pub(super) fn source_name(name: &PropertyName, module: &Module) -> String {
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        _ => module.slice(name.span).to_owned(),
    }
}
