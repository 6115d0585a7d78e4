//! Memory that Rust holds for a script: counted before it is allocated, given back when it is dropped.
//!
//! A [`Charge`] is a part of a world's limit. A [`Charged`] value has one, and nobody grows it but
//! through methods that charge first. What is refused is [`Error::Allocation`], which a script
//! sees as `InternalError: out of memory`; so is what the system refuses.

use std::{
    borrow::Borrow,
    collections::BTreeMap,
    fmt::{self, Write as _},
    io, mem,
    ops::Deref,
    sync::Arc,
};

use rquickjs::{Error, Result};

use super::heap::Usage;

/// The fewest elements that a growing buffer gets room for.
const LEAST: usize = 8;

/// A part of a world's memory limit, held until it is dropped, on whatever thread that happens.
#[derive(Debug)]
pub(crate) struct Charge {
    usage: Arc<Usage>,
    bytes: usize,
}

impl Charge {
    /// Holds `bytes` of the limit.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`] when they do not fit.
    pub(crate) fn new(usage: &Arc<Usage>, bytes: usize) -> Result<Self> {
        let mut charge = Self { usage: Arc::clone(usage), bytes: 0 };
        charge.set(bytes)?;
        Ok(charge)
    }

    /// Holds `bytes` from now on, more or fewer than before.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`] when they do not fit; then it holds what it held.
    pub(crate) fn set(&mut self, bytes: usize) -> Result<()> {
        if !self.usage.charge(bytes.saturating_sub(self.bytes)) {
            return Err(Error::Allocation);
        }
        self.usage.discharge(self.bytes.saturating_sub(bytes));
        self.bytes = bytes;
        Ok(())
    }

    /// Charges for a buffer of `capacity` elements of `size` bytes that is to get `room` of them: for
    /// twice the capacity or an eighth more than is needed where that fits, else for what is needed.
    /// Gives the new capacity.
    fn grow(&mut self, capacity: usize, room: usize, size: usize) -> Result<usize> {
        let twice = room.max(capacity.saturating_mul(2)).max(LEAST);
        let fits = |room: &usize| {
            let bytes = room.saturating_mul(size);
            self.usage.has_room(bytes.saturating_sub(self.bytes))
        };
        let new = [twice, room.saturating_add(room / 8)].into_iter().find(fits).unwrap_or(room);
        self.set(new.saturating_mul(size)).map(|()| new)
    }

    /// What the system refuses, although the limit allows it.
    fn refused(&self) -> Error {
        self.usage.refuse();
        Error::Allocation
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.usage.discharge(self.bytes);
    }
}

/// A value and the memory that it is charged with.
#[derive(Debug)]
pub(crate) struct Charged<T> {
    value: T,
    charge: Charge,
}

impl<T> Charged<T> {
    /// Charges `bytes`, and only then has the value made, which holds no more.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`] when they do not fit.
    pub(crate) fn new(usage: &Arc<Usage>, bytes: usize, make: impl FnOnce() -> T) -> Result<Self> {
        let charge = Charge::new(usage, bytes)?;
        Ok(Self { value: make(), charge })
    }

    /// Charges `most` bytes, has the value changed, and then holds what `held` says of it.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`] when they do not fit; then nothing is changed.
    pub(crate) fn change<R>(
        &mut self,
        most: usize,
        change: impl FnOnce(&mut T) -> R,
        held: impl FnOnce(&T) -> usize,
    ) -> Result<R> {
        self.charge.set(most.max(self.charge.bytes))?;
        let result = change(&mut self.value);
        self.charge.set(held(&self.value))?;
        Ok(result)
    }

    /// The value, and what has to be kept as long as the value is.
    pub(crate) fn into_parts(self) -> (T, Charge) {
        (self.value, self.charge)
    }
}

impl<T> Charged<Option<T>> {
    /// The charged value, or none.
    pub(crate) fn transpose(self) -> Option<Charged<T>> {
        Some(Charged { value: self.value?, charge: self.charge })
    }
}

impl<T> Deref for Charged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Charged<Vec<T>> {
    /// A list of nothing, which costs nothing.
    pub(crate) fn list(usage: &Arc<Usage>) -> Self {
        Self { value: Vec::new(), charge: Charge { usage: Arc::clone(usage), bytes: 0 } }
    }

