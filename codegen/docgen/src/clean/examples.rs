//! Example configurations, in JSON and in TypeScript.

use serde_json::{Map, Value};
use typescript::syntax::{self, Item, ItemKind};

/// One configuration out of the examples of its options; `None` when no option has one.
pub(super) fn composed(options: &[(&str, &str)]) -> Option<String> {
    if options.is_empty() {
        return None;
    }
    let lines = options.iter().map(|(name, text)| {
        format!("{}: {}", Value::from(name.trim_matches(['\'', '"'])), json_text(text))
    });
    Some(format!("{{\n  {}\n}}", lines.collect::<Vec<_>>().join(",\n  ")))
}

/// A literal of JavaScript as JSON; as it is where it is none.
fn json_text(text: &str) -> String {
    let text = text.trim();
    value(text).map_or_else(|| text.to_owned(), |value| value.to_string())
}

/// What a literal of JavaScript is worth.
fn value(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let module = typescript::parse("example.ts", &format!("const x = ({text});")).ok()?;
    let [Item { kind: ItemKind::Variable(variable), .. }] = module.items.as_slice() else {
        return None;
    };
    literal_value(variable.initializer.as_ref()?)
}

fn literal_value(value: &syntax::Value) -> Option<Value> {
    match value {
        syntax::Value::String(text) => Some(Value::from(text.as_str())),
        syntax::Value::Number(number) => serde_json::from_str(number).ok(),
        syntax::Value::Boolean(value) => Some(Value::from(*value)),
        syntax::Value::Array(items) => {
            items.iter().map(literal_value).collect::<Option<Vec<_>>>().map(Value::from)
        }
        syntax::Value::Object(members) => {
            let members = members.iter().map(|part| match part {
                syntax::ValuePart::Property(name, value) => {
                    Some((name.text.clone(), literal_value(value)?))
                }
                _ => None,
            });
            members.collect::<Option<Map<_, _>>>().map(Value::from)
        }
        syntax::Value::Const(value) => literal_value(value),
        syntax::Value::Null => Some(Value::Null),
        _ => None,
    }
}

/// `capacitor.config.json` with a configuration, in a block of code.
pub(super) fn json(plugin: &str, config: &str) -> String {
    let text = match value(config) {
        Some(value) => {
            let inner = Map::from_iter([(plugin.to_owned(), value)]);
            let whole = Value::from(Map::from_iter([("plugins".to_owned(), inner.into())]));
            written(&whole, 0, &JSON)
        }
        None => {
            format!("{{\n  \"plugins\": {{\n    \"{plugin}\": {}\n  }}\n}}", indented(config, 4))
        }
    };
    format!("```json\n{text}\n```")
}

/// `capacitor.config.ts` with a configuration, in a block of code.
pub(super) fn typescript(plugin: &str, config: &str, package: Option<&str>) -> String {
    let text = match value(config) {
        Some(value) => written(&value, 2, &TYPESCRIPT),
        None => indented(config, 4),
    };
    let reference =
        package.map(|name| format!("/// <reference types=\"{name}\" />\n\n")).unwrap_or_default();
    format!(
        "```ts\n{reference}import type {{ CapacitorConfig }} from '@capacitor/cli';\n\nconst config: CapacitorConfig = {{\n  plugins: {{\n    {plugin}: {text},\n  }},\n}};\n\nexport default config;\n```"
    )
}

fn indented(text: &str, by: usize) -> String {
    text.trim().replace('\n', &format!("\n{}", " ".repeat(by)))
}

/// How a value is written in a language.
struct Style {
    key: fn(&str) -> String,
    text: fn(&str) -> String,
    /// What stands behind the last of several lines.
    last: &'static str,
}

const JSON: Style = Style { key: quoted, text: quoted, last: "" };
const TYPESCRIPT: Style = Style { key, text: single_quoted, last: "," };

/// A value below `depth` levels: objects and lists of them have a line for each part.
fn written(value: &Value, depth: usize, style: &Style) -> String {
    let lines = |lines: Vec<String>, open, close| {
        let indent = "  ".repeat(depth + 1);
        let lines = lines.join(&format!(",\n{indent}"));
        format!("{open}\n{indent}{lines}{}\n{}{close}", style.last, "  ".repeat(depth))
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members = members.iter();
            let members = members.map(|(name, value)| {
                format!("{}: {}", (style.key)(name), written(value, depth + 1, style))
            });
            lines(members.collect(), "{", "}")
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            lines(items.iter().map(|item| written(item, depth + 1, style)).collect(), "[", "]")
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| written(item, depth, style)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => (style.text)(text),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn single_quoted(text: &str) -> String {
    if text.contains(['\'', '\\', '\n']) { quoted(text) } else { format!("'{text}'") }
}

/// A property's name: in quotes where it is no identifier.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let starts = name.starts_with(|c: char| plain(c) && !c.is_ascii_digit());
    if starts && name.chars().all(plain) { name.to_owned() } else { format!("'{name}'") }
}
