//! ALSA's library behind safe types: opened at run time, so that a hub without it builds and starts.
//!
//! The only unsafe code of this program. Signatures: `alsa/pcm.h`, `alsa/control.h` and `alsa/error.h` of alsa-lib 1.2.

#![expect(unsafe_code, reason = "a C library is called here and nowhere else")]

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ptr::NonNull;
use std::sync::Arc;

use anyhow::Context as _;
use engine_protocol::sound::{SoundDevice, SoundFailKind};
use libloading::{Library, Symbol};

/// What the library calls a PCM; only pointers to it exist here.
#[repr(C)]
struct RawPcm {
    _opaque: [u8; 0],
}

/// The library's functions. They stay valid as long as the library is open, which is as long as this lives.
struct Functions {
    open: unsafe extern "C" fn(*mut *mut RawPcm, *const c_char, c_int, c_int) -> c_int,
    set_params: unsafe extern "C" fn(*mut RawPcm, c_int, c_int, c_uint, c_uint, c_int, c_uint) -> c_int,
    readi: unsafe extern "C" fn(*mut RawPcm, *mut c_void, c_ulong) -> c_long,
    writei: unsafe extern "C" fn(*mut RawPcm, *const c_void, c_ulong) -> c_long,
    recover: unsafe extern "C" fn(*mut RawPcm, c_int, c_int) -> c_int,
    drain: unsafe extern "C" fn(*mut RawPcm) -> c_int,
    close: unsafe extern "C" fn(*mut RawPcm) -> c_int,
    strerror: unsafe extern "C" fn(c_int) -> *const c_char,
    hints: unsafe extern "C" fn(c_int, *const c_char, *mut *mut *mut c_void) -> c_int,
    hint: unsafe extern "C" fn(*const c_void, *const c_char) -> *mut c_char,
    free_hints: unsafe extern "C" fn(*mut *mut c_void) -> c_int,
    free: unsafe extern "C" fn(*mut c_void),
    _library: Library,
}

/// What the library answered instead of doing it, or that it is not there.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub(crate) struct AlsaError {
    pub(crate) kind: SoundFailKind,
    said: String,
}

/// The opened library. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Alsa(Arc<Functions>);

/// An open device.
struct Pcm {
    alsa: Alsa,
    raw: NonNull<RawPcm>,
    device: String,
}

/// An open microphone.
pub(crate) struct Capture {
    pcm: Pcm,
    rate_hz: u32,
}

/// An open speaker.
pub(crate) struct Playback(Pcm);

impl Alsa {
    /// Opens the library.
    ///
    /// # Errors
    /// If it is not there, or is another one.
    pub(crate) fn open() -> anyhow::Result<Self> {
        // SAFETY: the library runs nothing but its own initialisation when it is opened.
        let library = unsafe { Library::new(LIBRARY) }
            .map_err(AlsaError::no_library)
            .with_context(|| format!("open `{LIBRARY}`, ALSA's library; Debian's package alsa-utils brings it"))?;
        let functions =
            functions(library).map_err(AlsaError::no_library).with_context(|| format!("use `{LIBRARY}`"))?;
        Ok(Self(Arc::new(functions)))
    }

    /// The microphones that can be opened by name.
    ///
    /// # Errors
    /// If the library lists none.
    pub(crate) fn microphones(&self) -> anyhow::Result<Vec<SoundDevice>> {
        self.devices("Input")
    }

    /// The speakers that can be opened by name.
    ///
    /// # Errors
    /// If the library lists none.
    pub(crate) fn speakers(&self) -> anyhow::Result<Vec<SoundDevice>> {
        self.devices("Output")
    }