    /// Makes room for `more` elements.
    pub(crate) fn reserve(&mut self, more: usize) -> Result<()> {
        let (len, capacity) = (self.value.len(), self.value.capacity());
        let room = len.saturating_add(more);
        if room <= capacity {
            return Ok(());
        }
        let room = self.charge.grow(capacity, room, mem::size_of::<T>())?;
        let reserved = self.value.try_reserve_exact(room.saturating_sub(len));
        reserved.map_err(|_| self.charge.refused())
    }

    /// Adds an element.
    pub(crate) fn push(&mut self, element: T) -> Result<()> {
        self.reserve(1)?;
        self.value.push(element);
        Ok(())
    }

    /// Forgets all elements, and gives back their room.
    #[cfg(feature = "compression")]
    pub(crate) fn clear(&mut self) {
        self.value = Vec::new();
        // What is given back never fails.
        let _ = self.charge.set(0);
    }

    /// The elements, to be changed in their places.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.value
    }
}

impl<T: Copy> Charged<Vec<T>> {
    /// Adds a copy of a slice.
    pub(crate) fn extend(&mut self, elements: &[T]) -> Result<()> {
        self.reserve(elements.len())?;
        self.value.extend_from_slice(elements);
        Ok(())
    }

    /// Makes it `len` elements long, with `element` in new places.
    pub(crate) fn resize(&mut self, len: usize, element: T) -> Result<()> {
        self.reserve(len.saturating_sub(self.value.len()))?;
        self.value.resize(len, element);
        Ok(())
    }
}

impl Charged<String> {
    /// A text of nothing, which costs nothing.
    pub(crate) fn text(usage: &Arc<Usage>) -> Self {
        Self { value: String::new(), charge: Charge { usage: Arc::clone(usage), bytes: 0 } }
    }

    /// Adds a text.
    pub(crate) fn push_str(&mut self, text: &str) -> Result<()> {
        let (len, capacity) = (self.value.len(), self.value.capacity());
        let room = len.saturating_add(text.len());
        if room > capacity {
            let room = self.charge.grow(capacity, room, 1)?;
            let reserved = self.value.try_reserve_exact(room.saturating_sub(len));
            reserved.map_err(|_| self.charge.refused())?;
        }
        self.value.push_str(text);
        Ok(())
    }

    /// Adds what `write!` or [`format_args!`] say.
    pub(crate) fn push_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<()> {
        self.write_fmt(text).map_err(|_| Error::Allocation)
    }

    /// Adds a text as JSON.
    pub(crate) fn push_json(&mut self, text: &str) -> Result<()> {
        serde_json::to_writer(Pieces(self), text).map_err(|_| Error::Allocation)
    }

    /// Forgets all behind the first `len` bytes, which end a character; the room stays.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.value.truncate(len);
    }
}

impl fmt::Write for Charged<String> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text).map_err(|_| fmt::Error)
    }
}

/// Takes the pieces of a JSON text, each of which is UTF-8.
struct Pieces<'a>(&'a mut Charged<String>);

impl io::Write for Pieces<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(piece).map_err(io::Error::other)?;
        match self.0.push_str(text) {
            Ok(()) => Ok(piece.len()),
            Err(_) => Err(io::ErrorKind::OutOfMemory.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Values by key, in the order of the keys; each is charged until it is removed or replaced.
///
/// They are in boxes, so that maps of different values with keys of one kind are the same machine code.
#[derive(Debug)]
pub(crate) struct ChargedMap<K, V>(BTreeMap<K, Box<(V, Charge)>>);

impl<K, V> Default for ChargedMap<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> ChargedMap<K, V> {
    /// What an entry takes in the map, whose nodes are half empty at worst.
    const ENTRY: usize = 2 * mem::size_of::<(K, usize)>() + mem::size_of::<(V, Charge)>() + 48;

    /// Puts in what `make` makes, for which `bytes` are held beside the entry itself (such as a text
    /// that the key is), and gives what it replaces: to be dropped when the map is not borrowed.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`] when they do not fit; then nothing is made or changed.
    pub(crate) fn insert(
        &mut self,
        usage: &Arc<Usage>,
        bytes: usize,
        make: impl FnOnce() -> (K, V),
    ) -> Result<Option<V>> {
        let charge = Charge::new(usage, bytes.saturating_add(Self::ENTRY))?;
        let (key, value) = make();
        Ok(self.0.insert(key, Box::new((value, charge))).map(|old| old.0))
    }

    /// Takes a value out.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key).map(|removed| removed.0)
    }

    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key).map(|entry| &entry.0)
    }

    /// The value of a key, to be changed in its place.
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(key).map(|entry| &mut entry.0)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, entry)| (key, &entry.0))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
