//! The simulator as a program: prints where it listens and how to point a job at it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{self, Path, PathBuf};

use clap::Parser;
use vanta_simulator::{Settings, Simulator};

/// A small Vanta on loopback, for tests of your own job. It keeps nothing when it ends.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Speak plain HTTP instead of TLS.
    #[arg(long)]
    http: bool,
    /// Folder for the client secret and the authority's certificate; must not exist. Default a
    /// private one among the temporary files. It goes when the simulator ends.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Where to write the authority's certificate instead; must not exist, and stays.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// Where to write the client secret instead; must not exist, and stays.
    #[arg(long)]
    secret_file: Option<PathBuf>,
    /// Client id; default a random one.
    #[arg(long)]
    client_id: Option<String>,
    /// Lift the limits of 5 and 20 requests a minute.
    #[arg(long)]
    no_limits: bool,
    /// Seconds a token lives.
    #[arg(long, default_value_t = 3599)]
    token_lifetime: u64,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let mut settings = Settings {
        tls: !options.http,
        port: options.port,
        expires_in: options.token_lifetime,
        ..Settings::default()
    };
    if options.no_limits {
        settings.token_limit_per_minute = None;
        settings.resource_limit_per_minute = None;
    }
    let simulator = Simulator::try_start_with(settings)?;
    if let Some(id) = &options.client_id {
        simulator.set_client_id(id);
    }
    let unique = || std::env::temp_dir().join(format!("vanta-simulator-{}", std::process::id()));
    let folder = options.folder.unwrap_or_else(unique);
    DirBuilder::new().mode(0o700).create(&folder)?;
    let secret = options.secret_file.unwrap_or_else(|| folder.join("client-secret"));
    let ca = options.ca_file.unwrap_or_else(|| folder.join("ca.pem"));
    let served = write_private(&secret, &simulator.client_secret())
        .and_then(|()| write_private(&ca, simulator.ca_pem()))
        .and_then(|()| tell(&simulator, &secret, (!options.http).then_some(&ca)))
        .and_then(|()| wait());
    fs::remove_dir_all(&folder).and(served)
}

fn wait() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::signal::ctrl_c())
}

fn tell(simulator: &Simulator, secret: &Path, ca: Option<&PathBuf>) -> io::Result<()> {
    let origin = simulator.origin();
    println!("A simulated Vanta listens on {origin}; its books are at {origin}/simulator.\n");
    println!("export VANTA_ORIGIN={origin}");
    println!("export VANTA_CLIENT_ID={}", simulator.client_id());
    println!("export VANTA_CLIENT_SECRET_FILE={}", path::absolute(secret)?.display());
    match ca {
        Some(ca) => println!("export VANTA_CA_FILE={}", path::absolute(ca)?.display()),
        None => {
            println!("# plain http must be allowed in code: Config::allow_plain_http_to_loopback")
        }
    }
    println!("\nCtrl-C ends it.");
    io::stdout().flush()
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    // The system's own words leave out which file they speak of.
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(named)
}
