//! The package's README: prose from the template, the reference from the schema.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::Value;

use super::{
    Files,
    ts::types::{self, ty},
};
use crate::model::{
    Api, Docs, Event, Literal, Method, Model, Plugin, Property, Type, TypeDeclaration, TypeKind,
};

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let readme = Readme {
        plugin: &model.plugin,
        index: index(model),
        config: config(model),
        api: api(model),
        device: device(model),
    };
    files.add("README.md", &readme);
}

#[derive(Template)]
#[template(path = "docs/README.md.jinja")]
struct Readme<'a> {
    plugin: &'a Plugin,
    index: String,
    config: String,
    api: String,
    device: String,
}

/// The heading of a method: `name()`, or `name(...)` where it takes something.
fn title(name: &str, takes: bool) -> String {
    if takes { format!("{name}(...)") } else { format!("{name}()") }
}

fn method_title(method: &Method) -> String {
    title(&method.name, !method.params.is_empty())
}

fn event_title(event: &Event) -> String {
    format!("addListener('{}', ...)", event.name)
}

/// What GitHub makes of a heading.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().replace(' ', "-")
}

/// Methods and events in the order of the schema, each with its heading.
fn members(model: &Model) -> Vec<(usize, String, String)> {
    let definitions = &model.definitions;
    let methods = definitions
        .methods
        .iter()
        .map(|method| (method.span.offset(), method_title(method), method_section(model, method)));
    let events = definitions
        .events
        .iter()
        .map(|event| (event.span.offset(), event_title(event), event_section(model, event)));
    let mut members: Vec<_> = methods.chain(events).collect();
    members.sort_by_key(|(offset, ..)| *offset);
    members
}

fn index(model: &Model) -> String {
    let link =
        |(_, heading, _): (usize, String, String)| format!("* [`{heading}`](#{})", slug(&heading));
    let mut lines: Vec<_> = members(model).into_iter().map(link).collect();
    let (objects, aliases) = named(model, &plugin_types(model));
    for (heading, present) in
        [("Interfaces", !objects.is_empty()), ("Type Aliases", !aliases.is_empty())]
    {
        if present {
            lines.push(format!("* [{heading}](#{})", slug(heading)));
        }
    }
    lines.join("\n")
}

fn api(model: &Model) -> String {
    let sections =
        members(model).into_iter().map(|(_, heading, text)| format!("### {heading}\n\n{text}"));
    let rule = format!("\n\n{}\n\n\n", "-".repeat(20));
    let mut text: String = sections.map(|section| section + &rule).collect();
    let (objects, aliases) = named(model, &plugin_types(model));
    text.push_str(&types_section(model, &objects, &aliases));
    text.trim_end().to_owned()
}

/// The device APIs: one table each, and the types that they carry.
fn device(model: &Model) -> String {
    let mut text = String::from("### Interfaces\n\n");
    for api in &model.apis {
        append!(text, "\n#### {}\n\n{}", api.name, api_section(model, api));
    }
    let mut reached = BTreeSet::new();
    for method in model.apis.iter().flat_map(|api| &api.methods) {
        reach_method(model, method, &mut reached);
    }
    for name in plugin_types(model) {
        reached.remove(name);
    }
    let (objects, aliases) = named(model, &reached);
    text.push_str(types_section(model, &objects, &aliases).trim_start_matches("### Interfaces\n"));
    text.trim_end().to_owned()
}

fn api_section(model: &Model, api: &Api) -> String {
    let mut text = format!("{}\n\n", paragraphs(&api.docs));
    if !api.platforms.is_empty() {
        append!(text, "**Platforms:** {}\n\n", api.platforms.join(", "));
    }
    let rows = api.methods.iter().map(|method| {
        let arrow = if method.property {
            ty(&method.returns)
        } else {
            format!("({}) => {}", types::params(method), types::result(method))
        };
        let reached = method_types(model, method);
        vec![
            format!("**`{}`**", method.name),
            code(&arrow, &reached),
            cell(&method.docs.text),
            method.docs.tag("since").unwrap_or_default().to_owned(),
        ]
    });
    text + &table(&["Prop", "Type", "Description", "Since"], rows.collect())
}

fn method_section(model: &Model, method: &Method) -> String {
    let signature = format!("{}({})", types::type_params(method), types::params(method));
    let reached = method_types(model, method);
    let params =
        method.params.iter().map(|param| (param.name.clone(), ty(&param.ty), param.docs.clone()));
    let returns = types::result(method);
    section(&method.docs, &method.name, &signature, params.collect(), &returns, &reached)
}

