//! The simulator as a program: prints its address and the settings of a job for it.

mod fault_option;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{self, Path, PathBuf};

use clap::Parser;
use fault_option::PlacedFault;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use vanta_simulator::{Gateway, Settings, Simulator};

/// A small Vanta on loopback, for tests of your own job. It stores nothing beyond its end.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve below this path, such as /vanta, as an API gateway does.
    #[arg(long, default_value = "")]
    path_prefix: String,
    /// Speak plain HTTP instead of TLS.
    #[arg(long)]
    http: bool,
    /// Folder for the client secret and the authority's certificate; must not exist. Default a
    /// private one among the temporary files. It is removed when the simulator ends.
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
    /// Turn off the rate limits of 5 and 20 requests a minute, and print settings without a rate
    /// limit.
    #[arg(long)]
    no_limits: bool,
    /// Lifetime of tokens in seconds.
    #[arg(long, default_value_t = 3599)]
    token_lifetime: u64,
    /// Play a gateway that responds to every request with this status and an HTML page.
    #[arg(long, value_name = "STATUS", group = "gateway",
          value_parser = clap::value_parser!(u16).range(200..600))]
    gateway_page: Option<u16>,
    /// Play a firewall that responds with 403 and an HTML page to a body with this text.
    #[arg(long, value_name = "TEXT", group = "gateway")]
    firewall: Option<String>,
    /// Play a captive portal that responds to every request with 200 and an HTML page.
    #[arg(long, group = "gateway")]
    captive_portal: bool,
    /// Play a captive portal that redirects every request.
    #[arg(long, group = "gateway")]
    captive_redirect: bool,
    /// Play a gateway that compresses every response, though no request accepts that.
    #[arg(long, group = "gateway")]
    gzip_responses: bool,
    /// Play a fault for the next request at a place, for instance put=lose-response; several are
    /// played one after the other. Places: connect, token, put, get, upload, any. Faults:
    /// status:CODE and page:CODE (this response, as JSON or as HTML of a gateway), drop and reset
    /// (the connection ends without a response), hang (no response); lose-response, hold-response
    /// and reset-after (the same, but the request takes effect); delay:SECONDS.
    #[arg(long, value_name = "PLACE=FAULT")]
    fault: Vec<PlacedFault>,
    /// Respond with 404 to every resource that is not named so, for instance
    /// user_account=66f0c0ffee0000000000a001. Default: any resource id is accepted.
    #[arg(long, value_name = "KIND=ID", value_parser = kind_and_id)]
    resource: Vec<(String, String)>,
}

fn kind_and_id(text: &str) -> Result<(String, String), String> {
    let (kind, id) = text.split_once('=').ok_or("write KIND=ID")?;
    let known = || vanta_simulator::kinds().collect::<Vec<_>>().join(", ");
    match vanta_simulator::kinds().any(|one| one == kind) {
        true => Ok((kind.to_owned(), id.to_owned())),
        false => Err(format!("the kind must be one of {}", known())),
    }
}

impl Options {
    fn gateway(&self) -> Gateway {
        match (self.gateway_page, &self.firewall) {
            (Some(status), _) => Gateway::Page(status),
            (_, Some(text)) => Gateway::Firewall(text.clone()),
            _ if self.captive_portal => Gateway::Portal,
            _ if self.captive_redirect => Gateway::PortalRedirect,
            _ if self.gzip_responses => Gateway::Gzip,
            _ => Gateway::None,
        }
    }
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    Builder::new_current_thread().enable_all().build()?.block_on(run(options))
}

async fn run(options: Options) -> io::Result<()> {
    // From here on, no signal leaves the folder behind.
    let mut end = Signals::listen()?;
    let simulator = started(&options)?;
    let unique = || std::env::temp_dir().join(format!("vanta-simulator-{}", std::process::id()));
    let folder = options.folder.clone().unwrap_or_else(unique);
    DirBuilder::new().mode(0o700).create(&folder)?;
    let printed = print_settings(&simulator, &options, &folder);
    if printed.is_ok() {
        end.wait().await;
    }
    fs::remove_dir_all(&folder).and(printed)
}

/// The signals that end the program after it has cleaned up.
struct Signals(Signal, Signal);

impl Signals {
    fn listen() -> io::Result<Signals> {
        Ok(Signals(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

fn started(options: &Options) -> io::Result<Simulator> {
    let mut settings = Settings {
        tls: !options.http,
        port: options.port,
        path_prefix: options.path_prefix.trim_end_matches('/').to_owned(),
        expires_in: options.token_lifetime,
        gateway: options.gateway(),
        only_declared: !options.resource.is_empty(),
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
    options.resource.iter().for_each(|(kind, id)| simulator.declare(id, kind, None));
    let faults = options.fault.iter().cloned();
    faults.for_each(|one| simulator.script(one.place, [one.fault]));
    Ok(simulator)
}

/// Writes the files of a client, and prints its settings.
fn print_settings(simulator: &Simulator, options: &Options, folder: &Path) -> io::Result<()> {
    let in_folder = |own: &Option<PathBuf>, name| own.clone().unwrap_or_else(|| folder.join(name));
    let secret = in_folder(&options.secret_file, "client-secret");
    let ca = in_folder(&options.ca_file, "ca.pem");
    write_private(&secret, &simulator.client_secret())?;
    write_private(&ca, simulator.ca_pem())?;
    let origin = simulator.origin();
    let mut lines = vec![
        format!("A simulated Vanta listens on {origin}; its counters are at {origin}/simulator.\n"),
        format!("export VANTA_ORIGIN={origin}"),
        format!("export VANTA_CLIENT_ID={}", simulator.client_id()),
        format!("export VANTA_CLIENT_SECRET_FILE={}", path::absolute(secret)?.display()),
    ];
    lines.push(match options.http {
        false => format!("export VANTA_CA_FILE={}", path::absolute(ca)?.display()),
        true => "# plain http must be allowed in code: Config::allow_plain_http_to_loopback".into(),
    });
    if options.no_limits {
        // Without limits here, the client needs none.
        lines.push("export VANTA_REQUESTS_PER_MINUTE=0".into());
    }
    lines.push("\nCtrl-C ends it.\n".into());
    let mut out = io::stdout().lock();
    out.write_all(lines.join("\n").as_bytes()).and_then(|()| out.flush())
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    // The error of the system does not name the file.
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(named)
}
