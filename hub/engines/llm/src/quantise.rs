//! A model's weights in fewer bits, by llama.cpp's own quantiser. For whoever makes a model; the hub never does it.
#![expect(unsafe_code, reason = "llama-cpp-2 has no wrapper for quantising, so the C function is called")]

use anyhow::{Context, bail, ensure};
use std::ffi::CString;

/// Writes a model of 16-bit weights in another type: `Q8_0`, `Q4_0` or `Q4_K_M`.
pub(crate) fn quantise(model: &str, to: &str, kind: &str) -> anyhow::Result<()> {
    use llama_cpp_sys_2 as sys;
    let kind = match kind {
        "Q8_0" => sys::LLAMA_FTYPE_MOSTLY_Q8_0,
        "Q4_0" => sys::LLAMA_FTYPE_MOSTLY_Q4_0,
        "Q4_K_M" => sys::LLAMA_FTYPE_MOSTLY_Q4_K_M,
        other => bail!("`{other}` is none of `Q8_0`, `Q4_0` and `Q4_K_M`"),
    };
    ensure!(std::path::Path::new(model).is_file(), "`{model}` is no file");
    let from = CString::new(model).context("read the model's name")?;
    let into = CString::new(to).context("read the name of what is written")?;
    // SAFETY: this only fills in a struct of plain values.
    let mut params = unsafe { sys::llama_model_quantize_default_params() };
    params.ftype = kind;
    // SAFETY: both names are strings that end in a zero and outlive the call, and the parameters are llama.cpp's own
    // defaults.
    let failed = unsafe { sys::llama_model_quantize(from.as_ptr(), into.as_ptr(), &raw const params) };
    ensure!(failed == 0, "llama.cpp could not quantise `{model}`: {failed}");
    Ok(())
}