fn event_section(model: &Model, event: &Event) -> String {
    let payload = event.payload.as_ref();
    let argument = payload.map(|p| format!("{}: {}", p.name, ty(&p.ty))).unwrap_or_default();
    let listener = format!("({argument}) => void");
    let signature = format!("(eventName: '{}', listenerFunc: {listener})", event.name);
    let mut reached = BTreeSet::new();
    if let Some(payload) = payload {
        reach(model, &payload.ty, &mut reached);
    }
    let params = vec![
        ("eventName".to_owned(), format!("'{}'", event.name), param_docs(&event.docs, "eventName")),
        ("listenerFunc".to_owned(), listener, param_docs(&event.docs, "listenerFunc")),
    ];
    let returns = "Promise<PluginListenerHandle>";
    section(&event.docs, "addListener", &signature, params, returns, &reached)
}

/// The text of a `@param` tag.
fn param_docs(docs: &Docs, name: &str) -> String {
    let tags = docs.tags.iter().filter(|tag| tag.name == "param");
    let mut texts = tags.filter_map(|tag| tag.text.strip_prefix(name));
    texts.next().unwrap_or_default().trim().to_owned()
}

/// Signature, description, parameters, result and version of a method.
fn section(
    docs: &Docs,
    name: &str,
    signature: &str,
    params: Vec<(String, String, String)>,
    returns: &str,
    reached: &BTreeSet<&str>,
) -> String {
    let mut parts = vec![format!("```typescript\n{name}{signature} => {returns}\n```")];
    if !docs.text.is_empty() {
        parts.push(paragraphs(docs));
    }
    if !params.is_empty() {
        let rows = params
            .into_iter()
            .map(|(name, ty, docs)| vec![format!("**`{name}`**"), code(&ty, reached), cell(&docs)]);
        parts.push(table(&["Param", "Type", "Description"], rows.collect()).trim_end().to_owned());
    }
    if returns != "void" && returns != "Promise<void>" {
        parts.push(format!("**Returns:** {}", code(returns, reached)));
    }
    if let Some(since) = docs.tag("since") {
        parts.push(format!("**Since:** {since}"));
    }
    parts.extend(docs.tag("example").map(|example| format!("```typescript\n{example}\n```")));
    parts.join("\n\n")
}

/// The types that the plugin's interface carries.
fn plugin_types(model: &Model) -> BTreeSet<&str> {
    let mut reached = BTreeSet::new();
    for method in &model.definitions.methods {
        reach_method(model, method, &mut reached);
    }
    for payload in model.definitions.events.iter().filter_map(|event| event.payload.as_ref()) {
        reach(model, &payload.ty, &mut reached);
    }
    reached
}

fn method_types<'a>(model: &'a Model, method: &'a Method) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    reach_method(model, method, &mut reached);
    reached
}

fn reach_method<'a>(model: &'a Model, method: &'a Method, reached: &mut BTreeSet<&'a str>) {
    for param in &method.params {
        reach(model, &param.ty, reached);
    }
    reach(model, &method.returns, reached);
}

/// Adds the names of the declared types that a type names, and those that they name.
fn reach<'a>(model: &'a Model, of: &'a Type, reached: &mut BTreeSet<&'a str>) {
    match of {
        Type::Array(inner) | Type::Nullable(inner) | Type::Record(inner) => {
            reach(model, inner, reached);
        }
        Type::Union(parts) => {
            for part in parts {
                reach(model, part, reached);
            }
        }
        Type::Object(properties) => {
            for property in properties {
                reach(model, &property.ty, reached);
            }
        }
        Type::Named(name) => {
            let Some(declaration) = model.declaration(name) else { return };
            if !reached.insert(&declaration.name) {
                return;
            }
            match &declaration.kind {
                TypeKind::Object(properties) => {
                    for property in properties {
                        reach(model, &property.ty, reached);
                    }
                }
                TypeKind::Alias(target) => reach(model, target, reached),
                TypeKind::Literals(_) | TypeKind::Integers(_) => {}
            }
        }
        _ => {}
    }
}

/// The declarations with these names: objects, and the rest.
fn named<'a>(
    model: &'a Model,
    names: &BTreeSet<&str>,
) -> (Vec<&'a TypeDeclaration>, Vec<&'a TypeDeclaration>) {
    let declared = model.types.iter().chain(&model.config.types);
    let declared = declared.filter(|declaration| names.contains(declaration.name.as_str()));
    declared.partition(|declaration| matches!(declaration.kind, TypeKind::Object(_)))
}

fn types_section(
    model: &Model,
    objects: &[&TypeDeclaration],
    aliases: &[&TypeDeclaration],
) -> String {
    let all: BTreeSet<&str> =
        model.types.iter().chain(&model.config.types).map(|declared| &*declared.name).collect();
    let mut text = String::new();
    if !objects.is_empty() {
        text.push_str("### Interfaces\n\n");
    }
    for declaration in objects {
        append!(text, "\n#### {}\n\n{}", declaration.name, opening(declaration));
        if let TypeKind::Object(properties) = &declaration.kind {
            text.push_str(&property_table(properties, &all));
            text.push('\n');
        }
    }
    if !aliases.is_empty() {
        text.push_str("\n### Type Aliases\n\n");
    }
    for declaration in aliases {
        append!(text, "\n#### {}\n\n{}", declaration.name, opening(declaration));
        append!(text, "{}\n\n", code(&alias(&declaration.kind), &all));
    }
    text
}

