//! The properties of an object by name. Each has an index, so that it can be marked as seen.
//!
//! Every member of every record is looked up here. So this is a hash table whose hash takes eight
//! bytes of the name at a time. The names are those of a schema, which nobody makes up to collide.

#[derive(Clone, Debug)]
pub(super) struct Table<T> {
    entries: Vec<(String, T)>,
    /// For each slot the index of its entry, plus one; 0 for a free one. The length is a power of
    /// two, and at least half of the slots are free. A name is in the first slot from its hash on
    /// that was free.
    slots: Vec<usize>,
}

impl<T> Table<T> {
    /// Returns an entry and its index.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Option<(usize, &T)> {
        let mut slot = hash(name);
        loop {
            let index = self.slots[slot & (self.slots.len() - 1)].checked_sub(1)?;
            let (other, entry) = &self.entries[index];
            if other == name {
                return Some((index, entry));
            }
            slot += 1;
        }
    }

    /// Replaces an entry of the same name.
    pub(super) fn insert(&mut self, name: String, entry: T) {
        if let Some((index, _)) = self.find(&name) {
            self.entries[index].1 = entry;
            return;
        }
        self.entries.push((name, entry));
        if self.entries.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 2];
            (0..self.entries.len()).for_each(|index| self.occupy(index));
        } else {
            self.occupy(self.entries.len() - 1);
        }
    }

    fn occupy(&mut self, index: usize) {
        let mut slot = hash(&self.entries[index].0);
        while self.slots[slot & (self.slots.len() - 1)] != 0 {
            slot += 1;
        }
        let last = self.slots.len() - 1;
        self.slots[slot & last] = index + 1;
    }

    /// Returns all entries in the order of their indices.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }
}

impl<T> FromIterator<(String, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Table<T> {
        let mut table = Table { entries: Vec::new(), slots: vec![0; 8] };
        entries.into_iter().for_each(|(name, entry)| table.insert(name, entry));
        table
    }
}

/// Of all bytes of a name of up to 24 bytes, and of most of a longer one.
#[inline]
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let word = |at: usize| bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    let length = bytes.len();
    let mixed = match length {
        0..8 => bytes.iter().fold(0, |mixed, byte| mixed << 8 | u64::from(*byte)),
        _ => {
            let (middle, last) = (word(length / 2 - 4), word(length - 8));
            word(0) ^ middle.rotate_left(21) ^ last.rotate_left(42)
        }
    };
    // The upper half of a product depends on all bits.
    let product = (mixed ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (product >> 32) as usize
}
