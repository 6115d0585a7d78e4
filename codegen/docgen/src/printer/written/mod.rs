//! Types as written, in the compiler's own layout: what it copies from the source.

mod members;

use std::fmt::Write as _;

use miette::SourceSpan;

pub(crate) use members::modifiers;

use members::{mapped_syntax, member_syntax, signature_syntax, type_param_syntax};
use typescript::syntax::{
    EntityName, Literal, Module, Name, Operator, TupleElement, TypeExpr, TypeKind,
};

use super::printed::{
    Arrow, Printed, Shape, block, conditional_text, indexed_text, joined, loose, prefixed,
    reference, suffixed,
};

/// A written type in the compiler's own layout: what it copies from the source.
pub(crate) fn print_syntax(ty: &TypeExpr, module: &Module) -> Printed {
    let print = |ty: &TypeExpr| print_syntax(ty, module);
    let each = |types: &[TypeExpr]| -> Vec<Printed> { types.iter().map(print).collect() };
    match &ty.kind {
        TypeKind::Keyword(word) => Printed::plain(word.as_str()),
        TypeKind::This => Printed::plain("this"),
        TypeKind::Literal(Literal::Boolean(value)) => Printed::plain(value.to_string()),
        TypeKind::Literal(Literal::Number(_)) => {
            Printed::plain(module.slice(ty.span).replace('_', ""))
        }
        TypeKind::Literal(_) => Printed::plain(module.slice(ty.span)),
        TypeKind::Template { types, .. } => Printed {
            text: module.slice(ty.span).to_owned(),
            refs: each(types).into_iter().flat_map(|ty| ty.refs).collect(),
            ..Printed::default()
        },
        TypeKind::Reference { name, args } => reference(&name.dotted(), each(args)),
        TypeKind::Query { name, .. } => Printed::plain(format!("typeof {}", name.dotted())),
        TypeKind::Import { from, name, args, query } => {
            import(from, name.as_ref(), each(args), *query, module)
        }
        TypeKind::Array(inner) => suffixed(print(inner), "[]"),
        TypeKind::Tuple(elements) => tuple(elements, ty.span, module),
        TypeKind::Union(types) => {
            joined(each(types).into_iter().map(Printed::member), " | ", Shape::Loose)
        }
        TypeKind::Intersection(types) => joined(each(types).into_iter(), " & ", Shape::Loose),
        TypeKind::Function(signature) => loose(signature_syntax(signature, module, Arrow::Arrow)),
        TypeKind::Constructor { signature, is_abstract } => {
            let word = if *is_abstract { "abstract new " } else { "new " };
            let printed = signature_syntax(signature, module, Arrow::Arrow);
            loose(Printed { text: format!("{word}{}", printed.text), ..printed })
        }
        TypeKind::Object(members) => {
            block(members.iter().map(|member| member_syntax(member, module)).collect())
        }
        TypeKind::Mapped(mapped) => mapped_syntax(mapped, module),
        TypeKind::Conditional(conditional) => conditional_text([
            print(&conditional.check),
            print(&conditional.extends),
            print(&conditional.yes),
            print(&conditional.no),
        ]),
        TypeKind::Infer(param) => prefixed("infer ", type_param_syntax(param, module)),
        TypeKind::Parenthesized(inner) => print(inner).parenthesized(),
        TypeKind::Operator { operator, ty } => {
            let word = match operator {
                Operator::KeyOf => "keyof ",
                Operator::Unique => "unique ",
                Operator::ReadOnly => "readonly ",
            };
            prefixed(word, print(ty))
        }
        TypeKind::Indexed { object, index } => indexed_text(print(object), print(index)),
        TypeKind::Predicate { param, asserts, ty } => {
            predicate(&param.text, *asserts, ty.as_deref().map(print))
        }
    }
}

fn import(
    from: &Name,
    name: Option<&EntityName>,
    args: Vec<Printed>,
    query: bool,
    module: &Module,
) -> Printed {
    let quote = module.slice(from.span).chars().next().unwrap_or('"');
    let mut text = String::from(if query { "typeof " } else { "" });
    let _ = write!(text, "import({quote}{}{quote})", from.text);
    if let Some(name) = name {
        let _ = write!(text, ".{}", name.dotted());
    }
    let list = joined(args.into_iter(), ", ", Shape::Plain);
    if !list.text.is_empty() {
        let _ = write!(text, "<{}>", list.text);
    }
    list.with_text(text)
}

fn predicate(param: &str, asserts: bool, ty: Option<Printed>) -> Printed {
    let asserts = if asserts { "asserts " } else { "" };
    match ty {
        Some(ty) => Printed {
            text: format!("{asserts}{param} is {}", ty.text),
            refs: ty.refs,
            ..Printed::default()
        },
        None => Printed::plain(format!("{asserts}{param}")),
    }
}

/// A tuple that is written on several lines, what stands in front of it included, stays apart from
/// its brackets.
fn tuple(elements: &[TupleElement], span: SourceSpan, module: &Module) -> Printed {
    let parts = elements.iter().map(|element| tuple_element(element, module));
    let inner = joined(parts, ", ", Shape::Plain);
    let before = module.text.get(..span.offset()).unwrap_or_default();
    let gap = before.len() - typescript::before_gap(before).len();
    let whole = SourceSpan::from((span.offset() - gap, gap + span.len()));
    let is_long = module.slice(whole).contains(['\n', '\r']) && !elements.is_empty();
    let text = if is_long { format!("[ {} ]", inner.text) } else { format!("[{}]", inner.text) };
    inner.with_text(text)
}

fn tuple_element(element: &TupleElement, module: &Module) -> Printed {
    let printed = print_syntax(&element.ty, module);
    let rest = if element.rest { "..." } else { "" };
    let mark = if element.optional { "?" } else { "" };
    let text = match &element.label {
        Some(label) => format!("{rest}{}{mark}: {}", label.text, printed.text),
        None => format!("{rest}{}{mark}", printed.text),
    };
    Printed { text, ..printed }
}
