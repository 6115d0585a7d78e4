//! The script's handlers: `addEventListener`, `removeEventListener`.

use std::{cell::RefCell, fmt, sync::Arc};

use rquickjs::{Ctx, Function, Result, Value, object::Property, qjs};

use super::World;
use crate::{
    engine::{
        heap::Usage,
        memory::ChargedMap,
        native::{Call, function},
        value::{Utf8, message},
    },
    error::{Code, RunError},
};

/// What the list of names takes for each handler when one is not found.
const LISTED: usize = size_of::<(usize, &str)>();

/// The handlers by event; the last registration of a name wins.
#[derive(Default)]
pub(crate) struct Handlers<'js>(
    RefCell<ChargedMap<String, Handler<'js>>>,
    /// All that listen to errors: those are events of the script's own, as in a worker.
    RefCell<Listeners<'js>>,
);

/// Listeners in the order in which they came.
#[derive(Default)]
struct Listeners<'js> {
    all: ChargedMap<u64, Listener<'js>>,
    /// Where each is, by its event and its function.
    places: ChargedMap<(&'static str, usize), u64>,
    next: u64,
}

impl<'js> Listeners<'js> {
    fn add(
        &mut self,
        memory: &Arc<Usage>,
        event: &'static str,
        function: &Function<'js>,
    ) -> Result<()> {
        let key = (event, identity(function.as_value()));
        if self.places.get(&key).is_some() {
            return Ok(());
        }
        let place = self.next;
        self.all.insert(memory, 0, || (place, Listener { event, function: function.clone() }))?;
        if let Err(error) = self.places.insert(memory, 0, || (key, place)) {
            drop(self.all.remove(&place));
            return Err(error);
        }
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Takes out a listener, or all of an event: to be dropped when nobody has borrowed the list.
    fn remove(&mut self, event: &str, function: Option<&Value<'js>>) -> Vec<Listener<'js>> {
        let known = ERRORS.iter().find(|own| **own == event);
        let keys: Vec<_> = if let Some(function) = function {
            known.map(|event| (*event, identity(function))).into_iter().collect()
        } else {
            let own = self.all.iter().filter(|(_, it)| it.event == event);
            own.map(|(_, it)| (it.event, identity(it.function.as_value()))).collect()
        };
        let removed = keys.iter().filter_map(|key| self.all.remove(&self.places.remove(key)?));
        removed.collect()
    }
}

/// What tells objects apart.
fn identity(value: &Value<'_>) -> usize {
    if !value.is_object() {
        return 0;
    }
    // SAFETY: the value is an object, which has a pointer; nobody follows it.
    unsafe { qjs::JS_VALUE_GET_PTR(value.as_raw()) }.addr()
}

/// The events that tell a script of its errors.
const ERRORS: [&str; 3] = ["error", "unhandledrejection", "rejectionhandled"];

struct Listener<'js> {
    event: &'static str,
    function: Function<'js>,
}

struct Handler<'js> {
    function: Function<'js>,
    /// How many names were registered before this one.
    place: usize,
}

impl<'js> Handlers<'js> {
    /// The handler of an event.
    pub(crate) fn find(&self, event: &str) -> std::result::Result<Function<'js>, RunError> {
        let handlers = self.0.borrow();
        let found = handlers.get(event).map(|handler| handler.function.clone());
        found.ok_or_else(|| not_found(event, &handlers))
    }

    /// The listeners to errors of this name.
    pub(crate) fn listeners(&self, name: &str) -> Vec<Function<'js>> {
        let listeners = self.1.borrow();
        listeners
            .all
            .iter()
            .map(|(_, it)| it)
            .filter(|it| it.event == name)
            .map(|it| it.function.clone())
            .collect()
    }

    pub(crate) fn clear(&self) {
        drop(self.0.take());
        drop(self.1.take());
    }

    fn add(&self, memory: &Arc<Usage>, name: &str, function: Function<'js>) -> Result<()> {
        let mut handlers = self.0.borrow_mut();
        if let Some(event) = ERRORS.iter().find(|event| **event == name) {
            self.1.borrow_mut().add(memory, event, &function)?;
        }
        let place = handlers.get(name).map_or(handlers.len(), |handler| handler.place);
        let bytes = LISTED.saturating_add(name.len());
        let old = handlers.insert(memory, bytes, || (name.to_owned(), Handler { function, place }));
        // What is replaced is dropped when the table is free: it may be the last of its kind.
        drop(handlers);
        old.map(drop)
    }

    fn remove(&self, name: &str, function: Option<&Value<'js>>) {
        let mut handlers = self.0.borrow_mut();
        let same = |own: &Handler<'js>| function.is_none_or(|it| own.function.as_value() == it);
        let removed =
            if handlers.get(name).is_some_and(same) { handlers.remove(name) } else { None };
        drop(handlers);
        drop(removed);
        let removed = self.1.borrow_mut().remove(name, function);
        drop(removed);
    }
}

