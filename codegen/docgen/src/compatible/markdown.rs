//! README sections as the original tool writes them, byte for byte.

use typescript::Cut as _;

use super::data::{
    Data, Enum, Interface, Method, Parameter, PluginConfig, Property, PropertyTag, Tag, TypeAlias,
};
use crate::page::{UPDATE, anchors::slug, table::Table};

/// The README with its three sections filled in.
pub(super) fn readme(text: &str, data: &Data, package: Option<&str>) -> String {
    let text = replace(text, "docgen-index", &format!("\n\n{}\n\n", index(data)));
    let config = format!("\n{UPDATE}\n\n{}\n\n", configs(data, package));
    let text = replace(&text, "docgen-config", &config);
    replace(&text, "docgen-api", &format!("\n{UPDATE}\n\n{}\n\n", api(data)))
}

/// Puts `inner` between `<marker ...>` and `</marker>`, the first of each.
pub(super) fn replace(text: &str, marker: &str, inner: &str) -> String {
    let open = format!("<{marker}");
    let (Some(start), Some(end)) = (text.find(&open), text.find(&format!("</{marker}>"))) else {
        return text.to_owned();
    };
    let after = start + open.len();
    let start = after + text.cut(after..).find('>').map_or(0, |close| close + 1);
    format!("{}{inner}{}", text.cut(..start), text.cut(end..))
}

fn index(data: &Data) -> String {
    let mut lines: Vec<String> = Vec::new();
    for method in data.api.iter().flat_map(|api| &api.methods) {
        lines.push(format!("* [`{}`](#{})", method_heading(method), method.slug));
    }
    let sections = [
        ("Interfaces", data.interfaces.is_empty()),
        ("Type Aliases", data.type_aliases.is_empty()),
        ("Enums", data.enums.is_empty()),
    ];
    for (section, _) in sections.into_iter().filter(|(_, empty)| !empty) {
        lines.push(format!("* [{section}](#{})", slug(section)));
    }
    trim(&lines.join("\n")).to_owned()
}

/// What JavaScript's `trim` leaves.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() && c != '\u{85}' || c == '\u{feff}')
}

/// `name(...)`, with the event's name for listeners.
pub(super) fn method_heading(method: &Method) -> String {
    match method.parameters.first() {
        Some(event) if method.name == "addListener" => {
            format!("addListener({}, ...)", event.ty.replace('"', "'"))
        }
        Some(_) => format!("{}(...)", method.name),
        None => format!("{}()", method.name),
    }
}

fn api(data: &Data) -> String {
    let mut lines: Vec<String> = Vec::new();
    let Some(api) = &data.api else { return String::new() };
    if !api.docs.is_empty() {
        lines.push(api.docs.clone());
        lines.push(String::new());
    }
    lines.extend(api.methods.iter().map(|found| method(data, found)));
    let mut section = |title: &str, parts: Vec<String>| {
        if !parts.is_empty() {
            lines.push(format!("### {title}"));
            lines.push(String::new());
            lines.extend(parts);
            lines.push(String::new());
        }
    };
    section("Interfaces", data.interfaces.iter().map(|found| interface(data, found)).collect());
    section(
        "Type Aliases",
        data.type_aliases.iter().map(|found| type_alias(data, found)).collect(),
    );
    section("Enums", data.enums.iter().map(|found| enumeration(data, found)).collect());
    trim(&lines.join("\n")).to_owned()
}

fn method(data: &Data, method: &Method) -> String {
    let mut lines = vec![
        format!("### {}", method_heading(method)),
        String::new(),
        "```typescript".to_owned(),
        format!("{}{}", method.name, method.signature),
        "```".to_owned(),
        String::new(),
    ];
    if !method.docs.is_empty() {
        lines.push(linked(data, &method.docs));
        lines.push(String::new());
    }
    if !method.parameters.is_empty() {
        lines.extend(parameters(data, &method.parameters));
        lines.push(String::new());
    }
    let (returns, formatted) = type_cell(data, &method.returns);
    if returns != "void" && returns != "Promise<void>" {
        lines.push(format!("**Returns:** {formatted}"));
        lines.push(String::new());
    }
    if let Some(since) = tag(method.tags.iter().map(|Tag { name, text }| (name, text)), "since") {
        lines.push(format!("**Since:** {since}"));
        lines.push(String::new());
    }
    lines.extend(["--------------------".to_owned(), String::new(), String::new()]);
    lines.join("\n")
}

