//! `navigator`, after <https://html.spec.whatwg.org/#the-navigator-object>: native, since libraries
//! ask it where they are when they are loaded.

use rquickjs::{Class, Ctx, Object, Result};

use super::fetch::USER_AGENT;
use super::native::{class, constructor, getter, tag};

/// The one `Navigator` of a world has no state; being it is all that is asked of it.
struct Navigator;

class!(Navigator, "Navigator");

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    let prototype = Object::new(ctx.clone())?;
    getter(&prototype, "userAgent", |call| {
        Class::<Navigator>::from_value(&call.this())
            .map_err(|_| call.type_error("the receiver is not a `Navigator`"))?;
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
    exports.set("navigator", Class::instance_proto(Navigator, prototype)?)
}
