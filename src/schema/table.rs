//! The properties of an object by name: each has a place, so that it can be ticked off.

use super::Node;

/// Sorted by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(Vec<(String, Node)>);

impl Table {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// A property, and its place.
    pub(super) fn find(&self, name: &str) -> Option<(usize, &Node)> {
        let place = self.place(name).ok()?;
        Some((place, &self.0[place].1))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn insert(&mut self, name: String, node: Node) {
        match self.place(&name) {
            Ok(place) => self.0[place].1 = node,
            Err(place) => self.0.insert(place, (name, node)),
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        if let Ok(place) = self.place(name) {
            self.0.remove(place);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.0.iter().map(|(name, node)| (name, node))
    }
}

impl FromIterator<(String, Node)> for Table {
    fn from_iter<I: IntoIterator<Item = (String, Node)>>(nodes: I) -> Table {
        let mut table = Table::default();
        nodes.into_iter().for_each(|(name, node)| table.insert(name, node));
        table
    }
}
