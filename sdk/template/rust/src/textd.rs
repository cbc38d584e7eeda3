//! The plugin ABI of textd, version 1.0, as the header textd/plugin.h has it, which says what each call does and who owns what.
//! `cargo test` compares every struct with that header. Below them, what a plugin calls, with lifetimes: what the host hands out
//! lives as long as the document.
#![allow(dead_code)] // not every plugin calls all of it

use std::ffi::CStr;
use std::marker::PhantomData;
use std::os::raw::{c_char, c_void};

pub const OK: i32 = 0;
pub const FAILED: i32 = -1;
pub const NO_MEMORY: i32 = -2;
pub const STOPPED: i32 = -3;
pub const NOT_FOUND: i32 = -4;
pub const INVALID: i32 = -5;

pub const BOOL: u32 = 1;
pub const INT: u32 = 2;
pub const FLOAT: u32 = 3;
pub const TEXT: u32 = 4;
pub const U8: u32 = 5;
pub const U32: u32 = 6;
pub const F32: u32 = 7;

pub const PER_REQUEST: u32 = 1;

const MAGIC: u32 = 0x5044_5854;
const ABI_MAJOR: u16 = 1;
const NEEDS_ABI_MINOR: u16 = 0;

// Declares structs as the header does, and for the test what their fields are called.
macro_rules! structs {
    ($($(#[$meta:meta])* $name:ident = $c_name:literal { $($field:ident: $type:ty,)* })*) => {
        $($(#[$meta])* #[repr(C)] pub struct $name { $(pub $field: $type,)* })*

        #[cfg(test)]
        pub fn layouts() -> Vec<(&'static str, usize, Vec<(&'static str, usize, usize)>)> {
            vec![$({
                let at = std::mem::MaybeUninit::<$name>::uninit();
                let base = at.as_ptr();
                ($c_name, std::mem::size_of::<$name>(), vec![$({
                    // Only addresses are taken.
                    let field = unsafe { std::ptr::addr_of!((*base).$field) };
                    (stringify!($field).trim_start_matches("r#"), field as usize - base as usize, size_of_pointee(field))
                },)*])
            },)*]
        }
    };
}

#[cfg(test)]
fn size_of_pointee<T>(_: *const T) -> usize {
    std::mem::size_of::<T>()
}

structs! {
    #[derive(Clone, Copy, Debug, PartialEq)]
    Span = "textd_span" { start: u32, end: u32, }

    Text = "textd_text" { bytes: *const c_char, length: u64, }

    Layer = "textd_layer" { size: u32, count: u32, spans: *const Span, }

    Value = "textd_value" { r#type: u32, length: u32, integer: i64, number: f64, text: *const c_char, }

    Declaration = "textd_option" {
        r#type: u32,
        flags: u32,
        name: *const c_char,
        help: *const c_char,
        initial_integer: i64,
        min_integer: i64,
        max_integer: i64,
        initial_number: f64,
        min_number: f64,
        max_number: f64,
        initial_text: *const c_char,
        choices: *const *const c_char,
    }

    Doc = "textd_doc" {
        size: u32,
        text_length: u32,
        text: *const c_char,
        options: *const Value,
        lang: *const c_char,
        lang_length: u32,
        reserved: u32,
    }

    Resource = "textd_resource" { size: u32, reserved: u32, data: *const c_void, length: u64, }

    Host = "textd_host" {
        size: u32,
        abi_major: u16,
        abi_minor: u16,
        version: *const c_char,
        alloc: unsafe extern "C" fn(*mut Doc, u64, u64) -> *mut c_void,
        layer_get: unsafe extern "C" fn(*mut Doc, *const c_char, *mut Layer) -> i32,
        layer_add: unsafe extern "C" fn(*mut Doc, *const c_char, *const Span, u32) -> i32,
        column_get: unsafe extern "C" fn(*mut Doc, *const c_char, *const c_char, u32) -> *const c_void,
        column_add: unsafe extern "C" fn(*mut Doc, *const c_char, *const c_char, u32, *const c_void) -> i32,
        map_begin: unsafe extern "C" fn(*mut Doc),
        map_end: unsafe extern "C" fn(*mut Doc),
        array_begin: unsafe extern "C" fn(*mut Doc),
        array_end: unsafe extern "C" fn(*mut Doc),
        write_key: unsafe extern "C" fn(*mut Doc, *const c_char),
        write_text: unsafe extern "C" fn(*mut Doc, *const c_char, u64),
        write_integer: unsafe extern "C" fn(*mut Doc, i64),
        write_number: unsafe extern "C" fn(*mut Doc, f64),
        write_bool: unsafe extern "C" fn(*mut Doc, i32),
        write_nil: unsafe extern "C" fn(*mut Doc),
        write_offset: unsafe extern "C" fn(*mut Doc, u32),
        write_span: unsafe extern "C" fn(*mut Doc, Span),
        write_slice: unsafe extern "C" fn(*mut Doc, Span),
        should_stop: unsafe extern "C" fn(*mut Doc) -> i32,
        explain: unsafe extern "C" fn(*const c_char, u64),
        resource: unsafe extern "C" fn(*const c_char, *mut Resource) -> i32,
        extension: unsafe extern "C" fn(*const c_char) -> *const c_void,
    }

    Plugin = "textd_plugin" {
        magic: u32,
        size: u32,
        abi_major: u16,
        abi_minor: u16,
        flags: u32,
        name: *const c_char,
        version: *const c_char,
        license: *const c_char,
        summary: *const c_char,
        needs_layers: *const *const c_char,
        adds_layers: *const *const c_char,
        options: *const Declaration,
        n_options: u32,
        option_size: u32,
        create: Option<unsafe extern "C" fn(*const Host, *const Value, *mut *mut c_void) -> i32>,
        process: Option<unsafe extern "C" fn(*mut c_void, *mut Doc) -> i32>,
        selftest: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
        destroy: Option<unsafe extern "C" fn(*mut c_void)>,
        extension: Option<unsafe extern "C" fn(*const c_char) -> *const c_void>,
    }
}

// Constants that are only read.
unsafe impl Sync for Plugin {}
unsafe impl Sync for Declaration {}

/// A list of names with NULL at its end.
#[repr(transparent)]
pub struct Names<const N: usize>(pub [*const c_char; N]);
unsafe impl<const N: usize> Sync for Names<N> {}

/// A text of the program's as C has it; it must end with \0.
pub const fn c(text: &'static str) -> *const c_char {
    assert!(text.as_bytes()[text.len() - 1] == 0);
    text.as_ptr() as *const c_char
}

impl Declaration {
    pub const fn int(name: &'static str, initial: i64, min: i64, max: i64, flags: u32, help: &'static str) -> Declaration {
        Declaration {
            r#type: INT,
            flags,
            name: c(name),
            help: c(help),
            initial_integer: initial,
            min_integer: min,
            max_integer: max,
            initial_number: 0.0,
            min_number: 0.0,
            max_number: 0.0,
            initial_text: std::ptr::null(),
            choices: std::ptr::null(),
        }
    }
}

impl Plugin {
    /// One that declares nothing: `Plugin { name: …, ..Plugin::NEW }`.
    pub const NEW: Plugin = Plugin {
        magic: MAGIC,
        size: std::mem::size_of::<Plugin>() as u32,
        abi_major: ABI_MAJOR,
        abi_minor: NEEDS_ABI_MINOR,
        flags: 0,
        name: std::ptr::null(),
        version: std::ptr::null(),
        license: std::ptr::null(),
        summary: std::ptr::null(),
        needs_layers: std::ptr::null(),
        adds_layers: std::ptr::null(),
        options: std::ptr::null(),
        n_options: 0,
        option_size: std::mem::size_of::<Declaration>() as u32,
        create: None,
        process: None,
        selftest: None,
        destroy: None,
        extension: None,
    };
}

impl Host {
    /// Says why, and gives back `result` to be returned.
    pub fn explain(&self, result: i32, why: &str) -> i32 {
        unsafe { (self.explain)(why.as_ptr() as *const c_char, why.len() as u64) };
        result
    }

    /// A file of the plugin's own, until destroy has returned. Only in create.
    pub fn resource(&self, name: &CStr) -> Result<&'static [u8], i32> {
        let mut file = Resource { size: std::mem::size_of::<Resource>() as u32, reserved: 0, data: std::ptr::null(), length: 0 };
        match unsafe { (self.resource)(name.as_ptr(), &mut file) } {
            OK => Ok(unsafe { slice(file.data as *const u8, file.length as usize) }),
            rc => Err(rc),
        }
    }
}

unsafe fn slice<'a, T>(data: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    std::slice::from_raw_parts(data, length)
}

/// The document that process was given, until it returns.
pub struct Document<'a> {
    host: &'a Host,
    doc: *mut Doc,
    lent: PhantomData<&'a Doc>,
}

impl<'a> Document<'a> {
    /// # Safety
    /// `doc` is what process was given, and the result is gone when process returns.
    pub unsafe fn new(host: &'a Host, doc: *mut Doc) -> Document<'a> {
        Document { host, doc, lent: PhantomData }
    }

    pub fn text(&self) -> &'a str {
        unsafe { std::str::from_utf8_unchecked(slice((*self.doc).text as *const u8, (*self.doc).text_length as usize)) }
    }

    /// The integer (or bool) option at that place of the table.
    pub fn integer(&self, option: usize) -> i64 {
        unsafe { (*(*self.doc).options.add(option)).integer }
    }

    pub fn layer(&self, name: &CStr) -> Result<&'a [Span], i32> {
        let mut layer = Layer { size: std::mem::size_of::<Layer>() as u32, count: 0, spans: std::ptr::null() };
        match unsafe { (self.host.layer_get)(self.doc, name.as_ptr(), &mut layer) } {
            OK => Ok(unsafe { slice(layer.spans, layer.count as usize) }),
            rc => Err(rc),
        }
    }

    /// Adds a layer; the spans are copied into the document's memory. An error has been explained, or is given back to be returned.
    pub fn add_layer(&self, name: &CStr, spans: &[Span]) -> Result<(), i32> {
        let bytes = std::mem::size_of_val(spans).max(8) as u64;
        let to = unsafe { (self.host.alloc)(self.doc, bytes, 8) } as *mut Span;
        if to.is_null() {
            return Err(self.host.explain(NO_MEMORY, "no memory for a layer"));
        }
        unsafe { to.copy_from_nonoverlapping(spans.as_ptr(), spans.len()) };
        match unsafe { (self.host.layer_add)(self.doc, name.as_ptr(), to, spans.len() as u32) } {
            OK => Ok(()),
            rc => Err(rc),
        }
    }

    pub fn should_stop(&self) -> bool {
        unsafe { (self.host.should_stop)(self.doc) != 0 }
    }

    /// The result, written in order; mistakes are remembered, and process counts as failed.
    pub fn map(&self, body: impl FnOnce()) {
        unsafe { (self.host.map_begin)(self.doc) };
        body();
        unsafe { (self.host.map_end)(self.doc) };
    }

    pub fn array(&self, body: impl FnOnce()) {
        unsafe { (self.host.array_begin)(self.doc) };
        body();
        unsafe { (self.host.array_end)(self.doc) };
    }

    pub fn key(&self, key: &CStr) {
        unsafe { (self.host.write_key)(self.doc, key.as_ptr()) };
    }

    pub fn write_integer(&self, value: i64) {
        unsafe { (self.host.write_integer)(self.doc, value) };
    }

    pub fn write_number(&self, value: f64) {
        unsafe { (self.host.write_number)(self.doc, value) };
    }

    pub fn write_bool(&self, value: bool) {
        unsafe { (self.host.write_bool)(self.doc, value as i32) };
    }

    pub fn write_text(&self, value: &str) {
        unsafe { (self.host.write_text)(self.doc, value.as_ptr() as *const c_char, value.len() as u64) };
    }

    /// [start, end], in the unit that the client asked for.
    pub fn write_span(&self, span: Span) {
        unsafe { (self.host.write_span)(self.doc, span) };
    }

    /// The text there.
    pub fn write_slice(&self, span: Span) {
        unsafe { (self.host.write_slice)(self.doc, span) };
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::process::Command;

    /// A program in C prints the header's own numbers. TEXTD_CFLAGS says where the header is, if not where cc looks.
    #[test]
    fn the_structs_are_those_of_the_header() {
        let mut program = String::from("#include <stdio.h>\n#include <textd/plugin.h>\nint main(void)\n{\n");
        let mut ours = String::new();
        for (name, size, fields) in super::layouts() {
            writeln!(program, "printf(\"{name} %zu\\n\", sizeof(struct {name}));").unwrap();
            writeln!(ours, "{name} {size}").unwrap();
            for (field, at, size) in fields {
                writeln!(
                    program,
                    "printf(\"{name}.{field} %zu %zu\\n\", offsetof(struct {name}, {field}), sizeof(((struct {name} *)0)->{field}));"
                )
                .unwrap();
                writeln!(ours, "{name}.{field} {at} {size}").unwrap();
            }
        }
        program.push_str("return 0;\n}\n");

        let folder = std::env::temp_dir().join(format!("textd-layout-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("layout.c"), program).unwrap();
        let flags = std::env::var("TEXTD_CFLAGS").unwrap_or_default();
        let built = Command::new(std::env::var("CC").unwrap_or("cc".into()))
            .args(flags.split_whitespace())
            .arg("-o")
            .arg(folder.join("layout"))
            .arg(folder.join("layout.c"))
            .status()
            .expect("a C compiler, for the comparison");
        let printed = Command::new(folder.join("layout")).output();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(built.success());
        assert_eq!(String::from_utf8(printed.unwrap().stdout).unwrap(), ours);
    }
}
