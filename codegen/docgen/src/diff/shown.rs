//! Declarations as text, in one layout.

use miette::SourceSpan;
use typescript::syntax::{
    Literal, Module, NameStyle, Param, PropertyName, Signature, TypeExpr, TypeParam,
};

use super::{
    said::{said, within},
    types::{Call, Element, Object, Ty},
};
use crate::printer::type_text;

/// `<T>(a: A, b?: B): R`: a parameter without a type has that of its default, as `call` knows it.
pub(super) fn signature(signature: &Signature, module: &Module, call: Option<&Call<'_>>) -> String {
    let mut takes = call.into_iter().flat_map(|call| &call.takes);
    let params = signature.params.iter().map(|it| {
        let taken = if it.name.text == "this" { None } else { takes.next() };
        param(it, module, taken)
    });
    let params: Vec<_> = params.collect();
    let returns = signature.returns.as_ref().map(|ty| format!(": {}", type_text(ty, module)));
    let type_params = type_params(&signature.type_params, module);
    format!("{type_params}({}){}", params.join(", "), returns.unwrap_or_default())
}

fn param(param: &Param, module: &Module, taken: Option<&Element<'_>>) -> String {
    let rest = if param.rest { "..." } else { "" };
    let mark = if param.optional { "?" } else { "" };
    let name = label(param);
    let inferred = || taken.filter(|_| param.default.is_some()).map(|taken| ty(&taken.ty));
    let written = param.ty.as_ref().map(|ty| type_text(ty, module));
    let ty = written.or_else(inferred).map(|ty| format!(": {ty}"));
    format!("{rest}{name}{mark}{}", ty.unwrap_or_default())
}

/// The names of parameters.
pub(super) fn labels(signature: &Signature) -> Vec<String> {
    signature.params.iter().map(|param| label(param).to_owned()).collect()
}

fn label(param: &Param) -> &str {
    if param.simple { &param.name.text } else { "options" }
}

/// What is said within a signature whose name stands at `name`.
pub(super) fn said_in(signature: &Signature, name: SourceSpan, module: &Module) -> Vec<String> {
    let last = signature.params.last().map(|param| param.span);
    let end = signature.returns.as_ref().map(|ty| ty.span).or(last);
    match end {
        Some(end) => within(module, name, end),
        None => signature.params.iter().map(|param| said(&param.docs, module)).collect(),
    }
}

pub(super) fn type_params(params: &[TypeParam], module: &Module) -> String {
    let param = |param: &TypeParam| {
        let part = |word: &str, ty: &Option<TypeExpr>| {
            ty.as_ref().map(|ty| format!("{word}{}", type_text(ty, module))).unwrap_or_default()
        };
        let (bound, default) = (part(" extends ", &param.constraint), part(" = ", &param.default));
        format!("{}{bound}{default}", param.name.text)
    };
    let params: Vec<_> = params.iter().map(param).collect();
    if params.is_empty() { String::new() } else { format!("<{}>", params.join(", ")) }
}

/// ` extends A, B`
pub(super) fn bases(bases: &[TypeExpr], module: &Module) -> String {
    let bases: Vec<_> = bases.iter().map(|base| type_text(base, module)).collect();
    if bases.is_empty() { String::new() } else { format!(" extends {}", bases.join(", ")) }
}

pub(super) fn property_name(name: &PropertyName) -> String {
    match name.style {
        NameStyle::Quoted => format!("'{}'", name.text),
        NameStyle::Computed => format!("[{}]", name.text),
        NameStyle::Ident | NameStyle::Number => name.text.clone(),
    }
}

/// A type that nobody wrote down: that of a value.
pub(super) fn ty(ty: &Ty<'_>) -> String {
    text(ty, 0)
}

