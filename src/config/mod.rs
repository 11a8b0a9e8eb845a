//! Every setting and its default; from code or the environment; parsed once, valid afterwards.

mod ca_files;
mod check;
mod choices;
mod credentials;
mod declare;
mod environment;
mod no_proxy;
mod on_store_unavailable;
mod origin;
mod pem;
mod problem;
mod proxy;
mod read;
mod resolve;
mod roots;
mod secret_callback;
mod secret_shape;
mod store;
mod table;
// In an optimised build not even with the feature, which an example has as a test does.
#[cfg(all(feature = "test-util", debug_assertions))]
mod test_clock;
mod values;
mod written_files;

pub use choices::{ProxyChoice, TokenStoreLocation};
pub(crate) use credentials::Credentials;
pub use on_store_unavailable::OnStoreUnavailable;
pub(crate) use origin::{is_origin, normal_origin};
pub(crate) use problem::{named, unopened, unreadable};
pub(crate) use proxy::Proxy;
pub(crate) use resolve::{Access, Settings};
pub use roots::Roots;
pub use table::Config;
