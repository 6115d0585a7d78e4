//! What a configuration says: read where it is plain data, and run by the app's own Node.js where it is
//! not.

use std::path::{Path, PathBuf};

use background_runner::desktop::parse_json;
use miette::{LabeledSpan, NamedSource, Report, Result, miette};
use serde_json::{Map, Number, Value};
use typescript::{Data, Entries};

use super::node;
use crate::json;

/// How many files a configuration may be spread over, one importing the next.
const DEEPEST: usize = 8;

/// What is read of a configuration.
pub(super) struct Config {
    pub(super) id: Option<String>,
    pub(super) web_dir: Option<String>,
    /// `plugins.BackgroundRunner`; null where there is none.
    pub(super) block: Value,
}

pub(super) fn read(path: &Path) -> Result<Config> {
    let text = json::read(path)?;
    let name = path.display().to_string();
    if is_json(path) {
        let value: Value = parse_json(&text).map_err(|error| {
            Report::from(json::Mistake::new("the app's configuration", &name, &text, error))
        })?;
        return Ok(Config::of(&value));
    }
    let data = exported(path, &text, "default", DEEPEST)?;
    let data = data.ok_or_else(|| {
        miette!(help = "write `export default config;`", "`{name}` exports no configuration")
    })?;
    let block = part(&data, &["plugins", "BackgroundRunner"]);
    match plain(&block) {
        Some(block) => {
            let text = |key| plain(&part(&data, &[key]))?.as_str().map(str::to_owned);
            Ok(Config { id: text("appId"), web_dir: text("webDir"), block })
        }
        None => node::evaluate(path).map(|value| Config::of(&value)),
    }
}

/// Where the app's web assets are, in a configuration that may compute it.
pub(super) fn web_dir(path: &Path) -> Result<Option<String>> {
    if is_json(path) || !json::read(path)?.contains("webDir") {
        return Ok(None);
    }
    node::evaluate(path).map(|value| Config::of(&value).web_dir)
}

impl Config {
    fn of(value: &Value) -> Self {
        let text = |key| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let block = value.get("plugins").and_then(|plugins| plugins.get("BackgroundRunner"));
        Self {
            id: text("appId"),
            web_dir: text("webDir"),
            block: block.cloned().unwrap_or_default(),
        }
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// What a file exports under a name, with what it takes from other files of the app.
fn exported(path: &Path, text: &str, name: &str, depth: usize) -> Result<Option<Data>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut exports = typescript::exports(text).map_err(|errors| {
        let labels = errors.iter().map(|error| LabeledSpan::at(error.span, error.message.clone()));
        let source = NamedSource::new(path.display().to_string(), text.to_owned());
        let labels: Vec<_> = labels.collect();
        miette!(labels = labels, "`{}` cannot be read", path.display()).with_source_code(source)
    })?;
    exports.remove(name).map(|data| followed(path, data, depth)).transpose()
}

/// Puts what other files export in the places where it is used.
fn followed(path: &Path, data: Data, depth: usize) -> Result<Data> {
    Ok(match data {
        Data::Imported { from, name } => imported(path, &from, &name, depth)?,
        Data::List(items) => {
            let items = items.into_iter().map(|item| followed(path, item, depth));
            Data::List(items.collect::<Result<_>>()?)
        }
        Data::Object(Entries { known, open }) => {
            let known =
                known.into_iter().map(|(key, value)| Ok((key, followed(path, value, depth)?)));
            Data::Object(Entries { known: known.collect::<Result<_>>()?, open })
        }
        plain => plain,
    })
}

fn imported(path: &Path, from: &str, name: &str, depth: usize) -> Result<Data> {
    let Some(depth) = depth.checked_sub(1).filter(|_| from.starts_with('.') && name != "*") else {
        return Ok(Data::Unknown);
    };
    let Some(file) = file_of(path, from) else { return Ok(Data::Unknown) };
    let text = json::read(&file)?;
    if is_json(&file) {
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let value = if name == "default" { Some(&value) } else { value.get(name) };
        return Ok(value.map_or(Data::Unknown, data_of));
    }
    Ok(exported(&file, &text, name, depth)?.unwrap_or(Data::Unknown))
}

/// The file that an import means, as TypeScript and bundlers have it.
fn file_of(path: &Path, from: &str) -> Option<PathBuf> {
    let base = path.parent()?.join(from);
    let with = |ending: &str| PathBuf::from(format!("{}{ending}", base.display()));
    let others = [".ts", ".mts", ".js", ".mjs", ".json", "/index.ts", "/index.js"].map(with);
    let typescript = base.with_extension("ts");
    std::iter::once(base.clone()).chain([typescript]).chain(others).find(|path| path.is_file())
}

/// What stands at a path; null where there is nothing.
fn part(data: &Data, path: &[&str]) -> Data {
    match (data, path) {
        (data, []) => data.clone(),
        (Data::Object(entries), [key, rest @ ..]) => {
            entries.get(key).map_or(Data::Null, |value| part(value, rest))
        }
        (Data::Null, _) => Data::Null,
        _ => Data::Unknown,
    }
}

/// Data as JSON; none where a part of it is not known.
fn plain(data: &Data) -> Option<Value> {
    Some(match data {
        Data::Null => Value::Null,
        Data::Boolean(value) => Value::Bool(*value),
        Data::Number(number) => number_of(*number),
        Data::Text(text) => Value::String(text.clone()),
        Data::List(items) => Value::Array(items.iter().map(plain).collect::<Option<_>>()?),
        Data::Object(Entries { known, open: false }) => {
            let pairs = known.iter().map(|(key, value)| Some((key.clone(), plain(value)?)));
            Value::Object(pairs.collect::<Option<Map<_, _>>>()?)
        }
        Data::Object(Entries { open: true, .. }) | Data::Imported { .. } | Data::Unknown => {
            return None;
        }
    })
}

/// A number as JSON writes it: without a fraction where it has none.
#[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn data_of(value: &Value) -> Data {
    match value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Boolean(*value),
        Value::Number(number) => Data::Number(number.as_f64().unwrap_or_default()),
        Value::String(text) => Data::Text(text.clone()),
        Value::Array(items) => Data::List(items.iter().map(data_of).collect()),
        Value::Object(map) => {
            let known = map.iter().map(|(key, value)| (key.clone(), data_of(value))).collect();
            Data::Object(Entries { known, open: false })
        }
    }
}
