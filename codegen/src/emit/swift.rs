//! The iOS half: the target that knows only Foundation and the runtime, and the plugin on top of it.

use askama::Template;

use super::{Files, names};
use crate::model::{Api, Docs, InlineProperty, Method, Model, Property, Type, TypeKind};

/// The longest line of the generated sources.
const WIDTH: usize = 120;

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let names = Names::new(model);
    emit_types(model, &names, files);
    emit_apis(model, &names, files);
    emit_calls(model, &names, files);
    emit_core(&names, files);
    emit_plugin(model, &names, files);
    emit_app_device(model, &names, files);
    emit_launch(&names, files);
}

/// The names that every file may use.
#[derive(Clone)]
struct Names {
    swift_module: String,
    core: String,
    native: String,
    launch: String,
    launch_symbol: String,
    class: String,
    calls: String,
    js_name: String,
    config_key: String,
    config_type: String,
    event_type: String,
}

impl Names {
    fn new(model: &Model) -> Self {
        let swift_module = model.plugin.swift_module.clone();
        let class = &model.plugin.class_name;
        Self {
            core: format!("{swift_module}Core"),
            native: format!("{swift_module}Native"),
            launch: format!("{swift_module}Launch"),
            launch_symbol: format!("{}_launch", names::snake(&swift_module)),
            class: format!("{class}Plugin"),
            calls: format!("{class}Calls"),
            js_name: model.plugin.js_name.clone(),
            config_key: model.plugin.config_key.clone(),
            config_type: format!("{class}Config"),
            event_type: format!("{class}Event"),
            swift_module,
        }
    }
}

impl Names {
    /// Import lines in the order that Swift's formatter wants.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn imports(&self, one: &str, other: &str) -> String {
        let mut lines = [format!("import {one}"), format!("import {other}")];
        lines.sort();
        lines.join("\n")
    }
}

/// Declares templates that hold nothing but names, and some not even those.
macro_rules! templates {
    (named: $($named:ident: $named_path:literal,)+; fixed: $($fixed:ident: $fixed_path:literal,)+) => {
        $(
            #[derive(Template)]
            #[template(path = $named_path)]
            struct $named {
                names: Names,
            }

            impl From<&Names> for $named {
                fn from(names: &Names) -> Self {
                    Self { names: names.clone() }
                }
            }
        )+
        $(
            #[derive(Template)]
            #[template(path = $fixed_path)]
            struct $fixed;

            impl From<&Names> for $fixed {
                fn from(_: &Names) -> Self {
                    Self
                }
            }
        )+
    };
}

templates! {
    named:
    AppHost: "swift/core/AppHost.swift.jinja",
    Engine: "swift/core/Engine.swift.jinja",
    Host: "swift/core/Host.swift.jinja",
    Native: "swift/core/Native.swift.jinja",
    Runner: "swift/core/Runner.swift.jinja",
    AppDelegate: "swift/launch/AppDelegate.swift.jinja",
    Launch: "swift/launch/launch.c.jinja",
    LaunchHeader: "swift/launch/launch.h.jinja",
    App: "swift/plugin/App.swift.jinja",
    AppCalls: "swift/plugin/AppCalls.swift.jinja",
    DeviceStatus: "swift/plugin/DeviceStatus.swift.jinja",
    EntryPoints: "swift/plugin/EntryPoints.swift.jinja",
    Geolocation: "swift/plugin/Geolocation.swift.jinja",
    NotificationListener: "swift/plugin/NotificationListener.swift.jinja",
    Notifications: "swift/plugin/Notifications.swift.jinja",
    Permissions: "swift/plugin/Permissions.swift.jinja",
    SystemTasks: "swift/plugin/SystemTasks.swift.jinja",
    Watch: "swift/plugin/Watch.swift.jinja",
    ;
    fixed:
    JsonValue: "swift/core/JSONValue.swift.jinja",
    KvStore: "swift/core/KVStore.swift.jinja",
    NotificationTime: "swift/core/NotificationTime.swift.jinja",
    RunnerError: "swift/core/RunnerError.swift.jinja",
    Scheduler: "swift/core/Scheduler.swift.jinja",
    Transfer: "swift/core/Transfer.swift.jinja",
    BackgroundTime: "swift/plugin/BackgroundTime.swift.jinja",
    Privacy: "swift/plugin/PrivacyInfo.xcprivacy.jinja",
}

