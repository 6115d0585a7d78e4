//! What Android builds the plugin with: Gradle, the manifests, and what R8 must keep.

use askama::Template;

use super::Files;
use crate::model::{Model, Platforms, Plugin};

/// `androidx.core` where the app does not choose a version.
const CORE: &str = "1.17.0";

/// What a feature of the configuration puts into the app's manifest.
struct Feature {
    /// The folder of its manifest.
    name: &'static str,
    why: &'static str,
    /// In Groovy, over the `config`, the APIs that are `listed`.
    condition: &'static str,
    permissions: &'static [&'static str],
    hardware: &'static [&'static str],
    receiver: Option<Receiver>,
}

/// A broadcast receiver of the plugin.
#[derive(Clone, Copy)]
struct Receiver {
    class: &'static str,
    actions: &'static [&'static str],
}

/// A feature without anything, to start from.
const NOTHING: Feature =
    Feature { name: "", why: "", condition: "", permissions: &[], hardware: &[], receiver: None };

/// Everything that an app may have to declare. A runner that lists no APIs may call all of them, and the app
/// declares what they need itself.
const FEATURES: [Feature; 5] = [
    Feature {
        name: "geolocation",
        why: "a runner reads the position",
        condition: "'geolocation' in listed || config.backgroundLocation",
        permissions: &["ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION"],
        hardware: &["android.hardware.location.gps"],
        ..NOTHING
    },
    Feature {
        name: "background-location",
        why: "runners read the position while the app is in the background",
        condition: "config.backgroundLocation",
        permissions: &["ACCESS_BACKGROUND_LOCATION"],
        ..NOTHING
    },
    Feature {
        name: "notifications",
        why: "a runner shows notifications, which the user has to allow since Android 13, and plans them, which has to survive a restart of the device",
        condition: "'notifications' in listed",
        permissions: &["POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED"],
        receiver: Some(Receiver {
            class: "NotificationReceiver",
            actions: &[
                "android.intent.action.BOOT_COMPLETED",
                "android.intent.action.MY_PACKAGE_REPLACED",
                "android.app.action.SCHEDULE_EXACT_ALARM_PERMISSION_STATE_CHANGED",
            ],
        }),
        ..NOTHING
    },
    Feature {
        name: "exact-alarms",
        why: "notifications for later have to appear at the exact time",
        condition: "config.exactAlarms || config.alarmClock",
        permissions: &["SCHEDULE_EXACT_ALARM"],
        ..NOTHING
    },
    Feature {
        name: "alarm-clock",
        why: "the app is an alarm clock or a calendar, and needs no consent to exact alarms",
        condition: "config.alarmClock",
        permissions: &["USE_EXACT_ALARM"],
        ..NOTHING
    },
];

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let package = &model.plugin.kotlin_package;
    files.add("android/build.gradle", &build(&model.plugin));
    let class_name = &model.plugin.class_name;
    files.add("android/consumer-rules.pro", &ConsumerRules { package, class_name });
    files.add("android/src/main/AndroidManifest.xml", &Manifest);
    for feature in &FEATURES {
        let Feature { name, why, permissions, hardware, receiver, .. } = *feature;
        let view = FeatureManifest { package, why, permissions, hardware, receiver };
        files.add(format!("android/src/features/{name}/AndroidManifest.xml"), &view);
    }
}

#[derive(Template)]
#[template(path = "gradle/build.gradle.jinja")]
struct Build<'a> {
    package: &'a str,
    config_key: &'a str,
    kotlin: &'a str,
    android_gradle_plugin: &'a str,
    core: &'a str,
    work_manager: &'a str,
    coroutines: &'a str,
    compile_sdk: u32,
    min_sdk: u32,
    java: u32,
    features: &'a [Feature],
}

fn build(plugin: &Plugin) -> Build<'_> {
    let Platforms { kotlin, android_gradle_plugin, work_manager, coroutines, java, .. } =
        &plugin.platforms;
    Build {
        package: &plugin.kotlin_package,
        config_key: &plugin.config_key,
        kotlin,
        android_gradle_plugin,
        core: CORE,
        work_manager,
        coroutines,
        compile_sdk: plugin.platforms.android_compile_sdk,
        min_sdk: plugin.platforms.android_min_sdk,
        java: *java,
        features: &FEATURES,
    }
}

#[derive(Template)]
#[template(path = "gradle/consumer-rules.pro.jinja")]
struct ConsumerRules<'a> {
    package: &'a str,
    class_name: &'a str,
}

#[derive(Template)]
#[template(path = "gradle/AndroidManifest.xml.jinja")]
struct Manifest;

#[derive(Template)]
#[template(path = "gradle/feature.xml.jinja")]
struct FeatureManifest<'a> {
    package: &'a str,
    why: &'a str,
    permissions: &'a [&'a str],
    hardware: &'a [&'a str],
    receiver: Option<Receiver>,
}
