//! chaosc's driver protocol (docs/driver-protocol.md): `serve` answers describe, calls functions in a thread each, and
//! raises their flags when they are cancelled.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::json::{self, object, Value};

const PROTOCOL: u64 = 1;
const LARGEST_FRAME: usize = 1 << 30;

/// A level of `Call::log`, as Python's logging counts them: 10 debug to 50 critical.
pub const INFO: u64 = 20;

/// Why a call has no value.
pub enum Ended {
    Failed(String),
    Cancelled,
}

pub struct Argument {
    pub name: &'static str,
    pub kind: &'static str,
    pub required: bool,
}

/// One that the driver serves. `call` should return when `Call::check` says so.
pub struct Function {
    pub module: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    pub args: &'static [Argument],
    pub returns: &'static str,
    pub call: fn(&Call) -> Result<Value, Ended>,
}

/// One call under way.
pub struct Call {
    request: Value,
    cancelled: Arc<AtomicBool>,
    out: Out,
}

impl Call {
    fn argument(&self, name: &str) -> Option<&Value> {
        self.request.get("arguments").and_then(|arguments| arguments.get(name))
    }

    /// An argument that has to be there and to be a string.
    pub fn text(&self, name: &str) -> Result<&str, Ended> {
        let text = self.argument(name).and_then(Value::as_str);
        text.ok_or_else(|| Ended::Failed(format!("`{name}` has to be a string")))
    }

    /// An argument that has to be a number where it is given.
    pub fn number(&self, name: &str, preset: f64) -> Result<f64, Ended> {
        match self.argument(name) {
            None | Some(Value::Null) => Ok(preset),
            Some(value) => value.as_f64().ok_or_else(|| Ended::Failed(format!("`{name}` has to be a number"))),
        }
    }

    /// An error once the call is cancelled.
    pub fn check(&self) -> Result<(), Ended> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Ended::Cancelled) } else { Ok(()) }
    }

    /// Writes a line to the run's log.
    pub fn log(&self, level: u64, message: &str) {
        let module = self.request.get("module").cloned().unwrap_or(Value::Null);
        self.out.send(&object([("log", Value::Array(vec![Value::from(level), module, Value::from(message)]))]));
    }
}

/// The socket's way out; frames may be sent by any thread.
#[derive(Clone)]
struct Out(Arc<Mutex<UnixStream>>);

impl Out {
    fn send(&self, message: &Value) {
        let body = message.to_string();
        let mut frame = (body.len() as u32).to_be_bytes().to_vec();
        frame.extend_from_slice(body.as_bytes());
        let mut stream = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if stream.write_all(&frame).is_err() {
            process::exit(1);
        }
    }

    fn reply(&self, id: &Value, member: &'static str, value: Value) {
        self.send(&object([("id", id.clone()), (member, value)]));
    }
}

/// The next frame, or None at the end of the stream.
fn receive(stream: &mut impl Read) -> io::Result<Option<Value>> {
    let mut head = [0; 4];
    match stream.read_exact(&mut head) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let length = u32::from_be_bytes(head) as usize;
    if length > LARGEST_FRAME {
        return Err(io::Error::other(format!("a frame of {length} bytes")));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let text = std::str::from_utf8(&body).map_err(io::Error::other)?;
    json::parse(text).map(Some).map_err(io::Error::other)
}

fn describe(package: &str, version: &str, functions: &[Function]) -> Value {
    let argument = |a: &Argument| {
        object([("name", a.name.into()), ("type", a.kind.into()), ("required", Value::Bool(a.required))])
    };
    let function = |f: &Function| {
        object([("module", f.module.into()), ("func", f.name.into()), ("kind", f.kind.into()),
                ("args", Value::Array(f.args.iter().map(argument).collect())), ("returns", f.returns.into())])
    };
    object([("python_package", package.into()), ("version", version.into()),
            ("functions", Value::Array(functions.iter().map(function).collect()))])
}

type Flags = Arc<Mutex<HashMap<String, Arc<AtomicBool>>>>;

fn start(functions: &'static [Function], request: Value, id: Value, out: Out, flags: &Flags) {
    let text = |key| request.get(key).and_then(Value::as_str).unwrap_or("").to_string();
    let (module, name) = (text("module"), text("func"));
    let Some(function) = functions.iter().find(|f| f.module == module && f.name == name) else {
        out.reply(&id, "failed", Value::from(format!("there is no function {name} in {module}")));
        return;
    };
    let cancelled = Arc::new(AtomicBool::new(false));
    flags.lock().unwrap().insert(id.to_string(), cancelled.clone());
    let flags = flags.clone();
    thread::spawn(move || {
        let call = Call { request, cancelled, out };
        let result = (function.call)(&call);
        flags.lock().unwrap().remove(&id.to_string());
        match result {
            Ok(value) => call.out.reply(&id, "value", value),
            Err(Ended::Failed(message)) => call.out.reply(&id, "failed", Value::from(message)),
            Err(Ended::Cancelled) => call.out.reply(&id, "cancelled", Value::Bool(true)),
        }
    });
}

fn die(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}");
    process::exit(1)
}

/// Answers requests until the run closes the socket.
pub fn serve(package: &str, version: &str, functions: &'static [Function]) {
    // SAFETY: descriptor 3 is the socket that chaosc has opened for us, and nothing else here uses it. Where there is
    // none, reading fails.
    let mut stream = unsafe { UnixStream::from_raw_fd(3) };
    let greeting = receive(&mut stream).ok().flatten();
    match greeting.and_then(|frame| frame.get("protocol").and_then(Value::as_f64)) {
        None => die("this is a driver of chaosc, which starts it"),
        Some(number) if number != PROTOCOL as f64 => die(format!("this driver speaks protocol {PROTOCOL}, not {number}")),
        Some(_) => {}
    }
    let out = Out(Arc::new(Mutex::new(stream.try_clone().unwrap_or_else(|e| die(e)))));
    let flags = Flags::default();
    loop {
        let request = match receive(&mut stream) {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(e) => die(e),
        };
        let id = request.get("id").cloned().unwrap_or(Value::Null);
        match request.get("op").and_then(Value::as_str).unwrap_or("") {
            "describe" => out.reply(&id, "value", describe(package, version, functions)),
            "call" => start(functions, request, id, out.clone(), &flags),
            "cancel" => {
                if let Some(flag) = flags.lock().unwrap().get(&id.to_string()) {
                    flag.store(true, Ordering::Relaxed);
                }
            }
            other => out.reply(&id, "failed", Value::from(format!("no such request: {other}"))),
        }
    }
}
