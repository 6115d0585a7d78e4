//! What a type as written mentions.

use typescript::{
    Cut as _,
    syntax::{Member, MemberKind, Property, Signature, TypeExpr, TypeKind, TypeParam},
};

/// The members of an interface as far as the compiler reads them: to version 4.2, an accessor is the
/// end of the interface, and what follows it are statements.
pub(crate) fn before_accessors(members: &[Member]) -> &[Member] {
    let is_accessor =
        |member: &Member| matches!(member.kind, MemberKind::Getter(_) | MemberKind::Setter(_));
    members.cut(..members.iter().position(is_accessor).unwrap_or(members.len()))
}

/// Whether a written type names parameters or type parameters of its own. The compiler copies no
/// such type: from outside, those names mean nothing.
pub(crate) fn declares_names(ty: &TypeExpr) -> bool {
    match &ty.kind {
        TypeKind::Infer(_) | TypeKind::Mapped(_) => true,
        TypeKind::Function(signature) | TypeKind::Constructor { signature, .. } => {
            signature_declares_names(signature)
        }
        TypeKind::Object(members) => members.iter().any(member_declares_names),
        TypeKind::Reference { args: types, .. }
        | TypeKind::Import { args: types, .. }
        | TypeKind::Template { types, .. }
        | TypeKind::Union(types)
        | TypeKind::Intersection(types) => types.iter().any(declares_names),
        TypeKind::Array(ty) | TypeKind::Parenthesized(ty) | TypeKind::Operator { ty, .. } => {
            declares_names(ty)
        }
        TypeKind::Tuple(elements) => elements.iter().any(|element| declares_names(&element.ty)),
        TypeKind::Indexed { object, index } => declares_names(object) || declares_names(index),
        TypeKind::Conditional(conditional) => {
            [&conditional.check, &conditional.extends, &conditional.yes, &conditional.no]
                .into_iter()
                .any(declares_names)
        }
        TypeKind::Predicate { ty, .. } => ty.as_deref().is_some_and(declares_names),
        TypeKind::Keyword(_) | TypeKind::This | TypeKind::Literal(_) | TypeKind::Query { .. } => {
            false
        }
    }
}

fn member_declares_names(member: &Member) -> bool {
    match &member.kind {
        MemberKind::Index(_) | MemberKind::Setter(_) => true,
        MemberKind::Call(signature) | MemberKind::Construct(signature) => {
            signature_declares_names(signature)
        }
        MemberKind::Method(method) => signature_declares_names(&method.signature),
        MemberKind::Property(property) | MemberKind::Getter(property) => {
            property.ty.as_ref().is_some_and(declares_names)
        }
    }
}

fn signature_declares_names(signature: &Signature) -> bool {
    !signature.params.is_empty()
        || !signature.type_params.is_empty()
        || signature.returns.as_ref().is_some_and(declares_names)
}

pub(crate) fn contains_infer(ty: &TypeExpr) -> bool {
    !infers_of(ty).is_empty()
}

/// The `infer`s in the condition of a conditional type.
pub(crate) fn infers_of(ty: &TypeExpr) -> Vec<&TypeParam> {
    let mut found = Vec::new();
    add_infers(ty, &mut found);
    found
}

fn add_infers<'t>(ty: &'t TypeExpr, found: &mut Vec<&'t TypeParam>) {
    match &ty.kind {
        TypeKind::Infer(param) => found.push(param),
        TypeKind::Operator { ty, .. } => add_infers(ty, found),
        TypeKind::Array(inner) | TypeKind::Parenthesized(inner) => add_infers(inner, found),
        TypeKind::Reference { args: types, .. }
        | TypeKind::Union(types)
        | TypeKind::Intersection(types)
        | TypeKind::Template { types, .. } => types.iter().for_each(|ty| add_infers(ty, found)),
        TypeKind::Tuple(elements) => {
            for element in elements {
                add_infers(&element.ty, found);
            }
        }
        TypeKind::Function(signature) | TypeKind::Constructor { signature, .. } => {
            let params = signature.params.iter().filter_map(|param| param.ty.as_ref());
            params.chain(&signature.returns).for_each(|ty| add_infers(ty, found));
        }
        TypeKind::Object(members) => {
            for member in members {
                if let MemberKind::Property(Property { ty: Some(ty), .. }) = &member.kind {
                    add_infers(ty, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether one of the names stands in a written type: as a name that is looked up, of a property, or
/// of an element. The compiler looks up all of them.
pub(crate) fn mentions(written: &str, names: &[String]) -> bool {
    if names.is_empty() {
        return false;
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let mut rest = written;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => rest.cut(1..).find(first).map_or(rest.len(), |end| end + 2),
            c if is_part(c) => {
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let word = rest.cut(..length);
                if before != '.' && names.iter().any(|name| name == word) {
                    return true;
                }
                length
            }
            c => c.len_utf8(),
        };
        if !first.is_whitespace() {
            before = first;
        }
        rest = rest.cut(length..);
    }
    false
}