/// Renders templates that need nothing but names into a folder.
macro_rules! render {
    ($files:ident, $names:ident, $folder:expr, { $($file:literal: $template:ident,)+ }) => {
        $($files.add(format!("{}/{}", $folder, $file), &$template::from($names));)+
    };
}

/// What the runtime, the scheduler and the stores look like in Swift.
fn emit_core(names: &Names, files: &mut Files) {
    let folder = format!("ios/Sources/{}", names.core);
    render!(files, names, folder, {
        "AppHost.swift": AppHost,
        "Engine.swift": Engine,
        "Host.swift": Host,
        "JSONValue.swift": JsonValue,
        "KVStore.swift": KvStore,
        "Native.swift": Native,
        "NotificationTime.swift": NotificationTime,
        "Runner.swift": Runner,
        "RunnerError.swift": RunnerError,
        "Scheduler.swift": Scheduler,
        "Transfer.swift": Transfer,
    });
}

/// The Capacitor plugin, and what only `UIKit` and its sisters can do.
fn emit_plugin(model: &Model, names: &Names, files: &mut Files) {
    let folder = format!("ios/Sources/{}", names.swift_module);
    let methods =
        model.definitions.methods.iter().map(|method| Exported::new(&method.name)).collect();
    files.add(format!("{folder}/{}.swift", names.class), &Plugin { names: names.clone(), methods });
    render!(files, names, folder, {
        "App.swift": App,
        "AppCalls.swift": AppCalls,
        "BackgroundTime.swift": BackgroundTime,
        "DeviceStatus.swift": DeviceStatus,
        "EntryPoints.swift": EntryPoints,
        "Geolocation.swift": Geolocation,
        "NotificationListener.swift": NotificationListener,
        "Notifications.swift": Notifications,
        "Permissions.swift": Permissions,
        "PrivacyInfo.xcprivacy": Privacy,
        "SystemTasks.swift": SystemTasks,
        "Watch.swift": Watch,
    });
}

/// The class that Capacitor finds.
#[derive(Template)]
#[template(path = "swift/plugin/Plugin.swift.jinja")]
struct Plugin {
    names: Names,
    methods: Vec<Exported>,
}

/// A method that the web view calls.
struct Exported {
    name: String,
    /// Whether Capacitor's own class has a method of that name.
    overrides: bool,
}

impl Exported {
    fn new(name: &str) -> Self {
        const INHERITED: [&str; 5] = [
            "addListener",
            "checkPermissions",
            "removeAllListeners",
            "removeListener",
            "requestPermissions",
        ];
        Self { name: name.to_owned(), overrides: INHERITED.contains(&name) }
    }
}

/// What runs before `main`, and what an app's delegate may add.
fn emit_launch(names: &Names, files: &mut Files) {
    let folder = format!("ios/Sources/{}", names.launch);
    render!(files, names, folder, { "launch.c": Launch, });
    files.add(format!("{folder}/include/{}.h", names.launch), &LaunchHeader::from(names));
    files.add("ios/Snippets/AppDelegate.swift", &AppDelegate::from(names));
}

/// The APIs whose implementation is a template, and what makes one.
const IMPLEMENTATIONS: [(&str, &str); 6] = [
    ("CapacitorApp", "AppStatus()"),
    ("CapacitorDevice", "DeviceStatus()"),
    ("CapacitorGeolocation", "Geolocation()"),
    ("CapacitorKV", "LabelledStore(store: store, label: label)"),
    ("CapacitorNotifications", "Notifications()"),
    ("CapacitorWatch", "Watch()"),
];

/// `AppDevice.swift`: the implementation of each device API on a phone.
#[derive(Template)]
#[template(path = "swift/plugin/AppDevice.swift.jinja")]
struct AppDevice {
    names: Names,
    apis: Vec<Implementation>,
}

struct Implementation {
    name: String,
    key: String,
    accessor: String,
    made_by: String,
    /// Whether no template has it.
    missing: bool,
    methods: Vec<MissingMethod>,
}

struct MissingMethod {
    key: String,
    declaration_start: String,
    declaration_end: &'static str,
}

fn emit_app_device(model: &Model, names: &Names, files: &mut Files) {
    let apis = apis(model).map(|api| {
        let known = IMPLEMENTATIONS.iter().find(|(name, _)| *name == api.name);
        Implementation {
            name: api.name.clone(),
            key: api.name.clone(),
            accessor: lower_first(&api.name),
            made_by: known.map_or(format!("Missing{}()", api.name), |(_, made)| (*made).to_owned()),
            missing: known.is_none(),
            methods: api
                .methods
                .iter()
                .filter(|method| on_ios(&method.platforms))
                .map(|method| missing_method(requirement(model, api, method)))
                .collect(),
        }
    });
    let device = AppDevice { names: names.clone(), apis: apis.collect() };
    files.add(format!("ios/Sources/{}/AppDevice.swift", names.swift_module), &device);
}

