//! The Model: what the schema says, as plain data in the schema's own words.
//!
//! Parsing and lowering fill it, the rules in `check` judge it, the backends in `emit` read it.
//! Names are as written in the schema: a backend converts case, the Model never does.

use std::collections::BTreeMap;

use miette::SourceSpan;

use docgen::Locale;

/// Everything a backend may know about the plugin that is generated.
#[derive(Debug, Default)]
pub struct Model {
    /// The names that the ecosystem fixes: `schema/plugin.json`.
    pub plugin: Plugin,
    /// The interface that the web view calls: `schema/definitions.ts`.
    pub definitions: Definitions,
    /// The device APIs that a runner script calls: `schema/apis.ts`, in source order.
    pub apis: Vec<Api>,
    /// Every named type of both files, in source order.
    pub types: Vec<TypeDeclaration>,
    /// The plugin's configuration options: `schema/config.schema.json`.
    pub config: Config,
    /// Translated comments by language tag: `schema/locales/<tag>.json`.
    pub locales: BTreeMap<String, Locale>,
    /// The README's own words by file: `README.md`, `locales/<tag>.md`.
    pub prose: BTreeMap<String, String>,
}

/// `schema/plugin.json`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugin {
    /// The npm package: `@capacitor/background-runner`.
    pub npm_name: String,
    /// The package's version, in semver.
    pub version: String,
    /// One sentence for the package registries.
    pub description: String,
    /// The SPDX identifier of the licence.
    pub license: String,
    /// Who publishes the package.
    pub author: String,
    /// Where the sources are, as a URL.
    pub repository: String,
    /// The plugin's class in Swift and Kotlin, without the suffix `Plugin`: `BackgroundRunner`.
    pub class_name: String,
    /// The name under which the web view finds the plugin: `CapacitorBackgroundRunner`.
    pub js_name: String,
    /// The key below `plugins` in the app's Capacitor configuration: `BackgroundRunner`.
    pub config_key: String,
    /// The Swift package, product and module, and the podspec's file name.
    pub swift_module: String,
    /// The Kotlin package of the Android layer, `io.ionic.backgroundrunner`.
    pub kotlin_package: String,
    /// The versions that the plugin is built against.
    pub platforms: Platforms,
}

/// The oldest and the built-against versions of what is around the plugin.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platforms {
    /// Capacitor's major version: `8`.
    pub capacitor: String,
    /// The oldest iOS: `15.0`.
    pub ios: String,
    /// The oldest Swift tools: `5.9`.
    pub swift: String,
    /// Android's `minSdk`.
    pub android_min_sdk: u32,
    /// Android's `compileSdk`.
    pub android_compile_sdk: u32,
    /// Android's `targetSdk`.
    pub android_target_sdk: u32,
    /// The Kotlin compiler and standard library: `2.2.20`.
    pub kotlin: String,
    /// The Java language level: `21`.
    pub java: u32,
    /// `androidx.work`: `2.10.5`.
    pub work_manager: String,
    /// `kotlinx-coroutines-android`.
    pub coroutines: String,
    /// The Android Gradle plugin.
    pub android_gradle_plugin: String,
}

/// The plugin as the web view calls it.
#[derive(Debug, Default)]
pub struct Definitions {
    /// The interface's name: `BackgroundRunnerPlugin`.
    pub name: String,
    /// What the interface's JSDoc says.
    pub docs: Docs,
    /// In source order.
    pub methods: Vec<Method>,
    /// The events of the `addListener` overloads, in source order.
    pub events: Vec<Event>,
}

/// An event that the plugin sends to the web view: one overload of `addListener`.
#[derive(Debug)]
pub struct Event {
    /// The event's name: the string literal of the overload's first parameter.
    pub name: String,
    /// What the overload's JSDoc says.
    pub docs: Docs,
    /// What the listener receives; `None` when it takes nothing.
    pub payload: Option<Param>,
    /// Where the overload stands in `definitions.ts`.
    pub span: SourceSpan,
}

/// A global object of the runner script, such as `CapacitorKV`.
#[derive(Debug)]
pub struct Api {
    /// The global's name.
    pub name: String,
    /// What the interface's JSDoc says.
    pub docs: Docs,
    /// In source order. A property of the interface is a method with `property` set.
    pub methods: Vec<Method>,
    /// The platforms that have it; empty means all (`@platform ios`).
    pub platforms: Vec<String>,
    /// What the app must declare to use it (`@permission geolocation`), see `Feature`.
    pub feature: Option<String>,
    /// Whether arguments that release 3 took in another type are still taken (`@lenient`).
    pub lenient: bool,
    /// Where the declaration stands in `apis.ts`.
    pub span: SourceSpan,
}

/// A function that one side calls and the other implements.
#[derive(Debug)]
pub struct Method {
    /// As written in the schema.
    pub name: String,
    /// What the method's JSDoc says.
    pub docs: Docs,
    /// In order.
    pub params: Vec<Param>,
    /// For `Promise<T>`, `T`: see `is_async`.
    pub returns: Type,
    /// Whether the schema says `Promise<T>`.
    pub is_async: bool,
    /// Whether the schema declares a readable property instead of a method (`CapacitorWatch.isReachable`).
    pub property: bool,
    /// Type parameters as written, such as `T = void`; they do not reach the native side.
    pub type_params: Option<String>,
    /// The platforms that have it; empty means all.
    pub platforms: Vec<String>,
    /// Where it stands in its file.
    pub span: SourceSpan,
}

