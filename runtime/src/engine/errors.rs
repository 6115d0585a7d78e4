//! What the engine itself knows of an error, whatever a script has made of the getters for it.

use std::{cell::RefCell, mem::MaybeUninit, ptr};

use rquickjs::{Ctx, Error, JsLifetime, Object, Result, Value, atom::PredefinedAtom, qjs};

use super::{
    native::adopt,
    value::{is_own, swallow},
};

/// What is known of an error.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Field {
    /// The text of the frames, of an `Error`.
    Stack,
    /// The name of a `DOMException`.
    Name,
    /// The message of a `DOMException`.
    Message,
}

/// The engine's getters, taken before any script could replace them.
#[derive(Default)]
struct Getters<'js>(RefCell<Vec<(Field, Value<'js>)>>);

// SAFETY: the type holds nothing but values of the context.
unsafe impl<'js> JsLifetime<'js> for Getters<'js> {
    type Changed<'to> = Getters<'to>;
}

impl Field {
    fn atom(self) -> qjs::JSAtom {
        let atom = match self {
            Self::Stack => PredefinedAtom::Stack,
            Self::Name => PredefinedAtom::Name,
            Self::Message => PredefinedAtom::Message,
        };
        atom as qjs::JSAtom
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Name => "name",
            Self::Message => "message",
        }
    }
}

/// Takes the getter of a field from a prototype that no script has seen.
pub(crate) fn remember<'js>(prototype: &Object<'js>, field: Field) -> Result<()> {
    let ctx = prototype.ctx();
    let mut own = MaybeUninit::<qjs::JSPropertyDescriptor>::zeroed();
    // SAFETY: context and prototype are alive; the descriptor is read only where the engine says that
    // it wrote one, and its three values, which are ours then, are taken over or freed once.
    let getter = unsafe {
        let raw = ctx.as_raw().as_ptr();
        let found = qjs::JS_GetOwnProperty(raw, own.as_mut_ptr(), prototype.as_raw(), field.atom());
        if found <= 0 {
            return if found < 0 { Err(Error::Exception) } else { Ok(()) };
        }
        let own = own.assume_init();
        qjs::JS_FreeValue(raw, own.value);
        qjs::JS_FreeValue(raw, own.setter);
        Value::from_raw(ctx.clone(), own.getter)
    };
    if ctx.userdata::<Getters<'js>>().is_none() {
        let _ = ctx.store_userdata(Getters::default());
    }
    if let Some(getters) = ctx.userdata::<Getters<'js>>() {
        getters.0.borrow_mut().push((field, getter));
    }
    Ok(())
}

/// A field of an error: what the script set on this very error, else what the engine knows; nothing of
/// what is no such error.
pub(crate) fn field<'js>(ctx: &Ctx<'js>, error: &Object<'js>, field: Field) -> Option<Value<'js>> {
    if is_own(ctx, error, field.name()) {
        return swallow(ctx, error.get::<_, Value<'js>>(field.name()));
    }
    let getters = ctx.userdata::<Getters<'js>>()?;
    let getter = getters.0.borrow().iter().find(|(known, _)| *known == field)?.1.clone();
    // SAFETY: getter and error are alive, and there are no arguments.
    let value = unsafe {
        let raw = ctx.as_raw().as_ptr();
        let value = qjs::JS_Call(raw, getter.as_raw(), error.as_raw(), 0, ptr::null_mut());
        adopt(ctx, value)
    };
    swallow(ctx, value)
}

/// Forgets the getters: the world ends.
pub(crate) fn forget(ctx: &Ctx<'_>) {
    if let Some(getters) = ctx.userdata::<Getters<'_>>() {
        drop(getters.0.take());
    }
}
