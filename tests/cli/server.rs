//! A small HTTP server on 127.0.0.1, inside the test process.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Barrier},
    thread,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::json;

/// How many requests `/together` waits for before it answers any of them.
pub(crate) const TOGETHER: usize = 8;

/// What `/big` answers with, in bytes.
pub(crate) const BIG: usize = 5_000_000;

/// What `/huge` answers with, in bytes.
pub(crate) const HUGE: usize = 1 << 30;

/// One request, as it came over the wire.
struct Request {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// Starts a server that lives as long as the process; its URL has no slash at the end.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let together = Arc::new(Barrier::new(TOGETHER));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let together = Arc::clone(&together);
            thread::spawn(move || serve(&stream, &together));
        }
    });
    format!("http://{address}")
}

/// Answers one request; a client that goes away is none of our business.
fn serve(stream: &TcpStream, together: &Barrier) -> Option<()> {
    let request = read(stream)?;
    let mut out = stream;
    let (status, headers, body) = match request.path.as_str() {
        "/echo" => (200, vec![header("content-type", "application/json")], echo(&request)),
        "/gzip" => (200, vec![header("content-encoding", "gzip")], gzip(b"unpacked")),
        "/x-gzip" => (200, vec![header("content-encoding", "x-gzip")], gzip(b"unpacked")),
        "/gzip-in-capitals" => (200, vec![header("content-encoding", " GZIP")], gzip(b"unpacked")),
        "/gzip-of-nothing" => (200, vec![header("content-encoding", "gzip")], vec![]),
        "/many-headers" => {
            let headers = (0..150).map(|index| header(&format!("x-{index}"), "a"));
            (200, headers.collect(), vec![])
        }
        "/long-header" => (200, vec![header("x-long", &"a".repeat(200_000))], vec![]),
        "/broken-gzip" => (200, vec![header("content-encoding", "gzip")], b"not packed".to_vec()),
        "/big" => (200, vec![], vec![b'x'; BIG]),
        "/empty" => (204, vec![], vec![]),
        "/cookies" => (200, vec![header("set-cookie", "a=1"), header("set-cookie", "b=2")], vec![]),
        "/latin" => (200, vec![header("x-latin", "gr\u{fc}n")], vec![]),
        "/cut" => {
            out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").ok()?;
            return Some(());
        }
        "/chunked" => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
            out.write_all(head.as_bytes()).ok()?;
            return out.write_all(b"4\r\none \r\n5\r\ntwo, \r\n5\r\nthree\r\n0\r\n\r\n").ok();
        }
        "/huge" => {
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {HUGE}\r\n\r\n");
            out.write_all(head.as_bytes()).ok()?;
            let piece = vec![b'x'; 1 << 20];
            return (0..HUGE >> 20).try_for_each(|_| out.write_all(&piece)).ok();
        }
        "/silent" => {
            // Until the client has enough of it.
            return BufReader::new(stream).read_to_end(&mut Vec::new()).ok().map(drop);
        }
        "/together" => {
            together.wait();
            (200, vec![], b"all here".to_vec())
        }
        path => routes(path, &request),
    };
    let length =
        if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let mut bytes =
        format!("HTTP/1.1 {status} Whatever\r\nconnection: close\r\n{length}").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend(value.chars().map(|c| u8::try_from(c).expect("Latin-1")));
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    if request.method != "HEAD" {
        bytes.extend_from_slice(&body);
    }
    out.write_all(&bytes).ok()
}

/// `/status/<code>`, `/redirect/<code>/<to>` and `/loop`.
fn routes(path: &str, request: &Request) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["", "status", code] => (code.parse().expect("a status"), vec![], b"a body".to_vec()),
        ["", "redirect", code, ..] => {
            let to = path.splitn(4, '/').nth(3).unwrap_or_default();
            let to = if to.starts_with("http:") { to.to_owned() } else { format!("/{to}") };
            (code.parse().expect("a status"), vec![header("location", &to)], b"moved".to_vec())
        }
        ["", "loop"] => (302, vec![header("location", "/loop")], vec![]),
        _ => (404, vec![], format!("{} {path}", request.method).into_bytes()),
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap_or(0));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

fn echo(request: &Request) -> Vec<u8> {
    let echo = json!({
        "method": request.method,
        "headers": request.headers,
        "body": String::from_utf8_lossy(&request.body),
        "bytes": request.body.len(),
    });
    echo.to_string().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes it")
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
