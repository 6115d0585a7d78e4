//! Which method of which interface was called on a value of another kind: the engine only says what it
//! looked for in that value, by names of ours.

use rquickjs::{Ctx, Value, object::Filter};

use super::{
    World,
    frames::{Frame, Place},
};
use crate::engine::{property::Own, value};

/// A message for what an interface's own function has just thrown; none where that is about something
/// else.
pub(super) fn message<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    message: &str,
    frames: &[Frame<'js>],
) -> Option<String> {
    let of = message.strip_prefix("the receiver is not a `").and_then(|it| it.strip_suffix('`'));
    let is_private = message == "invalid brand on object"
        || (message.starts_with("private class field '") && message.ends_with("' does not exist"));
    let top = frames.first()?;
    let is_known = message == "DOMException object expected"
        || (message == "not an object" && matches!(top.place, Place::Internal));
    if of.is_none() && !is_private && !is_known {
        return None;
    }
    // The function that threw, and those of ours that called it.
    let callers = frames.iter().skip(1).take_while(|it| matches!(it.place, Place::Internal));
    let mut called = std::iter::once(top).chain(callers).filter_map(|frame| {
        member(ctx, &frame.callee(&world.stacks.frames)?, &frame.name(&world.stacks.frames)?)
    });
    let said = match (called.next(), of, top.native()) {
        (Some((interface, member)), ..) => {
            format!("`{interface}.prototype.{member}` was called on what is no `{interface}`")
        }
        (None, Some(of), Some(function)) => {
            format!("`{function}` was called on what is no `{of}`")
        }
        _ if is_private => "a method was called on what is of another class".to_owned(),
        _ => return None,
    };
    Some(format!("illegal invocation: {said}"))
}

/// The interface whose prototype has a function of this name, and the name of that property.
fn member<'js>(ctx: &Ctx<'js>, function: &Value<'js>, name: &str) -> Option<(String, String)> {
    let name = name.strip_prefix("get ").or_else(|| name.strip_prefix("set ")).unwrap_or(name);
    let globals = ctx.globals();
    let names = globals.own_keys::<String>(Filter::new().string()).flatten();
    let mut interfaces =
        names.filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
    // What no script has touched is not there, and was not called.
    let has_it = |interface: &String| {
        let object = |of, name| {
            let object = value::own_data(ctx, of, name)?.into_object()?;
            (!object.is_proxy()).then_some(object)
        };
        let prototype = object(&object(&globals, interface)?, "prototype")?;
        let own = value::swallow(ctx, Own::of(&prototype, name)).flatten()?;
        own.is_function(function).then_some(())
    };
    let interface = interfaces.find(|interface| has_it(interface).is_some())?;
    Some((interface, name.to_owned()))
}
