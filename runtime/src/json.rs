//! JSON that comes from outside: read value by value, and what is wrong is told with its place.
//!
//! The types that read themselves say so in matches of their own: derived code, made anew for each
//! type and each way to it, was a sixteenth of the library.

use std::{
    fmt::{self, Display},
    path::PathBuf,
};

use serde_json::{Map, Value};

/// Reads a text.
pub(crate) fn read<T: Read>(text: &str) -> Result<T, Wrong> {
    T::read(&Json::of(&parse(text)?))
}

/// Any JSON.
#[inline(never)]
pub(crate) fn parse(text: &str) -> Result<Value, Wrong> {
    serde_json::from_str(text).map_err(|error| Wrong(error.to_string()))
}

/// What is wrong with a text: ``the text "15" at `config[0].interval` is no number``.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(String);

/// What can be read.
pub(crate) trait Read: Sized {
    /// Makes it of a value that says all of it.
    fn read(json: &Json<'_>) -> Result<Self, Wrong>;
}

/// A value, and where it stands.
pub(crate) struct Json<'a> {
    value: &'a Value,
    /// Where, as a part of another value.
    part: Option<(&'a Json<'a>, Part<'a>)>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Json<'a> {
    /// A value that is no part of another one.
    pub(crate) fn of(value: &'a Value) -> Self {
        Self { value, part: None }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// That this is not what it should be.
    #[cold]
    #[inline(never)]
    pub(crate) fn is_no(&self, what: &str) -> Wrong {
        let found = match self.value {
            Value::Null => "`null`".to_owned(),
            Value::Bool(_) | Value::Number(_) => format!("`{}`", self.value),
            Value::String(text) => format!("the string {text:?}"),
            Value::Array(_) => "an array".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        Wrong(format!("{self} is {found}, not {what}"))
    }

    /// The text that this is.
    pub(crate) fn text(&self) -> Result<&'a str, Wrong> {
        self.value.as_str().ok_or_else(|| self.is_no("a string"))
    }

    /// The one of `words` that this is, by its number.
    fn word(&self, words: &[&str]) -> Result<usize, Wrong> {
        let text = self.text()?;
        let found = words.iter().position(|word| *word == text);
        found.ok_or_else(|| self.is_no(&one_of(words)))
    }

    /// What the word that this is stands for.
    pub(crate) fn choice<T: Copy>(&self, words: &[&str], values: &[T]) -> Result<T, Wrong> {
        let value = self.word(words).map(|index| values.get(index).copied())?;
        value.ok_or_else(|| self.is_no(&one_of(words)))
    }

    /// The whole number that this is.
    fn whole(&self) -> Result<i128, Wrong> {
        let number = self.value.as_u64().map(i128::from);
        let number = number.or_else(|| self.value.as_i64().map(i128::from));
        number.ok_or_else(|| self.is_no("a whole number"))
    }

    /// The items of the array that this is.
    pub(crate) fn items(&self) -> Result<&'a [Value], Wrong> {
        let items = self.value.as_array().map(Vec::as_slice);
        items.ok_or_else(|| self.is_no("an array"))
    }

    /// One of its items.
    pub(crate) fn item<'b>(&'b self, index: usize, value: &'b Value) -> Json<'b> {
        Json { value, part: Some((self, Part::Item(index))) }
    }

    /// The fields of the object that this is.
    pub(crate) fn fields(&'a self) -> Result<Fields<'a>, Wrong> {
        let fields = self.value.as_object().ok_or_else(|| self.is_no("an object"))?;
        Ok(Fields { json: self, fields })
    }

    /// As [`Self::fields`], of an object that has no others than these.
    pub(crate) fn only(&'a self, names: &[&str]) -> Result<Fields<'a>, Wrong> {
        let fields = self.fields()?;
        match fields.fields.keys().find(|key| !names.contains(&key.as_str())) {
            Some(key) => {
                let among = one_of(names);
                Err(Wrong(format!("unknown field `{key}` in {self}: it may have {among}")))
            }
            None => Ok(fields),
        }
    }
}

/// The way to a value: `` `config.runners[0].interval` ``.
impl Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut way = String::new();
        let mut json = self;
        while let Some((whole, part)) = json.part {
            let part = match part {
                Part::Field(name) if whole.part.is_none() => name.to_owned(),
                Part::Field(name) => format!(".{name}"),
                Part::Item(index) => format!("[{index}]"),
            };
            way.insert_str(0, &part);
            json = whole;
        }
        if way.is_empty() { f.write_str("the JSON") } else { write!(f, "`{way}`") }
    }
}

/// The fields of an object.
pub(crate) struct Fields<'a> {
    json: &'a Json<'a>,
    fields: &'a Map<String, Value>,
}

impl Fields<'_> {
    fn get<'b>(&'b self, name: &'b str) -> Option<Json<'b>> {
        let value = self.fields.get(name)?;
        Some(Json { value, part: Some((self.json, Part::Field(name))) })
    }

    /// A field that has to be there.
    pub(crate) fn need<T: Read>(&self, name: &str) -> Result<T, Wrong> {
        match self.get(name) {
            Some(json) => T::read(&json),
            None => Err(self.lacks(name)),
        }
    }

    #[cold]
    #[inline(never)]
    fn lacks(&self, name: &str) -> Wrong {
        Wrong(format!("{} has no `{name}`", self.json))
    }

    /// A field that may be left out.
    pub(crate) fn read<T: Read>(&self, name: &str) -> Result<Option<T>, Wrong> {
        self.get(name).map(|json| T::read(&json)).transpose()
    }

    /// A field that may be left out, or be `null`.
    pub(crate) fn maybe<T: Read>(&self, name: &str) -> Result<Option<T>, Wrong> {
        let field = self.get(name).filter(|json| !json.value.is_null());
        field.map(|json| T::read(&json)).transpose()
    }

    /// A field that has a default.
    pub(crate) fn or_default<T: Read + Default>(&self, name: &str) -> Result<T, Wrong> {
        self.read(name).map(Option::unwrap_or_default)
    }
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

impl Read for bool {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.value.as_bool().ok_or_else(|| json.is_no("a boolean"))
    }
}

impl Read for f64 {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.value.as_f64().ok_or_else(|| json.is_no("a number"))
    }
}

impl Read for String {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.text().map(str::to_owned)
    }
}

impl Read for PathBuf {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.text().map(Self::from)
    }
}

/// Whole numbers.
macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Read for $type {
            fn read(json: &Json<'_>) -> Result<Self, Wrong> {
                let number = Self::try_from(json.whole()?);
                number.map_err(|_| json.is_no(concat!("a number that fits in ", stringify!($type))))
            }
        }
    )*};
}

whole!(u16, u32, u64, usize, i32, i64);

impl Read for Value {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        Ok(json.value.clone())
    }
}

impl Read for Map<String, Value> {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.fields().map(|it| it.fields.clone())
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        T::read(json).map(Box::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let mut list = Vec::new();
        for (index, item) in json.items()?.iter().enumerate() {
            list.push(T::read(&json.item(index, item))?);
        }
        Ok(list)
    }
}

impl Read for (String, String) {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        match json.items()? {
            [first, second] => {
                Ok((String::read(&json.item(0, first))?, String::read(&json.item(1, second))?))
            }
            _ => Err(json.is_no("an array of two strings")),
        }
    }
}
