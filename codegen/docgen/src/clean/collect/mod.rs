//! From a program to the facts of a clean page.

mod bases;
mod callable;
mod foreign;
mod keys;
mod members;
mod names;
mod params;
mod tags;
mod text;

use std::collections::{HashMap, HashSet};

use miette::SourceSpan;
use names::Place;
use typescript::{
    Chunk, ChunkKind,
    syntax::{self, Docs, ItemKind, NamespaceName, TypeExpr, TypeKind, TypeParam},
};

use super::facts::{
    Body, Comment, Config, Declaration, Facts, Group, Id, Member, Section, SectionKind, Text,
};
use crate::program::{DeclId, Program};

/// The sections that a README asks for, in its order, each with the interface that it is about
/// (none for the configuration). `Err` is the name of an interface that no file declares.
pub(super) fn collect(program: &Program, wanted: &[(SectionKind, &str)]) -> Result<Facts, String> {
    let mut collector = Collector {
        program,
        seen: HashSet::new(),
        pending: Vec::new(),
        keys: HashMap::new(),
        open: Vec::new(),
        followed: 0,
        calls: false,
    };
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

struct Collector<'p> {
    program: &'p Program,
    /// What has its place on the page.
    seen: HashSet<Id>,
    /// What has its place, and is not read yet.
    pending: Vec<Id>,
    /// The comments that have a key, by their places.
    keys: HashMap<String, Vec<(usize, usize)>>,
    /// The types whose members are being looked up.
    open: Vec<Id>,
    /// How many types were looked into.
    followed: usize,
    /// Whether the members that are read are those of the plugin: its properties that are functions
    /// are methods.
    calls: bool,
}

impl<'p> Collector<'p> {
    /// The declarations of the interface with this name, in the first file that has one.
    fn interface(&self, name: &str) -> Option<Vec<Id>> {
        let is_it = |found: &Chunk| found.kind == ChunkKind::Interface && found.name == name;
        self.program.files.iter().enumerate().find_map(|(file, source)| {
            let chunks = source.outline.chunks.iter().enumerate();
            let ids: Vec<_> = chunks
                .filter(|(_, found)| is_it(found))
                .map(|(chunk, _)| Id::from(DeclId { file, chunk }))
                .collect();
            (!ids.is_empty()).then_some(ids)
        })
    }

    fn interface_section(&mut self, kind: SectionKind, name: &str) -> Section {
        let ids = self.interface(name).unwrap_or_default();
        self.calls = kind == SectionKind::Api;
        let members = self.all_members(&ids, name);
        self.calls = false;
        let comment = self.comment_of_all(&ids, name);
        let declarations = self.reached();
        let foreign = if kind == SectionKind::Api { self.foreign() } else { Vec::new() };
        let name = name.to_owned();
        let (configs, groups) = (Vec::new(), Vec::new());
        Section { kind, name, comment, members, configs, declarations, groups, foreign }
    }

    /// The members of an interface, from all of its declarations, and of what it extends.
    fn all_members(&mut self, ids: &[Id], name: &str) -> Vec<Member> {
        let mut members = Vec::new();
        let mut bases = Vec::new();
        for &id in ids {
            if let Some(ItemKind::Interface(item)) = self.item(id).map(|item| &item.kind) {
                let place = self.place(id).with(&item.type_params);
                members.extend(self.members(&item.members, &place, name));
                bases.push((&item.extends, place));
            }
        }
        for (extends, place) in bases {
            self.inherit(extends, &place, &mut members, 0);
        }
        members
    }

    /// Gives a declaration its place on the page, unless its author keeps it off.
    fn reach(&mut self, id: Id) {
        let docs = self.item(id).map(|item| &item.docs);
        if docs.is_some_and(|docs| docs.tag("hidden").or(docs.tag("internal")).is_some()) {
            return;
        }
        if self.seen.insert(id) {
            self.pending.push(id);
        }
    }

    /// Reads what has its place on the page by now, and what that reaches.
    fn reached(&mut self) -> Vec<Declaration> {
        let mut declarations = Vec::new();
        // The next one is the last: what a declaration reaches comes behind it, before the others.
        let mut next: Vec<Id> = self.pending.drain(..).rev().collect();
        while let Some(id) = next.pop() {
            declarations.extend(self.declaration(id));
            next.extend(self.pending.drain(..).rev());
        }
        declarations
    }

