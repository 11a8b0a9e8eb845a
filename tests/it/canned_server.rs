//! A server that gives the same response to each request.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub struct CannedServer {
    origin: String,
    response: Arc<Mutex<Vec<u8>>>,
}

impl CannedServer {
    pub fn start() -> CannedServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let origin = format!("http://{}", listener.local_addr().expect("bound"));
        let response = Arc::new(Mutex::new(Vec::new()));
        let given = Arc::clone(&response);
        // The thread ends with the process of the tests.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(&stream, &given);
            }
        });
        CannedServer { origin, response }
    }

    pub fn origin(&self) -> String {
        self.origin.clone()
    }

    /// Sets the response to all later requests.
    pub fn response(&self, bytes: Vec<u8>) {
        *self.response.lock().expect("no panic") = bytes;
    }
}

/// Reads one request, and responds to it.
fn serve(stream: &TcpStream, given: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::from("x"), 0);
    while line.trim_end() != "" {
        line.clear();
        reader.read_line(&mut line)?;
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    let bytes = given.lock().expect("no panic").clone();
    (&*stream).write_all(&bytes)
}
