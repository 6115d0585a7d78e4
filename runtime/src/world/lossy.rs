//! What is lost when a result becomes JSON, with its path: found in plain data, without calling anything
//! of the script's.

use rquickjs::{Ctx, Object, Value, object::Filter, qjs};

use crate::engine::value;

/// The most values that are looked at.
const MOST: usize = 10_000;

/// How deep is looked.
const DEEPEST: usize = 64;

/// How many findings are told.
const TOLD: usize = 3;

/// What is lost of a value that has a JSON form: `` `value.tags` is a `Set`, which arrives as `{}` ``.
pub(super) fn lost<'js>(ctx: &Ctx<'js>, given: &Value<'js>) -> Option<String> {
    let mut walk = Walk::new(ctx);
    walk.value(given);
    (!walk.lost.is_empty()).then(|| walk.lost.join("; "))
}

/// Why a value has no JSON form, where the place can be told.
pub(super) fn reason<'js>(ctx: &Ctx<'js>, given: &Value<'js>) -> Option<String> {
    let mut walk = Walk::new(ctx);
    walk.value(given);
    walk.refused
}

struct Walk<'a, 'js> {
    ctx: &'a Ctx<'js>,
    path: String,
    /// The objects that lead to where it is, with the lengths of their paths.
    above: Vec<(Object<'js>, usize)>,
    left: usize,
    lost: Vec<String>,
    refused: Option<String>,
}

impl<'a, 'js> Walk<'a, 'js> {
    fn new(ctx: &'a Ctx<'js>) -> Self {
        let (path, above) = ("value".to_owned(), Vec::new());
        Self { ctx, path, above, left: MOST, lost: Vec::new(), refused: None }
    }

    fn value(&mut self, value: &Value<'js>) {
        let Some(left) = self.left.checked_sub(1).filter(|_| self.refused.is_none()) else {
            return;
        };
        self.left = left;
        if value.is_big_int() {
            let path = &self.path;
            self.refused = Some(format!(
                "`{path}` is a BigInt, which JSON has no form for: write `String({path})`"
            ));
        } else if value.is_function() {
            self.lose("is a function, which is left out");
        } else if value.is_symbol() {
            self.lose("is a symbol, which is left out");
        } else if let Some(number) = value.as_number() {
            if !number.is_finite() {
                self.lose(&format!("is `{}`, which arrives as `null`", shown(number)));
            }
        } else if let Some(object) = value.as_object() {
            self.object(object);
        }
    }

    fn object(&mut self, object: &Object<'js>) {
        // SAFETY: the value is alive; the engine only looks at its class.
        let (is_map, is_set, is_proxy) = unsafe {
            let raw = object.as_raw();
            (qjs::JS_IsMap(raw), qjs::JS_IsSet(raw), qjs::JS_IsProxy(raw))
        };
        if let Some((_, length)) = self.above.iter().find(|(above, _)| above == object) {
            let to = self.path.get(..*length).unwrap_or_default();
            self.refused = Some(format!("`{}` leads back to `{to}`", self.path));
        } else if is_map {
            self.lose("is a `Map`, which arrives as `{}`: write `Object.fromEntries(map)`");
        } else if is_set {
            self.lose("is a `Set`, which arrives as `{}`: write `[...set]`");
        } else if !is_proxy && self.above.len() < DEEPEST && !self.says_itself(object) {
            self.above.push((object.clone(), self.path.len()));
            if let Some(array) = object.as_array() {
                for index in 0..array.len().min(self.left) {
                    self.inside(object, &index.to_string(), &format!("[{index}]"));
                }
            } else {
                let keys = object.own_keys::<String>(Filter::default());
                for key in keys.take(self.left).map_while(Result::ok) {
                    self.inside(object, &key, &step(&key));
                }
            }
            self.above.pop();
        }
    }

    /// Whether a `toJSON` says what it is.
    fn says_itself(&self, object: &Object<'js>) -> bool {
        let mut at = Some(object.clone());
        for _ in 0..DEEPEST {
            let Some(object) = at else { return false };
            // SAFETY: the value is alive; the engine only looks at its class. A proxy's handler would be
            // asked for more.
            if unsafe { qjs::JS_IsProxy(object.as_raw()) } {
                return true;
            }
            if value::is_own(self.ctx, &object, "toJSON") {
                return true;
            }
            at = object.get_prototype();
        }
        true
    }

    fn inside(&mut self, object: &Object<'js>, key: &str, step: &str) {
        let length = self.path.len();
        if let Some(value) = value::own_data(self.ctx, object, key) {
            self.path.push_str(step);
            self.value(&value);
            self.path.truncate(length);
        }
    }

    fn lose(&mut self, how: &str) {
        if self.lost.len() < TOLD {
            self.lost.push(format!("`{}` {how}", self.path));
        }
    }
}

fn shown(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// How a property is written behind its object.
fn step(key: &str) -> String {
    let is_name =
        !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '$');
    let starts = !key.starts_with(|it: char| it.is_ascii_digit());
    let key = value::cut(key);
    if is_name && starts { format!(".{key}") } else { format!("[{key:?}]") }
}
