//! What the HTTP crate promises nothing about: this is all that we take of it, and why the version
//! is pinned. Whether it is still there in the newest version, CI looks.

pub(super) use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
pub(super) use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