/// The head of a method whose body only throws; a property's body is an accessor.
fn missing_method(requirement: Requirement) -> MissingMethod {
    let declaration = requirement.declaration;
    match declaration.strip_suffix(" { get async throws }") {
        Some(property) => MissingMethod {
            key: requirement.key,
            declaration_start: format!("{property} {{ get async throws"),
            declaration_end: " }",
        },
        None => MissingMethod {
            key: requirement.key,
            declaration_start: declaration,
            declaration_end: "",
        },
    }
}

/// `Types.swift`: every named type of the schema, and those written inline.
#[derive(Default, Template)]
#[template(path = "swift/core/Types.swift.jinja")]
struct Types {
    enumerations: Vec<Enumeration>,
    aliases: Vec<Alias>,
    structures: Vec<Structure>,
}

struct Enumeration {
    name: String,
    docs: Vec<String>,
    raw: &'static str,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    docs: Vec<String>,
    /// As Swift writes it; `None` where the name says it.
    value: Option<String>,
}

struct Alias {
    name: String,
    docs: Vec<String>,
    target: String,
}

struct Structure {
    name: String,
    docs: Vec<String>,
    fields: Vec<Field>,
    /// Whether a name in Swift is not the key on the wire.
    renames: bool,
    /// Whether a key has to be written even when its value is `null`.
    writes_null: bool,
    /// Whether a list that is left out is an empty one: the web view's options are read with lenience.
    lenient: bool,
    initializer: String,
}

struct Field {
    name: String,
    key: String,
    docs: Vec<String>,
    ty: String,
    optional: bool,
}

impl Field {
    fn is_required_list(&self) -> bool {
        !self.optional
            && self.ty.starts_with('[')
            && !self.ty.contains(':')
            && self.ty.ends_with(']')
    }

    /// How it is read when lists may be left out.
    fn reading(&self) -> String {
        let of = self.ty.trim_end_matches('?');
        let read = if self.ty.ends_with('?') || self.is_required_list() {
            "decodeIfPresent"
        } else {
            "decode"
        };
        let otherwise = if self.is_required_list() { " ?? []" } else { "" };
        format!("try container.{read}({of}.self, forKey: .{}){otherwise}", self.name)
    }
}

fn emit_types(model: &Model, names: &Names, files: &mut Files) {
    let mut types = Types { enumerations: vec![permission_state()], ..Types::default() };
    types.object(
        model,
        names.config_type.clone(),
        comment(&model.config.docs.text, 0),
        &model.config.options,
    );
    for declaration in model.types.iter().chain(&model.config.types) {
        let docs = comment(&declaration.docs.text, 0);
        let name = declaration.name.clone();
        match &declaration.kind {
            TypeKind::Object(properties) => types.object(model, name, docs, properties),
            TypeKind::Literals(literals) => {
                let cases = literals.iter().map(|literal| {
                    case(&literal.name, Some(&literal.value), comment(&literal.docs.text, 4))
                });
                types.enumerations.push(Enumeration {
                    name,
                    docs,
                    raw: "String",
                    cases: cases.collect(),
                });
            }
            TypeKind::Integers(members) => {
                let cases = members.iter().map(|(member, value, docs)| Case {
                    name: escaped(&names::camel(member)),
                    docs: comment(&docs.text, 4),
                    value: Some(value.to_string()),
                });
                types.enumerations.push(Enumeration {
                    name,
                    docs,
                    raw: "Int",
                    cases: cases.collect(),
                });
            }
            TypeKind::Alias(target) => {
                let target = types.write(model, target, &name);
                types.aliases.push(Alias { name, docs, target });
            }
        }
    }
    types.read_options_with_lenience(model);
    for (api, method) in methods(model) {
        let hint = format!("{}{}", api.name, names::upper_first(&method.name));
        types.write(model, &method.returns, &format!("{hint}Result"));
        for param in &method.params {
            types.write(model, &param.ty, &format!("{hint}{}", names::upper_first(&param.name)));
        }
    }
    files.add(format!("ios/Sources/{}/Types.swift", names.core), &types);
}

