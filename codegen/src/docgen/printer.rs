//! Types as the text that TypeScript's checker writes for them.

use std::{
    cell::{Cell, RefCell},
    fmt::Write as _,
};

use super::checker::{Checker, Decl, Element, Kind, MappedProp, Place, Prop, Scope, TypeId, known};
use crate::cut::Cut as _;
use crate::syntax::{
    Item, ItemKind, Literal, Mapped, Member, MemberKind, Modifier, Module, NameStyle, Operator,
    Param, Property, PropertyName, Signature, TupleElement, TypeExpr, TypeKind, TypeParam,
};

/// How a type is written.
#[derive(Clone)]
pub(super) struct Style<'p> {
    /// Quotes of string literals that are not copied from the source.
    pub(super) quote: char,
    /// The declaration whose own annotations are copied from the source, and where it stands: names
    /// are written as they are called there.
    pub(super) within: Option<(Place<'p>, miette::SourceSpan)>,
    /// The length, as the compiler estimates it, from which lists are cut.
    pub(super) limit: usize,
}

impl Style<'_> {
    pub(super) const TABLE: Style<'static> = Style { quote: '\'', within: None, limit: usize::MAX };
    /// The compiler's own style for what is shown to people.
    pub(super) const SHORT: Style<'static> = Style { quote: '"', within: None, limit: 160 };
}

/// A printed type.
#[derive(Clone, Default)]
pub(super) struct Printed {
    pub(super) text: String,
    /// The names that it refers to, in the order in which docgen collects them.
    pub(super) refs: Vec<String>,
    /// The name, if it is a plain reference.
    top: Option<String>,
    shape: Shape,
}

/// What decides whether a type needs parentheses.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Plain,
    /// A union, intersection or function: in parentheses as an element or constituent.
    Loose,
    Conditional,
    /// `keyof T`, `typeof x`, `infer T`: in parentheses as an array's element.
    Prefixed,
}

impl Printed {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether it needs parentheses as a part of another type.
    pub(super) fn is_loose(&self) -> bool {
        self.shape != Shape::Plain
    }

    fn member(self) -> Self {
        if matches!(self.shape, Shape::Loose | Shape::Conditional) {
            self.parenthesized()
        } else {
            self
        }
    }

    fn element(self) -> Self {
        if self.shape == Shape::Prefixed { self.parenthesized() } else { self.member() }
    }

    fn condition(self) -> Self {
        if self.shape == Shape::Conditional { self.parenthesized() } else { self }
    }

    fn parenthesized(self) -> Self {
        Self { text: format!("({})", self.text), shape: Shape::Plain, top: None, ..self }
    }
}

/// What of a signature's grammar varies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrow {
    /// `(a: A) => R`
    Arrow,
    /// `(a: A): R`
    Colon,
}

pub(super) struct Printer<'c, 'p> {
    pub(super) checker: &'c Checker<'p>,
    style: Style<'p>,
    /// The anonymous types that are being printed.
    open: RefCell<Vec<TypeId>>,
    /// The length so far, as the compiler estimates it: not that of the text.
    length: Cell<usize>,
}

const NESTED: usize = 24;

impl<'c, 'p> Printer<'c, 'p> {
    pub(super) fn new(checker: &'c Checker<'p>, style: Style<'p>) -> Self {
        Self { checker, style, open: RefCell::default(), length: Cell::default() }
    }

    fn count(&self, length: usize) {
        self.length.set(self.length.get() + length);
    }

    /// Whether what is printed is so long that lists are cut.
    fn is_long(&self) -> bool {
        self.length.get() > self.style.limit
    }

    /// Prints a list, or its ends.
    fn list(&self, types: &[TypeId], bare: bool) -> Vec<Printed> {
        let more = |count: usize| Printed::plain(format!("... {count} more ..."));
        match types {
            [_, ..] if self.is_long() && !bare => return vec![Printed::plain("...")],
            [first, middle @ .., last] if self.is_long() && !middle.is_empty() => {
                return vec![self.print(*first), more(middle.len()), self.print(*last)];
            }
            _ => {}
        }
        let mut parts = Vec::with_capacity(types.len());
        for (index, &ty) in types.iter().enumerate() {
            if self.is_long() && index + 4 < types.len() {
                parts.push(more(types.len() - index - 1));
                parts.extend(types.last().map(|&last| self.print(last)));
                break;
            }
            self.count(2);
            parts.push(self.print(ty));
        }
        parts
    }

