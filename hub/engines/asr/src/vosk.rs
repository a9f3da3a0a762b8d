//! The recogniser's library behind safe types: opened at run time, so that its absence is an error and not a crash.
//!
//! The only unsafe code of this program. Signatures: `vosk_api.h` of Vosk 0.3.45.

#![expect(unsafe_code, reason = "a C library is called here and nowhere else")]

use std::ffi::{CStr, CString, c_char, c_float, c_int, c_short};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use libloading::{Library as Shared, Symbol};

/// What the library calls a model; only pointers to it exist here.
#[repr(C)]
struct RawModel {
    _opaque: [u8; 0],
}

/// What the library calls a recogniser; only pointers to it exist here.
#[repr(C)]
struct RawRecognizer {
    _opaque: [u8; 0],
}

/// The library's functions. They stay valid as long as the library is open, which is as long as this lives.
struct Functions {
    model_new: unsafe extern "C" fn(*const c_char) -> *mut RawModel,
    model_free: unsafe extern "C" fn(*mut RawModel),
    recognizer_new: unsafe extern "C" fn(*mut RawModel, c_float) -> *mut RawRecognizer,
    recognizer_new_grm: unsafe extern "C" fn(*mut RawModel, c_float, *const c_char) -> *mut RawRecognizer,
    recognizer_free: unsafe extern "C" fn(*mut RawRecognizer),
    set_words: unsafe extern "C" fn(*mut RawRecognizer, c_int),
    set_max_alternatives: unsafe extern "C" fn(*mut RawRecognizer, c_int),
    accept: unsafe extern "C" fn(*mut RawRecognizer, *const c_short, c_int) -> c_int,
    result: unsafe extern "C" fn(*mut RawRecognizer) -> *const c_char,
    partial_result: unsafe extern "C" fn(*mut RawRecognizer) -> *const c_char,
    final_result: unsafe extern "C" fn(*mut RawRecognizer) -> *const c_char,
    _library: Shared,
}

/// The opened library. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Library(Arc<Functions>);

/// A loaded model. Cheap to clone; freed with the last of its clones and recognisers.
#[derive(Clone)]
pub(crate) struct Model(Arc<LoadedModel>);

struct LoadedModel {
    library: Library,
    raw: NonNull<RawModel>,
}

// SAFETY: Vosk's models are read-only once loaded and count their users atomically; its own server shares one between
// threads.
unsafe impl Send for LoadedModel {}
// SAFETY: as above.
unsafe impl Sync for LoadedModel {}

/// A recogniser of one stream.
pub(crate) struct Recognizer {
    raw: NonNull<RawRecognizer>,
    model: Model,
}

// SAFETY: a recogniser belongs to no thread; it may be used by one at a time, which `&mut self` sees to.
unsafe impl Send for Recognizer {}

/// What came of a piece of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// The utterance goes on.
    More,
    /// The library takes the utterance to be over; its result is to be taken.
    Ended,
}

impl Library {
    /// Opens the library's file.
    ///
    /// # Errors
    /// If it is missing, for another processor, or not this library.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        // SAFETY: loading runs the file's initialisers; the hub names the file, as it names this program.
        let library = unsafe { Shared::new(path) }
            .map_err(|error| anyhow::anyhow!("{}", source(&error)))
            .with_context(|| format!("open `{}`", path.display()))?;
        let functions = functions(library).with_context(|| format!("`{}` is not Vosk's library", path.display()))?;
        Ok(Self(Arc::new(functions)))
    }

    /// Loads the model of a folder.
    ///
    /// # Errors
    /// If the folder holds no model; what is wrong stands on the standard error.
    pub(crate) fn load(&self, folder: &Path) -> anyhow::Result<Model> {
        // Checked here because the library says nothing else than that it could not.
        if !folder.join("am").join("final.mdl").is_file() && !folder.join("final.mdl").is_file() {
            bail!("`{}` holds no model: `am/final.mdl` is missing", folder.display());
        }
        let path = CString::new(folder.as_os_str().as_encoded_bytes()).context("read the folder's name")?;
        // SAFETY: `path` is a C string that outlives the call.
        let raw = unsafe { (self.0.model_new)(path.as_ptr()) };
        let raw = NonNull::new(raw).with_context(|| format!("load the model in `{}`", folder.display()))?;
        Ok(Model(Arc::new(LoadedModel { library: self.clone(), raw })))
    }
}

impl Model {
    /// A recogniser for sound of that rate, with at most so many hearings of what it heard.
    ///
    /// # Errors
    /// If the library makes none.
    pub(crate) fn recognizer(&self, rate_hz: u32, alternatives: u32) -> anyhow::Result<Recognizer> {
        let functions = &self.0.library.0;
        // SAFETY: the model lives in `self`, of which the recogniser keeps a clone.
        let raw = unsafe { (functions.recognizer_new)(self.0.raw.as_ptr(), rate_hz as c_float) };
        let raw = NonNull::new(raw).context("make a recogniser")?;
        let alternatives = c_int::try_from(alternatives).unwrap_or(1);
        // SAFETY: `raw` was made above and is not null.
        unsafe { (functions.set_max_alternatives)(raw.as_ptr(), alternatives) };
        Ok(Recognizer { raw, model: self.clone() })
    }