fn text(ty: &Ty<'_>, depth: usize) -> String {
    if depth > 20 {
        return "...".to_owned();
    }
    let all = |types: &[Ty<'_>], gap: &str| {
        let mut texts: Vec<_> = types.iter().map(|ty| text(ty, depth + 1)).collect();
        texts.dedup();
        texts.join(gap)
    };
    match ty {
        Ty::Keyword(word) => word.as_str().to_owned(),
        Ty::Literal(Literal::String(text)) => format!("'{text}'"),
        Ty::Literal(Literal::Number(number)) => number.to_string(),
        Ty::Literal(Literal::BigInt(text)) => text.clone(),
        Ty::Literal(Literal::Boolean(it)) => it.to_string(),
        Ty::Union(types) => all(types, " | "),
        Ty::Intersection(types) => all(types, " & "),
        Ty::Array { element, readonly } => {
            let word = if *readonly { "readonly " } else { "" };
            let element = text(element, depth + 1);
            if element.contains(' ') {
                format!("{word}({element})[]")
            } else {
                format!("{word}{element}[]")
            }
        }
        Ty::Tuple { elements, readonly } => {
            let word = if *readonly { "readonly " } else { "" };
            let elements: Vec<_> =
                elements.iter().map(|element| text(&element.ty, depth + 1)).collect();
            format!("{word}[{}]", elements.join(", "))
        }
        Ty::Object(object) => object_text(object, depth),
        Ty::Named(named) => {
            let word = if named.of_value { "typeof " } else { "" };
            let id = named.id.rsplit('#').next().unwrap_or_default();
            let member = named.member.as_ref().map(|member| format!(".{member}"));
            let args = all(&named.args, ", ");
            let args = if args.is_empty() { args } else { format!("<{args}>") };
            format!("{word}{id}{}{args}", member.unwrap_or_default())
        }
        Ty::Param { level: 0, index, .. } => format!("T{index}"),
        Ty::Param { level, index, .. } => format!("T{level}_{index}"),
        Ty::This(_) => "this".to_owned(),
        Ty::Template { texts, types } => {
            let types = types.iter().map(|ty| format!("${{{}}}", text(ty, depth + 1)));
            let holes = types.chain([String::new()]);
            format!(
                "`{}`",
                texts
                    .iter()
                    .zip(holes)
                    .map(|(text, hole)| text.clone() + &hole)
                    .collect::<String>()
            )
        }
        Ty::Conditional(parts) => {
            let [check, extends, yes, no] = parts.each_ref().map(|ty| text(ty, depth + 1));
            format!("{check} extends {extends} ? {yes} : {no}")
        }
        Ty::Mapped(each) => {
            let (keys, value) = (text(&each.keys, depth + 1), text(&each.value, depth + 1));
            format!("{{ [K in {keys}]: {value} }}")
        }
        Ty::KeyOf(ty) => format!("keyof {}", text(ty, depth + 1)),
        Ty::Indexed(pair) => {
            format!("{}[{}]", text(&pair.0, depth + 1), text(&pair.1, depth + 1))
        }
        Ty::Predicate { asserts, param, ty } => {
            let word = if *asserts { "asserts " } else { "" };
            let param = param.map_or_else(|| "this".to_owned(), |index| format!("arg{index}"));
            let ty = ty.as_ref().map(|ty| format!(" is {}", text(ty, depth + 1)));
            format!("{word}{param}{}", ty.unwrap_or_default())
        }
        Ty::Unsaid => "?".to_owned(),
        Ty::Text(text) => text.to_string(),
    }
}

fn object_text(object: &Object<'_>, depth: usize) -> String {
    let call = |call: &Call<'_>| {
        let takes: Vec<_> = call.takes.iter().map(|it| text(&it.ty, depth + 1)).collect();
        (takes.join(", "), text(&call.gives, depth + 1))
    };
    if let ([], [only]) = (object.members.as_slice(), object.calls.as_slice()) {
        let (takes, gives) = call(only);
        return format!("({takes}) => {gives}");
    }
    let members = object.members.iter().map(|prop| {
        let readonly = if prop.readonly { "readonly " } else { "" };
        let mark = if prop.optional { "?" } else { "" };
        format!("{readonly}{}{mark}: {}", prop.name, text(&prop.ty, depth + 1))
    });
    let members: Vec<_> = members.collect();
    if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join("; ")) }
}