    pub(super) fn print(&self, id: TypeId) -> Printed {
        self.print_unless(id, false)
    }

    fn print_unless(&self, id: TypeId, in_alias: bool) -> Printed {
        let data = self.checker.get(id);
        if !in_alias && let Some(alias) = &data.alias {
            return self.declared(&alias.decl, &alias.args);
        }
        match &data.kind {
            Kind::Intrinsic(word) => {
                self.count(intrinsic_length(word));
                Printed::plain(*word)
            }
            Kind::String(text) => {
                self.count(text.encode_utf16().count() + 2);
                Printed::plain(quoted(text, self.style.quote))
            }
            Kind::Number(number) => {
                let text = number_text(*number);
                self.count(text.len());
                Printed::plain(text)
            }
            Kind::BigInt(text) => {
                self.count(text.len());
                Printed::plain(text.clone())
            }
            Kind::Param(name) => self.named(name, &[]),
            Kind::This => {
                self.count(4);
                Printed::plain("this")
            }
            Kind::Enum(decl) => self.declared(decl, &[]),
            Kind::EnumMember(decl, index) => {
                let parent = self.name_of(decl);
                self.count_name(&parent);
                enum_member(decl.item, &parent, *index)
            }
            Kind::Named(decl, args) => self.interface(decl, args),
            Kind::Tuple(elements, readonly) => self.tuple(elements, *readonly),
            Kind::Union(..) if id == known::BOOLEAN => Printed::plain("boolean"),
            Kind::Union(types, origin) => self.union(origin.as_ref().unwrap_or(types)),
            Kind::Intersection(types) => {
                let parts = self.list(types, true).into_iter().map(Printed::member);
                joined(parts, " & ", Shape::Loose)
            }
            Kind::Anonymous(ty, scope) => self.anonymous(id, ty, scope),
            Kind::Function(signature, scope) => self.function(id, signature, scope),
            Kind::Mapped(mapped, scope) => self.mapped(mapped, scope),
            Kind::Record(properties, readonly) => {
                let head = if *readonly { "readonly " } else { "" };
                let parts = properties.iter().map(|(name, ty)| {
                    let name = if is_identifier(name) { name.clone() } else { quoted(name, '\'') };
                    let printed = self.print(*ty);
                    Printed { text: format!("{head}{name}: {}", printed.text), ..printed }
                });
                block(parts.collect())
            }
            Kind::Conditional(conditional, scope) => {
                self.count(15);
                let mut inner = scope.clone();
                for param in infers_of(&conditional.extends) {
                    let ty = self.checker.inferred(param);
                    inner.bind(&param.name.text, ty);
                }
                let parts = [
                    self.print(self.checker.eval(&conditional.check, scope)).condition(),
                    self.extends(&conditional.extends, scope).condition(),
                    self.print(self.checker.eval(&conditional.yes, &inner)),
                    self.print(self.checker.eval(&conditional.no, scope)),
                ];
                conditional_text(parts)
            }
            Kind::KeyOf(ty) => {
                self.count(6);
                prefixed("keyof ", self.print(*ty).member())
            }
            Kind::Indexed(object, index) => {
                let (object, index) = (self.print(*object).member(), self.print(*index));
                Printed {
                    text: format!("{}[{}]", object.text, index.text),
                    refs: [object.refs, index.refs].concat(),
                    ..Printed::default()
                }
            }
            Kind::Template(texts, types) => template(texts, types.iter().map(|&ty| self.print(ty))),
            Kind::Mapping(name, ty) => self.named(name, &[*ty]),
            Kind::TypeOf(name) | Kind::EnumObject(_, name) => {
                self.count_name(name);
                Printed {
                    text: format!("typeof {name}"),
                    shape: Shape::Prefixed,
                    ..Printed::default()
                }
            }
            Kind::Circular(name, args) => self.named(name, args),
        }
    }