    /// Devices of one direction; a hint that names no direction serves both.
    fn devices(&self, direction: &str) -> anyhow::Result<Vec<SoundDevice>> {
        let mut hints: *mut *mut c_void = std::ptr::null_mut();
        // SAFETY: the name is a C string; `hints` takes the list, which is given back below.
        let code = unsafe { (self.0.hints)(EVERY_CARD, c"pcm".as_ptr(), &raw mut hints) };
        self.check(code).context("list the sound devices")?;
        let mut devices = Vec::new();
        let mut at = hints;
        // SAFETY: the list ends with a null pointer, and `at` never goes beyond that.
        while let Some(hint) = NonNull::new(unsafe { *at }) {
            let of = |id| self.hint(hint, id);
            let is_of_direction = of(c"IOID").is_none_or(|own| own == direction);
            let name = of(c"NAME").filter(|name| is_of_direction && is_useful(name));
            devices.extend(
                name.map(|name| SoundDevice { name, description: of(c"DESC").unwrap_or_default().replace('\n', ", ") }),
            );
            // SAFETY: as above.
            at = unsafe { at.add(1) };
        }
        // SAFETY: the list came from the same library and is given back once.
        unsafe { (self.0.free_hints)(hints) };
        Ok(devices)
    }

    fn hint(&self, hint: NonNull<c_void>, id: &CStr) -> Option<String> {
        // SAFETY: `hint` is one of the list's, and the list is still there.
        let text = NonNull::new(unsafe { (self.0.hint)(hint.as_ptr(), id.as_ptr()) })?;
        // SAFETY: the library gives a C string of its own, which the caller frees.
        let owned = unsafe { CStr::from_ptr(text.as_ptr()) }.to_string_lossy().into_owned();
        // SAFETY: it was made by the C library's allocator, which the library's documentation says to free it with.
        unsafe { (self.0.free)(text.as_ptr().cast()) };
        Some(owned)
    }

    fn check(&self, code: c_int) -> Result<(), AlsaError> {
        if 0 <= code {
            return Ok(());
        }
        // SAFETY: the library gives a string that lasts as long as it does.
        let said = unsafe { CStr::from_ptr((self.0.strerror)(code)) };
        Err(AlsaError { kind: kind(code), said: said.to_string_lossy().into_owned() })
    }
}

impl AlsaError {
    fn no_library(error: impl std::fmt::Display) -> Self {
        Self { kind: SoundFailKind::NoLibrary, said: error.to_string() }
    }
}

/// What a code of the library, which is one of the system's with a minus, means for a device.
fn kind(code: c_int) -> SoundFailKind {
    match code.unsigned_abs() {
        NO_ENTRY | NO_DEVICE | NO_SUCH_DEVICE => SoundFailKind::Missing,
        BUSY => SoundFailKind::Busy,
        NOT_PERMITTED | DENIED => SoundFailKind::Denied,
        _ => SoundFailKind::Other,
    }
}

impl Pcm {
    fn open(alsa: Alsa, device: &str, direction: c_int) -> anyhow::Result<Self> {
        let name = CString::new(device).context("read the device's name")?;
        let mut raw = std::ptr::null_mut();
        // SAFETY: `name` outlives the call; `raw` takes the device.
        alsa.check(unsafe { (alsa.0.open)(&raw mut raw, name.as_ptr(), direction, BLOCKING) })?;
        let raw = NonNull::new(raw).context("the library gave no device")?;
        Ok(Self { alsa, raw, device: device.to_owned() })
    }

    /// Makes it take or give samples of 16 bits and one channel.
    fn set(&self, rate_hz: u32, resample: c_int) -> anyhow::Result<()> {
        // SAFETY: the device is open.
        let code = unsafe {
            (self.alsa.0.set_params)(self.raw.as_ptr(), S16_LE, INTERLEAVED, 1, rate_hz, resample, LATENCY_US)
        };
        let hint = || format!("it takes no {rate_hz} Hz of one channel; a name with `plughw:` or `default` does");
        self.alsa.check(code).with_context(hint)
    }

    /// Goes on after an overrun, an underrun or a sleep; anything else is the end.
    fn recover(&self, code: c_long) -> anyhow::Result<()> {
        let code = c_int::try_from(code).unwrap_or(c_int::MIN);
        // SAFETY: the device is open.
        let code = unsafe { (self.alsa.0.recover)(self.raw.as_ptr(), code, 1) };
        self.alsa.check(code).with_context(|| format!("use `{}`; is it still plugged in?", self.device))
    }
}

impl Drop for Pcm {
    fn drop(&mut self) {
        // SAFETY: it was opened by the same library and is closed once.
        unsafe { (self.alsa.0.close)(self.raw.as_ptr()) };
    }
}

