//! The web APIs of a script: every one costs a getter until it is touched.
//!
//! A module defines the globals of one standard. It has a line in [`APIS`] and a function
//! `init(ctx, exports)` that sets the values of its globals on `exports`, or a module of JavaScript
//! that exports them; nothing else makes them global. The first touch of any of its globals calls it
//! (see `globals.rs`).
//! [`global`] gives the original value of a global, whatever a script has put in its place.

#![expect(clippy::unnecessary_wraps, reason = "native functions have one shape")]

mod arrays;
mod bytes;
#[cfg(feature = "compression")]
mod compression;
mod console;
pub(crate) mod context;
mod crypto;
mod dom;
mod fetch;
mod globals;
pub(crate) mod js;
mod labels;
mod natives;
mod navigator;
mod promises;
pub(crate) mod report;
#[cfg(feature = "crypto-subtle")]
mod subtle;
mod text;
mod timers;
mod url;
mod views;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use rquickjs::{Ctx, Error, Exception, JsLifetime, Object, Result, Value, object::Property};

use crate::world::World;

/// A standard: the globals that it defines, and who makes them.
struct Api {
    globals: &'static [&'static str],
    source: Source,
}

/// Where the values of globals come from.
enum Source {
    /// A Rust function that sets them on the object it is given.
    Native(for<'js> fn(&Ctx<'js>, &Object<'js>) -> Result<()>),
    /// A module of our JavaScript that exports them.
    Script(&'static str),
}

/// What makes the native functions that our JavaScript is given.
const NATIVES: for<'js> fn(&Ctx<'js>) -> Result<Object<'js>> = natives::object;

/// Every web API.
const APIS: &[Api] = &[
    Api { globals: &["console"], source: Source::Native(console::init) },
    Api {
        globals: &["setTimeout", "setInterval", "clearTimeout", "clearInterval"],
        source: Source::Native(timers::init),
    },
    Api { globals: &["TextEncoder", "TextDecoder"], source: Source::Native(text::init) },
    Api { globals: &["DOMException", "atob", "btoa"], source: Source::Native(dom::init) },
    Api { globals: &["QuotaExceededError"], source: Source::Script("quota") },
    Api { globals: &["crypto", "Crypto"], source: Source::Native(crypto::init) },
    Api { globals: &["navigator", "Navigator"], source: Source::Native(navigator::init) },
    #[cfg(feature = "crypto-subtle")]
    Api { globals: &["CryptoKey", "SubtleCrypto"], source: Source::Script("subtle") },
    Api {
        globals: &[
            "Event",
            "EventTarget",
            "CustomEvent",
            "ErrorEvent",
            "PromiseRejectionEvent",
            "MessageEvent",
            "AbortController",
            "AbortSignal",
        ],
        source: Source::Script("events"),
    },
    Api { globals: &["fetch", "Headers", "Request", "Response"], source: Source::Script("fetch") },
    Api { globals: &["URL", "URLSearchParams"], source: Source::Script("url") },
    #[cfg(feature = "url-pattern")]
    Api { globals: &["URLPattern"], source: Source::Script("urlpattern") },
    Api {
        globals: &[
            "ReadableStream",
            "ReadableStreamDefaultReader",
            "ReadableStreamBYOBReader",
            "ReadableStreamDefaultController",
            "ReadableByteStreamController",
            "ReadableStreamBYOBRequest",
            "WritableStream",
            "WritableStreamDefaultWriter",
            "WritableStreamDefaultController",
            "TransformStream",
            "TransformStreamDefaultController",
            "ByteLengthQueuingStrategy",
            "CountQueuingStrategy",
        ],
        source: Source::Script("streams"),
    },
    Api {
        globals: &[
            "TextEncoderStream",
            "TextDecoderStream",
            #[cfg(feature = "compression")]
            "CompressionStream",
            #[cfg(feature = "compression")]
            "DecompressionStream",
        ],
        source: Source::Script("transforms"),
    },
    Api {
        globals: &["structuredClone", "MessageChannel", "MessagePort"],
        source: Source::Script("clone"),
    },
    Api { globals: &["performance", "Performance", "reportError"], source: Source::Script("misc") },
    Api { globals: &["Blob", "File", "FormData"], source: Source::Script("blob") },
    Api { globals: &["FileReader", "ProgressEvent"], source: Source::Script("file_reader") },
];

/// What the web APIs know of one world.
#[derive(Default)]
struct Web<'js> {
    /// The APIs that were touched, with the values of their globals.
    touched: RefCell<Vec<(usize, Object<'js>)>>,
    /// The signal in the handler's `context`, once a script has looked at it.
    signal: RefCell<Option<Value<'js>>>,
    /// Whether it is to be aborted.
    aborted: Cell<bool>,
    /// Whether the script hears of an error just now: what goes wrong there is only logged.
    is_reporting: Cell<bool>,
    guarded: arrays::Guarded<'js>,
    watched: globals::Watched<'js>,
}

/// Keeps it where [`Web::of`] finds it.
struct Slot<'js>(Rc<Web<'js>>);

// SAFETY: the type is the same but for the lifetime of its values.
unsafe impl<'js> JsLifetime<'js> for Slot<'js> {
    type Changed<'to> = Slot<'to>;
}

impl<'js> Web<'js> {
    fn of(ctx: &Ctx<'js>) -> Rc<Self> {
        #[expect(clippy::expect_used, reason = "no script runs before `install`")]
        let slot = ctx.userdata::<Slot<'js>>().expect("a world has its APIs from the start");
        Rc::clone(&slot.0)
    }
}

/// Puts every global on the global object of a world.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, world: &World<'js>) -> Result<()> {
    let web = Rc::new(Web::default());
    ctx.store_userdata(Slot(Rc::clone(&web)))?;
    arrays::install(ctx, &web)?;
    globals::install(ctx, world, &web)?;
    if world.driver.is_virtual() {
        let date: Value<'_> = js::module(ctx, "date")?.get("Date")?;
        ctx.globals().prop("Date", Property::from(date).writable().configurable())?;
    }
    let globals = ctx.globals();
    globals.prop("self", Property::from(globals.clone()).writable().configurable())
}

/// The world has ended: nothing of it is kept.
pub(crate) fn close(ctx: &Ctx<'_>) {
    let Some(slot) = ctx.userdata::<Slot<'_>>() else { return };
    drop(slot.0.touched.take());
    drop(slot.0.signal.take());
    slot.0.guarded.clear();
    slot.0.watched.clear();
}

/// The original value of a global, built now if it was not touched yet.
pub(crate) fn global<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Value<'js>> {
    match APIS.iter().position(|api| api.globals.contains(&name)) {
        Some(index) => exports(ctx, index)?.get(name),
        None => Err(Exception::throw_reference(ctx, &format!("`{name}` is not a global"))),
    }
}

/// The values of an API's globals.
fn exports<'js>(ctx: &Ctx<'js>, index: usize) -> Result<Object<'js>> {
    let web = Web::of(ctx);
    let known = |(other, object): &(usize, Object<'js>)| (*other == index).then(|| object.clone());
    if let Some(object) = web.touched.borrow().iter().find_map(known) {
        return Ok(object);
    }
    let api = APIS.get(index).ok_or(Error::Unknown)?;
    let object = Object::new_proto(ctx.clone(), None)?;
    match api.source {
        Source::Native(init) => init(ctx, &object)?,
        Source::Script(name) => js::install(ctx, &object, name, api.globals)?,
    }
    web.touched.borrow_mut().push((index, object.clone()));
    Ok(object)
}
