//! Functions in the place of the engine's own: a table that the engine reads, which makes each of them
//! when it is first touched, so that a world pays next to nothing for those that are not.

use std::{
    ffi::{CStr, c_int},
    ops::Range,
};

use rquickjs::{Error, Object, Result, Value, qjs};

use super::native::adopt;

/// What the engine calls: context, `this`, the arguments' number and place, the function's place in its
/// table.
pub(crate) type Numbered = unsafe extern "C" fn(
    *mut qjs::JSContext,
    qjs::JSValue,
    c_int,
    *mut qjs::JSValue,
    c_int,
) -> qjs::JSValue;

/// Functions with one body.
pub(crate) struct Table<const N: usize> {
    entries: [qjs::JSCFunctionListEntry; N],
    names: [&'static CStr; N],
}

// SAFETY: nobody writes to it, and its names and functions are there for good.
unsafe impl<const N: usize> Sync for Table<N> {}

impl<const N: usize> Table<N> {
    /// The names and `length`s of its functions.
    #[expect(clippy::indexing_slicing, reason = "below the length")]
    #[expect(clippy::cast_possible_truncation, reason = "no table has 2^15 rows")]
    #[expect(clippy::cast_possible_wrap, reason = "as above")]
    pub(crate) const fn new(rows: [(&'static CStr, u8); N], body: Numbered) -> Self {
        let mut names = [c""; N];
        let mut entries = [entry(c"", 0, 0, body); N];
        let mut index = 0;
        while index < N {
            let (name, length) = rows[index];
            names[index] = name;
            entries[index] = entry(name, length, index as i16, body);
            index += 1;
        }
        Self { entries, names }
    }

    /// Puts some of the functions in the place of what an object has under their names, whose values
    /// `taken` gets where it wants them.
    pub(crate) fn put<'js>(
        &'static self,
        holder: &Object<'js>,
        rows: Range<usize>,
        mut taken: Option<&mut Vec<Value<'js>>>,
    ) -> Result<()> {
        let raw = holder.ctx().as_raw().as_ptr();
        let entries = self.entries.get(rows.clone()).ok_or(Error::Unknown)?;
        for name in self.names.get(rows).ok_or(Error::Unknown)? {
            // SAFETY: context and holder are alive, the name ends with NUL; the atom is freed once, and
            // what the property is comes with a reference.
            let (old, deleted) = unsafe {
                let atom = qjs::JS_NewAtom(raw, name.as_ptr());
                let old = taken.is_some().then(|| qjs::JS_GetProperty(raw, holder.as_raw(), atom));
                let deleted = qjs::JS_DeleteProperty(raw, holder.as_raw(), atom, 0);
                qjs::JS_FreeAtom(raw, atom);
                (old, deleted)
            };
            if let (Some(taken), Some(old)) = (&mut taken, old) {
                // SAFETY: the reference is handed over.
                taken.push(unsafe { adopt(holder.ctx(), old)? });
            }
            if deleted <= 0 {
                return Err(Error::Exception);
            }
        }
        let count = c_int::try_from(entries.len()).map_err(|_| Error::Unknown)?;
        // SAFETY: the entries are never written, never go, and none of their names is there any more.
        let put = unsafe {
            qjs::JS_SetPropertyFunctionList(raw, holder.as_raw(), entries.as_ptr(), count)
        };
        if put < 0 { Err(Error::Exception) } else { Ok(()) }
    }
}

/// A function of the kind that is called with its number, as the engine's `JS_CFUNC_MAGIC_DEF` has it.
#[expect(clippy::cast_possible_truncation, reason = "the engine's numbers for this are small")]
const fn entry(
    name: &'static CStr,
    length: u8,
    magic: i16,
    body: Numbered,
) -> qjs::JSCFunctionListEntry {
    let cfunc = qjs::JSCFunctionType { generic_magic: Some(body) };
    let cproto = qjs::JSCFunctionEnum_JS_CFUNC_generic_magic as u8;
    let func = qjs::JSCFunctionListEntry__bindgen_ty_1__bindgen_ty_1 { length, cproto, cfunc };
    qjs::JSCFunctionListEntry {
        name: name.as_ptr(),
        prop_flags: (qjs::JS_PROP_WRITABLE | qjs::JS_PROP_CONFIGURABLE) as u8,
        def_type: qjs::JS_DEF_CFUNC as u8,
        magic,
        u: qjs::JSCFunctionListEntry__bindgen_ty_1 { func },
    }
}
