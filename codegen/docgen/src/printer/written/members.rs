//! Signatures, members and mapped types as written.

use std::fmt::Write as _;

use typescript::syntax::{
    Mapped, Member, MemberKind, Module, NameStyle, Param, PropertyName, Signature, TypeParam,
};

use super::print_syntax;
use crate::printer::{
    printed::{Arrow, Printed, Shape, joined},
    text::{collapse, modifier_text},
};

pub(super) fn signature_syntax(signature: &Signature, module: &Module, arrow: Arrow) -> Printed {
    let mut all = Printed::default();
    if !signature.type_params.is_empty() {
        let params = signature.type_params.iter().map(|param| type_param_syntax(param, module));
        let list = joined(params, ", ", Shape::Plain);
        all.text = format!("<{}>", list.text);
        all.refs = list.refs;
    }
    let params = joined(
        signature.params.iter().map(|param| param_syntax(param, module)),
        ", ",
        Shape::Plain,
    );
    let _ = write!(all.text, "({})", params.text);
    all.refs.extend(params.refs);
    if let Some(returns) = &signature.returns {
        let returns = print_syntax(returns, module);
        all.text += if arrow == Arrow::Arrow { " => " } else { ": " };
        all.text += &returns.text;
        all.refs.extend(returns.refs);
    }
    all
}

/// What stands in front of a type parameter's name: `const `, `in out `.
pub(crate) fn modifiers(param: &TypeParam, module: &Module) -> String {
    let words = param.span.offset()..param.name.span.offset();
    let words = module.text.get(words).unwrap_or_default().split_whitespace();
    words.map(|word| format!("{word} ")).collect()
}

pub(super) fn type_param_syntax(param: &TypeParam, module: &Module) -> Printed {
    let mut all = Printed::plain(modifiers(param, module) + &param.name.text);
    for (word, ty) in [(" extends ", &param.constraint), (" = ", &param.default)] {
        if let Some(ty) = ty {
            let printed = print_syntax(ty, module);
            all.text += word;
            all.text += &printed.text;
            all.refs.extend(printed.refs);
        }
    }
    all
}

fn param_syntax(param: &Param, module: &Module) -> Printed {
    let rest = if param.rest { "..." } else { "" };
    let mark = if param.optional { "?" } else { "" };
    let name = collapse(&param.name.text);
    match &param.ty {
        Some(ty) => {
            let printed = print_syntax(ty, module);
            Printed { text: format!("{rest}{name}{mark}: {}", printed.text), ..printed }
        }
        None => Printed::plain(format!("{rest}{name}{mark}")),
    }
}

pub(super) fn member_syntax(member: &Member, module: &Module) -> Printed {
    let name_of = |name: &PropertyName| match name.style {
        NameStyle::Computed => format!("[{}]", module.slice(name.span)),
        _ => module.slice(name.span).to_owned(),
    };
    let (head, ty) = match &member.kind {
        MemberKind::Call(signature) => return signature_syntax(signature, module, Arrow::Colon),
        MemberKind::Construct(signature) => {
            let printed = signature_syntax(signature, module, Arrow::Colon);
            return Printed { text: format!("new {}", printed.text), ..printed };
        }
        MemberKind::Method(method) => {
            let printed = signature_syntax(&method.signature, module, Arrow::Colon);
            let mark = if method.optional { "?" } else { "" };
            return Printed {
                text: format!("{}{mark}{}", name_of(&method.name), printed.text),
                ..printed
            };
        }
        MemberKind::Index(index) => {
            let readonly = if index.readonly { "readonly " } else { "" };
            let key = param_syntax(&index.param, module);
            (format!("{readonly}[{}]", key.text), index.ty.as_ref())
        }
        MemberKind::Property(property) => {
            let readonly = if property.readonly { "readonly " } else { "" };
            let mark = if property.optional { "?" } else { "" };
            (format!("{readonly}{}{mark}", name_of(&property.name)), property.ty.as_ref())
        }
        MemberKind::Getter(property) => {
            (format!("get {}()", name_of(&property.name)), property.ty.as_ref())
        }
        MemberKind::Setter(property) => {
            (format!("set {}()", name_of(&property.name)), property.ty.as_ref())
        }
    };
    match ty {
        Some(ty) => {
            let printed = print_syntax(ty, module);
            Printed {
                text: format!("{head}: {}", printed.text),
                top: None,
                shape: Shape::Plain,
                ..printed
            }
        }
        None => Printed::plain(head),
    }
}

pub(super) fn mapped_syntax(mapped: &Mapped, module: &Module) -> Printed {
    let constraint = mapped
        .param
        .constraint
        .as_ref()
        .map_or_else(Printed::default, |ty| print_syntax(ty, module));
    let value = mapped.ty.as_ref().map(|ty| print_syntax(ty, module));
    let renamed = mapped.name.as_ref().map(|ty| print_syntax(ty, module));
    let text = format!(
        "{{ {}[{} in {}{}]{}{}; }}",
        modifier_text(mapped.readonly, "readonly "),
        mapped.param.name.text,
        constraint.text,
        renamed.as_ref().map_or_else(String::new, |renamed| format!(" as {}", renamed.text)),
        modifier_text(mapped.optional, "?"),
        value.as_ref().map_or_else(String::new, |value| format!(": {}", value.text)),
    );
    let refs = [Some(constraint), renamed, value].into_iter().flatten().flat_map(|part| part.refs);
    Printed { text, refs: refs.collect(), ..Printed::default() }
}