    /// The condition of a conditional type keeps its `infer`s.
    fn extends(&self, ty: &'p TypeExpr, scope: &Scope<'p>) -> Printed {
        if contains_infer(ty) {
            return print_syntax(ty, scope.place.module);
        }
        self.print(self.checker.eval(ty, scope))
    }

    fn named(&self, name: &str, args: &[TypeId]) -> Printed {
        let args = self.list(args, false);
        self.count_name(name);
        reference(name, args)
    }

    fn count_name(&self, name: &str) {
        self.count(2 * (name.encode_utf16().count() + 1));
    }

    fn declared(&self, decl: &Decl<'p>, args: &[TypeId]) -> Printed {
        self.named(&self.name_of(decl), args)
    }

    /// What the declaration is called where the type is printed.
    fn name_of(&self, decl: &Decl<'p>) -> String {
        let within = self.style.within.as_ref();
        let name = within.and_then(|(place, _)| self.checker.accessible(decl, place));
        name.unwrap_or_else(|| decl.name().to_owned())
    }

    fn interface(&self, decl: &Decl<'p>, args: &[TypeId]) -> Printed {
        match (decl.name(), args) {
            ("Array", [element]) => suffixed(self.print(*element).element(), "[]"),
            ("ReadonlyArray", [element]) => {
                prefixed("readonly ", suffixed(self.print(*element).element(), "[]"))
            }
            _ => self.declared(decl, args),
        }
    }

    fn tuple(&self, elements: &[Element], readonly: bool) -> Printed {
        let labeled = elements.iter().all(|element| element.label.is_some());
        let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
        let printed = self.list(&types, false);
        let parts = elements.iter().zip(printed).map(|(element, printed)| {
            let rest = if element.rest { "..." } else { "" };
            let mark = if element.optional { "?" } else { "" };
            match (&element.label, element.rest) {
                (Some(label), true) if labeled && element.variadic => {
                    Printed { text: format!("...{label}: {}", printed.text), ..printed }
                }
                (Some(label), true) if labeled => {
                    let array = suffixed(printed.element(), "[]");
                    Printed { text: format!("...{label}: {}", array.text), ..array }
                }
                (Some(label), false) if labeled => {
                    Printed { text: format!("{label}{mark}: {}", printed.text), ..printed }
                }
                (_, true) if element.variadic => {
                    Printed { text: format!("...{}", printed.text), ..printed }
                }
                (_, true) => {
                    let array = suffixed(printed.element(), "[]");
                    Printed { text: format!("{rest}{}", array.text), ..array }
                }
                _ if element.optional => suffixed(printed.element(), "?"),
                _ => printed,
            }
        });
        let inner = joined(parts, ", ", Shape::Plain);
        let tuple = Printed { text: format!("[{}]", inner.text), top: None, ..inner };
        if readonly { prefixed("readonly ", tuple) } else { tuple }
    }

    /// Literals of `boolean` together, `null` and `undefined` last.
    fn union(&self, types: &[TypeId]) -> Printed {
        let mut order: Vec<TypeId> = Vec::with_capacity(types.len());
        for &ty in types {
            match ty {
                known::NULL | known::UNDEFINED => {}
                known::FALSE if types.contains(&known::TRUE) => order.push(known::BOOLEAN),
                known::TRUE if types.contains(&known::FALSE) => {}
                ty => order.push(ty),
            }
        }
        for last in [known::NULL, known::UNDEFINED] {
            if types.contains(&last) {
                order.push(last);
            }
        }
        if let [only] = order.as_slice() {
            return self.print(*only);
        }
        let parts = self.list(&order, true).into_iter().map(Printed::member);
        joined(parts, " | ", Shape::Loose)
    }

    fn function(&self, id: TypeId, signature: &'p Signature, scope: &Scope<'p>) -> Printed {
        if self.open.borrow().contains(&id) || self.open.borrow().len() > NESTED {
            return Printed::plain("any");
        }
        self.open.borrow_mut().push(id);
        let printed = loose(self.signature(signature, scope, Arrow::Arrow));
        self.open.borrow_mut().pop();
        printed
    }

