//! The Android half: Kotlin that runs on any JVM (`core`), and the layer over Android and Capacitor.

mod types;

use std::collections::BTreeSet;

use askama::Template;

use self::types::{DataClass, Field, Types, nullable};
use super::Files;
use crate::model::{
    Api, Docs, Event, Method, Model, Param, Plugin, Type, TypeDeclaration, TypeKind,
};
use crate::names;

/// Methods that Capacitor's own class of all plugins declares: the template overrides them.
const INHERITED: [&str; 2] = ["checkPermissions", "requestPermissions"];

/// What the plugin's class uses of `core`, beside the types of its options.
const CORE: [&str; 7] = [
    "HostException",
    "JsonException",
    "LogRecord",
    "PluginMethods",
    "RunRecord",
    "RunnerErrorCode",
    "RunnerException",
];

/// Words that Kotlin takes as names only between backticks.
const KEYWORDS: [&str; 28] = [
    "as",
    "break",
    "class",
    "continue",
    "do",
    "else",
    "false",
    "for",
    "fun",
    "if",
    "in",
    "interface",
    "is",
    "null",
    "object",
    "package",
    "return",
    "super",
    "this",
    "throw",
    "true",
    "try",
    "typealias",
    "typeof",
    "val",
    "var",
    "when",
    "while",
];

/// Adds the files whose text depends on the plugin's names alone.
macro_rules! fixed {
    ($files:ident, $plugin:ident, $($template:tt => $path:literal),+ $(,)?) => {$({
        #[derive(Template)]
        #[template(path = $template)]
        struct Fixed<'a> {
            names: Names<'a>,
        }
        let names = Names {
            package: &$plugin.kotlin_package,
            class_name: &$plugin.class_name,
            config_key: &$plugin.config_key,
        };
        $files.add(source(&$plugin.kotlin_package, $path), &Fixed { names });
    })+};
}

/// The plugin's names, as far as they stand in Kotlin.
struct Names<'a> {
    package: &'a str,
    class_name: &'a str,
    config_key: &'a str,
}

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let types = types(model);
    emit_fixed(&model.plugin, files);
    emit_types(model, &types, files);
    emit_apis(model, &types, files);
    emit_plugin(model, &types, files);
}

/// Where a source file goes: packages are folders.
fn source(package: &str, path: &str) -> String {
    format!("android/src/main/java/{}/{path}.kt", package.replace('.', "/"))
}

/// Every type that a method of either interface, or an event, carries.
fn types(model: &Model) -> Types<'_> {
    let mut types = Types::new(model);
    for api in on_android(&model.apis) {
        for method in &api.methods {
            reach(&mut types, method, &api.name);
        }
    }
    for method in &model.definitions.methods {
        reach(&mut types, method, "");
    }
    for payload in model.definitions.events.iter().filter_map(|event| event.payload.as_ref()) {
        types.reach(&payload.ty, &payload.name);
    }
    types
}

fn reach(types: &mut Types<'_>, method: &Method, owner: &str) {
    for param in &method.params {
        types.reach(&param.ty, &param_path(owner, method, param));
    }
    types.reach(&method.returns, &result_path(owner, method));
}

fn param_path(owner: &str, method: &Method, param: &Param) -> String {
    format!("{owner}{}{}", names::upper_first(&method.name), names::upper_first(&param.name))
}

fn result_path(owner: &str, method: &Method) -> String {
    format!("{owner}{}Result", names::upper_first(&method.name))
}

fn on_android(apis: &[Api]) -> impl Iterator<Item = &Api> {
    apis.iter().filter(|api| available(&api.platforms))
}

fn available(platforms: &[String]) -> bool {
    platforms.is_empty() || platforms.iter().any(|platform| platform == "android")
}

