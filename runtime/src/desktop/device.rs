//! The simulated device: what the device APIs answer on a developer's machine.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub use self::generated::ConnectionType;
use self::generated::{
    AppInfo, AppState, BatteryStatus, CapacitorApp, CapacitorDevice, CapacitorGeolocation,
    CapacitorKV, CapacitorKVGetResult, CapacitorNotifications, CapacitorWatch,
    GetCurrentPositionResult, NetworkStatus, NotificationBadgeOptions, NotificationScheduleOptions,
    UpdateWatchDataOptions, UpdateWatchUIOptions,
};
use super::host_file::{AppCall, HostFile, HostState, Permission, WatchMessage};
use crate::host::{HostCall, HostError};

#[path = "../../../generated/rust/device.rs"]
mod generated;

/// A device, and what runners left on it.
pub(super) struct Device {
    file: HostFile,
    /// By label: each runner has a store of its own.
    stores: BTreeMap<String, BTreeMap<String, String>>,
    notifications: Vec<NotificationScheduleOptions>,
    badge: Option<i32>,
    watch: Vec<WatchMessage>,
    /// The APIs that the app adds, and what was called of them.
    added: Vec<String>,
    calls: Vec<AppCall>,
}

/// A device as one runner sees it, at one time.
struct View<'a> {
    device: &'a mut Device,
    label: &'a str,
    now: f64,
}

type Answer<T> = Result<T, HostError>;

impl Device {
    pub(super) fn new(file: HostFile) -> Self {
        Self {
            file,
            stores: BTreeMap::new(),
            notifications: Vec::new(),
            badge: None,
            watch: Vec::new(),
            added: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Has calls of these APIs answered by what the host file says.
    pub(super) fn add(&mut self, apis: Vec<String>) {
        self.added = apis;
    }

    /// Answers a call at `now`, in milliseconds since 1970.
    pub(super) fn call(&mut self, call: &HostCall, now: f64) -> Answer<String> {
        if self.added.contains(&call.api) {
            return Ok(self.added_call(call));
        }
        let mut view = View { device: self, label: &call.label, now };
        generated::call(&mut view, &call.api, &call.method, &call.args_json)
    }

    /// What the runner with this label left behind.
    pub(super) fn state(&self, label: &str) -> HostState {
        HostState {
            kv: self.stores.get(label).unwrap_or(&self.file.kv).clone(),
            notifications: self.notifications.iter().map(json).collect(),
            badge: self.badge,
            watch: self.watch.clone(),
            calls: self.calls.clone(),
        }
    }

    /// What the host file has for a function that the app adds; nothing is a result as well.
    fn added_call(&mut self, call: &HostCall) -> String {
        let HostCall { api, method, args_json, .. } = call;
        let arguments = serde_json::from_str(args_json).unwrap_or_default();
        self.calls.push(AppCall { api: api.clone(), method: method.clone(), arguments });
        let answer = self.file.apis.get(api).and_then(|methods| methods.get(method));
        answer.map(Value::to_string).unwrap_or_default()
    }
}

impl View<'_> {
    fn store(&mut self) -> &mut BTreeMap<String, String> {
        let Device { stores, file, .. } = &mut *self.device;
        stores.entry(self.label.to_owned()).or_insert_with(|| file.kv.clone())
    }

    fn send(&mut self, method: &'static str, options: &impl Serialize) {
        self.device.watch.push(WatchMessage { method, options: json(options) });
    }

    fn need_reachable_watch(&self) -> Answer<()> {
        if self.device.file.watch.reachable {
            return Ok(());
        }
        Err(HostError::new("UNAVAILABLE", "the watch cannot be reached right now"))
    }
}

impl CapacitorDevice for View<'_> {
    fn get_battery_status(&mut self) -> Answer<BatteryStatus> {
        let battery = &self.device.file.battery;
        Ok(BatteryStatus { battery_level: battery.battery_level, is_charging: battery.is_charging })
    }