fn opening(declaration: &TypeDeclaration) -> String {
    let docs = paragraphs(&declaration.docs);
    if docs.is_empty() { String::new() } else { docs + "\n\n" }
}

fn alias(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Alias(target) => ty(target),
        TypeKind::Literals(literals) => {
            let values = literals.iter().map(|Literal { value, .. }| value.clone());
            ty(&Type::Literals(values.collect()))
        }
        TypeKind::Integers(members) => {
            let values: Vec<_> =
                members.iter().map(|(name, value, _)| format!("{name} = {value}")).collect();
            values.join(" | ")
        }
        TypeKind::Object(_) => String::new(),
    }
}

fn property_table(properties: &[Property], linked: &BTreeSet<&str>) -> String {
    let rows = properties.iter().map(|property| {
        let default = property.docs.tag("default").map(|text| code(text, &BTreeSet::new()));
        vec![
            format!("**`{}`**", property.name),
            code(&ty(&property.ty), linked),
            cell(&property.docs.text),
            default.unwrap_or_default(),
            property.docs.tag("since").unwrap_or_default().to_owned(),
        ]
    });
    table(&["Prop", "Type", "Description", "Default", "Since"], rows.collect())
}

/// The options of the configuration, those of its parts, and examples in both languages.
fn config(model: &Model) -> String {
    let config = &model.config;
    let all: BTreeSet<&str> = config.types.iter().map(|declared| &*declared.name).collect();
    let mut text =
        format!("{}\n\n{}", paragraphs(&config.docs), property_table(&config.options, &all));
    for declaration in &config.types {
        append!(text, "\n#### {}\n\n{}", declaration.name, opening(declaration));
        if let TypeKind::Object(properties) = &declaration.kind {
            text.push_str(&property_table(properties, &all));
        }
    }
    text.push_str("\n### Examples\n");
    for example in &config.examples {
        let Ok(value) = serde_json::from_str::<Value>(example) else { continue };
        text.push_str(&example_section(&model.plugin, value));
    }
    text.trim_end().to_owned()
}

fn example_section(plugin: &Plugin, value: Value) -> String {
    let object = serde_json::json!({ "plugins": { &plugin.config_key: value } });
    let json = serde_json::to_string_pretty(&object).unwrap_or_default();
    let plugins = literal(&object["plugins"], 1);
    let npm_name = &plugin.npm_name;
    format!(
        "\nIn `capacitor.config.json`:\n\n```json\n{json}\n```\n\nIn `capacitor.config.ts`:\n\n```ts\n/// \
         <reference types=\"{npm_name}\" />\n\nimport {{ CapacitorConfig }} from '@capacitor/cli';\n\nconst \
         config: CapacitorConfig = {{\n  plugins: {plugins},\n}};\n\nexport default config;\n```\n"
    )
}

/// A JSON value as a literal of TypeScript, below `depth` levels.
fn literal(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let closing = "  ".repeat(depth);
    match value {
        Value::Object(members) if !members.is_empty() => {
            let lines = members
                .iter()
                .map(|(name, value)| format!("{indent}{name}: {},\n", literal(value, depth + 1)));
            format!("{{\n{}{closing}}}", lines.collect::<String>())
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let lines = items.iter().map(|item| format!("{indent}{},\n", literal(item, depth + 1)));
            format!("[\n{}{closing}]", lines.collect::<String>())
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| literal(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => ty(&Type::Literals(vec![text.clone()])),
        other => other.to_string(),
    }
}

fn paragraphs(docs: &Docs) -> String {
    docs.text.trim().to_owned()
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// A type in a cell or a line, with links to what is documented.
fn code(text: &str, linked: &BTreeSet<&str>) -> String {
    let mut html = String::from("<code>");
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = if end == 0 {
            rest.split_at(rest.chars().next().map_or(0, char::len_utf8))
        } else {
            rest.split_at(end)
        };
        if linked.contains(word) {
            append!(html, "<a href=\"#{}\">{word}</a>", slug(word));
        } else {
            html.push_str(&word.replace('<', "&lt;").replace('>', "&gt;").replace('|', "\\|"));
        }
        rest = after;
    }
    html + "</code>"
}

/// A table without the columns that are empty, padded to the same width.
fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let used = |column: usize| rows.iter().any(|row| !row[column].is_empty());
    let columns: Vec<usize> = (0..headings.len()).filter(|column| used(*column)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = columns.iter().map(|column| width(*column)).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = line(columns.iter().map(|column| headings[*column]).collect());
    text.push_str(&line(rules.iter().map(String::as_str).collect()));
    for row in &rows {
        text.push_str(&line(columns.iter().map(|column| row[*column].as_str()).collect()));
    }
    text
}