    fn declaration(&mut self, id: Id) -> Option<Declaration> {
        let item = self.item(id)?;
        let name = item.name()?.text.clone();
        let mut ids = vec![id];
        ids.extend(self.others(id, &name));
        let comment = self.comment_of_all(&ids, &name)?;
        let place = self.place(id);
        let (group, params, body) = match &item.kind {
            ItemKind::Interface(item) => {
                let place = place.with(&item.type_params);
                let extends = item.extends.iter().map(|base| self.text(base, &place)).collect();
                let mut members = self.members(&item.members, &place, &name);
                members.extend(self.merged(id, &name));
                self.inherit_comments(&item.extends, &place, &mut members);
                self.inherit_utilities(&item.extends, &place, &mut members);
                (Group::Interfaces, &item.type_params[..], Body::Object { extends, members })
            }
            ItemKind::Class(item) => {
                let place = place.with(&item.type_params);
                let bases = item.extends.iter().chain(&item.implements);
                let extends = bases.map(|base| self.text(base, &place)).collect();
                let mut members = self.members(&item.members, &place, &name);
                members.extend(self.statics(&item.statics, &place, &name));
                self.inherit_comments(item.extends.as_slice(), &place, &mut members);
                self.inherit_utilities(item.extends.as_slice(), &place, &mut members);
                (Group::Interfaces, &item.type_params[..], Body::Object { extends, members })
            }
            ItemKind::Alias(item) => {
                let place = place.with(&item.type_params);
                let mut body = self.alias(&item.ty, &place, &name);
                if let (Body::Alias { call, .. }, TypeKind::Function(signature)) =
                    (&mut body, &item.ty.unparenthesized().kind)
                {
                    *call = Some(self.signed(signature, &comment.docs, &place, &name));
                }
                (Group::Aliases, &item.type_params[..], body)
            }
            ItemKind::Enum(item) => {
                let members = item.members.iter();
                let members = members.map(|member| self.enum_member(member, &place, &name));
                (Group::Enums, &[][..], Body::Enum(members.collect()))
            }
            ItemKind::Variable(_) | ItemKind::Function(_) => {
                let ty = self.value(item, &place, &comment.docs, &name);
                let (parts, inner) = (vec![ty.clone()], Vec::new());
                (Group::Aliases, &[][..], Body::Alias { ty, parts, inner, call: None })
            }
            _ => return None,
        };
        let params = self.type_params(params, &place);
        let title = match &item.kind {
            ItemKind::Variable(_) => format!("const {name}"),
            ItemKind::Function(_) => format!("function {name}"),
            _ => name.clone(),
        };
        Some(Declaration { id, name, title, group, params, comment, body })
    }

    fn type_params(&mut self, params: &'p [TypeParam], place: &Place<'p>) -> Vec<Text> {
        let place = place.with(params);
        params.iter().map(|param| self.type_param(param, &place)).collect()
    }

    /// The type of a value that `typeof` asks for: as written, or what it is worth.
    fn value(
        &mut self,
        item: &'p syntax::Item,
        place: &Place<'p>,
        docs: &Docs,
        name: &str,
    ) -> Text {
        match &item.kind {
            ItemKind::Variable(variable) => match &variable.ty {
                Some(ty) => self.text(ty, place),
                None => Text::plain(&text::worth(place.module.slice(item.span))),
            },
            ItemKind::Function(function) => {
                self.signed(&function.signature, docs, place, name).signature
            }
            _ => Text::default(),
        }
    }

    /// The other declarations of the same interface.
    fn others(&self, id: Id, name: &str) -> Vec<Id> {
        let is_interface =
            |id: Id| matches!(self.item(id).map(|item| &item.kind), Some(ItemKind::Interface(_)));
        if !is_interface(id) {
            return Vec::new();
        }
        let (mut others, _) = self.types(&self.place(id), &[name]);
        others
            .retain(|&other| other > id && other.decl.file == id.decl.file && is_interface(other));
        others
    }

    /// The comments of several declarations of one type as one.
    fn comment_of_all(&mut self, ids: &[Id], name: &str) -> Option<Comment> {
        let mut comments = Vec::new();
        for &id in ids {
            comments.extend(self.comment_of(id, name));
        }
        let first =
            comments.iter().position(|it| it.docs.text.is_some() || !it.docs.tags.is_empty());
        let mut all = comments.get(first.unwrap_or(0))?.clone();
        for more in comments.drain(..).skip(first.map_or(usize::MAX, |first| first + 1)) {
            let texts: Vec<_> =
                [all.docs.text.take(), more.docs.text].into_iter().flatten().collect();
            all.docs.text = Some(texts.join("\n\n")).filter(|text| !text.is_empty());
            all.docs.tags.extend(more.docs.tags);
        }
        Some(all)
    }