    /// A recogniser that knows some phrases alone, as the library's JSON lists them, and says when each of their words
    /// was said and how sure it is of them.
    ///
    /// # Errors
    /// If the library makes none.
    pub(crate) fn spotter(&self, rate_hz: u32, phrases: &str) -> anyhow::Result<Recognizer> {
        let functions = &self.0.library.0;
        let phrases = CString::new(phrases).context("read the phrases")?;
        // SAFETY: the model lives in `self`, of which the recogniser keeps a clone; `phrases` outlives the call.
        let raw = unsafe { (functions.recognizer_new_grm)(self.0.raw.as_ptr(), rate_hz as c_float, phrases.as_ptr()) };
        let raw = NonNull::new(raw).context("make a recogniser of phrases")?;
        // SAFETY: `raw` was made above and is not null.
        unsafe { (functions.set_words)(raw.as_ptr(), 1) };
        Ok(Recognizer { raw, model: self.clone() })
    }
}

impl Recognizer {
    /// Hears the next samples.
    ///
    /// # Errors
    /// If the library fails.
    pub(crate) fn accept(&mut self, samples: &[i16]) -> anyhow::Result<Accepted> {
        let length = c_int::try_from(samples.len()).context("hear so many samples at once")?;
        // SAFETY: `samples` holds `length` samples and outlives the call.
        match unsafe { (self.functions().accept)(self.raw.as_ptr(), samples.as_ptr(), length) } {
            0 => Ok(Accepted::More),
            1 => Ok(Accepted::Ended),
            code => bail!("the recogniser's library failed with `{code}`"),
        }
    }

    /// What it has made out so far, as the library's JSON.
    pub(crate) fn partial(&mut self) -> String {
        self.told(self.functions().partial_result)
    }

    /// What an utterance was that is over, as the library's JSON.
    pub(crate) fn result(&mut self) -> String {
        self.told(self.functions().result)
    }

    /// What the rest was, as the library's JSON.
    pub(crate) fn final_result(&mut self) -> String {
        self.told(self.functions().final_result)
    }

    fn functions(&self) -> &Functions {
        &self.model.0.library.0
    }

    fn told(&self, ask: unsafe extern "C" fn(*mut RawRecognizer) -> *const c_char) -> String {
        // SAFETY: the recogniser is valid.
        let text = unsafe { ask(self.raw.as_ptr()) };
        if text.is_null() {
            return String::new();
        }
        // SAFETY: the library gives a C string that is valid until its next call; it is copied before that.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }
}

impl Drop for Recognizer {
    fn drop(&mut self) {
        // SAFETY: it was made by the same library and is freed once.
        unsafe { (self.functions().recognizer_free)(self.raw.as_ptr()) };
    }
}

impl Drop for LoadedModel {
    fn drop(&mut self) {
        // SAFETY: it was made by the same library and is freed once, after every recogniser of it.
        unsafe { (self.library.0.model_free)(self.raw.as_ptr()) };
    }
}

fn functions(library: Shared) -> anyhow::Result<Functions> {
    let quiet: unsafe extern "C" fn(c_int) = symbol(&library, c"vosk_set_log_level")?;
    // SAFETY: the signature is that of the library's header.
    unsafe { quiet(ERRORS_ONLY) };
    Ok(Functions {
        model_new: symbol(&library, c"vosk_model_new")?,
        model_free: symbol(&library, c"vosk_model_free")?,
        recognizer_new: symbol(&library, c"vosk_recognizer_new")?,
        recognizer_new_grm: symbol(&library, c"vosk_recognizer_new_grm")?,
        recognizer_free: symbol(&library, c"vosk_recognizer_free")?,
        set_words: symbol(&library, c"vosk_recognizer_set_words")?,
        set_max_alternatives: symbol(&library, c"vosk_recognizer_set_max_alternatives")?,
        accept: symbol(&library, c"vosk_recognizer_accept_waveform_s")?,
        result: symbol(&library, c"vosk_recognizer_result")?,
        partial_result: symbol(&library, c"vosk_recognizer_partial_result")?,
        final_result: symbol(&library, c"vosk_recognizer_final_result")?,
        _library: library,
    })
}

fn symbol<T: Copy>(library: &Shared, name: &CStr) -> anyhow::Result<T> {
    // SAFETY: the callers ask for the type that the library's header gives the function.
    let found: Result<Symbol<'_, T>, _> = unsafe { library.get(name.to_bytes_with_nul()) };
    found.map(|symbol| *symbol).with_context(|| format!("it has no `{}`", name.to_string_lossy()))
}

/// The reason that the library for loading leaves out of its own message.
fn source(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

const ERRORS_ONLY: c_int = -1;
