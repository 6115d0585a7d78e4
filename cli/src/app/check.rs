//! What a configuration says that nobody reads: compared with the schema that the package ships.

use serde_json::Value;

const SCHEMA: &str = include_str!("../../../generated/config.schema.json");

/// Each oddity of the `BackgroundRunner` block, with its path and the way out.
pub(super) fn oddities(block: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    let mut check = Check { root: &schema, found: Vec::new() };
    if !block.is_null() {
        check.value(block, &schema, "plugins.BackgroundRunner");
    }
    check.found
}

struct Check<'a> {
    root: &'a Value,
    found: Vec<String>,
}

impl<'a> Check<'a> {
    fn value(&mut self, value: &Value, schema: &'a Value, path: &str) {
        let schema = self.resolved(schema);
        if let Some(wanted) = schema.get("type").and_then(Value::as_str)
            && !is_of(value, wanted)
        {
            return self.found.push(format!(
                "`{path}` is {}, not {}",
                told(value),
                article(wanted)
            ));
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            let names: Vec<_> = allowed.iter().filter_map(Value::as_str).collect();
            let help = way_out(value.as_str().unwrap_or_default(), &names);
            return self.found.push(format!("`{path}` is {}{help}", told(value)));
        }
        match value {
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.value(item, schema, &format!("{path}[{index}]"));
                }
            }
            Value::Object(map) => {
                let Some(known) = schema.get("properties").and_then(Value::as_object) else {
                    return;
                };
                let names: Vec<_> = known.keys().map(String::as_str).collect();
                for (key, value) in map {
                    if let Some(schema) = known.get(key) {
                        self.value(value, schema, &format!("{path}.{key}"));
                    } else {
                        let help = way_out(key, &names);
                        self.found.push(format!("`{path}.{key}` is no option{help}"));
                    }
                }
            }
            _ => {}
        }
    }

    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let target = schema.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|target| self.root.pointer(target.strip_prefix('#')?));
        target.unwrap_or(schema)
    }
}

fn is_of(value: &Value, wanted: &str) -> bool {
    match wanted {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn told(value: &Value) -> String {
    match value {
        Value::Null => "`null`".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        plain => format!("`{plain}`"),
    }
}

fn article(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "boolean" => "`true` or `false`",
        "number" => "a number",
        "integer" => "a whole number",
        "array" => "a list",
        _ => "an object",
    }
}

fn way_out(found: &str, known: &[&str]) -> String {
    match typescript::nearest(found, known.iter().copied()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => format!("; there is `{}`", known.join("`, `")),
    }
}