    /// The members that other declarations of the same interface add.
    fn merged(&mut self, id: Id, name: &str) -> Vec<Member> {
        let mut members = Vec::new();
        for other in self.others(id, name) {
            if let Some(ItemKind::Interface(item)) = self.item(other).map(|item| &item.kind) {
                let place = self.place(other).with(&item.type_params);
                members.extend(self.members(&item.members, &place, name));
            }
        }
        members
    }

    /// An alias of an object, or of an intersection with one, is shown like an interface.
    fn alias(&mut self, ty: &'p TypeExpr, place: &Place<'p>, name: &str) -> Body {
        let bare = ty.unparenthesized();
        let parts = match &bare.kind {
            TypeKind::Object(_) => std::slice::from_ref(ty),
            TypeKind::Intersection(parts) => parts.as_slice(),
            _ if self.is_utility(ty, place) => std::slice::from_ref(ty),
            _ => &[],
        };
        let is_object =
            |part: &TypeExpr| matches!(part.unparenthesized().kind, TypeKind::Object(_));
        let is_known = |part: &TypeExpr| is_object(part) || part.reference().is_some();
        let is_shown = |part: &TypeExpr| is_object(part) || self.is_utility(part, place);
        let (mut extends, mut members) = (Vec::new(), Vec::new());
        if parts.iter().any(is_shown) && parts.iter().all(is_known) {
            for part in parts {
                match &part.unparenthesized().kind {
                    TypeKind::Object(own) => members.extend(self.members(own, place, name)),
                    _ => extends.push(self.text(part, place)),
                }
            }
            self.inherit_utilities(parts, place, &mut members);
        }
        if !members.is_empty() || matches!(bare.kind, TypeKind::Object(_)) {
            return Body::Object { extends, members };
        }
        let parts = match &bare.kind {
            TypeKind::Union(parts) => parts.iter().map(|part| self.text(part, place)).collect(),
            _ => vec![self.text(ty, place)],
        };
        let text = self.text(ty, place);
        let mut inner = Vec::new();
        self.inner(ty, place, name, "", &mut inner, 0);
        Body::Alias { ty: text, parts, inner, call: None }
    }

    fn comment_of(&mut self, id: Id, key: &str) -> Option<Comment> {
        let item = self.item(id)?;
        let place = self.place(id);
        Some(self.comment(&item.docs, item.span, &place, key))
    }

    fn comment(&mut self, docs: &Docs, span: SourceSpan, place: &Place<'p>, key: &str) -> Comment {
        let docs = tags::docs(docs, place);
        let DeclId { file, chunk } = place.id.decl;
        let chunk = self.program.source(file).chunk(chunk);
        let at = docs.span.unwrap_or(span);
        let at = SourceSpan::from((chunk.range.start + at.offset(), at.len()));
        let places = self.keys.entry(key.to_owned()).or_default();
        let index = places.iter().position(|place| *place == (file, at.offset()));
        let index = index.unwrap_or_else(|| {
            places.push((file, at.offset()));
            places.len() - 1
        });
        let key = if index == 0 { key.to_owned() } else { format!("{key}#{}", index + 1) };
        Comment { key, docs: docs.into_owned(), file, at }
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
        let (kind, name, comment) = (SectionKind::Config, String::new(), None);
        let (members, groups, foreign) = (Vec::new(), Vec::new(), Vec::new());
        Section { kind, name, comment, members, configs, declarations, groups, foreign }
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
        let place = self.place(id.into());
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
        let name = members::source_name(&property.name, place.module);
        let key = format!("PluginsConfig.{name}");
        let ty = property.ty.as_ref()?.unparenthesized();
        if let TypeKind::Object(members) = &ty.kind {
            let comment = self.comment(&member.docs, member.span, place, &key);
            let members = self.members(members, place, &key);
            return (!members.is_empty()).then_some(Config { name, comment, members });
        }
        let (target, _) = ty.reference()?;
        let (ids, _) = self.types(place, &[target]);
        self.seen.extend(&ids);
        let id = *ids.first()?;
        let members = self.all_members(&ids, target);
        let mut comment = self.comment_of(id, target)?;
        if comment.docs.text.is_none() {
            let tags = std::mem::take(&mut comment.docs.tags);
            comment = self.comment(&member.docs, member.span, place, &key);
            comment.docs.tags.extend(tags);
        }
        (!members.is_empty()).then_some(Config { name, comment, members })
    }
}
