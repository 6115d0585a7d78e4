//! Functions: their type parameters, parameters and results.

use typescript::{
    Cut as _,
    syntax::{Param, Signature, TypeExpr, TypeKind, TypeParam},
};

use super::{
    NESTED, Printer,
    printed::{Arrow, Printed, Shape, block, joined, loose, suffixed},
    text::collapse,
    written::print_syntax,
};
use crate::{
    checker::mentions::{declares_names, mentions},
    checker::{Callable, Element, Kind, Scope, TypeId, known},
};

impl<'p> Printer<'_, 'p> {
    pub(super) fn function(&self, id: TypeId, callable: &Callable<'p>) -> Printed {
        if self.open.borrow().contains(&id) || self.open.borrow().len() > NESTED {
            return Printed::plain("any");
        }
        self.open.borrow_mut().push(id);
        let print = |signature, arrow| {
            self.signature_of(signature, &callable.scope, arrow, callable.returns)
        };
        let printed = match callable.signatures.as_slice() {
            [only] => loose(print(only, Arrow::Arrow)),
            several => block(several.iter().map(|it| print(it, Arrow::Colon)).collect()),
        };
        self.open.borrow_mut().pop();
        printed
    }

    /// The annotation as written, where it is of the declaration being printed and says it all.
    pub(super) fn annotated(
        &self,
        written: Option<&'p TypeExpr>,
        ty: TypeId,
        scope: &Scope<'p>,
    ) -> Printed {
        if let (Some(written), Some((place, span))) = (written, &self.style.within)
            && ty != known::ERROR
            && std::ptr::eq(place.module, scope.place.module)
            && span.offset() <= written.span.offset()
            && written.span.offset() + written.span.len() <= span.offset() + span.len()
            && self.checker.eval(written, scope) == ty
            && self.has_enough_arguments(written, ty)
            && !declares_names(written)
            && !mentions(place.module.slice(written.span), &self.hidden.borrow())
        {
            return print_syntax(written, place.module);
        }
        self.print(ty)
    }

    /// A name without type arguments is not copied where it stands for a generic type.
    fn has_enough_arguments(&self, written: &TypeExpr, ty: TypeId) -> bool {
        let TypeKind::Reference { args, .. } = &written.kind else { return true };
        let needed = match &self.checker.get(ty).kind {
            Kind::Named(decl, _) => decl.required_params(),
            Kind::Tuple(elements, _) => elements.len(),
            _ => 0,
        };
        args.len() >= needed
    }

    /// A signature with its parameters and result.
    pub(crate) fn signature(
        &self,
        signature: &'p Signature,
        scope: &Scope<'p>,
        arrow: Arrow,
    ) -> Printed {
        self.signature_of(signature, scope, arrow, None)
    }

    /// A signature whose result may be known better than it says.
    pub(super) fn signature_of(
        &self,
        signature: &'p Signature,
        scope: &Scope<'p>,
        arrow: Arrow,
        returns: Option<TypeId>,
    ) -> Printed {
        let outside = self.hidden.borrow().len();
        let is_nested = self.nested.replace(true);
        if is_nested {
            // What the method's own annotations mean by these names is something else.
            let params = signature.params.iter().flat_map(names_of);
            let type_params = signature.type_params.iter().map(|param| param.name.text.clone());
            self.hidden.borrow_mut().extend(params.chain(type_params));
        }
        let printed = self.whole_signature(signature, scope, arrow, returns);
        self.hidden.borrow_mut().truncate(outside);
        self.nested.set(is_nested);
        printed
    }

    fn whole_signature(
        &self,
        signature: &'p Signature,
        scope: &Scope<'p>,
        arrow: Arrow,
        returns: Option<TypeId>,
    ) -> Printed {
        let mut scope = scope.clone();
        self.checker.bind_params(&mut scope, &signature.type_params);
        let mut refs = Vec::new();
        let mut text = self.type_params(&signature.type_params, &scope, &mut refs);
        text.push('(');
        let params = signature.params.iter().enumerate();
        let params = params.flat_map(|(at, param)| self.params(at, param, &scope));
        let params = joined(params, ", ", Shape::Plain);
        text += &params.text;
        refs.extend(params.refs);
        text += if arrow == Arrow::Arrow { ") => " } else { "): " };
        let returns = match returns {
            Some(ty) => self.print(ty),
            None => self.returns(signature, &scope),
        };
        text += &returns.text;
        refs.extend(returns.refs);
        self.count(3);
        Printed { text, refs, ..Printed::default() }
    }

    pub(super) fn returns(&self, signature: &'p Signature, scope: &Scope<'p>) -> Printed {
        let Some(written) = &signature.returns else { return Printed::plain("any") };
        if let TypeKind::Predicate { param, asserts, ty } = &written.kind {
            let asserts = if *asserts { "asserts " } else { "" };
            let Some(ty) = ty else { return Printed::plain(format!("{asserts}{}", param.text)) };
            let printed = self.print(self.checker.eval(ty, scope));
            return Printed {
                text: format!("{asserts}{} is {}", param.text, printed.text),
                ..printed
            };
        }
        self.annotated(Some(written), self.checker.eval(written, scope), scope)
    }

    pub(super) fn type_params(
        &self,
        params: &'p [TypeParam],
        scope: &Scope<'p>,
        refs: &mut Vec<String>,
    ) -> String {
        if params.is_empty() {
            return String::new();
        }
        let each = params.iter().map(|param| {
            let mut text = param.name.text.clone();
            for (word, ty) in [(" extends ", &param.constraint), (" = ", &param.default)] {
                if let Some(ty) = ty {
                    let printed = self.print(self.checker.eval(ty, scope));
                    text += word;
                    text += &printed.text;
                    refs.extend(printed.refs);
                }
            }
            text
        });
        format!("<{}>", each.collect::<Vec<_>>().join(", "))
    }

    /// The parameter, or one for each element of the tuple that it takes the rest into.
    pub(super) fn params(&self, at: usize, param: &'p Param, scope: &Scope<'p>) -> Vec<Printed> {
        let ty = self.checker.get(self.checker.param_type(param, scope));
        match &ty.kind {
            Kind::Tuple(elements, _)
                if param.rest && !elements.iter().any(|element| element.variadic) =>
            {
                let name = if param.simple { param.name.text.clone() } else { format!("__{at}") };
                let elements = elements.iter().enumerate();
                elements.map(|(index, element)| self.spread(&name, index, element)).collect()
            }
            _ => vec![self.param(param, scope)],
        }
    }

    fn spread(&self, name: &str, index: usize, element: &Element) -> Printed {
        let name = element.label.clone().unwrap_or_else(|| format!("{name}_{index}"));
        let printed = self.print(element.ty);
        let printed = if element.rest { suffixed(printed.element(), "[]") } else { printed };
        let rest = if element.rest { "..." } else { "" };
        let mark = if element.optional { "?" } else { "" };
        Printed { text: format!("{rest}{name}{mark}: {}", printed.text), ..printed }
    }

    pub(super) fn param(&self, param: &'p Param, scope: &Scope<'p>) -> Printed {
        let ty = self.checker.param_type(param, scope);
        let printed = self.annotated(param.ty.as_ref(), ty, scope);
        self.count(param.name.text.encode_utf16().count() + 3);
        let rest = if param.rest { "..." } else { "" };
        let mark = if param.optional { "?" } else { "" };
        let name = if param.simple { param.name.text.clone() } else { pattern(&param.name.text) };
        Printed { text: format!("{rest}{name}{mark}: {}", printed.text), ..printed }
    }
}

