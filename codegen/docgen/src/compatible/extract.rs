//! From a program to the facts: the declarations that the plugin's interface reaches.

use std::{cell::OnceCell, collections::HashSet};

use typescript::{
    ChunkKind,
    syntax::{
        self, Docs, ItemKind, Member, MemberKind, Module, NameStyle, NamespaceName, PropertyName,
        TypeExpr, TypeKind,
    },
};

use super::{
    data::{
        AliasType, Data, Enum, EnumMember, Interface, Method, Parameter, PluginConfig, Property,
        PropertyTag, Tag, TypeAlias,
    },
    markdown::method_heading,
};
use crate::{
    checker::{Checker, Decl, Place, Prop, Scope, Written, known, mentions::before_accessors},
    page::anchors::slug,
    printer::{Arrow, Printer, Style, print_syntax},
    program::{DeclId, Program, is_of_library},
};

/// The facts about `api` in `program`.
pub(super) fn extract(program: &Program, api: &str) -> Data {
    let extractor = Extractor::new(program);
    extractor.in_source_order();
    let plugin_configs = extractor.configs();
    let mut data = Data {
        api: None,
        interfaces: Vec::new(),
        enums: Vec::new(),
        type_aliases: Vec::new(),
        plugin_configs,
        anchors: OnceCell::new(),
    };
    if let Some(interface) = extractor.interface(api) {
        data.api = Some(interface.clone());
        extractor.collect(&mut data, &interface, &mut Met::default());
    }
    data
}

/// How many names lead from one to the next before nothing is met twice.
const DEEPEST: usize = 200;

/// The names of what has its place in the facts.
#[derive(Default)]
struct Met {
    interfaces: HashSet<String>,
    enums: HashSet<String>,
    aliases: HashSet<String>,
    /// The declarations that are being read, each inside the one before.
    open: Vec<String>,
}

/// What a member takes from a base.
struct Inherited<'p> {
    /// The member that it declares again.
    base: &'p Member,
    /// The text of its comment, or of what that declares again.
    text: Option<&'p str>,
}

struct Extractor<'p> {
    program: &'p Program,
    checker: Checker<'p>,
}

impl<'p> Extractor<'p> {
    fn new(program: &'p Program) -> Self {
        Self { program, checker: Checker::new(program) }
    }

    /// Meets the types of the plugin's own files in the order in which the original tool does:
    /// unions are printed in the order in which their parts were first met.
    fn in_source_order(&self) {
        for (file, source) in self.program.files.iter().enumerate().take(self.program.asked) {
            if source.path.contains("/node_modules/@types/") || is_of_library(&source.path) {
                continue;
            }
            for kind in [ChunkKind::Interface, ChunkKind::Alias] {
                for (chunk, found) in source.outline.chunks.iter().enumerate() {
                    if found.kind == kind && kind == ChunkKind::Interface {
                        self.interface_at(DeclId { file, chunk });
                    } else if found.kind == kind {
                        self.alias_at(DeclId { file, chunk });
                    }
                }
            }
        }
    }

    fn interface(&self, name: &str) -> Option<Interface> {
        self.program.first(ChunkKind::Interface, name).and_then(|id| self.interface_at(id))
    }

    fn interface_at(&self, id: DeclId) -> Option<Interface> {
        let decl = self.checker.decl(id)?;
        let ItemKind::Interface(item) = &decl.item.kind else { return None };
        let scope = self.checker.scope_of(&decl);
        let (docs, tags) = self.merged_docs(id, &item.name.text);
        Some(Interface {
            name: item.name.text.clone(),
            slug: slug(&item.name.text),
            methods: self.methods(item, &scope),
            properties: self.properties(before_accessors(&item.members), &scope, Some(item)),
            docs,
            tags,
        })
    }

    /// The docs of every declaration of a name that merge into one symbol.
    fn merged_docs(&self, id: DeclId, name: &str) -> (String, Vec<PropertyTag>) {
        let is_module = self.program.source(id.file).outline.is_module;
        let ids: Vec<DeclId> = if is_module {
            let chunks = self.program.source(id.file).declarations(name);
            chunks.map(|chunk| DeclId { file: id.file, chunk }).collect()
        } else {
            self.program.global(name).to_vec()
        };
        let all: Vec<&Docs> =
            ids.iter().filter_map(|&id| self.program.item(id)).map(|item| &item.docs).collect();
        let mut texts: Vec<&str> = Vec::new();
        for text in all.iter().filter_map(|docs| docs.text.as_deref()) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        (texts.join("\n"), all.iter().flat_map(|docs| property_tags(docs)).collect())
    }

