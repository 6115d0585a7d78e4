//! From a program to the facts of a clean page.

use std::collections::{HashMap, HashSet, VecDeque};

use miette::SourceSpan;

use super::{
    super::{
        printer::print_syntax,
        program::{DeclId, Program},
        scan::ChunkKind,
    },
    facts::{
        Body, Comment, Config, Declaration, EnumMember, Facts, Group, Member, MemberKind, Method,
        Param, Piece, Section, SectionKind, Text,
    },
};
use crate::cut::Cut as _;
use crate::syntax::{
    self, Docs, EnumValue, ItemKind, Module, NameStyle, NamespaceName, PropertyName, Signature,
    TypeExpr, TypeKind, TypeParam,
};

/// The sections that a README asks for, in its order, each with the interface that it is about
/// (none for the configuration). `Err` is the name of an interface that no file declares.
pub(super) fn collect(program: &Program, wanted: &[(SectionKind, &str)]) -> Result<Facts, String> {
    let mut collector =
        Collector { program, seen: HashSet::new(), pending: VecDeque::new(), keys: HashMap::new() };
    for &(_, name) in wanted.iter().filter(|(kind, _)| *kind != SectionKind::Config) {
        let ids = collector.interface(name).ok_or_else(|| name.to_owned())?;
        // An interface that has a section of its own is no type among others.
        collector.seen.extend(ids);
    }
    let mut sections = Vec::new();
    for &(kind, name) in wanted {
        let section = match kind {
            SectionKind::Config => collector.config_section(),
            _ => collector.interface_section(kind, name),
        };
        sections.push(section);
    }
    Ok(Facts { sections })
}

/// The interfaces of the plugin's own files, for a message about one that does not exist.
pub(super) fn interfaces(program: &Program) -> impl Iterator<Item = &str> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let chunks = own.flat_map(|file| &file.outline.chunks);
    chunks.filter(|chunk| chunk.kind == ChunkKind::Interface).map(|chunk| chunk.name.as_str())
}

struct Collector<'p> {
    program: &'p Program,
    /// What has its place on the page.
    seen: HashSet<DeclId>,
    /// What has its place, and is not read yet.
    pending: VecDeque<DeclId>,
    /// The comments that have a key, by their places.
    keys: HashMap<String, Vec<(usize, usize)>>,
}

/// Where a piece of syntax is read: its file and statement, and the type parameters around it.
#[derive(Clone)]
struct Place<'p> {
    id: DeclId,
    module: &'p Module,
    params: Vec<&'p str>,
}

impl<'p> Place<'p> {
    fn with(&self, params: &'p [TypeParam]) -> Self {
        let mut place = self.clone();
        place.params.extend(params.iter().map(|param| param.name.text.as_str()));
        place
    }
}

