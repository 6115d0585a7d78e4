//! The script's handlers: `addEventListener`, `removeEventListener`, and the call of one.

use std::{cell::RefCell, collections::HashMap};

use rquickjs::{
    Coerced, Ctx, Function, Result, Value,
    function::{Opt, This},
    object::Property,
};

use crate::{
    error::{Code, RunError},
    value,
    world::World,
};

/// What a handler costs outside the engine's heap, about, beside its name.
const COST: usize = 96;

/// The handlers by event; the last registration of a name wins.
#[derive(Default)]
pub(crate) struct Handlers<'js>(RefCell<HashMap<String, Handler<'js>>>);

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

    pub(crate) fn clear(&self) {
        drop(self.0.take());
    }

    fn add(&self, name: String, function: Function<'js>) {
        let mut handlers = self.0.borrow_mut();
        let place = handlers.get(&name).map_or(handlers.len(), |handler| handler.place);
        let old = handlers.insert(name, Handler { function, place });
        // What is replaced is dropped when the table is free: it may be the last of its kind.
        drop(handlers);
        drop(old);
    }

    fn remove(&self, name: &str, function: Option<&Value<'js>>) {
        let mut handlers = self.0.borrow_mut();
        let same = |own: &Handler<'js>| function.is_none_or(|it| own.function.as_value() == it);
        let removed =
            if handlers.get(name).is_some_and(same) { handlers.remove(name) } else { None };
        drop(handlers);
        drop(removed);
    }
}

/// Puts the functions on the globals, as plain properties that a script may replace.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let globals = ctx.globals();
    let add = Function::new(ctx.clone(), add_event_listener)?.with_name("addEventListener")?;
    globals.prop("addEventListener", Property::from(add).writable().configurable())?;
    let remove =
        Function::new(ctx.clone(), remove_event_listener)?.with_name("removeEventListener")?;
    globals.prop("removeEventListener", Property::from(remove).writable().configurable())
}

fn add_event_listener<'js>(
    ctx: Ctx<'js>,
    Opt(name): Opt<Value<'js>>,
    Opt(handler): Opt<Value<'js>>,
) -> Result<()> {
    let name = event_name(&ctx, name)?;
    let handler = handler.unwrap_or_else(|| Value::new_undefined(ctx.clone()));
    let Some(function) = handler.as_function() else {
        let given = handler.type_name();
        let message =
            format!("addEventListener: the handler of `{name}` is {given}, not a function");
        return Err(value::throw_type(&ctx, &message));
    };
    let world = World::of(&ctx);
    world.charge(COST + name.len())?;
    world.handlers.add(name, function.clone());
    Ok(())
}

fn remove_event_listener<'js>(
    ctx: Ctx<'js>,
    Opt(name): Opt<Value<'js>>,
    Opt(handler): Opt<Value<'js>>,
) -> Result<()> {
    let name = event_name(&ctx, name)?;
    let handler = handler.filter(|handler| !handler.is_undefined() && !handler.is_null());
    World::of(&ctx).handlers.remove(&name, handler.as_ref());
    Ok(())
}

/// The name of an event: any value, as text.
fn event_name<'js>(ctx: &Ctx<'js>, name: Option<Value<'js>>) -> Result<String> {
    let Some(name) = name else {
        return Err(value::throw_type(ctx, "an event listener needs the name of an event"));
    };
    let string: Coerced<rquickjs::String<'js>> = name.get()?;
    value::text(&string.0)
}

/// The script's two ways to settle, and what they make of a value.
pub(crate) fn settlers<'js>(ctx: &Ctx<'js>) -> Result<(Function<'js>, Function<'js>)> {
    let resolve = Function::new(ctx.clone(), resolve)?.with_name("resolve")?;
    let reject = Function::new(ctx.clone(), reject)?.with_name("reject")?;
    Ok((resolve, reject))
}

fn resolve<'js>(ctx: Ctx<'js>, _this: This<Value<'js>>, Opt(given): Opt<Value<'js>>) -> Result<()> {
    let world = World::of(&ctx);
    if !world.claim() {
        return Ok(());
    }
    let verdict = match given.map(|given| value::stringify(&ctx, given)).transpose() {
        Ok(json) => Ok(json.flatten()),
        Err(error) => {
            let thrown = value::caught(&ctx, &error);
            if world.is_over() {
                // The conversion was interrupted: the deadline says what there is to say.
                return Err(ctx.throw(thrown));
            }
            Err(world.failure(&ctx, &thrown, Code::NotSerializable))
        }
    };
    world.control().decide(verdict);
    Ok(())
}

fn reject<'js>(ctx: Ctx<'js>, _this: This<Value<'js>>, Opt(reason): Opt<Value<'js>>) {
    let world = World::of(&ctx);
    if !world.claim() {
        return;
    }
    let error = match reason.filter(|reason| !reason.is_undefined()) {
        Some(reason) => world.failure(&ctx, &reason, Code::Rejected),
        None => RunError::new(Code::Rejected, "rejected without a reason"),
    };
    world.control().decide(Err(error));
}

/// No handler: which there are, and which was probably meant.
fn not_found(event: &str, handlers: &HashMap<String, Handler<'_>>) -> RunError {
    let mut names: Vec<_> = handlers.iter().map(|(name, it)| (it.place, name.as_str())).collect();
    names.sort_unstable();
    let names: Vec<_> = names.into_iter().map(|(_, name)| name).collect();
    let known = match names[..] {
        [] => "it registers none".to_owned(),
        _ => format!("it registers {}", listed(&names)),
    };
    let hint = match nearest(event, &names) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    };
    let message = format!("the script has no handler for the event `{event}`: {known}{hint}");
    RunError::new(Code::EventNotFound, message)
}

/// Names in a sentence, the first of them.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 20;
    let shown = names.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match names.len().checked_sub(MOST) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The name that takes the fewest changes, when that is not most of it.
fn nearest<'a>(event: &str, names: &[&'a str]) -> Option<&'a str> {
    let distance = |name: &str| edits(&event.to_lowercase(), &name.to_lowercase());
    let (name, edits) = names.iter().map(|name| (*name, distance(name))).min_by_key(|it| it.1)?;
    (edits * 2 <= event.chars().count().max(2)).then_some(name)
}

/// How many letters to change, add or drop between two words (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(256).collect();
    // The distances of what was read of `from` to nothing, and to each longer part of `to`.
    let mut to_nothing = 0_usize;
    let mut row: Vec<usize> = (1..=to.len()).collect();
    for letter in from.chars().take(256) {
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