/// Every method of every device API that iOS has.
fn methods(model: &Model) -> impl Iterator<Item = (&Api, &Method)> {
    apis(model).flat_map(|api| {
        let methods = api.methods.iter().filter(|method| on_ios(&method.platforms));
        methods.map(move |method| (api, method))
    })
}

/// Every device API that iOS has.
fn apis(model: &Model) -> impl Iterator<Item = &Api> {
    model.apis.iter().filter(|api| on_ios(&api.platforms))
}

fn on_ios(platforms: &[String]) -> bool {
    platforms.is_empty() || platforms.iter().any(|platform| platform == "ios")
}

/// The one enumeration of `@capacitor/core` that a schema can name.
fn permission_state() -> Enumeration {
    let values = ["prompt", "prompt-with-rationale", "granted", "denied"];
    Enumeration {
        name: "PermissionState".into(),
        docs: comment("What the user has said to a permission.", 0),
        raw: "String",
        cases: values.iter().map(|value| case(value, Some(value), Vec::new())).collect(),
    }
}

fn case(name: &str, value: Option<&str>, docs: Vec<String>) -> Case {
    let name = names::camel(name);
    let value = value.filter(|value| *value != name).map(literal);
    Case { name: escaped(&name), docs, value }
}

impl Types {
    fn object(&mut self, model: &Model, name: String, docs: Vec<String>, properties: &[Property]) {
        let mut fields = Vec::new();
        for property in properties {
            fields.push(self.field(
                model,
                &name,
                (&property.name, &property.ty, property.optional),
                comment(&property.docs.text, 4),
            ));
        }
        self.structures.push(structure(name, docs, fields));
    }

    /// Marks what the web view passes and has lists that it may leave out.
    fn read_options_with_lenience(&mut self, model: &Model) {
        let params = model.definitions.methods.iter().flat_map(|method| &method.params);
        for name in params
            .filter_map(|param| if let Type::Named(name) = &param.ty { Some(name) } else { None })
        {
            let options = self.structures.iter_mut().filter(|structure| structure.name == *name);
            for structure in options {
                structure.lenient = structure.fields.iter().any(Field::is_required_list);
            }
        }
    }

    fn inline_object(&mut self, model: &Model, name: &str, properties: &[InlineProperty]) {
        if self.structures.iter().any(|known| known.name == name) {
            return;
        }
        let mut fields = Vec::new();
        for property in properties {
            let facts = (property.name.as_str(), &property.ty, property.optional);
            fields.push(self.field(model, name, facts, Vec::new()));
        }
        let docs = comment("An object that the schema describes where it is used.", 0);
        self.structures.push(structure(name.to_owned(), docs, fields));
    }

    fn field(
        &mut self,
        model: &Model,
        owner: &str,
        (key, ty, optional): (&str, &Type, bool),
        docs: Vec<String>,
    ) -> Field {
        let hint = format!("{owner}{}", names::upper_first(key));
        let ty = self.write(model, ty, &hint);
        let ty = if optional { optional_of(&ty) } else { ty };
        Field { name: escaped(&identifier(key)), key: key.to_owned(), docs, ty, optional }
    }

    /// The type in Swift's words; an inline object becomes a structure with the hinted name.
    fn write(&mut self, model: &Model, ty: &Type, hint: &str) -> String {
        let mut objects = Vec::new();
        let written = swift(model, ty, hint, &mut objects);
        for (name, properties) in objects {
            self.inline_object(model, &name, &properties);
        }
        written
    }
}

/// The type in Swift's words. Inline objects are left in `objects` with the name they get.
fn swift(
    model: &Model,
    ty: &Type,
    hint: &str,
    objects: &mut Vec<(String, Vec<InlineProperty>)>,
) -> String {
    match ty {
        Type::Void => "Void".into(),
        Type::String | Type::Literals(_) => "String".into(),
        Type::Number => "Double".into(),
        Type::Integer => "Int".into(),
        Type::Boolean => "Bool".into(),
        Type::Any | Type::Union(_) => "JSONValue".into(),
        Type::Date => "Date".into(),
        Type::Array(of) => format!("[{}]", swift(model, of, hint, objects)),
        Type::Nullable(of) => optional_of(&swift(model, of, hint, objects)),
        Type::Record(of) => format!("[String: {}]", swift(model, of, hint, objects)),
        Type::Object(properties) => {
            objects.push((hint.to_owned(), properties.clone()));
            hint.to_owned()
        }
        Type::Named(name) => match model.declaration(name) {
            Some(declaration) => declaration.name.clone(),
            None => "JSONValue".into(),
        },
        Type::Capacitor(name) => name.clone(),
    }
}

