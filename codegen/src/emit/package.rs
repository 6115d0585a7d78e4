//! What makes the folder a package: for npm, for SwiftPM, for CocoaPods, and to build its TypeScript.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::Value;

use super::Files;
use crate::model::{Docs, Model, Platforms, Plugin};
use crate::names::short;

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let plugin = &model.plugin;
    let names = Names { plugin, platforms: &plugin.platforms };
    files.insert("package.json", package_json(plugin));
    files.insert("config.schema.json", config(model));
    files.insert("capacitor.config.schema.json", capacitor_config(plugin));
    files.add("host.schema.json", &HostSchema);
    files.add("tsconfig.json", &TsConfig);
    files.add("rollup.config.mjs", &Rollup { names });
    files.add("eslint.config.mjs", &Eslint);
    files.add(".gitignore", &GitIgnore);
    files.add("wasm/module.d.mts", &WasmModuleTypes);
    files.add("wasm/runtime.mjs", &WasmRuntime);
    files.add("wasm/runtime.d.mts", &WasmRuntimeTypes);
    files.add("wasm/strip.mjs", &WasmStrip);
    files.add("LICENSE", &License { names });
    files.add("Package.swift", &PackageSwift { names, ios: ios_version(&plugin.platforms.ios) });
    files.add(format!("{}.podspec", plugin.swift_module), &Podspec { names });
}

/// What every template may use.
#[derive(Clone, Copy)]
struct Names<'a> {
    plugin: &'a Plugin,
    platforms: &'a Platforms,
}

/// What `background-runner run` simulates, for editors of its host files.
#[derive(Template)]
#[template(path = "package/host.schema.json.jinja")]
struct HostSchema;

#[derive(Template)]
#[template(path = "package/tsconfig.json.jinja")]
struct TsConfig;

#[derive(Template)]
#[template(path = "package/rollup.config.mjs.jinja")]
struct Rollup<'a> {
    names: Names<'a>,
}

#[derive(Template)]
#[template(path = "package/eslint.config.mjs.jinja")]
struct Eslint;

#[derive(Template)]
#[template(path = "package/gitignore.txt.jinja")]
struct GitIgnore;

#[derive(Template)]
#[template(path = "wasm/module.d.mts.jinja")]
struct WasmModuleTypes;

#[derive(Template)]
#[template(path = "wasm/runtime.mjs.jinja")]
struct WasmRuntime;

#[derive(Template)]
#[template(path = "wasm/runtime.d.mts.jinja")]
struct WasmRuntimeTypes;

#[derive(Template)]
#[template(path = "wasm/strip.mjs.jinja")]
struct WasmStrip;

#[derive(Template)]
#[template(path = "package/LICENSE.txt.jinja")]
struct License<'a> {
    names: Names<'a>,
}

#[derive(Template)]
#[template(path = "package/Package.swift.jinja")]
struct PackageSwift<'a> {
    names: Names<'a>,
    /// `.v15`, or a text where SwiftPM has no word for the version.
    ios: String,
}

#[derive(Template)]
#[template(path = "package/podspec.jinja")]
struct Podspec<'a> {
    names: Names<'a>,
}

fn ios_version(version: &str) -> String {
    version
        .strip_suffix(".0")
        .map_or_else(|| format!("\"{version}\""), |major| format!(".v{major}"))
}

