//! The plugin @NAME@: finds the words of words.txt.
mod textd;

use std::collections::HashSet;
use std::ffi::CStr;
use std::os::raw::c_void;

use textd::{c, Declaration, Doc, Document, Host, Names, Plugin, Span, Value, FAILED, OK, PER_REQUEST, STOPPED};

const LAYER: &str = "org.example.@NAME@/1\0";
const TOKENS: &str = "tokens/1\0";

const OPTION_MIN: usize = 0;

/// An instance. textd may make several, with other options: so nothing is kept outside of it.
struct Finder {
    host: &'static Host,
    words: HashSet<&'static str>,
}

fn name(text: &'static str) -> &'static CStr {
    CStr::from_bytes_with_nul(text.as_bytes()).unwrap()
}

impl Finder {
    /// An error is what create returns; what it was has been explained.
    fn new(host: &'static Host) -> Result<Finder, i32> {
        let file = host.resource(name("words.txt\0"))?; // the host explains which path it tried
        let text = std::str::from_utf8(file).map_err(|e| host.explain(FAILED, &format!("words.txt is no UTF-8: {e}")))?;
        let words: HashSet<_> = text.lines().filter(|line| !line.is_empty()).collect();
        if words.is_empty() {
            return Err(host.explain(FAILED, "words.txt is empty; write a word on each line"));
        }
        Ok(Finder { host, words })
    }

    fn is_listed(&self, word: &str) -> bool {
        self.words.contains(word.to_ascii_lowercase().as_str())
    }

    fn process(&self, doc: &Document) -> Result<(), i32> {
        let (text, min) = (doc.text(), doc.integer(OPTION_MIN));
        let mut found: Vec<Span> = Vec::new();
        for (i, &token) in doc.layer(name(TOKENS))?.iter().enumerate() {
            if i % 1024 == 0 && doc.should_stop() {
                return Err(self.host.explain(STOPPED, "stopped before all tokens were looked at"));
            }
            let long_enough = i64::from(token.end - token.start) >= min;
            if long_enough && self.is_listed(&text[token.start as usize..token.end as usize]) {
                found.push(token);
            }
        }
        doc.add_layer(name(LAYER), &found)?;
        doc.map(|| {
            doc.key(name("count\0"));
            doc.write_integer(found.len() as i64);
            doc.key(name("found\0"));
            doc.array(|| found.iter().for_each(|&span| doc.write_span(span)));
        });
        Ok(())
    }

    fn selftest(&self) -> Result<(), i32> {
        if self.is_listed("Great") && !self.is_listed("grea") {
            return Ok(());
        }
        Err(self.host.explain(FAILED, "'Great' must be among words.txt, and 'grea' must not"))
    }
}

/// What the operator has set is in the second; `min` is looked at for each document, since clients may set it, too.
unsafe extern "C" fn create(host: *const Host, _: *const Value, instance: *mut *mut c_void) -> i32 {
    match Finder::new(&*host) {
        Ok(finder) => {
            *instance = Box::into_raw(Box::new(finder)) as *mut c_void;
            OK
        }
        Err(rc) => rc,
    }
}

unsafe extern "C" fn process(instance: *mut c_void, doc: *mut Doc) -> i32 {
    let finder = &*(instance as *const Finder);
    finder.process(&Document::new(finder.host, doc)).err().unwrap_or(OK)
}

unsafe extern "C" fn selftest(instance: *mut c_void) -> i32 {
    (*(instance as *const Finder)).selftest().err().unwrap_or(OK)
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut Finder));
}

static NEEDS: Names<2> = Names([c(TOKENS), std::ptr::null()]);
static ADDS: Names<2> = Names([c(LAYER), std::ptr::null()]);

static OPTIONS: [Declaration; 1] =
    [Declaration::int("min\0", 1, 1, 100, PER_REQUEST, "letters that a word must have\0")];

#[no_mangle]
#[allow(non_upper_case_globals)] // the ABI's name
pub static textd_plugin_v1: Plugin = Plugin {
    name: c("@NAME@\0"),
    version: c("0.1.0\0"),
    license: c("MIT\0"),
    summary: c("Finds the words of a list\0"),
    needs_layers: NEEDS.0.as_ptr(),
    adds_layers: ADDS.0.as_ptr(),
    options: OPTIONS.as_ptr(),
    n_options: OPTIONS.len() as u32,
    create: Some(create),
    process: Some(process),
    selftest: Some(selftest),
    destroy: Some(destroy),
    ..Plugin::NEW
};
