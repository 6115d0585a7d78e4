//! Syntax in, Model out: what a native plugin can have of TypeScript, and complaints about the rest.

mod config;
mod declarations;
mod plugin;
mod types;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use docgen::Locale;
use miette::SourceSpan;
use typescript::{
    nearest, parse_lenient,
    syntax::{self, ItemKind, Member, MemberKind, Module, TypeKind},
};

use crate::{
    error::{Complaint, Complaints},
    model::{Definitions, Docs, Model, SchemaFile, Tag},
    schema::{APIS, CONFIG, DEFINITIONS, FILES, PLUGIN, Schema},
};

/// What `@capacitor/core` declares and the native side knows.
const CAPACITOR_TYPES: [&str; 2] = ["PermissionState", "PluginListenerHandle"];

/// The Model of a schema, as far as it could be understood: to be used only if nothing was
/// complained about.
pub(crate) fn lower(schema: &Schema, complaints: &mut Complaints) -> Option<Model> {
    for name in FILES.iter().filter(|name| schema.get(name).is_none()) {
        complaints.add(name, Complaint::MissingFile { name: (*name).to_owned() });
    }
    let plugin = plugin::lower(schema.text(PLUGIN), complaints);
    let sources = [
        Source::new(SchemaFile::Definitions, schema, complaints),
        Source::new(SchemaFile::Apis, schema, complaints),
    ];
    let config_json = config::parse(schema.text(CONFIG), complaints);
    let names = Names::new(&sources, config_json.as_ref());
    let mut types = Vec::new();
    let mut found = declarations::Found::default();
    for source in &sources {
        let class = plugin.as_ref().map(|plugin| plugin.class_name.as_str());
        let mut lowering = Lowering::new(source, &names, complaints);
        declarations::lower(&mut lowering, class, &mut types, &mut found);
    }
    let config = config::lower(schema.text(CONFIG), config_json.as_ref(), &names, complaints);
    let locales = locales(schema, complaints);
    let plugin = plugin?;
    let definitions = found.definitions.unwrap_or_else(|| {
        let name = format!("{}Plugin", plugin.class_name);
        complaints.add(DEFINITIONS, Complaint::MissingPlugin { file: DEFINITIONS, name });
        Definitions::default()
    });
    let apis = found.apis;
    Some(Model { plugin, definitions, apis, types, config, locales, prose: prose(schema) })
}

/// A comment in the Model's words: plain strings, trimmed, Unix line ends, `@param` without its
/// dash.
fn written(docs: &syntax::Docs) -> Docs {
    let clean = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let tag = |tag: &syntax::Tag| Tag {
        name: tag.name.clone(),
        text: tag.text.as_deref().map(clean).unwrap_or_default(),
    };
    Docs {
        text: docs.text.as_deref().map(clean).unwrap_or_default(),
        tags: docs.tags.iter().map(tag).collect(),
    }
}

fn prose(schema: &Schema) -> BTreeMap<String, String> {
    let is_prose = |name: &str| Path::new(name).extension().is_some_and(|end| end == "md");
    let files = schema.iter().filter(|(name, _)| is_prose(name));
    files.map(|(name, text)| (name.to_owned(), text.replace("\r\n", "\n"))).collect()
}

/// The Model of the functions that an app adds, which stand in the file `apis.ts` of `schema`: APIs
/// and types, and nothing else.
pub(crate) fn host(schema: &Schema, complaints: &mut Complaints) -> Model {
    let source = Source::new(SchemaFile::Apis, schema, complaints);
    let mut names = Names::new(std::slice::from_ref(&source), None);
    names.complete = source.complete;
    let mut types = Vec::new();
    let mut found = declarations::Found::default();
    let mut lowering = Lowering::new(&source, &names, complaints);
    declarations::lower(&mut lowering, None, &mut types, &mut found);
    Model { apis: found.apis, types, ..Model::default() }
}

fn locales(schema: &Schema, complaints: &mut Complaints) -> BTreeMap<String, Locale> {
    let mut locales = BTreeMap::new();
    for (name, text) in schema.iter() {
        let tag = name.strip_prefix("locales/").and_then(|name| name.strip_suffix(".json"));
        let Some(tag) = tag else { continue };
        if let Some(locale) = plugin::parse::<Locale>(name, text, complaints) {
            locales.insert(tag.to_owned(), locale);
        }
    }
    locales
}