    fn methods(&self, item: &'p syntax::Interface, scope: &Scope<'p>) -> Vec<Method> {
        let members = before_accessors(&item.members).iter();
        members.filter_map(|member| self.method(item, member, scope)).collect()
    }

    fn method(
        &self,
        item: &'p syntax::Interface,
        member: &'p Member,
        scope: &Scope<'p>,
    ) -> Option<Method> {
        let MemberKind::Method(method) = &member.kind else { return None };
        let inherited = self.inherited(item, member, scope);
        let mut tags = tags(&member.docs);
        if let Some(base) = &inherited
            && (tags.is_empty() || tags.iter().any(|tag| tag.name == "inheritDoc"))
        {
            tags.splice(0..0, self::tags(&base.base.docs));
        }
        if tags.iter().any(|tag| tag.name == "hidden") {
            return None;
        }
        let module = scope.place.module;
        let table = Printer::new(&self.checker, Style::TABLE);
        let block = Printer::new(
            &self.checker,
            Style {
                within: Some((scope.place.clone(), member.span)),
                limit: usize::MAX,
                ..Style::SHORT
            },
        );
        let mut inner = scope.clone();
        self.checker.bind_params(&mut inner, &method.signature.type_params);
        let returns = match &method.signature.returns {
            Some(ty) => self.checker.eval(ty, &inner),
            None => known::ANY,
        };
        // What the result refers to, with the annotations as written.
        let mut names = block.print(returns).refs;
        let returns = table.print(returns);
        let signature = block.signature(&method.signature, scope, Arrow::Arrow);
        let params = method.signature.params.iter().filter(|param| param.name.text != "this");
        let parameters: Vec<Parameter> = params
            .enumerate()
            .map(|(index, param)| Parameter {
                name: if param.simple { param.name.text.clone() } else { format!("__{index}") },
                docs: param_docs(param, &member.docs),
                ty: table.print(self.checker.param_type(param, &inner)).text,
            })
            .collect();
        member_refs(member, module, &mut names);
        let mut result = Method {
            name: source_name(&method.name, module),
            signature: signature.text,
            parameters,
            returns: returns.text,
            tags,
            docs: docs_or_inherited(&member.docs, inherited.as_ref()),
            complex_types: distinct(names),
            slug: String::new(),
        };
        result.slug = slug(&method_heading(&result));
        Some(result)
    }

