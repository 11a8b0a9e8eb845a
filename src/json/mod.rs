//! JSON text and places in it: a leaf that every module may use.

pub(crate) mod pointer;