/// Puts the functions on the globals, as plain properties that a script may replace.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let globals = ctx.globals();
    let add = function(ctx, "addEventListener", 0, add_event_listener)?;
    globals.prop("addEventListener", Property::from(add).writable().configurable())?;
    let remove = function(ctx, "removeEventListener", 0, remove_event_listener)?;
    globals.prop("removeEventListener", Property::from(remove).writable().configurable())
}

fn add_event_listener<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let name = event_name(call)?;
    let handler = call.arg(1);
    let Some(function) = handler.as_function() else {
        let given = handler.type_name();
        let message = message(format_args!(
            "addEventListener: the handler of `{}` is {given}, not a function",
            &*name
        ));
        return Err(call.type_error(&message));
    };
    let world = World::of(&call.ctx);
    world.handlers.add(world.memory(), &name, function.clone())?;
    Ok(call.undefined())
}

fn remove_event_listener<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let name = event_name(call)?;
    let handler = Some(call.arg(1)).filter(|it| !it.is_undefined() && !it.is_null());
    World::of(&call.ctx).handlers.remove(&name, handler.as_ref());
    Ok(call.undefined())
}

/// The name of an event: any value, as text.
fn event_name<'js>(call: &Call<'_, 'js>) -> Result<Utf8<'js>> {
    if call.len() == 0 {
        return Err(call.type_error("an event listener needs the name of an event"));
    }
    call.text(0)
}

/// No handler: which there are, and which was probably meant.
fn not_found(event: &str, handlers: &ChargedMap<String, Handler<'_>>) -> RunError {
    let mut names: Vec<_> = handlers.iter().map(|(name, it)| (it.place, name.as_str())).collect();
    names.sort_unstable();
    let known = match names[..] {
        [] => "it registers none".to_owned(),
        _ => message(format_args!("it registers {}", Listed(&names))),
    };
    let hint = match nearest(event, names.iter().map(|(_, name)| *name)) {
        Some(name) => message(format_args!("; did you mean `{name}`?")),
        None => String::new(),
    };
    let message =
        message(format_args!("the script has no handler for the event `{event}`: {known}{hint}"));
    RunError::new(Code::EventNotFound, message)
}

/// Names in a sentence, the first of them.
struct Listed<'a>(&'a [(usize, &'a str)]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 20;
        for (index, (_, name)) in self.0.iter().take(MOST).enumerate() {
            write!(formatter, "{}`{name}`", if index > 0 { ", " } else { "" })?;
        }
        match self.0.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(more) => write!(formatter, " and {more} more"),
        }
    }
}

/// How many names are compared with one that was not found.
const COMPARED: usize = 256;

/// The name that takes the fewest changes, when that is not most of it.
pub(crate) fn nearest<'a>(event: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let compared = names.take(COMPARED);
    let (name, edits) = compared.map(|name| (name, edits(event, name))).min_by_key(|it| it.1)?;
    (edits * 2 <= event.chars().count().max(2)).then_some(name)
}

/// How many letters to change, add or drop between two words (Levenshtein), of which the beginnings
/// are looked at.
fn edits(from: &str, to: &str) -> usize {
    let letters =
        |word: &str| -> Vec<char> { word.chars().take(256).flat_map(char::to_lowercase).collect() };
    let (from, to) = (letters(from), letters(to));
    // The distances of what was read of `from` to nothing, and to each longer part of `to`.
    let mut to_nothing = 0_usize;
    let mut row: Vec<usize> = (1..=to.len()).collect();
    for letter in from {
        let mut diagonal = to_nothing;
        to_nothing = to_nothing.saturating_add(1);
        let mut left = to_nothing;
        for (place, other) in row.iter_mut().zip(&to) {
            let change = diagonal.saturating_add(usize::from(letter != *other));
            diagonal = *place;
            left = change.min(diagonal.saturating_add(1)).min(left.saturating_add(1));
            *place = left;
        }
    }
    row.last().copied().unwrap_or(to_nothing)
}
