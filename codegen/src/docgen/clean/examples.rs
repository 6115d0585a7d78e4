//! Example configurations, in JSON and in TypeScript.

use serde_json::{Map, Value};

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

/// A literal of JavaScript as JSON where that is only a matter of quotes.
fn json_text(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inner.filter(|inner| !inner.contains('\'')) {
        Some(inner) => Value::from(inner).to_string(),
        None => text.to_owned(),
    }
}

/// `capacitor.config.json` with a configuration, in a block of code.
pub(super) fn json(plugin: &str, config: &str) -> String {
    let text = match serde_json::from_str::<Value>(config) {
        Ok(value) => {
            let inner = Map::from_iter([(plugin.to_owned(), value)]);
            let whole = Value::from(Map::from_iter([("plugins".to_owned(), inner.into())]));
            serde_json::to_string_pretty(&whole).unwrap_or_default()
        }
        Err(_) => {
            format!("{{\n  \"plugins\": {{\n    \"{plugin}\": {}\n  }}\n}}", indented(config, 4))
        }
    };
    format!("```json\n{text}\n```")
}

/// `capacitor.config.ts` with a configuration, in a block of code.
pub(super) fn typescript(plugin: &str, config: &str, package: Option<&str>) -> String {
    let text = match serde_json::from_str::<Value>(config) {
        Ok(value) => literal(&value, 2),
        Err(_) => indented(config, 4),
    };
    let reference =
        package.map(|name| format!("/// <reference types=\"{name}\" />\n\n")).unwrap_or_default();
    format!(
        "```ts\n{reference}import {{ CapacitorConfig }} from '@capacitor/cli';\n\nconst config: CapacitorConfig = {{\n  plugins: {{\n    {plugin}: {text},\n  }},\n}};\n\nexport default config;\n```"
    )
}

fn indented(text: &str, by: usize) -> String {
    text.trim().replace('\n', &format!("\n{}", " ".repeat(by)))
}

/// A JSON value as a literal of TypeScript, below `depth` levels.
fn literal(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let closing = "  ".repeat(depth);
    match value {
        Value::Object(members) if !members.is_empty() => {
            let lines = members.iter().map(|(name, value)| {
                format!("{indent}{}: {},\n", key(name), literal(value, depth + 1))
            });
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
        Value::String(text) if !text.contains(['\'', '\\', '\n']) => format!("'{text}'"),
        other => other.to_string(),
    }
}

/// A property's name: in quotes where it is no identifier.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let starts = name.starts_with(|c: char| plain(c) && !c.is_ascii_digit());
    if starts && name.chars().all(plain) { name.to_owned() } else { format!("'{name}'") }
}