/// The text of the first such tag that has one, if it is not empty.
fn tag<'a>(
    mut tags: impl Iterator<Item = (&'a String, &'a Option<String>)>,
    wanted: &str,
) -> Option<&'a str> {
    tags.find(|(name, text)| *name == wanted && text.is_some())
        .and_then(|(_, text)| text.as_deref())
        .filter(|text| !text.is_empty())
}

fn property_tag<'a>(tags: &'a [PropertyTag], wanted: &str) -> Option<&'a str> {
    tag(tags.iter().map(|tag| (&tag.name, &tag.text)), wanted)
}

fn parameters(data: &Data, parameters: &[Parameter]) -> Vec<String> {
    let mut table = Table::new(&["Param", "Type", "Description"]);
    for parameter in parameters {
        table.row(vec![
            format!("**`{}`**", parameter.name),
            type_cell(data, &parameter.ty).1,
            linked(data, &parameter.docs),
        ]);
    }
    table.lines()
}

fn interface(data: &Data, interface: &Interface) -> String {
    let mut lines = heading(&interface.name);
    if !interface.docs.is_empty() {
        lines.push(linked(data, &interface.docs));
        lines.push(String::new());
    }
    lines.extend(properties(data, &interface.properties));
    if !interface.methods.is_empty() {
        let mut table = Table::new(&["Method", "Signature", "Description"]);
        for method in &interface.methods {
            table.row(vec![
                format!("**{}**", method.name),
                linked(data, &method.signature),
                linked(data, &method.docs),
            ]);
        }
        lines.extend(table.lines());
        lines.push(String::new());
    }
    lines.join("\n")
}

fn properties(data: &Data, properties: &[Property]) -> Vec<String> {
    if properties.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(&["Prop", "Type", "Description", "Default", "Since"]);
    for property in properties {
        let default =
            property_tag(&property.tags, "default").map(|text| format!("<code>{text}</code>"));
        table.row(vec![
            format!("**`{}`**", property.name),
            type_cell(data, &property.ty).1,
            linked(data, &property.docs),
            default.unwrap_or_default(),
            property_tag(&property.tags, "since").unwrap_or_default().to_owned(),
        ]);
    }
    let mut lines = table.lines();
    lines.push(String::new());
    lines
}

fn heading(name: &str) -> Vec<String> {
    vec![String::new(), format!("#### {name}"), String::new()]
}

fn type_alias(data: &Data, alias: &TypeAlias) -> String {
    let mut lines = heading(&alias.name);
    if !alias.docs.is_empty() {
        lines.push(linked(data, &alias.docs));
        lines.push(String::new());
    }
    let types: Vec<String> = alias.types.iter().map(|ty| type_cell(data, &ty.text).1).collect();
    lines.push(types.join(" | ").replace("</code> | <code>", " | "));
    lines.push(String::new());
    lines.join("\n")
}

fn enumeration(data: &Data, enumeration: &Enum) -> String {
    let mut lines = heading(&enumeration.name);
    if !enumeration.members.is_empty() {
        let mut table = Table::new(&["Members", "Value", "Description", "Since"]);
        for member in &enumeration.members {
            table.row(vec![
                format!("**`{}`**", member.name),
                type_cell(data, member.value.as_deref().unwrap_or("undefined")).1,
                linked(data, &member.docs),
                property_tag(&member.tags, "since").unwrap_or_default().to_owned(),
            ]);
        }
        lines.extend(table.lines());
        lines.push(String::new());
    }
    lines.join("\n")
}

fn configs(data: &Data, package: Option<&str>) -> String {
    let parts = data
        .plugin_configs
        .iter()
        .flat_map(|config| [config_table(data, config), examples(config, package)]);
    parts.collect::<Vec<_>>().join("\n")
}

fn config_table(data: &Data, config: &PluginConfig) -> String {
    let mut lines = Vec::new();
    if !config.docs.is_empty() {
        lines.push(linked(data, &config.docs));
        lines.push(String::new());
    }
    lines.extend(properties(data, &config.properties));
    lines.join("\n")
}