/// A parameter of a method, or the value of an event.
#[derive(Debug)]
pub struct Param {
    /// As written in the schema.
    pub name: String,
    /// The text of the method's `@param` tag.
    pub docs: String,
    /// Its type, without `undefined`.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A named type of the schema.
#[derive(Debug)]
pub struct TypeDeclaration {
    /// As written in the schema.
    pub name: String,
    /// What its JSDoc says.
    pub docs: Docs,
    /// What it is.
    pub kind: TypeKind,
    /// Which schema file declares it.
    pub file: SchemaFile,
    /// Where it stands in its file.
    pub span: SourceSpan,
}

/// The schema files that declare types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaFile {
    /// `schema/definitions.ts`.
    Definitions,
    /// `schema/apis.ts`.
    Apis,
    /// `schema/config.schema.json`.
    Config,
}

/// The shape of a named type.
#[derive(Debug)]
pub enum TypeKind {
    /// `interface X { ... }`, or an alias of an inline object.
    Object(Vec<Property>),
    /// `type X = 'a' | 'b'`, or a string `enum`: in source order.
    Literals(Vec<Literal>),
    /// `enum X { a, b = 4 }`: names and values, in source order.
    Integers(Vec<(String, i64, Docs)>),
    /// Any other alias: stands for its target.
    Alias(Type),
}

/// One string of a union of string literals, or one member of a string enum.
#[derive(Debug)]
pub struct Literal {
    /// The member's name in an `enum`; for a union, the value itself.
    pub name: String,
    /// The string that crosses the boundary.
    pub value: String,
    /// What the member's JSDoc says.
    pub docs: Docs,
}

/// A property of an object type, or an option of the configuration.
#[derive(Debug)]
pub struct Property {
    /// As written in the schema, without quotes.
    pub name: String,
    /// What its JSDoc says; `@default`, `@since`, `@platform` are in the tags.
    pub docs: Docs,
    /// Its type, without `undefined`.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Where it stands in its file.
    pub span: SourceSpan,
}

/// A type that can cross from the script or the web view to the host. The table in ARCHITECTURE.md
/// says what each becomes in TypeScript, Swift, Kotlin and Rust.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `void` or `undefined`: only as a result.
    Void,
    /// `string`.
    String,
    /// `number`: a double.
    Number,
    /// `number` with the tag `@integer`: 32 bits, signed.
    Integer,
    /// `boolean`.
    Boolean,
    /// `any` or `unknown`: any JSON value.
    Any,
    /// `Date`: ISO 8601 text with a zone on the wire.
    Date,
    /// `'a' | 'b'` written inline.
    Literals(Vec<String>),
    /// `T[]`, `Array<T>`, `readonly T[]`.
    Array(Box<Type>),
    /// `T | null`.
    Nullable(Box<Type>),
    /// `{ [key: string]: T }` or `Record<string, T>`.
    Record(Box<Type>),
    /// `{ a: string; b?: number }` written inline.
    Object(Vec<InlineProperty>),
    /// `A | B` of types that JSON tells apart (`string | boolean`).
    Union(Vec<Type>),
    /// The name of a declaration of the schema, or of a type parameter (then the wire carries `Any`).
    Named(String),
    /// A type of `@capacitor/core`: `PermissionState`, `PluginListenerHandle`.
    Capacitor(String),
}

/// A property of an inline object type.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineProperty {
    /// As written, without quotes.
    pub name: String,
    /// Its type, without `undefined`.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A JSDoc comment.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// The text before the first tag: Markdown, lines joined by `\n`.
    pub text: String,
    /// In source order.
    pub tags: Vec<Tag>,
}

/// One `@tag` of a JSDoc comment.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Without the at sign: `since`, `default`, `example`, `integer`, `platform`.
    pub name: String,
    /// What follows it, trimmed; empty for a bare tag.
    pub text: String,
}

impl Docs {
    /// The text of the first tag with that name.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.name == name).map(|tag| tag.text.as_str())
    }
}

/// The plugin's configuration: `schema/config.schema.json`.
#[derive(Debug, Default)]
pub struct Config {
    /// The name of the root object's type: the schema's `title`.
    pub name: String,
    /// The root object's description.
    pub docs: Docs,
    /// The options of the root object, in source order.
    pub options: Vec<Property>,
    /// The objects below it (`$defs`), in source order; `Type::Named` refers to them.
    pub types: Vec<TypeDeclaration>,
    /// The file's text as it goes into the package for editors: with the values that follow from
    /// other files, such as the names of the device APIs.
    pub schema: String,
    /// Complete example configurations from the root's `examples`, as JSON text.
    pub examples: Vec<String>,
}

impl Model {
    /// The declaration that `Type::Named(name)` refers to; `None` for a type parameter.
    #[must_use]
    pub fn declaration(&self, name: &str) -> Option<&TypeDeclaration> {
        self.types.iter().chain(&self.config.types).find(|declaration| declaration.name == name)
    }
}
