//! chaosc-driver-disk: a driver with probes and actions for file systems.
//!
//! This file is what it does; driver.rs is the protocol (docs/driver-protocol.md) and json.rs its notation.

mod driver;
mod json;

use std::fs::{self, File};
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use driver::{Argument, Call, Ended, Function};
use json::Value;

const CHUNK: usize = 64 << 10;

/// Writes a file of so many megabytes, evenly over so many seconds. What is written stays when the call is cancelled:
/// `free` is the rollback.
fn fill(call: &Call) -> Result<Value, Ended> {
    let path = call.text("path")?;
    let seconds = call.number("seconds", 0.0)?;
    let bytes = (call.number("megabytes", 0.0)?.max(0.0) * 1e6) as usize;
    let mut file = File::create(path).map_err(|e| Ended::Failed(format!("{path}: {e}")))?;
    let start = Instant::now();
    let mut written = 0;
    while written < bytes {
        let count = CHUNK.min(bytes - written);
        file.write_all(&[0; CHUNK][..count]).map_err(|e| Ended::Failed(format!("{path}: {e}")))?;
        written += count;
        wait_until(call, start + Duration::from_secs_f64(seconds.clamp(0.0, 1e6) * written as f64 / bytes as f64))?;
    }
    call.log(driver::INFO, &format!("{path} has {written} bytes"));
    Ok(Value::from(written as u64))
}

/// Sleeps in steps, so that a cancellation is noticed.
fn wait_until(call: &Call, end: Instant) -> Result<(), Ended> {
    loop {
        call.check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(Duration::from_millis(20)));
    }
}

/// Removes the file, if it is there; true if it was.
fn free(call: &Call) -> Result<Value, Ended> {
    let path = call.text("path")?;
    match fs::remove_file(path) {
        Ok(()) => Ok(Value::Bool(true)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Value::Bool(false)),
        Err(e) => Err(Ended::Failed(format!("{path}: {e}"))),
    }
}

/// The size of a file in bytes.
fn size(call: &Call) -> Result<Value, Ended> {
    let path = call.text("path")?;
    let metadata = fs::metadata(path).map_err(|e| Ended::Failed(format!("{path}: {e}")))?;
    Ok(Value::from(metadata.len()))
}

fn main() {
    const PATH: Argument = Argument { name: "path", kind: "string", required: true };
    const MEGABYTES: Argument = Argument { name: "megabytes", kind: "number", required: true };
    const SECONDS: Argument = Argument { name: "seconds", kind: "number", required: false };
    driver::serve("disk", env!("CARGO_PKG_VERSION"), &[
        Function { module: "disk.space", name: "fill", kind: "action", args: &[PATH, MEGABYTES, SECONDS],
                   returns: "integer", call: fill },
        Function { module: "disk.space", name: "free", kind: "action", args: &[PATH], returns: "boolean", call: free },
        Function { module: "disk.space", name: "size", kind: "probe", args: &[PATH], returns: "integer", call: size },
    ]);
}
