//! Connections: accepts, secures and serves them. Handles them by hand where a fault needs that.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::faults::{Fault, Place};
use crate::service::{Connection, RawAction};
use crate::state::{Pending, Shared};

/// How long a connection stays open for a peer that is still sending.
const LINGER: Duration = Duration::from_millis(500);

/// A connection to a client, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

pub(crate) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => drop(tokio::spawn(accept(tcp, tls.clone(), Arc::clone(&shared)))),
            // The peer has closed already, or no descriptor is left: the next connection may
            // succeed.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn accept(mut tcp: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let pending = Pending::begin(&shared);
    let (number, fault) = {
        let mut state = shared.state.lock().expect("no handler panics while it holds the state");
        state.counters.connections += 1;
        (state.counters.connections, state.script.take(Place::Connect))
    };
    // Without this, each small response waits for the peer's delayed acknowledgement.
    let _ = tcp.set_nodelay(true);
    match fault {
        None | Some(Fault::Pass) => {}
        Some(Fault::Delay(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::Raw(bytes)) => {
            return drop(perform(&mut tcp, RawAction::WriteEarly(bytes)).await);
        }
        Some(Fault::Reset) => return drop(tcp.set_zero_linger()),
        Some(Fault::Hang) => {
            drop(pending);
            return std::future::pending().await;
        }
        // Not immediately: data that the peer has sent would turn the close into a reset.
        Some(_) => return drop(perform(&mut tcp, RawAction::WriteEarly(Vec::new())).await),
    }
    let connection = Connection { shared, number, action: Arc::new(Mutex::new(None)) };
    match tls {
        None => serve(tcp, connection, pending).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(tcp).await {
                serve(stream, connection, pending).await;
            }
        }
    }
}

async fn serve<S: Stream>(stream: S, connection: Connection, pending: Pending) {
    let action = Arc::clone(&connection.action);
    let service = service_fn(move |request| Box::pin(connection.clone().serve(request)));
    let mut served = http1::Builder::new()
        .max_buf_size(256 << 10)
        .serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|context| served.poll_without_shutdown(context)).await;
    // No request comes any more, however long the connection stays open.
    drop(pending);
    let mut stream = served.into_parts().io.into_inner();
    let action = action.lock().expect("held for a moment only").take();
    // The peer may have closed already, which is fine too.
    let _ = perform(&mut stream, action.unwrap_or(RawAction::Write(Vec::new()))).await;
}

async fn perform<S: Stream>(stream: &mut S, action: RawAction) -> io::Result<()> {
    match action {
        RawAction::Write(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        RawAction::WriteEarly(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
            linger(stream).await;
            Ok(())
        }
        RawAction::Reset => stream.tcp().set_zero_linger(),
        RawAction::Hang => std::future::pending().await,
        RawAction::Drip { bytes_per_tick, tick, response } => {
            for bytes in response.chunks(bytes_per_tick.max(1)) {
                stream.write_all(bytes).await?;
                stream.flush().await?;
                tokio::time::sleep(tick).await;
            }
            stream.shutdown().await
        }
        RawAction::Endless => endless(stream).await,
    }
}

/// Gives the peer time to read the response before its data gets a reset.
async fn linger<S: Stream>(stream: &mut S) {
    let rest = async {
        let mut scrap = vec![0; 64 << 10];
        while stream.read(&mut scrap).await.is_ok_and(|n| n > 0) {}
    };
    let _ = tokio::time::timeout(LINGER, pin!(rest)).await;
}

async fn endless<S: Stream>(stream: &mut S) -> io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    stream.write_all(format!("{head}{}", chunk("{\"resources\": [")).as_bytes()).await?;
    let chunk = chunk(&"{\"uniqueId\": 1},".repeat((64 << 10) / 16));
    loop {
        stream.write_all(chunk.as_bytes()).await?;
    }
}
