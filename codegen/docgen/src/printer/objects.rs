//! Object types with their members.

use typescript::syntax::{Index, Member, MemberKind, Property, PropertyName, TypeExpr, TypeKind};

use super::{
    NESTED, Printer,
    printed::{Arrow, Printed, block, loose},
    text::key_text,
};
use crate::checker::{Callable, Field, Kind, Scope, TypeId, known};

impl<'p> Printer<'_, 'p> {
    pub(super) fn anonymous(&self, id: TypeId, ty: &'p TypeExpr, scope: &Scope<'p>) -> Printed {
        let depth = self.open.borrow().len();
        if self.open.borrow().contains(&id) || depth > NESTED {
            let data = self.checker.get(id);
            return match &data.alias {
                Some(alias) => self.declared(&alias.decl, &alias.args),
                None => Printed::plain("any"),
            };
        }
        self.open.borrow_mut().push(id);
        let printed = match &ty.kind {
            TypeKind::Function(signature) => loose(self.signature(signature, scope, Arrow::Arrow)),
            TypeKind::Constructor { signature, is_abstract } => {
                let word = if *is_abstract { "abstract new " } else { "new " };
                let printed = self.signature(signature, scope, Arrow::Arrow);
                loose(Printed { text: format!("{word}{}", printed.text), ..printed })
            }
            TypeKind::Object(members) => self.object(members, scope),
            _ => Printed::plain("{}"),
        };
        self.open.borrow_mut().pop();
        printed
    }

    /// Signatures first, then properties, as the checker orders them.
    fn object(&self, members: &'p [Member], scope: &Scope<'p>) -> Printed {
        match members {
            [] => {
                self.count(2);
                return Printed::plain("{}");
            }
            [Member { kind: MemberKind::Call(signature), .. }] => {
                return loose(self.signature(signature, scope, Arrow::Arrow));
            }
            [Member { kind: MemberKind::Construct(signature), .. }] => {
                let printed = self.signature(signature, scope, Arrow::Arrow);
                let text = format!("new {}", printed.text);
                return loose(printed.with_text(text));
            }
            _ => {}
        }
        let parts = if self.is_long() {
            vec![Printed::plain("...")]
        } else {
            let members: Vec<&Member> =
                members.iter().filter(|it| !is_paired(it, members)).collect();
            self.members(&members, scope)
        };
        self.count(2);
        block(parts)
    }

    /// The members by rank, the properties cut where the text is long.
    fn members(&self, members: &[&'p Member], scope: &Scope<'p>) -> Vec<Printed> {
        let ranked = |rank| members.iter().copied().filter(move |member| rank_of(member) == rank);
        let mut parts = Vec::new();
        for rank in 0..PROPERTY {
            parts.extend(ranked(rank).map(|member| self.member(member, scope)));
        }
        let named: Vec<&Member> = ranked(PROPERTY).collect();
        for (at, member) in named.iter().enumerate() {
            if self.is_long() && at + 4 < named.len() {
                parts.push(Printed::plain(format!("... {} more ...", named.len() - at - 1)));
                parts.extend(named.last().map(|last| self.member(last, scope)));
                break;
            }
            parts.push(self.member(member, scope));
        }
        parts
    }

    fn member(&self, member: &'p Member, scope: &Scope<'p>) -> Printed {
        match &member.kind {
            MemberKind::Call(signature) => self.signature(signature, scope, Arrow::Colon),
            MemberKind::Construct(signature) => {
                let printed = self.signature(signature, scope, Arrow::Colon);
                let text = format!("new {}", printed.text);
                printed.with_text(text)
            }
            MemberKind::Method(method) => {
                self.count(method.name.text.encode_utf16().count() + 1);
                let printed = self.signature(&method.signature, scope, Arrow::Colon);
                let mark = if method.optional { "?" } else { "" };
                let name = key_text(&self.checker.key(&method.name, scope));
                let text = format!("{name}{mark}{}", printed.text);
                printed.with_text(text)
            }
            MemberKind::Index(index) => self.index(index, scope),
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => self.property(member, property, scope),
        }
    }

    fn index(&self, index: &'p Index, scope: &Scope<'p>) -> Printed {
        let print = |ty: &'p TypeExpr| self.print(self.checker.eval(ty, scope));
        let key = index.param.ty.as_ref().map_or_else(Printed::default, print);
        let printed = match &index.ty {
            Some(ty) => print(ty),
            None => self.print(known::ANY),
        };
        self.count(index.param.name.text.len() + 4);
        let readonly = if index.readonly { "readonly " } else { "" };
        let name = &index.param.name.text;
        let text = format!("{readonly}[{name}: {}]: {}", key.text, printed.text);
        printed.with_text(text)
    }

    fn property(&self, member: &'p Member, property: &'p Property, scope: &Scope<'p>) -> Printed {
        let ty = self.checker.member_type(member, scope);
        self.count(property.name.text.encode_utf16().count() + 1);
        let printed = self.annotated(property.ty.as_ref(), ty, scope);
        self.count(if property.readonly { 9 } else { 0 });
        let readonly = if property.readonly { "readonly " } else { "" };
        let mark = if property.optional { "?" } else { "" };
        let name = key_text(&self.checker.key(&property.name, scope));
        let text = format!("{readonly}{name}{mark}: {}", printed.text);
        printed.with_text(text)
    }

    /// An object whose value is written out.
    pub(super) fn record(&self, fields: &[Field]) -> Printed {
        let parts = fields.iter().flat_map(|field| {
            let name = key_text(&field.key);
            let ty = self.checker.get(field.ty);
            if let Kind::Function(callable) = &ty.kind
                && field.is_method
            {
                return self.methods(&name, callable);
            }
            let head = if field.readonly { "readonly " } else { "" };
            let printed = self.print(field.ty);
            let text = format!("{head}{name}: {}", printed.text);
            vec![printed.with_text(text)]
        });
        block(parts.collect())
    }

    fn methods(&self, name: &str, callable: &Callable<'p>) -> Vec<Printed> {
        let signatures = callable.signatures.iter().map(|signature| {
            let printed =
                self.signature_of(signature, &callable.scope, Arrow::Colon, callable.returns);
            let text = format!("{name}{}", printed.text);
            printed.with_text(text)
        });
        signatures.collect()
    }
}

/// The rank of what has a name, behind all signatures.
const PROPERTY: usize = 4;

/// Whether the member is the setter of a property that has a getter, which stands for both.
fn is_paired(member: &Member, members: &[Member]) -> bool {
    matches!(&member.kind, MemberKind::Setter(set) if has_getter(members, &set.name))
}

fn rank_of(member: &Member) -> usize {
    match &member.kind {
        MemberKind::Call(_) => 0,
        MemberKind::Construct(_) => 1,
        MemberKind::Index(index) => {
            let number = matches!(
                index.param.ty.as_ref().map(|ty| &ty.kind),
                Some(TypeKind::Keyword(typescript::syntax::Keyword::Number))
            );
            if number { 3 } else { 2 }
        }
        _ => PROPERTY,
    }
}

fn has_getter(members: &[Member], name: &PropertyName) -> bool {
    members
        .iter()
        .any(|member| matches!(&member.kind, MemberKind::Getter(get) if get.name.text == name.text))
}