impl<'p> Collector<'p> {
    fn place(&self, id: DeclId) -> Place<'p> {
        Place { id, module: self.program.module(id), params: Vec::new() }
    }

    /// The declarations of the interface with this name, in the first file that has one.
    fn interface(&self, name: &str) -> Option<Vec<DeclId>> {
        let is_it = |found: &super::super::scan::Chunk| {
            found.kind == ChunkKind::Interface && found.name == name
        };
        self.program.files.iter().enumerate().find_map(|(file, source)| {
            let chunks = source.outline.chunks.iter().enumerate();
            let ids: Vec<_> = chunks
                .filter(|(_, found)| is_it(found))
                .map(|(chunk, _)| DeclId { file, chunk })
                .collect();
            (!ids.is_empty()).then_some(ids)
        })
    }

    fn interface_section(&mut self, kind: SectionKind, name: &str) -> Section {
        let ids = self.interface(name).unwrap_or_default();
        let mut members = Vec::new();
        let mut visited = HashSet::new();
        for &id in &ids {
            members.extend(self.own_members(id, name));
        }
        for &id in &ids {
            self.inherited(id, &mut members, &mut visited);
        }
        let comment = ids.first().and_then(|&id| self.comment_of(id, name));
        let declarations = self.reached();
        Section { kind, comment, members, configs: Vec::new(), declarations }
    }

    /// The members that a declaration of an interface has itself.
    fn own_members(&mut self, id: DeclId, key: &str) -> Vec<Member> {
        let Some(ItemKind::Interface(item)) = self.program.item(id).map(|item| &item.kind) else {
            return Vec::new();
        };
        let place = self.place(id).with(&item.type_params);
        self.members(&item.members, &place, key)
    }

    /// Adds the members of the interfaces that an interface extends.
    fn inherited(&mut self, id: DeclId, members: &mut Vec<Member>, visited: &mut HashSet<DeclId>) {
        let Some(ItemKind::Interface(item)) = self.program.item(id).map(|item| &item.kind) else {
            return;
        };
        if !visited.insert(id) {
            return;
        }
        for base in &item.extends {
            let Some((name, _)) = base.reference() else { continue };
            for id in self.own(id.file, name) {
                let known: HashSet<String> =
                    members.iter().map(|member| member.name.clone()).collect();
                let more = self.own_members(id, name);
                members.extend(more.into_iter().filter(|member| !known.contains(&member.name)));
                self.inherited(id, members, visited);
            }
        }
    }

    /// What `name` means in a file, unless a library declares it.
    fn own(&self, file: usize, name: &str) -> Vec<DeclId> {
        let mut ids = self.program.named(file, name);
        ids.retain(|id| {
            let path = &self.program.source(id.file).path;
            let library =
                path.contains("/typescript/lib/lib.") || path.contains("/node_modules/@types/");
            let kind = self.program.source(id.file).chunk(id.chunk).kind;
            !library
                && matches!(
                    kind,
                    ChunkKind::Interface | ChunkKind::Alias | ChunkKind::Enum | ChunkKind::Class
                )
        });
        ids
    }

    /// Reads what has its place on the page by now, and what that reaches.
    fn reached(&mut self) -> Vec<Declaration> {
        let mut declarations = Vec::new();
        while let Some(id) = self.pending.pop_front() {
            let later = std::mem::take(&mut self.pending);
            declarations.extend(self.declaration(id));
            self.pending.extend(later);
        }
        declarations
    }

    fn declaration(&mut self, id: DeclId) -> Option<Declaration> {
        let item = self.program.item(id)?;
        let name = item.name()?.text.clone();
        let comment = self.comment_of(id, &name)?;
        let place = self.place(id);
        let (group, body) = match &item.kind {
            ItemKind::Interface(item) => {
                let place = place.with(&item.type_params);
                let extends = item.extends.iter().map(|base| self.text(base, &place)).collect();
                let mut members = self.members(&item.members, &place, &name);
                members.extend(self.merged(id, &name));
                (Group::Interfaces, Body::Object { extends, members })
            }
            ItemKind::Class(item) => {
                let place = place.with(&item.type_params);
                let bases = item.extends.iter().chain(&item.implements);
                let extends = bases.map(|base| self.text(base, &place)).collect();
                let members = self.members(&item.members, &place, &name);
                (Group::Interfaces, Body::Object { extends, members })
            }
            ItemKind::Alias(item) => {
                let place = place.with(&item.type_params);
                (Group::Aliases, self.alias(&item.ty, &place, &name))
            }
            ItemKind::Enum(item) => {
                let members = item.members.iter();
                let members = members.map(|member| self.enum_member(member, &place, &name));
                (Group::Enums, Body::Enum(members.collect()))
            }
            _ => return None,
        };
        Some(Declaration { id, name, group, comment, body })
    }

    /// The members that other declarations of the same interface add.
    fn merged(&mut self, id: DeclId, name: &str) -> Vec<Member> {
        let others = self.own(id.file, name);
        let mut members = Vec::new();
        for other in others.into_iter().filter(|other| *other > id && other.file == id.file) {
            if let Some(ItemKind::Interface(item)) = self.program.item(other).map(|item| &item.kind)
            {
                let place = self.place(other).with(&item.type_params);
                members.extend(self.members(&item.members, &place, name));
            }
        }
        members
    }

    /// An alias of an object, or of an intersection with one, is shown like an interface.
    fn alias(&mut self, ty: &'p TypeExpr, place: &Place<'p>, name: &str) -> Body {
        let parts = match &ty.unparenthesized().kind {
            TypeKind::Object(_) => std::slice::from_ref(ty),
            TypeKind::Intersection(parts) => parts.as_slice(),
            _ => &[],
        };
        let is_object =
            |part: &TypeExpr| matches!(part.unparenthesized().kind, TypeKind::Object(_));
        let is_known = |part: &TypeExpr| is_object(part) || part.reference().is_some();
        if !parts.iter().any(is_object) || !parts.iter().all(is_known) {
            return Body::Alias(self.text(ty, place));
        }
        let (mut extends, mut members) = (Vec::new(), Vec::new());
        for part in parts {
            match &part.unparenthesized().kind {
                TypeKind::Object(own) => members.extend(self.members(own, place, name)),
                _ => extends.push(self.text(part, place)),
            }
        }
        Body::Object { extends, members }
    }

    fn enum_member(
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

    fn members(
        &mut self,
        members: &'p [syntax::Member],
        place: &Place<'p>,
        of: &str,
    ) -> Vec<Member> {
        let shown = members
            .iter()
            .filter(|member| member.docs.tag("hidden").or(member.docs.tag("internal")).is_none());
        shown.filter_map(|member| self.member(member, place, of)).collect()
    }

    fn member(
        &mut self,
        member: &'p syntax::Member,
        place: &Place<'p>,
        of: &str,
    ) -> Option<Member> {
        use syntax::MemberKind as Kind;
        let typed = |collector: &mut Self, ty: Option<&'p TypeExpr>| match ty {
            Some(ty) => collector.text(ty, place),
            None => Text { pieces: vec![Piece::Plain("any".to_owned())] },
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
                true,
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
            Kind::Setter(_) => return None,
        };
        let key = match &kind {
            MemberKind::Method(method) if name == "addListener" => {
                let event = method.params.first().map(|param| param.ty.plain()).unwrap_or_default();
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
        let returns =
            returns.unwrap_or_else(|| Text { pieces: vec![Piece::Plain("any".to_owned())] });
        let kind = TypeKind::Function(Box::new(signature.clone()));
        let signature = self.text(&TypeExpr { kind, span }, &place);
        Method { signature, params, returns }
    }

    fn param(&mut self, param: &'p syntax::Param, place: &Place<'p>) -> Param {
        let name = if param.simple { param.name.text.clone() } else { "options".to_owned() };
        let (rest, mark) =
            (if param.rest { "..." } else { "" }, if param.optional { "?" } else { "" });
        let ty = param.ty.as_ref().map(|ty| self.text(ty, place)).unwrap_or_default();
        Param { shown: format!("{rest}{name}{mark}"), name, ty, docs: param.docs.text.clone() }
    }

    /// A type as written, in one layout; what it names gets a place on the page.
    fn text(&mut self, ty: &TypeExpr, place: &Place<'p>) -> Text {
        let printed = print_syntax(ty, place.module);
        let text = without_double_quotes(&printed.text);
        let mut pieces = Vec::new();
        let mut start = 0;
        for (at, name) in names(&text) {
            if !printed.refs.iter().any(|found| found == name) || place.params.contains(&name) {
                continue;
            }
            let Some(&id) = self.own(place.id.file, name).first() else { continue };
            if self.seen.insert(id) {
                self.pending.push_back(id);
            }
            pieces.push(Piece::Plain(text.cut(start..at).to_owned()));
            pieces.push(Piece::Name(name.to_owned(), id));
            start = at + name.len();
        }
        pieces.push(Piece::Plain(text.cut(start..).to_owned()));
        Text { pieces }
    }

    fn comment_of(&mut self, id: DeclId, key: &str) -> Option<Comment> {
        let item = self.program.item(id)?;
        let place = self.place(id);
        Some(self.comment(&item.docs, item.span, &place, key))
    }

    fn comment(&mut self, docs: &Docs, span: SourceSpan, place: &Place<'p>, key: &str) -> Comment {
        let file = place.id.file;
        let chunk = self.program.source(file).chunk(place.id.chunk);
        let at = docs.span.unwrap_or(span);
        let at = SourceSpan::from((chunk.range.start + at.offset(), at.len()));
        let places = self.keys.entry(key.to_owned()).or_default();
        let index = places.iter().position(|place| *place == (file, at.offset()));
        let index = index.unwrap_or_else(|| {
            places.push((file, at.offset()));
            places.len() - 1
        });
        let key = if index == 0 { key.to_owned() } else { format!("{key}#{}", index + 1) };
        Comment { key, docs: docs.clone(), file, at }
    }

    /// What `declare module '@capacitor/cli'` adds to `PluginsConfig`, in the plugin's own files.
    fn config_section(&mut self) -> Section {
        let mut configs = Vec::new();
        for (file, source) in self.program.files.iter().enumerate() {
            if source.path.contains("/node_modules/") {
                continue;
            }
            for (chunk, found) in source.outline.chunks.iter().enumerate() {
                if found.kind == ChunkKind::Module {
                    self.configs_of(DeclId { file, chunk }, &mut configs);
                }
            }
        }
        let declarations = self.reached();
        let (kind, comment) = (SectionKind::Config, None);
        Section { kind, comment, members: Vec::new(), configs, declarations }
    }

    fn configs_of(&mut self, id: DeclId, configs: &mut Vec<Config>) {
        let Some(ItemKind::Namespace(namespace)) = self.program.item(id).map(|item| &item.kind)
        else {
            return;
        };
        if !matches!(&namespace.name, NamespaceName::Module(name) if name.text == "@capacitor/cli")
        {
            return;
        }
        let place = self.place(id);
        for item in &namespace.items {
            let ItemKind::Interface(interface) = &item.kind else { continue };
            if interface.name.text == "PluginsConfig" {
                let members = interface.members.iter();
                configs.extend(members.filter_map(|member| self.config(member, &place)));
            }
        }
    }

    /// One plugin's configuration: written inline, or an interface by its name.
    fn config(&mut self, member: &'p syntax::Member, place: &Place<'p>) -> Option<Config> {
        let syntax::MemberKind::Property(property) = &member.kind else { return None };
        let name = source_name(&property.name, place.module);
        let key = format!("PluginsConfig.{name}");
        let ty = property.ty.as_ref()?.unparenthesized();
        if let TypeKind::Object(members) = &ty.kind {
            let comment = self.comment(&member.docs, member.span, place, &key);
            let members = self.members(members, place, &key);
            return (!members.is_empty()).then_some(Config { name, comment, members });
        }
        let (target, _) = ty.reference()?;
        let ids = self.own(place.id.file, target);
        self.seen.extend(&ids);
        let id = *ids.first()?;
        let mut members = Vec::new();
        for &id in &ids {
            members.extend(self.own_members(id, target));
        }
        for id in ids {
            self.inherited(id, &mut members, &mut HashSet::new());
        }
        let mut comment = self.comment_of(id, target)?;
        if comment.docs.text.is_none() {
            let tags = std::mem::take(&mut comment.docs.tags);
            comment = self.comment(&member.docs, member.span, place, &key);
            comment.docs.tags.extend(tags);
        }
        (!members.is_empty()).then_some(Config { name, comment, members })
    }
}

fn source_name(name: &PropertyName, module: &Module) -> String {
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        _ => module.slice(name.span).to_owned(),
    }
}

/// Literals in single quotes, where that needs no escape.
fn without_double_quotes(text: &str) -> String {
    if text.contains('\'') { text.to_owned() } else { text.replace('"', "'") }
}

/// The identifiers of a type that may name another type, with their places.
fn names(text: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(c) = text.cut(at..).chars().next() {
        if matches!(c, '\'' | '"') {
            let inner = text.cut(at + 1..);
            at += 1 + inner.find(c).map_or(inner.len(), |end| end + 1);
            continue;
        }
        if !is_part(c) {
            at += c.len_utf8();
            continue;
        }
        let length = text.cut(at..).find(|c| !is_part(c)).unwrap_or(text.len() - at);
        let (name, after) = (text.cut(at..at + length), text.cut(at + length..));
        let is_key = after.starts_with(':') || after.starts_with("?:") || after.starts_with('(');
        if !text.cut(..at).ends_with('.') && !is_key {
            names.push((at, name));
        }
        at += length;
    }
    names
}