impl Capture {
    /// Opens a microphone.
    ///
    /// # Errors
    /// If there is none of that name, it is in use, or it gives no such sound.
    pub(crate) fn open(alsa: Alsa, device: &str) -> anyhow::Result<Self> {
        Self::opened(alsa, device).with_context(|| format!("open the microphone `{device}`"))
    }

    /// With a rate that the device has by itself, so that the library, which does that badly, makes no other of it.
    fn opened(alsa: Alsa, device: &str) -> anyhow::Result<Self> {
        let pcm = Pcm::open(alsa, device, CAPTURE)?;
        let own = CAPTURE_RATES_HZ.iter().copied().find(|rate_hz| pcm.set(*rate_hz, AS_IT_IS).is_ok());
        let rate_hz = match own {
            Some(rate_hz) => rate_hz,
            None => pcm.set(MADE_RATE_HZ, RESAMPLE).map(|()| MADE_RATE_HZ)?,
        };
        Ok(Self { pcm, rate_hz })
    }

    /// Samples a second.
    pub(crate) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Waits for the next samples; says how many came, none at the end of a device that is no real one.
    ///
    /// # Errors
    /// If the device is gone.
    pub(crate) fn read(&mut self, samples: &mut [i16]) -> anyhow::Result<usize> {
        loop {
            // SAFETY: `samples` has room for as many frames of one channel as it is long.
            let count = unsafe {
                (self.pcm.alsa.0.readi)(self.pcm.raw.as_ptr(), samples.as_mut_ptr().cast(), samples.len() as c_ulong)
            };
            match usize::try_from(count) {
                Ok(count) => return Ok(count),
                Err(_) => self.pcm.recover(count)?,
            }
        }
    }
}

impl Playback {
    /// Opens a speaker.
    ///
    /// # Errors
    /// If there is none of that name, it is in use, or it takes no such sound.
    pub(crate) fn open(alsa: Alsa, device: &str, rate_hz: u32) -> anyhow::Result<Self> {
        let opened = Pcm::open(alsa, device, PLAYBACK).and_then(|pcm| pcm.set(rate_hz, RESAMPLE).map(|()| Self(pcm)));
        opened.with_context(|| format!("open the speaker `{device}`"))
    }

    /// Plays samples; waits for room for them.
    ///
    /// # Errors
    /// If the device is gone.
    pub(crate) fn write(&mut self, mut samples: &[i16]) -> anyhow::Result<()> {
        while !samples.is_empty() {
            // SAFETY: `samples` has as many frames of one channel as it is long.
            let count = unsafe {
                (self.0.alsa.0.writei)(self.0.raw.as_ptr(), samples.as_ptr().cast(), samples.len() as c_ulong)
            };
            match usize::try_from(count) {
                Ok(count) => samples = samples.get(count..).unwrap_or_default(),
                Err(_) => self.0.recover(count)?,
            }
        }
        Ok(())
    }

    /// Waits until all has been heard.
    ///
    /// # Errors
    /// If the device is gone.
    pub(crate) fn drain(self) -> anyhow::Result<()> {
        // SAFETY: the device is open.
        let code = unsafe { (self.0.alsa.0.drain)(self.0.raw.as_ptr()) };
        self.0.alsa.check(code).with_context(|| format!("play to the end on `{}`", self.0.device))
    }
}

/// Whether a name is one to choose: ALSA lists every part of a card, most of which take one form of sound alone.
fn is_useful(name: &str) -> bool {
    let kind = name.split(':').next().unwrap_or_default();
    !RAW_KINDS.contains(&kind)
}

fn functions(library: Library) -> anyhow::Result<Functions> {
    Ok(Functions {
        open: symbol(&library, c"snd_pcm_open")?,
        set_params: symbol(&library, c"snd_pcm_set_params")?,
        readi: symbol(&library, c"snd_pcm_readi")?,
        writei: symbol(&library, c"snd_pcm_writei")?,
        recover: symbol(&library, c"snd_pcm_recover")?,
        drain: symbol(&library, c"snd_pcm_drain")?,
        close: symbol(&library, c"snd_pcm_close")?,
        strerror: symbol(&library, c"snd_strerror")?,
        hints: symbol(&library, c"snd_device_name_hint")?,
        hint: symbol(&library, c"snd_device_name_get_hint")?,
        free_hints: symbol(&library, c"snd_device_name_free_hint")?,
        // Of the C library, which ALSA's stands on.
        free: symbol(&library, c"free")?,
        _library: library,
    })
}