    /// What a member without docs takes from the member of a base interface.
    fn inherited(
        &self,
        item: &'p syntax::Interface,
        member: &Member,
        scope: &Scope<'p>,
    ) -> Option<Inherited<'p>> {
        let (base, at) = self.base_member(item, member, scope)?;
        let text = self.checker.deeper(|| self.text_of(base, &at));
        Some(Inherited { base, text })
    }

    /// The text of a member's comment, or of the one that it is declared again of.
    fn text_of(&self, member: &'p Member, at: &Scope<'p>) -> Option<&'p str> {
        if let Some(text) = &member.docs.text {
            return Some(text);
        }
        let around = at.place.module.items.iter().find_map(|item| match &item.kind {
            ItemKind::Interface(interface) => {
                let is_it = interface.members.iter().any(|own| std::ptr::eq(own, member));
                is_it.then_some((interface, item))
            }
            _ => None,
        });
        let (interface, item) = around?;
        let decl = Decl { item, place: at.place.clone() };
        self.inherited(interface, member, &self.checker.scope_of(&decl))?.text
    }

    /// The member of a base interface that a member without docs declares again.
    fn base_member(
        &self,
        item: &'p syntax::Interface,
        member: &Member,
        scope: &Scope<'p>,
    ) -> Option<Written<'p>> {
        let wanted = member.docs.text.is_none()
            || member.docs.tags.iter().any(|tag| tag.name == "inheritDoc");
        if !wanted {
            return None;
        }
        let name = &member.name()?.text;
        item.extends.iter().find_map(|base| {
            let props: Vec<Prop<'p>> = self.checker.properties(self.checker.eval(base, scope))?;
            props.into_iter().find(|prop| prop.key.text == *name)?.written()
        })
    }

    fn properties(
        &self,
        members: &'p [Member],
        scope: &Scope<'p>,
        item: Option<&'p syntax::Interface>,
    ) -> Vec<Property> {
        members.iter().filter_map(|member| self.property(member, scope, item)).collect()
    }

    fn property(
        &self,
        member: &'p Member,
        scope: &Scope<'p>,
        item: Option<&'p syntax::Interface>,
    ) -> Option<Property> {
        let MemberKind::Property(property) = &member.kind else { return None };
        let module = scope.place.module;
        // Met first: an enum in a computed name takes its place in the order.
        self.checker.key(&property.name, scope);
        let inherited = item.and_then(|item| self.inherited(item, member, scope));
        let ty = match &property.ty {
            Some(ty) if matches!(ty.kind, TypeKind::Reference { .. }) => {
                // Met here as well: what it refers to takes its place in the order.
                self.checker.eval(ty, scope);
                module.slice(ty.span).to_owned()
            }
            _ => {
                let ty = self.checker.member_type(member, scope);
                Printer::new(&self.checker, Style::TABLE).print(ty).text
            }
        };
        let mut names = Vec::new();
        member_refs(member, module, &mut names);
        Some(Property {
            name: source_name(&property.name, module),
            tags: property_tags(&member.docs),
            docs: docs_or_inherited(&member.docs, inherited.as_ref()),
            complex_types: distinct(names),
            ty,
        })
    }

    fn enumeration(&self, name: &str) -> Option<Enum> {
        let id = self.program.first(ChunkKind::Enum, name)?;
        let module = self.program.module(id);
        let ItemKind::Enum(item) = &self.program.item(id)?.kind else { return None };
        let members = item.members.iter().map(|member| EnumMember {
            name: source_name(&member.name, module),
            value: member.initializer.as_ref().map(|value| value.text.clone()),
            tags: property_tags(&member.docs),
            docs: member.docs.text.clone().unwrap_or_default(),
        });
        Some(Enum {
            name: item.name.text.clone(),
            slug: slug(&item.name.text),
            members: members.collect(),
        })
    }

    fn alias(&self, name: &str) -> Option<TypeAlias> {
        self.program.first(ChunkKind::Alias, name).and_then(|id| self.alias_at(id))
    }

    fn alias_at(&self, id: DeclId) -> Option<TypeAlias> {
        let decl = self.checker.decl(id)?;
        let ItemKind::Alias(item) = &decl.item.kind else { return None };
        let scope = self.checker.scope_of(&decl);
        let module = scope.place.module;
        let part = |ty: &'p TypeExpr| {
            let mut names = Vec::new();
            type_refs(ty, module, &mut names);
            AliasType { text: module.slice(ty.span).to_owned(), complex_types: distinct(names) }
        };
        let types = match &item.ty.kind {
            TypeKind::Function(signature) => {
                let printer = Printer::new(&self.checker, Style::SHORT);
                vec![AliasType {
                    text: printer.signature(signature, &scope, Arrow::Colon).text,
                    ..part(&item.ty)
                }]
            }
            TypeKind::Union(types) => types.iter().map(part).collect(),
            _ => vec![part(&item.ty)],
        };
        let (docs, _) = self.merged_docs(id, &item.name.text);
        Some(TypeAlias { name: item.name.text.clone(), slug: slug(&item.name.text), docs, types })
    }

    /// What `declare module '@capacitor/cli'` adds to `PluginsConfig`.
    fn configs(&self) -> Vec<PluginConfig> {
        let mut configs = Vec::new();
        for (file, source) in self.program.files.iter().enumerate() {
            for (chunk, found) in source.outline.chunks.iter().enumerate() {
                if found.kind == ChunkKind::Module && found.name == "'@capacitor/cli'" {
                    self.configs_of(DeclId { file, chunk }, &mut configs);
                }
            }
        }
        configs
    }

    fn configs_of(&self, id: DeclId, configs: &mut Vec<PluginConfig>) {
        let Some(ItemKind::Namespace(namespace)) = self.program.item(id).map(|item| &item.kind)
        else {
            return;
        };
        if !matches!(&namespace.name, NamespaceName::Module(name) if name.text == "@capacitor/cli")
        {
            return;
        }
        let place = self.checker.place(id);
        for item in &namespace.items {
            let ItemKind::Interface(interface) = &item.kind else { continue };
            if interface.name.text == "PluginsConfig" {
                configs.extend(
                    interface.members.iter().filter_map(|member| self.config(member, &place)),
                );
            }
        }
    }

    fn config(&self, member: &'p Member, place: &Place<'p>) -> Option<PluginConfig> {
        let MemberKind::Property(property) = &member.kind else { return None };
        let TypeKind::Object(members) = &property.ty.as_ref()?.kind else { return None };
        let name = source_name(&property.name, place.module);
        let properties = self.properties(members, &place.scope(), None);
        let docs = member.docs.text.clone().unwrap_or_default();
        (!properties.is_empty()).then(|| PluginConfig { slug: slug(&name), name, properties, docs })
    }

    /// Pushes what `interface` refers to, depth first. `open` guards against an API that names itself.
    fn collect(&self, data: &mut Data, interface: &Interface, met: &mut Met) {
        let is_api = data.api.as_ref().is_some_and(|api| api.name == interface.name);
        if !is_api && met.interfaces.insert(interface.name.clone()) {
            data.interfaces.push(interface.clone());
        }
        met.open.push(interface.name.clone());
        for method in &interface.methods {
            self.collect_names(data, &method.complex_types, met);
        }
        for property in &interface.properties {
            self.collect_names(data, &property.complex_types, met);
        }
        met.open.pop();
    }

    fn collect_names(&self, data: &mut Data, names: &[String], met: &mut Met) {
        for name in names {
            // Broken text may declare another name than the one that it is found under, which would
            // then be met again and again.
            // What names the API again leads through all of the API again, in the original too.
            let known = met.interfaces.contains(name)
                || met.open.last().is_some_and(|last| last == name)
                || met.open.len() > DEEPEST && met.open.contains(name);
            let api = data.api.as_ref().filter(|api| api.name == *name).cloned();
            if !known
                && let Some(interface) =
                    api.or_else(|| self.interface(name)).filter(|it| it.name == *name)
            {
                self.collect(data, &interface, met);
            }
            if !met.enums.contains(name)
                && let Some(found) = self.enumeration(name).filter(|it| it.name == *name)
            {
                met.enums.insert(name.clone());
                data.enums.push(found);
            }
            if !met.aliases.contains(name)
                && let Some(found) = self.alias(name).filter(|it| it.name == *name)
            {
                met.aliases.insert(name.clone());
                data.type_aliases.push(found.clone());
                met.open.push(found.name.clone());
                for ty in &found.types {
                    self.collect_names(data, &ty.complex_types, met);
                }
                met.open.pop();
            }
        }
    }
}

