//! The iOS half: the target that knows only Foundation and the runtime, and the plugin on top of it.

mod apis;
mod calls;
mod device;
mod types;
mod words;

use askama::Template;

use super::Files;
use crate::model::Model;
use crate::names;

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let names = Names::new(model);
    types::emit(model, &names, files);
    apis::emit(model, &names, files);
    calls::emit(model, &names, files);
    emit_core(&names, files);
    emit_plugin(model, &names, files);
    device::emit(model, &names, files);
    emit_location(&names, files);
    emit_launch(&names, files);
}

/// The names that every file may use.
#[derive(Clone)]
struct Names {
    swift_module: String,
    core: String,
    native: String,
    location: String,
    launch: String,
    launch_symbol: String,
    plugin: String,
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
            location: format!("{swift_module}Location"),
            launch: format!("{swift_module}Launch"),
            launch_symbol: format!("{}_launch", names::snake(&swift_module)),
            plugin: class.clone(),
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
    Configuration: "swift/core/Configuration.swift.jinja",
    Engine: "swift/core/Engine.swift.jinja",
    Host: "swift/core/Host.swift.jinja",
    KvStore: "swift/core/KVStore.swift.jinja",
    Native: "swift/core/Native.swift.jinja",
    Runner: "swift/core/Runner.swift.jinja",
    SystemLog: "swift/core/SystemLog.swift.jinja",
    AppDelegate: "swift/launch/AppDelegate.swift.jinja",
    Launch: "swift/launch/launch.c.jinja",
    LaunchHeader: "swift/launch/launch.h.jinja",
    App: "swift/plugin/App.swift.jinja",
    AppCalls: "swift/plugin/AppCalls.swift.jinja",
    DeviceStatus: "swift/plugin/DeviceStatus.swift.jinja",
    Compatibility: "swift/plugin/Compatibility.swift.jinja",
    EntryPoints: "swift/plugin/EntryPoints.swift.jinja",
    EventSink: "swift/plugin/EventSink.swift.jinja",
    Location: "swift/plugin/Location.swift.jinja",
    LocationManager: "swift/location/LocationManager.swift.jinja",
    NotificationListener: "swift/plugin/NotificationListener.swift.jinja",
    Notifications: "swift/plugin/Notifications.swift.jinja",
    Permissions: "swift/plugin/Permissions.swift.jinja",
    SystemTasks: "swift/plugin/SystemTasks.swift.jinja",
    Watch: "swift/plugin/Watch.swift.jinja",
    ;
    fixed:
    AppHost: "swift/core/AppHost.swift.jinja",
    JsonValue: "swift/core/JSONValue.swift.jinja",
    NotificationTime: "swift/core/NotificationTime.swift.jinja",
    ProtectedFolder: "swift/core/ProtectedFolder.swift.jinja",
    RunnerError: "swift/core/RunnerError.swift.jinja",
    Scheduler: "swift/core/Scheduler.swift.jinja",
    TaskRefusal: "swift/core/TaskRefusal.swift.jinja",
    Transfer: "swift/core/Transfer.swift.jinja",
    TransferRequest: "swift/core/TransferRequest.swift.jinja",
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
        "Configuration.swift": Configuration,
        "Engine.swift": Engine,
        "Host.swift": Host,
        "JSONValue.swift": JsonValue,
        "KVStore.swift": KvStore,
        "Native.swift": Native,
        "NotificationTime.swift": NotificationTime,
        "ProtectedFolder.swift": ProtectedFolder,
        "Runner.swift": Runner,
        "RunnerError.swift": RunnerError,
        "Scheduler.swift": Scheduler,
        "SystemLog.swift": SystemLog,
        "TaskRefusal.swift": TaskRefusal,
        "Transfer.swift": Transfer,
        "TransferRequest.swift": TransferRequest,
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
        "Compatibility.swift": Compatibility,
        "DeviceStatus.swift": DeviceStatus,
        "EntryPoints.swift": EntryPoints,
        "EventSink.swift": EventSink,
        "Location.swift": Location,
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

/// What refers to Apple's location framework, for apps that want the position.
fn emit_location(names: &Names, files: &mut Files) {
    let folder = format!("ios/Sources/{}", names.location);
    render!(files, names, folder, { "LocationManager.swift": LocationManager, });
}

/// What runs before `main`, and what an app's delegate may add.
fn emit_launch(names: &Names, files: &mut Files) {
    let folder = format!("ios/Sources/{}", names.launch);
    render!(files, names, folder, { "launch.c": Launch, });
    files.add(format!("{folder}/include/{}.h", names.launch), &LaunchHeader::from(names));
    files.add("ios/Snippets/AppDelegate.swift", &AppDelegate::from(names));
}
