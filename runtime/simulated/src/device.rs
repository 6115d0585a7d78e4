//! The simulated device: what the device APIs answer on a developer's machine.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Iso8601};

use super::{
    generated::{
        self, AppInfo, AppState, BatteryStatus, CapacitorApp, CapacitorDevice,
        CapacitorGeolocation, CapacitorKV, CapacitorKVGetResult, CapacitorNotifications,
        CapacitorWatch, GetCurrentPositionResult, NetworkStatus, NotificationBadgeOptions,
        NotificationNumber, NotificationScheduleOptions, PendingNotification,
        UpdateWatchDataOptions, UpdateWatchUIOptions,
    },
    host_file::{AppCall, HostFile, HostState, Permission, Permissions, WatchMessage},
    room::{self, Recorded},
};
use crate::host::HostError;

/// How much is shown of arguments that are too large to be kept.
const SHOWN: usize = 1024;

/// What a record of a call takes beside its values, about.
const RECORD: usize = 512;

/// A device, and what runners left on it.
pub struct Device {
    file: HostFile,
    /// By label: each runner has a store of its own.
    stores: BTreeMap<String, BTreeMap<String, String>>,
    /// The bytes of what the stores got.
    stored: usize,
    notifications: Notifications,
    badge: Option<i32>,
    watch: Recorded<WatchMessage>,
    /// The APIs that the app adds, and what was called of them.
    added: Vec<String>,
    calls: Recorded<AppCall>,
}

/// What is scheduled, in its order; what comes with the id of another takes its place at the end.
#[derive(Default)]
struct Notifications {
    scheduled: BTreeMap<u64, (NotificationScheduleOptions, usize)>,
    /// Where the one with an id is.
    places: HashMap<String, u64>,
    next: u64,
    /// About how many bytes they take.
    bytes: usize,
}

/// A device as one runner sees it, at one time.
struct View<'a> {
    device: &'a mut Device,
    label: &'a str,
    now: f64,
}

type Answer<T> = Result<T, HostError>;

/// A call of a device API, its arguments a JSON array.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Call<'a> {
    pub label: &'a str,
    pub api: &'a str,
    pub method: &'a str,
    pub args_json: &'a str,
}

impl Device {
    /// A device that nobody has used.
    #[must_use]
    pub fn new(file: HostFile) -> Self {
        Self {
            file,
            stores: BTreeMap::new(),
            stored: 0,
            notifications: Notifications::default(),
            badge: None,
            watch: Recorded::default(),
            added: Vec::new(),
            calls: Recorded::default(),
        }
    }

    /// Things are now as another file has them. What runners left stays, but for what they stored where
    /// the file says what is stored.
    pub fn change(&mut self, file: HostFile) {
        if file.kv.is_some() {
            self.stores.clear();
        }
        let kv = self.file.kv.take();
        self.file = HostFile { kv: file.kv.clone().or(kv), ..file };
    }

    /// Has calls of these APIs answered by what the host file says.
    pub fn add(&mut self, apis: Vec<String>) {
        self.added = apis;
    }

    /// Answers a call at `now`, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// What the device refuses, and a method or argument that there is not.
    pub fn call(&mut self, call: &Call<'_>, now: f64) -> Result<String, HostError> {
        if self.added.iter().any(|api| api == call.api) {
            return Ok(self.added_call(call));
        }
        let arguments = call.args_json;
        if call.api == "CapacitorKV" {
            room::takes(arguments.len(), room::TEXT)?;
        } else {
            room::takes(room::weight(arguments), room::KEPT)?;
        }
        let mut view = View { device: self, label: call.label, now };
        generated::call(&mut view, call.api, call.method, call.args_json)
    }

    /// What the runner with this label left behind.
    #[must_use]
    pub fn state(&self, label: &str) -> HostState {
        HostState {
            kv: self.stores.get(label).or(self.file.kv.as_ref()).cloned().unwrap_or_default(),
            notifications: self.notifications.scheduled.values().map(|(it, _)| json(it)).collect(),
            badge: self.badge,
            watch: self.watch.items(),
            watch_omitted: self.watch.omitted(),
            calls: self.calls.items(),
            calls_omitted: self.calls.omitted(),
        }
    }

    /// What the host file has for a function that the app adds; nothing is a result as well.
    fn added_call(&mut self, call: &Call<'_>) -> String {
        let Call { api, method, args_json, .. } = *call;
        let weight = room::weight(args_json);
        let (arguments, weight) = if weight > room::KEPT {
            let end = args_json.floor_char_boundary(SHOWN - '…'.len_utf8());
            let (start, _) = args_json.split_at(end);
            (Value::from(format!("{start}…")), SHOWN)
        } else {
            (serde_json::from_str(args_json).unwrap_or_default(), weight)
        };
        let called = AppCall { api: api.to_owned(), method: method.to_owned(), arguments };
        self.calls.push(called, weight.saturating_add(RECORD));
        let answer = self.file.apis.get(api).and_then(|methods| methods.get(method));
        answer.map(Value::to_string).unwrap_or_default()
    }
}

impl Notifications {
    /// Those that are due after `now`, the nearest first.
    fn pending(&self, now: f64) -> Vec<PendingNotification> {
        let due = self.scheduled.values().filter_map(|(it, _)| Some((due(it)?, it)));
        let mut pending: Vec<_> = due
            .filter(|(time, _)| *time > now)
            .map(|(schedule_at, it)| PendingNotification {
                id: it.id,
                title: it.title.clone(),
                body: it.body.clone(),
                schedule_at,
            })
            .collect();
        pending.sort_by(|a, b| a.schedule_at.total_cmp(&b.schedule_at));
        pending
    }

