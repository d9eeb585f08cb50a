//! JSON as the protocol needs it: numbers keep their spelling, objects their order.

use std::fmt::{self, Write};

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// An object of constant keys.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
}

impl Value {
    /// The member of that name, the last of several.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_f64(&self) -> Option<f64> {
        if let Value::Number(text) = self { text.parse().ok() } else { None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Number(number.to_string())
    }
}

// ---- writing ----

fn write_text(f: &mut fmt::Formatter, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c < ' ' => write!(f, "\\u{:04x}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(truth) => write!(f, "{truth}"),
            Value::Number(text) => f.write_str(text),
            Value::Text(text) => write_text(f, text),
            Value::Array(items) => {
                f.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { "," } else { "" })?;
                }
                f.write_char(']')
            }
            Value::Object(members) => {
                f.write_char('{')?;
                for (i, (key, value)) in members.iter().enumerate() {
                    f.write_str(if i > 0 { "," } else { "" })?;
                    write_text(f, key)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

// ---- reading ----

const DEEPEST: usize = 200;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// The one value that a text is; chaosc writes nothing else, so an error just says where.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() { reader.wrong("the end") } else { Ok(value) }
}

impl Reader<'_> {
    fn wrong<T>(&self, wanted: &str) -> Result<T, String> {
        Err(format!("{wanted} is missing in JSON at byte {}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a token behind space, if it is there.
    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let there = self.text[self.at..].starts_with(token);
        self.at += if there { token.len() } else { 0 };
        there
    }

    fn needs(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) { Ok(()) } else { self.wrong(token) }
    }

    fn value(&mut self) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.wrong("a shallower value");
        }
        self.space();
        let value = match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => Ok(self.number()),
            _ if self.takes("null") => Ok(Value::Null),
            _ if self.takes("true") => Ok(Value::Bool(true)),
            _ if self.takes("false") => Ok(Value::Bool(false)),
            _ => self.wrong("a value"),
        };
        self.depth -= 1;
        value
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        Value::Number(self.text[start..self.at].to_string())
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        self.needs("[")?;
        if !self.takes("]") {
            items.push(self.value()?);
            while self.takes(",") {
                items.push(self.value()?);
            }
            self.needs("]")?;
        }
        Ok(Value::Array(items))
    }

    fn member(&mut self) -> Result<(String, Value), String> {
        self.space();
        let key = self.string()?;
        self.needs(":")?;
        Ok((key, self.value()?))
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut members = Vec::new();
        self.needs("{")?;
        if !self.takes("}") {
            members.push(self.member()?);
            while self.takes(",") {
                members.push(self.member()?);
            }
            self.needs("}")?;
        }
        Ok(Value::Object(members))
    }

    fn string(&mut self) -> Result<String, String> {
        let mut out = String::new();
        self.needs("\"")?;
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.find(['"', '\\']) else { return self.wrong("a quotation mark") };
            out.push_str(&rest[..length]);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'"' {
                return Ok(out);
            }
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let letter = self.peek();
        self.at += 1;
        match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => Ok(c as char),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode(),
            _ => self.wrong("an escape"),
        }
    }

    fn four(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4);
        let Some(unit) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) else {
            return self.wrong("four digits");
        };
        self.at += 4;
        Ok(unit)
    }

    /// A half of a pair that stands alone becomes U+FFFD: Rust's strings have none.
    fn unicode(&mut self) -> Result<char, String> {
        let unit = self.four()?;
        if (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.four()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{FFFD}'));
            }
            self.at = before;
        }
        Ok(char::from_u32(unit).unwrap_or('\u{FFFD}'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written() {
        for text in ["null", "[]", "{}", "[1,-2.50e+3,12345678901234567890123]", "{\"a\":{\"b\":[true,false]},\"c\":\"\"}",
                     "\"\\\"\\\\ä€😀\\u0001\""] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(parse(" { \"a\" : [ 1 , 2 ] } ").unwrap().to_string(), "{\"a\":[1,2]}");
        assert_eq!(parse("\"\\ud83d\\ude00\\n\\ud83d!\"").unwrap(), Value::from("😀\n\u{FFFD}!"));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,]", "{\"a\"}", "nul", "\"a", "\"\\x\"", "\"\\u12\"", "1 2", &"[".repeat(500)] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