    fn get_network_status(&mut self) -> Answer<NetworkStatus> {
        let network = &self.device.file.network;
        Ok(NetworkStatus {
            connected: network.connected,
            connection_type: network.connection_type(),
        })
    }
}

impl CapacitorKV for View<'_> {
    fn set(&mut self, key: String, value: String) -> Answer<()> {
        self.store().insert(key, value);
        Ok(())
    }

    fn get(&mut self, key: String) -> Answer<Option<CapacitorKVGetResult>> {
        let value = self.store().get(&key).cloned();
        Ok(value.map(|value| CapacitorKVGetResult { value }))
    }

    fn remove(&mut self, key: String) -> Answer<()> {
        self.store().remove(&key);
        Ok(())
    }
}

impl CapacitorNotifications for View<'_> {
    fn schedule(&mut self, options: Vec<NotificationScheduleOptions>) -> Answer<()> {
        need("notifications", self.device.file.permissions.notifications)?;
        let scheduled = &mut self.device.notifications;
        for notification in options {
            scheduled.retain(|other| other.id != notification.id);
            scheduled.push(notification);
        }
        Ok(())
    }

    fn set_badge(&mut self, options: NotificationBadgeOptions) -> Answer<()> {
        need("notifications", self.device.file.permissions.notifications)?;
        self.device.badge = Some(options.count).filter(|count| *count != 0);
        Ok(())
    }

    fn clear_badge(&mut self) -> Answer<()> {
        need("notifications", self.device.file.permissions.notifications)?;
        self.device.badge = None;
        Ok(())
    }
}

impl CapacitorGeolocation for View<'_> {
    fn get_current_position(&mut self) -> Answer<Option<GetCurrentPositionResult>> {
        need("geolocation", self.device.file.permissions.geolocation)?;
        let location = self.device.file.location.as_ref();
        Ok(location.map(|location| GetCurrentPositionResult {
            latitude: location.latitude,
            longitude: location.longitude,
            accuracy: location.accuracy,
            altitude: location.altitude,
            altitude_accuracy: location.altitude_accuracy,
            speed: location.speed,
            heading: location.heading,
            timestamp: location.timestamp.unwrap_or(self.now),
        }))
    }
}

impl CapacitorWatch for View<'_> {
    fn send_message(&mut self, options: BTreeMap<String, Value>) -> Answer<()> {
        self.need_reachable_watch()?;
        self.send("sendMessage", &options);
        Ok(())
    }

    fn transfer_user_info(&mut self, options: BTreeMap<String, Value>) -> Answer<()> {
        self.send("transferUserInfo", &options);
        Ok(())
    }

    fn update_application_context(&mut self, options: BTreeMap<String, Value>) -> Answer<()> {
        self.send("updateApplicationContext", &options);
        Ok(())
    }

    fn is_reachable(&mut self) -> Answer<bool> {
        Ok(self.device.file.watch.reachable)
    }

    fn update_watch_ui(&mut self, options: UpdateWatchUIOptions) -> Answer<()> {
        self.send("updateWatchUI", &options);
        Ok(())
    }

    fn update_watch_data(&mut self, options: UpdateWatchDataOptions) -> Answer<()> {
        self.send("updateWatchData", &options);
        Ok(())
    }
}

impl CapacitorApp for View<'_> {
    fn get_state(&mut self) -> Answer<AppState> {
        Ok(AppState { is_active: self.device.file.app.state.is_active })
    }

    fn get_info(&mut self) -> Answer<AppInfo> {
        let info = self.device.file.app.info.clone();
        Ok(AppInfo { name: info.name, id: info.id, build: info.build, version: info.version })
    }
}

fn need(what: &str, permission: Permission) -> Answer<()> {
    match permission {
        Permission::Granted => Ok(()),
        other => {
            let message = format!("the permission `{what}` is `{}`, not `granted`", other.as_str());
            Err(HostError::new("PERMISSION_DENIED", message))
        }
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