fn emit_fixed(plugin: &Plugin, files: &mut Files) {
    fixed!(files, plugin,
        "kotlin/core/Host.kt.jinja" => "core/Host",
        "kotlin/core/HostBridge.kt.jinja" => "core/HostBridge",
        "kotlin/core/Http.kt.jinja" => "core/Http",
        "kotlin/core/IsoDate.kt.jinja" => "core/IsoDate",
        "kotlin/core/Json.kt.jinja" => "core/Json",
        "kotlin/core/Native.kt.jinja" => "core/Native",
        "kotlin/core/Runner.kt.jinja" => "core/Runner",
        "kotlin/core/RunnerException.kt.jinja" => "core/RunnerException",
        "kotlin/core/ScriptCookies.kt.jinja" => "core/ScriptCookies",
        "kotlin/android/AndroidApis.kt.jinja" => "AndroidApis",
        "kotlin/android/AndroidApp.kt.jinja" => "AndroidApp",
        "kotlin/android/AndroidDevice.kt.jinja" => "AndroidDevice",
        "kotlin/android/AndroidGeolocation.kt.jinja" => "AndroidGeolocation",
        "kotlin/android/AndroidHost.kt.jinja" => "AndroidHost",
        "kotlin/android/AndroidKV.kt.jinja" => "AndroidKV",
        "kotlin/android/AndroidMethods.kt.jinja" => "AndroidMethods",
        "kotlin/android/AndroidNotifications.kt.jinja" => "AndroidNotifications",
        "kotlin/android/AppConfig.kt.jinja" => "AppConfig",
        "kotlin/android/BackgroundRunner.kt.jinja" => "BackgroundRunner",
        "kotlin/android/DispatchWorker.kt.jinja" => "DispatchWorker",
        "kotlin/android/HostFunctions.kt.jinja" => "HostFunctions",
        "kotlin/android/LegacyWork.kt.jinja" => "LegacyWork",
        "kotlin/android/MainProcess.kt.jinja" => "MainProcess",
        "kotlin/android/NativeRuns.kt.jinja" => "NativeRuns",
        "kotlin/android/NotificationAlarms.kt.jinja" => "NotificationAlarms",
        "kotlin/android/NotificationBuilder.kt.jinja" => "NotificationBuilder",
        "kotlin/android/NotificationReceiver.kt.jinja" => "NotificationReceiver",
        "kotlin/android/NotificationTap.kt.jinja" => "NotificationTap",
        "kotlin/android/PerProcess.kt.jinja" => "PerProcess",
        "kotlin/android/Permissions.kt.jinja" => "Permissions",
        "kotlin/android/Preferences.kt.jinja" => "Preferences",
        "kotlin/android/ProcessScope.kt.jinja" => "ProcessScope",
        "kotlin/android/Runners.kt.jinja" => "Runners",
        "kotlin/android/RunnerWorker.kt.jinja" => "RunnerWorker",
        "kotlin/android/SchedulePlan.kt.jinja" => "SchedulePlan",
        "kotlin/android/Scheduler.kt.jinja" => "Scheduler",
        "kotlin/android/Sources.kt.jinja" => "Sources",
        "kotlin/android/StopReason.kt.jinja" => "StopReason",
        "kotlin/android/legacy/RunnerWorker.kt.jinja" => "plugin/RunnerWorker",
    );
}

fn emit_types(model: &Model, types: &Types<'_>, files: &mut Files) {
    for class in types.inline.values() {
        emit_class(model, types, class, files);
    }
    for declaration in types.declared.values() {
        let name = &declaration.name;
        match &declaration.kind {
            TypeKind::Object(properties) => {
                let properties = properties.iter().map(Field::from).collect();
                let class =
                    DataClass { name: name.clone(), docs: declaration.docs.clone(), properties };
                emit_class(model, types, &class, files);
            }
            TypeKind::Literals(_) | TypeKind::Integers(_) => emit_enum(model, declaration, files),
            TypeKind::Alias(_) => {}
        }
    }
}