    fn anonymous(&self, id: TypeId, ty: &'p TypeExpr, scope: &Scope<'p>) -> Printed {
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
        if let [Member { kind: MemberKind::Call(signature), .. }] = members {
            return loose(self.signature(signature, scope, Arrow::Arrow));
        }
        if let [Member { kind: MemberKind::Construct(signature), .. }] = members {
            let printed = self.signature(signature, scope, Arrow::Arrow);
            return loose(Printed { text: format!("new {}", printed.text), ..printed });
        }
        if members.is_empty() {
            self.count(2);
            return Printed::plain("{}");
        }
        if self.is_long() {
            self.count(2);
            return block(vec![Printed::plain("...")]);
        }
        let named: Vec<&Member> = members.iter().filter(|member| rank_of(member) == 4).collect();
        let mut at = 0;
        let mut parts = Vec::new();
        for rank in 0..5 {
            for member in members.iter().filter(|member| rank_of(member) == rank) {
                if matches!(&member.kind, MemberKind::Setter(set) if has_getter(members, &set.name))
                {
                    continue;
                }
                if rank == 4 && self.is_long() && at + 4 < named.len() {
                    parts.push(Printed::plain(format!("... {} more ...", named.len() - at - 1)));
                    parts.extend(named.last().map(|last| self.member(last, scope)));
                    break;
                }
                at += usize::from(rank == 4);
                parts.push(self.member(member, scope));
            }
        }
        self.count(2);
        block(parts)
    }

    fn member(&self, member: &'p Member, scope: &Scope<'p>) -> Printed {
        match &member.kind {
            MemberKind::Call(signature) => self.signature(signature, scope, Arrow::Colon),
            MemberKind::Construct(signature) => {
                let printed = self.signature(signature, scope, Arrow::Colon);
                Printed { text: format!("new {}", printed.text), ..printed }
            }
            MemberKind::Method(method) => {
                self.count(method.name.text.encode_utf16().count() + 1);
                let printed = self.signature(&method.signature, scope, Arrow::Colon);
                let mark = if method.optional { "?" } else { "" };
                Printed {
                    text: format!(
                        "{}{mark}{}",
                        property_name(&method.name, scope.place.module),
                        printed.text
                    ),
                    ..printed
                }
            }
            MemberKind::Index(index) => {
                let key =
                    index.param.ty.as_ref().map_or_else(Printed::default, |ty| {
                        self.print(self.checker.eval(ty, scope))
                    });
                let ty = index.ty.as_ref().map_or(known::ANY, |ty| self.checker.eval(ty, scope));
                let printed = self.print(ty);
                self.count(index.param.name.text.len() + 4);
                let readonly = if index.readonly { "readonly " } else { "" };
                let text = format!(
                    "{readonly}[{}: {}]: {}",
                    index.param.name.text, key.text, printed.text
                );
                Printed { text, ..printed }
            }
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => {
                let prop = Prop { member, scope: scope.clone() };
                let ty = self.checker.type_of(&prop);
                self.count(property.name.text.encode_utf16().count() + 1);
                let printed = self.annotated(property.ty.as_ref(), ty, scope);
                self.count(if property.readonly { 9 } else { 0 });
                let readonly = if property.readonly { "readonly " } else { "" };
                let mark = if property.optional { "?" } else { "" };
                let text = format!(
                    "{readonly}{}{mark}: {}",
                    property_name(&property.name, scope.place.module),
                    printed.text
                );
                Printed { text, ..printed }
            }
        }
    }

