//! `navigator`, after <https://html.spec.whatwg.org/#the-navigator-object>: native, since libraries
//! ask it where they are when they are loaded.

use rquickjs::{Ctx, Object, Result};

use super::fetch::USER_AGENT;
use crate::engine::native::{class, constructor, getter, object_of, receiver, tag};

/// The one `Navigator` of a world has no state; being it is all that is asked of it.
struct Navigator;

class!(Navigator, "Navigator");

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    let prototype = Object::new(ctx.clone())?;
    getter(&prototype, "userAgent", |call| {
        receiver::<Navigator>(call)?;
        call.string(USER_AGENT)
    })?;
    tag(&prototype, "Navigator")?;
    exports.set(
        "Navigator",
        constructor(
            &prototype,
            "Navigator",
            0,
            |call| Err(call.type_error("illegal constructor")),
        )?,
    )?;
    exports.set("navigator", object_of(prototype, 0, || Navigator)?)
}