#[derive(Template)]
#[template(path = "kotlin/data_class.kt.jinja")]
struct DataClassView<'a> {
    package: &'a str,
    docs: String,
    name: &'a str,
    imports: Vec<&'static str>,
    fields: Vec<FieldView>,
}

/// A property in Kotlin's words.
struct FieldView {
    docs: String,
    name: String,
    key: String,
    ty: String,
    default: &'static str,
    encode: String,
    decode: String,
}

fn emit_class(model: &Model, types: &Types<'_>, class: &DataClass, files: &mut Files) {
    let fields: Vec<FieldView> =
        class.properties.iter().map(|field| field_view(types, class, field)).collect();
    let package = &model.plugin.kotlin_package;
    let mut imports = vec!["org.json.JSONObject"];
    if fields.iter().any(|field| mentions_date(&field.ty)) {
        imports.push("java.util.Date");
    }
    let view =
        DataClassView { package, docs: kdoc(&class.docs, ""), name: &class.name, imports, fields };
    files.add(source(package, &format!("core/{}", class.name)), &view);
}

fn mentions_date(ty: &str) -> bool {
    ty.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "Date")
}

fn field_view(types: &Types<'_>, class: &DataClass, field: &Field) -> FieldView {
    let path = format!("{}{}", class.name, names::upper_first(&field.name));
    let name = types.name(&field.ty, &path);
    let value = identifier(&field.name);
    let json = format!("json.opt(\"{}\")", field.name);
    FieldView {
        docs: kdoc(&field.docs, "    "),
        key: field.name.clone(),
        ty: if field.optional { nullable(name) } else { name },
        default: if field.optional { " = null" } else { "" },
        encode: if field.optional {
            types.encode_optional(&field.ty, &value)
        } else {
            types.encode(&field.ty, &value)
        },
        decode: if field.optional {
            types.decode_nullable(&field.ty, &path, &json, &field.name)
        } else {
            types.decode(&field.ty, &path, &json, &field.name)
        },
        name: value,
    }
}

#[derive(Template)]
#[template(path = "kotlin/enum.kt.jinja")]
struct EnumView<'a> {
    package: &'a str,
    docs: String,
    name: &'a str,
    value_type: &'static str,
    entries: Vec<EntryView>,
}

/// A member of an enumeration.
struct EntryView {
    docs: String,
    name: String,
    value: String,
}

fn emit_enum(model: &Model, declaration: &TypeDeclaration, files: &mut Files) {
    let package = &model.plugin.kotlin_package;
    let entry = |docs: &Docs, name: &str, value: String| EntryView {
        docs: kdoc(docs, "    "),
        name: names::identifier(names::shouting(name)),
        value,
    };
    let (value_type, entries) = match &declaration.kind {
        TypeKind::Literals(literals) => (
            "String",
            literals
                .iter()
                .map(|it| entry(&it.docs, &it.name, format!("\"{}\"", it.value)))
                .collect(),
        ),
        TypeKind::Integers(members) => (
            "Int",
            members
                .iter()
                .map(|(name, value, docs)| entry(docs, name, value.to_string()))
                .collect(),
        ),
        _ => return,
    };
    let name = &declaration.name;
    let view = EnumView { package, docs: kdoc(&declaration.docs, ""), name, value_type, entries };
    files.add(source(package, &format!("core/{name}")), &view);
}

#[derive(Template)]
#[template(path = "kotlin/interface.kt.jinja")]
struct InterfaceView<'a> {
    package: &'a str,
    source: &'static str,
    docs: String,
    name: &'a str,
    imports: Vec<&'static str>,
    members: Vec<MemberView>,
}

/// A function or property of an interface.
struct MemberView {
    docs: String,
    signature: String,
}

#[derive(Template)]
#[template(path = "kotlin/device_apis.kt.jinja")]
struct DeviceApisView<'a> {
    package: &'a str,
    apis: Vec<ApiView<'a>>,
    routes: Vec<RouteView>,
}

