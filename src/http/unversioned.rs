//! The parts of ureq that may change in any version: all that is used of them is listed here, and
//! is why its version is pinned. CI checks whether the newest version still has them.

pub(super) use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
pub(super) use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