fn symbol<T: Copy>(library: &Library, name: &CStr) -> anyhow::Result<T> {
    // SAFETY: the callers ask for the type that the library's header gives the function.
    let found: Result<Symbol<'_, T>, _> = unsafe { library.get(name.to_bytes_with_nul()) };
    found.map(|symbol| *symbol).with_context(|| format!("it has no `{}`", name.to_string_lossy()))
}

const LIBRARY: &str = "libasound.so.2";
/// `SND_PCM_STREAM_PLAYBACK` and `SND_PCM_STREAM_CAPTURE`.
const PLAYBACK: c_int = 0;
const CAPTURE: c_int = 1;
const BLOCKING: c_int = 0;
/// `SND_PCM_FORMAT_S16_LE`.
const S16_LE: c_int = 2;
/// `SND_PCM_ACCESS_RW_INTERLEAVED`.
const INTERLEAVED: c_int = 3;
/// Another rate is made by the library, or not.
const RESAMPLE: c_int = 1;
const AS_IT_IS: c_int = 0;
/// The rates of microphones, that of the recogniser first.
const CAPTURE_RATES_HZ: &[u32] = &[16_000, 48_000, 44_100, 32_000, 22_050, 96_000, 8_000];
/// For a device that has none of them.
const MADE_RATE_HZ: u32 = 48_000;
/// What waits in the device at most: an interruption of half a second loses nothing.
const LATENCY_US: c_uint = 500_000;
const EVERY_CARD: c_int = -1;
/// `EPERM`, `ENOENT`, `ENXIO`, `EACCES`, `EBUSY` and `ENODEV`, which are the same on every Linux.
const NOT_PERMITTED: u32 = 1;
const NO_ENTRY: u32 = 2;
const NO_DEVICE: u32 = 6;
const DENIED: u32 = 13;
const BUSY: u32 = 16;
const NO_SUCH_DEVICE: u32 = 19;
/// Devices that take one form of sound alone, or are parts of others.
const RAW_KINDS: &[&str] = &[
    "null",
    "hw",
    "front",
    "rear",
    "center_lfe",
    "side",
    "surround21",
    "surround40",
    "surround41",
    "surround50",
    "surround51",
    "surround71",
    "iec958",
    "hdmi",
    "dmix",
    "dsnoop",
    "usbstream",
    "samplerate",
    "speexrate",
    "lavrate",
    "jack",
    "oss",
    "upmix",
    "vdownmix",
    "speex",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_answers_is_told_apart() {
        assert_eq!([-2, -6, -19].map(kind), [SoundFailKind::Missing; 3]);
        assert_eq!([-1, -13].map(kind), [SoundFailKind::Denied; 2]);
        assert_eq!([-16, -22, c_int::MIN].map(kind), [SoundFailKind::Busy, SoundFailKind::Other, SoundFailKind::Other]);
    }

    #[test]
    fn a_device_that_is_not_there_is_missing() {
        // A machine without the library has none of its devices either.
        let Ok(alsa) = Alsa::open() else { return };
        let error = Capture::open(alsa, "no-such-ear").map(|_| ()).unwrap_err();
        let kind = error.downcast_ref::<AlsaError>().map(|error| error.kind);
        assert_eq!(kind, Some(SoundFailKind::Missing), "{error:#}");
    }

    #[test]
    fn what_can_be_chosen_takes_any_sound() {
        let useful = ["default", "plughw:CARD=Device,DEV=0", "sysdefault:CARD=Device", "pipewire", "kitchen"];
        assert!(useful.iter().all(|name| is_useful(name)));
        assert!(!["hw:CARD=Device,DEV=0", "null", "dsnoop:CARD=Device"].iter().any(|name| is_useful(name)));
    }
}
