//! The Model in TypeScript's words, laid out as prettier would.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::model::{
    Docs, Event, InlineProperty, Literal, Method, Model, Param, Property, SchemaFile, Type,
    TypeDeclaration, TypeKind,
};

/// The longest line.
const WIDTH: usize = 120;

/// A declaration with its comment.
pub(crate) fn declaration(declaration: &TypeDeclaration) -> String {
    let (docs, name) = (jsdoc(&declaration.docs, ""), &declaration.name);
    match &declaration.kind {
        TypeKind::Object(members) => {
            format!("{docs}export interface {name} {{\n{}}}\n", properties(members))
        }
        TypeKind::Literals(literals) if literals.iter().any(|l| l.name != l.value) => {
            format!("{docs}export enum {name} {{\n{}}}\n", string_members(literals))
        }
        TypeKind::Literals(literals) => {
            let parts: Vec<_> = literals.iter().map(|literal| quoted(&literal.value)).collect();
            format!("{docs}export type {name} ={}", broken_union(&parts, name.len()))
        }
        TypeKind::Integers(members) => {
            format!("{docs}export enum {name} {{\n{}}}\n", integer_members(members))
        }
        TypeKind::Alias(target) => format!("{docs}export type {name} = {};\n", ty(target)),
    }
}

/// A union on one line, or one part a line.
fn broken_union(parts: &[String], name: usize) -> String {
    let line = format!(" {};\n", parts.join(" | "));
    if "export type  =".len() + name + line.trim_end().len() <= WIDTH {
        return line;
    }
    format!("\n  | {};\n", parts.join("\n  | "))
}

fn string_members(literals: &[Literal]) -> String {
    let members = literals.iter().map(|literal| {
        let docs = jsdoc(&literal.docs, "  ");
        format!("{docs}  {} = {},\n", key(&literal.name), quoted(&literal.value))
    });
    members.collect()
}

fn integer_members(members: &[(String, i64, Docs)]) -> String {
    let members = members
        .iter()
        .map(|(name, value, docs)| format!("{}  {} = {value},\n", jsdoc(docs, "  "), key(name)));
    members.collect()
}

/// The members of an interface without methods.
pub(crate) fn properties(properties: &[Property]) -> String {
    let members = properties.iter().map(|property| {
        let docs = jsdoc(&property.docs, "  ");
        let mark = if property.optional { "?" } else { "" };
        format!("{docs}  {}{mark}: {};\n", key(&property.name), ty(&property.ty))
    });
    members.collect()
}

/// A member of an interface that is called, or read.
pub(crate) fn method(method: &Method) -> String {
    let docs = jsdoc(&method.docs, "  ");
    if method.property {
        return format!("{docs}  readonly {}: {};\n", method.name, ty(&method.returns));
    }
    let name = format!("{}{}", method.name, type_params(method));
    let list: Vec<_> = method.params.iter().map(param).collect();
    docs + &call("  ", &name, &list, &result(method))
}

/// An overload of `addListener`.
pub(crate) fn event(event: &Event) -> String {
    let payload = event.payload.as_ref().map(param).unwrap_or_default();
    let list = [
        format!("eventName: {}", quoted(&event.name)),
        format!("listenerFunc: ({payload}) => void"),
    ];
    jsdoc(&event.docs, "  ") + &call("  ", "addListener", &list, "Promise<PluginListenerHandle>")
}

/// A signature on one line, or one parameter a line.
fn call(indent: &str, name: &str, params: &[String], returns: &str) -> String {
    let line = format!("{indent}{name}({}): {returns};", params.join(", "));
    if line.chars().count() <= WIDTH || params.is_empty() {
        return line + "\n";
    }
    let params = params.join(&format!(",\n{indent}  "));
    format!("{indent}{name}(\n{indent}  {params},\n{indent}): {returns};\n")
}

/// `<T = void>`, or nothing.
pub(crate) fn type_params(method: &Method) -> String {
    method.type_params.as_ref().map(|params| format!("<{params}>")).unwrap_or_default()
}

/// `options: Options`.
pub(crate) fn params(method: &Method) -> String {
    method.params.iter().map(param).collect::<Vec<_>>().join(", ")
}

fn param(param: &Param) -> String {
    let mark = if param.optional { "?" } else { "" };
    format!("{}{mark}: {}", param.name, ty(&param.ty))
}

/// What a method returns, with its promise.
pub(crate) fn result(method: &Method) -> String {
    let ty = ty(&method.returns);
    if method.is_async { format!("Promise<{ty}>") } else { ty }
}