/// A device API that Android has.
struct ApiView<'a> {
    name: &'a str,
    getter: String,
}

/// How a script's call reaches its API.
struct RouteView {
    name: String,
    arguments: Vec<String>,
    call: String,
}

fn emit_apis(model: &Model, types: &Types<'_>, files: &mut Files) {
    let package = &model.plugin.kotlin_package;
    let mut apis = Vec::new();
    let mut routes = Vec::new();
    for api in on_android(&model.apis) {
        let members: Vec<MemberView> =
            api.methods.iter().map(|method| member(types, method, &api.name)).collect();
        let imports = dates(&members);
        let docs = kdoc(&api.docs, "");
        let view =
            InterfaceView { package, source: "apis.ts", docs, name: &api.name, imports, members };
        files.add(source(package, &format!("core/{}", api.name)), &view);
        let getter = getter(&api.name);
        let available = api.methods.iter().filter(|method| available(&method.platforms));
        routes.extend(available.map(|method| route(types, api, method, &getter)));
        apis.push(ApiView { name: &api.name, getter });
    }
    files.add(source(package, "core/DeviceApis"), &DeviceApisView { package, apis, routes });
}

/// `capacitorKV` for `CapacitorKV`.
fn getter(api: &str) -> String {
    let mut letters = api.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn dates(members: &[MemberView]) -> Vec<&'static str> {
    if members.iter().any(|member| mentions_date(&member.signature)) {
        vec!["java.util.Date"]
    } else {
        Vec::new()
    }
}

fn member(types: &Types<'_>, method: &Method, owner: &str) -> MemberView {
    let returns = types.name(&method.returns, &result_path(owner, method));
    let name = identifier(&method.name);
    let signature = if method.property {
        format!("val {name}: {returns}")
    } else {
        let params: Vec<String> =
            method.params.iter().map(|param| parameter(types, method, param, owner)).collect();
        let suspend = if method.is_async { "suspend " } else { "" };
        let returns = if returns == "Unit" { String::new() } else { format!(": {returns}") };
        format!("{suspend}fun {name}({}){returns}", parameters(&params))
    };
    MemberView { docs: kdoc(&method.docs, "    "), signature }
}

fn parameter(types: &Types<'_>, method: &Method, param: &Param, owner: &str) -> String {
    let name = types.name(&param.ty, &param_path(owner, method, param));
    let name = if param.optional { nullable(name) } else { name };
    format!("{}: {name}", identifier(&param.name))
}

/// One parameter stays on the line, several get a line each.
fn parameters(params: &[String]) -> String {
    if params.len() < 2 {
        return params.concat();
    }
    format!("\n        {},\n    ", params.join(",\n        "))
}

fn route(types: &Types<'_>, api: &Api, method: &Method, getter: &str) -> RouteView {
    let name = identifier(&method.name);
    let names: Vec<String> = method.params.iter().map(|param| local(&param.name)).collect();
    let target = if method.property {
        format!("{getter}(label).{name}")
    } else {
        format!("{getter}(label).{name}({})", names.join(", "))
    };
    let encoded = types.encode(&method.returns, &target);
    let call = encoded.strip_suffix(" ?: JSONObject.NULL").unwrap_or(&encoded).to_owned();
    let arguments = method.params.iter().zip(names).enumerate();
    let arguments = arguments.map(|(index, (param, name))| {
        format!("val {name} = {}", argument(types, api, method, index, param))
    });
    RouteView {
        name: format!("{}.{}", api.name, method.name),
        arguments: arguments.collect(),
        call,
    }
}

/// A name that hides none of the function around it.
fn local(name: &str) -> String {
    if ["label", "api", "method", "args"].contains(&name) {
        format!("{name}Value")
    } else {
        identifier(name)
    }
}