/// The schema of the plugin's configuration, with what editors show beside what it says: code as
/// code, and what each device API is for.
fn config(model: &Model) -> String {
    let mut schema = serde_json::from_str(&model.config.schema).unwrap_or_default();
    let apis = model.apis.iter().map(|api| (short(&api.name), summary(&api.docs))).collect();
    explain(&mut schema, &apis);
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

fn explain(schema: &mut Value, apis: &BTreeMap<String, &str>) {
    match schema {
        Value::Object(object) => {
            let marked = object.get("description").and_then(Value::as_str);
            let marked = marked.filter(|text| text.contains('`')).map(Value::from);
            object.extend(marked.map(|text| ("markdownDescription".to_owned(), text)));
            let values = object.get("enum").and_then(Value::as_array);
            let texts: Option<Vec<&str>> = values.and_then(|values| {
                values.iter().map(|value| apis.get(value.as_str()?).copied()).collect()
            });
            if let Some(texts) = texts {
                object.insert("enumDescriptions".to_owned(), texts.clone().into());
                object.insert("markdownEnumDescriptions".to_owned(), texts.into());
            }
            object.values_mut().for_each(|value| explain(value, apis));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| explain(item, apis)),
        _ => {}
    }
}

/// The first paragraph of a comment.
fn summary(docs: &Docs) -> &str {
    docs.text.split("\n\n").next().unwrap_or_default()
}

/// The schema of a whole Capacitor configuration, of which it knows the plugin's block: editors
/// check files, not parts of them.
fn capacitor_config(plugin: &Plugin) -> String {
    let json = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Capacitor configuration with {}", plugin.config_key),
        "type": "object",
        "properties": {
            "$schema": { "type": "string" },
            "plugins": {
                "type": "object",
                "properties": { &plugin.config_key: { "$ref": "config.schema.json" } },
            },
        },
    });
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}

/// What can be imported: the plugin, the test library, and each file by its path, as before there was a
/// list.
fn exports() -> Value {
    serde_json::json!({
        ".": {
            "types": "./dist/esm/index.d.ts",
            // Bundlers; Node takes what follows.
            "module": "./dist/esm/index.js",
            "default": "./dist/plugin.cjs.js",
        },
        "./runner": { "types": "./runner.d.ts" },
        "./testing": {
            "types": "./testing/index.d.ts",
            "import": "./testing/index.mjs",
            "default": "./dist/testing.cjs",
        },
        "./*": "./*",
    })
}

/// `package.json`, through a serializer since names and descriptions are free text.
fn package_json(plugin: &Plugin) -> String {
    let capacitor = format!("^{}.0.0", plugin.platforms.capacitor);
    let url = &plugin.repository;
    let json = serde_json::json!({
        "name": plugin.npm_name,
        "version": plugin.version,
        "description": plugin.description,
        "main": "dist/plugin.cjs.js",
        "module": "dist/esm/index.js",
        "types": "dist/esm/index.d.ts",
        "unpkg": "dist/plugin.js",
        "imports": { "#wasm/*": "./wasm/*" },
        "exports": exports(),
        "files": [
            "android/",
            "!android/build/",
            "!android/.gradle/",
            "capacitor.config.schema.json",
            "config.schema.json",
            "dist/",
            "host.schema.json",
            "ios/",
            "runner.d.ts",
            "testing/",
            "wasm/",
            "Package.swift",
            format!("{}.podspec", plugin.swift_module),
        ],
        "author": plugin.author,
        "license": plugin.license,
        "repository": { "type": "git", "url": format!("git+{url}.git") },
        "bugs": { "url": format!("{url}/issues") },
        "keywords": ["capacitor", "plugin", "native", "background"],
        "scripts": {
            "capacitor:copy:after": "node wasm/strip.mjs",
            "build": "npm run clean && tsc && rollup -c rollup.config.mjs",
            "clean": "rimraf ./dist",
            "fmt": "eslint . --fix && prettier --write \"{src/**/*,*}.{js,mjs,ts}\"",
            "lint": "eslint . && prettier --check \"{src/**/*,*}.{js,mjs,ts}\"",
            "prepublishOnly": "npm run build",
        },
        "devDependencies": {
            "@capacitor/android": capacitor,
            "@capacitor/cli": capacitor,
            "@capacitor/core": capacitor,
            "@capacitor/ios": capacitor,
            "eslint": "^9.39.0",
            "prettier": "^3.6.2",
            "rimraf": "^6.1.0",
            "rollup": "^4.53.0",
            "typescript": "^5.9.3",
            "typescript-eslint": "^8.46.0",
        },
        "peerDependencies": { "@capacitor/core": format!(">={}.0.0", plugin.platforms.capacitor) },
        "prettier": { "printWidth": 120, "singleQuote": true },
        "capacitor": { "ios": { "src": "ios" }, "android": { "src": "android" } },
    });
    serde_json::to_string_pretty(&json).unwrap_or_default()
}
