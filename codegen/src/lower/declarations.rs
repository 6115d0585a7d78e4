//! The declarations of `definitions.ts` and `apis.ts`: types, device APIs, the plugin itself.

use miette::SourceSpan;
use typescript::syntax::{
    Alias, Docs, Enum, EnumValue, Interface, Item, ItemKind, Member, MemberKind, NameStyle,
    Property, PropertyName, Signature, TypeExpr, TypeKind as Expr, TypeParam,
};

use super::{Lowering, is_api, platforms, types, written};
use crate::{
    error::Complaint,
    model::{
        self, Api, Definitions, Event, Literal, Method, Param, SchemaFile, Type, TypeDeclaration,
        TypeKind,
    },
};

/// What is not a named type.
#[derive(Default)]
pub(super) struct Found {
    pub(super) definitions: Option<Definitions>,
    pub(super) apis: Vec<Api>,
}

/// Lowers one file. `class` is the plugin's class name, once it is known.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    class: Option<&str>,
    declared: &mut Vec<TypeDeclaration>,
    found: &mut Found,
) {
    let source = lowering.source;
    let items = &source.module.items;
    // Where the plugin's interface has another name, its methods are not the mistake.
    let named = source.file != SchemaFile::Definitions
        || items.iter().any(|item| {
            matches!(&item.kind, ItemKind::Interface(interface) if is_plugin(interface, class))
        });
    for item in items {
        match &item.kind {
            ItemKind::Interface(interface) => match source.file {
                SchemaFile::Definitions if is_plugin(interface, class) => {
                    found.definitions = Some(lowering.definitions(item, interface));
                }
                SchemaFile::Apis if is_api(&item.kind) => {
                    found.apis.push(lowering.api(item, interface));
                }
                _ if !named && is_api(&item.kind) => {}
                _ => declared.push(lowering.interface(item, interface)),
            },
            ItemKind::Alias(alias) => declared.push(lowering.alias(item, alias)),
            ItemKind::Enum(declaration) => declared.push(lowering.enumeration(item, declaration)),
            ItemKind::Import(_) | ItemKind::Export(_) => {}
            ItemKind::Namespace(_) => lowering.unsupported(
                "a namespace",
                "configuration belongs to `config.schema.json`, types to the file's top level",
                item.span,
            ),
            _ => lowering.unsupported(
                "code",
                "a schema holds interfaces, type aliases and enums",
                item.span,
            ),
        }
    }
}

fn is_plugin(interface: &Interface, class: Option<&str>) -> bool {
    class.is_some_and(|class| {
        interface.name.text.strip_suffix("Plugin").is_some_and(|name| name == class)
    })
}