fn distinct(names: Vec<String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if name != "Promise" && !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

/// The parameter's docs: its own comment, then the method's `@param` tags for it.
fn param_docs(param: &syntax::Param, docs: &Docs) -> String {
    let mut texts: Vec<&str> = param.docs.text.as_deref().into_iter().collect();
    for tag in &docs.tags {
        if let Some((name, Some(text))) = &tag.param
            && param.simple
            && *name == param.name.text
            && !texts.contains(&text.as_str())
        {
            texts.push(text);
        }
    }
    texts.join("\n")
}

fn docs_or_inherited(docs: &Docs, inherited: Option<&Inherited<'_>>) -> String {
    let own = docs.text.as_deref().unwrap_or_default();
    let base = inherited.and_then(|inherited| inherited.text).unwrap_or_default();
    match (own.is_empty(), base.is_empty()) {
        (_, true) => own.to_owned(),
        (true, false) => base.to_owned(),
        (false, false) => format!("{base}\n{own}"),
    }
}

fn tags(docs: &Docs) -> Vec<Tag> {
    docs.tags.iter().map(|tag| Tag { name: tag.name.clone(), text: tag.text.clone() }).collect()
}

fn property_tags(docs: &Docs) -> Vec<PropertyTag> {
    docs.tags
        .iter()
        .map(|tag| PropertyTag { text: tag.text.clone(), name: tag.name.clone() })
        .collect()
}

fn source_name(name: &PropertyName, module: &Module) -> String {
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        _ => module.slice(name.span).to_owned(),
    }
}

/// The names that a member's own syntax refers to.
fn member_refs(member: &Member, module: &Module, names: &mut Vec<String>) {
    match &member.kind {
        MemberKind::Property(property)
        | MemberKind::Getter(property)
        | MemberKind::Setter(property) => {
            if let Some(ty) = &property.ty {
                type_refs(ty, module, names);
            }
        }
        MemberKind::Method(method) => signature_refs(&method.signature, module, names),
        MemberKind::Call(signature) | MemberKind::Construct(signature) => {
            signature_refs(signature, module, names);
        }
        MemberKind::Index(index) => {
            for ty in index.param.ty.iter().chain(&index.ty) {
                type_refs(ty, module, names);
            }
        }
    }
}

fn signature_refs(signature: &syntax::Signature, module: &Module, names: &mut Vec<String>) {
    let params = signature
        .type_params
        .iter()
        .flat_map(|param| param.constraint.iter().chain(&param.default));
    let types = params
        .chain(signature.params.iter().filter_map(|param| param.ty.as_ref()))
        .chain(&signature.returns);
    for ty in types {
        type_refs(ty, module, names);
    }
}

fn type_refs(ty: &TypeExpr, module: &Module, names: &mut Vec<String>) {
    names.extend(print_syntax(ty, module).refs);
}