    /// The annotation as written, where it is of the declaration being printed and says it all.
    fn annotated(&self, written: Option<&'p TypeExpr>, ty: TypeId, scope: &Scope<'p>) -> Printed {
        if let (Some(written), Some((place, span))) = (written, &self.style.within)
            && ty != known::ERROR
            && std::ptr::eq(place.module, scope.place.module)
            && span.offset() <= written.span.offset()
            && written.span.offset() + written.span.len() <= span.offset() + span.len()
            && self.checker.eval(written, scope) == ty
            && self.has_enough_arguments(written, ty)
            && !declares_names(written)
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

    fn mapped(&self, mapped: &'p Mapped, scope: &Scope<'p>) -> Printed {
        let name = &mapped.param.name.text;
        let value = |scope: &Scope<'p>| {
            let ty = mapped.ty.as_ref().map_or(known::ANY, |ty| self.checker.eval(ty, scope));
            self.checker
                .optional(ty, matches!(mapped.optional, Some(Modifier::Plain | Modifier::Plus)))
        };
        if let Some(props) = self.checker.mapped_props(mapped, scope, None) {
            if self.is_long() {
                return block(vec![Printed::plain("...")]);
            }
            let mut parts = Vec::with_capacity(props.len());
            for (index, prop) in props.iter().enumerate() {
                if self.is_long() && index + 4 < props.len() {
                    parts.push(Printed::plain(format!("... {} more ...", props.len() - index - 1)));
                    parts.extend(props.last().map(|last| self.mapped_prop(last)));
                    break;
                }
                parts.push(self.mapped_prop(prop));
            }
            self.count(2);
            return block(parts);
        }
        let constraint = mapped
            .param
            .constraint
            .as_ref()
            .map_or_else(Printed::default, |ty| self.print(self.checker.eval(ty, scope)));
        let mut inner = scope.clone();
        self.checker.bind_params(&mut inner, std::slice::from_ref(&mapped.param));
        let value = self.print(value(&inner));
        let renamed = mapped.name.as_ref().map(|ty| self.print(self.checker.eval(ty, &inner)));
        let renamed = renamed.map_or_else(String::new, |printed| format!(" as {}", printed.text));
        self.count(10);
        let text = format!(
            "{{ {}[{name} in {}{renamed}]{}: {}; }}",
            modifier_text(mapped.readonly, "readonly "),
            constraint.text,
            modifier_text(mapped.optional, "?"),
            value.text
        );
        Printed { text, refs: [constraint.refs, value.refs].concat(), ..Printed::default() }
    }

    fn mapped_prop(&self, prop: &MappedProp) -> Printed {
        let data = self.checker.get(prop.name);
        match &data.kind {
            Kind::String(text) => self.count(text.encode_utf16().count() + 1),
            _ => self.count(5),
        }
        let printed = self.print(prop.ty);
        let readonly = if prop.readonly { "readonly " } else { "" };
        let mark = if prop.optional { "?" } else { "" };
        let name = match &data.kind {
            Kind::String(text) if is_identifier(text) => format!("{text}{mark}"),
            Kind::String(text) => format!("{}{mark}", quoted(text, '"')),
            Kind::Number(number) => format!("{number}{mark}"),
            _ => format!("[x: {}]", self.print(prop.name).text),
        };
        Printed { text: format!("{readonly}{name}: {}", printed.text), ..printed }
    }

    /// A signature with its parameters and result.
    pub(super) fn signature(
        &self,
        signature: &'p Signature,
        scope: &Scope<'p>,
        arrow: Arrow,
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
        let returns = self.returns(signature, &scope);
        text += &returns.text;
        refs.extend(returns.refs);
        self.count(3);
        Printed { text, refs, ..Printed::default() }
    }