impl Lowering<'_> {
    fn definitions(&mut self, item: &Item, interface: &Interface) -> Definitions {
        let docs = written(&item.docs);
        let mut definitions =
            Definitions { name: interface.name.text.clone(), docs, ..Definitions::default() };
        for member in self.members(interface) {
            match &member.kind {
                MemberKind::Method(method) if method.name.text == "addListener" => {
                    definitions.events.extend(self.event(member, &method.signature));
                }
                _ => definitions.methods.extend(self.method(member)),
            }
        }
        if let Some(property) = definitions.methods.iter().find(|method| method.property) {
            let at = property.span;
            self.unsupported("a property of the plugin", "declare a method instead", at);
        }
        definitions
    }

    /// An overload of `addListener`.
    fn event(&mut self, member: &Member, signature: &Signature) -> Option<Event> {
        const SHAPE: &str = "write `addListener(eventName: 'name', listenerFunc: (event: Type) => \
                             void): Promise<PluginListenerHandle>`";
        let [name, listener] = signature.params.as_slice() else {
            self.unsupported("this overload of `addListener`", SHAPE, member.span);
            return None;
        };
        let name = name.ty.as_ref().and_then(types::string_literal);
        let listener = listener.ty.as_ref().map(|ty| &ty.unparenthesized().kind);
        let (Some(name), Some(Expr::Function(listener))) = (name, listener) else {
            self.unsupported("this overload of `addListener`", SHAPE, member.span);
            return None;
        };
        let payload = match listener.params.as_slice() {
            [] => None,
            [_] => self.params(listener, &Docs::default()).pop(),
            _ => {
                self.unsupported("a listener with several parameters", SHAPE, member.span);
                None
            }
        };
        Some(Event { name, docs: written(&member.docs), payload, span: member.span })
    }

    fn api(&mut self, item: &Item, interface: &Interface) -> Api {
        let docs = written(&item.docs);
        let members = self.members(interface);
        let methods: Vec<_> = members.iter().filter_map(|member| self.method(member)).collect();
        Api {
            name: interface.name.text.clone(),
            methods,
            platforms: platforms(&docs),
            feature: docs.tag("permission").map(str::to_owned),
            lenient: docs.tag("lenient").is_some(),
            docs,
            span: interface.name.span,
        }
    }

    /// The members of an interface, those that it extends first.
    fn members<'b>(&mut self, interface: &'b Interface) -> Vec<&'b Member>
    where
        Self: 'b,
    {
        self.no_type_params(&interface.type_params);
        for base in &interface.extends {
            self.unsupported(
                format!("`{} extends`", interface.name.text),
                "list the inherited members here",
                base.span,
            );
        }
        interface.members.iter().collect()
    }

    fn no_type_params(&mut self, params: &[TypeParam]) {
        for param in params {
            let what = format!("the type parameter `{}`", param.name.text);
            self.unsupported(what, "declare one type for each use of it", param.span);
        }
    }

    /// A method, or a property as one; `None` after a complaint.
    fn method(&mut self, member: &Member) -> Option<Method> {
        match &member.kind {
            MemberKind::Method(method) => {
                self.not_optional(method.optional, member);
                self.callable(member, &method.name, &method.signature)
            }
            MemberKind::Property(property) | MemberKind::Getter(property) => {
                self.not_optional(property.optional, member);
                self.property_method(member, property)
            }
            _ => {
                self.unsupported("this member", "declare methods and properties", member.span);
                None
            }
        }
    }

    fn not_optional(&mut self, optional: bool, member: &Member) {
        if optional {
            let instead = "declare it for all platforms; `@platform` says where it works";
            self.unsupported("an optional member of an API", instead, member.span);
        }
    }

    fn property_method(&mut self, member: &Member, property: &Property) -> Option<Method> {
        let name = property.name.text.clone();
        let Some(ty) = &property.ty else {
            self.untyped_property(&name, property.name.span);
            return None;
        };
        if let Expr::Function(signature) = &ty.unparenthesized().kind {
            return self.callable(member, &property.name, signature);
        }
        let docs = written(&member.docs);
        let returns = self.tagged(ty, &docs);
        Some(Method {
            name,
            params: Vec::new(),
            returns,
            is_async: false,
            property: true,
            type_params: None,
            platforms: platforms(&docs),
            docs,
            span: property.name.span,
        })
    }

    fn callable(
        &mut self,
        member: &Member,
        name: &PropertyName,
        signature: &Signature,
    ) -> Option<Method> {
        self.type_params = signature.type_params.iter().map(|p| p.name.text.clone()).collect();
        let params = self.params(signature, &member.docs);
        let returns = signature.returns.as_ref();
        if returns.is_none() {
            let name = name.text.clone();
            self.complain(Complaint::NoReturnType { name, at: member.span });
        }
        let docs = written(&member.docs);
        let (is_async, returns) = match returns.and_then(promised) {
            Some(promised) => (true, self.result(promised, &docs)),
            None => (false, self.result(returns?, &docs)),
        };
        self.type_params.clear();
        Some(Method {
            name: name.text.clone(),
            params,
            returns,
            is_async,
            property: false,
            type_params: self.type_params_text(&signature.type_params),
            platforms: platforms(&docs),
            docs,
            span: name.span,
        })
    }

    fn type_params_text(&self, params: &[TypeParam]) -> Option<String> {
        let texts: Vec<_> = params.iter().map(|p| self.source.module.slice(p.span)).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    }

    /// The type of a result: a method's `@integer` is about that, when it names no parameter.
    fn result(&mut self, expr: &TypeExpr, docs: &model::Docs) -> Type {
        let (ty, undefined) = self.optional_ty(expr);
        if undefined && ty != Type::Void {
            return self.refuse(expr.span, "use `null` for what is not there");
        }
        if docs.tag("integer") == Some("") { types::integers(ty) } else { ty }
    }

    fn params(&mut self, signature: &Signature, docs: &Docs) -> Vec<Param> {
        let integers: Vec<_> = docs
            .tags
            .iter()
            .filter(|tag| tag.name == "integer")
            .filter_map(|tag| tag.text.as_deref())
            .collect();
        let mut params = Vec::new();
        let mut optional_before = false;
        for param in &signature.params {
            let name = param.name.text.clone();
            if param.rest || !param.simple {
                self.unsupported("this parameter", "use one with a plain name", param.span);
                continue;
            }
            let Some(ty) = &param.ty else {
                let instead = "write `: string`, or another type";
                self.complain(Complaint::Untyped {
                    what: "parameter",
                    name,
                    instead,
                    at: param.span,
                });
                continue;
            };
            let (ty, undefined) = self.optional_ty(ty);
            let ty = if ty == Type::Void { self.refuse(param.span, "leave it out") } else { ty };
            let ty = if integers.contains(&name.as_str()) { types::integers(ty) } else { ty };
            let optional = param.optional || undefined;
            if optional_before && !optional {
                let instead = "required parameters come first";
                self.unsupported("a required parameter after an optional one", instead, param.span);
            }
            optional_before |= optional;
            let docs = docs.param(&name).unwrap_or_default().trim().to_owned();
            params.push(Param { name, docs, ty, optional });
        }
        params
    }

    fn interface(&mut self, item: &Item, interface: &Interface) -> TypeDeclaration {
        let members = self.members(interface);
        let kind = if let [Member { kind: MemberKind::Index(index), span, .. }] = members.as_slice()
        {
            TypeKind::Alias(self.index(index, *span))
        } else {
            TypeKind::Object(self.properties(&members))
        };
        self.declaration(item, &interface.name.text, interface.name.span, kind)
    }

    fn properties(&mut self, members: &[&Member]) -> Vec<model::Property> {
        members.iter().filter_map(|member| self.property(member)).collect()
    }

    fn property(&mut self, member: &Member) -> Option<model::Property> {
        let property = self.plain_property(member)?;
        let name = property.name.text.clone();
        let span = property.name.span;
        let Some(ty) = &property.ty else {
            self.untyped_property(&name, span);
            return None;
        };
        let docs = written(&member.docs);
        let (_, undefined) = self.optional_ty(ty);
        let ty = self.tagged(ty, &docs);
        Some(model::Property { name, docs, ty, optional: property.optional || undefined, span })
    }

    /// The type of a property, with its `@integer` tag.
    fn tagged(&mut self, expr: &TypeExpr, docs: &model::Docs) -> Type {
        let (ty, _) = self.optional_ty(expr);
        let ty = if ty == Type::Void { self.refuse(expr.span, "leave it out") } else { ty };
        if docs.tag("integer").is_some() { types::integers(ty) } else { ty }
    }

    /// A member that is a property with a plain name; `None` after a complaint.
    pub(super) fn plain_property<'b>(&mut self, member: &'b Member) -> Option<&'b Property> {
        match &member.kind {
            MemberKind::Property(property) if property.name.style != NameStyle::Computed => {
                Some(property)
            }
            MemberKind::Method(_) => {
                let instead = "values have properties only; methods belong to the plugin's \
                               interface or to an interface of `apis.ts`";
                self.unsupported("a method of a value", instead, member.span);
                None
            }
            MemberKind::Index(_) => {
                let instead = "give the record a property of its own";
                self.unsupported("an index signature beside properties", instead, member.span);
                None
            }
            _ => {
                self.unsupported("this member", "declare properties with plain names", member.span);
                None
            }
        }
    }

    pub(super) fn untyped_property(&mut self, name: &str, at: SourceSpan) {
        let instead = "write `: string`, or another type";
        self.complain(Complaint::Untyped { what: "property", name: name.to_owned(), instead, at });
    }

    fn alias(&mut self, item: &Item, alias: &Alias) -> TypeDeclaration {
        self.no_type_params(&alias.type_params);
        let expr = alias.ty.unparenthesized();
        let kind = match &expr.kind {
            Expr::Object(members) if !matches!(members.as_slice(), [one] if is_index(one)) => {
                TypeKind::Object(self.properties(&members.iter().collect::<Vec<_>>()))
            }
            _ => match self.value(expr) {
                Type::Literals(values) => {
                    TypeKind::Literals(values.into_iter().map(literal).collect())
                }
                ty => TypeKind::Alias(ty),
            },
        };
        self.declaration(item, &alias.name.text, alias.name.span, kind)
    }

    fn enumeration(&mut self, item: &Item, declaration: &Enum) -> TypeDeclaration {
        let strings = declaration.members.iter().map(|member| match &member.value {
            EnumValue::String(value) => Some(Literal {
                name: member.name.text.clone(),
                value: value.clone(),
                docs: written(&member.docs),
            }),
            _ => None,
        });
        let numbers = declaration.members.iter().map(|member| match member.value {
            EnumValue::Number(value) => {
                Some((member.name.text.clone(), whole(value)?, written(&member.docs)))
            }
            _ => None,
        });
        let strings: Option<Vec<_>> = strings.collect();
        let numbers: Option<Vec<_>> = numbers.collect();
        let kind = match (strings, numbers) {
            (Some(literals), _) if !literals.is_empty() => TypeKind::Literals(literals),
            (_, Some(integers)) if !integers.is_empty() => TypeKind::Integers(integers),
            _ => {
                let what = format!("the enum `{}`", declaration.name.text);
                let instead = "give its members either texts or whole numbers";
                self.unsupported(what, instead, declaration.name.span);
                TypeKind::Integers(Vec::new())
            }
        };
        self.declaration(item, &declaration.name.text, declaration.name.span, kind)
    }

    fn declaration(
        &self,
        item: &Item,
        name: &str,
        span: SourceSpan,
        kind: TypeKind,
    ) -> TypeDeclaration {
        let docs = written(&item.docs);
        TypeDeclaration { name: name.to_owned(), docs, kind, file: self.source.file, span }
    }
}

fn is_index(member: &Member) -> bool {
    matches!(member.kind, MemberKind::Index(_))
}

fn literal(value: String) -> Literal {
    Literal { name: value.clone(), value, docs: model::Docs::default() }
}

/// The `T` of `Promise<T>`.
fn promised(expr: &TypeExpr) -> Option<&TypeExpr> {
    match expr.reference()? {
        ("Promise", [promised]) => Some(promised),
        _ => None,
    }
}

/// A number that has no fraction and fits 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the range was looked at before")]
fn whole(value: f64) -> Option<i64> {
    let fits = value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX);
    fits.then_some(value as i64)
}