/// A destructuring pattern without its default values.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut value = None;
    for c in text.chars() {
        if matches!(c, '}' | ']' | ')') {
            depth = depth.saturating_sub(1);
        }
        if value.is_some_and(|start| depth < start || depth == start && c == ',') {
            value = None;
            if c != ',' && text.contains(' ') {
                out.push(' ');
            }
        }
        if c == '=' && value.is_none() {
            value = Some(depth);
            out.truncate(out.trim_end().len());
        }
        if value.is_none() {
            out.push(c);
        }
        if matches!(c, '{' | '[' | '(') {
            depth += 1;
        }
    }
    collapse(&out)
}

/// The names that a parameter binds: its own, or those within its pattern.
fn names_of(param: &Param) -> Vec<String> {
    if param.simple {
        return vec![param.name.text.clone()];
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let pattern = param.name.text.as_str();
    let mut names = Vec::new();
    let mut rest = pattern;
    while let Some(start) = rest.find(is_part) {
        let from = rest.cut(start..);
        let length = from.find(|c| !is_part(c)).unwrap_or(from.len());
        rest = from.cut(length..);
        // `{ key: name }` binds the name alone.
        if !rest.trim_start().starts_with(':') {
            names.push(from.cut(..length).to_owned());
        }
    }
    names
}