/// A file of TypeScript.
struct Source {
    file: SchemaFile,
    module: Module,
    /// Whether all of it was understood: if not, a name may be missing for that reason only.
    complete: bool,
}

impl Source {
    fn new(file: SchemaFile, schema: &Schema, complaints: &mut Complaints) -> Self {
        let name = file.name();
        let (module, errors) = parse_lenient(name, schema.text(name));
        let complete = errors.is_empty();
        for error in errors {
            complaints.add(name, Complaint::Syntax { message: error.message, at: error.span });
        }
        Self { file, module, complete }
    }
}

/// Every name that a type can refer to.
struct Names {
    types: BTreeSet<String>,
    apis: BTreeSet<String>,
    /// Whether all files were understood.
    complete: bool,
}

impl Names {
    fn new(sources: &[Source], config: Option<&config::Json<'_>>) -> Self {
        let mut names = Self {
            types: config.map(config::names).unwrap_or_default(),
            apis: BTreeSet::new(),
            complete: config.is_some() && sources.iter().all(|source| source.complete),
        };
        for source in sources {
            for item in &source.module.items {
                let Some(name) = item.name() else { continue };
                let api = source.file == SchemaFile::Apis && is_api(&item.kind);
                let set = if api { &mut names.apis } else { &mut names.types };
                set.insert(name.text.clone());
            }
        }
        names
    }

    fn nearest(&self, name: &str) -> Option<String> {
        const PRIMITIVES: [&str; 5] = ["string", "number", "boolean", "any", "Date"];
        let known = self.types.iter().map(String::as_str);
        nearest(name, known.chain(PRIMITIVES).chain(CAPACITOR_TYPES))
    }
}

/// Whether a declaration of `apis.ts` is a global of the runner: an interface with a method.
fn is_api(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Interface(interface) if interface.members.iter().any(is_callable))
}

/// Whether a member is a method, in either way of writing one.
fn is_callable(member: &Member) -> bool {
    match &member.kind {
        MemberKind::Method(_) => true,
        MemberKind::Property(property) => property
            .ty
            .as_ref()
            .is_some_and(|ty| matches!(ty.unparenthesized().kind, TypeKind::Function(_))),
        _ => false,
    }
}

/// What is needed to understand the declarations of one file.
struct Lowering<'a> {
    source: &'a Source,
    names: &'a Names,
    /// The types of `@capacitor/core` by the name they have in this file.
    capacitor: BTreeMap<&'a str, &'a str>,
    /// The type parameters of the method in question.
    type_params: Vec<String>,
    complaints: &'a mut Complaints,
}

impl<'a> Lowering<'a> {
    fn new(source: &'a Source, names: &'a Names, complaints: &'a mut Complaints) -> Self {
        let capacitor = capacitor_names(&source.module);
        Self { source, names, capacitor, type_params: Vec::new(), complaints }
    }

    fn complain(&mut self, complaint: Complaint) {
        self.complaints.add(self.source.file.name(), complaint);
    }

    fn unsupported(&mut self, what: impl Into<String>, instead: &'static str, at: SourceSpan) {
        self.complain(Complaint::Unsupported { what: what.into(), instead, at });
    }
}

fn capacitor_names(module: &Module) -> BTreeMap<&str, &str> {
    use typescript::syntax::Imported;
    let imports = module.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Import(import) if import.from.text == "@capacitor/core" => Some(import),
        _ => None,
    });
    let names = imports.flat_map(|import| &import.names).filter_map(|name| match &name.imported {
        Imported::Named(imported) => Some((name.local.text.as_str(), imported.as_str())),
        _ => None,
    });
    names.filter(|(_, imported)| CAPACITOR_TYPES.contains(imported)).collect()
}

impl SchemaFile {
    /// Its name in the schema's folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Definitions => DEFINITIONS,
            Self::Apis => APIS,
            Self::Config => CONFIG,
        }
    }
}

/// The platforms that a `@platform` tag lists: `ios`, or `ios, android`.
fn platforms(docs: &Docs) -> Vec<String> {
    let tags = docs.tags.iter().filter(|tag| tag.name == "platform");
    let names = tags.flat_map(|tag| tag.text.split(|c: char| c == ',' || c.is_whitespace()));
    names.filter(|name| !name.is_empty()).map(str::to_lowercase).collect()
}
