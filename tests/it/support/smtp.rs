//! An SMTP server that takes every letter and delivers none, and that a test may hold up, or take away.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::free_port;

/// A letter as it came.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Head and body.
    pub data: String,
}

impl Taken {
    /// The lines of the head that begin with this name, unfolded.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap();
        let head = head.replace("\r\n ", " ");
        let wanted = format!("{}:", name.to_lowercase());
        let lines = head.split("\r\n");
        lines
            .filter(|line| line.to_lowercase().starts_with(&wanted))
            .map(|line| line[wanted.len()..].trim().to_owned())
            .collect()
    }

    /// The content of the part of this type, decoded.
    pub fn part(&self, content_type: &str) -> String {
        let boundary = self.data.split("boundary=\"").nth(1).unwrap();
        let boundary = boundary.split('"').next().unwrap();
        let part = self
            .data
            .split(&format!("--{boundary}"))
            .find(|part| part.contains(&format!("Content-Type: {content_type}")))
            .unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.strip_suffix("\r\n").unwrap();
        let bytes = if head.contains("quoted-printable") {
            unquoted(body)
        } else if head.contains("base64") {
            STANDARD.decode(body.replace("\r\n", "")).unwrap()
        } else {
            body.as_bytes().to_vec()
        };
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }
}

/// Decodes quoted-printable.
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        if first == b'=' {
            let digits = std::str::from_utf8(&more[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(first);
            rest = more;
        }
    }
    bytes
}

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    holding: AtomicBool,
    refusing: AtomicBool,
    letters: Mutex<Vec<Taken>>,
}

/// The server.
pub struct SmtpSink {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpSink {
    /// One that takes everything.
    pub fn start() -> Self {
        Self::start_at(free_port())
    }

    /// One at a port on which nobody listens.
    pub fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let shared = Arc::new(Shared::default());
        let inner = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !inner.stopped.load(Ordering::Relaxed) {
                if let Ok((stream, _)) = listener.accept() {
                    let inner = Arc::clone(&inner);
                    // A client that goes away in the middle is no letter.
                    thread::spawn(move || converse(&stream, &inner).unwrap_or_default());
                } else {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        Self {
            port,
            shared,
            thread: Some(thread),
        }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// All letters that came, oldest first; also one that is not answered yet.
    pub fn letters(&self) -> Vec<Taken> {
        self.shared.letters.lock().unwrap().clone()
    }

    /// Waits until there are so many letters.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Taken> {
        let started = Instant::now();
        while self.letters().len() < count {
            assert!(started.elapsed() < Duration::from_secs(20), "no letter came");
            thread::sleep(Duration::from_millis(10));
        }
        self.letters()
    }

    /// Whether letters that came are left without an answer from now on.
    pub fn hold(&self, holding: bool) {
        self.shared.holding.store(holding, Ordering::Relaxed);
    }

    /// From now on it does not know anybody, and says so with their address.
    pub fn refuse(&self) {
        self.shared.refusing.store(true, Ordering::Relaxed);
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.hold(false);
        self.shared.stopped.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            matches!(ended, Some(Ok(()))) || thread::panicking(),
            "the SMTP server panicked"
        );
    }
}

fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    writer.write_all(b"220 sink ready\r\n")?;
    let (mut from, mut to) = (String::new(), Vec::new());
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let within = |text: &str| -> String {
            let inner = text.split('<').nth(1).and_then(|rest| rest.split('>').next());
            inner.unwrap_or_default().to_owned()
        };
        let answer = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" | "HELO" => "250-sink\r\n250 8BITMIME\r\n".to_owned(),
            "MAIL" => {
                from = within(&command);
                "250 go on\r\n".to_owned()
            }
            "RCPT" if shared.refusing.load(Ordering::Relaxed) => {
                format!("550 {} lives elsewhere\r\n", within(&command))
            }
            "RCPT" => {
                to.push(within(&command));
                "250 go on\r\n".to_owned()
            }
            "DATA" => {
                writer.write_all(b"354 to the dot\r\n")?;
                let data = read_data(&mut reader)?;
                let from = std::mem::take(&mut from);
                let to = std::mem::take(&mut to);
                shared.letters.lock().unwrap().push(Taken { from, to, data });
                while shared.holding.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(5));
                }
                "250 taken\r\n".to_owned()
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            "RSET" | "NOOP" => "250 yes\r\n".to_owned(),
            _ => "502 what\r\n".to_owned(),
        };
        writer.write_all(answer.as_bytes())?;
    }
}

fn read_data(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        // A line that begins with a dot came with two.
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