fn argument(types: &Types<'_>, api: &Api, method: &Method, index: usize, param: &Param) -> String {
    let path = param_path(&api.name, method, param);
    let value = format!("args.opt({index})");
    if param.optional {
        types.decode_nullable(&param.ty, &path, &value, &param.name)
    } else {
        types.decode(&param.ty, &path, &value, &param.name)
    }
}

#[derive(Template)]
#[template(path = "kotlin/plugin.kt.jinja")]
struct PluginView<'a> {
    package: &'a str,
    class_name: &'a str,
    js_name: &'a str,
    imports: BTreeSet<String>,
    methods: Vec<String>,
    events: Vec<EventView<'a>>,
}

/// An event of the web view.
struct EventView<'a> {
    constant: String,
    name: &'a str,
}

fn emit_plugin(model: &Model, types: &Types<'_>, files: &mut Files) {
    let package = &model.plugin.kotlin_package;
    let own: Vec<&Method> = model
        .definitions
        .methods
        .iter()
        .filter(|method| available(&method.platforms) && !INHERITED.contains(&method.name.as_str()))
        .collect();
    let members: Vec<MemberView> =
        own.iter().map(|method| suspending(member(types, method, ""))).collect();
    let imports = dates(&members);
    let docs =
        "/** What the web view can ask for, but for the permissions, which need an activity. */"
            .into();
    let view = InterfaceView {
        package,
        source: "definitions.ts",
        docs,
        name: "PluginMethods",
        imports,
        members,
    };
    files.add(source(package, "core/PluginMethods"), &view);
    let used = own.iter().flat_map(|method| &method.params).map(|param| types.name(&param.ty, ""));
    let imports: BTreeSet<String> = used.chain(CORE.map(str::to_owned)).collect();
    let plugin = PluginView {
        package,
        class_name: &model.plugin.class_name,
        js_name: &model.plugin.js_name,
        imports,
        methods: own.iter().map(|method| plugin_method(types, method)).collect(),
        events: model.definitions.events.iter().map(event_view).collect(),
    };
    files.add(source(package, &format!("{}Plugin", model.plugin.class_name)), &plugin);
}

/// The web view never waits: each of its methods may take its time.
fn suspending(mut member: MemberView) -> MemberView {
    if !member.signature.starts_with("suspend ") {
        member.signature.insert_str(0, "suspend ");
    }
    member
}

fn event_view(event: &Event) -> EventView<'_> {
    EventView { constant: names::shouting(&event.name), name: &event.name }
}

/// A method that the bridge calls: its options are checked, its result is an object.
fn plugin_method(types: &Types<'_>, method: &Method) -> String {
    let arguments: Vec<String> = method
        .params
        .iter()
        .map(|param| types.decode(&param.ty, &param_path("", method, param), "it", &param.name))
        .map(|decoded| decoded.replace("asObject(it, \"options\")", "it"))
        .collect();
    let call = format!("methods.{}({})", identifier(&method.name), arguments.join(", "));
    let result = match &method.returns {
        Type::Void => call,
        returns if types.name(returns, "") == "Any?" => format!("value({call})"),
        returns => types.encode(returns, &call),
    };
    let name = identifier(&method.name);
    format!("    @PluginMethod\n    fun {name}(call: PluginCall) = answer(call) {{ {result} }}\n")
}

fn identifier(name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !name.starts_with(|first: char| first.is_ascii_digit());
    if plain && !KEYWORDS.contains(&name) { name.to_owned() } else { format!("`{name}`") }
}

/// The text as a documentation comment, indented; empty for no text.
fn kdoc(docs: &Docs, indent: &str) -> String {
    let text = docs.text.trim().replace("*/", "*&#47;");
    if text.is_empty() {
        return String::new();
    }
    if !text.contains('\n') && indent.len() + text.len() + 7 <= 140 {
        return format!("{indent}/** {text} */");
    }
    let lines: Vec<String> =
        text.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned()).collect();
    format!("{indent}/**\n{}\n{indent} */", lines.join("\n"))
}