    /// Takes one back that is due after `now`.
    fn cancel(&mut self, id: i32, now: f64) {
        let place = self.places.get(&id.to_string()).copied();
        let pending = place.filter(|place| self.due_at(*place).is_some_and(|time| time > now));
        if let Some(place) = pending {
            self.remove(place);
            self.places.remove(&id.to_string());
        }
    }

    fn due_at(&self, place: u64) -> Option<f64> {
        self.scheduled.get(&place).and_then(|(it, _)| due(it))
    }

    fn remove(&mut self, place: u64) {
        if let Some((_, weight)) = self.scheduled.remove(&place) {
            self.bytes = self.bytes.saturating_sub(weight);
        }
    }

    fn add(&mut self, notification: NotificationScheduleOptions) -> Answer<()> {
        let id = notification.id.to_string();
        if let Some(place) = self.places.remove(&id) {
            self.remove(place);
        }
        let weight = room::weight(&serde_json::to_string(&notification).unwrap_or_default());
        room::takes(self.bytes.saturating_add(weight), room::KEPT)?;
        self.bytes = self.bytes.saturating_add(weight);
        self.places.insert(id, self.next);
        self.scheduled.insert(self.next, (notification, weight));
        self.next += 1;
        Ok(())
    }
}

impl View<'_> {
    fn store(&mut self) -> &mut BTreeMap<String, String> {
        let Device { stores, file, .. } = &mut *self.device;
        stores.entry(self.label.to_owned()).or_insert_with(|| file.kv.clone().unwrap_or_default())
    }

    fn send(&mut self, method: &'static str, options: &impl Serialize) {
        let options = json(options);
        let weight = room::weight(&options.to_string()).saturating_add(RECORD);
        self.device.watch.push(WatchMessage { method, options }, weight);
    }

    /// What the user has to have allowed, under the name that the app asks for it by.
    fn need(&self, what: &str, of: fn(&Permissions) -> Permission) -> Answer<()> {
        let permission = of(&self.device.file.permissions.clone().unwrap_or_default());
        let ask = format!(
            "the app asks for it with `BackgroundRunner.requestPermissions({{ apis: ['{what}'] }})`, and \
             `run --allow {what}`, or `\"permissions\": {{ \"{what}\": \"granted\" }}` in the host file, says \
             that the user agreed"
        );
        let help = match permission {
            Permission::Granted => return Ok(()),
            Permission::Denied => String::new(),
            Permission::Prompt | Permission::PromptWithRationale => format!(": {ask}"),
        };
        let state = permission.as_str();
        let message = format!("the permission `{what}` is `{state}`, not `granted`{help}");
        Err(HostError::new("PERMISSION_DENIED", message))
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
        let held = self.device.stored;
        let store = self.store();
        let old = store.get(&key).map_or(0, |old| room::entry(&key, old));
        let new = room::entry(&key, &value);
        room::stores_take(held, old, new)?;
        store.insert(key, value);
        self.device.stored = held.saturating_sub(old).saturating_add(new);
        Ok(())
    }

    fn get(&mut self, key: String) -> Answer<Option<CapacitorKVGetResult>> {
        let value = self.store().get(&key).cloned();
        Ok(value.map(|value| CapacitorKVGetResult { value }))
    }

    fn remove(&mut self, key: String) -> Answer<()> {
        if let Some(old) = self.store().remove(&key) {
            let old = room::entry(&key, &old);
            self.device.stored = self.device.stored.saturating_sub(old);
        }
        Ok(())
    }
}

impl CapacitorNotifications for View<'_> {
    fn schedule(&mut self, options: Vec<NotificationScheduleOptions>) -> Answer<()> {
        self.need("notifications", |it| it.notifications)?;
        for notification in options {
            self.device.notifications.add(notification)?;
        }
        Ok(())
    }

    fn get_pending(&mut self) -> Answer<Vec<PendingNotification>> {
        Ok(self.device.notifications.pending(self.now))
    }

    fn cancel(&mut self, notifications: Vec<NotificationNumber>) -> Answer<()> {
        for notification in notifications {
            self.device.notifications.cancel(notification.id, self.now);
        }
        Ok(())
    }

    fn set_badge(&mut self, options: NotificationBadgeOptions) -> Answer<()> {
        self.need("notifications", |it| it.notifications)?;
        self.device.badge = Some(options.count).filter(|count| *count != 0);
        Ok(())
    }

    fn clear_badge(&mut self) -> Answer<()> {
        self.need("notifications", |it| it.notifications)?;
        self.device.badge = None;
        Ok(())
    }
}

impl CapacitorGeolocation for View<'_> {
    fn get_current_position(&mut self) -> Answer<Option<GetCurrentPositionResult>> {
        self.need("geolocation", |it| it.geolocation)?;
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

/// When a notification is due, in milliseconds since 1970; none when that is at once.
fn due(notification: &NotificationScheduleOptions) -> Option<f64> {
    let text = notification.schedule_at.as_deref()?;
    let time = OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "exact for as long as a `Date` goes")]
    Some((time.unix_timestamp_nanos() / 1_000_000) as f64)
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
