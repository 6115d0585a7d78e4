//! A property of an object as the engine describes it, whatever a script has replaced.

use std::{ffi::c_int, mem};

use rquickjs::{Error, Object, Result, Value, qjs};

/// An own property as it is described.
pub(crate) struct Own<'js> {
    flags: c_int,
    pub(crate) getter: Value<'js>,
    /// Its value and its setter.
    pub(crate) rest: [Value<'js>; 2],
}

impl<'js> Own<'js> {
    /// The own property of an object; none where there is none.
    pub(crate) fn of(object: &Object<'js>, name: &str) -> Result<Option<Self>> {
        let raw = object.ctx().as_raw().as_ptr();
        // SAFETY: the context is alive, the name readable for its length.
        Self::named(object, unsafe {
            qjs::JS_NewAtomLen(raw, name.as_ptr().cast(), name.len() as _)
        })
    }

    /// The same by its key, a text or a symbol.
    pub(crate) fn at(object: &Object<'js>, key: &Value<'js>) -> Result<Option<Self>> {
        // SAFETY: both are alive.
        Self::named(object, unsafe {
            qjs::JS_ValueToAtom(object.ctx().as_raw().as_ptr(), key.as_raw())
        })
    }

    /// The own property with a name that is freed.
    fn named(object: &Object<'js>, atom: qjs::JSAtom) -> Result<Option<Self>> {
        let (ctx, raw) = (object.ctx(), object.ctx().as_raw().as_ptr());
        if atom == qjs::JS_ATOM_NULL as qjs::JSAtom {
            return Err(Error::Exception);
        }
        let mut described = mem::MaybeUninit::<qjs::JSPropertyDescriptor>::uninit();
        // SAFETY: object and context are alive; the atom is freed once; what is described is
        // written where the answer is 1, and its values come with references of their own.
        unsafe {
            let found = qjs::JS_GetOwnProperty(raw, described.as_mut_ptr(), object.as_raw(), atom);
            qjs::JS_FreeAtom(raw, atom);
            match found {
                0 => Ok(None),
                1.. => {
                    let found = described.assume_init();
                    let value = |value| Value::from_raw(ctx.clone(), value);
                    let rest = [value(found.value), value(found.setter)];
                    Ok(Some(Self { flags: found.flags, getter: value(found.getter), rest }))
                }
                _ => Err(Error::Exception),
            }
        }
    }

    pub(crate) fn has(&self, flag: u32) -> bool {
        self.flags & flag.cast_signed() != 0
    }

    /// Whether it is this function, or an accessor with it.
    pub(crate) fn is_function(&self, function: &Value<'js>) -> bool {
        self.getter == *function || self.rest.contains(function)
    }

    pub(crate) fn is_accessor(&self) -> bool {
        self.has(qjs::JS_PROP_GETSET)
    }

    /// Whether it is an accessor of this class.
    pub(crate) fn is_of(&self, class: qjs::JSClassID) -> bool {
        // SAFETY: only reads the value.
        self.is_accessor() && unsafe { qjs::JS_GetClassID(self.getter.as_raw()) } == class
    }
}