    fn returns(&self, signature: &'p Signature, scope: &Scope<'p>) -> Printed {
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

    fn type_params(
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
    fn params(&self, at: usize, param: &'p Param, scope: &Scope<'p>) -> Vec<Printed> {
        let ty = self.checker.get(self.param_type(param, scope));
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

    fn param(&self, param: &'p Param, scope: &Scope<'p>) -> Printed {
        let ty = self.param_type(param, scope);
        let printed = self.annotated(param.ty.as_ref(), ty, scope);
        self.count(param.name.text.encode_utf16().count() + 3);
        let rest = if param.rest { "..." } else { "" };
        let mark = if param.optional { "?" } else { "" };
        let name = if param.simple { param.name.text.clone() } else { pattern(&param.name.text) };
        Printed { text: format!("{rest}{name}{mark}: {}", printed.text), ..printed }
    }

    /// The type of a parameter, `undefined` added for `?`.
    pub(super) fn param_type(&self, param: &'p Param, scope: &Scope<'p>) -> TypeId {
        let ty = match &param.ty {
            Some(ty) => self.checker.eval(ty, scope),
            None if param.rest => self.checker.array(known::ANY, "Array", None),
            None => known::ANY,
        };
        self.checker.optional(ty, param.optional)
    }
}

fn rank_of(member: &Member) -> usize {
    match &member.kind {
        MemberKind::Call(_) => 0,
        MemberKind::Construct(_) => 1,
        MemberKind::Index(index) => {
            let number = matches!(
                index.param.ty.as_ref().map(|ty| &ty.kind),
                Some(TypeKind::Keyword(crate::syntax::Keyword::Number))
            );
            if number { 3 } else { 2 }
        }
        _ => 4,
    }
}

fn has_getter(members: &[Member], name: &PropertyName) -> bool {
    members
        .iter()
        .any(|member| matches!(&member.kind, MemberKind::Getter(get) if get.name.text == name.text))
}

/// A name that needs quotes keeps the kind that its declaration has.
fn property_name(name: &PropertyName, module: &Module) -> String {
    let quote = if module.slice(name.span).starts_with('\'') { '\'' } else { '"' };
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        NameStyle::Quoted if !is_identifier(&name.text) => quoted(&name.text, quote),
        _ => name.text.clone(),
    }
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first == '_' || first == '$' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c == '$' || c.is_alphanumeric())
}

fn quoted(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number as JavaScript writes it.
fn number_text(number: f64) -> String {
    if number.abs() >= 1e21 {
        format!("{number:e}").replace('e', "e+")
    } else if number != 0.0 && number.abs() < 1e-6 {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

fn modifier_text(modifier: Option<Modifier>, word: &str) -> String {
    match modifier {
        None => String::new(),
        Some(Modifier::Plain) => word.to_owned(),
        Some(Modifier::Plus) => format!("+{word}"),
        Some(Modifier::Minus) => format!("-{word}"),
    }
}

fn reference(name: &str, args: Vec<Printed>) -> Printed {
    let mut refs = vec![leftmost(name).to_owned()];
    refs.extend(args.iter().filter_map(|arg| arg.top.clone()));
    let text = if args.is_empty() {
        name.to_owned()
    } else {
        let list: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
        format!("{name}<{}>", list.join(", "))
    };
    refs.extend(args.into_iter().flat_map(|arg| arg.refs));
    let top = (!name.contains('.')).then(|| name.to_owned());
    Printed { text, refs, top, shape: Shape::Plain }
}

fn suffixed(printed: Printed, suffix: &str) -> Printed {
    Printed { text: printed.text + suffix, refs: printed.refs, ..Printed::default() }
}

fn prefixed(prefix: &str, printed: Printed) -> Printed {
    Printed {
        text: format!("{prefix}{}", printed.text),
        refs: printed.refs,
        top: None,
        shape: Shape::Prefixed,
    }
}

fn loose(printed: Printed) -> Printed {
    Printed { shape: Shape::Loose, top: None, ..printed }
}

fn joined(parts: impl Iterator<Item = Printed>, separator: &str, shape: Shape) -> Printed {
    let mut all = Printed { shape, ..Printed::default() };
    for (index, part) in parts.enumerate() {
        if index > 0 {
            all.text += separator;
        }
        all.text += &part.text;
        all.refs.extend(part.refs);
    }
    all
}

fn block(parts: Vec<Printed>) -> Printed {
    if parts.is_empty() {
        return Printed::plain("{}");
    }
    let inner = joined(parts.into_iter(), "; ", Shape::Plain);
    Printed { text: format!("{{ {}; }}", inner.text), ..inner }
}

/// A member of the enum that is called `parent`.
fn enum_member(item: &Item, parent: &str, index: usize) -> Printed {
    let ItemKind::Enum(item) = &item.kind else { return Printed::default() };
    let text = item.members.get(index).map_or_else(
        || parent.to_owned(),
        |member| match member.name.style {
            NameStyle::Quoted if !is_identifier(&member.name.text) => {
                format!("(typeof {parent})[{}]", quoted(&member.name.text, '"'))
            }
            _ => format!("{parent}.{}", member.name.text),
        },
    );
    Printed { text, refs: vec![leftmost(parent).to_owned()], ..Printed::default() }
}

/// How long the compiler takes a word of the language to be.
fn intrinsic_length(word: &str) -> usize {
    match word {
        "unknown" => 0,
        word => word.len(),
    }
}

fn leftmost(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}

fn conditional_text(parts: [Printed; 4]) -> Printed {
    let [check, extends, yes, no] = parts;
    Printed {
        text: format!("{} extends {} ? {} : {}", check.text, extends.text, yes.text, no.text),
        refs: [check.refs, extends.refs, yes.refs, no.refs].concat(),
        top: None,
        shape: Shape::Conditional,
    }
}

fn template(texts: &[String], types: impl Iterator<Item = Printed>) -> Printed {
    let mut all = Printed::plain(format!("`{}", texts.first().map_or("", String::as_str)));
    for (ty, text) in types.zip(texts.cut(1..)) {
        let _ = write!(all.text, "${{{}}}{text}", ty.text);
        all.refs.extend(ty.refs);
    }
    all.text.push('`');
    all
}

/// Whether a written type names parameters or type parameters of its own. The compiler copies no
/// such type: from outside, those names mean nothing.
fn declares_names(ty: &TypeExpr) -> bool {
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

pub(super) fn contains_infer(ty: &TypeExpr) -> bool {
    !infers_of(ty).is_empty()
}

/// The `infer`s in the condition of a conditional type.
fn infers_of(ty: &TypeExpr) -> Vec<&TypeParam> {
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

/// A written type in the compiler's own layout: what it copies from the source.
pub(super) fn print_syntax(ty: &TypeExpr, module: &Module) -> Printed {
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
            let quote = module.slice(from.span).chars().next().unwrap_or('"');
            let mut text = String::new();
            if *query {
                text += "typeof ";
            }
            let _ = write!(text, "import({quote}{}{quote})", from.text);
            if let Some(name) = name {
                let _ = write!(text, ".{}", name.dotted());
            }
            let args = each(args);
            if !args.is_empty() {
                let list: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
                let _ = write!(text, "<{}>", list.join(", "));
            }
            Printed {
                text,
                refs: args.into_iter().flat_map(|arg| arg.refs).collect(),
                ..Printed::default()
            }
        }
        TypeKind::Array(inner) => suffixed(print(inner), "[]"),
        TypeKind::Tuple(elements) => {
            let parts = elements.iter().map(|element| tuple_element(element, module));
            let inner = joined(parts, ", ", Shape::Plain);
            let source = module.slice(ty.span);
            let text = if source.contains('\n') && !elements.is_empty() {
                format!("[ {} ]", inner.text)
            } else {
                format!("[{}]", inner.text)
            };
            Printed { text, ..inner }
        }
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
        TypeKind::Indexed { object, index } => {
            let (object, index) = (print(object), print(index));
            Printed {
                text: format!("{}[{}]", object.text, index.text),
                refs: [object.refs, index.refs].concat(),
                ..Printed::default()
            }
        }
        TypeKind::Predicate { param, asserts, ty } => {
            let asserts = if *asserts { "asserts " } else { "" };
            let ty = ty.as_deref().map(print);
            let is = ty.as_ref().map_or_else(String::new, |ty| format!(" is {}", ty.text));
            Printed {
                text: format!("{asserts}{}{is}", param.text),
                refs: ty.map(|ty| ty.refs).unwrap_or_default(),
                ..Printed::default()
            }
        }
    }
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

fn signature_syntax(signature: &Signature, module: &Module, arrow: Arrow) -> Printed {
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
pub(super) fn modifiers(param: &TypeParam, module: &Module) -> String {
    let words = param.span.offset()..param.name.span.offset();
    let words = module.text.get(words).unwrap_or_default().split_whitespace();
    words.map(|word| format!("{word} ")).collect()
}

fn type_param_syntax(param: &TypeParam, module: &Module) -> Printed {
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

fn member_syntax(member: &Member, module: &Module) -> Printed {
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

fn mapped_syntax(mapped: &Mapped, module: &Module) -> Printed {
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