/// A type.
pub(crate) fn ty(of: &Type) -> String {
    match of {
        Type::Void => "void".to_owned(),
        Type::String => "string".to_owned(),
        Type::Number | Type::Integer => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Any => "any".to_owned(),
        Type::Date => "Date".to_owned(),
        Type::Literals(texts) => {
            texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" | ")
        }
        Type::Array(item) if is_union(item) => format!("({})[]", ty(item)),
        Type::Array(item) => format!("{}[]", ty(item)),
        Type::Nullable(inner) => format!("{} | null", ty(inner)),
        Type::Record(value) => format!("{{ [key: string]: {} }}", ty(value)),
        Type::Object(properties) => object(properties),
        Type::Union(parts) => parts.iter().map(ty).collect::<Vec<_>>().join(" | "),
        Type::Named(name) | Type::Capacitor(name) => name.clone(),
    }
}

fn is_union(of: &Type) -> bool {
    match of {
        Type::Nullable(_) | Type::Union(_) => true,
        Type::Literals(texts) => texts.len() > 1,
        _ => false,
    }
}

fn object(properties: &[InlineProperty]) -> String {
    let properties = properties.iter().map(|property| {
        let mark = if property.optional { "?" } else { "" };
        format!("{}{mark}: {}", key(&property.name), ty(&property.ty))
    });
    format!("{{ {} }}", properties.collect::<Vec<_>>().join("; "))
}

/// A property's name: in quotes where it is no identifier.
fn key(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let starts = name.starts_with(|first: char| !first.is_ascii_digit());
    if starts && name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

/// A text in quotes: single ones, unless double ones need fewer escapes.
fn quoted(text: &str) -> String {
    let quote = if text.matches('\'').count() > text.matches('"').count() { '"' } else { '\'' };
    let mut literal = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\\' => literal.push_str("\\\\"),
            letter if letter == quote => literal.extend(['\\', letter]),
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => literal.push(letter),
        }
    }
    literal.push(quote);
    literal
}

/// A comment in front of a declaration; nothing when there is nothing to say.
pub(crate) fn jsdoc(docs: &Docs, indent: &str) -> String {
    let mut lines: Vec<String> = docs.text.lines().map(str::to_owned).collect();
    if !lines.is_empty() && !docs.tags.is_empty() {
        lines.push(String::new());
    }
    for tag in &docs.tags {
        let line_of_its_own = tag.text.contains('\n') || tag.name == "example";
        let separator = if line_of_its_own { "\n" } else { " " };
        let text = format!("@{}{separator}{}", tag.name, tag.text);
        lines.extend(text.trim_end().lines().map(str::to_owned));
    }
    if lines.is_empty() {
        return String::new();
    }
    let mut comment = format!("{indent}/**\n");
    for line in lines {
        // A comment that ended here would end the comment around it.
        let line = line.replace("*/", "*\\/");
        comment.push_str(format!("{indent} * {line}").trim_end());
        comment.push('\n');
    }
    comment + indent + " */\n"
}

/// The imports for the types that a text names, besides those that `file` declares itself.
pub(crate) fn imports(model: &Model, file: Option<SchemaFile>, text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: BTreeSet<&str> = lines.flat_map(|line| line.split(|c| !is_part(c))).collect();
    let mut modules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, module, home) in importable(model) {
        if words.contains(name) && home.is_none_or(|home| Some(home) != file) {
            modules.entry(module).or_default().insert(name);
        }
    }
    let line = |(module, names): (&&str, &BTreeSet<&str>)| {
        let names: Vec<_> = names.iter().copied().collect();
        let line = format!("import type {{ {} }} from '{module}';\n", names.join(", "));
        if line.len() <= WIDTH {
            return line;
        }
        format!("import type {{\n  {},\n}} from '{module}';\n", names.join(",\n  "))
    };
    let (core, own): (Vec<_>, Vec<_>) =
        modules.iter().partition(|(module, _)| !module.starts_with('.'));
    let groups = [core, own].map(|group| group.into_iter().map(line).collect::<String>());
    groups.into_iter().filter(|group| !group.is_empty()).map(|group| group + "\n").collect()
}

/// Every name that a file can import, from where, and the file that declares it.
fn importable(model: &Model) -> impl Iterator<Item = (&str, &'static str, Option<SchemaFile>)> {
    let core =
        ["PermissionState", "PluginListenerHandle"].map(|name| (name, "@capacitor/core", None));
    let declared = model.types.iter().chain(&model.config.types);
    let declared = declared.map(|declared| (&*declared.name, declared.file));
    let plugin = (&*model.definitions.name, SchemaFile::Definitions);
    let apis = model.apis.iter().map(|api| (&*api.name, SchemaFile::Apis));
    let own = declared.chain([plugin]).chain(apis).map(|(name, file)| {
        let module = match file {
            SchemaFile::Definitions => "./definitions",
            SchemaFile::Apis => "./apis",
            SchemaFile::Config => "./config",
        };
        (name, module, Some(file))
    });
    core.into_iter().chain(own)
}