/// Both example files; an option without `@example` reads `undefined`, as does an unknown package.
fn examples(config: &PluginConfig, package: Option<&str>) -> String {
    let example = |property: &Property| {
        let tag = property.tags.iter().find(|tag| tag.name == "example");
        tag.and_then(|tag| tag.text.clone()).unwrap_or_else(|| "undefined".to_owned())
    };
    let name = &config.name;
    let last = config.properties.len().saturating_sub(1);
    let json = config.properties.iter().enumerate().map(|(index, property)| {
        let comma = if index == last { "" } else { "," };
        format!("      \"{}\": {}{comma}\n", property.name, example(property))
    });
    let ts = config
        .properties
        .iter()
        .map(|property| format!("      {}: {},\n", property.name, example(property)));
    format!(
        "### Examples\n\nIn `capacitor.config.json`:\n\n```json\n{{\n  \"plugins\": {{\n    \"{name}\": {{\n{}    }}\n  }}\n}}\n```\n\nIn `capacitor.config.ts`:\n\n```ts\n/// <reference types=\"{}\" />\n\nimport {{ CapacitorConfig }} from '@capacitor/cli';\n\nconst config: CapacitorConfig = {{\n  plugins: {{\n    {name}: {{\n{}    }},\n  }},\n}};\n\nexport default config;\n```",
        json.collect::<String>(),
        package.unwrap_or("undefined"),
        ts.collect::<String>(),
    )
}

/// A type for a table: `undefined` left out, and the text in `<code>` with links.
pub(super) fn type_cell(data: &Data, ty: &str) -> (String, String) {
    let text = one_line(ty);
    let mut tokens = tokens(&text);
    if tokens.first() == Some(&"undefined") {
        tokens.remove(0);
    } else {
        without_undefined(&mut tokens);
    }
    let formatted = link_tokens(data, &tokens);
    let cell = if formatted.is_empty() { formatted } else { format!("<code>{formatted}</code>") };
    (tokens.concat(), cell)
}

/// Takes out every ` | undefined`, from the end.
fn without_undefined(tokens: &mut Vec<&str>) {
    let mut index = tokens.len();
    while index > 3 {
        index -= 1;
        if tokens.get(index - 3..=index) == Some(&[" ", "|", " ", "undefined"]) {
            tokens.drain(index - 3..=index);
            // The original steps over one token more than it took out.
            index = index.saturating_sub(4);
        }
    }
}

/// Line feeds as spaces, trimmed, runs of spaces as one.
fn one_line(text: &str) -> String {
    let mut line = trim(&text.replace('\n', " ")).to_owned();
    while line.contains("  ") {
        line = line.replace("  ", " ");
    }
    line
}

fn linked(data: &Data, text: &str) -> String {
    link_tokens(data, &tokens(text))
}

/// The text cut at punctuation, which is kept.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    const BREAKS: &str = " .,|<>:;?&!*()=@\"'-{}";
    let mut tokens = Vec::new();
    let mut start = 0;
    for (at, found) in text.match_indices(|c: char| BREAKS.contains(c)) {
        if start < at {
            tokens.push(text.cut(start..at));
        }
        tokens.push(found);
        start = at + found.len();
    }
    if start < text.len() {
        tokens.push(text.cut(start..));
    }
    tokens
}

fn link_tokens(data: &Data, tokens: &[&str]) -> String {
    let mut text = String::new();
    let mut index = 0;
    while let Some(&token) = tokens.get(index) {
        index += 1;
        match token {
            "<" => text += "&lt;",
            ">" => text += "&gt;",
            _ => {
                if tokens.get(index) == Some(&".") {
                    let whole = format!(
                        "{token}.{}",
                        tokens.get(index + 1).copied().unwrap_or("undefined")
                    );
                    if let Some(link) = link(data, &whole) {
                        text += &link;
                        index += 2;
                        continue;
                    }
                }
                match link(data, token) {
                    Some(link) => text += &link,
                    None => text += token,
                }
            }
        }
    }
    text
}

fn link(data: &Data, token: &str) -> Option<String> {
    let name = token.replace('`', "");
    let slug = data.anchor(&name)?;
    Some(format!("<a href=\"#{slug}\">{token}</a>"))
}