fn optional_of(ty: &str) -> String {
    if ty.ends_with('?') { ty.to_owned() } else { format!("{ty}?") }
}

fn structure(name: String, docs: Vec<String>, fields: Vec<Field>) -> Structure {
    let parameters: Vec<String> = fields
        .iter()
        .map(|field| {
            let default = if field.optional { " = nil" } else { "" };
            format!("{}: {}{default}", field.name, field.ty)
        })
        .collect();
    Structure {
        name,
        docs,
        renames: fields.iter().any(|field| field.name.trim_matches('`') != field.key),
        lenient: false,
        writes_null: fields.iter().any(|field| !field.optional && field.ty.ends_with('?')),
        initializer: signature("    public init", &parameters, " {"),
        fields,
    }
}

/// A function's head, on one line or with a line for each parameter.
fn signature(start: &str, parameters: &[String], end: &str) -> String {
    let line = format!("{start}({}){end}", parameters.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let indent = " ".repeat(start.len() - start.trim_start().len());
    let inner = parameters.join(&format!(",\n{indent}    "));
    format!("{start}(\n{indent}    {inner}\n{indent}){end}")
}

/// `Apis.swift`: one protocol for each device API, and the way from a call to its method.
#[derive(Template)]
#[template(path = "swift/core/Apis.swift.jinja")]
struct Apis {
    apis: Vec<Protocol>,
}

struct Protocol {
    name: String,
    key: String,
    docs: Vec<String>,
    /// The function that gives an implementation: `capacitorKV`.
    accessor: String,
    methods: Vec<Requirement>,
}

struct Requirement {
    key: String,
    docs: Vec<String>,
    declaration: String,
    call: String,
    returns_nothing: bool,
}

fn emit_apis(model: &Model, names: &Names, files: &mut Files) {
    let apis = apis(model).map(|api| Protocol {
        name: api.name.clone(),
        key: api.name.clone(),
        docs: comment(&api.docs.text, 0),
        accessor: lower_first(&api.name),
        methods: methods(model)
            .filter(|(owner, _)| owner.name == api.name)
            .map(|(api, method)| requirement(model, api, method))
            .collect(),
    });
    let apis = Apis { apis: apis.collect() };
    files.add(format!("ios/Sources/{}/Apis.swift", names.core), &apis);
}

fn requirement(model: &Model, api: &Api, method: &Method) -> Requirement {
    let hint = format!("{}{}", api.name, names::upper_first(&method.name));
    let returns = swift(model, &method.returns, &format!("{hint}Result"), &mut Vec::new());
    let returns_nothing = method.returns == Type::Void;
    let name = escaped(&identifier(&method.name));
    let call = if method.property {
        format!("return try Wire.encode(await {name})")
    } else {
        let arguments: Vec<String> = method
            .params
            .iter()
            .map(|param| {
                let next = if param.optional { "optional" } else { "next" };
                format!("{}: arguments.{next}()", identifier(&param.name))
            })
            .collect();
        let call = format!("{name}({})", arguments.join(", "));
        if returns_nothing {
            format!("try await {call}")
        } else {
            format!("return try await Wire.encode({call})")
        }
    };
    Requirement {
        key: method.name.clone(),
        docs: method_comment(&method.docs, method),
        declaration: declaration(model, &name, &hint, method, &returns),
        call,
        returns_nothing,
    }
}

fn declaration(model: &Model, name: &str, hint: &str, method: &Method, returns: &str) -> String {
    if method.property {
        return format!("var {name}: {returns} {{ get async throws }}");
    }
    let parameters: Vec<String> = method
        .params
        .iter()
        .map(|param| {
            let hint = format!("{hint}{}", names::upper_first(&param.name));
            let ty = swift(model, &param.ty, &hint, &mut Vec::new());
            let ty = if param.optional { optional_of(&ty) } else { ty };
            format!("{}: {ty}", identifier(&param.name))
        })
        .collect();
    let result = if returns == "Void" { String::new() } else { format!(" -> {returns}") };
    let head =
        signature(&format!("    func {name}"), &parameters, &format!(" async throws{result}"));
    head.trim_start().to_owned()
}

/// `Calls.swift`: what the web view calls, and what it can listen for.
#[derive(Template)]
#[template(path = "swift/core/Calls.swift.jinja")]
struct Calls {
    names: Names,
    interface: String,
    methods: Vec<Requirement>,
    events: Vec<EventCase>,
}

struct EventCase {
    name: String,
    key: String,
    docs: Vec<String>,
    payload: Option<String>,
}

fn emit_calls(model: &Model, names: &Names, files: &mut Files) {
    let definitions = &model.definitions;
    let calls = Calls {
        interface: definitions.name.clone(),
        names: names.clone(),
        methods: definitions.methods.iter().map(|method| call_requirement(model, method)).collect(),
        events: definitions
            .events
            .iter()
            .map(|event| EventCase {
                name: escaped(&identifier(&event.name)),
                key: event.name.clone(),
                docs: comment(&event.docs.text, 4),
                payload: event.payload.as_ref().map(|payload| {
                    swift(model, &payload.ty, &names::upper_first(&event.name), &mut Vec::new())
                }),
            })
            .collect(),
    };
    files.add(format!("ios/Sources/{}/Calls.swift", names.core), &calls);
}

/// A method of the web view. Its first parameter is the object that crosses the bridge.
fn call_requirement(model: &Model, method: &Method) -> Requirement {
    let hint = names::upper_first(&method.name);
    let returns = match swift(model, &method.returns, &format!("{hint}Result"), &mut Vec::new()) {
        any if any == "JSONValue" => "JSONValue?".to_owned(),
        other => other,
    };
    let returns_nothing = method.returns == Type::Void;
    let arguments: Vec<String> = method
        .params
        .iter()
        .map(|param| format!("{}: Wire.value(from: options)", identifier(&param.name)))
        .collect();
    let call = format!("{}({})", escaped(&identifier(&method.name)), arguments.join(", "));
    Requirement {
        key: method.name.clone(),
        docs: method_comment(&method.docs, method),
        declaration: declaration(
            model,
            &escaped(&identifier(&method.name)),
            &hint,
            method,
            &returns,
        ),
        call: match returns.as_str() {
            _ if returns_nothing => format!("try await {call}"),
            "JSONValue?" => format!("return try await {call}"),
            _ => format!("return try await Wire.json({call})"),
        },
        returns_nothing,
    }
}

/// The doc comment of a method: its text, then its parameters.
fn method_comment(docs: &Docs, method: &Method) -> Vec<String> {
    let mut lines = comment(&docs.text, 4);
    let described = method.params.iter().filter(|param| !param.docs.is_empty());
    for (index, param) in described.enumerate() {
        if index == 0 {
            lines.push("///".into());
        }
        lines.push(format!(
            "/// - Parameter {}: {}",
            identifier(&param.name),
            param.docs.replace('\n', " ")
        ));
    }
    lines
}

/// A text as a documentation comment, wrapped for its indentation.
fn comment(text: &str, indent: usize) -> Vec<String> {
    let width = WIDTH - indent - "/// ".len();
    text.lines()
        .flat_map(|line| wrapped(line, width))
        .map(|line| format!("/// {line}").trim_end().to_owned())
        .collect()
}

fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is always a last line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A Swift string literal.
fn literal(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|letter| match letter {
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            letter if letter.is_control() => format!("\\u{{{:x}}}", u32::from(letter)),
            letter => letter.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A key of the schema as an identifier; most are one already.
fn identifier(key: &str) -> String {
    let plain = key.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    names::identifier(if plain { key.to_owned() } else { names::camel(key) })
}

/// A name that is a word of the language goes in backticks.
fn escaped(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "Any",
        "Self",
        "Type",
        "as",
        "associatedtype",
        "break",
        "case",
        "catch",
        "class",
        "continue",
        "default",
        "defer",
        "deinit",
        "do",
        "else",
        "enum",
        "extension",
        "fallthrough",
        "false",
        "fileprivate",
        "for",
        "func",
        "guard",
        "if",
        "import",
        "in",
        "init",
        "inout",
        "internal",
        "is",
        "let",
        "nil",
        "operator",
        "precedencegroup",
        "private",
        "protocol",
        "public",
        "repeat",
        "rethrows",
        "return",
        "self",
        "static",
        "struct",
        "subscript",
        "super",
        "switch",
        "throw",
        "throws",
        "true",
        "try",
        "typealias",
        "var",
        "where",
        "while",
    ];
    if RESERVED.contains(&name) { format!("`{name}`") } else { name.to_owned() }
}
